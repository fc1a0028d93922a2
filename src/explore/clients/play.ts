import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Choice } from '../choice.js'
import { type Allowance, optionsBefore, requestOptions } from '../deviations.js'
import type { RunRecord } from '../execution.js'
import type { ExploreOptions } from '../options.js'
import type { Failure, Properties } from '../properties.js'
import { apply, changesSteps, MisplacedChoice, thrown } from '../replay.js'
import type { Sampler } from '../sampler.js'
import type { Ready } from '../../sim/ready-queue.js'
import { ClientExecution } from './client-execution.js'
import type { Programs } from './programs.js'

/** What all runs of an exploration share. */
export interface Scope {
  readonly root: SimCluster
  readonly programs: Programs
  readonly options: ExploreOptions
  readonly properties: Properties
}

/** How one run differs from the undisturbed one. */
export interface Plan {
  readonly choices: readonly Choice[]
  /** Whether actions that may come at any time wait for a choice, or for rest. */
  readonly isPending: boolean
  /** What may happen after the choices: the run notes it, and does not do it. */
  readonly allowance?: Allowance
  /** Chooses steps and faults while the run goes on. */
  readonly sampler?: Sampler
  /** Stops before the decision with this number. */
  readonly upTo?: number | undefined
  readonly observe?: ((record: RunRecord) => void) | undefined
}

/** A run that is over. */
export interface Played {
  readonly execution: ClientExecution
  readonly failure: Failure | undefined
  /** What else could have happened, by {@link Plan.allowance}. */
  readonly options: readonly Choice[]
}

/** Plays one run from its start. Choices that do not fit end it without a failure. */
export async function play(scope: Scope, plan: Plan): Promise<Played> {
  const { root, programs, options } = scope
  const execution = await ClientExecution.launch(root, programs, options, plan.isPending, plan.observe)
  try {
    return await new Run(scope, plan, execution).play()
  } finally {
    programs.end()
  }
}

class Run {
  readonly #scope: Scope
  readonly #plan: Plan
  readonly #execution: ClientExecution
  readonly #deadline: number
  readonly #left: Choice[]
  readonly #options: Choice[] = []
  #seen = -1

  constructor(scope: Scope, plan: Plan, execution: ClientExecution) {
    this.#scope = scope
    this.#plan = plan
    this.#execution = execution
    this.#deadline = scope.root.now() + scope.properties.horizon
    this.#left = [...plan.choices]
    plan.sampler?.begin(execution)
    scope.properties.observe(execution)
  }

  async play(): Promise<Played> {
    const { properties } = this.#scope
    try {
      while (await this.#goOn()) {
        const failure = this.#check()
        if (failure !== undefined) return this.#ended(failure)
      }
      if (this.#isStopped) return this.#ended(undefined)
      await this.#untilDue()
    } catch (error) {
      return this.#ended(error instanceof MisplacedChoice ? undefined : thrown(error))
    }
    return this.#ended(properties.atEnd(this.#execution.cluster))
  }

  get #isStopped(): boolean {
    return this.#execution.decisions >= (this.#plan.upTo ?? Infinity)
  }

  #ended(failure: Failure | undefined): Played {
    return { execution: this.#execution, failure, options: this.#options }
  }

  /** Does one thing: a choice, a step, an action. Returns false when there is nothing left to do. */
  async #goOn(): Promise<boolean> {
    const execution = this.#execution
    const ready = execution.next(this.#deadline, true)
    if (this.#isStopped) return false
    const [choice] = this.#left
    if (choice?.at === execution.decisions && (ready !== undefined || !changesSteps(choice))) {
      this.#left.shift()
      apply(execution, choice)
    } else if (ready !== undefined) return this.#step(ready)
    else if (
      !execution.actAtRest() &&
      (this.#left.length === 0 || execution.next(this.#deadline) === undefined)
    )
      return false
    await this.#scope.programs.quiet()
    return true
  }

  /** Runs the next step, and notes what else could have happened. Returns true. */
  async #step(ready: readonly Ready[]): Promise<true> {
    const { allowance, sampler } = this.#plan
    const execution = this.#execution
    const { options, root } = this.#scope
    const { programs } = this.#scope
    if (sampler?.actsBefore(execution, ready, root.internals.etcd.revision) === true) {
      await programs.quiet()
      return true
    }
    const first = sampler?.pick(execution, ready) ?? (ready[0] as Ready)
    const at = execution.decisions
    const notes = allowance !== undefined && this.#left.length === 0
    const { revision } = execution.cluster.internals.etcd
    if (notes)
      this.#options.push(
        ...optionsBefore(
          execution,
          ready,
          allowance,
          revision !== this.#seen,
          options,
          root.internals.etcd.revision,
        ),
      )
    this.#seen = revision
    const requests = execution.run(first)
    if (notes) this.#options.push(...requestOptions(first, requests, at, allowance, options))
    // a client does nothing before it gets something
    if (programs.has(first.owner)) await programs.quiet()
    return true
  }

  #check(): Failure | undefined {
    return this.#scope.properties.afterWrite(this.#execution.cluster)
  }

  /** Goes on until what must hold eventually holds, or is overdue. */
  async #untilDue(): Promise<void> {
    const { properties, programs } = this.#scope
    const execution = this.#execution
    for (;;) {
      const due = properties.due(execution.cluster)
      if (due === undefined) return
      const ready = execution.next(due)
      if (ready === undefined) continue
      const [first] = ready as [Ready, ...Ready[]]
      execution.run(first)
      if (programs.has(first.owner)) await programs.quiet()
    }
  }
}
