import type { KubeObject } from '../../api/definition.js'
import type { Storage } from './storage.js'
import { prefixEnd } from './storage.js'

/** More lists than these are not remembered at a time. */
const MOST_LISTS = 1_000

/**
 * The present objects below prefixes that are asked for over and over and seldom change, such as a
 * namespace's quotas: each is listed again only after a write below it. Prefixes end in `/`; a write is below
 * the folder of its key and the folders that it is in.
 */
export class KeptLists {
  readonly #storage: Storage
  readonly #lists = new Map<string, readonly KubeObject[]>()
  /** Revision of the last write that this has heard of. */
  #heard: number

  constructor(storage: Storage) {
    this.#storage = storage
    this.#heard = storage.revision
    storage.subscribe(({ key, revision }) => {
      this.#heard = revision
      this.#forget(key)
    })
  }

  /** The objects whose keys begin with `prefix`, in key order. */
  of(prefix: string): readonly KubeObject[] {
    // who writes while a write is being told is told of later
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
