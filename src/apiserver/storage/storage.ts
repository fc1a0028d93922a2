import type { KubeObject } from '../../api/kind/definition.js'

/** One write: `object` is absent on removal, `old` on creation. */
export interface StoredChange {
  readonly revision: number
  readonly key: string
  readonly object?: KubeObject | undefined
  readonly old?: KubeObject | undefined
}

/** The position of a replayed write, see {@link Storage.replay}. */
export interface Replayed {
  readonly revision: number
  readonly writes: number
}

/** A range of keys from `from` (inclusive) to `to` (exclusive). */
export interface StorageRange {
  readonly from: string
  readonly to: string
  /** Reads as of this revision. Default: the current one. */
  readonly revision?: number
  /** Most objects to return. Default: all. */
  readonly limit?: number
}

/**
 * The store as the registry sees it: upstream's storage.Interface as a synchronous compare-and-swap store
 * with history. Objects are frozen and carry their own resourceVersion, so a read is only a lookup.
 */
export interface Storage {
  /** Revision of the last write. */
  readonly revision: number
  /** History before this revision has been compacted. */
  readonly compactedRevision: number
  /**
   * Returns this store for caches: for an unreadable value, `get` and `list` return its last readable version
   * or omit it instead of throwing ApiError 500. Only other clients of etcd write such values.
   */
  lenient(): Storage
  get(key: string): KubeObject | undefined
  /** Returns the object as of a revision, which must not be compacted. */
  getAt(key: string, revision: number): KubeObject | undefined
  /** Returns the objects of a range in key order. */
  list(range: StorageRange): readonly KubeObject[]
  /** Returns the current number of objects in `[from, to)`. */
  count(from: string, to: string): number
  /**
   * Writes if the key's revision is still `expected` (0: does not exist), and returns whether it did.
   * `object` must carry the resourceVersion `revision + 1`. After `ttlSeconds` of virtual time the object is
   * removed.
   */
  put(key: string, object: KubeObject, expected: number, ttlSeconds?: number): boolean
  /**
   * Creates a key whose object is built when it is first read, and returns whether it did not exist; see
   * {@link isPrivate}. The object must carry the resourceVersion `revision + 1`.
   */
  reserve(key: string, build: () => KubeObject, ttlSeconds: number): boolean
  /**
   * Like {@link put}, but as the last of `writes` puts of the key, at `revision`, which must lie after the
   * current one. The writes in between leave no history: reads and watches find the version before or after.
   */
  replay(key: string, object: KubeObject, expected: number, at: Replayed): boolean
  /** Makes `revision` the current one, if it is not later; see {@link replay}. */
  skipTo(revision: number): void
  /** Whether only the apiserver watches the key in etcd, and etcd does not count the size of writes. */
  isPrivate(key: string): boolean
  /**
   * Whether a write of the same object would change what is stored: it is encrypted in another way than
   * writes are now (`--encryption-provider-config`).
   */
  isStale(key: string): boolean
  /** Removes if the key's revision is still `expected`, and returns whether it did. */
  remove(key: string, expected: number): boolean
  /**
   * Returns the changes of keys in `[from, to)` after a revision, in order. The revision must not be
   * compacted.
   */
  changesSince(from: string, to: string, revision: number): readonly StoredChange[]
  /** Calls the listener for every write, synchronously and in order. */
  subscribe(listener: (change: StoredChange) => void): void
  /** Calls the listener when an object with a TTL has been written. */
  onLease(listener: () => void): void
}

/** Returns the exclusive end of the keys that begin with `prefix` (which ends in `/`). */
export function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + '0'
}
