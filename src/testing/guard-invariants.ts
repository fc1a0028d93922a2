import type { SimCluster } from '../cluster/sim-cluster.js'
import type { KernelEvents } from '../sim/event-bus.js'
import type { InvariantOptions } from './check-invariants.js'
import { InvariantError } from './invariant-error.js'
import type { Finding, Observer, Violation } from './invariant.js'
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

/**
 * Watches a cluster from now on. A violation throws {@link InvariantError} at the end of the step that caused
 * it, from `settle()`, `advance()`, `until()` or `step()`. A violation by your own call is thrown by the next
 * step, or by `stop()`. Cheap: each write is examined once. Forks are not watched.
 */
export function guardInvariants(
  cluster: SimCluster,
  { invariants = all }: InvariantOptions = {},
): InvariantGuard {
  const pending: Violation[] = []
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
        const finding = look(event)
        if (finding) pending.push({ invariant: name, ...finding })
      }
    }
  }
  const report = (step?: KernelEvents['step']): void => {
    if (pending.length === 0) return
    throw new InvariantError(pending.splice(0), {
      time: cluster.now(),
      ...(step === undefined ? {} : { step }),
    })
  }
  const ends = [
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
      for (const end of ends) end()
      report()
    },
  }
}
