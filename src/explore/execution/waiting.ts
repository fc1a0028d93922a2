import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import type { Ready } from '../../sim/ready-queue.js'
import { informerNameOf, stepName } from './steps.js'

/** A step that waits runs after so many others, if they never end. */
export const PATIENCE = 100

interface Held {
  readonly entry: Ready
  /** Virtual ms. */
  readonly until: number
}

interface Delayed {
  readonly entry: Ready
  /** Number of the decision at which it runs, whatever else is ready. */
  readonly until: number
}

/** Until when, in virtual ms, informers do not follow the store; whether they list anew then. */
interface Stale {
  readonly until: number
  readonly anew: boolean
}

/** What is ready in a run and does not run: its process pauses, its informer is behind, it is delayed. */
export class Waiting {
  readonly #cluster: SimCluster
  readonly #held: Held[]
  /** Processes and informers that pause, and until when. */
  readonly #paused: Map<string, number>
  /** Steps that wait until nothing else is ready. */
  readonly #delayed: Delayed[]
  /** Components whose informers do not follow the store. */
  readonly #stale: Map<string, Stale>

  constructor(cluster: SimCluster, from?: Waiting) {
    this.#cluster = cluster
    this.#held = [...(from === undefined ? [] : from.#held)]
    this.#delayed = [...(from === undefined ? [] : from.#delayed)]
    this.#paused = new Map(from === undefined ? [] : from.#paused)
    this.#stale = new Map(from === undefined ? [] : from.#stale)
    for (const { entry } of this.#held) cluster.internals.withhold(entry)
    for (const { entry } of this.#delayed) cluster.internals.withhold(entry)
  }

  /** Whether a step waits until nothing else is ready. */
  get isDelaying(): boolean {
    return this.#delayed.length > 0
  }

  /** Whether a step waits for a certain time. */
  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** When the first step that waits for a certain time may run, in virtual ms; Infinity if there is none. */
  get firstDue(): number {
    return Math.min(Infinity, ...this.#held.map(({ until }) => until))
  }

  /** Whether a component pauses, or does not follow the store: its heartbeats wait, too. */
  get isSlow(): boolean {
    const now = this.#cluster.now()
    for (const until of this.#paused.values()) if (until > now) return true
    return this.#stale.size > 0
  }

  /** Whether nothing waits but what components with broken watches will list, and at least one does. */
  get isOnlyUnobserved(): boolean {
    return this.isHolding && this.#held.every(({ entry }) => this.#stale.get(entry.owner)?.anew === true)
  }

  /** What decides how the run goes on. */
  get circumstances(): PlainData {
    return [
      this.#held.map(({ entry, until }) => [stepName(entry), until]),
      this.#delayed.map(({ entry }) => stepName(entry)),
      [...this.#paused].filter(([, until]) => until > this.#cluster.now()),
      [...this.#stale].map(([component, { until, anew }]) => [component, until, anew]),
    ]
  }

  /** Returns until when a ready step waits, because its process pauses or its informer does not follow. */
  until(entry: Ready): number | undefined {
    const { internals } = this.#cluster
    const now = this.#cluster.now()
    const paused = this.#paused.size === 0 ? now : this.#pausedUntil(entry)
    if (paused > now) return paused
    const stale = this.#stale.get(entry.owner)
    if (stale === undefined || stale.until <= now) return undefined
    return internals.roleOf(entry) === 'informer' ? stale.until : undefined
  }

  /** Returns until when the process of a step, or its informer, pauses; 0 if it does not. */
  #pausedUntil(entry: Ready): number {
    const process = this.#paused.get(this.#cluster.internals.processOf(entry.owner)) ?? 0
    const informer = informerNameOf(this.#cluster, entry)
    return informer === undefined ? process : Math.max(process, this.#paused.get(informer) ?? 0)
  }

  /** Makes a ready step wait until a time in virtual ms. */
  hold(entry: Ready, until: number): void {
    this.#cluster.internals.withhold(entry)
    this.#held.push({ entry, until })
  }

  /** Makes a ready step wait until nothing else is ready; `decision` is the number of the present one. */
  delay(entry: Ready, decision: number): void {
    this.#cluster.internals.withhold(entry)
    this.#delayed.push({ entry, until: decision + PATIENCE })
  }

  /** Lets a process, or one informer, pause until a time in virtual ms. */
  pause(process: string, until: number): void {
    this.#paused.set(process, until)
  }

  /** Ends the pause of a process. */
  goOn(process: string): void {
    this.#paused.delete(process)
  }

  /** Keeps the informers of a component from following the store; `anew`: they list then. */
  keepStale(component: string, until: number, anew: boolean): void {
    this.#stale.set(component, { until, anew })
  }

  /** Releases the first of the delayed steps. Returns false if there is none. */
  releaseDelayed(): boolean {
    const delayed = this.#delayed.shift()
    if (delayed === undefined) return false
    this.#cluster.internals.release(delayed.entry)
    return true
  }

  /** Releases what has waited long enough. Returns steps of informers that list now. */
  releaseDue(decision: number): readonly Ready[] {
    const now = this.#cluster.now()
    const listing: Ready[] = []
    for (const [component, { until, anew }] of this.#stale) {
      if (until > now) continue
      this.#stale.delete(component)
      if (anew) listing.push(...this.#release(({ entry }) => this.#isInformerOf(entry, component)))
    }
    this.#release(({ until }) => until <= now)
    while ((this.#delayed[0]?.until ?? Infinity) <= decision) this.releaseDelayed()
    return listing
  }

  #isInformerOf(entry: Ready, component: string): boolean {
    return entry.owner === component && this.#cluster.internals.roleOf(entry) === 'informer'
  }

  #release(isDue: (held: Held) => boolean): readonly Ready[] {
    const due = this.#held.filter(isDue)
    if (due.length === 0) return []
    this.#held.splice(0, Infinity, ...this.#held.filter((held) => !due.includes(held)))
    for (const { entry } of due) this.#cluster.internals.release(entry)
    return due.map(({ entry }) => entry)
  }
}
