import type { Lease } from '../../api/coordination/generated.js'
import { withCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition } from '../../api/core/generated.js'
import { formatTime, timeMs } from '../../api/time.js'

/** When a node was last seen alive, and what it said then. One mutable record for each node, plain data. */
export interface NodeHealth {
  /** Virtual ms, by the controller's own clock, at which a new heartbeat (status or lease) was last seen. */
  probe: number
  /** Status of the Ready condition as last seen; undefined while there is none. */
  ready: string | undefined
  /** lastHeartbeatTime of that condition. */
  heartbeat: string | undefined
  /**
   * renewTime of the lease as last seen; undefined while there is no lease, '' for one that was never
   * renewed.
   */
  renewTime: string | undefined
}

/**
 * The record of a node that is seen for the first time: its age counts if it never had a Ready condition,
 * else it is alive now.
 */
export function newNodeHealth(node: Node, ready: NodeCondition | undefined, now: number): NodeHealth {
  const probe = ready ? now : (timeMs(node.metadata.creationTimestamp) ?? now)
  return {
    probe,
    ready: ready?.status,
    heartbeat: ready?.lastHeartbeatTime ?? undefined,
    renewTime: undefined,
  }
}

/**
 * Takes in what is seen in this pass. A changed heartbeat, a Ready condition that came or went, or a newer
 * lease prove life now; only the controller's own clock counts, never the node's. Source:
 * node_lifecycle_controller.go tryUpdateNodeHealth.
 */
export function observe(
  health: NodeHealth,
  ready: NodeCondition | undefined,
  lease: Lease | undefined,
  now: number,
): void {
  const heartbeat = ready?.lastHeartbeatTime ?? undefined
  const cameOrWent = (health.ready === undefined) !== (ready === undefined)
  if (cameOrWent || (ready && heartbeat !== health.heartbeat)) {
    health.probe = now
    health.heartbeat = heartbeat
  }
  health.ready = ready?.status
  if (!lease) return
  const renewTime = lease.spec.renewTime ?? ''
  const saved = health.renewTime
  if (saved === undefined || (saved !== '' && saved < renewTime)) {
    health.renewTime = renewTime
    health.probe = now
  }
}

/**
 * Whether the node has been silent for `grace` ms. Real passes drift by the time that each takes, so that the
 * tenth pass after a heartbeat was seen comes a little later than 50 s; virtual passes come exactly then,
 * which has to be late enough.
 */
export function isSilent(health: NodeHealth, grace: number, now: number): boolean {
  return now >= health.probe + grace
}

/**
 * The conditions that only the kubelet writes, in the order in which missing ones are added;
 * NetworkUnavailable is not its own.
 */
const KUBELET_CONDITIONS: readonly string[] = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/**
 * The conditions of a node whose kubelet is silent: Unknown, those that are missing included. The same array
 * if nothing changes. Source: node_lifecycle_controller.go tryUpdateNodeHealth.
 */
export function unknownConditions(node: Node, now: number): readonly NodeCondition[] {
  let conditions = node.status.conditions ?? []
  for (const type of KUBELET_CONDITIONS) {
    const old = conditions.find((condition) => condition.type === type)
    if (old?.status === 'Unknown') continue
    conditions = withCondition(conditions, old ? stoppedPosting(old, now) : neverPosted(type, node, now))
  }
  return conditions
}

function stoppedPosting(old: NodeCondition, now: number): NodeCondition {
  return {
    ...old,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: formatTime(now),
  }
}

function neverPosted(type: string, node: Node, now: number): NodeCondition {
  return {
    type,
    status: 'Unknown',
    lastHeartbeatTime: node.metadata.creationTimestamp ?? null,
    lastTransitionTime: formatTime(now),
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
  }
}
