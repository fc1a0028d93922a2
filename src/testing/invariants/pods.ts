import type { Node, Pod } from '../../api/core/generated.js'
import type { StoredObjects } from '../stored-objects.js'

/**
 * Returns whether a pod may have running containers, and so uses resources and its address: it has not
 * finished.
 */
export function isLive({ status }: Pod): boolean {
  return status.phase !== 'Succeeded' && status.phase !== 'Failed'
}

/** Returns whether a controller counts the pod: it has not finished and is not being deleted. */
export function isActive(pod: Pod): boolean {
  return isLive(pod) && pod.metadata.deletionTimestamp === undefined
}

/** Returns whether a disruption budget counts the pod as healthy. */
export function isHealthy({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false
  return (
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
  )
}

/** Returns whether the node's Ready condition is true. */
export function isReady({ status }: Node): boolean {
  return (
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
  )
}

/** Returns the uid of a pod's controller. */
export function controllerOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
}

/** Groups pods by the uid of their controller. */
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

/** Returns the names of terminating namespaces, in which controllers cannot create anything. */
export function terminatingNamespaces(stored: StoredObjects): ReadonlySet<string> {
  const terminating = stored
    .list('namespaces')
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  return new Set(terminating.map(({ metadata }) => metadata.name as string))
}
