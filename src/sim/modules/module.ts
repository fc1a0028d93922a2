import type { Clock } from '../clock.js'
import type { EventBus, KernelEvents } from '../event-bus.js'
import type { RandomStream } from '../random.js'
import type { Handler, HandlerOptions, QuietForm, Slice, Topic } from './topic.js'
import type { WorkQueue, WorkQueueOptions } from './work-queue.js'

export type {
  Handler,
  HandlerOptions,
  QuietCalls,
  QuietForm,
  QuietLeap,
  Slice,
  StepRole,
  TimerOptions,
  Topic,
} from './topic.js'

/**
 * A part of the simulation. `setup` runs when the module starts, and again in each fork, restore and restart.
 */
export interface Module<H extends KernelHost = KernelHost> {
  readonly name: string
  /**
   * What the steps of this module concern besides through the apiserver: `node-1` for its kubelet and its
   * machine. What happens to one subject ends no quiet time of another. Default: everything.
   */
  readonly subject?: string
  /**
   * Registers handlers and acquires state. It must not depend on whether it runs for the first time: after a
   * fork or restore, existing state is returned by `host.state`, and everything else the module holds is a
   * cache to be rebuilt from it.
   */
  setup(host: H): void
  /**
   * Registers the quiet forms of periodic handlers ({@link KernelHost.quietForm}), so that they can join
   * quiet spells in a copy where nothing else has happened to the module. It may use nothing but state.
   * Default: the module is set up first.
   */
  doze?(host: H): void
}

/** The kernel as a module sees it. Names are scoped to the module. */
export interface KernelHost<Events extends KernelEvents = KernelEvents> {
  readonly name: string
  readonly clock: Clock
  readonly bus: EventBus<Events>
  /** Returns a random stream that belongs to the module. */
  random(stream?: string): RandomStream
  /** Returns the state slice of that name: the existing one after a fork or restore, else `initial()`. */
  state<S>(name: string, initial: () => S): Slice<S>
  /** Registers the handler of a topic. */
  handle(topic: string, handler: Handler, options?: HandlerOptions): Topic
  /** Registers the quiet form of a topic whose handler is registered later, see {@link Module.doze}. */
  quietForm(topic: string, form: QuietForm): void
  /** Creates a work queue whose contents, failure counts and delays are part of the kernel's state. */
  workQueue(name: string, reconcile: (key: string) => void, options?: WorkQueueOptions): WorkQueue
  log(level: KernelEvents['log']['level'], message: string): void
}
