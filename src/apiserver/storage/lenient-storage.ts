import type { KubeObject } from '../../api/definition.js'
import type { Storage, StorageRange, StoredChange } from './storage.js'

/** How a {@link LenientStorage} reads. */
export interface LenientReads {
  readonly get: (key: string, revision?: number) => KubeObject | undefined
  readonly list: (range: StorageRange) => readonly KubeObject[]
}

/**
 * A storage for what must go on when a value cannot be read: in its place is the last version of the object
 * that could be, or none, as a cache that follows the store would have it.
 */
export class LenientStorage implements Storage {
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
