import type { Clock } from './clock.js'
import type { EventBus, KernelEvents } from './event-bus.js'
import type { PlainData } from './plain-data.js'
import type { RandomStream } from './random.js'
import type { TimerClass } from './timers.js'
import type { WorkQueue, WorkQueueOptions } from './work-queue.js'

/** A part of the simulation. `setup` runs once when the module starts, and again in each fork, restore and restart. */
export interface Module<H extends Host = Host> {
  readonly name: string
  /**
   * Registers handlers and takes hold of state. Must not decide anything from "is this the first time": state that exists already
   * (after a fork or restore) comes back from `host.state`, everything else held by the module is a cache to rebuild from it.
   */
  setup(host: H): void
}

/** Mutable holder of one plain-data slice of state. The module may change `value` in place or replace it. */
export interface Slice<S> {
  value: S
}

/** Options of {@link Topic.wakeAfter}. */
export interface TimerOptions {
  /** Default `work`: `settle()` waits for it. */
  readonly class?: TimerClass
  readonly payload?: PlainData
}

/** A kind of thing that a module does: a named handler that can be woken now or later. */
export interface Topic {
  /** Runs the handler for `key` as soon as its turn comes; a key that waits already is not doubled. */
  wake(key: string, payload?: PlainData): void
  /** Runs it after `ms` of virtual time; replaces the timer that may be pending for that key. */
  wakeAfter(key: string, ms: number, options?: TimerOptions): void
  /** Takes back a pending timer; answers whether there was one. */
  cancel(key: string): boolean
  /** Virtual ms at which the pending timer of `key` fires. */
  dueAt(key: string): number | undefined
}

/** Handler of a topic. */
export type Handler = (key: string, payload: PlainData) => void

/** What the kernel gives to a module. Everything is under the module's own name. */
export interface Host<Events extends KernelEvents = KernelEvents> {
  readonly name: string
  readonly clock: Clock
  readonly bus: EventBus<Events>
  /** A random stream of the module's own. */
  random(stream?: string): RandomStream
  /** The slice of that name: what was there before (fork, restore), else `initial()`. */
  state<S>(name: string, initial: () => S): Slice<S>
  /** Registers the handler of a topic. */
  handle(topic: string, handler: Handler): Topic
  /** A work queue whose contents, failures and delays are data of the kernel. */
  workQueue(name: string, reconcile: (key: string) => void, options?: WorkQueueOptions): WorkQueue
  log(level: KernelEvents['log']['level'], message: string): void
}
