import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Ready } from '../../sim/ready-queue.js'
import type { Deadlines } from './deadlines.js'
import { isRoutine } from './steps.js'
import type { Waiting } from './waiting.js'

/** The dependencies of a {@link RunPace}: what it needs of the run. */
export interface RunPaceDependencies {
  /** Number of the next decision. */
  decisions(): number
  /** Lets an informer list anew. */
  list(entry: Ready): void
}

/** Moves a run from one decision to the next: does routine work, lets time pass, ends pauses and delays. */
export class RunPace {
  readonly #cluster: SimCluster
  readonly #waiting: Waiting
  readonly #deadlines: Deadlines
  readonly #dependencies: RunPaceDependencies
  /** Virtual ms until which periodic work counts like other work. */
  #restlessUntil: number

  constructor(
    cluster: SimCluster,
    waiting: Waiting,
    deadlines: Deadlines,
    dependencies: RunPaceDependencies,
    from?: RunPace,
  ) {
    this.#cluster = cluster
    this.#waiting = waiting
    this.#deadlines = deadlines
    this.#dependencies = dependencies
    this.#restlessUntil = from === undefined ? 0 : from.#restlessUntil
  }

  /** Lets periodic work count like other work for `ms` of virtual time. */
  beRestless(ms: number): void {
    this.#restlessUntil = this.#cluster.now() + ms
  }

  /** What decides how the run goes on. */
  get circumstances(): number {
    return Math.max(0, this.#restlessUntil - this.#cluster.now())
  }

  /**
   * Runs routine work and moves time up to `deadline` (virtual ms) until there is a decision to make. Returns
   * the steps that are ready, the next one first; undefined at the deadline, or, if `restOnly`, as soon as
   * only watchdogs are pending. `hasActions`: the user still wants to act.
   */
  next(deadline: number, restOnly: boolean, hasActions: boolean): readonly Ready[] | undefined {
    const { internals } = this.#cluster
    for (;;) {
      this.releaseDue()
      const ready = internals.ready()
      const [first] = ready
      if (first !== undefined) {
        const until = this.#waiting.until(first)
        if (until !== undefined) this.#waiting.hold(first, until)
        else if (!isRoutine(this.#cluster, first)) return ready
        else internals.step(first)
        continue
      }
      if (this.#waiting.releaseDelayed()) continue
      const { atRest } = this.#cluster.state
      // the user does not wait for what a component with broken watches will list
      if (restOnly && atRest && hasActions && this.#waiting.isOnlyUnobserved) return undefined
      const isRest = !this.#waiting.isHolding && atRest
      if (restOnly && isRest && this.circumstances === 0) return undefined
      const end = isRest && restOnly ? this.#restlessUntil : deadline
      if (!this.advance(Math.min(end, this.#waiting.firstDue)) && this.#cluster.now() >= deadline)
        return undefined
    }
  }

  /**
   * Moves time to the next timer, or to `limit`, or to when something is due, whatever comes first. Returns
   * whether there is a timer.
   */
  advance(limit: number): boolean {
    const { internals } = this.#cluster
    const end = Math.min(limit, this.#deadlines.pass(this.#cluster))
    if (!this.#waiting.isSlow) internals.passQuietly(end)
    return internals.advanceToNext(end)
  }

  /** Ends what has waited long enough. */
  releaseDue(): void {
    for (const entry of this.#waiting.releaseDue(this.#dependencies.decisions()))
      this.#dependencies.list(entry)
  }
}
