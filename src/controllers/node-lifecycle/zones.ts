import type { Node } from '../../api/core/generated.js'
import type { NodeLifecycleSettings } from './options.js'

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
export type DisruptionStep =
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
