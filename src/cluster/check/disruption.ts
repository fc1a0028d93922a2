import type { Pod } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { selectorMatches } from '../../api/selectors/labels.js'
import type { SimCluster } from '../sim-cluster.js'
import type { VersionFinding } from './finding.js'
import { type Loaded, ofKind } from './load.js'
import { findingAt } from './read-manifests.js'

const keyOf = ({
  namespace = '',
  name = '',
}: {
  readonly namespace?: string
  readonly name?: string
}): string => `${namespace}/${name}`

/** The pods that a budget protects. */
const podsOf = (cluster: SimCluster, budget: PodDisruptionBudget): readonly Pod[] =>
  cluster.state
    .peek('pods', { namespace: budget.metadata.namespace ?? '' })
    .filter(({ metadata }) => selectorMatches(budget.spec?.selector, metadata.labels ?? {}))

/** Drains each node in turn, on copies, and returns the budgets that let none of their nodes be drained. */
export function findBlockedDrains(cluster: SimCluster, loaded: readonly Loaded[]): readonly VersionFinding[] {
  const budgets = ofKind(loaded, 'PodDisruptionBudget').flatMap((each) => {
    const stored = cluster.state
      .peek('poddisruptionbudgets')
      .find(({ metadata }) => keyOf(metadata) === keyOf(each.object.metadata))
    const { expectedPods = 0, currentHealthy = 0 } = stored?.status ?? {}
    // whose pods are not there has been told
    return stored === undefined || expectedPods === 0 || currentHealthy < expectedPods
      ? []
      : [
          {
            loaded: each,
            budget: stored,
            nodes: new Set(podsOf(cluster, stored).map(({ spec }) => spec.nodeName)),
          },
        ]
  })
  const names = cluster.nodes().map(({ name }) => name)
  if (budgets.length === 0 || names.length < 2) return []
  const blockedBy = new Map<(typeof budgets)[number], string[]>()
  for (const node of names) {
    const concerned = budgets.filter(({ nodes }) => nodes.has(node))
    if (concerned.length === 0) continue
    const copy = cluster.fork()
    const { exitCode } = copy
      .node(node)
      .drain({ ignoreDaemonSets: true, deleteEmptyDirData: true, force: true, timeout: '5m' })
    if (exitCode === 0) continue
    for (const each of concerned)
      if (podsOf(copy, each.budget).some((pod) => pod.spec.nodeName === node && !isDaemon(pod)))
        blockedBy.set(each, [...(blockedBy.get(each) ?? []), node])
  }
  return [...blockedBy].map(
    ([
      {
        loaded: { source },
        budget,
        nodes,
      },
      blocked,
    ]) => {
      const { currentHealthy = 0, desiredHealthy = 0 } = budget.status
      const isEvery = blocked.length === nodes.size
      return findingAt(source, {
        rule: 'blocked-drain',
        severity: isEvery ? 'error' : 'warning',
        message:
          `blocks ${isEvery ? 'every drain of a node with its pods' : 'the drain'} ` +
          `(${blocked.join(', ')}): ` +
          `${currentHealthy} are healthy, ${desiredHealthy} must be`,
        line: source.lines.ofPath(['spec']),
      })
    },
  )
}

const isDaemon = ({ metadata }: Pod): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true

/** Services by `namespace/name`, with the pods that are their ready endpoints. */
function readyEndpoints(cluster: SimCluster): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { metadata, endpoints } of cluster.state.peek('endpointslices') as readonly EndpointSlice[]) {
    const key = `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`
    for (const { conditions, targetRef } of endpoints ?? [])
      if (conditions.ready !== false) found.set(key, [...(found.get(key) ?? []), targetRef?.name ?? ''])
  }
  return found
}

/** After which a dead node's endpoints are no longer ready, and after which its pods have been replaced. */
const NOTICED = '2m'
const REPLACED = '8m'

/** Crashes each node in turn, on copies, and returns the Services that lose all their endpoints. */
export function findSinglePoints(cluster: SimCluster, loaded: readonly Loaded[]): readonly VersionFinding[] {
  const services = ofKind(loaded, 'Service')
  const before = readyEndpoints(cluster)
  const watched = services.filter(({ object }) => before.has(keyOf(object.metadata)))
  const names = cluster.nodes().map(({ name }) => name)
  if (watched.length === 0 || names.length < 2) return []
  const lost = new Map<Loaded, { readonly nodes: string[]; returns: boolean }>()
  for (const node of names) {
    const copy = cluster.fork()
    copy.node(node).crash()
    copy.advance(NOTICED)
    const after = readyEndpoints(copy)
    const without = watched.filter(({ object }) => !after.has(keyOf(object.metadata)))
    if (without.length === 0) continue
    copy.advance(REPLACED)
    const later = readyEndpoints(copy)
    for (const each of without) {
      const known = lost.get(each) ?? { nodes: [], returns: true }
      known.nodes.push(node)
      if (!later.has(keyOf(each.object.metadata))) known.returns = false
      lost.set(each, known)
    }
  }
  return [...lost].map(([{ source, object }, { nodes, returns }]) => {
    const pods = before.get(keyOf(object.metadata)) ?? []
    const all =
      pods.length === 1 ? 'its only ready pod runs there' : `all its ${pods.length} ready pods run there`
    return findingAt(source, {
      rule: 'single-point-of-failure',
      severity: 'warning',
      message:
        `loses all its endpoints if ${nodes.join(' or ')} dies: ${all}; ` +
        (returns ? 'others replace them after some six minutes' : 'nothing replaces them within ten minutes'),
    })
  })
}
