/**
 * Points of a finite space as bit sets: a variable has a few values, a region allows some values of each
 * variable, a cube requires some variables to have one of certain values. Everything is stored in 32-bit
 * integers, because `compare` examines a very large number of regions.
 */

import type { SearchBudget } from './budget.js'

/** A variable and its values, simplest first. Any value other than the first adds `weight` to the cost. */
export interface Variable {
  readonly name: string
  readonly values: readonly unknown[]
  readonly weight: number
}

/** A set of values of one variable: the words of a bit set, and their offset in a region. */
export interface VariableLiteral {
  readonly at: number
  readonly words: readonly number[]
}

/** A conjunction of literals; empty means the whole space. */
export type Cube = readonly VariableLiteral[]

/** Allowed values of each variable: the words of all bit sets, concatenated. */
export type Region = Int32Array

const WORD = 31

interface VariableBits {
  readonly variable: Variable
  readonly at: number
  readonly size: number
}

/** The variables and their offsets in a region. */
export class Space {
  readonly #places = new Map<string, VariableBits>()
  #size = 0

  constructor(variables: readonly Variable[]) {
    for (const variable of variables) {
      const size = Math.max(1, Math.ceil(variable.values.length / WORD))
      this.#places.set(variable.name, { variable, at: this.#size, size })
      this.#size += size
    }
  }

  /** Returns the region of all points. */
  whole(): Region {
    const region = new Int32Array(this.#size)
    for (const { variable, at } of this.#places.values())
      variable.values.forEach((_, bit) => {
        set(region, at, bit)
      })
    return region
  }

  /**
   * Returns the literal of the values that pass a test, or undefined if none does. The variable must exist.
   */
  literal(name: string, passes: (value: unknown) => boolean): VariableLiteral | undefined {
    const { variable, at, size } = this.#place(name)
    const words = new Int32Array(size)
    variable.values.forEach((value, bit) => {
      if (passes(value)) set(words, 0, bit)
    })
    return words.some((word) => word !== 0) ? { at, words: [...words] } : undefined
  }

  /** Returns the first value of a variable that a region allows. */
  valueIn(region: Region, name: string): unknown {
    const { variable, at } = this.#place(name)
    return variable.values.find((_, bit) => isSet(region, at, bit))
  }

  /** Returns the cost of the simplest point of a region. */
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

  #place(name: string): VariableBits {
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

/** Returns the intersection of two cubes, or undefined if it is empty. */
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

/** Compares a region with a literal: `-1` disjoint, `0` contained, `1` partly overlapping. */
function positionOf(region: Region, { at, words }: VariableLiteral): number {
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
 * Returns how many literals of a cube overlap a region partly: `0` if the cube contains the region, `-1` if
 * they are disjoint.
 */
export function openLiterals(region: Region, cube: Cube): number {
  let open = 0
  for (const literal of cube) {
    const each = positionOf(region, literal)
    if (each < 0) return -1
    open += each
  }
  return open
}

/** Returns the intersection of a region and a cube, or undefined if it is empty. */
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

/** Returns the part of a region outside a literal. */
function without(region: Region, { at, words }: VariableLiteral): Region {
  const part = region.slice()
  for (let index = 0; index !== words.length; index++)
    part[at + index] = (part[at + index] ?? 0) & ~(words[index] ?? 0)
  return part
}

/** A search for a point of a region outside several cubes. */
export interface PointQuery {
  /** The point has to cost less than this. */
  readonly below: number
  /** Whether any point will do, instead of the cheapest. */
  readonly any: boolean
  readonly budget: SearchBudget
}

/**
 * Returns the part of a region, with its cheapest point, that lies outside all of `avoid`; undefined if there
 * is none cheaper than `below`. Works like a SAT solver: a cube that can be left through one variable only
 * forces that variable (unit propagation), otherwise it branches on the cube with the fewest ways out.
 * @throws StepLimitError
 */
export function outside(
  space: Space,
  region: Region,
  avoid: readonly Cube[],
  query: PointQuery,
): Region | undefined {
  query.budget.step()
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
      // Stryker disable next-line ConditionalExpression: a cube without a way out would be chosen for
      // branching, and would find nothing
      if (open === 0) return undefined
      if (open === 1) {
        here = without(here, cube.find((literal) => positionOf(here, literal) > 0) as VariableLiteral)
        settled = false
        continue
      }
      next.push(cube)
      if (open < fewest) [fewest, tightest] = [open, cube]
    }
    left = next
  }
  if (space.costOf(here) >= query.below) return undefined
  return tightest === undefined ? here : branch(space, here, left, tightest, query)
}

function branch(
  space: Space,
  region: Region,
  avoid: readonly Cube[],
  cube: Cube,
  { below, any, budget }: PointQuery,
): Region | undefined {
  let here = region
  let best: Region | undefined
  let bound = below
  for (const literal of cube) {
    if (positionOf(here, literal) <= 0) continue
    const found = outside(space, without(here, literal), avoid, { below: bound, any, budget })
    if (found !== undefined) {
      if (any) return found
      best = found
      bound = space.costOf(found)
    }
    // the other half of this literal has been searched, so later branches exclude it and never visit a point
    // twice
    here = within(here, [literal]) as Region
  }
  return best
}
