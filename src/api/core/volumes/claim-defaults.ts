import type { Draft } from '../../kind/draft.js'
import type { PersistentVolumeClaimSpec } from '../generated.js'
import { roundAmounts } from '../resource-lists.js'

/** Sets the defaults of a claim's spec, also in templates. Source: SetDefaults_PersistentVolumeClaimSpec. */
export function setClaimSpecDefaults(spec: Draft<PersistentVolumeClaimSpec>): void {
  if (Object.isFrozen(spec)) return
  spec.volumeMode ??= 'Filesystem'
  roundAmounts(spec.resources.limits)
  roundAmounts(spec.resources.requests)
}
