import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Duration } from '../sim/duration.js'
import type { Invariant } from '../testing/invariant.js'

/** Something that a user does in the course of a run. */
export interface ExploredAction {
  readonly name: string
  readonly do: (cluster: SimCluster) => unknown
  /**
   * `start`: before the first step. `rest`: when everything before it has come to rest. `any`: at the start,
   * and explored at every later step. Default `start`.
   */
  readonly at?: 'start' | 'rest' | 'any'
}

/**
 * How many deviations of each kind one run may have. Those of requests concern the requests of components
 * that are named by `of`, by default of all.
 */
export interface Faults {
  /** A component is killed between two steps, or after one of its requests, and starts again. */
  readonly crash?: number
  /** A write is executed, and its response is lost. */
  readonly lostAnswer?: number
  /** A request times out without being executed. */
  readonly timeout?: number
  /** A write is refused with 409 Conflict. */
  readonly conflict?: number
  /** A request fails with 500. */
  readonly error?: number
  /** A node crashes, and stays down. */
  readonly nodeCrash?: number
  /**
   * A component with informers of its own starts again, on a list that is as old as the root and stays so for
   * a minute: it was connected to another apiserver, whose cache lags behind.
   */
  readonly timeTravel?: number
  /**
   * The watches of a client are cut for a minute, and then end with 410 Gone, so that it lists again and
   * misses what was in between. Only for `clients`.
   */
  readonly unobserved?: number
  /** Names of components, or of processes, that the faults may concern. Default: all. */
  readonly of?: readonly string[]
}

/** How runs are chosen. */
export type Search =
  /** All runs with up to that many delays, fewest first. */
  | { readonly delays: number }
  /** Random priorities of the processes, changed `pct - 1` times in a run. */
  | { readonly pct: number; readonly runs: number }
  /** All runs, with any number of delays. */
  | 'exhaustive'

/** A property that must hold within some virtual time after the start. */
export interface Eventually {
  /** Default `eventually`. */
  readonly name?: string
  readonly holds: (cluster: SimCluster) => boolean
  /** Default 30m. */
  readonly within?: Duration
}

/** A property that must hold after every step: an invariant, or a function that returns what is wrong. */
export type Always =
  | Invariant
  | { readonly name: string; readonly holds: (cluster: SimCluster) => string | boolean | undefined | void }

/** Options of `explore()`. */
export interface ExploreOptions {
  /** What the user does, in this order. Default: nothing, so that only pending work is explored. */
  readonly actions?: readonly ExploredAction[]
  /** Default `{ delays: 1 }`. */
  readonly search?: Search
  /**
   * Virtual time in which periodic work (watchdog timers) is explored, too. Default 0: a run ends when
   * nothing but that is pending.
   */
  readonly time?: Duration
  /** Components that may pause, once in a run, and for how long: none of their steps runs. Default: none. */
  readonly lag?: { readonly of: readonly string[]; readonly max: Duration }
  /** Default: none. */
  readonly faults?: Faults
  /** How many requests of a run may be preceded by all other ready work. Default 0. */
  readonly preempt?: number
  readonly always?: readonly Always[]
  readonly eventually?: readonly Eventually[]
  /** Whether every run must end in the state in which the undisturbed one ends. */
  readonly sameAs?: 'faultless'
  /**
   * When to give up: after that many runs, or after that time of the real clock. Default: 10,000 runs, no
   * limit in time.
   */
  readonly budget?: { readonly schedules?: number; readonly time?: Duration }
  /** Seed of random priorities. Default 1. */
  readonly seed?: number
}
