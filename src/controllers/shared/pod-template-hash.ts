import type { PodTemplateSpec } from '../../api/core/generated.js'
import { GO_STRUCTS } from './go-structs.js'

/**
 * The alphabet of generated names: without vowels and ambiguous digits. Source: apimachinery
 * pkg/util/rand/rand.go.
 */
export const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

const utf8 = new TextEncoder()
const dumps = new WeakMap<PodTemplateSpec, Map<number, string>>()

/**
 * Returns the `pod-template-hash` of Deployments, and `controller-revision-hash` of DaemonSets: FNV-1a (32
 * bits) of the template as Go prints it and of `collisionCount`, if any, with its decimal digits encoded in
 * {@link SAFE_ALPHABET}. It depends on `minor`, the minor version of Kubernetes, because a release that adds
 * a field to PodSpec changes every hash. Source: pkg/controller/controller_utils.go ComputeHash.
 */
export function podTemplateHash(
  template: PodTemplateSpec,
  collisionCount: number | undefined,
  minor: number,
): string {
  let hash = fnv1a(0x811c9dc5, utf8.encode(dumpOf(template, minor)))
  if (collisionCount !== undefined) hash = fnv1a(hash, littleEndian(collisionCount))
  return safeEncode(String(hash))
}

/**
 * Returns the hash of a StatefulSet's revision: FNV-1 (32 bits; not FNV-1a as for templates) of a text,
 * encoded in {@link SAFE_ALPHABET}. Source: pkg/controller/history HashControllerRevision.
 */
export function bytesHash(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of utf8.encode(text)) hash = Math.imul(hash, 0x01000193) ^ byte
  return safeEncode(String(hash >>> 0))
}

/** Encodes each character by its code modulo the size of the alphabet. Source: rand.SafeEncodeString. */
function safeEncode(text: string): string {
  let encoded = ''
  for (let at = 0; at < text.length; at++)
    encoded += SAFE_ALPHABET[text.charCodeAt(at) % SAFE_ALPHABET.length] as string
  return encoded
}

function fnv1a(start: number, bytes: Iterable<number>): number {
  let hash = start
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Returns eight bytes, of which Go fills only the first four. */
function littleEndian(count: number): readonly number[] {
  return [count & 0xff, (count >>> 8) & 0xff, (count >>> 16) & 0xff, count >>> 24, 0, 0, 0, 0]
}

/** Returns the template as Go prints it; cached by identity, because frozen templates are shared. */
function dumpOf(template: PodTemplateSpec, minor: number): string {
  let byMinor = dumps.get(template)
  if (!byMinor) dumps.set(template, (byMinor = new Map()))
  let dump = byMinor.get(minor)
  if (dump === undefined) byMinor.set(minor, (dump = goDump('PodTemplateSpec', template, minor)))
  return dump
}

interface Field {
  /** The text before the value: `Name:`. */
  readonly label: string
  readonly json: string
  readonly type: Type
  readonly embedded: boolean
  /** First minor version of Kubernetes 1 that has the field. */
  readonly since: number
}

interface Type {
  readonly kind: 'pointer' | 'slice' | 'map' | 'struct' | 'scalar' | 'quantity' | 'intOrString' | 'time'
  /** Name in Go's reflection. */
  readonly name: string
  /** Element type of a pointer, slice or map. */
  readonly element?: Type
}

const BUILTINS = new Set(['string', 'bool', 'int32', 'int64'])
const types = new Map<string, Type>()
const structs = new Map<string, readonly Field[]>()

/**
 * Prints `value`, the JSON form of the Go struct `struct`, as go-spew does with `%#v`, which is the text that
 * Kubernetes hashes. It contains all fields of the struct, even unset ones; empty lists and maps are printed
 * as nil, because protobuf decodes them so. `minor` selects the minor version of Kubernetes, whose structs
 * differ. Source: pkg/util/hash/hash.go, apimachinery pkg/util/dump, go-spew format.go.
 */
function goDump(struct: string, value: object, minor: number): string {
  return typed(typeOf(struct), value, minor)
}

/** Prints a value after its type in parentheses. */
function typed(type: Type, value: unknown, minor: number): string {
  return `(${type.name})${bare(type, value, minor)}`
}

/** Prints a value without its type: an element of a list or map, or the target of a pointer. */
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

/**
 * Returns the JSON name of a Go field: `dnsPolicy` for `DNSPolicy`, `hostPID` for `HostPID`, `tty` for `TTY`.
 */
function jsonNameOf(go: string): string {
  return go.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (initials) => initials.toLowerCase())
}

const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/**
 * Prints the private fields of the Go resource.Quantity that is parsed from `text`, as go-spew does.
 * Quantities of more than about 15 digits, which Go stores as arbitrary-precision decimals, are not
 * supported. Source: apimachinery pkg/api/resource/quantity.go ParseQuantity (fast path).
 */
function quantityFields(text: string | number | undefined): string {
  if (text === undefined) return fields(0n, 0, '', '')
  const source = String(text)
  if (source === '0') return fields(0n, 0, '0', 'DecimalSI')
  const [, sign = '', digits = '0', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(source) ?? []
  const shifted = digits.replace(/^0+(?=\d)/, '') + fraction
  const amount = BigInt(shifted || '0')
  const value = sign === '-' ? -amount : amount
  const power = BINARY[suffix]
  if (power !== undefined)
    return fields(value << BigInt(power), 0, amount % 8n === 0n ? '' : source, 'BinarySI')
  const scale = exponentOf(suffix) - fraction.length
  const isCanonical = scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0')
  return fields(value, scale, isCanonical ? source : '', suffix in DECIMAL ? 'DecimalSI' : 'DecimalExponent')
}

/**
 * Prints the fields; `text` is Go's cache of the canonical form, which is empty unless the input is
 * canonical.
 */
function fields(value: bigint, scale: number, text: string, format: string): string {
  const amount = `i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}}`
  return (
    `{${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} ` +
    `Format:(resource.Format)${format}}`
  )
}

function exponentOf(suffix: string): number {
  return DECIMAL[suffix] ?? Number(suffix.slice(1))
}
