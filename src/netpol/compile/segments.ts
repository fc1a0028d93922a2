import type { IpAddress, IpFamily } from '../../lang/go/ip.js'

/** A number as 32-bit words, most significant first: one word for ports and IPv4, four for IPv6. */
export type NumberWords = readonly number[]

/**
 * Numbers that no range distinguishes: from `first` up to the start of the next segment. `first` represents
 * them all.
 */
export interface Segment<M> {
  readonly id: number
  readonly first: NumberWords
  /** What lies in the segment. */
  readonly members: Set<M>
}

/** The result of a split: `lower` keeps its identity, `upper` is new. */
export interface Split<M> {
  readonly lower: Segment<M>
  readonly upper: Segment<M>
}

function compare(a: NumberWords, b: NumberWords): number {
  for (let at = 0; at < a.length; at++) {
    const difference = (a[at] as number) - (b[at] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** Returns the next number; undefined after the last. */
function next(words: NumberWords): NumberWords | undefined {
  const more = [...words]
  for (let at = more.length - 1; at >= 0; at--) {
    const word = more[at] as number
    if (word < 0xffffffff) {
      more[at] = word + 1
      return more
    }
    more[at] = 0
  }
  return undefined
}

/**
 * A number line cut at range boundaries. Cuts are never undone, because a finer partition is still correct.
 */
export class Segments<M> {
  readonly #all: Segment<M>[]
  readonly #makeId: () => number

  /** `width` is the number of words of each number. */
  constructor(width: number, makeId: () => number) {
    this.#makeId = makeId
    this.#all = [{ id: makeId(), first: Array.from({ length: width }, () => 0), members: new Set() }]
  }

  get all(): readonly Segment<M>[] {
    return this.#all
  }

  find(words: NumberWords): Segment<M> {
    return this.#all[this.#placeOf(words)] as Segment<M>
  }

  /** Cuts so that the range from `first` to `last` consists of whole segments. Returns the splits. */
  cut(first: NumberWords, last: NumberWords): readonly Split<M>[] {
    const after = next(last)
    return [first, ...(after === undefined ? [] : [after])].flatMap((bound) => this.#cutAt(bound) ?? [])
  }

  #cutAt(bound: NumberWords): Split<M> | undefined {
    const at = this.#placeOf(bound)
    const lower = this.#all[at] as Segment<M>
    if (compare(lower.first, bound) === 0) return undefined
    const upper = { id: this.#makeId(), first: bound, members: new Set<M>() }
    this.#all.splice(at + 1, 0, upper)
    return { lower, upper }
  }

  #placeOf(words: NumberWords): number {
    let low = 0
    let high = this.#all.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (compare((this.#all[middle] as Segment<M>).first, words) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** Returns the words of an address. */
export function wordsOf({
  family,
  value,
}: {
  readonly family: IpFamily
  readonly value: bigint
}): NumberWords {
  if (family === 'IPv4') return [Number(value)]
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn))
}

/** Returns the address of words. */
export function addressOfWords(family: IpFamily, words: NumberWords): IpAddress {
  return { family, value: words.reduce((value, word) => (value << 32n) | BigInt(word), 0n) }
}

/** Returns whether a number lies between two others, both included. */
export function isBetween(words: NumberWords, first: NumberWords, last: NumberWords): boolean {
  return compare(words, first) >= 0 && compare(words, last) <= 0
}
