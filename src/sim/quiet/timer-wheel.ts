/** How far ahead of the present a {@link TimerWheel} can hold an entry, in ms: half a minute. */
export const WHEEL_SPAN = 32_768

const MASK = WHEEL_SPAN - 1
const WORDS = WHEEL_SPAN / 32
const NONE = -1

/**
 * A calendar queue of small integers for times of less than {@link WHEEL_SPAN} ms from now: one slot for each
 * ms, in the order of arrival. All operations take constant time.
 */
export class TimerWheel {
  readonly #first = new Int32Array(WHEEL_SPAN).fill(NONE)
  readonly #last = new Int32Array(WHEEL_SPAN)
  /** One bit for each slot: whether it holds anything. */
  readonly #used = new Uint32Array(WORDS)
  /** The entry that follows in the slot, by entry. */
  readonly #next: number[] = []
  #size = 0

  /** Adds an entry that is not in the wheel. */
  add(entry: number, due: number): void {
    const slot = due & MASK
    this.#next[entry] = NONE
    if (this.#first[slot] === NONE) {
      this.#first[slot] = entry
      this.#used[slot >>> 5]! |= 1 << (slot & 31)
    } else this.#next[this.#last[slot] as number] = entry
    this.#last[slot] = entry
    this.#size++
  }

  /** Returns the earliest time at or after `now` at which an entry is due; Infinity if the wheel is empty. */
  nextDue(now: number): number {
    if (this.#size === 0) return Infinity
    const slot = now & MASK
    let at = slot >>> 5
    let word = (this.#used[at] as number) & (-1 << (slot & 31))
    while (word === 0) {
      at = (at + 1) % WORDS
      word = this.#used[at] as number
    }
    const found = (at << 5) + (31 - Math.clz32(word & -word))
    return now + ((found - slot) & MASK)
  }

  /** Removes the entries that are due at that time, and calls `visit` with each in the order of arrival. */
  take(due: number, visit: (entry: number) => void): void {
    const slot = due & MASK
    let entry = this.#first[slot] as number
    if (entry === NONE) return
    this.#first[slot] = NONE
    this.#used[slot >>> 5]! &= ~(1 << (slot & 31))
    while (entry !== NONE) {
      const next = this.#next[entry] as number
      this.#size--
      visit(entry)
      entry = next
    }
  }
}
