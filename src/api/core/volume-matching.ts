import { compileSelector } from '../labels.js'
import { compareQuantities, parseQuantity } from '../quantity.js'
import type { StorageClass } from '../storage/generated.js'
import { storageClassText } from './access-modes.js'
import type { Node, PersistentVolume, PersistentVolumeClaim } from './generated.js'
import { matchesNodeSelector } from './node-affinity.js'

/** On a claim: it has been bound once. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
/** On a volume or claim: the controller chose the other one, not the user. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
/** On a claim: the node that the scheduler wants it to be provisioned for. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
/** Provisioner of classes whose volumes are made by hand. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

/** The class of a claim; '' for none. */
export function classOfClaim({ metadata, spec }: PersistentVolumeClaim): string {
  return storageClassText(metadata, spec.storageClassName)
}

/** The class of a volume; '' for none. */
export function classOfVolume({ metadata, spec }: PersistentVolume): string {
  return storageClassText(metadata, spec.storageClassName)
}

/** Whether claims of the class are bound only when a pod uses them. */
export function delaysBinding(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
}

/** Whether the volume is reserved for the claim: it names it, and no other object of its name. Source: pv_helpers.go IsVolumeBoundToClaim. */
export function isVolumeBoundToClaim({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef === undefined || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false
  return (claimRef.uid ?? '') === '' || claimRef.uid === metadata.uid
}

/** Whether a volume can be used on a node. */
export function isUsableOn({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec.nodeAffinity?.required
  return required === undefined || matchesNodeSelector(required, node)
}

/** Whether the volume offers all access modes that the claim wants. */
export function offersAccessModes({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode) === true)
}

const modeOf = (spec: { readonly volumeMode?: string }): string => spec.volumeMode ?? 'Filesystem'

/** Whether volume and claim are both file systems or both block devices. */
export function haveSameMode(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return modeOf(volume.spec) === modeOf(claim.spec)
}

/** Where a volume is looked for. */
export interface MatchOptions {
  /** Only volumes that can be used there. */
  readonly node?: Node
  /** Names of volumes that are taken already. */
  readonly excluded?: ReadonlySet<string>
  /** Without a node, only volumes that are reserved for the claim count: all others wait for the scheduler. */
  readonly delayBinding?: boolean
}

/**
 * The volume for a claim: the one that is reserved for it, else the smallest available one that has everything that the claim asks for.
 * `volumes` in any order; among equals the first by name wins. Source: component-helpers storage/volume pv_helpers.go FindMatchingVolume.
 */
export function findMatchingVolume(
  claim: PersistentVolumeClaim, volumes: readonly PersistentVolume[], { node, excluded, delayBinding = false }: MatchOptions = {},
): PersistentVolume | undefined {
  const { selector } = claim.spec
  const wanted = parseQuantity(claim.spec.resources.requests?.['storage'] ?? '0')
  const wantedClass = classOfClaim(claim)
  const matches = selector === undefined ? undefined : compileSelector(selector)
  let best: PersistentVolume | undefined
  for (const volume of volumes) {
    const { metadata, spec, status } = volume
    if (excluded?.has(metadata.name as string) === true) continue
    if (spec.claimRef !== undefined && !isVolumeBoundToClaim(volume, claim)) continue
    const size = sizeOf(volume)
    if (compareQuantities(size, wanted) < 0 || !haveSameMode(volume, claim)) continue
    if ((spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')) continue
    if (metadata.deletionTimestamp !== undefined) continue
    const usable = node === undefined || isUsableOn(volume, node)
    if (isVolumeBoundToClaim(volume, claim)) return usable ? volume : undefined
    if (node === undefined && delayBinding) continue
    if (status.phase !== 'Available' || !usable) continue
    if (matches !== undefined && !matches(metadata.labels)) continue
    if (classOfVolume(volume) !== wantedClass || !offersAccessModes(volume, claim)) continue
    if (best === undefined || isBetter(volume, best)) best = volume
  }
  return best
}

/** Capacity of a volume. */
export function sizeOf({ spec }: PersistentVolume): ReturnType<typeof parseQuantity> {
  return parseQuantity(spec.capacity?.['storage'] ?? '0')
}

function isBetter(volume: PersistentVolume, than: PersistentVolume): boolean {
  const order = compareQuantities(sizeOf(volume), sizeOf(than))
  return order < 0 || (order === 0 && (volume.metadata.name ?? '') < (than.metadata.name ?? ''))
}

/**
 * The volume reserved for the claim, `bound-by-controller` if it was not before; the volume itself when that is so already.
 * Source: pv_helpers.go GetBindVolumeToClaim.
 */
export function volumeBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const isNamed = isVolumeBoundToClaim(volume, claim)
  if (isNamed && claimRef?.uid === uid) return volume
  const reference = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion } as NonNullable<typeof claimRef>
  const bound = { ...volume, spec: { ...volume.spec, claimRef: reference } }
  if (isNamed || volume.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined) return bound
  return { ...bound, metadata: { ...volume.metadata, annotations: { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } } }
}

/** Whether a node is within the topologies that a class allows; a class without them allows all. Source: v1helper.MatchTopologySelectorTerms. */
export function allowsNode({ allowedTopologies = [] }: StorageClass, node: Node): boolean {
  if (allowedTopologies.length === 0) return true
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.length > 0 && matchLabelExpressions.every(({ key, values }) => values.includes(node.metadata.labels?.[key] ?? '\0')))
}
