import { EventEmitter } from 'eventemitter3'

/** The events that the kernel emits. */
export interface KernelEvents {
  /** A handler call has ended. */
  step: { readonly time: number; readonly owner: string; readonly topic: string; readonly key: string }
  /** A component has written a line to its log. */
  log: {
    readonly time: number
    readonly component: string
    readonly level: 'info' | 'warning' | 'error'
    readonly message: string
  }
}

/**
 * The typed event bus. Everything observable is emitted on it. Observers are called synchronously in the
 * order of subscription and must not change the outcome of the simulation.
 */
export class EventBus<Events extends object = KernelEvents> {
  readonly #emitter = new EventEmitter()

  /** Calls `listener` for each event of that name. Returns a function that ends the subscription. */
  on<Name extends keyof Events & string>(name: Name, listener: (event: Events[Name]) => void): () => void {
    this.#emitter.on(name, listener)
    return () => void this.#emitter.off(name, listener)
  }

  /**
   * Returns whether an event has listeners, so that a hot path can skip building one without
   * receivers.
   */
  has(name: keyof Events & string): boolean {
    return this.#emitter.listenerCount(name) > 0
  }

  emit<Name extends keyof Events & string>(name: Name, event: Events[Name]): void {
    this.#emitter.emit(name, event)
  }
}
