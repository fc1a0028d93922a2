import { EventEmitter } from 'eventemitter3'

/** What the kernel itself says on the bus. */
export interface KernelEvents {
  /** One handler call has ended. */
  step: { readonly time: number; readonly owner: string; readonly topic: string; readonly key: string }
  /** A line of a component's log. */
  log: {
    readonly time: number
    readonly component: string
    readonly level: 'info' | 'warning' | 'error'
    readonly message: string
  }
}

/**
 * The typed event bus. Everything observable goes over it; observers are called synchronously, in the order
 * of their subscription, and must not change the outcome of the simulation.
 */
export class EventBus<Events extends object = KernelEvents> {
  readonly #emitter = new EventEmitter()

  /** Calls `listener` for each event of that name; the answer ends the subscription. */
  on<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => void): () => void {
    this.#emitter.on(name, listener)
    return () => void this.#emitter.off(name, listener)
  }

  /** Whether anyone listens: lets a hot path avoid building an event that nobody reads. */
  has(name: keyof Events & string): boolean {
    return this.#emitter.listenerCount(name) > 0
  }

  emit<Name extends keyof Events & string>(name: Name, event: Events[Name]): void {
    this.#emitter.emit(name, event)
  }
}
