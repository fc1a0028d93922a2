import type { RoutedWatch } from './routed-watch.js'

/**
 * Watches in an order that does not depend on when they were opened: by the identity of their owner and what
 * they select. So a write wakes them in the same order in a fork, where they were opened anew. Watches that
 * agree in all of that keep the order of opening.
 */
export class WatchList {
  readonly #watches: RoutedWatch[] = []

  get size(): number {
    return this.#watches.length
  }

  add(watch: RoutedWatch): void {
    let low = 0
    let high = this.#watches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#watches[middle] as RoutedWatch).order <= watch.order) low = middle + 1
      else high = middle
    }
    this.#watches.splice(low, 0, watch)
  }

  remove(watch: RoutedWatch): void {
    const at = this.#watches.indexOf(watch)
    if (at >= 0) this.#watches.splice(at, 1)
  }

  [Symbol.iterator](): IterableIterator<RoutedWatch> {
    return this.#watches[Symbol.iterator]()
  }
}
