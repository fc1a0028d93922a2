import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import { toMillis } from '../../sim/duration.js'
import { type Eventually, DEFAULT_WITHIN } from '../options.js'

/**
 * When what must hold eventually is due: within its time after the last thing that the user did or the
 * exploration did otherwise, without the time for which the exploration itself keeps components waiting.
 */
export class Deadlines {
  readonly #properties: readonly Eventually[]
  /** Virtual ms. */
  #since: number
  #overdue: Eventually | undefined
  /** Judges a property as the cluster is now. */
  holds: (property: Eventually) => boolean = () => true

  constructor(properties: readonly Eventually[], since: number, from?: Deadlines) {
    this.#properties = properties
    this.#since = from === undefined ? since : from.#since
    this.#overdue = from === undefined ? undefined : from.#overdue
  }

  /** When the user or the exploration last did something, or will have done, in virtual ms. */
  get since(): number {
    return this.#since
  }

  /** The property that did not hold when it was due. */
  get overdue(): Eventually | undefined {
    return this.#overdue
  }

  /** What decides how the run is judged. */
  circumstances(now: number): PlainData {
    if (this.#properties.length === 0) return null
    return [this.#since - now, this.#overdue === undefined ? null : this.#properties.indexOf(this.#overdue)]
  }

  /** Returns when a property is due, in virtual ms. */
  of({ within = DEFAULT_WITHIN }: Eventually): number {
    return this.#since + toMillis(within)
  }

  /** Notes that something has happened, or will go on to happen until a time in virtual ms. */
  restart(until: number): void {
    this.#since = Math.max(this.#since, until)
  }

  /**
   * Judges what is due now, when nothing is ready any more at this instant. Returns the time up to which
   * nothing else is due.
   */
  pass(cluster: SimCluster): number {
    let next = Infinity
    for (const property of this.#properties) {
      const due = this.of(property)
      if (due > cluster.now()) next = Math.min(next, due)
      else if (due === cluster.now() && !this.holds(property)) this.#overdue ??= property
    }
    return next
  }
}
