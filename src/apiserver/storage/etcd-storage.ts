import type { KubeObject } from '../../api/kind/definition.js'
import { EtcdError } from '../../etcd/errors.js'
import type { EtcdStore } from '../../etcd/store.js'
import { valueBytes } from '../../etcd/mvcc/value.js'
import { roughSize } from '../../lang/json/rough-size.js'
import { takeFrozenSize } from '../../api/schema/freeze.js'
import { ApiError } from '../../client/api-error.js'
import { type KeyValue, ReservedKeyValue } from '../../etcd/version.js'
import type { KeyEvent } from '../../etcd/watch/watch-types.js'
import type { StoredEncryption } from './encryption/stored-encryption.js'
import type { Replayed, Storage, StorageRange, StoredChange } from './storage.js'
import { isUnreadable } from './stored-bytes.js'

const ROOT = '/registry/'
const ROOT_END = '/registry0'
/**
 * Objects with the same TTL that are written within this time (in ms) share a lease, as in the apiserver's
 * lease manager.
 */
const LEASE_SHARE_MS = 60_000

/** Largest request to etcd, in bytes. Source: etcd `--max-request-bytes`. */
const MOST_REQUEST = 1.5 * 1024 * 1024
/** Bytes of a guarded write besides key and value: the comparison, the range of a failure, the heads. */
const WRITE_HEAD = 64

/** Stored objects of which a small change may make one that is too large. */
const large = new WeakSet<object>()

/**
 * Throws EtcdError for an object that is larger than etcd takes. `before` returns the stored version. Only
 * what can be too large is measured.
 */
function checkRequest(key: string, object: KubeObject, before: () => object | undefined): void {
  // JSON has at most six bytes for a character
  const isSmall = takeFrozenSize() * 6 < MOST_REQUEST / 2
  if (isSmall && !large.has(before() ?? object)) return
  if (roughSize(object) * 6 < MOST_REQUEST / 2) return
  large.add(object)
  if (valueBytes(object).length + 3 * key.length + WRITE_HEAD > MOST_REQUEST)
    throw new EtcdError('requestTooLarge')
}

/**
 * Returns the error of a request that etcd refuses for lack of space or because of an alarm. Source:
 * apiserver endpoints/handlers/responsewriters ErrorToAPIStatus.
 */
function asAnswer(error: unknown): unknown {
  return error instanceof EtcdError ? new ApiError(500, '', error.message) : error
}

/**
 * The {@link Storage} of the registry over an etcd store: the only place where the apiserver touches etcd.
 */
export class EtcdStorage implements Storage {
  readonly #store: EtcdStore
  readonly #now: () => number
  readonly #listeners: ((change: StoredChange) => void)[] = []
  readonly #decode: (kv: KeyValue) => KubeObject
  /** Decoded objects of values that are bytes. */
  readonly #decoded = new WeakMap<KeyValue, KubeObject>()
  readonly #encryption: StoredEncryption | undefined

  /**
   * `decode` decodes values that other clients of etcd have written as bytes, and throws ApiError 500 if they
   * are invalid. With `encryption`, values of some resources are encrypted.
   */
  constructor(
    store: EtcdStore,
    now: () => number,
    decode: (kv: KeyValue) => KubeObject,
    encryption?: StoredEncryption,
  ) {
    this.#store = store
    this.#now = now
    this.#decode = decode
    this.#encryption = encryption
    store.subscribe(ROOT, ROOT_END, (commit) => this.#publish(commit.events(true)))
  }

  get revision(): number {
    return this.#store.revision
  }

  get compactedRevision(): number {
    return this.#store.compactedRevision
  }

  get(key: string): KubeObject | undefined {
    const kv = this.#store.get(key)
    return kv === undefined ? undefined : this.#objectOf(kv)
  }

  getAt(key: string, revision: number): KubeObject | undefined {
    const kv = this.#store.get(key, revision)
    return kv === undefined ? undefined : this.#objectOf(kv)
  }

  list({ from, to, revision, limit }: StorageRange): readonly KubeObject[] {
    return this.#store.list(from, to, { revision, limit }).map((kv) => this.#objectOf(kv, true))
  }

  lenient(): Storage {
    return new LenientStorage(this, {
      get: (key, revision) => this.#found(this.#store.get(key, revision)),
      list: (range) => this.#readableIn(range),
    })
  }

  #readableIn({ from, to, revision, limit }: StorageRange): readonly KubeObject[] {
    const found: KubeObject[] = []
    for (const kv of this.#store.list(from, to, { revision, limit })) {
      const object = this.#readable(kv)
      if (object !== undefined) found.push(object)
    }
    return found
  }

