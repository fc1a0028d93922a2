import type { Node, Pod } from '../../api/core/generated.js'

/** Whether a pod may have running containers, so that it takes up room and its address: it has not ended. */
export function isLive({ status }: Pod): boolean {
  return status.phase !== 'Succeeded' && status.phase !== 'Failed'
}

/** Whether a controller counts the pod: it has not ended and is not being deleted. */
export function isActive(pod: Pod): boolean {
  return isLive(pod) && pod.metadata.deletionTimestamp === undefined
}

/** Whether a disruption budget counts the pod as healthy. */
export function isHealthy({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false
  return (
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
  )
}

/** Whether the control plane believes in the node. */
export function isReady({ status }: Node): boolean {
  return (
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
  )
}

/** uid of the controller that a pod belongs to. */
export function controllerOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
}

/** Pods by the uid of their controller. */
export function byController(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>()
  for (const pod of pods) {
    const uid = controllerOf(pod)
    if (uid === undefined) continue
    const group = groups.get(uid)
    if (group) group.push(pod)
    else groups.set(uid, [pod])
  }
  return groups
}
