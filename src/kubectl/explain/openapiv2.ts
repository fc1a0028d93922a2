import { KubectlError } from '../errors.js'
import type { Explained } from './plaintext.js'
import type { Schema, Schemas } from './schemas.js'
import { wrapped } from './wrap.js'

const WIDTH = 75

/**
 * The text of `kubectl explain --output=plaintext-openapiv2`. Source: kubectl pkg/explain. @throws
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
    const next: Schema | undefined = Object.hasOwn(properties, field) ? properties[field] : undefined
    if (next === undefined) throw new KubectlError(`field ${JSON.stringify(field)} does not exist`)
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
    : wrapped(text, WIDTH)
        .map((line) => `${indent}${line}`.trimEnd())
        .map((line) => `${line}\n`)
        .join('')

function fieldText(
  schemas: Schemas,
  object: Schema,
  indent: string | undefined,
  seen: ReadonlySet<Schema>,
): string {
  return Object.entries(object.properties ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => {
      const isMarked = indent === undefined && object.required?.includes(name) === true
      const type = oldType(schemas, schema)
      const head = `${indent ?? '   '}${name}\t<${type}>${isMarked ? ' -required-' : ''}\n`
      const own = schemas.objectOf(schema)
      if (indent !== undefined)
        return head + (seen.has(own) ? '' : fieldText(schemas, own, `${indent}   `, new Set([...seen, own])))
      return `${head}${block(schema.description ?? own.description ?? '', '     ')}\n`
    })
    .join('')
}

/** Types without names: `[]Object`, `map[string]string`. */
function oldType(schemas: Schemas, schema: Schema): string {
  const own = schemas.resolve(schema)
  if (own.items !== undefined) return `[]${oldType(schemas, own.items)}`
  if (own.properties === undefined && typeof own.additionalProperties === 'object')
    return `map[string]${oldType(schemas, own.additionalProperties)}`
  if (own.type === 'object' && own.properties === undefined) return 'map[string]'
  if (own.type === undefined && own.oneOf !== undefined) return 'string'
  return own.type === undefined || own.type === 'object' ? 'Object' : own.type
}
