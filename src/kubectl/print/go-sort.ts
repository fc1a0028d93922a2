/** Whether the first of two must stand before the second. */
export type Less<T> = (a: T, b: T) => boolean

/** Up to so many are sorted by insertion, which keeps the order of equal ones. */
const FEW = 12
/** From so many on a pivot is the middle one of nine, and a few that are out of order are shifted. */
const MANY = 50
const MOST_SHIFTS = 5
const MOST_SWAPS = 12

/**
 * Sorts as `sort.Sort` of Go's library does, so that equal ones come out in the same order as from the real program: that order is not kept beyond
 * {@link FEW}, but it is no chance either. `less` need not be consistent: nothing but its answers decides. Source: Go sort/zsortinterface.go.
 */
export function goSort<T>(items: readonly T[], less: Less<T>): readonly T[] {
  const run = new PatternDefeatingSort(items, less)
  run.sort(0, items.length, bitLength(items.length))
  return run.items
}

const bitLength = (n: number): number => 32 - Math.clz32(n)

/** A pivot, and how its neighbours seem to be ordered. */
interface Pivot {
  readonly at: number
  readonly hint: 'unknown' | 'increasing' | 'decreasing'
}

class PatternDefeatingSort<T> {
  readonly items: T[]
  readonly #less: Less<T>

  constructor(items: readonly T[], less: Less<T>) {
    this.items = [...items]
    this.#less = less
  }

  /** Sorts from `a` to before `b`; after `limit` bad pivots by heap. */
  sort(a: number, b: number, limit: number): void {
    let [isBalanced, isPartitioned] = [true, true]
    while (b - a > FEW) {
      if (limit === 0) return this.#heapSort(a, b)
      if (!isBalanced) {
        this.#breakPatterns(a, b)
        limit--
      }
      const { at: pivot, hint } = this.#pivotFor(a, b)
      if (isBalanced && isPartitioned && hint === 'increasing' && this.#isSortedSoon(a, b)) return
      if (a > 0 && !this.#isLess(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot)
        continue
      }
      const length = b - a
      const { middle, wasPartitioned } = this.#partition(a, b, pivot)
      isPartitioned = wasPartitioned
      isBalanced = Math.min(middle - a, b - middle) >= Math.floor(length / 8)
      if (middle - a < b - middle) {
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
    this.#insertionSort(a, b)
  }

  #isLess(i: number, j: number): boolean {
    return this.#less(this.items[i] as T, this.items[j] as T)
  }

  #swap(i: number, j: number): void {
    const { items } = this
    const kept = items[i] as T
    items[i] = items[j] as T
    items[j] = kept
  }

  #insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.#isLess(j, j - 1); j--) this.#swap(j, j - 1)
  }

  #heapSort(a: number, b: number): void {
    const length = b - a
    for (let i = Math.floor((length - 1) / 2); i >= 0; i--) this.#siftDown(i, length, a)
    for (let i = length - 1; i >= 0; i--) {
      this.#swap(a, a + i)
      this.#siftDown(0, i, a)
    }
  }

  #siftDown(low: number, high: number, first: number): void {
    let root = low
    for (;;) {
      let child = 2 * root + 1
      if (child >= high) return
      if (child + 1 < high && this.#isLess(first + child, first + child + 1)) child++
      if (!this.#isLess(first + root, first + child)) return
      this.#swap(first + root, first + child)
      root = child
    }
  }

  /** The pivot of a range, which is turned round when it seems to go down. */
  #pivotFor(a: number, b: number): Pivot {
    const pivot = this.#choosePivot(a, b)
    if (pivot.hint !== 'decreasing') return pivot
    for (let [i, j] = [a, b - 1]; i < j; i++, j--) this.#swap(i, j)
    return { at: b - 1 - (pivot.at - a), hint: 'increasing' }
  }

  #choosePivot(a: number, b: number): Pivot {
    const quarter = Math.floor((b - a) / 4)
    let swaps = 0
    const ordered = (i: number, j: number): readonly [number, number] => {
      if (!this.#isLess(j, i)) return [i, j]
      swaps++
      return [j, i]
    }
    const median = (i: number, j: number, k: number): number => {
      ;[i, j] = ordered(i, j)
      ;[j, k] = ordered(j, k)
      ;[i, j] = ordered(i, j)
      return j
    }
    const around = (i: number): number => (b - a >= MANY ? median(i - 1, i, i + 1) : i)
    const at = median(around(a + quarter), around(a + 2 * quarter), around(a + 3 * quarter))
    return { at, hint: swaps === 0 ? 'increasing' : swaps === MOST_SWAPS ? 'decreasing' : 'unknown' }
  }

  /** Shifts a few that are out of order; answers whether that was all there was to do. */
  #isSortedSoon(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < MOST_SHIFTS; step++) {
      while (i < b && !this.#isLess(i, i - 1)) i++
      if (i === b) return true
      if (b - a < MANY) return false
      this.#swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#isLess(j, j - 1); j--) this.#swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.#isLess(j, j - 1); j++) this.#swap(j, j - 1)
    }
    return false
  }

  /** Those that are less than the pivot to its left, the others to its right. */
  #partition(a: number, b: number, pivot: number): { readonly middle: number; readonly wasPartitioned: boolean } {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (let wasPartitioned = true; ; wasPartitioned = false) {
      while (i <= j && this.#isLess(i, a)) i++
      while (i <= j && !this.#isLess(j, a)) j--
      if (i > j) {
        this.#swap(j, a)
        return { middle: j, wasPartitioned }
      }
      this.#swap(i++, j--)
    }
  }

  /** Those that are equal to the pivot first; answers where the greater ones begin. */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (;;) {
      while (i <= j && !this.#isLess(a, i)) i++
      while (i <= j && this.#isLess(a, j)) j--
      if (i > j) return i
      this.#swap(i++, j--)
    }
  }

  /** Moves three to places that depend on the length only. */
  #breakPatterns(a: number, b: number): void {
    const length = b - a
    const mask = (1n << BigInt(bitLength(length))) - 1n
    const middle = a + Math.floor(length / 4) * 2 - 1
    let random = BigInt(length)
    for (let i = 0; i < 3; i++) {
      random ^= BigInt.asUintN(64, random << 13n)
      random ^= random >> 7n
      random ^= BigInt.asUintN(64, random << 17n)
      const other = Number(random & mask)
      this.#swap(middle + i, a + (other >= length ? other - length : other))
    }
  }
}