  #found(kv: KeyValue | undefined): KubeObject | undefined {
    return kv === undefined ? undefined : this.#readable(kv)
  }

  count(from: string, to: string): number {
    return this.#store.count(from, to)
  }

  put(key: string, object: KubeObject, expected: number, ttlSeconds?: number): boolean {
    try {
      checkRequest(key, object, () => (expected === 0 ? undefined : (this.#store.get(key)?.value as object)))
      const value = this.#encryption?.seal(key, object) ?? object
      const written =
        ttlSeconds === undefined
          ? this.#store.casPut(key, value, expected)
          : this.#store.casPut(key, value, expected, this.#lease(ttlSeconds))
      return written !== undefined
    } catch (error) {
      throw asAnswer(error)
    }
  }

  reserve(key: string, build: () => KubeObject, ttlSeconds: number): boolean {
    // an encrypted value cannot be built later: who reads it first must not draw its nonce
    if (this.#encryption?.covers(key) === true) return this.put(key, build(), 0, ttlSeconds)
    try {
      return this.#store.casPut(key, build, 0, this.#lease(ttlSeconds)) !== undefined
    } catch (error) {
      throw asAnswer(error)
    }
  }

  replay(key: string, object: KubeObject, expected: number, at: Replayed): boolean {
    return this.#store.replay(key, this.#encryption?.seal(key, object) ?? object, expected, at) !== undefined
  }

  skipTo(revision: number): void {
    this.#store.skipTo(revision)
  }

  isPrivate(key: string): boolean {
    return !this.#store.countsSize && this.#store.observersOf(key) === 1
  }

  isStale(key: string): boolean {
    const kv = this.#encryption === undefined ? undefined : this.#store.get(key)
    return kv !== undefined && this.#encryption?.isStale(kv) === true
  }

  remove(key: string, expected: number): boolean {
    try {
      return this.#store.casDelete(key, expected) !== undefined
    } catch (error) {
      throw asAnswer(error)
    }
  }

  changesSince(from: string, to: string, revision: number): readonly StoredChange[] {
    return this.#changes(revision, from, to)
  }

  subscribe(listener: (change: StoredChange) => void): void {
    this.#listeners.push(listener)
  }

  onLease(listener: () => void): void {
    this.#store.onLeaseGrant(listener)
  }

  /**
   * Returns the lease of a TTL and time. Its id is derived from both, so that no state is needed and a fork
   * finds the same lease.
   */
  #lease(ttlSeconds: number): bigint {
    const slot = Math.floor(this.#now() / LEASE_SHARE_MS)
    const id = BigInt(slot) * 1_000_000n + BigInt(ttlSeconds)
    if (this.#store.leaseTimeToLive({ id }).ttl < 0)
      this.#store.leaseGrant({ id, ttl: ttlSeconds + LEASE_SHARE_MS / 1000 })
    return id
  }

  #publish(events: readonly KeyEvent[]): void {
    for (const event of events) {
      const change = this.#changeOf(event)
      if (change === undefined) continue
      for (const listener of this.#listeners) listener(change)
    }
  }

  #objectOf(kv: KeyValue, isOfList = false): KubeObject {
    const { value } = kv
    // written out, as lists ask for each of their objects
    if (this.#encryption === undefined && !(value instanceof Uint8Array)) return value as KubeObject
    if (this.#isPlain(kv)) return value as KubeObject
    let object = this.#decoded.get(kv) ?? this.#encryption?.written(kv)
    if (object === undefined)
      this.#decoded.set(kv, (object = this.#decode(this.#encryption?.open(kv, isOfList) ?? kv)))
    return object
  }

  /** Whether a value is an object, and nothing has to be known to read it. */
  #isPlain({ key, value }: KeyValue): boolean {
    return !(value instanceof Uint8Array) && this.#encryption?.covers(key) !== true
  }

  /** Returns the object of a version, or of the last readable version before it, or undefined. */
  #readable(kv: KeyValue): KubeObject | undefined {
    if (this.#isPlain(kv)) return kv.value as KubeObject
    for (let version: KeyValue | undefined = kv; version !== undefined; version = this.#before(version)) {
      try {
        return this.#objectOf(version)
      } catch (error) {
        if (!isUnreadable(error)) throw error
      }
    }
    return undefined
  }

  #before({ key, modRevision, createRevision }: KeyValue): KeyValue | undefined {
    const revision = modRevision - 1
    return modRevision === createRevision || revision < this.#store.compactedRevision
      ? undefined
      : this.#store.get(key, revision)
  }

  /**
   * Returns the changes of the objects, without unreadable versions: for followers, an object stays as it was
   * until it is readable again or removed. (A real apiserver ends its watches and cannot list, so that its
   * clients keep what they have.)
   */
  #changes(after: number, from: string, to: string): StoredChange[] {
    const changes: StoredChange[] = []
    for (const event of this.#store.changesSince(after, from, to)) {
      const change = this.#changeOf(event)
      if (change !== undefined) changes.push(change)
    }
    return changes
  }

  #changeOf({ type, kv, prevKv }: KeyEvent): StoredChange | undefined {
    if (kv instanceof ReservedKeyValue) return new ReservedChange(kv, kv, undefined)
    if (type === 'DELETE' && prevKv instanceof ReservedKeyValue)
      return new ReservedChange(kv, undefined, prevKv)
    const { modRevision: revision, key } = kv
    const old = prevKv === undefined ? undefined : this.#readable(prevKv)
    if (type === 'DELETE') return old === undefined ? undefined : { revision, key, old }
    const object = this.#isPlain(kv) ? (kv.value as KubeObject) : this.#unlessUnreadable(kv)
    if (object === undefined) return undefined
    return old === undefined ? { revision, key, object } : { revision, key, object, old }
  }

  #unlessUnreadable(kv: KeyValue): KubeObject | undefined {
    try {
      return this.#objectOf(kv)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      return undefined
    }
  }
}

