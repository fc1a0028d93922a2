import { quote } from '../../lang/go/quote.js'
import { betaStorageClass } from '../../api/core/volumes/access-modes.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  SELECTED_NODE,
  classOfClaim,
  classOfVolume,
  delaysBinding,
  haveSameMode,
  isVolumeBoundToClaim,
  offersAccessModes,
  sizeOf,
  volumesFor,
} from '../../api/core/volumes/volume-matching.js'
import { newestDefault } from '../../api/kind/newest-default.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import type { StorageClass } from '../../api/storage/generated.js'
import {
  BETA_STORAGE_PROVISIONER,
  DEFAULT_CLASS,
  STORAGE_PROVISIONER,
  migratedDriver,
} from '../../api/storage/provisioners.js'
import { ApiError } from '../../client/api-error.js'
import { keyOf } from '../../client/informers/object-index.js'
import { hasFeature } from '../shared/version.js'
import type { BinderContext } from './context.js'
import { BY_CLAIM, BY_CLASS, claimEvent, claimKeyOf, volumeOf } from './context.js'
import { bind, setClaimPhase } from './writes.js'

const NO_VOLUME = 'no persistent volumes available for this claim and no storage class is set'

/** Syncs one claim. Source: pv_controller.go syncClaim. */
export function syncClaim(context: BinderContext, claim: PersistentVolumeClaim): void {
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) syncBound(context, claim)
  else if ((claim.spec.volumeName ?? '') === '') syncUnbound(context, claim)
  else syncRequested(context, claim, claim.spec.volumeName as string)
}

/** Syncs an unbound claim that names no volume, so that any matching volume can be bound. */
function syncUnbound(context: BinderContext, claim: PersistentVolumeClaim): void {
  const storageClass = context.classes.get(classOfClaim(claim))
  const delayed = delaysBinding(storageClass)
  const volume = bestVolume(context, claim, delayed)
  if (volume) return bind(context, volume, claim)
  if (assignDefaultClass(context, claim)) return
  if (delayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) recordDelay(context, claim)
  else if (classOfClaim(claim) !== '') return provision(context, claim, storageClass)
  else claimEvent(context, claim, 'Normal', 'FailedBinding', NO_VOLUME)
  setClaimPhase(context, claim, 'Pending')
}

/**
 * Returns the best volume for a claim: with the fewest access modes, and of these the smallest. If the class
 * delays binding, only a volume that is reserved for the claim. Source: index.go findBestMatchForClaim.
 */
function bestVolume(
  { volumes, writtenVolumes }: BinderContext,
  claim: PersistentVolumeClaim,
  delayed: boolean,
): PersistentVolume | undefined {
  const reserved = volumes.byIndex(BY_CLAIM, keyOf(claim))
  const others = delayed ? [] : volumes.byIndex(BY_CLASS, classOfClaim(claim))
  if (reserved.length === 0 && others.length === 0) return undefined
  const groups = new Map<string, PersistentVolume[]>()
  for (const volume of writtenVolumes.latestOf([...new Set([...reserved, ...others])])) {
    if (!offersAccessModes(volume, claim)) continue
    const modes = [...(volume.spec.accessModes ?? [])].sort().join()
    const group = groups.get(modes)
    if (group) group.push(volume)
    else groups.set(modes, [volume])
  }
  const count = (modes: string): number => modes.split(',').length
  const order = [...groups.keys()].sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1))
  for (const modes of order) {
    const [best] = volumesFor(claim, groups.get(modes) ?? [])
    if (best && (!delayed || isVolumeBoundToClaim(best, claim))) return best
  }
  return undefined
}

/**
 * Assigns the default class to a claim without a class, even if the class was created later; returns whether
 * it did. Source: assignDefaultStorageClass.
 */
function assignDefaultClass(
  { host, classes, writtenClaims }: BinderContext,
  claim: PersistentVolumeClaim,
): boolean {
  if (
    claim.spec.storageClassName !== undefined ||
    claim.metadata.annotations?.[betaStorageClass] !== undefined
  )
    return false
  if (!hasFeature(host.version, 'retroactiveDefaultStorageClass')) return false
  const name = newestDefault(classes.list(), DEFAULT_CLASS)?.metadata.name
  if (name === undefined) return false
  writtenClaims.remember(
    host.client.update('persistentvolumeclaims', {
      ...claim,
      spec: { ...claim.spec, storageClassName: name },
    }),
  )
  return true
}

/**
 * Records what a claim of a class with WaitForFirstConsumer waits for. Source:
 * emitEventForUnboundDelayBindingClaim.
 */
function recordDelay(context: BinderContext, claim: PersistentVolumeClaim): void {
  const pods = context.pods()
  if (!pods.synced) return context.awaitPods(`claim/${keyOf(claim)}`)
  const names = pods
    .byIndex(BY_CLAIM, keyOf(claim))
    .filter((pod) => !isPodTerminal(pod) && !pod.spec.nodeName)
    .map(({ metadata }) => metadata.name)
  if (names.length === 0)
    claimEvent(
      context,
      claim,
      'Normal',
      'WaitForFirstConsumer',
      'waiting for first consumer to be created before binding',
    )
  else
    claimEvent(
      context,
      claim,
      'Normal',
      'WaitForPodScheduled',
      `waiting for pod${names.length > 1 ? 's' : ''} ${names.join(',')} to be scheduled`,
    )
}

