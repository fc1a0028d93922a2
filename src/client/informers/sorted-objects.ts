import { byKey } from '../../lang/text/order.js'

/** Most references that are moved when an object is added or removed. */
const MOST_MOVED = 1000

/**
 * Objects sorted by key. The order does not depend on the order of arrival, so a view that is rebuilt after a
 * fork or restore iterates as the original does. Changes far from the end of a long list are kept apart and
 * merged when the objects are read, so that a change costs a binary search, however many objects there are.
 */
export class SortedObjects<T> {
  #keys: string[] = []
  #objects: T[] = []
  /**
   * Objects that are not in the lists yet, and those that are still in them though removed. Made on demand:
   * most lists are short, and there is one for each value of an index.
   */
  #added: Map<string, T> | undefined
  #removed: Set<string> | undefined
  readonly #mostMoved: number

  constructor(mostMoved: number = MOST_MOVED) {
    this.#mostMoved = mostMoved
  }

  /**
   * Returns a list of one. Most values of an index have one object, and V8 reserves room for many in a list
   * that starts empty.
   */
  static of<T>(key: string, object: T): SortedObjects<T> {
    const list = new SortedObjects<T>()
    list.#keys = [key]
    list.#objects = [object]
    return list
  }

  /** Returns a copy, which changes on its own. */
  copy(): SortedObjects<T> {
    const copy = new SortedObjects<T>(this.#mostMoved)
    copy.#objects = [...this.objects]
    copy.#keys = [...this.#keys]
    return copy
  }

  get size(): number {
    return this.#keys.length + (this.#added?.size ?? 0) - (this.#removed?.size ?? 0)
  }

  /** Returns the objects in key order. The array is live, so it is valid until the next change. */
  get objects(): readonly T[] {
    if (this.#added !== undefined || this.#removed !== undefined) this.#merge()
    return this.#objects
  }

  set(key: string, object: T): void {
    const at = this.#lowerBound(key)
    if (this.#keys[at] === key) {
      this.#objects[at] = object
      this.#removed?.delete(key)
    } else if (this.#isNearEnd(at) && this.#added?.has(key) !== true) {
      this.#insert(at, key, object)
    } else (this.#added ??= new Map()).set(key, object)
  }

  #insert(at: number, key: string, object: T): void {
    if (at === this.#keys.length) {
      // not splice, which allocates an array
      this.#keys.push(key)
      this.#objects.push(object)
      return
    }
    this.#keys.splice(at, 0, key)
    this.#objects.splice(at, 0, object)
  }

  delete(key: string): void {
    if (this.#added?.delete(key) === true) return
    const at = this.#lowerBound(key)
    if (this.#keys[at] !== key) return
    if (this.#isNearEnd(at)) {
      this.#keys.splice(at, 1)
      this.#objects.splice(at, 1)
      this.#removed?.delete(key)
    } else (this.#removed ??= new Set()).add(key)
  }

  #isNearEnd(at: number): boolean {
    return this.#keys.length - at <= this.#mostMoved
  }

  #merge(): void {
    const added = [...(this.#added ?? [])].sort(byKey)
    const keys: string[] = []
    const objects: T[] = []
    let next = 0
    for (let at = 0; at <= this.#keys.length; at++) {
      const key = this.#keys[at]
      for (; next < added.length; next++) {
        const [addedKey, object] = added[next] as [string, T]
        if (key !== undefined && key < addedKey) break
        keys.push(addedKey)
        objects.push(object)
      }
      if (key === undefined || this.#removed?.has(key) === true) continue
      keys.push(key)
      objects.push(this.#objects[at] as T)
    }
    this.#keys = keys
    this.#objects = objects
    this.#added = undefined
    this.#removed = undefined
  }

  #lowerBound(key: string): number {
    let low = 0
    let high = this.#keys.length
    // new keys are often the largest, because initial lists are sorted
    if (high > 0 && (this.#keys[high - 1] as string) < key) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#keys[middle] as string) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
