/**
 * Writes src/api/protobuf/fields.ts, the field numbers of the built-in messages, from facts about them: `npx
 * tsx scripts/generate-protobuf.ts <protobuf-fields.json> <directory with core_v1.json, apps_v1.json, ...>`.
 * The facts are message -> [number, field, type][]; the OpenAPI documents tell how a field is called in JSON,
 * and which messages JSON writes into the message that holds them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Facts = Readonly<Record<string, readonly (readonly [number: number, name: string, type: string])[]>>
type Schemas = ReadonlyMap<string, ReadonlySet<string>>

const MOST_COLUMNS = 110
/**
 * Messages that are a type of their own in the tables' language, and those that no body or etcd value holds.
 */
const special: Readonly<Record<string, string>> = {
  'api.resource.Quantity': 'quantity',
  'util.intstr.IntOrString': 'intOrString',
  'apis.meta.v1.Time': 'time',
  'apis.meta.v1.MicroTime': 'microTime',
  'runtime.RawExtension': 'json',
  'apis.meta.v1.FieldsV1': 'json',
  'apis.meta.v1.Verbs': 'strings',
  'authentication.v1.ExtraValue': 'strings',
  'authorization.v1.ExtraValue': 'strings',
  'certificates.v1.ExtraValue': 'strings',
}
const skipped =
  /^(api\.resource|util\.intstr|runtime|apis\.testapigroup\.v1|apidiscovery\.v2|admission\.v1)\./
const scalars = new Set(['string', 'bool', 'int32', 'int64', 'bytes'])

function readProperties(directory: string): Schemas {
  const found = new Map<string, ReadonlySet<string>>()
  for (const file of readdirSync(directory)
    .filter((name) => /_v\d+\.json$/.test(name))
    .sort()) {
    const document = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
      components?: { schemas?: Record<string, { properties?: object }> }
    }
    for (const [name, { properties = {} }] of Object.entries(document.components?.schemas ?? {})) {
      found.set(name.replace(/^io\.k8s\.(api|apimachinery\.pkg)\./, ''), new Set(Object.keys(properties)))
    }
  }
  return found
}

const short = (type: string): string => type.replace(/^apis\./, '')

/** `string`, `[T]` for lists, `{T}` for maps; messages of the same package by their bare name. */
function typeText(type: string, packageName: string): string {
  if (type.startsWith('[]')) return `[${typeText(type.slice(2), packageName)}]`
  if (type.startsWith('map<string,'))
    return `{${typeText(type.slice('map<string,'.length, -1), packageName)}}`
  if (scalars.has(type)) return type
  const full = type.includes('.') ? type : `${packageName}.${type}`
  if (special[full] !== undefined) return special[full]
  return full.startsWith(`${packageName}.`) ? full.slice(packageName.length + 1) : short(full)
}

/** `name=1`, `data=2 {string}`, `...VolumeSource=2` for a message whose fields JSON writes into this one. */
function fieldText(
  message: string,
  packageName: string,
  [number, name, type]: Facts[string][number],
  schemas: Schemas,
): string {
  const properties = schemas.get(message)
  const text = typeText(type, packageName)
  const json =
    properties === undefined || properties.has(name)
      ? name
      : [...properties].find((known) => known.toLowerCase() === name.toLowerCase())
  const isMessage = /^[A-Z]/.test(text)
  if (json === undefined && isMessage && `${packageName}.${text}` in facts && !newer.has(name))
    return `...${text}=${number}`
  return `${json ?? name}=${number}${text === 'string' ? '' : ` ${text}`}`
}

/** Fields that are younger than the OpenAPI documents, and no inlined messages. */
const newer = new Set(['workloadRef', 'resources'])

function wrapped(head: string, fields: readonly string[]): string {
  const lines: string[] = []
  let line = head
  for (const [at, field] of fields.entries()) {
    const part = at === fields.length - 1 ? field : `${field},`
    if (line.length + part.length + 1 > MOST_COLUMNS) {
      lines.push(line)
      line = `  ${part}`
    } else line += ` ${part}`
  }
  return [...lines, line].join('\n')
}

function render(schemas: Schemas): string {
  const packages = new Map<string, string[]>()
  for (const [message, fields] of Object.entries(facts)) {
    const at = message.lastIndexOf('.')
    const packageName = message.slice(0, at)
    const name = message.slice(at + 1)
    if (skipped.test(message) || special[message] !== undefined || (name.endsWith('List') && name !== 'List'))
      continue
    const texts = fields.map((field) => fieldText(message, packageName, field, schemas))
    packages.set(packageName, [...(packages.get(packageName) ?? []), wrapped(`${name}:`, texts)])
  }
  const members = [...packages].map(([name, lines]) => `  '${short(name)}': \`\n${lines.join('\n')}\n\`,\n`)
  return `// Written by scripts/generate-protobuf.ts. Do not edit by hand.

/**
 * The protobuf field numbers of the built-in API messages by package, in the language of tables.ts:
 * \`Message: field=number type\`. No type is string, \`[T]\` a list, \`{T}\` a map from strings, \`...T\` a
 * message whose fields JSON writes into the one that holds it.
 */
export const fieldNumbers: Readonly<Record<string, string>> = {
${members.join('')}}
`
}

const [factsFile, schemaDirectory] = process.argv.slice(2)
if (factsFile === undefined || schemaDirectory === undefined) {
  throw new Error('usage: generate-protobuf.ts <protobuf-fields.json> <schema directory>')
}
const facts = JSON.parse(readFileSync(factsFile, 'utf8')) as Facts
writeFileSync(
  new URL('../src/api/protobuf/fields.ts', import.meta.url),
  render(readProperties(schemaDirectory)),
)
