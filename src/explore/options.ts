import type { Component } from '../client/component.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Duration } from '../sim/duration.js'
import type { Invariant } from '../testing/invariant.js'

/** Something that a user does in the course of a run. */
export interface ExploredAction {
  readonly name: string
  /** Does it. A kubectl command that fails at once in the undisturbed run is an error of the exploration. */
  readonly do: (cluster: SimCluster) => unknown
  /**
   * `start`: before the first step. `rest`: when everything before it has come to rest. `any`: at the start,
   * and explored at every later step, and before every later request of a component under test.
   * @default `start`
   */
  readonly at?: 'start' | 'rest' | 'any'
}

/**
 * How many deviations of each kind one run may have. Those of requests concern the requests of components
 * that are named by `of`, by default of all.
 */
export interface Faults {
  /** A process is killed between two steps, or after one of its requests, and starts again. */
  readonly crash?: number
  /** A write is executed, and its response is lost. */
  readonly lostResponse?: number
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
   * The watches of a component with informers of its own break for a minute, and then it lists again: it
   * never sees what was in between.
   */
  readonly unobserved?: number
  /**
   * Names of components, or of processes, that the faults may concern.
   * @default all
   */
  readonly of?: readonly string[]
}

/**
 * A way in which controllers fail. `intermediate`: it dies after one of its writes, and starts again.
 * `stale`: it starts again, and lists from an apiserver that is behind. `unobserved`: its watches break, and
 * it misses a state. Source: Sun et al., Automatic Reliability Testing for Cluster Management Controllers.
 */
export type Pattern = 'intermediate' | 'stale' | 'unobserved'

/** How runs are chosen. */
export type Search =
  /** All runs with up to that many delays, fewest first. */
  | { readonly delays: number }
  /**
   * Random priorities of the processes, changed `pct - 1` times in a run, and as many divided batches and
   * interruptions.
   */
  | { readonly pct: number; readonly runs: number }
  /**
   * One run for each place of the undisturbed run at which a fault of these patterns fits, at most `runs` of
   * them (default 100), drawn at random.
   */
  | { readonly patterns: readonly Pattern[]; readonly runs?: number }
  /** All runs, with any number of delays. */
  | 'exhaustive'

/** How long it may take until an {@link Eventually} holds. */
export const DEFAULT_WITHIN = '30m'

/**
 * A property that must hold within some virtual time after the start, or, if that is later, after the last
 * action and the last deviation; what keeps a component waiting ends with its pause or its outage.
 */
export interface Eventually {
  /** @default `eventually` */
  readonly name?: string
  readonly holds: (cluster: SimCluster) => boolean
  /** @default 30m */
  readonly within?: Duration
}

/**
 * A property that must hold after every step: an invariant, or a function that returns what is wrong,
 * `false`, or, if nothing is, `true` or nothing.
 */
export type Always =
  | Invariant
  | { readonly name: string; readonly holds: (cluster: SimCluster) => string | boolean | undefined | void }

/** Options of `explore()`. At least one of `always`, `eventually` and `sameAs` is needed. */
export interface ExploreOptions {
  /**
   * What the user does, in this order.
   * @default nothing, so that only pending work is explored
   */
  readonly actions?: readonly ExploredAction[]
  /** @default `{ delays: 1 }` */
  readonly search?: Search
  /**
   * Virtual time in which periodic work (watchdog timers) is explored, too.
   * @default 0: a run ends when nothing but that is pending
   */
  readonly time?: Duration
  /**
   * Components that may pause, once in a run, and for how long: none of their steps runs. One under test may
   * also stand still in the middle of a reconcile, before a request. An informer may pause alone, named by
   * its component or process and its resource: `informers/kube-controller-manager/pods`.
   * @default none
   */
  readonly lag?: { readonly of: readonly string[]; readonly max: Duration }
  /** @default none */
  readonly faults?: Faults
  /**
   * How many requests of a run may be interrupted: all else that is ready, the component's own informers
   * included, runs before the request is sent, or before its response arrives. The requests of components
   * under test are interrupted by `delays`, too.
   * @default 0
   */
  readonly preempt?: number
  /**
   * How watch events arrive. `batch`: all that wait, in one step, which a delay may divide. `one`: one in
   * each step.
   * @default `batch`
   */
  readonly events?: 'batch' | 'one'
  /**
   * How many workers each queue has. With two or more, other keys and other handlers of the same component
   * run where its request is interrupted.
   * @default 1
   */
  readonly workers?: number
  /**
   * The components whose requests are points at which a delay, a pause or the user may come in between.
   * @default those that the cluster was given (`components`), and the clients
   */
  readonly underTest?: readonly string[]
  readonly always?: readonly Always[]
  readonly eventually?: readonly Eventually[]
  /** Whether every run must end in the state in which the undisturbed one ends. */
  readonly sameAs?: 'faultless'
  /**
   * When to give up: after that many runs, or after that time of the real clock.
   * @default 10,000 runs, no limit in time
   */
  readonly budget?: { readonly schedules?: number; readonly time?: Duration }
  /**
   * Makes only a part of the runs: the undisturbed one, and of those that begin with the same deviation every
   * `of`th group, from the `index`th on, counted from 0. All shards together are the whole exploration, and
   * find what it finds; a shard alone may be `vacuous`. For `delays` and `exhaustive`.
   * @default all runs
   */
  readonly shard?: { readonly index: number; readonly of: number }
  /**
   * Seed of random priorities.
   * @default 1
   */
  readonly seed?: number
}

/**
 * Options of `replay()`, `narrate()` and `toSvg()`: those of `explore()`, which a counter-example cannot
 * contain because they are code, and what the cluster was made with.
 */
export interface ReplayOptions extends ExploreOptions {
  /** The components of the cluster that was explored. */
  readonly components?: readonly Component[]
  /** The images of the cluster that was explored, which JSON does not have. */
  readonly images?: ClusterOptions['images']
  /**
   * Stops before the decision with this number.
   * @default at the violation
   */
  readonly upTo?: number
}
