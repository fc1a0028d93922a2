import { KubectlError } from '../errors.js'
import type { ExplainedKind, Schema, Schemas } from './schemas.js'
import { refOf, typeText } from './schemas.js'
import { wrapped } from './wrap.js'

const WIDTH = 76

/** What is explained: a kind, and a path of fields in it. */
export interface Explained {
  readonly kind: ExplainedKind
  readonly schemas: Schemas
  readonly path: readonly string[]
  readonly recursive: boolean
}

/**
 * The text of `kubectl explain`. What stands above an error is printed all the same. Source: kubectl
 * pkg/explain/v2/templates/plaintext.tmpl.
 * @throws KubectlError for a field that does not exist.
 */
export function explainText(explained: Explained, write: (text: string) => void): void {
  const { kind, schemas, path } = explained
  write(
    `${kind.group === '' ? '' : `GROUP:      ${kind.group}\n`}KIND:       ${kind.kind}\nVERSION:    ` +
      `${kind.version}\n\n`,
  )
  let schema = schemas.ofKind(kind)
  if (schema === undefined)
    throw new KubectlError(
      `GVK (${kind.group}/${kind.version}, Kind=${kind.kind}) not found in OpenAPI schema`,
    )
  for (const field of path) {
    const parent: Schema = schemas.objectOf(schema)
    const next =
      parent.properties !== undefined && Object.hasOwn(parent.properties, field)
        ? parent.properties[field]
        : undefined
    if (next === undefined) throw new KubectlError(`field ${JSON.stringify(path.at(-1))} does not exist`)
    schema = next
  }
  const name = path.at(-1)
  if (name !== undefined)
    write(`FIELD: ${name} <${typeText(schemas, schema)}>\n${longEnum(schemas.resolve(schema))}\n`)
  const object = schemas.objectOf(schema)
  write(`DESCRIPTION:\n${descriptionText(schema, object)}`)
  const fields = fieldLines(explained, object, '  ', [])
  write(fields === '' ? '\n' : `FIELDS:\n${fields}\n`)
}

/** The description of a field, and that of its type if it is another one. */
function descriptionText(schema: Schema, object: Schema): string {
  const texts = [schema.description ?? '', object === schema ? '' : (object.description ?? '')].filter(
    (text) => text !== '',
  )
  return texts.length === 0 ? '    <empty>\n' : texts.map((text) => indented(text, '    ')).join('')
}

const indented = (text: string, indent: string): string =>
  wrapped(text, WIDTH)
    .map((line) => `${indent}${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')

const enumOf = ({ enum: values = [] }: Schema): readonly string[] =>
  values.map((value) => (value === '' ? '""' : String(value)))

function longEnum(schema: Schema): string {
  const values = enumOf(schema)
  return values.length === 0 ? '\n' : `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}`
}

/**
 * The fields of an object; with those below them when all are asked for, but for types that contain
 * themselves.
 */
function fieldLines(explained: Explained, object: Schema, indent: string, seen: readonly string[]): string {
  const { schemas, recursive } = explained
  return Object.entries(object.properties ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => {
      const own = schemas.objectOf(schema)
      const values = enumOf(schemas.resolve(schema))
      const shown = values.length > 4 ? `${values.slice(0, 4).join(', ')}, ....` : values.join(', ')
      const head =
        `${indent}${name}\t<${typeText(schemas, schema)}>` +
        `${object.required?.includes(name) === true ? ' -required-' : ''}\n` +
        (values.length === 0 ? '' : `${indent}enum: ${shown}\n`)
      if (!recursive) {
        const description = schema.description ?? own.description ?? ''
        return `${head}${description === '' ? '    <no description>\n' : indented(description, '    ')}\n`
      }
      const ref = innerRef(schema)
      if (ref !== undefined && seen.includes(ref)) return head
      return head + fieldLines(explained, own, `${indent}  `, ref === undefined ? seen : [...seen, ref])
    })
    .join('')
}

/** The type that a field, its items or its values are of. */
function innerRef(schema: Schema): string | undefined {
  if (schema.items !== undefined) return innerRef(schema.items)
  if (typeof schema.additionalProperties === 'object') return innerRef(schema.additionalProperties)
  return refOf(schema)
}
