import type { PlainData } from './plain-data.js'
import type { TimerClass } from './timers.js'

/**
 * A mutable holder of one state slice. The module may change `value` in place or replace it, but must get it
 * anew in every step: copies of a simulation share values until one of them is looked at.
 */
export interface Slice<S> {
  value: S
}

/** Options of {@link Topic.wakeAfter}. */
export interface TimerOptions {
  /** Default `work`: `settle()` waits for the timer. */
  readonly class?: TimerClass
  readonly payload?: PlainData
}

/** A named handler of a module that can be woken now or later. */
export interface Topic {
  readonly owner: string
  readonly name: string
  /** Runs the handler for `key` in its turn. Does nothing if the key is already waiting. */
  wake(key: string, payload?: PlainData): void
  /** Runs the handler for `key` after `ms` of virtual time, replacing a pending timer of that key. */
  wakeAfter(key: string, ms: number, options?: TimerOptions): void
  /** Cancels a pending timer, or one that has come due and not run yet. Returns whether there was one. */
  cancel(key: string): boolean
  /** Returns the virtual ms at which the pending timer of `key` fires. */
  dueAt(key: string): number | undefined
}

/** The handler of a topic. */
export type Handler = (key: string, payload: PlainData) => void

/** The form of a periodic handler for times in which it finds nothing to do, see `QuietTime`. */
export interface QuietForm {
  /**
   * Whether the handler, called now, would do nothing but set its next timer, given that it did nothing else
   * the last time, and that nothing has happened since. Changes nothing.
   */
  accepts(): boolean
  /** Sets the next timer as the handler does. */
  run(): void
}

/** Options of `Host.handle`. */
export interface HandlerOptions {
  /** Default: every call is a step. */
  readonly quiet?: QuietForm
  /**
   * Steps that change nothing that quiet handlers depend on: those that a wake-up starts (an informer takes
   * notice of a write), or all. Default: none.
   */
  readonly passive?: 'woken' | 'always'
}
