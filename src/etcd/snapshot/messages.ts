import { keyBytes, keyOf } from '../keys.js'
import { valueBytes } from '../value.js'
import { NO_LEASE, type KeyValue } from '../version.js'
import { SnapshotError } from './snapshot-error.js'

/** A field of a protobuf message: a number or bytes. */
export type Field = readonly [number: number, value: bigint | Uint8Array]

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
const EMPTY = new Uint8Array(0)

/** A protobuf message of these fields. Fields that are zero or empty have to be left out by the caller. */
export function encodeMessage(fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [, value]) => sum + 1 + sizeOf(value), 0))
  let at = 0
  for (const [number, value] of fields) {
    const isNumber = typeof value === 'bigint'
    bytes[at++] = (number << 3) | (isNumber ? VARINT : BYTES)
    at = writeVarint(bytes, at, isNumber ? value : BigInt(value.length))
    if (isNumber) continue
    bytes.set(value, at)
    at += value.length
  }
  return bytes
}

function sizeOf(value: bigint | Uint8Array): number {
  return typeof value === 'bigint' ? varintSize(value) : varintSize(BigInt(value.length)) + value.length
}

function varintSize(value: bigint): number {
  let size = 1
  for (let rest = BigInt.asUintN(64, value); rest >= 0x80n; rest >>= 7n) size++
  return size
}

function writeVarint(into: Uint8Array, from: number, value: bigint): number {
  let at = from
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 0x80n; rest >>= 7n) into[at++] = Number(rest & 0x7fn) | 0x80
  into[at++] = Number(rest)
  return at
}

/** The last value of each field of a message, by number. @throws SnapshotError `<what> is no protobuf message: ...` */
export function decodeMessage(bytes: Uint8Array, what: string): ReadonlyMap<number, bigint | Uint8Array> {
  const fields = new Map<number, bigint | Uint8Array>()
  let at = 0
  const fail = (why: string): SnapshotError => new SnapshotError(`${what} is no protobuf message: ${why}`)
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw fail('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw fail('integer overflow')
  }
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw fail('unexpected EOF')
    return bytes.subarray(at, (at += length))
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    switch (tag & 7) {
      case VARINT: fields.set(number, varint()); break
      case BYTES: fields.set(number, take(Number(varint()))); break
      case FIXED64: take(8); break
      case FIXED32: take(4); break
      default: throw fail(`wire type ${tag & 7} of field ${number}`)
    }
  }
  return fields
}

/** The `mvccpb.KeyValue` of a write; of a tombstone etcd stores the key alone. */
export function encodeKeyValue({ key, createRevision, modRevision, version, value, lease }: KeyValue): Uint8Array {
  const bytes = keyBytes(key)
  if (version === 0) return encodeMessage([[1, bytes]])
  const content = valueBytes(value)
  const fields: Field[] = [[1, bytes], [2, BigInt(createRevision)], [3, BigInt(modRevision)], [4, BigInt(version)]]
  if (content.length > 0) fields.push([5, content])
  if (lease !== NO_LEASE) fields.push([6, lease])
  return encodeMessage(fields)
}

/** What `encodeKeyValue` writes, of a put. @throws SnapshotError when `bytes` are something else; `what` names them. */
export function decodeKeyValue(bytes: Uint8Array, what: string): KeyValue {
  const fields = decodeMessage(bytes, what)
  return Object.freeze({
    key: keyOf(bytesField(fields, 1, what)), createRevision: revisionField(fields, 2, what), modRevision: revisionField(fields, 3, what),
    version: revisionField(fields, 4, what), value: bytesField(fields, 5, what).slice(), lease: BigInt.asIntN(64, numberField(fields, 6, what)),
  })
}

/** A field of bytes; empty when it is absent. */
export function bytesField(fields: ReadonlyMap<number, bigint | Uint8Array>, number: number, what: string): Uint8Array {
  const value = fields.get(number) ?? EMPTY
  if (typeof value === 'bigint') throw new SnapshotError(`${what} has a number as field ${number}`)
  return value
}

/** A field of 64 bits without sign; 0 when it is absent. */
export function numberField(fields: ReadonlyMap<number, bigint | Uint8Array>, number: number, what: string): bigint {
  const value = fields.get(number) ?? 0n
  if (typeof value !== 'bigint') throw new SnapshotError(`${what} has bytes as field ${number}`)
  return value
}

/** A field that counts something; 0 when it is absent. */
function revisionField(fields: ReadonlyMap<number, bigint | Uint8Array>, number: number, what: string): number {
  return countOf(numberField(fields, number, what), what)
}

/** A 64-bit number as one of JavaScript's. @throws SnapshotError when it is too large to be exact. */
export function countOf(value: bigint, what: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new SnapshotError(`${what} has the number ${value}, which this store cannot count to`)
  return Number(value)
}
