import type { SimCluster } from '../cluster/sim-cluster.js'
import type { ClusterSnapshotJson } from '../cluster/storage/snapshot.js'
import type { Choice } from './execution/choice.js'
import type { ExplorationCoverage } from './properties/coverage.js'
import type { Execution } from './execution/execution.js'
import type { Failure } from './execution/failure.js'

/** A run that violates a property. JSON: keep it in a file, and replay it in another process. */
export interface CounterExample {
  readonly version: 1
  /** The cluster before the first action. */
  readonly root: ClusterSnapshotJson
  readonly choices: readonly Choice[]
  /** Names of the actions that the violation needs. */
  readonly actions: readonly string[]
  /** Names of the components that the cluster was given, and of the clients. */
  readonly components: readonly string[]
  /** Of those, the ones that start anew at the beginning, since they keep state in closures. */
  readonly anew?: readonly string[]
  /** Whether actions that may come at any time wait, though no choice lets the user act. */
  readonly waits?: boolean
  readonly property: string
  /** What was found. */
  readonly message: string
  /** Number of steps after which the state repeats for ever, if it does. */
  readonly cycle?: number
  /** The steps of the run, if there are clients: a replay that does others is an error. */
  readonly steps?: readonly string[]
  /** Trace hash at the violation. */
  readonly traceHash: string
}

/**
 * `holds`: every run within the bounds of the options was made, or reaches a state that another run reaches.
 * `sampled`: no violation in the runs that were made, and not all were. `violated`: there is a
 * counter-example. `does not come to rest`: there is one, and its run never ends. `vacuous`: the runs say
 * nothing of the properties, see {@link ExplorationResult.reason}. `budget`: the budget was used up before.
 */
export type Verdict = 'holds' | 'sampled' | 'violated' | 'does not come to rest' | 'vacuous' | 'budget'

/** The result of `explore()`. */
export interface ExplorationResult {
  readonly verdict: Verdict
  /** Why the verdict is `vacuous`. */
  readonly reason?: string
  /** What makes the verdict weaker than it looks. */
  readonly warnings: readonly string[]
  /** Runs that were made. */
  readonly schedules: number
  /** Different states in which runs were, between two steps and at rest. */
  readonly states: number
  readonly coverage: ExplorationCoverage
  readonly counterExample?: CounterExample
  /** The counter-example, told line by line, see `narrate()`. */
  readonly story?: string
  /**
   * Plays the counter-example. Returns the cluster in the state of the violation. @throws Error if there is
   * none
   */
  readonly replay: () => SimCluster
}

/** The result of `explore()` with clients. */
export interface ClientExplorationResult extends Omit<ExplorationResult, 'replay'> {
  /** Like {@link ExplorationResult.replay}. The clients are stopped at the end. */
  readonly replay: () => Promise<SimCluster>
}

/** A violation, and the run in which it was found. */
export interface FoundViolation {
  readonly failure: Failure
  readonly choices: readonly Choice[]
  readonly execution: Execution
  /** The steps of the run, if there are clients. */
  readonly steps?: readonly string[]
}

/** How a search ended. */
export type SearchEnd =
  | { readonly verdict: 'holds' | 'sampled' | 'budget' }
  | { readonly verdict: 'violated'; readonly found: FoundViolation }
