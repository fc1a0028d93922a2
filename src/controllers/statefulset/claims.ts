import type { StatefulSet } from '../../api/apps/generated.js'
import type { PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { ordinalOf } from './ordinals.js'

/**
 * Name of the claim that a template gives to the pod of that ordinal. Source: getPersistentVolumeClaimName.
 */
export function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name ?? ''}-${set.metadata.name ?? ''}-${ordinal}`
}

/**
 * The claims of a pod, as they are to be created, in the order of their templates. Source:
 * getPersistentVolumeClaims.
 */
export function claimsOf(set: StatefulSet, pod: Pod): readonly PersistentVolumeClaim[] {
  const ordinal = ordinalOf(pod)
  const { namespace } = set.metadata
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { metadata, spec } = template
    const labels = { ...metadata.labels, ...set.spec.selector.matchLabels }
    const name = claimName(set, template, ordinal)
    return {
      metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }), labels },
      spec,
      status: {},
    }
  })
}
