import { pemBlocks } from '../../lang/bytes/pem.js'
import { forge } from './forge.js'

/** A node of an ASN.1 tree. Declared here because users of the package do not have node-forge's types. */
export interface Asn1 {
  readonly tagClass: number
  readonly type: number
  readonly constructed: boolean
  readonly value: BinaryString | Asn1[]
}

/** Bytes as characters 0-255, the form that node-forge uses. */
export type BinaryString = string

const CLASS = { universal: 0x00, context: 0x80 } as const
/** Universal tags. Source: X.680. */
const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  utf8: 12,
  sequence: 16,
  set: 17,
  printable: 19,
  ascii: 22,
  utcTime: 23,
  generalizedTime: 24,
} as const

function create(asn1Class: number, tag: number, constructed: boolean, value: BinaryString | Asn1[]): Asn1 {
  // the declared enums are too narrow: the library accepts any number
  const make = forge.asn1.create as unknown as (
    asn1Class: number,
    tag: number,
    constructed: boolean,
    value: BinaryString | Asn1[],
  ) => Asn1
  return make(asn1Class, tag, constructed, value)
}

export const sequence = (...items: readonly Asn1[]): Asn1 =>
  create(CLASS.universal, TAG.sequence, true, [...items])
export const set = (...items: readonly Asn1[]): Asn1 => create(CLASS.universal, TAG.set, true, [...items])
export const oid = (dotted: string): Asn1 =>
  create(CLASS.universal, TAG.oid, false, forge.asn1.oidToDer(dotted).getBytes())
export const boolean = (value: boolean): Asn1 =>
  create(CLASS.universal, TAG.boolean, false, value ? '\xff' : '\0')
export const octets = (bytes: BinaryString): Asn1 => create(CLASS.universal, TAG.octetString, false, bytes)
export const nothing = (): Asn1 => create(CLASS.universal, TAG.null, false, '')

/** A bit string; the last `unused` bits are padding. */
export const bits = (bytes: BinaryString, unused: number = 0): Asn1 =>
  create(CLASS.universal, TAG.bitString, false, String.fromCharCode(unused) + bytes)

/** Wraps nodes in `[tag]`, as EXPLICIT tagging does. */
export const explicit = (tag: number, ...items: readonly Asn1[]): Asn1 =>
  create(CLASS.context, tag, true, [...items])

/** Replaces the tag of a primitive type with `[tag]`, as IMPLICIT tagging does. */
export const implicit = (tag: number, bytes: BinaryString): Asn1 => create(CLASS.context, tag, false, bytes)

/** Encodes a non-negative integer. */
export function integer(value: bigint): Asn1 {
  const bytes = bytesOf(value)
  return create(CLASS.universal, TAG.integer, false, bytes.charCodeAt(0) >= 0x80 ? `\0${bytes}` : bytes)
}

/** Encodes text as Go's encoding/asn1 does: PrintableString if the alphabet allows it, else UTF8String. */
export function text(value: string): Asn1 {
  if (/^[A-Za-z0-9 '()+,./:=?-]*$/.test(value)) return create(CLASS.universal, TAG.printable, false, value)
  return create(CLASS.universal, TAG.utf8, false, forge.util.encodeUtf8(value))
}

/** Encodes an IA5String. */
export const ascii = (value: string): Asn1 => create(CLASS.universal, TAG.ascii, false, value)

/** Encodes a time, truncated to seconds: UTCTime for the years 1950 to 2049, else GeneralizedTime. */
export function time(ms: number): Asn1 {
  const date = new Date(ms)
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '')
  const year = date.getUTCFullYear()
  if (year >= 1950 && year < 2050) return create(CLASS.universal, TAG.utcTime, false, digits.slice(2))
  return create(CLASS.universal, TAG.generalizedTime, false, digits)
}

/** Returns the virtual ms of a UTCTime or GeneralizedTime. */
export function timeOf(node: Asn1): number {
  const digits = contentOf(node)
  const full =
    node.type === TAG.utcTime ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)
  if (match === null) throw new Error(`malformed time ${digits}`)
  const [year = 0, month = 1, ...rest] = match.slice(1).map(Number)
  return Date.UTC(year, month - 1, ...(rest as [number]))
}

export function toDer(node: Asn1): BinaryString {
  return forge.asn1.toDer(node as never).getBytes()
}

/** Parses DER. Throws if the bytes are invalid. */
export function fromDer(bytes: BinaryString): Asn1 {
  return forge.asn1.fromDer(bytes, { strict: true, decodeBitStrings: false } as never) as unknown as Asn1
}

/** Returns the children of a constructed node. */
export function childrenOf(node: Asn1 | undefined): readonly Asn1[] {
  if (node === undefined || !Array.isArray(node.value)) throw new Error('malformed: a structure is missing')
  return node.value
}

/** Returns the content of a primitive node. */
export function contentOf(node: Asn1 | undefined): BinaryString {
  if (node === undefined || typeof node.value !== 'string') throw new Error('malformed: a value is missing')
  return node.value
}

export const oidOf = (node: Asn1 | undefined): string => forge.asn1.derToOid(contentOf(node))

/** Returns the text of a node of any string type. */
export function textOf(node: Asn1): string {
  const bytes = contentOf(node)
  return node.type === TAG.utf8 ? forge.util.decodeUtf8(bytes) : bytes
}

/** Returns the bytes of a bit string without unused bits. */
export const bitsOf = (node: Asn1 | undefined): BinaryString => contentOf(node).slice(1)

/** Returns whether a node is `[tag]`. */
export const isContext = (node: Asn1 | undefined, tag: number): boolean =>
  node !== undefined && node.tagClass === CLASS.context && node.type === tag

export const isOid = (node: Asn1 | undefined): boolean => node !== undefined && node.type === TAG.oid

/** Returns the unsigned big-endian number that the bytes represent. */
export function numberOf(bytes: BinaryString): bigint {
  return bytes === '' ? 0n : BigInt(`0x${hex(bytes)}`)
}

/** Returns the shortest big-endian form of a number, padded to at least `length` bytes. */
export function bytesOf(value: bigint, length: number = 1): BinaryString {
  const digits = value.toString(16)
  const padded = digits.padStart(Math.max(length * 2, digits.length + (digits.length % 2)), '0')
  return forge.util.hexToBytes(padded)
}

export const hex = (bytes: BinaryString): string => forge.util.bytesToHex(bytes)

/** Wraps DER as PEM with lines of 64 characters. */
export function toPem(type: string, der: BinaryString): string {
  return forge.pem.encode({ type, body: der } as never).replaceAll('\r\n', '\n')
}

/** Returns all blocks of a PEM text in order. Throws if there is none. */
export function fromPem(pem: string): readonly { readonly type: string; readonly der: BinaryString }[] {
  const blocks = pemBlocks(pem)
  if (blocks.length === 0) throw new Error('Invalid PEM formatted message.')
  return blocks.map(({ type, bytes }) => ({ type, der: forge.util.binary.raw.encode(bytes) }))
}

export function sha256(bytes: BinaryString): BinaryString {
  return forge.md.sha256.create().update(bytes).digest().getBytes()
}

export function digest(
  algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512',
  bytes: BinaryString,
): BinaryString {
  return forge.md[algorithm].create().update(bytes).digest().getBytes()
}
