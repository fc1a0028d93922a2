import type { StatefulSet } from '../../api/apps/generated.js'
import { type Finding, type Invariant, referenceTo } from '../invariant.js'
import type { StoredObjects } from '../stored-objects.js'
import { byController, isActive, isHealthy, terminatingNamespaces } from './pods.js'

/**
 * The purpose of the StatefulSet controller. It waits for pods that are not ready, so sets with such pods are
 * not checked.
 */
export const membersInPlace: Invariant = {
  name: 'members-in-place',
  rule:
    'At rest, a StatefulSet whose pods are all ready has one for each of its ordinals and no other, ' +
    'unless its controller ' +
    'does not run or is refused.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isControllerRunning('statefulset-controller')) return []
    const terminating = terminatingNamespaces(stored)
    const pods = byController(stored.list('pods'))
    return stored.list('statefulsets').flatMap((set): Finding[] => {
      if (set.metadata.deletionTimestamp !== undefined || terminating.has(set.metadata.namespace as string))
        return []
      const members = pods.get(set.metadata.uid as string) ?? []
      if (!members.every((pod) => isActive(pod) && isHealthy(pod))) return []
      const { replicas = 1, ordinals } = set.spec
      const start = ordinals?.start ?? 0
      const names = new Set(members.map(({ metadata }) => metadata.name as string))
      const isThere = (at: number): boolean => names.has(`${set.metadata.name as string}-${start + at}`)
      const isComplete = members.length === replicas && members.every((_, at) => isThere(at))
      if (isComplete || wasRefused(set, stored)) return []
      const objects = [referenceTo('statefulsets', set), ...members.map((pod) => referenceTo('pods', pod))]
      return [
        {
          message:
            `it wants ${replicas} pods from ordinal ${start} on and has ` +
            `[${[...names].sort().join(' ')}]`,
          objects,
        },
      ]
    })
  },
}

/** Returns whether a pod could not be created at some time; a StatefulSet has no condition for that. */
function wasRefused({ metadata }: StatefulSet, stored: StoredObjects): boolean {
  return stored
    .list('events')
    .some(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.uid === metadata.uid)
}
