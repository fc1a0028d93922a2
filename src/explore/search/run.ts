import type { Choice, RequestChoice } from '../execution/choice.js'
import { isAction, isAtRest } from '../execution/choice.js'
import { apply, applyRequests, MisplacedChoice } from '../execution/apply.js'
import { ActionFailed } from '../execution/act.js'
import { type Allowance, optionsAtRest, optionsBefore, optionsOf } from './deviations.js'
import { Execution } from '../execution/execution.js'
import { stepName } from '../execution/steps.js'
import { COMES_TO_REST, cycleOf, NoRest } from '../execution/no-rest.js'
import type { Failure } from '../execution/failure.js'
import { InvalidResult, type Properties } from '../properties/properties.js'
import type { RunRecord, SentRequest } from '../execution/records.js'
import type { Sampler } from './sampler.js'
import type { ExploreScope } from '../scope.js'
import type { Ready } from '../../sim/ready-queue.js'

/** How one run differs from the undisturbed one. */
export interface RunPlan {
  readonly choices: readonly Choice[]
  /** What may happen after the choices: the run notes it, and does not do it. */
  readonly allowance?: Allowance | undefined
  /** Chooses steps and faults while the run goes on. */
  readonly sampler?: Sampler | undefined
  /**
   * Whether actions that may come at any time wait for a choice, or for rest. Default: if one is a choice.
   */
  readonly isPending?: boolean | undefined
  /** Stops before the decision with this number. */
  readonly upTo?: number | undefined
  /** Whether each step runs in a fork of its own, so that nothing outlives it but state. */
  readonly isForked?: boolean
  readonly observe?: ((record: RunRecord) => void) | undefined
  /**
   * Called with the hash of each state between two steps and at rest. If it returns true, another run has
   * gone on from there, and this one ends.
   */
  readonly isKnown?: (hash: string, execution: Execution) => boolean
  /** Whether states are compared to find a cycle, which takes time. Default: if {@link isKnown} is given. */
  readonly findsCycles?: boolean
  /** Whether the search has run out of time. */
  readonly isSpent?: (() => boolean) | undefined
}

/** A run that is over. */
export interface Played {
  readonly execution: Execution
  readonly failure: Failure | undefined
  /** What else could have happened, by {@link RunPlan.allowance}. */
  readonly options: readonly Choice[]
  /** Whether it ended since a choice did not fit, or the user could not do what he wanted. */
  readonly isMisplaced: boolean
}

/** Thrown to end a run that another one has gone on with. */
class Known extends Error {}

/** Thrown if the time of a search is up. */
export class OutOfTime extends Error {}

/** What a run waits for: until its clients have nothing more to do. Without clients, it need not wait. */
export type RunPause = 'quiet'

/** A run, or what is made of several: it yields where it has to wait for clients. */
export type Playing<T> = Generator<RunPause, T>

/** Plays to the end. @throws Error (assertion) if there is something to wait for */
export function finished<T>(playing: Playing<T>): T {
  for (;;) {
    const next = playing.next()
    if (next.done === true) return next.value
  }
}

/** Plays to the end, and waits for the clients. */
export async function finishedWith<T>(playing: Playing<T>, quiet: () => Promise<void>): Promise<T> {
  let next = playing.next()
  while (next.done !== true) {
    const failed = await quiet().then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    next = failed === undefined ? playing.next() : playing.throw(failed.error)
  }
  return next.value
}

/**
 * Plays a run from the beginning that an execution has made. Choices that do not fit end it without a
 * failure.
 */
export function* play(execution: Execution, properties: Properties, plan: RunPlan): Playing<Played> {
  return yield* new Run(execution, properties, plan).play()
}

/** Whether actions that may come at any time wait, in a run with these choices. */
export const isPending = (choices: readonly Choice[]): boolean => choices.some(isAction)

class Run {
  #execution: Execution
  readonly #scope: ExploreScope
  readonly #properties: Properties
  readonly #plan: RunPlan
  readonly #left: Choice[]
  readonly #options: Choice[] = []
  readonly #states = new Map<string, number>()
  readonly #steps: string[] = []
  #seen = -1
  /** Number of the decision before which it rested last. */
  #rested = -1

