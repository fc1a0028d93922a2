import type { ResourceWatch } from './resource-watch.js'

/**
 * Watches in an order that does not depend on when they were opened: by the identity of their owner and what they select. So a write wakes
 * them in the same order in a fork, where they were opened anew. Watches that agree in all of that keep the order of opening.
 */
export class WatchList {
  readonly #watches: ResourceWatch[] = []

  get size(): number {
    return this.#watches.length
  }

  add(watch: ResourceWatch): void {
    let low = 0
    let high = this.#watches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#watches[middle] as ResourceWatch).order <= watch.order) low = middle + 1
      else high = middle
    }
    this.#watches.splice(low, 0, watch)
  }

  remove(watch: ResourceWatch): void {
    const at = this.#watches.indexOf(watch)
    if (at >= 0) this.#watches.splice(at, 1)
  }

  [Symbol.iterator](): IterableIterator<ResourceWatch> {
    return this.#watches[Symbol.iterator]()
  }
}
