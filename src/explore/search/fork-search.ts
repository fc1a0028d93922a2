import type { Ready } from '../../sim/ready-queue.js'
import { ActionFailed } from '../execution/act.js'
import { apply, applyRequests, MisplacedChoice } from '../execution/apply.js'
import type { RunBudget } from './budget.js'
import type { Choice, RequestChoice } from '../execution/choice.js'
import { Allowance, optionsAtRest, optionsBefore, optionsOf } from './deviations.js'
import { Execution } from '../execution/execution.js'
import { NoRest } from '../execution/no-rest.js'
import type { Failure } from '../execution/failure.js'
import type { Properties } from '../properties/properties.js'
import type { SentRequest } from '../execution/records.js'
import { finished, OutOfTime, play, thrown } from './run.js'
import type { FoundViolation, SearchEnd } from '../result.js'
import { Sampler } from './sampler.js'
import { isWatched, type ExploreScope } from '../scope.js'
import { Shard } from './shard.js'

/** Thrown to end the search. */
class Ended extends Error {
  readonly found: FoundViolation | undefined

  constructor(found?: FoundViolation) {
    super('the search has ended')
    this.found = found
  }
}

/** The runs whose numbers are these are made again without forks, see {@link ForkSearch}. */
const isSample = (nth: number): boolean => nth < 8 || (nth & (nth - 1)) === 0

/**
 * Searches in forks: what runs have in common is played once, and a run that comes to a state in which
 * another one was is not continued. That is right if all state is in the cluster; `verify` is told of some of
 * the runs.
 */
export class ForkSearch {
  readonly #scope: ExploreScope
  readonly #properties: Properties
  readonly #budget: RunBudget
  readonly #verify: ((execution: Execution) => void) | undefined
  readonly #seen = new Set<string>()
  readonly #states = new Set<string>()
  readonly #shard: Shard
  #finished = 0

  constructor(
    scope: ExploreScope,
    properties: Properties,
    budget: RunBudget,
    verify?: (execution: Execution) => void,
  ) {
    this.#scope = scope
    this.#properties = properties
    this.#budget = budget
    this.#verify = verify
    this.#shard = new Shard(scope.options.shard)
  }

  /** Different states in which runs were, between two steps and at rest. */
  get states(): number {
    return this.#states.size
  }

  /** Searches, and returns how it ended. */
  search(): SearchEnd {
    const { search = { delays: 1 } } = this.#scope.options
    try {
      if (search === 'exhaustive') return this.#deepen(Infinity)
      if ('pct' in search) return this.#sample(search)
      if ('delays' in search) return this.#deepen(search.delays)
      throw new Error('assertion failed: patterns are played run by run')
    } catch (error) {
      if (error instanceof OutOfTime) return { verdict: 'budget' }
      if (!(error instanceof Ended)) throw error
      return error.found === undefined ? { verdict: 'budget' } : { verdict: 'violated', found: error.found }
    }
  }

  /** All runs without deviations, then all with one, and so on. */
  #deepen(delays: number): SearchEnd {
    const allowance = Allowance.of(this.#scope.options, delays)
    for (let depth = 0; depth <= allowance.total; depth += 1) {
      const before = this.#budget.schedules
      this.#walk(this.#begin(), allowance, depth)
      // where actions wait, those that nothing chooses come at rest
      if (allowance.has('action')) this.#walk(this.#begin(true), allowance, depth)
      if (this.#budget.schedules === before) break
    }
    return { verdict: 'holds' }
  }

  /** Runs with random priorities and faults. */
  #sample({ pct, runs }: { readonly pct: number; readonly runs: number }): SearchEnd {
    const allowance = Allowance.of(this.#scope.options, pct - 1)
    this.#walk(this.#begin(), allowance, 0)
    const sampler = Sampler.of(this.#scope, { pct, allowance })
    for (let nth = 0; nth < runs; nth += 1)
      this.#finish(this.#begin(allowance.has('action')), sampler.next(this.#scope.coverage.decisions))
    return { verdict: 'sampled' }
  }

  #deadlineOf({ deadlines }: Execution): number {
    return deadlines.since + this.#properties.horizon
  }

  #begin(isPending = false): Execution {
    const execution = Execution.begin(this.#scope, isPending)
    this.#properties.observe(execution)
    return execution
  }

  #fork(from: Execution): Execution {
    const execution = from.fork()
    this.#properties.observe(execution)
    return execution
  }

