/**
 * Objects sorted by key. The order does not depend on the order of arrival, so a view that was rebuilt after a fork or restore iterates
 * exactly as the one it was copied from. An insertion costs a binary search and a move of references.
 */
export class SortedObjects<T> {
  readonly #keys: string[] = []
  readonly #objects: T[] = []

  get size(): number {
    return this.#keys.length
  }

  /** The objects in key order; the array is live, so it is valid until the next change. */
  get objects(): readonly T[] {
    return this.#objects
  }

  set(key: string, object: T): void {
    const at = this.#lowerBound(key)
    if (this.#keys[at] === key) this.#objects[at] = object
    else {
      this.#keys.splice(at, 0, key)
      this.#objects.splice(at, 0, object)
    }
  }

  delete(key: string): void {
    const at = this.#lowerBound(key)
    if (this.#keys[at] !== key) return
    this.#keys.splice(at, 1)
    this.#objects.splice(at, 1)
  }

  #lowerBound(key: string): number {
    let low = 0
    let high = this.#keys.length
    // new keys are often the largest: generated names of one owner come in any order, but initial lists come sorted
    if (high > 0 && (this.#keys[high - 1] as string) < key) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#keys[middle] as string) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
