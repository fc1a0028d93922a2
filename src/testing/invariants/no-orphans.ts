import type { KubeObject } from '../../api/definition.js'
import type { Finding, Invariant } from '../invariant.js'
import { referenceTo } from '../invariant.js'

/** What the garbage collector is there for. */
export const noOrphans: Invariant = {
  name: 'no-orphans',
  rule: 'At rest, the owner in each ownerReference exists (by uid), unless the object is being deleted or nobody collects ' +
    'garbage.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isAtWork('garbage-collector-controller')) return []
    const uids = new Set<string | undefined>()
    const owned: { readonly resource: string; readonly object: KubeObject }[] = []
    stored.each((resource, object) => {
      uids.add(object.metadata.uid)
      if (object.metadata.ownerReferences !== undefined) owned.push({ resource, object })
    })
    return owned.flatMap(({ resource, object }): Finding[] => {
      const { ownerReferences = [], deletionTimestamp } = object.metadata
      const gone = ownerReferences.find(({ uid }) => !uids.has(uid))
      if (gone === undefined || deletionTimestamp !== undefined) return []
      return [{ message: `its owner ${gone.kind} ${gone.name} (${gone.uid}) is gone`, objects: [referenceTo(resource, object)] }]
    })
  },
}
