import { quote } from '../../lang/go/quote.js'
import { KubectlError } from '../call/errors.js'
import type { ExplainedKind, DocumentedSchema, DocumentedSchemas } from './schemas.js'
import { refOf, typeText } from './schemas.js'
import { byKey } from '../../lang/text/order.js'

const WIDTH = 76

/** What is explained: a kind, and a path of fields. */
export interface Explained {
  readonly kind: ExplainedKind
  readonly schemas: DocumentedSchemas
  readonly path: readonly string[]
  readonly recursive: boolean
}

/**
 * Writes the text of `kubectl explain`. Lines above an error are written all the same. Source: kubectl
 * pkg/explain/v2/templates/plaintext.tmpl. @throws KubectlError for a field that does not exist.
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
    const parent: DocumentedSchema = schemas.objectOf(schema)
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
  const ref = innerRef(schema)
  const fields = fieldLines(explained, object, '  ', ref === undefined ? [] : [ref])
  write(fields === '' ? '\n' : `FIELDS:\n${fields}\n`)
}

/** The description of a field, and that of its type if it differs. */
function descriptionText(schema: DocumentedSchema, object: DocumentedSchema): string {
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

const enumOf = ({ enum: values = [] }: DocumentedSchema): readonly string[] =>
  values.map((value) => (value === '' ? '""' : String(value)))

function longEnum(schema: DocumentedSchema): string {
  const values = enumOf(schema)
  return values.length === 0 ? '\n' : `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}`
}

/** The fields of an object; with `--recursive` also nested ones, except in types that contain themselves. */
function fieldLines(
  explained: Explained,
  object: DocumentedSchema,
  indent: string,
  seen: readonly string[],
): string {
  const { schemas, recursive } = explained
  return Object.entries(object.properties ?? {})
    .sort(byKey)
    .map(([name, schema]) => {
      const own = schemas.objectOf(schema)
      const values = enumOf(schemas.resolve(schema))
      const shown = values.length > 4 ? `${values.slice(0, 4).join(', ')}, ....` : values.join(', ')
      const required = object.required?.includes(name) === true ? ' -required-' : ''
      const head =
        `${indent}${name}\t<${typeText(schemas, schema)}>${required}\n` +
        (values.length === 0 ? '' : `${indent}enum: ${shown}\n`)
      if (!recursive) {
        const description = schema.description ?? ''
        return `${head}${description === '' ? '    <no description>\n' : indented(description, '    ')}\n`
      }
      const ref = innerRef(schema)
      if (ref !== undefined && seen.includes(ref)) return head
      return head + fieldLines(explained, own, `${indent}  `, ref === undefined ? seen : [...seen, ref])
    })
    .join('')
}

/** The type of a field, or of its items or values. */
function innerRef(schema: DocumentedSchema): string | undefined {
  if (schema.items !== undefined) return innerRef(schema.items)
  if (typeof schema.additionalProperties === 'object') return innerRef(schema.additionalProperties)
  return refOf(schema)
}

const OPENAPI_V2_WIDTH = 75

/**
 * Writes the text of `kubectl explain --output=plaintext-openapiv2`. Source: kubectl pkg/explain. @throws
 * KubectlError for a field that does not exist.
 */
export function explainOld(
  { kind, schemas, path, recursive }: Explained,
  write: (text: string) => void,
): void {
  const version = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
  let schema = schemas.ofKind(kind)
  if (schema === undefined)
    throw new KubectlError(`couldn't find resource for "${version}, Kind=${kind.kind}"`)
  for (const field of path) {
    const { properties = {} } = schemas.objectOf(schema)
    const next: DocumentedSchema | undefined = Object.hasOwn(properties, field)
      ? properties[field]
      : undefined
    if (next === undefined) throw new KubectlError(`field ${quote(field)} does not exist`)
    schema = next
  }
  const object = schemas.objectOf(schema)
  const name = path.at(-1)
  write(`KIND:     ${kind.kind}\nVERSION:  ${version}\n\n`)
  if (name !== undefined)
    write(
      `${object.properties === undefined ? 'FIELD:    ' : 'RESOURCE: '}${name} ` +
        `<${oldType(schemas, schema)}>\n\n`,
    )
  const texts = [schema.description ?? '', object === schema ? '' : (object.description ?? '')].filter(
    (text) => text !== '',
  )
  write(
    `DESCRIPTION:\n` +
      `${texts.length === 0 ? '     <empty>\n' : texts.map((text) => block(text, '     ')).join('\n')}`,
  )
  if (object.properties !== undefined)
    write(`\nFIELDS:\n${fieldText(schemas, object, recursive ? '   ' : undefined, new Set())}`)
}

const block = (text: string, indent: string): string =>
  text === ''
    ? ''
    : wrapped(text, OPENAPI_V2_WIDTH)
        .map((line) => `${indent}${line}`.trimEnd())
        .map((line) => `${line}\n`)
        .join('')

function fieldText(
  schemas: DocumentedSchemas,
  object: DocumentedSchema,
  indent: string | undefined,
  seen: ReadonlySet<DocumentedSchema>,
): string {
  return Object.entries(object.properties ?? {})
    .sort(byKey)
    .map(([name, schema]) => {
      const required = indent === undefined && object.required?.includes(name) === true ? ' -required-' : ''
      const head = `${indent ?? '   '}${name}\t<${oldType(schemas, schema)}>${required}\n`
      const own = schemas.objectOf(schema)
      if (indent !== undefined)
        return head + (seen.has(own) ? '' : fieldText(schemas, own, `${indent}   `, new Set([...seen, own])))
      return `${head}${block(schema.description ?? '', '     ')}\n`
    })
    .join('')
}

/** Formats types without their names: `[]Object`, `map[string]string`. */
function oldType(schemas: DocumentedSchemas, schema: DocumentedSchema): string {
  const own = schemas.resolve(schema)
  if (own.items !== undefined) return `[]${oldType(schemas, own.items)}`
  if (own.properties === undefined && typeof own.additionalProperties === 'object')
    return `map[string]${oldType(schemas, own.additionalProperties)}`
  if (own.type === 'object' && own.properties === undefined) return 'map[string]'
  if (own.type === undefined && own.oneOf !== undefined) return 'string'
  return own.type === undefined || own.type === 'object' ? 'Object' : own.type
}

/** Wraps text at blanks to lines of at most `width` characters, keeping paragraphs apart. */
function wrapped(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(/\s+/).filter((one) => one !== '')) {
      if (line === '') line = word
      else if (line.length + 1 + word.length <= width) line += ` ${word}`
      else {
        lines.push(line)
        line = word
      }
    }
    return [...lines, line]
  })
}
