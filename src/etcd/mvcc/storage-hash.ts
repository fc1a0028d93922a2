import { keyBytes } from './keys.js'
import { encodeKeyValue } from '../snapshot/messages.js'
import { isTombstone, type Version } from '../version.js'

const CASTAGNOLI = 0x82f63b78

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CASTAGNOLI : crc >>> 1
  return crc
})

/** CRC-32C over everything added. */
export class Crc32c {
  #crc = 0xffffffff

  add(bytes: Uint8Array): void {
    let crc = this.#crc
    for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8)
    this.#crc = crc
  }

  get sum(): number {
    return (this.#crc ^ 0xffffffff) >>> 0
  }
}

/**
 * Returns a write's key in etcd's `key` bucket: revision and sub-revision, big endian, and `t` for a
 * tombstone.
 */
export function storageKey({ kv, sub }: Version): Uint8Array {
  const bytes = new Uint8Array(isTombstone(kv) ? 18 : 17)
  const view = new DataView(bytes.buffer)
  view.setBigInt64(0, BigInt(kv.modRevision))
  bytes[8] = 0x5f
  view.setBigInt64(9, BigInt(sub))
  if (isTombstone(kv)) bytes[17] = 0x74
  return bytes
}

/**
 * Returns a write's value in the `key` bucket: the `mvccpb.KeyValue` message; for a tombstone only its key.
 */
export function storageValue({ kv }: Version): Uint8Array {
  return encodeKeyValue(kv)
}

/** Appends a protobuf varint; negative numbers take ten bytes. */
export function varint(into: number[], value: bigint): void {
  let rest = BigInt.asUintN(64, value)
  while (rest >= 0x80n) {
    into.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  into.push(Number(rest))
}

/** The input of HashKV. */
export interface HashInput {
  /** Retained writes at or before `revision`, in storage order. */
  readonly writes: readonly Version[]
  readonly compactRevision: number
  /** Writes at or before the compacted revision that are still visible. */
  readonly keep: ReadonlySet<Version>
}

/** Computes etcd's HashKV, which is equal on every member, however much of a compaction each has executed. */
export function hashStorage({ writes, compactRevision, keep }: HashInput): number {
  const crc = new Crc32c()
  crc.add(keyBytes('key'))
  for (const write of writes) {
    const { modRevision } = write.kv
    if (modRevision <= compactRevision && keep.size > 0 && !keep.has(write)) continue
    if (modRevision === compactRevision && isTombstone(write.kv)) continue
    crc.add(storageKey(write))
    crc.add(storageValue(write))
  }
  return crc.sum
}
