import type { GatedRequest } from '../cluster/compose/request-gate.js'
import type { RandomStream } from '../sim/random.js'
import type { Ready } from '../sim/ready-queue.js'
import { type Allowance, optionsBefore, requestOptions } from './deviations.js'
import { type Execution, stepName } from './execution.js'
import type { ExploreOptions } from './options.js'
import { apply } from './replay.js'

/**
 * Chooses one run at random: steps by priorities of their processes, of which `pct - 1` change, and the
 * faults of an allowance, spread over the run. Source: Burckhardt et al., A Randomized Scheduler with
 * Guarantees of Finding Bugs.
 */
export class Sampler {
  readonly #random: RandomStream
  readonly #options: ExploreOptions
  /** Decisions of the undisturbed run. */
  readonly #length: number
  readonly #changes: ReadonlySet<number>
  readonly #priorities = new Map<string, number>()
  #allowance: Allowance

  constructor(
    random: RandomStream,
    {
      pct,
      length,
      allowance,
      options,
    }: {
      readonly pct: number
      readonly length: number
      readonly allowance: Allowance
      readonly options: ExploreOptions
    },
  ) {
    this.#random = random
    this.#options = options
    this.#length = Math.max(length, 1)
    this.#allowance = allowance
    this.#changes = new Set(Array.from({ length: pct - 1 }, () => random.int(0, this.#length)))
  }

  /** Begins a run: from now on, its requests may fail. */
  begin(execution: Execution): void {
    if (!this.#allowance.allowsRequests) return
    execution.chooseFault = (entry, request, number) => this.#fault(execution, entry, request, number)
  }

  /** Lets something happen before the next step, or not. `since`: the revision of the root. */
  actsBefore(execution: Execution, ready: readonly Ready[], since: number): boolean {
    if (this.#allowance.total === 0 || !this.#isTime()) return false
    const options = optionsBefore(execution, ready, this.#allowance, true, this.#options, since)
    if (options.length === 0) return false
    const choice = this.#random.pick(options)
    this.#allowance = this.#allowance.without(choice)
    apply(execution, choice)
    return true
  }

  /** Returns the step that runs. */
  pick(execution: Execution, ready: readonly Ready[]): Ready {
    let best = ready[0] as Ready
    for (const entry of ready) if (this.#priorityOf(entry) > this.#priorityOf(best)) best = entry
    if (this.#changes.has(execution.decisions)) this.#priorities.set(best.owner, this.#random.float())
    if (best !== ready[0])
      execution.choices.push({ at: execution.decisions, do: 'pick', step: stepName(best) })
    return best
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
  ): ReturnType<NonNullable<Execution['chooseFault']>> {
    if (!this.#allowance.allowsRequests || !this.#isTime()) return undefined
    const at = execution.decisions - 1
    const options = requestOptions(entry, [request], at, this.#allowance, this.#options)
    if (options.length === 0) return undefined
    const chosen = this.#random.pick(options)
    if (chosen.do !== 'request') return undefined
    this.#allowance = this.#allowance.without(chosen)
    // a step out of turn is named by the fault itself
    const last = execution.choices.at(-1)
    const step = last?.do === 'pick' && last.at === at ? last.step : undefined
    if (step !== undefined) execution.choices.pop()
    execution.choices.push({ ...chosen, request: number, ...(step === undefined ? {} : { step }) })
    return chosen.fault
  }

  /** Whether a fault falls here: as many as are left, spread over the run. */
  #isTime(): boolean {
    return this.#random.float() * this.#length < this.#allowance.total
  }
}
