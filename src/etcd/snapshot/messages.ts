import { keyBytes, keyOf } from '../mvcc/keys.js'
import { valueBytes } from '../mvcc/value.js'
import { NO_LEASE, type KeyValue } from '../version.js'
import { SnapshotError } from './snapshot-error.js'

/** A field of a protobuf message: a non-negative number, a 64-bit number, or bytes. */
export type WireField = readonly [number: number, value: number | bigint | Uint8Array]

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
const EMPTY = new Uint8Array(0)
/** Numbers of up to this many 7-bit groups are exact as JavaScript numbers. */
const EXACT_GROUPS = 7

/** Encodes a protobuf message. The caller has to omit fields that are zero or empty. */
export function encodeMessage(fields: readonly WireField[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [, value]) => sum + 1 + sizeOf(value), 0))
  let at = 0
  for (const [number, value] of fields) {
    const isBytes = typeof value === 'object'
    bytes[at++] = (number << 3) | (isBytes ? BYTES : VARINT)
    at = writeVarint(bytes, at, isBytes ? value.length : value)
    if (!isBytes) continue
    bytes.set(value, at)
    at += value.length
  }
  return bytes
}

function sizeOf(value: number | bigint | Uint8Array): number {
  return typeof value === 'object' ? varintSize(value.length) + value.length : varintSize(value)
}

function varintSize(value: number | bigint): number {
  let size = 1
  if (typeof value === 'number') for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  else for (let rest = BigInt.asUintN(64, value); rest >= 0x80n; rest >>= 7n) size++
  return size
}

function writeVarint(into: Uint8Array, from: number, value: number | bigint): number {
  let at = from
  if (typeof value === 'number') {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into[at++] = (rest % 0x80) | 0x80
    into[at++] = rest
    return at
  }
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 0x80n; rest >>= 7n) into[at++] = Number(rest & 0x7fn) | 0x80
  into[at++] = Number(rest)
  return at
}

/** The fields of a message: numbers where exact, else unsigned 64-bit integers. */
export type WireFields = ReadonlyMap<number, number | bigint | Uint8Array>

/**
 * Decodes a message: the last value of each field, by number.
 * @throws SnapshotError `<what> is not a protobuf message: ...`
 */
export function decodeMessage(bytes: Uint8Array, what: string): WireFields {
  const fields = new Map<number, number | bigint | Uint8Array>()
  visitFields(bytes, what, (number, value) => void fields.set(number, value))
  return fields
}

/**
 * Returns all values of a bytes field, in order.
 * @throws SnapshotError as {@link decodeMessage}
 */
export function repeatedBytes(bytes: Uint8Array, number: number, what: string): readonly Uint8Array[] {
  const found: Uint8Array[] = []
  visitFields(bytes, what, (each, value) => {
    if (each === number && typeof value === 'object') found.push(value)
  })
  return found
}

function visitFields(
  bytes: Uint8Array,
  what: string,
  each: (number: number, value: number | bigint | Uint8Array) => void,
): void {
  const reader = new MessageReader(bytes, what)
  while (!reader.atEnd) {
    const tag = Number(reader.varint())
    const number = Math.floor(tag / 8)
    switch (tag & 7) {
      case VARINT:
        each(number, reader.varint())
        break
      case BYTES:
        each(number, reader.take(Number(reader.varint())))
        break
      case FIXED64:
        reader.take(8)
        break
      case FIXED32:
        reader.take(4)
        break
      default:
        throw reader.fault(`wire type ${tag & 7} of field ${number}`)
    }
  }
}

class MessageReader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #at = 0

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  fault(why: string): SnapshotError {
    return new SnapshotError(`${this.#what} is not a protobuf message: ${why}`)
  }

  varint(): number | bigint {
    let value = 0
    let scale = 1
    for (let group = 0; group < EXACT_GROUPS; group++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    let long = BigInt(value)
    for (let shift = 7n * BigInt(EXACT_GROUPS); shift < 70n; shift += 7n) {
      const byte = this.#byte()
      long |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, long)
    }
    throw this.fault('integer overflow')
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw this.fault('unexpected EOF')
    return this.#bytes.subarray(this.#at, (this.#at += length))
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw this.fault('unexpected EOF')
    return byte
  }
}

/** Encodes the `mvccpb.KeyValue` of a write; for a tombstone etcd stores the key only. */
export function encodeKeyValue({
  key,
  createRevision,
  modRevision,
  version,
  value,
  lease,
}: KeyValue): Uint8Array {
  const bytes = keyBytes(key)
  if (version === 0) return encodeMessage([[1, bytes]])
  const content = valueBytes(value)
  const fields: WireField[] = [
    [1, bytes],
    [2, createRevision],
    [3, modRevision],
    [4, version],
  ]
  if (content.length > 0) fields.push([5, content])
  if (lease !== NO_LEASE) fields.push([6, lease])
  return encodeMessage(fields)
}

/**
 * Decodes what `encodeKeyValue` writes for a put; `what` names the bytes in errors.
 * @throws SnapshotError if they are malformed
 */
export function decodeKeyValue(bytes: Uint8Array, what: string): KeyValue {
  const fields = decodeMessage(bytes, what)
  const lease = fields.get(6)
  return Object.freeze({
    key: keyOf(bytesField(fields, 1, what)),
    value: bytesField(fields, 5, what).slice(),
    createRevision: countField(fields, 2, what),
    modRevision: countField(fields, 3, what),
    version: countField(fields, 4, what),
    lease: lease === undefined ? NO_LEASE : BigInt.asIntN(64, numberField(fields, 6, what)),
  })
}

/** Returns a bytes field; empty if absent. */
export function bytesField(fields: WireFields, number: number, what: string): Uint8Array {
  const value = fields.get(number) ?? EMPTY
  if (typeof value !== 'object') throw new SnapshotError(`${what} has a number as field ${number}`)
  return value
}

/** Returns an unsigned 64-bit field; 0 if absent. */
export function numberField(fields: WireFields, number: number, what: string): bigint {
  return BigInt(anyNumber(fields, number, what))
}

/**
 * Returns a field that counts something; 0 if absent.
 * @throws SnapshotError if it is too large to be exact
 */
export function countField(fields: WireFields, number: number, what: string): number {
  const value = anyNumber(fields, number, what)
  return typeof value === 'number' ? value : countOf(value, what)
}

function anyNumber(fields: WireFields, number: number, what: string): number | bigint {
  const value = fields.get(number) ?? 0
  if (typeof value === 'object') throw new SnapshotError(`${what} has bytes as field ${number}`)
  return value
}

/**
 * Converts a 64-bit integer to a number.
 * @throws SnapshotError if it is too large to be exact
 */
export function countOf(value: bigint, what: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new SnapshotError(`${what} has the number ${value}, which this store cannot count to`)
  return Number(value)
}
