import type { KubeObject } from '../../api/kind/definition.js'
import type { Storage } from './storage.js'
import { prefixEnd } from './storage.js'

/** Most lists that are kept. */
const MOST_LISTS = 1_000

/**
 * Caches the objects below prefixes that are read often and change seldom, such as a namespace's quotas. A
 * prefix, which ends in `/`, is listed again only after a write below it.
 */
export class KeptLists {
  readonly #storage: Storage
  readonly #lists = new Map<string, readonly KubeObject[]>()
  /** Revision of the last write that was reported to this object. */
  #heard: number

  constructor(storage: Storage) {
    this.#storage = storage
    this.#heard = storage.revision
    storage.subscribe(({ key, revision }) => {
      this.#heard = revision
      this.#forget(key)
    })
  }

  /** Returns the current objects whose keys begin with `prefix`, in key order. */
  of(prefix: string): readonly KubeObject[] {
    // a write made by another subscriber is reported only after the current one, so that the lists may be
    // stale
    const isCurrent = this.#heard === this.#storage.revision
    const kept = isCurrent ? this.#lists.get(prefix) : undefined
    if (kept !== undefined) return kept
    const list = this.#storage.list({ from: prefix, to: prefixEnd(prefix) })
    if (!isCurrent) return list
    if (this.#lists.size >= MOST_LISTS) this.#lists.clear()
    this.#lists.set(prefix, list)
    return list
  }

  #forget(key: string): void {
    if (this.#lists.size === 0) return
    for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1))
      this.#lists.delete(key.slice(0, end + 1))
  }
}
