import type { Direction } from '../model.js'
import type { ResolvedOptions } from '../options.js'
import type { SearchBudget } from './budget.js'
import {
  sideClauses,
  type Origin,
  type SideClauses,
  pathsToAllow,
  pathsToDeny,
  type VerdictPath,
} from './clauses.js'
import { SymbolicConnection, connectionShapes } from './symbolic-connection.js'
import { openLiterals, outside, within, type Cube, type Region } from './space.js'
import { vocabularyOf, type PolicySet, type PolicyVocabulary } from './vocabulary.js'

/** A region of connections that one set of policies allows and the other denies. */
export interface DifferingRegion {
  readonly symbolic: SymbolicConnection
  /** A region in which the sets disagree at every point. */
  readonly region: Region
  readonly cost: number
  /** The side on which the stricter set denies. */
  readonly direction: Direction
  /** The clause that denies. */
  readonly closedBy: Origin
  /** The clause that allows on that side. */
  readonly openedBy: Origin | undefined
}

const directions: readonly Direction[] = ['egress', 'ingress']
const otherOf: Readonly<Record<Direction, Direction>> = { egress: 'ingress', ingress: 'egress' }

type Ways<P extends VerdictPath> = Readonly<Record<Direction, readonly P[]>>

function waysOf<P extends VerdictPath>(
  symbolic: SymbolicConnection,
  set: PolicySet,
  options: ResolvedOptions,
  paths: (clauses: SideClauses) => readonly P[],
): Ways<P> {
  return {
    egress: paths(sideClauses(symbolic, 'egress', set, options)),
    ingress: paths(sideClauses(symbolic, 'ingress', set, options)),
  }
}

/** A region to search, with the cubes to avoid. */
interface SearchRegion {
  readonly region: Region
  readonly avoid: readonly Cube[]
}

function narrowed(
  { region, avoid }: SearchRegion,
  path: VerdictPath,
  budget: SearchBudget,
): SearchRegion | undefined {
  budget.step()
  const part = within(region, path.cube)
  if (part === undefined) return undefined
  const all = [...avoid, ...path.avoid]
  const left: Cube[] = []
  for (const cube of all) {
    const open = openLiterals(part, cube)
    if (open === 0) return undefined
    // Stryker disable next-line ConditionalExpression,EqualityOperator: a cube that misses the region need
    // not be avoided; keeping it only costs time
    if (open > 0) left.push(cube)
  }
  return { region: part, avoid: left }
}

/** What a search looks for. */
export interface SearchGoal {
  /**
   * An upper bound on the cost of a finding with this pair of origins. It is queried again after each
   * finding, so that the bound can tighten during the search.
   */
  readonly below: (closedBy: Origin, openedBy: Origin | undefined) => number
  /** Whether any finding will do, instead of the simplest of its kind. */
  readonly any: boolean
}

/** Searches one shape for connections that `wide` allows and `narrow` denies. */
function* searchShape(
  symbolic: SymbolicConnection,
  wide: Ways<VerdictPath>,
  narrow: Ways<VerdictPath<Origin>>,
  wanted: SearchGoal,
  budget: SearchBudget,
): Generator<DifferingRegion> {
  const whole: SearchRegion = { region: symbolic.space.whole(), avoid: symbolic.never() }
  const { base } = symbolic
  for (const direction of directions) {
    for (const closed of narrow[direction]) {
      const first = narrowed(whole, closed, budget)
      if (first === undefined) continue
      for (const open of wide[direction]) {
        const bound = wanted.below(closed.origin, open.origin) - base
        // a finding cannot cost less than its ends, so there is nothing left to gain here
        if (bound <= 0) continue
        // a quick feasibility check first: most pairs are impossible, and the loop below is the expensive
        // part
        const second = narrowed(first, open, budget)
        if (
          second === undefined ||
          outside(symbolic.space, second.region, second.avoid, { below: bound, any: true, budget }) ===
            undefined
        )
          continue
        for (const rest of wide[otherOf[direction]]) {
          const third = narrowed(second, rest, budget)
          if (third === undefined) continue
          // asked again, because a finding of the previous round may have lowered the bound
          const below = wanted.below(closed.origin, open.origin) - base
          const region = outside(symbolic.space, third.region, third.avoid, {
            below,
            any: wanted.any,
            budget,
          })
          if (region === undefined) continue
          yield {
            symbolic,
            region,
            cost: base + symbolic.space.costOf(region),
            direction,
            closedBy: closed.origin,
            openedBy: open.origin,
          }
        }
      }
    }
  }
}

/**
 * The connection spaces of two sets of policies with the paths to either verdict, shared by the searches in
 * both directions.
 */
export class PolicySearch {
  readonly #a: PolicySet
  readonly #b: PolicySet
  readonly #options: ResolvedOptions
  readonly #vocabulary: PolicyVocabulary
  readonly #budget: SearchBudget

  constructor(a: PolicySet, b: PolicySet, options: ResolvedOptions, budget: SearchBudget) {
    this.#a = a
    this.#b = b
    this.#options = options
    this.#vocabulary = vocabularyOf([a, b])
    this.#budget = budget
  }

  /** Yields what the second set allows and the first denies (`opened`), or the reverse (`closed`). */
  *search(change: 'opened' | 'closed', wanted: SearchGoal): Generator<DifferingRegion> {
    const [wide, narrow] = { opened: [this.#b, this.#a] as const, closed: [this.#a, this.#b] as const }[
      change
    ]
    for (const shape of connectionShapes(this.#options)) {
      const symbolic = new SymbolicConnection(shape, this.#vocabulary)
      yield* searchShape(
        symbolic,
        waysOf(symbolic, wide, this.#options, pathsToAllow),
        waysOf(symbolic, narrow, this.#options, pathsToDeny),
        wanted,
        this.#budget,
      )
    }
  }

  /** Returns the cheapest finding of {@link search}. */
  simplest(change: 'opened' | 'closed'): DifferingRegion | undefined {
    let best: DifferingRegion | undefined
    for (const cheaper of this.search(change, { any: false, below: () => best?.cost ?? Infinity }))
      best = cheaper
    return best
  }

  /** Returns whether {@link search} finds anything. */
  isAny(change: 'opened' | 'closed'): boolean {
    return this.search(change, { any: true, below: () => Infinity }).next().done !== true
  }
}
