import { synchronous } from '../lang/synchronous.js'
import { checkGuard } from './inputs.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { KernelEvents } from '../sim/event-bus.js'
import { checkInvariants, type InvariantOptions } from './check-invariants.js'
import { InvariantError } from './invariant-error.js'
import type { Finding, Invariant, Observer, Violation } from './invariant.js'
import { invariants as all } from './invariants/index.js'

type Look<Event> = (event: Event) => Finding | undefined

/** Removes the guard. */
export interface InvariantGuard {
  /**
   * Stops the guard.
   * @throws InvariantError for a violation by calls outside any step that has not been thrown yet
   */
  stop(): void
}

/** Resources that are written all the time; a write of one of them alone is no reason for a `check`. */
const HEARTBEATS: ReadonlySet<string> = new Set(['leases', 'events'])

/**
 * Watches a cluster from now on. A violation throws {@link InvariantError} at the end of the step that caused
 * it, from `settle()`, `advance()`, `until()` or `step()`. A violation by your own call is thrown by the next
 * step, or by `stop()`. Forks are not watched.
 *
 * An invariant that observes costs little: each write is examined once. One that only checks looks at the
 * whole cluster after each step that wrote something other than leases and events, or, with `onlyAtRest`,
 * when the cluster has come to rest after such a write.
 * @example const guard = guardInvariants(cluster)
 */
export function guardInvariants(cluster: SimCluster, options: InvariantOptions = {}): InvariantGuard {
  checkGuard([cluster, options])
  const { invariants = all } = options
  const pending: Violation[] = []
  const checks = new Checks(
    cluster,
    invariants.filter(({ observe }) => observe === undefined),
  )
  const observers = invariants.flatMap(({ name, observe }) =>
    observe ? [{ name, observer: observe(cluster) }] : [],
  )
  const collect = <Event>(of: (observer: Observer) => Look<Event> | undefined): ((event: Event) => void) => {
    const listeners = observers.flatMap(({ name, observer }) => {
      const look = of(observer)
      return look ? [{ name, look }] : []
    })
    return (event) => {
      for (const { name, look } of listeners) {
        const finding = synchronous(look(event), `the invariant ${name}`)
        if (finding) pending.push({ invariant: name, ...finding })
      }
    }
  }
  const report = (step?: KernelEvents['step']): void => {
    pending.push(...checks.run())
    if (pending.length === 0) return
    throw new InvariantError(pending.splice(0), {
      time: cluster.now(),
      ...(step === undefined ? {} : { step }),
    })
  }
  const ends = [
    cluster.on('write', ({ resource }) => checks.note(resource)),
    cluster.on(
      'write',
      collect((observer) => observer.write),
    ),
    cluster.on(
      'request',
      collect((observer) => observer.request),
    ),
    cluster.on('step', report),
  ]
  return {
    stop: () => {
      // unsubscribe first, so that the guard is gone even if the report throws
      for (const end of ends) end()
      report()
    },
  }
}

/** Runs the checks of invariants when the cluster has changed: those of rest at rest, the others at once. */
class Checks {
  readonly #cluster: SimCluster
  readonly #atOnce: readonly Invariant[]
  readonly #atRest: readonly Invariant[]
  #hasChanged = false
  #hasChangedSinceRest = false

  constructor(cluster: SimCluster, invariants: readonly Invariant[]) {
    this.#cluster = cluster
    this.#atOnce = invariants.filter(({ onlyAtRest }) => onlyAtRest !== true)
    this.#atRest = invariants.filter(({ onlyAtRest }) => onlyAtRest === true)
  }

  note(resource: string): void {
    if (HEARTBEATS.has(resource)) return
    this.#hasChanged = this.#atOnce.length > 0
    this.#hasChangedSinceRest = this.#atRest.length > 0
  }

  run(): readonly Violation[] {
    const due: Invariant[] = []
    if (this.#hasChanged) due.push(...this.#atOnce)
    this.#hasChanged = false
    if (this.#hasChangedSinceRest && this.#cluster.state.atRest) {
      due.push(...this.#atRest)
      this.#hasChangedSinceRest = false
    }
    return due.length === 0 ? [] : checkInvariants(this.#cluster, { invariants: due })
  }
}
