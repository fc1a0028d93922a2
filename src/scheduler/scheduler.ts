import type { Component, ComponentHost } from '../client/component.js'
import type { Topic } from '../sim/modules/module.js'
import { continueBinding } from './binding-cycle.js'
import { onNodeChange, onPodChange } from './event-handlers.js'
import type { SchedulerOptions } from './options.js'
import { MAX_UNSCHEDULABLE_MS } from './queue/scheduling-queue.js'
import { SchedulerRuntime } from './runtime.js'
import { scheduleOne } from './schedule-one.js'

/**
 * The scheduler: places pods that have no node, one pod in one step. It acts as `system:kube-scheduler`,
 * through the apiserver only.
 *
 * A plugin of your own is an object with a name and any of the extension points, see {@link
 * ProfileOptions.plugins}:
 *
 * ```ts
 * const quietHours: Plugin = {
 *   name: 'QuietHours',
 *   filter: (pod, node) =>
 *     node.labels['quiet'] === 'true' ? unschedulable('node(s) must not be disturbed') : undefined,
 *   score: (pod, node) => (node.labels['rack'] === 'b' ? 100 : 0),
 *   eventsToRegister: { 'Node/Add': 'queue', 'Node/UpdateLabel': 'queue' },
 * }
 * createScheduler({ profiles: [{ plugins: [quietHours], weights: { QuietHours: 5 } }] })
 * ```
 *
 * Source: pkg/scheduler.
 */
export function createScheduler(options: SchedulerOptions = {}): Component {
  return {
    name: 'kube-scheduler',
    identity: { name: 'system:kube-scheduler', groups: ['system:authenticated'] },
    setup: (host) => setUp(host, options),
  }
}

const SYNC_POLL_MS = 100
/**
 * How many polls for the first lists `settle()` waits for; a scheduler without an apiserver must not keep it
 * from coming to rest.
 */
const MAX_AWAITED_POLLS = 10
/** The same for retries of attempts that failed with an error. */
const MAX_AWAITED_RETRIES = 5
const SWEEP_MS = 30_000

function setUp(host: ComponentHost, options: SchedulerOptions): void {
  const runtime = new SchedulerRuntime(host, options)
  const started = host.state('started', () => ({ at: host.clock.now() }))
  const wakeIfReady = (): void => {
    if (runtime.queue.hasReady) schedule.wake('')
    timers.arm()
  }
  const schedule = host.handle('schedule', (_, payload) => {
    const polls = typeof payload === 'number' ? payload : 0
    if (!runtime.synced) {
      const timerClass = polls < MAX_AWAITED_POLLS ? 'work' : 'watchdog'
      return schedule.wakeAfter('', SYNC_POLL_MS, { class: timerClass, payload: polls + 1 })
    }
    scheduleOne(runtime)
    wakeIfReady()
  })
  const binding = host.handle('continue-binding', (key) => {
    continueBinding(runtime, key)
    wakeIfReady()
  })
  const wakeWaiting = (key: string, deadline?: number): void => {
    if (deadline === undefined) binding.wake(key)
    else binding.wakeAfter(key, deadline - host.clock.now(), { class: 'watchdog' })
  }
  runtime.onRequeue = wakeIfReady
  runtime.onWaiting = wakeWaiting
  const flush = host.handle('flush-backoff', () => wakeIfReady())
  const sweep = host.handle('sweep-unschedulable', () => {
    timers.armSweep(runtime.queue.sweep())
    wakeIfReady()
  })
  const timers = new QueueTimers(runtime, flush, sweep, started.value.at)
  runtime.nodes.onChange((change) => {
    onNodeChange(runtime, change)
    if (change.type === 'ADDED') timers.arm('work')
    wakeIfReady()
  })
  runtime.pods.onChange((change) => {
    onPodChange(runtime, change)
    wakeIfReady()
  })
}

/** Timers for when the queue has to be checked without an event. */
class QueueTimers {
  readonly #runtime: SchedulerRuntime
  readonly #flush: Topic
  readonly #sweep: Topic
  readonly #start: number

  constructor(runtime: SchedulerRuntime, flush: Topic, sweep: Topic, start: number) {
    this.#runtime = runtime
    this.#flush = flush
    this.#sweep = sweep
    this.#start = start
  }

  /**
   * Sets the timer for the end of back-offs and, if pods are unschedulable and there is none yet, for the
   * sweep.
   */
  arm(flushClass?: 'work'): void {
    const { queue, host } = this.#runtime
    const due = queue.nextFlush()
    if (due === undefined) this.#flush.cancel('')
    else if (flushClass || this.#flush.dueAt('') !== due) {
      this.#flush.wakeAfter('', Math.max(0, due - host.clock.now()), {
        class: flushClass ?? this.#retryClass(),
      })
    }
    if (queue.hasUnschedulable && this.#sweep.dueAt('') === undefined) this.armSweep(host.clock.now())
  }

  /**
   * Sets the timer of the first sweep (each 30 s since the start) that finds a pod waiting since `since` too
   * old.
   */
  armSweep(since: number | undefined): void {
    if (since === undefined) return
    const tooOld = since + MAX_UNSCHEDULABLE_MS
    const due = this.#start + (Math.floor((tooOld - this.#start) / SWEEP_MS) + 1) * SWEEP_MS
    this.#sweep.wakeAfter('', due - this.#runtime.host.clock.now(), { class: 'watchdog' })
  }

  /**
   * Returns the timer class of a retry: `work` for a while, so that `settle()` waits for it; without nodes a
   * retry cannot succeed.
   */
  #retryClass(): 'work' | 'watchdog' {
    const { queue, snapshot } = this.#runtime
    const errors = queue.nextError()?.consecutiveErrors ?? 0
    return snapshot.nodes.length > 0 && errors <= MAX_AWAITED_RETRIES ? 'work' : 'watchdog'
  }
}
