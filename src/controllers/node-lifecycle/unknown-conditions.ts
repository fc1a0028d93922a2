import { withCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition } from '../../api/core/generated.js'
import { formatTime } from '../../api/time.js'

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