/** Syncs an unbound claim that names its volume. */
function syncRequested(context: BinderContext, claim: PersistentVolumeClaim, name: string): void {
  const volume = volumeOf(context, name)
  if (!volume) {
    setClaimPhase(context, claim, 'Pending')
    return
  }
  if (isVolumeBoundToClaim(volume, claim)) return bind(context, volume, claim)
  if (volume.spec.claimRef === undefined) {
    const fault = mismatch(volume, claim)
    if (fault === undefined) return bind(context, volume, claim)
    claimEvent(
      context,
      claim,
      'Warning',
      'VolumeMismatch',
      `Cannot bind to requested volume ${quote(name)}: ${fault}`,
    )
  } else {
    claimEvent(
      context,
      claim,
      'Warning',
      'FailedBinding',
      `volume ${quote(name)} already bound to a different claim.`,
    )
    if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined) {
      const owners = `volume already claimed by ${quote(claimKeyOf(volume))}`
      throw new ApiError(
        409,
        'Conflict',
        `invalid binding of claim ${quote(keyOf(claim))} to volume ${quote(name)}: ${owners}`,
      )
    }
  }
  setClaimPhase(context, claim, 'Pending')
}

/** Returns why the volume that a claim names does not satisfy it. Source: checkVolumeSatisfyClaim. */
function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp !== undefined)
    return `the volume is marked for deletion ${quote(volume.metadata.name ?? '')}`
  const wanted = parseQuantity(claim.spec.resources.requests?.['storage'] ?? '0')
  if (compareQuantities(sizeOf(volume), wanted) < 0) return 'requested PV is too small'
  if (classOfVolume(volume) !== classOfClaim(claim)) return 'storageClassName does not match'
  if (!haveSameMode(volume, claim)) return 'incompatible volumeMode'
  return offersAccessModes(volume, claim) ? undefined : 'incompatible accessMode'
}

/** Syncs a claim that has been bound. */
function syncBound(context: BinderContext, claim: PersistentVolumeClaim): void {
  const lost = (reason: string, message: string): void =>
    void setClaimPhase(context, claim, 'Lost', undefined, { type: 'Warning', reason, message })
  const { volumeName = '' } = claim.spec
  if (volumeName === '')
    return lost(
      'ClaimLost',
      'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
    )
  const volume = volumeOf(context, volumeName)
  if (!volume)
    return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  const { claimRef } = volume.spec
  if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return bind(context, volume, claim)
  lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

const IN_TREE = 'kubernetes.io/'

/**
 * Requests a volume from the external provisioner of the claim's class; all in-tree provisioners are gone.
 * Source: pv_controller.go provisionClaim, provisionClaimOperationExternal.
 */
function provision(
  context: BinderContext,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
): void {
  if (!storageClass) {
    const missing = `storageclass.storage.k8s.io ${quote(classOfClaim(claim))} not found`
    return claimEvent(context, claim, 'Warning', 'ProvisioningFailed', missing)
  }
  const { provisioner } = storageClass
  const name = migratedDriver(provisioner) ?? provisioner
  if (name.startsWith(IN_TREE)) {
    return claimEvent(
      context,
      claim,
      'Warning',
      'ProvisioningFailed',
      `no volume plugin matched name: ${name}`,
    )
  }
  const marked = withProvisioner(context, claim, name)
  claimEvent(context, marked, 'Normal', 'ExternalProvisioning', externalText(context.host.version, name))
}

function externalText(version: string, name: string): string {
  if (!hasFeature(version, 'quotedProvisioner')) {
    return (
      `waiting for a volume to be created, either by external provisioner "${name}" or manually created ` +
      'by system administrator'
    )
  }
  return (
    `Waiting for a volume to be created either by the external provisioner '${name}' or manually by ` +
    'the system administrator. ' +
    'If volume creation is delayed, please verify that the provisioner is running and correctly registered.'
  )
}

/** Adds the annotations by which external provisioners find their claims. Source: setClaimProvisioner. */
function withProvisioner(
  { host, writtenClaims }: BinderContext,
  claim: PersistentVolumeClaim,
  name: string,
): PersistentVolumeClaim {
  const { annotations = {} } = claim.metadata
  const wanted = hasFeature(host.version, 'storageProvisionerAnnotation')
    ? [BETA_STORAGE_PROVISIONER, STORAGE_PROVISIONER]
    : [BETA_STORAGE_PROVISIONER]
  // only the beta annotation is compared, because provisioners of all versions read that one
  if (annotations[BETA_STORAGE_PROVISIONER] === name) return claim
  const added = Object.fromEntries(wanted.map((key) => [key, name]))
  const marked = { ...claim, metadata: { ...claim.metadata, annotations: { ...annotations, ...added } } }
  return writtenClaims.remember(host.client.update('persistentvolumeclaims', marked))
}
