import { Budget } from './budget.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { Random } from '../sim/random.js'
import type { Ready } from '../sim/ready-queue.js'
import type { Choice } from './choice.js'
import { Execution } from './execution.js'
import type { ExploreOptions } from './options.js'
import { type Failure, Properties } from './properties.js'
import { apply, thrown } from './replay.js'
import { type CounterExample, counterExampleOf, type ExplorationResult } from './result.js'
import {
  budgetInSmaller,
  inSmallerScope,
  type ShrinkScope,
  type Violation,
  withFewerActions,
  withFewerChoices,
} from './shrink.js'
import { Sampler } from './sampler.js'
import { Allowance, optionsBefore, requestOptions } from './deviations.js'
import { StateHasher } from './state-hash.js'

/** A violation, and the run in which it was found. */
interface Found {
  readonly failure: Failure
  readonly execution: Execution
}

/** Thrown to end the search. */
class Ended extends Error {
  readonly verdict: 'violated' | 'budget'

  constructor(verdict: 'violated' | 'budget') {
    super(verdict)
    this.verdict = verdict
  }
}

/** Searches in forks: what runs have in common is played once. */
export class Exploration {
  readonly #root: SimCluster
  readonly #options: ExploreOptions
  readonly #properties: Properties
  readonly #revision: number
  readonly #deadline: number
  readonly #budget: Budget
  readonly #seen = new Set<string>()
  readonly #states = new Set<string>()
  readonly #hasher: StateHasher
  readonly #deviations: Record<string, number> = {}
  #decisions = 0
  #failure: Found | undefined

  constructor(cluster: SimCluster, options: ExploreOptions) {
    this.#root = cluster
    this.#options = options
    this.#revision = cluster.internals.etcd.revision
    this.#hasher = new StateHasher(cluster)
    this.#properties = new Properties(cluster, options)
    this.#deadline = cluster.now() + this.#properties.horizon
    this.#budget = new Budget(options.budget)
  }

