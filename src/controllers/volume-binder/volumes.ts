import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import { haveSameMode } from '../../api/core/volume-matching.js'
import { PROVISIONED_BY } from '../../api/storage/provisioners.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { keyOf } from '../../client/object-index.js'
import type { BinderContext } from './context.js'
import { claimEvent, claimKeyOf, claimOf, volumeEvent } from './context.js'
import { reclaim } from './reclaim.js'
import { setVolumePhase, unbind } from './writes.js'

/** Brings one volume a step further. Source: pv_controller.go syncVolume. */
export function syncVolume(context: BinderContext, volume: PersistentVolume): void {
  const { claimRef } = volume.spec
  if (claimRef === undefined || (claimRef.uid ?? '') === '') {
    // unused, or reserved for a claim that has not come yet
    setVolumePhase(context, volume, 'Available')
    return
  }
  const claim = claimOfVolume(context, volume)
  if (!claim) return release(context, volume)
  const { volumeName = '' } = claim.spec
  if (volumeName === '') return remind(context, volume, claim)
  if (volumeName === volume.metadata.name) {
    setVolumePhase(context, volume, 'Bound')
    return
  }
  // the claim is bound elsewhere
  const isProvisioned = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined
  if (isProvisioned && volume.spec.persistentVolumeReclaimPolicy === 'Delete') release(context, volume)
  else unbind(context, volume)
}

/** The claim that the volume belongs to, asked of the server when the informer does not know it. */
function claimOfVolume(context: BinderContext, volume: PersistentVolume): PersistentVolumeClaim | undefined {
  const { phase } = volume.status
  const known = claimOf(context, claimKeyOf(volume))
  const { namespace = '', name = '', uid } = volume.spec.claimRef ?? {}
  if (known?.metadata.uid === uid) return known
  if (known === undefined && (phase === 'Released' || phase === 'Failed')) return undefined
  const fresh = ignoreNotFound(() => context.host.client.get('persistentvolumeclaims', { namespace, name }))
  return fresh?.metadata.uid === uid ? fresh : undefined
}

/**
 * The claim is gone: what becomes of the volume is told by its reclaim policy. A volume that has failed stays
 * so, and is tried again.
 */
function release(context: BinderContext, volume: PersistentVolume): void {
  const { phase } = volume.status
  const released =
    phase === 'Released' || phase === 'Failed' ? volume : setVolumePhase(context, volume, 'Released')
  reclaim(context, released)
}

/** The volume is bound, the claim does not know it yet. */
function remind(context: BinderContext, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  if (haveSameMode(volume, claim)) return context.wakeClaim(keyOf(claim))
  const [name, claimName] = [
    JSON.stringify(volume.metadata.name ?? ''),
    JSON.stringify(claim.metadata.name ?? ''),
  ]
  volumeEvent(
    context,
    volume,
    'Warning',
    'VolumeMismatch',
    `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${claimName} due to incompatible ` +
      'volumeMode.',
  )
  claimEvent(
    context,
    claim,
    'Warning',
    'VolumeMismatch',
    `Cannot bind PersistentVolume ${name} to requested PersistentVolumeClaim due to incompatible volumeMode.`,
  )
}
