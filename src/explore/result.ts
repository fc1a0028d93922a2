import type { ClusterSnapshotJson } from '../cluster/storage/snapshot.js'
import type { Choice } from './choice.js'
import type { Violation } from './shrink.js'

/** A run that violates a property. JSON: keep it in a file, and replay it in another process. */
export interface CounterExample {
  readonly version: 1
  /** The cluster before the first action. */
  readonly root: ClusterSnapshotJson
  readonly choices: readonly Choice[]
  /** Names of the actions that the violation needs. */
  readonly actions: readonly string[]
  readonly property: string
  /** What was found. */
  readonly message: string
  /** Trace hash at the violation. */
  readonly traceHash: string
}

/** Returns a violation as JSON, for a file and for another process. */
export function counterExampleOf(violation: Violation): CounterExample {
  const { root, choices, actions, failure, traceHash } = violation
  return {
    version: 1,
    root: root.toJSON(),
    choices,
    actions: actions.map(({ name }) => name),
    ...failure,
    traceHash,
  }
}

/** The result of `explore()`. */
export interface ExplorationResult {
  /**
   * `holds within bounds`: every run within the bounds of the options was made, or reaches a state that
   * another run reaches. `sampled`: no violation in the runs that were made, and not all were. `budget`: the
   * budget was used up before.
   */
  readonly verdict: 'holds within bounds' | 'sampled' | 'violated' | 'budget'
  /** Runs that were made. */
  readonly schedules: number
  /** Different states in which runs were, between two steps and at rest. */
  readonly states: number
  /** Decisions at which a run could have deviated, and deviations that were made, by kind. */
  readonly coverage: { readonly decisions: number; readonly deviations: Readonly<Record<string, number>> }
  readonly counterExample?: CounterExample
}