  run(): ExplorationResult {
    const verdict = this.search()
    return {
      verdict,
      schedules: this.#budget.schedules,
      states: this.#states.size,
      coverage: { decisions: this.#decisions, deviations: this.#deviations },
      ...(this.#failure === undefined ? {} : { counterExample: this.#counterExample() }),
    }
  }

  /** Searches, and returns how it ended. */
  search(): ExplorationResult['verdict'] {
    const { search = { delays: 1 } } = this.#options
    try {
      return typeof search === 'object' && 'pct' in search ? this.#sample(search) : this.#deepen(search)
    } catch (error) {
      if (!(error instanceof Ended)) throw error
      return error.verdict
    }
  }

  /** The violation of a search, with the choices that lead to it and nothing else. */
  get violation(): Violation | undefined {
    if (this.#failure === undefined) return undefined
    const { failure, execution } = this.#failure
    const traceHash = execution.cluster.state.traceHash()
    const { actions = [] } = this.#options
    const found = { root: this.#root, choices: execution.choices, actions, failure, traceHash }
    return withFewerActions(withFewerChoices(found, this.#options), this.#options)
  }

  #counterExample(): CounterExample {
    const budget = budgetInSmaller(this.#budget)
    const search = ({ root, actions }: ShrinkScope): Violation | undefined => {
      const options = { ...this.#options, actions, budget }
      // without nodes or replicas, something may be wrong from the beginning
      if (new Properties(root, options).afterWrite(root) !== undefined) return undefined
      const smaller = new Exploration(root, options)
      try {
        smaller.search()
      } catch {
        return undefined // an action or a property names what is not there any more
      }
      return smaller.violation
    }
    return counterExampleOf(inSmallerScope(this.violation as Violation, search))
  }

  /** All runs without deviations, then all with one, and so on. */
  #deepen(
    search: Exclude<ExploreOptions['search'], { readonly pct: number } | undefined>,
  ): 'holds within bounds' {
    const allowance = Allowance.of(this.#options, search === 'exhaustive' ? Infinity : search.delays)
    for (let depth = 0; depth <= allowance.total; depth += 1) {
      const before = this.#budget.schedules
      this.#walk(this.#begin(), allowance, depth)
      if (depth > 0 && allowance.has('action')) this.#walk(this.#begin(true), allowance, depth)
      if (this.#budget.schedules === before) break
    }
    return 'holds within bounds'
  }

  /** Runs with random priorities and faults. */
  #sample({ pct, runs }: { readonly pct: number; readonly runs: number }): 'sampled' {
    const allowance = Allowance.of(this.#options, 0)
    this.#walk(this.#begin(), allowance, 0)
    const random = new Random(this.#options.seed ?? 1).stream('explore/pct')
    const rules = { pct, length: this.#decisions, allowance, options: this.#options }
    for (let nth = 0; nth < runs; nth += 1)
      this.#finish(this.#begin(allowance.has('action')), new Sampler(random, rules))
    return 'sampled'
  }

  #begin(isPending = false): Execution {
    const execution = Execution.begin(this.#root, this.#options, isPending)
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
    for (;;) {
      const ready = this.#guarded(execution, () => execution.next(this.#deadline, true))
      if (ready === undefined) {
        if (this.#rest(execution, allowance, prospects)) continue
        break
      }
      if (this.#isSeen(execution, prospects, passed)) break
      const [first] = ready as [Ready, ...Ready[]]
      const at = execution.decisions
      const revision = execution.cluster.internals.etcd.revision
      const options = optionsBefore(
        execution,
        ready,
        allowance,
        revision !== acted,
        this.#options,
        this.#revision,
      )
      for (const choice of options) this.#branch(execution, choice, allowance, depth)
      acted = revision
      const before =
        allowance.allowsRequests && !first.topic.startsWith('informer') ? this.#fork(execution) : undefined
      const requests = this.#guarded(execution, () => execution.run(first))
      if (before === undefined) continue
      for (const choice of requestOptions(first, requests, at, allowance, this.#options))
        this.#branch(before, choice, allowance, depth)
    }
    for (const key of passed) this.#seen.add(key)
  }

  #branch(from: Execution, choice: Choice, allowance: Allowance, depth: number): void {
    const child = this.#fork(from)
    this.#deviations[choice.do] = (this.#deviations[choice.do] ?? 0) + 1
    this.#guarded(child, () => apply(child, choice))
    this.#walk(child, allowance.without(choice), depth - 1)
  }

  /** At rest with deviations left: acts, or waits for the next timer. Returns false when the run is over. */
  #rest(execution: Execution, allowance: Allowance, prospects: string): boolean {
    if (!this.#isNew(execution, prospects)) return false
    if (execution.actAtRest()) return true
    if (!allowance.isPatient) return false
    const ready = execution.next(this.#deadline)
    return ready !== undefined
  }

  /** Ends a run without further deviations, and checks all properties. */
  #finish(execution: Execution, sampler?: Sampler): void {
    if (!this.#budget.take()) throw new Ended('budget')
    sampler?.begin(execution)
    const passed: string[] = []
    for (;;) {
      const ready = this.#guarded(execution, () => execution.next(this.#deadline, true))
      if (ready !== undefined) {
        // another run has gone on from here
        if (sampler === undefined && this.#isSeen(execution, '0', passed)) break
        this.#guarded(execution, () => {
          if (sampler?.actsBefore(execution, ready, this.#revision) === true) return
          execution.run(sampler?.pick(execution, ready) ?? (ready[0] as Ready))
        })
        this.#decisions = Math.max(this.#decisions, execution.decisions)
        continue
      }
      if (sampler === undefined && !this.#isNew(execution, '0')) break
      if (this.#guarded(execution, () => execution.actAtRest())) continue
      this.#fail(execution, this.#properties.atEnd(execution.cluster))
      break
    }
    for (const key of passed) this.#seen.add(key)
  }

  /** Whether no other run was in this state at rest with the same prospects. */
  #isNew(execution: Execution, prospects: string): boolean {
    const key = this.#keyOf(execution, prospects)
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }

  /**
   * Whether another run was in this state between two steps with the same prospects; else adds it to those
   * that this run has `passed`. A run that comes back to a state of its own goes on: it may never rest.
   */
  #isSeen(execution: Execution, prospects: string, passed: string[]): boolean {
    const { heardUpTo } = execution
    if (heardUpTo === undefined) return false
    const key = this.#keyOf(execution, prospects, heardUpTo)
    if (this.#seen.has(key)) return true
    passed.push(key)
    return false
  }

  /** Returns what is equal for runs that go on in the same way. */
  #keyOf(execution: Execution, prospects: string, heardUpTo?: number): string {
    const hash = this.#hasher.hash(execution.cluster, execution.circumstances, heardUpTo)
    this.#states.add(hash)
    const spent = execution.cluster.now() - this.#root.now()
    return `${hash} ${prospects} ${this.#properties.isTimed ? spent : ''}`
  }

  /** Runs a step; what it throws, and properties that do not hold after it, end the search. */
  #guarded<T>(execution: Execution, step: () => T): T {
    const revision = execution.cluster.internals.etcd.revision
    let result: T
    try {
      result = step()
    } catch (error) {
      if (error instanceof Ended) throw error
      this.#fail(execution, thrown(error))
      throw error
    }
    if (execution.cluster.internals.etcd.revision !== revision)
      this.#fail(execution, this.#properties.afterWrite(execution.cluster))
    return result
  }

  #fail(execution: Execution, failure: Failure | undefined): void {
    if (failure === undefined) return
    this.#failure = { failure, execution }
    throw new Ended('violated')
  }
}
