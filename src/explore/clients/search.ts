import { Budget } from '../budget.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Choice } from '../choice.js'
import { Allowance } from '../deviations.js'
import { type CounterExample, counterExampleOf, type ExplorationResult } from '../result.js'
import type { ExploredAction, ExploreOptions, Search } from '../options.js'
import { type Failure, Properties } from '../properties.js'
import { budgetInSmaller, isSame, smallerScopes, type Violation } from '../shrink.js'
import { Sampler } from '../sampler.js'
import { StateHasher } from '../state-hash.js'
import { Random, type RandomStream } from '../../sim/random.js'
import { type Pattern, plansOf } from './patterns.js'
import { type Plan, type Played, play, type Scope } from './play.js'
import { type ClientProgram, Programs, type Quiet } from './programs.js'

/** Options of `explore()` with clients. */
export interface ExploreClientsOptions extends Omit<ExploreOptions, 'search'> {
  /** The controllers under test, by name. */
  readonly clients: Readonly<Record<string, ClientProgram>>
  /**
   * Default `{ delays: 1 }`. With `patterns`, one run for each place of the undisturbed run at which a fault
   * of these patterns fits, at most `runs` of them (default 100), drawn at random.
   */
  readonly search?: Search | { readonly patterns: readonly Pattern[]; readonly runs?: number }
  /**
   * When clients count as quiet: when they have sent nothing for that many turns of the event loop (default
   * 25) and real ms (default 0; other processes need some, such as 20).
   */
  readonly quiet?: Partial<Quiet>
}

/** A run still to be made, with what may happen in it beyond its choices. */
interface Schedule {
  readonly choices: readonly Choice[]
  readonly isPending: boolean
  readonly allowance: Allowance
}

class OutOfBudget extends Error {}

/** Returns what all runs of an exploration share. By default, faults concern the clients. */
export function scopeOf(
  root: SimCluster,
  { clients, quiet, search: _search, ...options }: ExploreClientsOptions,
): Scope {
  const programs = new Programs(clients, { turns: quiet?.turns ?? 25, ms: quiet?.ms ?? 0 })
  const faults = { of: programs.names, ...options.faults }
  return { root, programs, options: { ...options, faults }, properties: new Properties(root, options) }
}

/** Searches runs with clients: each is played from its start, since promises cannot be forked. */
export class ClientExploration {
  readonly #options: ExploreClientsOptions
  readonly #scope: Scope
  readonly #budget: Budget
  readonly #states = new Set<string>()
  readonly #hasher: StateHasher
  readonly #deviations: Record<string, number> = {}
  #decisions = 0
  #found: Played | undefined

  constructor(cluster: SimCluster, options: ExploreClientsOptions) {
    this.#options = options
    this.#scope = scopeOf(cluster, options)
    this.#hasher = new StateHasher(cluster)
    this.#budget = new Budget(options.budget)
  }

  async run(): Promise<ExplorationResult> {
    const verdict = await this.#search()
    return {
      verdict,
      schedules: this.#budget.schedules,
      states: this.#states.size,
      coverage: { decisions: this.#decisions, deviations: this.#deviations },
      ...(this.#found === undefined ? {} : { counterExample: await this.#counterExample(this.#found) }),
    }
  }

  /** Searches, and returns the violation that it has found, with what it needs. */
  async violation(): Promise<Violation | undefined> {
    await this.#search()
    return this.#found === undefined ? undefined : this.#needed(this.#found)
  }

  async #search(): Promise<ExplorationResult['verdict']> {
    const { search = { delays: 1 } } = this.#options
    try {
      if (search === 'exhaustive') return await this.#deepen(Infinity)
      if ('delays' in search) return await this.#deepen(search.delays)
      return 'pct' in search ? await this.#sample(search) : await this.#patterns(search)
    } catch (error) {
      if (error instanceof OutOfBudget) return 'budget'
      throw error
    }
  }

  /** All runs without deviations, then all with one, and so on. */
  async #deepen(delays: number): Promise<'violated' | 'holds within bounds'> {
    const allowance = Allowance.of(this.#scope.options, delays)
    const begin = { choices: [], allowance }
    let level: Schedule[] = [{ ...begin, isPending: false }]
    if (allowance.has('action')) level.push({ ...begin, isPending: true })
    while (level.length > 0) {
      const next: Schedule[] = []
      for (const { choices, isPending, allowance: left } of level) {
        const { options } = await this.#play({ choices, isPending, allowance: left })
        if (this.#found !== undefined) return 'violated'
        for (const choice of options)
          next.push({ choices: [...choices, choice], isPending, allowance: left.without(choice) })
      }
      level = next
    }
    return 'holds within bounds'
  }

  async #sample({
    pct,
    runs,
  }: {
    readonly pct: number
    readonly runs: number
  }): Promise<'violated' | 'sampled'> {
    const { options } = this.#scope
    const allowance = Allowance.of(options, 0)
    await this.#play({ choices: [], isPending: false })
    const random = this.#random('pct')
    const rules = { pct, length: this.#decisions, allowance, options }
    for (let nth = 0; nth < runs && this.#found === undefined; nth += 1)
      await this.#play({
        choices: [],
        isPending: allowance.has('action'),
        sampler: new Sampler(random, rules),
      })
    return this.#found === undefined ? 'sampled' : 'violated'
  }

