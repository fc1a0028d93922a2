import type { KubeObject } from '../../api/definition.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { WatchEvent } from '../../etcd/watch-types.js'
import type { Storage, StorageRange, StoredChange } from './storage.js'

const ROOT = '/registry/'
const ROOT_END = '/registry0'
/** Objects of one TTL that are written in the same minute share a lease, as the apiserver's lease manager does. */
const LEASE_SHARE_MS = 60_000

/** The {@link Storage} of the registry over an etcd store: the only place where the apiserver touches etcd. */
export class EtcdStorage implements Storage {
  readonly #store: EtcdStore
  readonly #now: () => number
  readonly #listeners: ((change: StoredChange) => void)[] = []
  readonly #leaseListeners: (() => void)[] = []
  #seen: number

  constructor(store: EtcdStore, now: () => number) {
    this.#store = store
    this.#now = now
    this.#seen = store.revision
    store.subscribe(ROOT, ROOT_END, () => this.#publish())
  }

  get revision(): number {
    return this.#store.revision
  }

  get compactedRevision(): number {
    return this.#store.compactedRevision
  }

  get(key: string): KubeObject | undefined {
    return this.#store.get(key)?.value as KubeObject | undefined
  }

  getAt(key: string, revision: number): KubeObject | undefined {
    return this.#store.get(key, revision)?.value as KubeObject | undefined
  }

  list({ from, to, revision, limit }: StorageRange): readonly KubeObject[] {
    return this.#store.list(from, to, { revision, limit }).map((kv) => kv.value as KubeObject)
  }

  count(from: string, to: string): number {
    return this.#store.count(from, to)
  }

  put(key: string, object: KubeObject, expected: number, ttlSeconds?: number): boolean {
    const written = ttlSeconds === undefined
      ? this.#store.casPut(key, object, expected)
      : this.#store.casPut(key, object, expected, this.#lease(ttlSeconds))
    return written !== undefined
  }

  remove(key: string, expected: number): boolean {
    return this.#store.casDelete(key, expected) !== undefined
  }

  changesSince(from: string, to: string, revision: number): readonly StoredChange[] {
    return this.#store.changesSince(revision, from, to).map(changeOf)
  }

  subscribe(listener: (change: StoredChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Calls when a lease has been granted, whose end somebody must see to. */
  onLease(listener: () => void): void {
    this.#leaseListeners.push(listener)
  }

  /** The id says which lease it is, so that nothing has to be remembered: a fork finds the same one. */
  #lease(ttlSeconds: number): bigint {
    const slot = Math.floor(this.#now() / LEASE_SHARE_MS)
    const id = BigInt(slot) * 1_000_000n + BigInt(ttlSeconds)
    if (this.#store.leaseTimeToLive({ id }).ttl < 0) {
      this.#store.leaseGrant({ id, ttl: ttlSeconds + LEASE_SHARE_MS / 1000 })
      for (const listener of this.#leaseListeners) listener()
    }
    return id
  }

  #publish(): void {
    // other programs' keys may have been written and compacted meanwhile; nothing of ours can have been
    const after = Math.max(this.#seen, this.#store.compactedRevision - 1)
    this.#seen = this.#store.revision
    for (const event of this.#store.changesSince(after, ROOT, ROOT_END)) {
      const change = changeOf(event)
      for (const listener of this.#listeners) listener(change)
    }
  }
}

function changeOf({ type, kv, prevKv }: WatchEvent): StoredChange {
  return {
    revision: kv.modRevision,
    key: kv.key,
    ...(type === 'PUT' ? { object: kv.value as KubeObject } : {}),
    ...(prevKv === undefined ? {} : { old: prevKv.value as KubeObject }),
  }
}
