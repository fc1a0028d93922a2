import type { PlainData } from './plain-data.js'
import type { TimerClass } from './timers.js'

/** A mutable holder of one state slice. The module may change `value` in place or replace it. */
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
  /** Runs the handler for `key` in its turn. Does nothing if the key is already waiting. */
  wake(key: string, payload?: PlainData): void
  /** Runs the handler for `key` after `ms` of virtual time, replacing a pending timer of that key. */
  wakeAfter(key: string, ms: number, options?: TimerOptions): void
  /** Cancels a pending timer. Returns whether there was one. */
  cancel(key: string): boolean
  /** Returns the virtual ms at which the pending timer of `key` fires. */
  dueAt(key: string): number | undefined
}

/** The handler of a topic. */
export type Handler = (key: string, payload: PlainData) => void
