import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, volumeBoundTo } from '../../api/core/volumes/volume-matching.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import type { BinderContext } from './context.js'
import { claimEvent, volumeEvent } from './context.js'

type ClaimPhase = 'Pending' | 'Bound' | 'Lost'
type VolumePhase = 'Available' | 'Bound' | 'Released' | 'Failed'

/** The event for a change of phase. */
export interface PhaseEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/**
 * Binds volume and claim to each other, the volume first, because a volume that is reserved cannot be lost to
 * another claim. Writes only what changes. Source: pv_controller.go bind.
 */
export function bind(context: BinderContext, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const {
    host: { client },
    writtenVolumes,
    writtenClaims,
  } = context
  const reserved = volumeBoundTo(volume, claim)
  const saved =
    reserved === volume ? volume : writtenVolumes.remember(client.update('persistentvolumes', reserved))
  const bound = setVolumePhase(context, saved, 'Bound')
  const named = claimBoundTo(claim, bound)
  const written =
    named === claim ? claim : writtenClaims.remember(client.update('persistentvolumeclaims', named))
  setClaimPhase(context, written, 'Bound', bound)
}

function claimBoundTo(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { annotations = {} } = claim.metadata
  const name = volume.metadata.name as string
  const isNamed = claim.spec.volumeName === name
  const added = {
    ...(isNamed || annotations[BOUND_BY_CONTROLLER] !== undefined ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }),
    ...(annotations[BIND_COMPLETED] === undefined ? { [BIND_COMPLETED]: 'yes' } : {}),
  }
  if (isNamed && Object.keys(added).length === 0) return claim
  return {
    ...claim,
    metadata: { ...claim.metadata, annotations: { ...annotations, ...added } },
    spec: { ...claim.spec, volumeName: name },
  }
}

/**
 * Writes the phase of a claim, and the properties of its volume, if any; `event` is recorded only if the
 * phase changes. Returns the new version. Source: updateClaimStatus, updateClaimStatusWithEvent.
 */
export function setClaimPhase(
  context: BinderContext,
  claim: PersistentVolumeClaim,
  phase: ClaimPhase,
  volume?: PersistentVolume,
  event?: PhaseEvent,
): PersistentVolumeClaim {
  const { status } = claim
  if (event && status.phase === phase) return claim
  const next = volume ? boundStatus(status, phase, volume) : withoutVolume(status, phase)
  if (semanticEqual(next, status)) return claim
  const {
    host: { client },
    writtenClaims,
  } = context
  const written = writtenClaims.remember(
    client.updateStatus('persistentvolumeclaims', { ...claim, status: next }),
  )
  if (event) claimEvent(context, written, event.type, event.reason, event.message)
  return written
}

type ClaimStatus = PersistentVolumeClaim['status']

function withoutVolume(
  { accessModes: _modes, capacity: _capacity, ...status }: ClaimStatus,
  phase: ClaimPhase,
): ClaimStatus {
  return { ...status, phase }
}

/**
 * Returns the status of a bound claim; the capacity is set only once, because later the resizer manages it.
 */
function boundStatus(status: ClaimStatus, phase: ClaimPhase, { spec }: PersistentVolume): ClaimStatus {
  const modes = spec.accessModes === undefined ? {} : { accessModes: spec.accessModes }
  const next: ClaimStatus = { ...status, phase, ...modes }
  if (status.phase === phase) return next
  const size = spec.capacity?.['storage']
  const before = status.capacity?.['storage']
  const sameSize =
    before !== undefined &&
    size !== undefined &&
    compareQuantities(parseQuantity(before), parseQuantity(size)) === 0
  const attributesClass =
    spec.volumeAttributesClassName === undefined
      ? {}
      : { currentVolumeAttributesClassName: spec.volumeAttributesClassName }
  return {
    ...next,
    ...attributesClass,
    ...(sameSize || spec.capacity === undefined ? {} : { capacity: spec.capacity }),
  }
}

/**
 * Writes the phase of a volume and records the event, if the phase changes. Returns the new version. Source:
 * updateVolumePhase, updateVolumePhaseWithEvent.
 */
export function setVolumePhase(
  context: BinderContext,
  volume: PersistentVolume,
  phase: VolumePhase,
  event?: PhaseEvent,
): PersistentVolume {
  if (volume.status.phase === phase) return volume
  const {
    host: { client },
    writtenVolumes,
  } = context
  const { message: _old, ...status } = volume.status
  const message = event ? { message: event.message } : {}
  const written = writtenVolumes.remember(
    client.updateStatus('persistentvolumes', { ...volume, status: { ...status, phase, ...message } }),
  )
  if (event) volumeEvent(context, written, event.type, event.reason, event.message)
  return written
}

/**
 * Reverts a binding; a claimRef that the user has written is kept, but without its uid. Source: unbindVolume.
 */
export function unbind(context: BinderContext, volume: PersistentVolume): void {
  const {
    host: { client },
    writtenVolumes,
  } = context
  const { claimRef, ...spec } = volume.spec
  const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = volume.metadata.annotations ?? {}
  const { uid: _uid, ...reference } = claimRef ?? {}
  const unbound =
    byController === undefined
      ? { ...volume, spec: { ...spec, claimRef: reference } }
      : { ...volume, metadata: { ...volume.metadata, annotations }, spec }
  setVolumePhase(context, writtenVolumes.remember(client.update('persistentvolumes', unbound)), 'Available')
}
