import type { Duration } from '../duration.js'
import type { PlainData, ReadonlyData } from '../data/plain-data.js'
import type { TimerClass } from '../timers.js'

/**
 * A mutable holder of one state slice. The module may change `value` in place or replace it, but must get it
 * anew in every step: copies of a simulation share values until one of them is looked at.
 */
export interface Slice<S> {
  value: S
  /** The value, for reading only. It costs nothing, while a copy of a simulation copies its `value` first. */
  readonly peek: ReadonlyData<S>
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
  /** Runs the handler for `key` after a span of virtual time, replacing a pending timer of that key. */
  wakeAfter(key: string, after: Duration, options?: TimerOptions): void
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
   * Returns the calls of a quiet spell, given that the handler did nothing but set its next timer the last
   * time, and that nothing has happened since; undefined if it may find something to do.
   */
  join(): QuietCalls | undefined
  /**
   * What can give the handler something to do, besides what may concern everything: whatever happens; only
   * what happens to the subject of its module, see `Module.subject`; or nothing. Default `all`.
   */
  readonly heeds?: 'all' | 'subject' | 'none'
  /** Other subjects that it heeds besides that of its module. Default: none. */
  readonly subjects?: readonly string[]
  /**
   * Whether each key of the topic finds its own things to do, so that one that found nothing says nothing of
   * the others. Default false.
   */
  readonly byKey?: boolean
}

/** The calls of a periodic handler in a quiet spell: nothing else runs or looks until they have left it. */
export interface QuietCalls {
  /** The virtual ms from which a call may find something to do. Default: never. */
  readonly until?: number
  /**
   * Whether a call at `now` (virtual ms) would do nothing but set the next timer. Changes nothing. Default:
   * always.
   */
  accepts?(now: number): boolean
  /** Makes a call at `now`, and returns the virtual ms of the next one. */
  call(now: number): number
  /** Leaves the handler's state as the calls would have, if there were any. */
  leave?(): void
  /** Part in the leaps of a long spell. Default: none, so that the spell cannot leap over a call. */
  readonly leap?: QuietLeap
}

/**
 * The part of a handler in a leap, in which each one makes all its calls one after another while those
 * of the others wait. They see neither the others nor the clock; later calls make up for what they leave.
 */
export interface QuietLeap {
  /** The virtual ms of {@link QuietCalls.call} after which nothing tells that calls before were leapt. */
  readonly settles: number
  /** Whether no call before `until` (virtual ms) finds anything to do. Default: none ever does. */
  mayReach?(until: number): boolean
  /**
   * Makes a call at `now`, and returns the virtual ms of the next one. Default: each call is made between two
   * leaps, when all others have made theirs.
   */
  next?(now: number): number
}

/** Options of `Host.handle`. */
export interface HandlerOptions {
  /** Default: every call is a step. */
  readonly quiet?: QuietForm
  /**
   * Whether a step that a heartbeat has woken changes nothing that quiet handlers depend on: an informer
   * takes notice of it. Default false.
   */
  readonly passive?: boolean
  /**
   * What its steps are, for a search of runs: an `informer` takes notice of what has happened; `routine` work
   * comes periodically and finds nothing to do, so that nothing is decided before it. Default: `informer` if
   * it is passive, `routine` if it has a quiet form, else neither.
   */
  readonly role?: StepRole
}

/** See {@link HandlerOptions.role}. */
export type StepRole = 'informer' | 'routine'