  constructor(execution: Execution, properties: Properties, plan: RunPlan) {
    this.#execution = execution
    this.#scope = execution.scope
    this.#properties = properties
    this.#plan = plan
    this.#left = [...plan.choices]
    plan.sampler?.begin(execution)
    properties.observe(execution)
  }

  *play(): Playing<Played> {
    try {
      const failed = this.#check()
      if (failed !== undefined) return this.#ended(failed)
      while (yield* this.#goOn()) {
        const failure = this.#execution.takeNestedFailure() ?? this.#check()
        if (failure !== undefined) return this.#ended(failure)
        if (this.#plan.isSpent?.() === true) throw new OutOfTime()
      }
      if (this.#isStopped) return this.#ended(undefined)
      const restless = this.#restless()
      if (restless !== undefined) return this.#ended(restless)
      yield* this.#untilDue()
      return this.#ended(this.#properties.atEnd(this.#execution))
    } catch (error) {
      return this.#caught(error)
    }
  }

  #caught(error: unknown): Played {
    if (error instanceof OutOfTime || error instanceof InvalidResult) throw error
    if (error instanceof NoRest) return this.#ended(error.failure)
    if (error instanceof Known) return this.#ended(undefined)
    if (error instanceof MisplacedChoice) return { ...this.#ended(undefined), isMisplaced: true }
    if (!(error instanceof ActionFailed)) return this.#ended(thrown(error))
    // what the user cannot do in an undisturbed run is a mistake in the options
    if (this.#execution.choices.every(isAction) && this.#plan.sampler === undefined) throw error
    return { ...this.#ended(undefined), isMisplaced: true }
  }

  get #deadline(): number {
    return this.#execution.deadlines.since + this.#properties.horizon
  }

  get #isStopped(): boolean {
    return this.#execution.decisions >= (this.#plan.upTo ?? Infinity)
  }

  #ended(failure: Failure | undefined): Played {
    return { execution: this.#execution, failure, options: this.#options, isMisplaced: false }
  }

  /** Does one thing: a choice, a step, an action. Returns false when there is nothing left to do. */
  *#goOn(): Playing<boolean> {
    if (this.#plan.isForked === true) this.#fork()
    const execution = this.#execution
    const ready = execution.next(this.#deadline, true)
    if (this.#isStopped) return false
    this.#visit()
    const [choice] = this.#left
    if (choice?.at === execution.decisions && isAtRest(choice) === (ready === undefined)) this.#choose(choice)
    else if (ready !== undefined) return yield* this.#step(ready)
    else if (this.#plan.sampler?.actsAtRest(execution) === true || this.#noteRest()) return true
    else if (
      !execution.actAtRest() &&
      (this.#left.length === 0 || execution.next(this.#deadline) === undefined)
    )
      return false
    yield 'quiet'
    return true
  }

  /** Notes what else could happen at rest. Returns false: nothing does. */
  #noteRest(): false {
    const { allowance } = this.#plan
    const { decisions } = this.#execution
    if (allowance !== undefined && this.#left.length === 0 && decisions !== this.#rested)
      this.#options.push(...optionsAtRest(this.#execution, allowance))
    this.#rested = decisions
    return false
  }

  #fork(): void {
    this.#execution = this.#execution.forked()
    this.#properties.observe(this.#execution)
  }

  /** Makes the next choice; those of the requests of one step are made together. */
  #choose(choice: Choice): void {
    this.#left.shift()
    if (choice.do !== 'request') return apply(this.#execution, choice)
    const together: RequestChoice[] = [choice]
    for (let [next] = this.#left; next?.do === 'request' && next.at === choice.at; [next] = this.#left) {
      together.push(next)
      this.#left.shift()
    }
    const { decisions } = this.#execution
    const { entry, requests } = applyRequests(this.#execution, together)
    this.#noteOptions(entry, decisions, requests, together)
  }

  /** Runs the next step, and notes what else could have happened. Returns true. */
  *#step(ready: readonly Ready[]): Playing<true> {
    const { allowance, sampler } = this.#plan
    const execution = this.#execution
    if (sampler?.actsBefore(execution, ready) === true) {
      yield 'quiet'
      return true
    }
    const first = sampler?.pick(execution, ready) ?? (ready[0] as Ready)
    const at = execution.decisions
    const { revision } = execution.cluster.internals.etcd
    if (allowance !== undefined && this.#left.length === 0)
      this.#options.push(...optionsBefore(execution, ready, allowance, revision !== this.#seen))
    this.#seen = revision
    this.#steps.push(stepName(first))
    const requests = execution.run(first)
    this.#noteOptions(first, at, requests, [])
    // a client does nothing before it gets something
    if (this.#scope.programs?.has(first.owner) === true) yield 'quiet'
    return true
  }

  /**
   * Notes what could have happened to the requests of a step, after the last one that something happens to.
   */
  #noteOptions(
    entry: Ready,
    at: number,
    requests: readonly SentRequest[],
    made: readonly RequestChoice[],
  ): void {
    const { allowance } = this.#plan
    if (allowance === undefined || this.#left.length > 0) return
    this.#options.push(...optionsOf(this.#execution, entry, requests, at, allowance, made))
  }

  #check(): Failure | undefined {
    return this.#properties.afterWrite(this.#execution.cluster)
  }

  /** Returns the failure of a run in which a component under test still wakes itself at the deadline. */
  #restless(): Failure | undefined {
    const { cluster, scope, deadlines } = this.#execution
    if (cluster.now() < this.#deadline) return undefined
    const { timers, ready } = cluster.internals.pending()
    const isOwn = ({ owner }: Pick<Ready, 'owner'>): boolean => scope.underTest.includes(owner)
    const waiting = [...ready, ...timers.filter((timer) => timer.class === 'work')].find(isOwn)
    if (waiting === undefined) return undefined
    const minutes = Math.round((cluster.now() - deadlines.since) / 60_000)
    return {
      property: COMES_TO_REST,
      message: `after ${minutes} minutes ${stepName(waiting)} still wakes itself again and again`,
    }
  }

  /** @throws NoRest if the run has come back to a state of its own, Known if another one was there */
  #visit(): void {
    const { sampler, isKnown, findsCycles = isKnown !== undefined } = this.#plan
    const { anew, programs } = this.#scope
    // what is in closures and in programs is no state that could be compared
    if (!findsCycles || sampler !== undefined || this.#left.length > 0) return
    if (programs !== undefined || anew.length > 0) return
    const hash = this.#execution.hash()
    // a delayed step will run, and end what looks like a cycle
    const before = this.#execution.isDelaying ? undefined : this.#states.get(hash)
    if (before !== undefined && before < this.#steps.length)
      throw new NoRest(cycleOf(this.#steps.slice(before)))
    if (!this.#execution.isDelaying) this.#states.set(hash, this.#steps.length)
    if (isKnown?.(hash, this.#execution) === true) throw new Known()
  }

  /** Goes on until what must hold eventually holds, or is overdue. */
  *#untilDue(): Playing<void> {
    const execution = this.#execution
    const { programs } = this.#scope
    for (;;) {
      const due = this.#properties.due(execution)
      if (due === undefined) return
      const ready = execution.next(due)
      if (ready === undefined) continue
      const [first] = ready as [Ready, ...Ready[]]
      execution.run(first)
      if (programs?.has(first.owner) === true) yield 'quiet'
    }
  }
}

/** Returns the failure that an exception of a component is. */
export function thrown(error: unknown): Failure {
  return { property: 'no component throws', message: error instanceof Error ? error.message : String(error) }
}

/** Whether two failures are of the same kind. */
export const isSameFailure = (some: Failure | undefined, other: Failure | undefined): boolean =>
  some?.property === other?.property && some?.threw === other?.threw
