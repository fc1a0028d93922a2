/**
 * Sorts in place as Go's `sort.Sort` does (pattern-defeating quicksort, Go 1.19 and later; source: Go
 * sort/zsortinterface.go). The sort is not stable, so the order of equal items (rows in etcd, lines in
 * kubectl) matches the real program only if every step is the same. `less` need not be consistent: only its
 * results determine the order.
 */
export function pdqsort<T>(items: T[], less: (a: T, b: T) => boolean): void {
  new PatternDefeatingSort(items, less).sort(0, items.length, bitLength(items.length))
}

const INSERTION_LIMIT = 12

type Hint = 'unknown' | 'increasing' | 'decreasing'

class PatternDefeatingSort<T> {
  readonly #items: T[]
  readonly #lessThan: (a: T, b: T) => boolean
  /** Swaps made while choosing a pivot; their number indicates which way the data is sorted. */
  #exchanges = 0

  constructor(items: T[], less: (a: T, b: T) => boolean) {
    this.#items = items
    this.#lessThan = less
  }

  sort(from: number, to: number, badPivotsAllowed: number): void {
    let a = from
    let b = to
    let limit = badPivotsAllowed
    let balanced = true
    let partitioned = true
    while (b - a > INSERTION_LIMIT) {
      if (limit === 0) return this.#heapSort(a, b)
      if (!balanced) {
        this.#breakPatterns(a, b)
        limit--
      }
      let [pivot, hint] = this.#choosePivot(a, b)
      if (hint === 'decreasing') {
        this.#reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (balanced && partitioned && hint === 'increasing' && this.#partialInsertionSort(a, b)) return
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot)
        continue
      }
      const [middle, alreadyPartitioned] = this.#partition(a, b, pivot)
      partitioned = alreadyPartitioned
      const left = middle - a
      const right = b - middle
      const enough = Math.floor((b - a) / 8)
      balanced = Math.min(left, right) >= enough
      if (left < right) {
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
    this.#insertionSort(a, b)
  }

  #less(i: number, j: number): boolean {
    return this.#lessThan(this.#items[i]!, this.#items[j]!)
  }

  #swap(i: number, j: number): void {
    const item = this.#items[i]!
    this.#items[i] = this.#items[j]!
    this.#items[j] = item
  }

  #insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) {
      for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
    }
  }

  #siftDown(low: number, high: number, first: number): void {
    let root = low
    for (;;) {
      let child = 2 * root + 1
      if (child >= high) return
      if (child + 1 < high && this.#less(first + child, first + child + 1)) child++
      if (!this.#less(first + root, first + child)) return
      this.#swap(first + root, first + child)
      root = child
    }
  }

  #heapSort(a: number, b: number): void {
    const high = b - a
    for (let i = Math.floor((high - 1) / 2); i >= 0; i--) this.#siftDown(i, high, a)
    for (let i = high - 1; i >= 0; i--) {
      this.#swap(a, a + i)
      this.#siftDown(0, i, a)
    }
  }

  /** Moves everything less than the pivot in front of it. Also returns whether it already was. */
  #partition(a: number, b: number, pivot: number): [middle: number, alreadyPartitioned: boolean] {
    this.#swap(a, pivot)
    let i = a + 1
    let j = b - 1
    while (i <= j && this.#less(i, a)) i++
    while (i <= j && !this.#less(j, a)) j--
    if (i > j) {
      this.#swap(j, a)
      return [j, true]
    }
    this.#swap(i++, j--)
    for (;;) {
      while (i <= j && this.#less(i, a)) i++
      while (i <= j && !this.#less(j, a)) j--
      if (i > j) break
      this.#swap(i++, j--)
    }
    this.#swap(j, a)
    return [j, false]
  }

  /**
   * Moves the items equal to the pivot to the front, given that no item is less. Returns the index of the
   * first greater one.
   */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (;;) {
      while (i <= j && !this.#less(a, i)) i++
      while (i <= j && this.#less(a, j)) j--
      if (i > j) return i
      this.#swap(i++, j--)
    }
  }

  /** Repairs a nearly sorted slice with at most five shifts. Returns whether it is sorted afterwards. */
  #partialInsertionSort(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.#less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < 50) return false
      this.#swap(i, i - 1)
      if (i - a >= 2) {
        for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
      }
      if (b - i >= 2) {
        for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1)
      }
    }
    return false
  }

  /**
   * Swaps three items with others chosen by a xorshift seeded with the length, so as to break patterns that
   * lead to bad pivots.
   */
  #breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    const modulus = 1n << BigInt(bitLength(length))
    const at = a + Math.floor(length / 4) * 2
    for (let i = 0; i < 3; i++) {
      random = BigInt.asUintN(64, random ^ (random << 13n))
      random ^= random >> 7n
      random = BigInt.asUintN(64, random ^ (random << 17n))
      let other = Number(random & (modulus - 1n))
      if (other >= length) other -= length
      this.#swap(at - 1 + i, a + other)
    }
  }

  #choosePivot(a: number, b: number): [pivot: number, hint: Hint] {
    const length = b - a
    const quarter = Math.floor(length / 4)
    let i = a + quarter
    let j = a + quarter * 2
    let k = a + quarter * 3
    this.#exchanges = 0
    if (length >= 8) {
      if (length >= 50) {
        i = this.#median(i - 1, i, i + 1)
        j = this.#median(j - 1, j, j + 1)
        k = this.#median(k - 1, k, k + 1)
      }
      j = this.#median(i, j, k)
    }
    if (this.#exchanges === 0) return [j, 'increasing']
    return [j, this.#exchanges === 12 ? 'decreasing' : 'unknown']
  }

  #median(a: number, b: number, c: number): number {
    let [x, y, z] = [a, b, c]
    if (this.#less(y, x)) {
      this.#exchanges++
      ;[x, y] = [y, x]
    }
    if (this.#less(z, y)) {
      this.#exchanges++
      ;[y, z] = [z, y]
    }
    if (this.#less(y, x)) {
      this.#exchanges++
      ;[x, y] = [y, x]
    }
    return y
  }

  #reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j)
  }
}

function bitLength(n: number): number {
  return n === 0 ? 0 : Math.floor(Math.log2(n)) + 1
}
