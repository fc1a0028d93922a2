import type { KubeObject } from '../../api/definition.js'

/** One write as the store remembers it: `object` is absent on removal, `old` on creation. */
export interface StoredChange {
  readonly revision: number
  readonly key: string
  readonly object?: KubeObject
  readonly old?: KubeObject
}

/** Where and what to read. `from` (inclusive) and `to` (exclusive) are keys. */
export interface StorageRange {
  readonly from: string
  readonly to: string
  /** As of this revision; default now. */
  readonly revision?: number
  /** At most so many objects; default all. */
  readonly limit?: number
}

/**
 * What the registry needs of a store: the apiserver's storage.Interface, reduced to a synchronous
 * compare-and-swap store with history. Objects are frozen and carry their own resourceVersion, so a read is a
 * lookup and nothing else.
 */
export interface Storage {
  /** Revision of the last write. */
  readonly revision: number
  /** History before this revision is gone. */
  readonly compactedRevision: number
  /**
   * The same store for caches: where a value cannot be read, `get` and `list` answer its last readable
   * version or leave it out. Here they throw ApiError 500. Only other clients of etcd write such values.
   */
  lenient(): Storage
  get(key: string): KubeObject | undefined
  /** The object as of a revision, which must not be compacted. */
  getAt(key: string, revision: number): KubeObject | undefined
  /** Objects in key order. */
  list(range: StorageRange): readonly KubeObject[]
  /** Number of objects in `[from, to)` now. */
  count(from: string, to: string): number
  /**
   * Writes if the key's revision is still `expected` (0: does not exist). `object` must carry the
   * resourceVersion `revision + 1`. `ttlSeconds` makes the object vanish after that virtual time. Answers
   * whether it was written.
   */
  put(key: string, object: KubeObject, expected: number, ttlSeconds?: number): boolean
  /** Removes if the key's revision is still `expected`; answers whether it was removed. */
  remove(key: string, expected: number): boolean
  /** Changes of keys in `[from, to)` after a revision, in order; the revision must not be compacted. */
  changesSince(from: string, to: string, revision: number): readonly StoredChange[]
  /** Calls for every write, synchronously, in order. */
  subscribe(listener: (change: StoredChange) => void): void
  /** Calls when something has been written that will expire. */
  onLease(listener: () => void): void
}

/** The exclusive end of the keys that begin with `prefix` (which ends in `/`). */
export function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + '0'
}
