import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Choice } from '../execution/choice.js'
import type { ExploredAction } from '../options.js'
import type { Failure } from '../execution/failure.js'
import { Properties } from '../properties/properties.js'
import { isSameFailure, type Playing } from './run.js'
import { COMES_TO_REST } from '../execution/no-rest.js'
import { playRun } from './play-run.js'
import type { ExploreScope } from '../scope.js'

/** A run that violates a property, on its way to a counter-example. */
export interface ViolatingRun {
  readonly scope: ExploreScope
  readonly choices: readonly Choice[]
  readonly failure: Failure
  readonly traceHash: string
  /** The steps of the run, if there are clients. */
  readonly steps?: readonly string[]
}

/** Returns a scope in which the user does other things. */
const withActions = (scope: ExploreScope, actions: readonly ExploredAction[]): ExploreScope => ({
  ...scope,
  options: { ...scope.options, actions },
})

/** Plays choices from the start of a scope. Returns the violation, if it is the one that is looked for. */
export function* reproduced(
  scope: ExploreScope,
  choices: readonly Choice[],
  failure: Failure | undefined,
): Playing<ViolatingRun | undefined> {
  const properties = new Properties(scope)
  // the first run to end is the one that others are compared with
  if (scope.options.sameAs !== undefined && choices.length > 0)
    yield* playRun(scope, properties, { choices: [] })
  const findsCycles = failure?.property === COMES_TO_REST
  const end = yield* playRun(scope, properties, { choices, findsCycles })
  if (end.failure === undefined || (failure !== undefined && !isSameFailure(end.failure, failure)))
    return undefined
  return { scope, choices, failure: end.failure, traceHash: end.execution.cluster.state.traceHash() }
}

/** Leaves out choices until the property would hold without any one of the rest. */
export function* withFewerChoices(violation: ViolatingRun): Playing<ViolatingRun> {
  let found = violation
  for (let at = violation.choices.length - 1; at >= 0; at--) {
    const choices = found.choices.filter((_, nth) => nth !== at)
    found = (yield* attempt(found.scope, choices, found.failure)) ?? found
  }
  return found === violation ? found : yield* withFewerChoices(found)
}

/**
 * Leaves out actions that the violation does not need. Without them, the undisturbed run must hold: else the
 * property only lacks what nobody has asked for.
 */
export function* withFewerActions(violation: ViolatingRun): Playing<ViolatingRun> {
  const { options } = violation.scope
  if (mayLackAsking(violation)) return violation
  for (const action of options.actions ?? []) {
    const scope = withActions(
      violation.scope,
      (options.actions ?? []).filter((other) => other !== action),
    )
    if (violation.choices.length > 0 && !(yield* holdsUndisturbed(scope))) continue
    const fewer = yield* attempt(scope, violation.choices, violation.failure)
    if (fewer !== undefined) return yield* withFewerActions(fewer)
  }
  return violation
}

/** Whether the undisturbed run is the violation, of something that must come about. */
const mayLackAsking = ({ choices, failure }: ViolatingRun): boolean =>
  choices.length === 0 && failure.isEventual === true

function* holdsUndisturbed(scope: ExploreScope): Playing<boolean> {
  try {
    return (yield* reproduced(scope, [], undefined)) === undefined
  } catch {
    return false // an action or a property needs what was left out
  }
}

/** Like {@link reproduced}; what cannot be played is another violation. */
function* attempt(
  scope: ExploreScope,
  choices: readonly Choice[],
  failure: Failure,
): Playing<ViolatingRun | undefined> {
  try {
    return yield* reproduced(scope, choices, failure)
  } catch {
    return undefined
  }
}

/**
 * Looks for the same violation without an action, or in a cluster with a node or a replica less, until there
 * is none. `search` explores such a scope. A violation with fewer choices is another one: the property asks
 * for what the smaller scope does not have.
 */
export function* inSmallerScope(
  violation: ViolatingRun,
  search: (root: SimCluster, actions: readonly ExploredAction[]) => Playing<ViolatingRun | undefined>,
): Playing<ViolatingRun> {
  for (const { root, actions } of smallerScopes(violation)) {
    const found = yield* search(root, actions)
    if (isSame(found, violation)) return yield* inSmallerScope(found, search)
  }
  return violation
}

/** Yields what has an action, a node or a replica less. */
function* smallerScopes(
  violation: ViolatingRun,
): Generator<{ readonly root: SimCluster; readonly actions: readonly ExploredAction[] }, void> {
  const { root, options } = violation.scope
  const { actions = [] } = options
  if (!mayLackAsking(violation))
    for (const action of actions.length > 1 ? actions : [])
      yield { root, actions: actions.filter((other) => other !== action) }
  for (const smaller of smallerClusters(root)) yield { root: smaller, actions }
}

/** Whether what was found in a smaller scope is the violation that was looked for. */
const isSame = (found: ViolatingRun | undefined, violation: ViolatingRun): found is ViolatingRun =>
  isSameFailure(found?.failure, violation.failure) &&
  (found?.choices.length ?? -1) >= violation.choices.length

/** The fewest runs in which a violation is looked for in a smaller scope. */
const FEWEST = 50

/** The budget of a search in a smaller scope: as many runs as the violation took. */
export const budgetInSmaller = ({ schedules }: { readonly schedules: number }): { schedules: number } => ({
  schedules: Math.max(schedules, FEWEST),
})

const WORKLOADS = ['deployments', 'statefulsets'] as const

/**
 * Yields forks of a cluster at rest that have one node, or one replica of a workload, less. An autoscaler may
 * bring back what was taken away: such a fork is not smaller.
 */
function* smallerClusters(cluster: SimCluster): Generator<SimCluster, void> {
  for (const fork of reduced(cluster)) if (sizeOf(fork) < sizeOf(cluster)) yield fork
}

function sizeOf(cluster: SimCluster): number {
  let size = cluster.nodes().length
  for (const resource of WORKLOADS)
    for (const { spec } of cluster.list(resource).items) size += spec.replicas ?? 1
  return size
}

function* reduced(cluster: SimCluster): Generator<SimCluster, void> {
  const nodes = cluster.nodes()
  for (const { name } of nodes.length > 1 ? nodes.toReversed() : [])
    yield changed(cluster, (fork) => fork.node(name).remove())
  for (const resource of WORKLOADS)
    for (const { metadata, spec } of cluster.list(resource).items) {
      const { replicas = 1 } = spec
      if (replicas < 2) continue
      yield changed(cluster, (fork) =>
        fork.patch(resource, metadata, { type: 'merge', body: { spec: { replicas: replicas - 1 } } }),
      )
    }
}

/** Returns a fork after a change, at rest if it can be. */
function changed(cluster: SimCluster, change: (fork: SimCluster) => unknown): SimCluster {
  const fork = cluster.fork()
  change(fork)
  fork.advance('15m')
  return cluster.state.atRest ? fork.settle() : fork
}
