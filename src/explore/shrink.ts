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

/** Leaves out actions that the violation does not need. */
export function withFewerActions(violation: Violation, options: ExploreOptions): Violation {
  for (const action of violation.actions) {
    const fewer = attempt(violation, options, {
      actions: violation.actions.filter((other) => other !== action),
    })
    if (fewer !== undefined) return withFewerActions(fewer, options)
  }
  return violation
}

/**
 * Looks for the same violation in a cluster with a node or a replica less, until there is none. `search`
 * explores a cluster. A violation with fewer choices is another one: the property asks for what the smaller
 * cluster does not have.
 */
export function inSmallerCluster(
  violation: Violation,
  search: (root: SimCluster) => Violation | undefined,
): Violation {
  for (const root of smallerClusters(violation.root)) {
    const found = search(root)
    const isSame =
      found?.failure.property === violation.failure.property &&
      found.choices.length >= violation.choices.length
    if (isSame) return inSmallerCluster(found, search)
  }
  return violation
}

const WORKLOADS = ['deployments', 'statefulsets'] as const

/** Yields forks of a cluster at rest that have one node, or one replica of a workload, less. */
function* smallerClusters(cluster: SimCluster): Generator<SimCluster, void> {
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
