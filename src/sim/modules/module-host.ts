import { type Duration, toMillis } from '../duration.js'
import type { Clock } from '../clock.js'
import type { EventBus, KernelEvents } from '../event-bus.js'
import type { KernelHost } from './module.js'
import type { PlainData } from '../data/plain-data.js'
import type { QuietTime } from '../quiet/quiet.js'
import type { Random, RandomStream } from '../random.js'
import type { ReadyQueue } from '../ready-queue.js'
import type { Timers } from '../timers.js'
import { timerPrefix } from '../timers.js'
import type { Handler, HandlerOptions, QuietForm, Slice, TimerOptions, Topic } from './topic.js'
import { synchronous } from '../../lang/synchronous.js'
import type { Failures, WorkQueue, WorkQueueOptions } from './work-queue.js'
import { TopicWorkQueue } from './work-queue.js'

/** What a module host needs from the kernel; `Simulation` implements it. */
export interface Kernel<Events extends KernelEvents> {
  readonly clock: Clock
  readonly bus: EventBus<Events>
  readonly random: Random
  readonly timers: Timers
  readonly ready: ReadyQueue
  readonly quiet: Pick<QuietTime, 'register' | 'cancelled'>
  slice<S>(owner: string, name: string, initial: () => S): Slice<S>
  register(owner: string, topic: string, handler: Handler, options?: HandlerOptions): void
  isStopped(owner: string): boolean
  /** Remembers the last error of a work queue, for a LivelockError. */
  noteFailure(owner: string, topic: string, message: string): void
}

/** The {@link KernelHost} of one module: the kernel bound to the module's name. */
export class ModuleHost<Events extends KernelEvents = KernelEvents> implements KernelHost<Events> {
  readonly name: string
  readonly #kernel: Kernel<Events>

  constructor(kernel: Kernel<Events>, name: string) {
    this.name = name
    this.#kernel = kernel
  }

  get clock(): Clock {
    return this.#kernel.clock
  }

  get bus(): EventBus<Events> {
    return this.#kernel.bus
  }

  random(stream = ''): RandomStream {
    return this.#kernel.random.stream(`${this.name}/${stream}`)
  }

  state<S>(name: string, initial: () => S): Slice<S> {
    return this.#kernel.slice(this.name, name, initial)
  }

  handle(topic: string, handler: Handler, options?: HandlerOptions): Topic {
    this.#kernel.register(this.name, topic, handler, options)
    return new ModuleTopic(this.#kernel, this.name, topic)
  }

  quietForm(topic: string, form: QuietForm): void {
    this.#kernel.quiet.register(this.name, topic, { quiet: form })
  }

  workQueue(name: string, reconcile: (key: string) => void, options: WorkQueueOptions = {}): WorkQueue {
    const topic = this.handle(name, (key) => {
      try {
        synchronous<unknown>(reconcile(key), `${this.name}/${name}: reconcile`)
      } catch (error) {
        if (!options.retryOn?.(error)) throw error
        const message = error instanceof Error ? error.message : String(error)
        this.log('error', `${name} "${key}" failed: ${message}`)
        this.#kernel.noteFailure(this.name, name, message)
        queue.addRateLimited(key)
      }
    })
    const failures = this.state<Failures>(`${name}/failures`, () => new Map())
    const queue: WorkQueue = new TopicWorkQueue(topic, failures, this.clock, options)
    return queue
  }

  log(level: KernelEvents['log']['level'], message: string): void {
    const bus = this.bus as unknown as EventBus
    if (bus.has('log')) bus.emit('log', { time: this.clock.now(), component: this.name, level, message })
  }
}

class ModuleTopic<Events extends KernelEvents> implements Topic {
  readonly owner: string
  readonly name: string
  readonly #kernel: Kernel<Events>
  readonly #prefix: string

  constructor(kernel: Kernel<Events>, owner: string, topic: string) {
    this.#kernel = kernel
    this.owner = owner
    this.name = topic
    this.#prefix = timerPrefix(owner, topic)
  }

  /**
   * Wakes the handler. A message to a stopped module is dropped immediately rather than queued, since a fork,
   * in which the module was never set up, would drop it too.
   */
  wake(key: string, payload?: PlainData): void {
    if (this.#kernel.isStopped(this.owner)) return
    const entry = { owner: this.owner, topic: this.name, key }
    this.#kernel.ready.add(payload === undefined ? entry : { payload, ...entry })
  }

  wakeAfter(key: string, after: Duration, options: TimerOptions = {}): void {
    if (this.#kernel.isStopped(this.owner)) return
    const { timers, clock } = this.#kernel
    const timer = {
      due: clock.now() + (typeof after === 'number' ? after : toMillis(after)),
      class: options.class ?? 'work',
      owner: this.owner,
      topic: this.name,
      key,
    } as const
    timers.set(options.payload === undefined ? timer : { payload: options.payload, ...timer }, this.#prefix)
  }

  cancel(key: string): boolean {
    const { timers, ready, quiet } = this.#kernel
    quiet.cancelled(this.owner, this.name, key)
    return timers.cancel(this.owner, this.name, key) || ready.removeTimed(this.owner, this.name, key)
  }

  dueAt(key: string): number | undefined {
    return this.#kernel.timers.get(this.owner, this.name, key)?.due
  }
}
