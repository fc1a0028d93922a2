import type { KubeObject } from '../../api/kind/definition.js'
import type { Finding, Invariant } from '../invariant.js'
import { referenceTo } from '../invariant.js'

/** The purpose of the garbage collector. */
export const noOrphans: Invariant = {
  name: 'no-orphans',
  rule:
    'At rest, the owner in each ownerReference exists (by uid), unless the object is being deleted or ' +
    'nobody collects ' +
    'garbage.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isControllerRunning('garbage-collector-controller')) return []
    const owned: { readonly resource: string; readonly object: KubeObject }[] = []
    const missing = new Set<string>()
    stored.each((resource, object) => {
      const { ownerReferences } = object.metadata
      if (ownerReferences === undefined) return
      owned.push({ resource, object })
      for (const { uid } of ownerReferences) missing.add(uid)
    })
    stored.each((_, { metadata }) => missing.delete(metadata.uid as string))
    if (missing.size === 0) return []
    return owned.flatMap(({ resource, object }): Finding[] => {
      const { ownerReferences = [], deletionTimestamp } = object.metadata
      const gone = ownerReferences.find(({ uid }) => missing.has(uid))
      if (gone === undefined || deletionTimestamp !== undefined) return []
      return [
        {
          message: `its owner ${gone.kind} ${gone.name} (${gone.uid}) is gone`,
          objects: [referenceTo(resource, object)],
        },
      ]
    })
  },
}