/** The creation or removal of an object that is built when a listener reads it, not when it sees the key. */
class ReservedChange implements StoredChange {
  readonly revision: number
  readonly key: string
  readonly #created: ReservedKeyValue | undefined
  readonly #removed: ReservedKeyValue | undefined

  constructor(
    { key, modRevision }: KeyValue,
    created: ReservedKeyValue | undefined,
    removed: ReservedKeyValue | undefined,
  ) {
    this.revision = modRevision
    this.key = key
    this.#created = created
    this.#removed = removed
  }

  get object(): KubeObject | undefined {
    return this.#created?.value as KubeObject | undefined
  }

  get old(): KubeObject | undefined {
    return this.#removed?.value as KubeObject | undefined
  }
}

/** The reads of a {@link LenientStorage}. */
export interface LenientReads {
  readonly get: (key: string, revision?: number) => KubeObject | undefined
  readonly list: (range: StorageRange) => readonly KubeObject[]
}

/**
 * A storage for parts that must work in spite of unreadable values: it returns the last readable version of
 * the object, or none, as a cache that follows the store would.
 */
class LenientStorage implements Storage {
  readonly #storage: Storage
  readonly #reads: LenientReads

  constructor(storage: Storage, reads: LenientReads) {
    this.#storage = storage
    this.#reads = reads
  }

  get revision(): number {
    return this.#storage.revision
  }

  get compactedRevision(): number {
    return this.#storage.compactedRevision
  }

  get(key: string): KubeObject | undefined {
    return this.#reads.get(key)
  }

  getAt(key: string, revision: number): KubeObject | undefined {
    return this.#reads.get(key, revision)
  }

  list(range: StorageRange): readonly KubeObject[] {
    return this.#reads.list(range)
  }

  lenient(): Storage {
    return this
  }

  count(from: string, to: string): number {
    return this.#storage.count(from, to)
  }

  put(key: string, object: KubeObject, expected: number, ttlSeconds?: number): boolean {
    return this.#storage.put(key, object, expected, ttlSeconds)
  }

  reserve(key: string, build: () => KubeObject, ttlSeconds: number): boolean {
    return this.#storage.reserve(key, build, ttlSeconds)
  }

  replay(key: string, object: KubeObject, expected: number, at: Replayed): boolean {
    return this.#storage.replay(key, object, expected, at)
  }

  skipTo(revision: number): void {
    this.#storage.skipTo(revision)
  }

  isPrivate(key: string): boolean {
    return this.#storage.isPrivate(key)
  }

  isStale(key: string): boolean {
    return this.#storage.isStale(key)
  }

  remove(key: string, expected: number): boolean {
    return this.#storage.remove(key, expected)
  }

  changesSince(from: string, to: string, revision: number): readonly StoredChange[] {
    return this.#storage.changesSince(from, to, revision)
  }

  subscribe(listener: (change: StoredChange) => void): void {
    this.#storage.subscribe(listener)
  }

  onLease(listener: () => void): void {
    this.#storage.onLease(listener)
  }
}
