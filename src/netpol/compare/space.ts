/**
 * Points of a finite space as bits: a variable has a few values, a region holds some values of each variable,
 * a cube asks that some variables have one of certain values. All is integers, since `compare` looks at very
 * many regions.
 */

import type { Budget } from './budget.js'

/**
 * What a variable can be, the simplest first. A world in which a variable is not at its first value costs
 * `weight` more to read.
 */
export interface Variable {
  readonly name: string
  readonly values: readonly unknown[]
  readonly weight: number
}

/** Values of one variable: the words of a bit set, and where they are in a region. */
export interface Literal {
  readonly at: number
  readonly words: readonly number[]
}

/** All of its literals must hold; none is everything. */
export type Cube = readonly Literal[]

/** Some values of each variable, as the words of bit sets behind each other. */
export type Region = Int32Array

const WORD = 31

interface Place {
  readonly variable: Variable
  readonly at: number
  readonly size: number
}

/** Variables and where they are in a region. */
export class Space {
  readonly #places = new Map<string, Place>()
  #size = 0

  constructor(variables: readonly Variable[]) {
    for (const variable of variables) {
      const size = Math.max(1, Math.ceil(variable.values.length / WORD))
      this.#places.set(variable.name, { variable, at: this.#size, size })
      this.#size += size
    }
  }

  /** Everything. */
  whole(): Region {
    const region = new Int32Array(this.#size)
    for (const { variable, at } of this.#places.values())
      variable.values.forEach((_, bit) => {
        set(region, at, bit)
      })
    return region
  }

  /**
   * The values of a variable that a test lets pass; undefined where none does. A variable that there is not
   * is a mistake.
   */
  literal(name: string, passes: (value: unknown) => boolean): Literal | undefined {
    const { variable, at, size } = this.#place(name)
    const words = new Int32Array(size)
    variable.values.forEach((value, bit) => {
      if (passes(value)) set(words, 0, bit)
    })
    return words.some((word) => word !== 0) ? { at, words: [...words] } : undefined
  }

  /** The first value of a variable that a region has. */
  valueIn(region: Region, name: string): unknown {
    const { variable, at } = this.#place(name)
    return variable.values.find((_, bit) => isSet(region, at, bit))
  }

  /** What the simplest point of a region costs to read. */
  costOf(region: Region): number {
    let cost = 0
    for (const {
      variable: { weight },
      at,
    } of this.#places.values()) {
      if (!isSet(region, at, 0)) cost += weight
    }
    return cost
  }

  #place(name: string): Place {
    const place = this.#places.get(name)
    if (place === undefined) throw new Error(`bug in compare: there is no variable ${name}`)
    return place
  }
}

function set(words: Int32Array, at: number, bit: number): void {
  const place = at + Math.floor(bit / WORD)
  words[place] = (words[place] ?? 0) | (1 << (bit % WORD))
}

function isSet(words: Int32Array, at: number, bit: number): boolean {
  return ((words[at + Math.floor(bit / WORD)] ?? 0) & (1 << (bit % WORD))) !== 0
}

/** Both cubes at once; undefined where they exclude each other. */
export function both(a: Cube, b: Cube): Cube | undefined {
  const merged = new Map(a.map((literal) => [literal.at, literal]))
  for (const literal of b) {
    const other = merged.get(literal.at)
    if (other === undefined) {
      merged.set(literal.at, literal)
      continue
    }
    const words = literal.words.map((word, index) => word & (other.words[index] ?? 0))
    if (words.every((word) => word === 0)) return undefined
    merged.set(literal.at, { at: literal.at, words })
  }
  return [...merged.values()]
}

/** How a region lies to a literal: `-1` outside, `0` inside, `1` across. */
function lies(region: Region, { at, words }: Literal): number {
  let isInside = true
  let meets = false
  for (let index = 0; index < words.length; index++) {
    const own = region[at + index] ?? 0
    const word = words[index] ?? 0
    if ((own & word) !== 0) meets = true
    if ((own & ~word) !== 0) isInside = false
  }
  return meets ? (isInside ? 0 : 1) : -1
}

/**
 * How many literals of a cube a region lies across; `0` when the cube holds all of it, `-1` when it holds
 * nothing of it.
 */
export function openLiterals(region: Region, cube: Cube): number {
  let open = 0
  for (const literal of cube) {
    const each = lies(region, literal)
    if (each < 0) return -1
    open += each
  }
  return open
}

/** The part of a region that a cube holds; undefined where there is none. */
export function within(region: Region, cube: Cube): Region | undefined {
  const part = region.slice()
  for (const { at, words } of cube) {
    let some = 0
    for (let index = 0; index < words.length; index++)
      some |= part[at + index] = (part[at + index] ?? 0) & (words[index] ?? 0)
    if (some === 0) return undefined
  }
  return part
}

/** The part of a region that a literal does not hold. */
function without(region: Region, { at, words }: Literal): Region {
  const part = region.slice()
  for (let index = 0; index !== words.length; index++)
    part[at + index] = (part[at + index] ?? 0) & ~(words[index] ?? 0)
  return part
}

/** A search for a point of a region that none of several cubes holds. */
export interface Hunt {
  /** Only points that cost less count. */
  readonly below: number
  /** One point is enough, not the simplest. */
  readonly any: boolean
  readonly budget: Budget
}

/**
 * The part of a region, with the cheapest point, that lies outside all of `avoid`; undefined if there is none
 * that costs less than `below`. As a SAT solver does it: a cube that can be left by one variable only leaves
 * by it, else the cube with the fewest ways out is branched on.
 * @throws StepLimitError
 */
export function outside(
  space: Space,
  region: Region,
  avoid: readonly Cube[],
  hunt: Hunt,
): Region | undefined {
  hunt.budget.step()
  let here = region
  let left = avoid
  let tightest: Cube | undefined
  for (let settled = false; !settled;) {
    settled = true
    tightest = undefined
    let fewest = Infinity
    const next: Cube[] = []
    for (const cube of left) {
      const open = openLiterals(here, cube)
      if (open < 0) continue
      // Stryker disable next-line ConditionalExpression: a cube without a way out is the tightest, and
      // branching on it finds nothing
      if (open === 0) return undefined
      if (open === 1) {
        here = without(here, cube.find((literal) => lies(here, literal) > 0) as Literal)
        settled = false
        continue
      }
      next.push(cube)
      if (open < fewest) [fewest, tightest] = [open, cube]
    }
    left = next
  }
  if (space.costOf(here) >= hunt.below) return undefined
  return tightest === undefined ? here : branch(space, here, left, tightest, hunt)
}

function branch(
  space: Space,
  region: Region,
  avoid: readonly Cube[],
  cube: Cube,
  { below, any, budget }: Hunt,
): Region | undefined {
  let here = region
  let best: Region | undefined
  let bound = below
  for (const literal of cube) {
    if (lies(here, literal) <= 0) continue
    const found = outside(space, without(here, literal), avoid, { below: bound, any, budget })
    if (found !== undefined) {
      if (any) return found
      best = found
      bound = space.costOf(found)
    }
    here = within(here, [literal]) as Region
  }
  return best
}