  /** Makes all runs that continue `execution` with exactly `depth` more deviations. */
  #walk(execution: Execution, allowance: Allowance, depth: number): void {
    if (depth === 0) return this.#finish(execution)
    const prospects = `${depth} ${allowance.keyWithin(depth)}`
    const passed: string[] = []
    let acted = -1
    let rested = -1
    for (;;) {
      const ready = execution.next(this.#deadlineOf(execution), true)
      const key = this.#keyOf(execution, prospects)
      if (this.#seen.has(key)) break
      passed.push(key)
      if (ready === undefined) {
        this.#seen.add(key)
        if (rested !== execution.decisions)
          for (const choice of optionsAtRest(execution, allowance))
            this.#branch(execution, choice, allowance, depth)
        rested = execution.decisions
        if (this.#rest(execution, allowance)) continue
        break
      }
      const { revision } = execution.cluster.internals.etcd
      for (const choice of optionsBefore(execution, ready, allowance, revision !== acted))
        this.#branch(execution, choice, allowance, depth)
      acted = revision
      if (!this.#step(execution, ready[0] as Ready, allowance, depth)) break
    }
    for (const key of passed) this.#seen.add(key)
  }

  /** Runs the next step, and all that may befall its requests. Returns false if the run ends with it. */
  #step(execution: Execution, first: Ready, allowance: Allowance, depth: number): boolean {
    const mayBefall =
      allowance.allowsRequests(isWatched(this.#scope, first.owner)) &&
      execution.cluster.internals.roleOf(first) !== 'informer'
    const before = mayBefall ? this.#fork(execution) : undefined
    const at = execution.decisions
    const requests = this.#guarded(execution, () => execution.run(first))
    if (requests === undefined) return false
    if (before !== undefined) this.#befall(before, first, requests, { at, allowance, depth, made: [] })
    return true
  }

  /** Makes the runs in which something more befalls a request of a step. */
  #befall(
    before: Execution,
    first: Ready,
    requests: readonly SentRequest[],
    {
      at,
      allowance,
      depth,
      made,
    }: {
      readonly at: number
      readonly allowance: Allowance
      readonly depth: number
      readonly made: readonly RequestChoice[]
    },
  ): void {
    for (const choice of optionsOf(before, first, requests, at, allowance, made)) {
      if (this.#shard.skips([...before.choices, ...made])) continue
      const child = this.#fork(before)
      this.#scope.coverage.deviation(choice.fault)
      const all = [...made, choice]
      const sent = this.#guarded(child, () => applyRequests(child, all).requests)
      if (sent === undefined) continue
      const left = allowance.without(choice)
      if (depth > 1) this.#befall(before, first, sent, { at, allowance: left, depth: depth - 1, made: all })
      this.#walk(child, left, depth - 1)
    }
  }

  #branch(from: Execution, choice: Choice, allowance: Allowance, depth: number): void {
    if (this.#shard.skips(from.choices)) return
    const child = this.#fork(from)
    this.#scope.coverage.deviation(choice.do)
    if (this.#guarded(child, () => (apply(child, choice), true)) === true)
      this.#walk(child, allowance.without(choice), depth - 1)
  }

  /** At rest with deviations left: acts, or waits for the next timer. Returns false when the run is over. */
  #rest(execution: Execution, allowance: Allowance): boolean {
    const acted = this.#guarded(execution, () => execution.actAtRest())
    if (acted !== false) return acted === true
    return allowance.isPatient && execution.next(this.#deadlineOf(execution)) !== undefined
  }

  /** Ends a run without further deviations, and checks all properties. */
  #finish(execution: Execution, sampler?: Sampler): void {
    if (!this.#budget.take()) throw new Ended()
    const passed: string[] = []
    const isKnown = (hash: string): boolean => {
      this.#states.add(hash)
      const key = this.#keyWith(execution, hash, '0')
      if (this.#seen.has(key)) return true
      passed.push(key)
      return false
    }
    const isSpent = (): boolean => this.#budget.isSpent
    const { coverage } = this.#scope
    const { failure } = finished(
      play(execution, this.#properties, { choices: [], sampler, isKnown, isSpent }),
    )
    coverage.decisions = Math.max(coverage.decisions, execution.decisions)
    if (failure !== undefined) throw new Ended({ failure, choices: execution.choices, execution })
    for (const key of passed) this.#seen.add(key)
    this.#finished += 1
    if (isSample(this.#finished)) this.#verify?.(execution)
  }

  /** Returns what is equal for runs that go on in the same way. */
  #keyOf(execution: Execution, prospects: string): string {
    if (this.#budget.isSpent) throw new OutOfTime()
    const hash = execution.hash()
    this.#states.add(hash)
    return this.#keyWith(execution, hash, prospects)
  }

  #keyWith(execution: Execution, hash: string, prospects: string): string {
    const spent = execution.cluster.now() - this.#scope.root.now()
    return `${hash} ${prospects} ${this.#properties.isTimed ? spent : ''}`
  }

  /**
   * Does something in a run; what it throws, and properties that do not hold after it, end the search.
   * Returns undefined if the user cannot do what he wanted, so that there is no such run.
   */
  #guarded<T>(execution: Execution, act: () => T): T | undefined {
    const { revision } = execution.cluster.internals.etcd
    let result: T
    try {
      result = act()
    } catch (error) {
      if (error instanceof ActionFailed || error instanceof MisplacedChoice) return undefined
      return this.#fail(execution, error instanceof NoRest ? error.failure : thrown(error))
    }
    const isChanged = execution.cluster.internals.etcd.revision !== revision
    this.#fail(
      execution,
      execution.takeNestedFailure() ??
        (isChanged ? this.#properties.afterWrite(execution.cluster) : undefined),
    )
    return result
  }

  #fail(execution: Execution, failure: Failure | undefined): undefined {
    if (failure !== undefined) throw new Ended({ failure, choices: execution.choices, execution })
    return undefined
  }
}
