import type { Clock } from './clock.js'
import type { EventBus, KernelEvents } from './event-bus.js'
import type { RandomStream } from './random.js'
import type { Handler, Slice, Topic } from './topic.js'
import type { WorkQueue, WorkQueueOptions } from './work-queue.js'

export type { Handler, Slice, TimerOptions, Topic } from './topic.js'

/**
 * A part of the simulation. `setup` runs once when the module starts, and again in each fork, restore and
 * restart.
 */
export interface Module<H extends Host = Host> {
  readonly name: string
  /**
   * Registers handlers and takes hold of state. Must not decide anything from "is this the first time": state
   * that exists already (after a fork or restore) comes back from `host.state`, everything else held by the
   * module is a cache to rebuild from it.
   */
  setup(host: H): void
}

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
