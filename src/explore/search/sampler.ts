import type { GatedRequest } from '../../cluster/compose/request-gate.js'
import { Random, type RandomStream } from '../../sim/random.js'
import type { Ready } from '../../sim/ready-queue.js'
import { apply } from '../execution/apply.js'
import type { Choice, RequestChoice } from '../execution/choice.js'
import { type Allowance, optionsAtRest, optionsBefore, optionsOf } from './deviations.js'
import type { Execution } from '../execution/execution.js'
import { stepName } from '../execution/steps.js'
import type { SentRequest } from '../execution/records.js'
import type { ExploreScope } from '../scope.js'
import { PATIENCE } from '../execution/waiting.js'

/** How likely something happens at rest. */
const AT_REST = 0.25

/** How runs are drawn: how many priorities change, and what may happen. */
interface Rules {
  readonly pct: number
  readonly allowance: Allowance
}

/**
 * Chooses one run at random: steps by priorities of their processes, of which `pct - 1` change, and as many
 * interruptions and the faults of an allowance, spread over the run. Source: Burckhardt et al., A Randomized
 * Scheduler with Guarantees of Finding Bugs.
 */
export class Sampler {
  readonly #random: RandomStream
  readonly #rules: Rules
  /** Decisions of the longest run until now: what the user does later may make one longer. */
  readonly #length: number
  readonly #changes: ReadonlySet<number>
  readonly #priorities = new Map<string, number>()
  #allowance: Allowance
  /** How often each step that is ready was not chosen. */
  #passed: ReadonlyMap<Ready, number> = new Map()
  /** Priority of the last process that would not let others run. */
  #lowest = 0

  private constructor(random: RandomStream, length: number, rules: Rules) {
    this.#random = random
    this.#rules = rules
    this.#length = Math.max(length, 1)
    this.#allowance = rules.allowance
    this.#changes = new Set(Array.from({ length: rules.pct - 1 }, () => random.int(0, this.#length)))
  }

  /** Returns the sampler of the first run; the undisturbed one has been made. */
  static of(scope: ExploreScope, rules: Rules): Sampler {
    const random = new Random(scope.options.seed ?? 1).stream('explore/pct')
    return new Sampler(random, scope.coverage.decisions, rules)
  }

  /** Returns the sampler of the next run; `length`: decisions of the longest run until now. */
  next(length: number): Sampler {
    return new Sampler(this.#random, length, this.#rules)
  }

  /** Begins a run: from now on, its requests may fail. */
  begin(execution: Execution): void {
    if (!this.#allowance.allowsRequests(true)) return
    execution.chooseFault = (entry, request, number) => this.#fault(execution, entry, request, number)
  }

  /** Lets something happen before the next step, or not. */
  actsBefore(execution: Execution, ready: readonly Ready[]): boolean {
    if (this.#allowance.total === 0 || !this.#isTime()) return false
    const options = optionsBefore(execution, ready, this.#allowance, true)
    if (options.length === 0) return false
    this.#do(execution, this.#random.pick(options))
    return true
  }

  /** Lets something happen at rest, which comes but once or twice in a run, or not. */
  actsAtRest(execution: Execution): boolean {
    if (this.#allowance.total === 0 || this.#random.float() >= AT_REST) return false
    const options = optionsAtRest(execution, this.#allowance)
    if (options.length === 0) return false
    this.#do(execution, this.#random.pick(options))
    return true
  }

  #do(execution: Execution, choice: Choice): void {
    this.#allowance = this.#allowance.without(choice)
    apply(execution, choice)
  }

  /** Returns the step that runs. */
  pick(execution: Execution, ready: readonly Ready[]): Ready {
    const best = this.#fair(ready, this.#best(ready))
    if (this.#changes.has(execution.decisions)) this.#priorities.set(best.owner, this.#random.float())
    if (best !== ready[0]) execution.note({ at: execution.decisions, do: 'pick', step: stepName(best) })
    return best
  }

  #best(ready: readonly Ready[]): Ready {
    let best = ready[0] as Ready
    for (const entry of ready) if (this.#priorityOf(entry) > this.#priorityOf(best)) best = entry
    return best
  }

  /**
   * Lets a step run that others like `best` have kept waiting for too long: a
   * process that adds its key again until another one has done something is no bug, and real queues are fair.
   */
  #fair(ready: readonly Ready[], best: Ready): Ready {
    const before = this.#passed
    this.#passed = new Map(ready.map((entry) => [entry, (before.get(entry) ?? 0) + 1]))
    const patient = ready.find((entry) => (this.#passed.get(entry) ?? 0) > PATIENCE)
    if (patient === undefined || patient === best) return best
    this.#priorities.set(best.owner, (this.#lowest -= 1))
    return patient
  }

  #priorityOf({ owner }: Ready): number {
    let priority = this.#priorities.get(owner)
    if (priority === undefined) this.#priorities.set(owner, (priority = 1 + this.#random.float()))
    return priority
  }

  #fault(
    execution: Execution,
    entry: Ready,
    request: GatedRequest,
    number: number,
  ): RequestChoice | undefined {
    if (!this.#allowance.allowsRequests(true) || !this.#isTime()) return undefined
    const at = execution.decisions - 1
    // before it is sent, a request of a client is a step, which can wait itself
    const othersBefore = execution.scope.programs?.has(entry.owner) !== true
    const before = { ...request, time: 0, order: 0, othersBefore, othersAfter: true }
    const requests: SentRequest[] = []
    requests[number] = before // those before it have been sent
    const options = optionsOf(execution, entry, requests, at, this.#allowance)
    if (options.length === 0) return undefined
    const drawn = this.#random.pick(options)
    this.#allowance = this.#allowance.without(drawn)
    // a step out of turn is named by the fault itself
    const last = execution.choices.at(-1)
    const step = last?.do === 'pick' && last.at === at ? last.step : undefined
    if (step !== undefined) execution.choices.pop()
    const chosen = { ...drawn, ...(step === undefined ? {} : { step }) }
    execution.note(chosen)
    return chosen
  }

  /** Whether a fault falls here: as many as are left, spread over the run, however short it is. */
  #isTime(): boolean {
    const { total } = this.#allowance
    return this.#random.float() * (this.#length + total) < total
  }
}
