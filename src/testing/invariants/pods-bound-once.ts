import type { Pod } from '../../api/core/generated.js'
import type { Invariant } from '../invariant.js'
import { referenceTo } from '../invariant.js'

/**
 * A binding is final. Source: pkg/registry/core/pod/storage assignPod (`pod X is already assigned to node
 * Y`).
 */
export const podsBoundOnce: Invariant = {
  name: 'pods-bound-once',
  rule: 'Once a pod is bound to a node it is never bound to another, and keeps its uid.',
  observe: () => ({
    write: ({ resource, object, old }) => {
      if (resource !== 'pods' || old === undefined) return undefined
      const before = old as Pod
      const after = object as Pod
      const objects = [referenceTo('pods', after)]
      if (before.metadata.uid !== after.metadata.uid) {
        return {
          message: `the pod had uid ${before.metadata.uid} and now has ${after.metadata.uid}`,
          objects,
        }
      }
      const { nodeName } = before.spec
      if (!nodeName || nodeName === after.spec.nodeName) return undefined
      return {
        message: `the pod was bound to ${nodeName} and is now bound to ${after.spec.nodeName || 'no node'}`,
        objects,
      }
    },
  }),
}
