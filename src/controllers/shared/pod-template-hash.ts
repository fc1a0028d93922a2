import type { PodTemplateSpec } from '../../api/core/generated.js'
import { messageNamed, type ProtoField, type ProtoMessage } from '../../api/protobuf/tables.js'
import type { JsonMap } from '../../lang/json/maps.js'

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
  if (dump === undefined) byMinor.set(minor, (dump = goDump(template, minor)))
  return dump
}

/**
 * The first minor version of Kubernetes 1 that has a field of a template, for fields younger than v1.29.
 * Those that the field tables lack are of releases that they do not describe yet. Source: k8s.io/api
 * core/v1/types.go of each release.
 */
const FIRST_MINORS: Readonly<Record<string, number>> = {
  'Container.restartPolicyRules': 34,
  'EnvVarSource.fileKeyRef': 34,
  'Lifecycle.stopSignal': 33,
  'PodCertificateProjection.userAnnotations': 35,
  'PodSecurityContext.appArmorProfile': 30,
  'PodSecurityContext.seLinuxChangePolicy': 32,
  'PodSecurityContext.supplementalGroupsPolicy': 31,
  'PodSpec.hostnameOverride': 34,
  'PodSpec.resources': 32,
  'PodSpec.workloadRef': 35,
  'ResourceClaim.request': 31,
  'SecurityContext.appArmorProfile': 30,
  'VolumeMount.recursiveReadOnly': 30,
  'VolumeProjection.podCertificate': 34,
  'VolumeSource.image': 31,
}

/**
 * Types that the field tables do not tell: they describe the JSON of v1.34, in which a time is a time, and a
 * pointer that is always set a value.
 */
const TYPES: Readonly<Record<string, string>> = {
  'ObjectMeta.creationTimestamp': 'v1.Time',
  'FileKeySelector.optional': '*bool',
  'PodCertificateProjection.userAnnotations': 'map[string]string',
}

/**
 * Prints a template as go-spew does with `%#v`, which is the text that Kubernetes hashes. It contains all
 * fields of the struct, even unset ones; empty lists and maps are printed as nil, because protobuf decodes
 * them so. `minor` selects the minor version of Kubernetes, whose structs differ. Source:
 * pkg/util/hash/hash.go, apimachinery pkg/util/dump, go-spew format.go.
 */
function goDump(template: PodTemplateSpec, minor: number): string {
  return `(v1.PodTemplateSpec)${struct(messageNamed('core.v1.PodTemplateSpec'), template, minor)}`
}

/** A field of a struct, with the text before its value. */
interface Member {
  readonly field: ProtoField
  /** `Name:(type)` */
  readonly label: string
  readonly isPointer: boolean
  /** First minor version of Kubernetes 1 that has it; infinite for fields of later releases. */
  readonly since: number
}

const structs = new Map<ProtoMessage, readonly Member[]>()

function membersOf(message: ProtoMessage): readonly Member[] {
  let members = structs.get(message)
  if (!members) structs.set(message, (members = message.declared.map((field) => memberOf(message, field))))
  return members
}

function memberOf({ name }: ProtoMessage, field: ProtoField): Member {
  const path = `${name}.${field.name}`
  const type = TYPES[path] ?? field.goType()
  const isKnown = field.form === 'inline' || field.presence !== undefined
  return {
    field,
    label: `${field.goName}:(${type})`,
    isPointer: type.startsWith('*'),
    since: FIRST_MINORS[path] ?? (isKnown ? 0 : Infinity),
  }
}

function struct(message: ProtoMessage, values: object, minor: number): string {
  const map = values as JsonMap
  const members = membersOf(message).filter(({ since }) => since <= minor)
  return `{${members.map((member) => member.label + memberValue(member, map, minor)).join(' ')}}`
}

/** Prints the value of a field, which follows its name and its type. */
function memberValue({ field, isPointer }: Member, values: JsonMap, minor: number): string {
  if (field.form === 'inline') return struct(field.message(), values, minor)
  const value = values[field.name]
  if (field.form === 'list') return list(field, (value ?? []) as readonly unknown[], minor)
  if (field.form === 'map') return map(field, (value ?? {}) as JsonMap, minor)
  return isPointer && (value === undefined || value === null) ? '<nil>' : one(field, value, minor)
}

function list(field: ProtoField, values: readonly unknown[], minor: number): string {
  return values.length === 0 ? '<nil>' : `[${values.map((value) => one(field, value, minor)).join(' ')}]`
}

function map(field: ProtoField, entries: JsonMap, minor: number): string {
  const keys = Object.keys(entries).toSorted()
  if (keys.length === 0) return '<nil>'
  return `map[${keys.map((key) => `${key}:${one(field, entries[key], minor)}`).join(' ')}]`
}

/** Prints one value of a field without its type. */
function one({ type, message }: ProtoField, value: unknown, minor: number): string {
  switch (type) {
    case 'message':
      return struct(message(), (value ?? {}) as object, minor)
    case 'quantity':
      return quantityFields(value as string | number | undefined)
    case 'intOrString':
      return intOrString(value as number | string | undefined)
    case 'time':
      return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}'
    case 'bool':
      return String((value as boolean | undefined) ?? false)
    case 'int32':
    case 'int64':
      return String((value as number | undefined) ?? 0)
    default:
      return (value as string | undefined) ?? ''
  }
}

function intOrString(value: number | string | undefined): string {
  const [type, number, text] = typeof value === 'string' ? [1, 0, value] : [0, value ?? 0, '']
  return `{Type:(intstr.Type)${type} IntVal:(int32)${number} StrVal:(string)${text}}`
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
 * supported. An absent one is `0`, since protobuf always has it. Source: apimachinery
 * pkg/api/resource/quantity.go ParseQuantity (fast path).
 */
function quantityFields(text: string | number = '0'): string {
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
