import { INFORMER_TOPIC } from '../../cluster/compose/component-host.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Deadlines } from './deadlines.js'
import type { Waiting } from './waiting.js'

/** How long an apiserver's cache lags behind, or watches are broken, in virtual ms. */
const STALE_FOR = 60_000

/** What can happen to the processes of a run: crashes, pauses, old lists, broken watches. */
export abstract class Outages {
  readonly cluster: SimCluster
  /** What is ready and does not run. */
  readonly waiting: Waiting
  /** When what must hold eventually is due, and whether it was late. */
  readonly deadlines: Deadlines

  protected constructor(cluster: SimCluster, waiting: Waiting, deadlines: Deadlines) {
    this.cluster = cluster
    this.waiting = waiting
    this.deadlines = deadlines
  }

  /** Whether a component has informers of its own. */
  hasInformers(component: string): boolean {
    const { internals } = this.cluster
    if (internals.processOf(component) !== component) return false
    const slices = internals.slices().get(component)
    return slices !== undefined && [...slices.keys()].some((name) => name.startsWith(INFORMER_TOPIC))
  }

  /** Kills the process of a component and starts it again. */
  restart(component: string): void {
    const node = /^kubelet\/(.+)$/.exec(component)?.[1]
    if (node === undefined) this.cluster.process(this.#processOf(component)).restart()
    else this.cluster.node(node).kubelet.restart()
  }

  #processOf(component: string): string {
    return this.cluster.internals.processOf(component)
  }

  /** Starts a component again on lists of an old revision; its watches catch up after {@link STALE_FOR}. */
  timeTravel(component: string, revision: number): void {
    const { internals } = this.cluster
    internals.setStaleReads(component, revision)
    try {
      this.restart(component)
      const until = this.keepStale(component)
      for (const entry of internals.ready())
        if (entry.owner === component && internals.roleOf(entry) === 'informer') {
          internals.step(entry)
          this.waiting.hold(entry, until)
        }
    } finally {
      internals.setStaleReads(component, undefined)
    }
  }

  /** Breaks the watches of a component for {@link STALE_FOR}; then it lists again. */
  cutWatches(component: string): void {
    this.keepStale(component, true)
  }

  /** Keeps the informers of a component from following the store. Returns until when, in virtual ms. */
  protected keepStale(component: string, anew = false): number {
    const until = this.cluster.now() + STALE_FOR
    this.waiting.keepStale(component, until, anew)
    this.deadlines.restart(until)
    return until
  }

  /** Makes a component pause for `ms` of virtual time: no step of its process runs before. */
  pause(component: string, ms: number): void {
    const until = this.cluster.now() + ms
    this.waiting.pause(this.#processOf(component), until)
    this.deadlines.restart(until)
  }
}
