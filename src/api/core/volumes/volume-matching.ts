import { compileSelector } from '../../selectors/labels.js'
import { compareQuantities, parseQuantity } from '../../quantity.js'
import type { StorageClass } from '../../storage/generated.js'
import { storageClassText } from './access-modes.js'
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../generated.js'
import { matchesNodeSelector } from '../node-affinity.js'

/** On a claim: it has been bound. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
/** On a volume or claim: the controller, not the user, chose the other one. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
/** On a claim: the node for which the scheduler wants it to be provisioned. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
/** Provisioner of classes whose volumes are created manually. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

/** Returns the class of a claim, or ''. */
export function classOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return storageClassText(metadata, spec.storageClassName)
}

/** Returns the class of a volume, or ''. */
export function classOfVolume({ metadata, spec }: PersistentVolume): string {
  return storageClassText(metadata, spec.storageClassName)
}

/** Whether claims of the class are bound only when a pod uses them. */
export function delaysBinding(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
}

/**
 * Whether the volume is reserved for the claim: its claimRef has the claim's name and, if set, uid. Source:
 * pv_helpers.go IsVolumeBoundToClaim.
 */
export function isVolumeBoundToClaim(
  { spec: { claimRef } }: PersistentVolume,
  { metadata }: PersistentVolumeClaim,
): boolean {
  if (claimRef === undefined || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace)
    return false
  return (claimRef.uid ?? '') === '' || claimRef.uid === metadata.uid
}

/** Whether a volume can be used on a node. */
export function isUsableOn({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec.nodeAffinity?.required
  return required === undefined || matchesNodeSelector(required, node)
}

/** Whether the volume has all access modes that the claim requests. */
export function offersAccessModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode) === true)
}

const modeOf = (spec: { readonly volumeMode?: string }): string => spec.volumeMode ?? 'Filesystem'

/** Whether volume and claim are both file systems or both block devices. */
export function haveSameMode(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return modeOf(volume.spec) === modeOf(claim.spec)
}

/**
 * Returns the volumes to which a claim could be bound, the best one first: the one reserved for it, else the
 * available ones that satisfy it, from the smallest on (equal ones by name). Their node affinity is ignored.
 * Source: component-helpers storage/volume pv_helpers.go FindMatchingVolume.
 */
export function volumesFor(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): readonly PersistentVolume[] {
  const { selector } = claim.spec
  const wanted = parseQuantity(claim.spec.resources.requests?.['storage'] ?? '0')
  const wantedClass = classOfClaim(claim)
  const matches = selector === undefined ? undefined : compileSelector(selector)
  const found: PersistentVolume[] = []
  for (const volume of volumes) {
    const { metadata, spec, status } = volume
    const isReserved = isVolumeBoundToClaim(volume, claim)
    if (spec.claimRef !== undefined && !isReserved) continue
    if (compareQuantities(sizeOf(volume), wanted) < 0 || !haveSameMode(volume, claim)) continue
    if ((spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')) continue
    if (metadata.deletionTimestamp !== undefined) continue
    if (isReserved) return [volume]
    if (status.phase !== 'Available' || (matches !== undefined && !matches(metadata.labels))) continue
    if (classOfVolume(volume) === wantedClass && offersAccessModes(volume, claim)) found.push(volume)
  }
  return found.length > 1 ? found.sort(bySizeAndName) : found
}

/** Returns the capacity of a volume. */
export function sizeOf({ spec }: PersistentVolume): ReturnType<typeof parseQuantity> {
  return parseQuantity(spec.capacity?.['storage'] ?? '0')
}

function bySizeAndName(a: PersistentVolume, b: PersistentVolume): number {
  const order = compareQuantities(sizeOf(a), sizeOf(b))
  return order === 0 ? ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1) : order
}

/**
 * Returns the volume reserved for the claim, marked `bound-by-controller` if it was not reserved before.
 * Returns the volume itself if it is already so. Source: pv_helpers.go GetBindVolumeToClaim.
 */
export function volumeBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const isNamed = isVolumeBoundToClaim(volume, claim)
  if (isNamed && claimRef?.uid === uid) return volume
  const reference = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
    name,
    uid,
    resourceVersion,
  } as NonNullable<typeof claimRef>
  const bound = { ...volume, spec: { ...volume.spec, claimRef: reference } }
  if (isNamed || volume.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined) return bound
  return {
    ...bound,
    metadata: {
      ...volume.metadata,
      annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' },
    },
  }
}

/** Whether the claim is bound and marked as completely bound. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return (spec.volumeName ?? '') !== '' && metadata.annotations?.[BIND_COMPLETED] !== undefined
}

/**
 * Whether a node is within the allowed topologies of a class. A class without topologies allows all nodes.
 * Source: v1helper.MatchTopologySelectorTerms.
 */
export function allowsNode({ allowedTopologies = [] }: StorageClass, node: Node): boolean {
  if (allowedTopologies.length === 0) return true
  return allowedTopologies.some(
    ({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values }) => values.includes(node.metadata.labels?.[key] ?? '\0')),
  )
}
