import type { ComponentHost } from '../../client/component.js'
import type { Slice, Topic } from '../../sim/module.js'

/**
 * Pod key to whether its deletion is still to come; a pod whose deletion has begun stays, so that it is not
 * scheduled again.
 */
type Scheduled = Map<string, 'pending' | 'fired'>

/** How often a deletion that fails is tried, and how long after. */
const ATTEMPTS = 5
const RETRY_AFTER = 10

/** What came of the deletion of a pod; `gone`: there was none. */
export type Outcome = 'deleted' | 'gone' | 'failed'

/**
 * Deletions of pods at a time to come, at most one for each pod. Deadlines are watchdog timers: they fire
 * when time passes them. Held in memory only: a restart of the controller forgets them. Source:
 * tainteviction/timed_workers.go TimedWorkerQueue.
 */
export class EvictionQueue {
  readonly #scheduled: Slice<Scheduled>
  readonly #timer: Topic

  /** `evict` deletes a pod and says what came of it. */
  constructor(host: ComponentHost, evict: (pod: string, firstAttempt: boolean) => Outcome) {
    this.#scheduled = host.state('scheduled', () => new Map() as Scheduled)
    this.#timer = host.handle('evict', (pod, payload) => {
      const attempts = typeof payload === 'number' ? payload : 1
      this.#scheduled.value.set(pod, 'fired')
      const outcome = evict(pod, attempts === 1)
      if (outcome === 'deleted') return
      if (outcome === 'failed' && attempts < ATTEMPTS)
        this.#timer.wakeAfter(pod, RETRY_AFTER, { payload: attempts + 1 })
      else this.#scheduled.value.delete(pod)
    })
  }

  isPending(pod: string): boolean {
    return this.#scheduled.value.get(pod) === 'pending'
  }

  /** Schedules the deletion of a pod that has none scheduled and none begun; `delay` in ms, 0 = at once. */
  add(pod: string, delay: number): void {
    if (this.#scheduled.value.has(pod)) return
    if (delay > 0) {
      this.#scheduled.value.set(pod, 'pending')
      this.#timer.wakeAfter(pod, delay, { class: 'watchdog' })
    } else {
      this.#scheduled.value.set(pod, 'fired')
      this.#timer.wake(pod)
    }
  }

  /** Forgets a pod; answers whether a deletion was still to come. */
  cancel(pod: string): boolean {
    const was = this.#scheduled.value.get(pod)
    this.#scheduled.value.delete(pod)
    this.#timer.cancel(pod)
    return was === 'pending'
  }
}