  /** The undisturbed run, and runs with one fault each. */
  async #patterns({
    patterns,
    runs = 100,
  }: {
    readonly patterns: readonly Pattern[]
    readonly runs?: number
  }): Promise<'violated' | 'sampled'> {
    const { allowance, isOf } = plansOf(patterns, this.#scope.options)
    const { options } = await this.#play({ choices: [], isPending: false, allowance })
    const plans = options.filter(isOf)
    const random = this.#random('patterns')
    while (plans.length > runs) plans.splice(random.int(0, plans.length - 1), 1)
    for (const choice of plans) {
      if (this.#found !== undefined) break
      await this.#play({ choices: [choice], isPending: false })
    }
    return this.#found === undefined ? 'sampled' : 'violated'
  }

  #random(name: string): RandomStream {
    return new Random(this.#options.seed ?? 1).stream(`explore/${name}`)
  }

  async #play(plan: Plan): Promise<Played> {
    if (!this.#budget.take()) throw new OutOfBudget()
    const played = await play(this.#scope, plan)
    const { execution, failure } = played
    this.#decisions = Math.max(this.#decisions, execution.decisions)
    for (const choice of execution.choices)
      this.#deviations[choice.do] = (this.#deviations[choice.do] ?? 0) + 1
    this.#states.add(this.#hasher.hash(execution.cluster))
    if (failure !== undefined) this.#found = played
    return played
  }

  async #counterExample(found: Played): Promise<CounterExample> {
    return counterExampleOf(await this.#inSmallerScope(await this.#needed(found)))
  }

  /** Like `inSmallerScope()` of `explore()`. */
  async #inSmallerScope(violation: Violation): Promise<Violation> {
    for (const { root, actions } of smallerScopes(violation)) {
      const options = { ...this.#options, actions, budget: budgetInSmaller(this.#budget) }
      if (scopeOf(root, options).properties.afterWrite(root) !== undefined) continue
      // an action or a property may name what is not there any more
      const found = await new ClientExploration(root, options).violation().catch(() => undefined)
      if (isSame(found, violation)) return this.#inSmallerScope(found)
    }
    return violation
  }

  /** Leaves out choices and actions until the property would hold without any one of the rest. */
  async #needed(found: Played): Promise<Violation> {
    const { options } = this.#scope
    let shortest = { actions: options.actions ?? [], choices: found.execution.choices, played: found }
    const tryWith = async (
      actions: readonly ExploredAction[],
      choices: readonly Choice[],
    ): Promise<boolean> => {
      const properties = new Properties(this.#scope.root, options)
      const scope = { ...this.#scope, options: { ...options, actions }, properties }
      if (options.sameAs !== undefined) await play(scope, { choices: [], isPending: false })
      const played = await play(scope, { choices, isPending: isPending(choices) })
      if (played.failure?.property !== found.failure?.property) return false
      shortest = { actions, choices: [...choices], played }
      return true
    }
    for (let at = shortest.choices.length - 1; at >= 0; at -= 1) {
      const fewer = shortest.choices.filter((_, nth) => nth !== at)
      if (await tryWith(shortest.actions, fewer)) at = shortest.choices.length
    }
    for (const action of shortest.actions) {
      const before = shortest
      const fewer = before.actions.filter((other) => other !== action)
      // what fails without any choice is another violation: of what no one has done
      if (before.choices.length > 0 && (await tryWith(fewer, []))) shortest = before
      else await tryWith(fewer, before.choices)
    }
    const { played, actions, choices } = shortest
    const traceHash = played.execution.cluster.state.traceHash()
    return { root: this.#scope.root, choices, actions, failure: played.failure as Failure, traceHash }
  }
}

/** Whether actions that may come at any time wait, in a run with these choices. */
export const isPending = (choices: readonly Choice[]): boolean =>
  choices.some((choice) => choice.do === 'action')
