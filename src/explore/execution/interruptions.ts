import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Ready } from '../../sim/ready-queue.js'
import type { Failure } from './failure.js'
import { isSameStep } from './steps.js'
import type { Waiting } from './waiting.js'

/** As many steps run at most while a request waits, and while a component stands still. */
const MOST_NESTED = 500
const MOST_WHILE_STANDING = 100_000

/** The dependencies of {@link Interruptions}: what they need of the run. */
export interface InterruptionDependencies {
  /** The steps that run, the innermost one last. */
  running(): readonly Ready[]
  /** Runs a step while another one waits. */
  play(entry: Ready): void
  /** Moves time to the next timer, or to `limit`. */
  advance(limit: number): void
  releaseDue(): void
}

/** What runs while a request of a component waits. */
export class Interruptions {
  readonly #cluster: SimCluster
  readonly #waiting: Waiting
  /** Workers of a queue. */
  readonly #workers: number
  readonly #dependencies: InterruptionDependencies
  /** Looks at the cluster after each step. */
  check: (() => Failure | undefined) | undefined
  #failure: Failure | undefined

  constructor(
    cluster: SimCluster,
    waiting: Waiting,
    workers: number,
    dependencies: InterruptionDependencies,
  ) {
    this.#cluster = cluster
    this.#waiting = waiting
    this.#workers = workers
    this.#dependencies = dependencies
  }

  /** Returns what {@link check} has found, once. */
  takeFailure(): Failure | undefined {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }

  /**
   * Returns what may run while a request of a process waits: everything but its own workers, and with several
   * workers also those of its own that do not run already.
   */
  othersOf(process: string): readonly Ready[] {
    const { internals } = this.#cluster
    const running = this.#dependencies.running()
    const own = running.filter(({ owner }) => internals.processOf(owner) === process).length
    return internals.ready().filter((entry) => {
      if (this.#waiting.until(entry) !== undefined) return false
      if (internals.processOf(entry.owner) !== process || internals.roleOf(entry) === 'informer') return true
      return own < this.#workers && !running.some((one) => isSameStep(one, entry))
    })
  }

  /** Runs everything else until nothing is ready. */
  runOthers(process: string): void {
    for (let nth = 0; nth < MOST_NESTED; nth += 1) {
      const [entry] = this.othersOf(process)
      if (entry === undefined) return
      this.#nest(entry)
    }
  }

  /** Lets everything but a process go on for `ms`. */
  standStill(process: string, ms: number): void {
    const until = this.#cluster.now() + ms
    this.#waiting.pause(process, until)
    for (let nth = 0; nth < MOST_WHILE_STANDING; nth += 1) {
      if (this.#cluster.now() >= until) break
      this.#dependencies.releaseDue()
      const [entry] = this.#cluster.internals.ready()
      if (entry === undefined) {
        this.#dependencies.advance(Math.min(until, this.#waiting.firstDue))
        continue
      }
      const waits = this.#waiting.until(entry)
      if (waits === undefined) this.#nest(entry)
      else this.#waiting.hold(entry, waits)
    }
    this.#waiting.goOn(process)
    this.#dependencies.releaseDue()
  }

  #nest(entry: Ready): void {
    this.#dependencies.play(entry)
    this.#failure ??= this.check?.()
  }
}
