import type { Direction } from '../model.js'
import type { ResolvedOptions } from '../options.js'
import type { Budget } from './budget.js'
import {
  sideClauses,
  type Origin,
  type SideClauses,
  pathsToAllow,
  pathsToDeny,
  type Path,
} from './clauses.js'
import { SymbolicConnection, connectionShapes } from './symbolic-connection.js'
import { openLiterals, outside, within, type Cube, type Region } from './space.js'
import { vocabularyOf, type PolicySet, type Vocabulary } from './vocabulary.js'

/** A region of connections that one set of policies allows and the other denies. */
export interface Finding {
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

type Ways<P extends Path> = Readonly<Record<Direction, readonly P[]>>

function waysOf<P extends Path>(
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

function narrowed({ region, avoid }: SearchRegion, path: Path, budget: Budget): SearchRegion | undefined {
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
  wide: Ways<Path>,
  narrow: Ways<Path<Origin>>,
  wanted: SearchGoal,
  budget: Budget,
): Generator<Finding> {
  const whole: SearchRegion = { region: symbolic.space.whole(), avoid: symbolic.never() }
  const { base } = symbolic
  for (const direction of directions) {
    for (const closed of narrow[direction]) {
      const first = narrowed(whole, closed, budget)
      if (first === undefined) continue
      for (const open of wide[direction]) {
        const bound = wanted.below(closed.origin, open.origin) - base
        if (bound <= 0) continue
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
  readonly #vocabulary: Vocabulary
  readonly #budget: Budget

  constructor(a: PolicySet, b: PolicySet, options: ResolvedOptions, budget: Budget) {
    this.#a = a
    this.#b = b
    this.#options = options
    this.#vocabulary = vocabularyOf([a, b])
    this.#budget = budget
  }

  /** Yields what the second set allows and the first denies (`opened`), or the reverse (`closed`). */
  *search(change: 'opened' | 'closed', wanted: SearchGoal): Generator<Finding> {
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
  simplest(change: 'opened' | 'closed'): Finding | undefined {
    let best: Finding | undefined
    for (const cheaper of this.search(change, { any: false, below: () => best?.cost ?? Infinity }))
      best = cheaper
    return best
  }

  /** Returns whether {@link search} finds anything. */
  isAny(change: 'opened' | 'closed'): boolean {
    return this.search(change, { any: true, below: () => Infinity }).next().done !== true
  }
}
