import type { Lease } from '../../api/coordination/generated.js'
import { withCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition } from '../../api/core/generated.js'
import { formatTime, timeMs } from '../../lang/go/time.js'

/** The last observation of a node; one mutable record for each node. */
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
 * Returns the record of a new node, which counts as responsive now, or, if it never had a Ready condition,
 * since its creation.
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
 * Records the observation of this pass. The node is responsive now if the heartbeat has changed, the Ready
 * condition was added or removed, or the lease is newer. Only the controller's clock counts, because a node's
 * clock may be wrong. Source: node_lifecycle_controller.go tryUpdateNodeHealth.
 */
export function observe(
  health: NodeHealth,
  ready: NodeCondition | undefined,
  lease: Lease | undefined,
  now: number,
): void {
  const heartbeat = ready?.lastHeartbeatTime ?? undefined
  const cameOrWent = (health.ready === undefined) !== (ready === undefined)
  if (cameOrWent || ready) observeHeartbeat(health, heartbeat, now, cameOrWent)
  health.ready = ready?.status
  if (lease) observeRenewal(health, lease.spec.renewTime ?? '', now)
}

/** Records the Ready condition's lastHeartbeatTime as of this pass. */
export function observeHeartbeat(
  health: NodeHealth,
  heartbeat: string | undefined,
  now: number,
  always = false,
): void {
  if (!always && heartbeat === health.heartbeat) return
  health.probe = now
  health.heartbeat = heartbeat
}

/** Records the lease's time of renewal as of this pass; '' for a lease that was never renewed. */
export function observeRenewal(health: NodeHealth, renewTime: string, now: number): void {
  const saved = health.renewTime
  if (saved === undefined || (saved !== '' && saved < renewTime)) {
    health.renewTime = renewTime
    health.probe = now
  }
}

/**
 * Whether the node has been unresponsive for `grace` ms. Upstream compares with `>`, but its passes are
 * delayed by their own duration, so that the tenth pass comes a little after 50 s. Virtual passes come at
 * exactly 50 s, hence `>=`.
 */
export function isSilent(health: NodeHealth, grace: number, now: number): boolean {
  return now >= health.probe + grace
}

/**
 * The conditions that the kubelet writes (unlike NetworkUnavailable), in the order in which missing ones are
 * added.
 */
const KUBELET_CONDITIONS: readonly string[] = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/**
 * Returns the conditions of an unresponsive node: all are Unknown, and missing ones are added. Returns the
 * same array if nothing changes. Source: node_lifecycle_controller.go tryUpdateNodeHealth.
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
