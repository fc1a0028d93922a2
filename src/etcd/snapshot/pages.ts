/**
 * The page format of a bbolt file, version 2, in which etcd stores its database. Numbers are little endian.
 * Source: go.etcd.io/bbolt 1.3 page.go, db.go.
 */

/** Size of a page header in bytes: id u64, flags u16, count u16, overflow u32. */
export const PAGE_HEADER = 16
/** Size in bytes of an element of a leaf or branch page. */
export const ELEMENT = 16
/** Size in bytes of a meta page's content, including its checksum. */
export const META_SIZE = 64
/** Size in bytes of a bucket header in a value: root page u64, sequence u64. */
export const BUCKET_HEADER = 16
/** Size in bytes of the SHA-256 at the end of a snapshot file. */
export const HASH_SIZE = 32

export const BRANCH = 0x01
export const LEAF = 0x02
export const META = 0x04
export const FREELIST = 0x10
/** Flag of a leaf element whose value is a bucket. */
export const BUCKET = 0x01

export const MAGIC = 0xed0cdaed
export const VERSION = 2
/** Stands for the free list's page if there is none. */
export const NO_FREELIST = 0xffff_ffff_ffff_ffffn

/** One entry of a bucket. */
export interface BoltEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Computes 64-bit FNV-1a, the checksum of a meta page. */
export function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}

/** Compares two keys byte by byte. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let at = 0; at < shared; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
