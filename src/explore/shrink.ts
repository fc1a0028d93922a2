import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Choice } from './choice.js'
import type { ExploredAction, ExploreOptions } from './options.js'
import { type Failure, Properties } from './properties.js'
import { replayed } from './replay.js'

/** A run that violates a property, on its way to a counter-example. */
export interface Violation {
  /** The cluster before the first action. */
  readonly root: SimCluster
  readonly choices: readonly Choice[]
  readonly actions: readonly ExploredAction[]
  readonly failure: Failure
  readonly traceHash: string
}

/** Plays a violation with other choices or actions; undefined if the same property holds then. */
function attempt(
  { root, choices, actions, failure }: Violation,
  options: ExploreOptions,
  change: Partial<Pick<Violation, 'choices' | 'actions'>>,
): Violation | undefined {
  const next = { choices, actions, ...change }
  const properties = new Properties(root, options)
  const needed = { ...options, actions: next.actions }
  // the first run to end is the one that others are compared with
  if (options.sameAs !== undefined) replayed(root, needed, [], properties)
  const end = replayed(root, needed, next.choices, properties)
  if (end.failure?.property !== failure.property) return undefined
  return { root, ...next, failure: end.failure, traceHash: end.execution.cluster.state.traceHash() }
}

/** Leaves out choices until the property would hold without any one of the rest. */
export function withFewerChoices(violation: Violation, options: ExploreOptions): Violation {
  let found = violation
  for (let at = violation.choices.length - 1; at >= 0; at--) {
    const choices = found.choices.filter((_, nth) => nth !== at)
    found = attempt(found, options, { choices }) ?? found
  }
  return found === violation ? found : withFewerChoices(found, options)
}

/**
 * Leaves out actions that the violation does not need. If it then needs fewer choices, it is another one: the
 * property asks for what no one has done.
 */
export function withFewerActions(violation: Violation, options: ExploreOptions): Violation {
  for (const action of violation.actions) {
    const fewer = attempt(violation, options, {
      actions: violation.actions.filter((other) => other !== action),
    })
    if (fewer !== undefined && withFewerChoices(fewer, options).choices.length === fewer.choices.length)
      return withFewerActions(fewer, options)
  }
  return violation
}

/** What a violation is looked for in: a cluster, and what the user does. */
export type ShrinkScope = Pick<Violation, 'root' | 'actions'>

/**
 * Looks for the same violation without an action, or in a cluster with a node or a replica less, until there
 * is none. `search` explores such a scope. A violation with fewer choices is another one: the property asks
 * for what the smaller scope does not have.
 */
export function inSmallerScope(
  violation: Violation,
  search: (scope: ShrinkScope) => Violation | undefined,
): Violation {
  for (const scope of smallerScopes(violation)) {
    const found = search(scope)
    if (isSame(found, violation)) return inSmallerScope(found, search)
  }
  return violation
}

/** Yields what has an action, a node or a replica less. */
export function* smallerScopes({ root, actions }: ShrinkScope): Generator<ShrinkScope, void> {
  for (const action of actions.length > 1 ? actions : [])
    yield { root, actions: actions.filter((other) => other !== action) }
  for (const smaller of smallerClusters(root)) yield { root: smaller, actions }
}

/** Whether what was found in a smaller scope is the violation that was looked for. */
export const isSame = (found: Violation | undefined, violation: Violation): found is Violation =>
  found?.failure.property === violation.failure.property && found.choices.length >= violation.choices.length

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
