import type { Node } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { onlyTimesDiffer } from '../apiserver/heartbeats.js'
import type { Change } from '../client/informers/informer.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Ready } from '../sim/ready-queue.js'

/** Returns the name of a step: `kube-scheduler/schedule default/web`. */
export function stepName({ owner, topic, key }: Ready): string {
  return `${owner}/${topic} ${key}`.trimEnd()
}

export const isSameStep = (some: Ready, other: Ready): boolean =>
  some.owner === other.owner && some.topic === other.topic && some.key === other.key

/** Whether a change is a node's heartbeat: of its lease, or of the times in its status. */
function isHeartbeat({ object, old }: Change<KubeObject>): boolean {
  if (object.kind === 'Lease') return object.metadata.namespace === 'kube-node-lease' && old !== undefined
  return object.kind === 'Node' && old !== undefined && onlyTimesDiffer(object as Node, old as Node)
}

/**
 * Whether a step is routine. In quiet times informers hear of heartbeats without a step, so that those which
 * a step tells of count as little.
 */
export function isRoutine({ internals }: SimCluster, entry: Ready): boolean {
  const role = internals.roleOf(entry)
  if (role !== 'informer') return role === 'routine'
  const changes = internals.informerOf(entry)?.waiting() ?? []
  return changes.length > 0 && changes.every(isHeartbeat)
}
