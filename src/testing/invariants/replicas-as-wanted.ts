import type { ReplicaSet } from '../../api/apps/generated.js'
import { type Finding, type Invariant, referenceTo } from '../invariant.js'
import { byController, isActive, terminatingNamespaces } from './pods.js'

/** The purpose of the ReplicaSet controller. Pods that are waiting for a node count. */
export const replicasAsWanted: Invariant = {
  name: 'replicas-as-wanted',
  rule:
    'At rest, each ReplicaSet has as many active pods as its spec says, unless its controller does not ' +
    'run or is refused.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isControllerRunning('replicaset-controller')) return []
    const terminating = terminatingNamespaces(stored)
    const pods = byController(stored.list('pods'))
    return stored.list('replicasets').flatMap((set): Finding[] => {
      if (isExcused(set) || terminating.has(set.metadata.namespace as string)) return []
      const active = (pods.get(set.metadata.uid as string) ?? []).filter(isActive)
      const { replicas = 1 } = set.spec
      if (active.length === replicas) return []
      const objects = [referenceTo('replicasets', set), ...active.map((pod) => referenceTo('pods', pod))]
      return [{ message: `it wants ${replicas} pods and has ${active.length}`, objects }]
    })
  },
}

function isExcused({ metadata, status }: ReplicaSet): boolean {
  if (metadata.deletionTimestamp !== undefined) return true
  return (
    status?.conditions?.some(
      (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
    ) === true
  )
}
