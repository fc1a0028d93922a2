import { Random, type RandomStream } from '../../sim/random.js'
import type { RunBudget } from './budget.js'
import type { Choice } from '../execution/choice.js'
import { plansOf } from './patterns.js'
import { Allowance } from './deviations.js'
import type { Search } from '../options.js'
import type { Properties } from '../properties/properties.js'
import type { SearchEnd } from '../result.js'
import { OutOfTime, type RunPlan, type Played, type Playing } from './run.js'
import { playRun } from './play-run.js'
import type { RunRecord } from '../execution/records.js'
import { stepsOf } from './repeat.js'
import { Sampler } from './sampler.js'
import type { ExploreScope } from '../scope.js'
import { Shard } from './shard.js'

/** A run still to be made, with what may happen in it beyond its choices. */
interface Schedule {
  readonly choices: readonly Choice[]
  readonly isPending: boolean
  readonly allowance: Allowance
}

/**
 * Searches runs each of which is played from its start: for what cannot be forked, such as promises and
 * closures.
 */
export class LevelSearch {
  readonly #scope: ExploreScope
  readonly #properties: Properties
  readonly #budget: RunBudget
  readonly #states = new Set<string>()
  /** What clients did in the last run. */
  #records: RunRecord[] = []

  constructor(scope: ExploreScope, properties: Properties, budget: RunBudget) {
    this.#scope = scope
    this.#properties = properties
    this.#budget = budget
  }

  /** Different states in which runs have ended. */
  get states(): number {
    return this.#states.size
  }

  /** Searches, and returns how it ended. */
  *search(): Playing<SearchEnd> {
    const search = this.#scope.options.search ?? { delays: 1 }
    try {
      if (search === 'exhaustive') return yield* this.#deepen(Infinity)
      if ('delays' in search) return yield* this.#deepen(search.delays)
      return 'pct' in search ? yield* this.#sample(search) : yield* this.#patterns(search)
    } catch (error) {
      if (error instanceof OutOfTime) return { verdict: 'budget' }
      throw error
    }
  }

  /** All runs without deviations, then all with one, and so on. */
  *#deepen(delays: number): Playing<SearchEnd> {
    const allowance = Allowance.of(this.#scope.options, delays)
    const shard = new Shard(this.#scope.options.shard)
    const begin = { choices: [], allowance }
    let level: Schedule[] = [{ ...begin, isPending: false }]
    if (allowance.has('action')) level.push({ ...begin, isPending: true })
    while (level.length > 0) {
      const next: Schedule[] = []
      for (const { choices, isPending, allowance: left } of level) {
        const played = yield* this.#play({ choices, isPending, allowance: left })
        if (played.failure !== undefined) return this.#foundIn(played)
        for (const choice of played.options)
          if (!shard.skips(choices))
            next.push({ choices: [...choices, choice], isPending, allowance: left.without(choice) })
      }
      level = next
    }
    return { verdict: 'holds' }
  }

  *#sample({ pct, runs }: { readonly pct: number; readonly runs: number }): Playing<SearchEnd> {
    const allowance = Allowance.of(this.#scope.options, pct - 1)
    const first = yield* this.#play({ choices: [], isPending: false })
    if (first.failure !== undefined) return this.#foundIn(first)
    const sampler = Sampler.of(this.#scope, { pct, allowance })
    for (let nth = 0; nth < runs; nth += 1) {
      const isPending = allowance.has('action')
      const played = yield* this.#play({
        choices: [],
        isPending,
        sampler: sampler.next(this.#scope.coverage.decisions),
      })
      if (played.failure !== undefined) return this.#foundIn(played)
    }
    return { verdict: 'sampled' }
  }

  /** The undisturbed run, and runs with one fault each. */
  *#patterns({ patterns, runs = 100 }: Extract<Search, { readonly patterns: unknown }>): Playing<SearchEnd> {
    const { allowance, isOf } = plansOf(patterns, this.#scope.options)
    const first = yield* this.#play({ choices: [], isPending: false, allowance })
    if (first.failure !== undefined) return this.#foundIn(first)
    const plans = first.options.filter(isOf)
    const random = this.#random('patterns')
    while (plans.length > runs) plans.splice(random.int(0, plans.length - 1), 1)
    for (const choice of plans) {
      const played = yield* this.#play({ choices: [choice], isPending: false })
      if (played.failure !== undefined) return this.#foundIn(played)
    }
    return { verdict: 'sampled' }
  }

  #random(name: string): RandomStream {
    return new Random(this.#scope.options.seed ?? 1).stream(`explore/${name}`)
  }

  *#play(plan: RunPlan): Playing<Played> {
    if (!this.#budget.take()) throw new OutOfTime()
    this.#records = []
    const { programs } = this.#scope
    const played = yield* playRun(this.#scope, this.#properties, {
      ...plan,
      observe: programs && ((record) => this.#records.push(record)),
      isSpent: () => this.#budget.isSpent,
    })
    const { execution } = played
    const { coverage, hasher } = this.#scope
    coverage.decisions = Math.max(coverage.decisions, execution.decisions)
    for (const choice of execution.choices)
      coverage.deviation(choice.do === 'request' ? choice.fault : choice.do)
    this.#states.add(hasher.hash(execution.cluster))
    return played
  }

  #foundIn({ failure, execution }: Played): SearchEnd {
    if (failure === undefined) return { verdict: 'holds' }
    const { choices } = execution
    const steps = this.#scope.programs && stepsOf(this.#records)
    const found = { failure, choices, execution, ...(steps === undefined ? {} : { steps }) }
    return { verdict: 'violated', found }
  }
}
