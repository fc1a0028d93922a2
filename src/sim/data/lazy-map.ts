/**
 * A copy of a Map that copies each value on first use, so that making one is cheap, however large the values
 * are. The values of the original must not change afterwards.
 */
export class LazyMap<Key, Value> extends Map<Key, Value> {
  readonly #copy: (value: Value) => Value
  /** Keys of the values that are still the original's. */
  readonly #foreign: Set<Key>

  constructor(original: ReadonlyMap<Key, Value>, copy: (value: Value) => Value) {
    super()
    this.#copy = copy
    this.#foreign = new Set()
    for (const [key, value] of entriesOf(original)) {
      super.set(key, value)
      this.#foreign.add(key)
    }
  }

  override get(key: Key): Value | undefined {
    const value = super.get(key)
    if (value === undefined || !this.#foreign.delete(key)) return value
    const own = this.#copy(value)
    super.set(key, own)
    return own
  }

  override set(key: Key, value: Value): this {
    // the constructor of Map does not call it, as it is given nothing
    this.#foreign.delete(key)
    return super.set(key, value)
  }

  override delete(key: Key): boolean {
    this.#foreign.delete(key)
    return super.delete(key)
  }

  override clear(): void {
    this.#foreign.clear()
    super.clear()
  }

  override forEach(call: (value: Value, key: Key, map: Map<Key, Value>) => void): void {
    for (const [key, value] of this) call(value, key, this)
  }

  override entries(): MapIterator<[Key, Value]> {
    this.#copyAll()
    return super.entries()
  }

  override values(): MapIterator<Value> {
    this.#copyAll()
    return super.values()
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries()
  }

  #copyAll(): void {
    for (const key of [...this.#foreign]) this.get(key)
  }
}

/** Returns the entries of a Map, for reading only: those of a {@link LazyMap} stay the original's. */
export function entriesOf<Key, Value>(map: ReadonlyMap<Key, Value>): MapIterator<[Key, Value]> {
  return Map.prototype.entries.call(map) as MapIterator<[Key, Value]>
}
