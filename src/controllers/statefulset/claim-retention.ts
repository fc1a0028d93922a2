import type { StatefulSet } from '../../api/apps/generated.js'
import type { PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { isInRange } from './ordinals.js'

/** An object that a claim may belong to, with what the object itself does not carry. */
interface ClaimOwner {
  readonly object: KubeObject
  readonly apiVersion: string
  readonly kind: string
}

const setOwner = (object: StatefulSet): ClaimOwner => ({ object, apiVersion: 'apps/v1', kind: 'StatefulSet' })
const podOwner = (object: Pod): ClaimOwner => ({ object, apiVersion: 'v1', kind: 'Pod' })

/** Whether the policy says `Delete` in either case; otherwise claims are left alone. */
function deletesClaims({ spec: { persistentVolumeClaimRetentionPolicy: policy } }: StatefulSet): boolean {
  return policy?.whenScaled === 'Delete' || policy?.whenDeleted === 'Delete'
}

/** Whether the reference names the owner, be it this one or a former one of that name. */
function names(reference: OwnerReference, { object, apiVersion, kind }: ClaimOwner): boolean {
  return (
    reference.apiVersion === apiVersion && reference.kind === kind && reference.name === object.metadata.name
  )
}

const referencesOf = ({ metadata }: PersistentVolumeClaim): readonly OwnerReference[] =>
  metadata.ownerReferences ?? []

const belongsTo = (claim: PersistentVolumeClaim, owner: KubeObject): boolean =>
  referencesOf(claim).some(({ uid }) => uid === owner.metadata.uid)

/** Whether the claim belongs to a former object of the owner's name. Source: hasStaleOwnerRef. */
function isStale(claim: PersistentVolumeClaim, owner: ClaimOwner): boolean {
  const reference = referencesOf(claim).find((each) => names(each, owner))
  return reference !== undefined && reference.uid !== owner.object.metadata.uid
}

/**
 * Whether the claim belongs to a former pod of that name: it is on its way out, and the new pod must not use
 * it.
 */
export function belongsToFormerPod(claim: PersistentVolumeClaim, pod: Pod): boolean {
  return isStale(claim, podOwner(pod))
}

/**
 * Whether somebody else controls the claim, so that the retention policy cannot be kept. Source:
 * hasUnexpectedController.
 */
export function hasOtherController(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  if (!deletesClaims(set)) return false
  const own = [setOwner(set), podOwner(pod)]
  return referencesOf(claim).some((reference) => {
    const owner = own.find((each) => names(reference, each))
    return owner ? reference.uid !== owner.object.metadata.uid : reference.controller === true
  })
}

/** Who should own the claim by the policy: the set, the pod, or nobody. */
function wantedOwner(set: StatefulSet, pod: Pod): ClaimOwner | undefined {
  const { whenScaled, whenDeleted } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (whenScaled === 'Delete' && !isInRange(set, pod)) return podOwner(pod)
  return whenDeleted === 'Delete' ? setOwner(set) : undefined
}

/**
 * Whether the claim's owners are what the retention policy wants; true also for claims that had better not be
 * touched. Source: isClaimOwnerUpToDate.
 */
export function isOwnedAsWanted(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  if (isStale(claim, setOwner(set)) || isStale(claim, podOwner(pod))) return true
  const own = [set, pod].filter((owner) => belongsTo(claim, owner))
  if (hasOtherController(claim, set, pod)) return own.length === 0
  const isMereOwner = ({ uid, controller }: OwnerReference): boolean =>
    controller !== true && (uid === set.metadata.uid || uid === pod.metadata.uid)
  if (referencesOf(claim).some(isMereOwner)) return false
  const wanted = wantedOwner(set, pod)?.object
  return own.length === (wanted ? 1 : 0) && own[0] === wanted
}

/** The claim with the owners that the retention policy wants. Source: updateClaimOwnerRefForSetAndPod. */
export function withWantedOwner(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
): PersistentVolumeClaim {
  const others = referencesOf(claim).filter(
    (each) => !names(each, setOwner(set)) && !names(each, podOwner(pod)),
  )
  const wanted = hasOtherController(claim, set, pod) ? undefined : wantedOwner(set, pod)
  const added = wanted ? [newControllerRef(wanted.object, wanted.apiVersion, wanted.kind)] : []
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: [...others, ...added] } }
}
