import { GO_STRUCTS } from './go-structs.js'
import { quantityFields } from './go-quantity.js'

interface Field {
  /** What precedes the value: `Name:`. */
  readonly label: string
  readonly json: string
  readonly type: Type
  readonly embedded: boolean
  /** First minor version of Kubernetes 1 that has the field. */
  readonly since: number
}

interface Type {
  readonly kind: 'pointer' | 'slice' | 'map' | 'struct' | 'scalar' | 'quantity' | 'intOrString' | 'time'
  /** As Go's reflection names it. */
  readonly name: string
  /** Of a pointer, slice or map. */
  readonly element?: Type
}

const BUILTINS = new Set(['string', 'bool', 'int32', 'int64'])
const types = new Map<string, Type>()
const structs = new Map<string, readonly Field[]>()

/**
 * `value` (JSON form of the Go struct `struct`) as go-spew prints it with `%#v`, the form that Kubernetes
 * hashes to name things by their content. Every field of the struct counts, unset ones too; empty lists and
 * maps are printed as nil, which is what they are once they have passed through protobuf. `minor` is the
 * minor version of Kubernetes whose structs are meant. Source: pkg/util/hash/hash.go, apimachinery
 * pkg/util/dump, go-spew format.go.
 */
export function goDump(struct: string, value: object, minor: number): string {
  return typed(typeOf(struct), value, minor)
}

/** The value with its type in parentheses before it. */
function typed(type: Type, value: unknown, minor: number): string {
  return `(${type.name})${bare(type, value, minor)}`
}

/** The value alone: elements of lists and maps and what a pointer points to are printed without type. */
function bare(type: Type, value: unknown, minor: number): string {
  switch (type.kind) {
    case 'pointer':
      return value === undefined || value === null ? '<nil>' : bare(type.element as Type, value, minor)
    case 'slice':
      return list(type.element as Type, value as readonly unknown[] | undefined, minor)
    case 'map':
      return map(type.element as Type, value as Readonly<Record<string, unknown>> | undefined, minor)
    case 'struct':
      return struct(type.name.slice('v1.'.length), (value ?? {}) as Readonly<Record<string, unknown>>, minor)
    case 'quantity':
      return quantityFields(value as string | number | undefined)
    case 'intOrString':
      return intOrString(value as number | string | undefined)
    case 'time':
      return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'
    case 'scalar':
      return String((value as string | number | boolean | null | undefined) ?? zeroOf(type.name))
  }
}

function list(element: Type, values: readonly unknown[] | undefined, minor: number): string {
  if (!values || values.length === 0) return '<nil>'
  return `[${values.map((value) => bare(element, value, minor)).join(' ')}]`
}

function map(element: Type, entries: Readonly<Record<string, unknown>> | undefined, minor: number): string {
  const keys = Object.keys(entries ?? {}).sort()
  if (!entries || keys.length === 0) return '<nil>'
  return `map[${keys.map((key) => `${key}:${bare(element, entries[key], minor)}`).join(' ')}]`
}

function struct(name: string, value: Readonly<Record<string, unknown>>, minor: number): string {
  const fields = fieldsOf(name).filter((field) => field.since <= minor)
  const print = ({ label, type, embedded, json }: Field): string =>
    label + typed(type, embedded ? value : value[json], minor)
  return `{${fields.map(print).join(' ')}}`
}

function intOrString(value: number | string | undefined): string {
  const [type, number, text] = typeof value === 'string' ? [1, 0, value] : [0, value ?? 0, '']
  return `{Type:(intstr.Type)${type} IntVal:(int32)${number} StrVal:(string)${text}}`
}

function zeroOf(type: string): string {
  if (type === 'bool') return 'false'
  return type === 'int32' || type === 'int64' ? '0' : ''
}

function typeOf(text: string): Type {
  let type = types.get(text)
  if (!type) types.set(text, (type = parseType(text)))
  return type
}

function parseType(text: string): Type {
  if (text.startsWith('*')) return container('pointer', '*', text.slice(1))
  if (text.startsWith('[]')) return container('slice', '[]', text.slice(2))
  if (text.startsWith('map[string]')) return container('map', 'map[string]', text.slice('map[string]'.length))
  if (text === 'ResourceList') return { kind: 'map', name: 'v1.ResourceList', element: typeOf('Quantity') }
  if (text === 'Quantity') return { kind: 'quantity', name: 'resource.Quantity' }
  if (text === 'IntOrString') return { kind: 'intOrString', name: 'intstr.IntOrString' }
  if (text === 'Time') return { kind: 'time', name: 'v1.Time' }
  if (text === 'UID') return { kind: 'scalar', name: 'types.UID' }
  if (BUILTINS.has(text)) return { kind: 'scalar', name: text }
  return { kind: GO_STRUCTS[text] === undefined ? 'scalar' : 'struct', name: `v1.${text}` }
}

function container(kind: 'pointer' | 'slice' | 'map', prefix: string, rest: string): Type {
  const element = typeOf(rest)
  return { kind, name: prefix + element.name, element }
}

function fieldsOf(name: string): readonly Field[] {
  let fields = structs.get(name)
  if (!fields) structs.set(name, (fields = (GO_STRUCTS[name] as string).split(' ').map(parseField)))
  return fields
}

function parseField(text: string): Field {
  if (text.startsWith('+'))
    return { label: `${text.slice(1)}:`, json: '', type: typeOf(text.slice(1)), embedded: true, since: 0 }
  const [declaration = '', since = '0'] = text.split('@')
  const [names = '', type = ''] = declaration.split(':')
  const [go = '', json = jsonNameOf(go)] = names.split('=')
  return { label: `${go}:`, json, type: typeOf(type), embedded: false, since: Number(since) }
}

/** `DNSPolicy` -> `dnsPolicy`, `HostPID` -> `hostPID`, `TTY` -> `tty`. */
function jsonNameOf(go: string): string {
  return go.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (initials) => initials.toLowerCase())
}
