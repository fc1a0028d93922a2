import { nodeCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition } from '../../api/core/generated.js'
import { zoneKeyOf } from '../../api/core/node-labels.js'
import type { NodeLifecycleSettings } from './options.js'
import { NOT_READY, UNREACHABLE, hasTaint } from './taints.js'

/** The state of a zone; `Initial`: before the first pass. */
export type ZoneState = 'Initial' | 'Normal' | 'FullDisruption' | 'PartialDisruption'

/** The numbers of ready and unready nodes in a zone, without excluded ones. */
export interface ZoneCount {
  ready: number
  notReady: number
}

/** Returns the state of a zone. Source: node_lifecycle_controller.go ComputeZoneState. */
export function computeZoneState({ ready, notReady }: ZoneCount, unhealthyZoneThreshold: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  if (notReady > 2 && notReady / (notReady + ready) >= unhealthyZoneThreshold) return 'PartialDisruption'
  return 'Normal'
}

/** Returns the rate of NoExecute taints per second in a zone, unless all zones are fully disrupted. */
export function evictionRateOf(state: ZoneState, size: number, settings: NodeLifecycleSettings): number {
  if (state !== 'PartialDisruption') return settings.evictionRate
  return size > settings.largeClusterSizeThreshold ? settings.secondaryEvictionRate : 0
}

/**
 * A transition of zone states. `enter`: all zones have become fully disrupted ("master disruption"), which
 * stops evictions, because then the controller itself is probably cut off; `leave`: they no longer are;
 * `update`: only these zones have changed.
 */
type DisruptionStep =
  | { readonly kind: 'enter' }
  | { readonly kind: 'leave'; readonly states: ReadonlyMap<string, ZoneState> }
  | { readonly kind: 'update'; readonly states: ReadonlyMap<string, ZoneState> }

/**
 * Compares the states of the previous pass with those of this pass; undefined if nothing changes. Source:
 * node_lifecycle_controller.go handleDisruption.
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

/** The properties of a node that every pass needs; computed once for each version of the object. */
interface NodeFacts {
  readonly ready: NodeCondition | undefined
  readonly zone: string
  /** Key of the node's lease. */
  readonly leaseKey: string
  /** Has the label `node.kubernetes.io/exclude-disruption`: does not count for the state of its zone. */
  readonly excluded: boolean
  /** Has a NoExecute taint of this controller. */
  readonly tainted: boolean
}

/** A cache by identity, because frozen objects never change. */
const known = new WeakMap<Node, NodeFacts>()

/** Returns the properties of a node from an informer. */
export function factsOf(node: Node): NodeFacts {
  let facts = known.get(node)
  if (!facts) known.set(node, (facts = compute(node)))
  return facts
}

function compute(node: Node): NodeFacts {
  const { taints } = node.spec
  return {
    ready: nodeCondition(node, 'Ready'),
    zone: zoneKeyOf(node.metadata.labels),
    leaseKey: `kube-node-lease/${node.metadata.name as string}`,
    excluded: node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined,
    tainted: hasTaint(taints, NOT_READY, 'NoExecute') || hasTaint(taints, UNREACHABLE, 'NoExecute'),
  }
}
