import type { PlainData } from './plain-data.js'
import type { TimerClass } from './timers.js'

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
