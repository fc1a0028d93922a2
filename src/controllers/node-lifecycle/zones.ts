import { nodeCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition } from '../../api/core/generated.js'
import type { NodeLifecycleSettings } from './options.js'
import { NOT_READY, UNREACHABLE, hasTaint } from './taints.js'

/** `Initial`: no pass has looked at the zone yet. */
export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption'

/** How many nodes of a zone are ready, of those that count. */
export interface ZoneCount {
  ready: number
  notReady: number
}

/**
 * The zone of a node by its region and zone labels, '' without any. Source: component-helpers node/topology
 * GetZoneKey.
 */
export function zoneKeyOf(node: Node): string {
  const labels = node.metadata.labels ?? {}
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  const region =
    labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  return zone === '' && region === '' ? '' : `${region}:\u0000:${zone}`
}

/** Source: node_lifecycle_controller.go ComputeZoneState. */
export function computeZoneState({ ready, notReady }: ZoneCount, unhealthyZoneThreshold: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  if (notReady > 2 && notReady / (notReady + ready) >= unhealthyZoneThreshold) return 'PartialDisruption'
  return 'Normal'
}

/** NoExecute taints per second in a zone of that state, while not all zones are fully disrupted. */
export function evictionRateOf(state: ZoneState, size: number, settings: NodeLifecycleSettings): number {
  if (state !== 'PartialDisruption') return settings.evictionRate
  return size > settings.largeClusterSizeThreshold ? settings.secondaryEvictionRate : 0
}

/**
 * What a change of zone states asks for. `enter`: now all zones are fully disrupted ("master disruption"), so
 * nothing is evicted any more; `leave`: they no longer are; `update`: only the zones named have changed.
 */
type DisruptionStep =
  | { readonly kind: 'enter' }
  | { readonly kind: 'leave'; readonly states: ReadonlyMap<string, ZoneState> }
  | { readonly kind: 'update'; readonly states: ReadonlyMap<string, ZoneState> }

/**
 * Compares the states of the pass before with those of this pass (both of exactly the zones that have nodes
 * that count). Source: node_lifecycle_controller.go handleDisruption.
 */
export function disruptionStep(
  before: ReadonlyMap<string, ZoneState>,
  now: ReadonlyMap<string, ZoneState>,
): DisruptionStep | undefined {
  const allWere = [...before.values()].every((state) => state === 'FullDisruption')
  const allAre = [...now.values()].every((state) => state === 'FullDisruption')
  if (allAre) return allWere ? undefined : { kind: 'enter' }
  if (allWere) return { kind: 'leave', states: now }
  const changed = new Map([...now].filter(([zone, state]) => before.get(zone) !== state))
  return changed.size === 0 ? undefined : { kind: 'update', states: changed }
}

/** What the monitor needs of a node in every pass; computed once for each version of the object. */
interface NodeFacts {
  readonly ready: NodeCondition | undefined
  readonly zone: string
  /** Key of the node's lease in the informer of leases. */
  readonly leaseKey: string
  /** Label `node.kubernetes.io/exclude-disruption`: the node does not count for the state of its zone. */
  readonly excluded: boolean
  /** Has a NoExecute taint of this controller. */
  readonly tainted: boolean
}

/** Frozen objects never change, so what is derived from one can be kept beside it. */
const known = new WeakMap<Node, NodeFacts>()

/** The facts of a node as it comes from an informer. */
export function factsOf(node: Node): NodeFacts {
  let facts = known.get(node)
  if (!facts) known.set(node, (facts = compute(node)))
  return facts
}

function compute(node: Node): NodeFacts {
  const { taints } = node.spec
  return {
    ready: nodeCondition(node, 'Ready'),
    zone: zoneKeyOf(node),
    leaseKey: `kube-node-lease/${node.metadata.name as string}`,
    excluded: node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined,
    tainted: hasTaint(taints, NOT_READY, 'NoExecute') || hasTaint(taints, UNREACHABLE, 'NoExecute'),
  }
}
