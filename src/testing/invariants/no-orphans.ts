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
    const owned = []
    for (const entry of stored.all()) {
      uids.add(entry.object.metadata.uid)
      if (entry.object.metadata.ownerReferences !== undefined) owned.push(entry)
    }
    return owned.flatMap(({ resource, object }): Finding[] => {
      const { ownerReferences = [], deletionTimestamp } = object.metadata
      const gone = ownerReferences.find(({ uid }) => !uids.has(uid))
      if (gone === undefined || deletionTimestamp !== undefined) return []
      return [{ message: `its owner ${gone.kind} ${gone.name} (${gone.uid}) is gone`, objects: [referenceTo(resource, object)] }]
    })
  },
}
