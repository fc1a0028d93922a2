import type { StatefulSet } from '../../api/apps/generated.js'
import type { PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import { ApiError, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import { messageOf } from '../shared/pod-control.js'
import { claimsOf, identityMatches, isInRange, storageMatches, withIdentity, withStorage } from './pods.js'

type Verb = 'create' | 'update' | 'delete'

const titled = (verb: Verb): string => `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`

/**
 * What came of several claims of one pod, as one error to try again after. Source: apimachinery
 * utilerrors.Aggregate.
 */
function claimsError(messages: readonly string[]): ApiError {
  return new ApiError(
    409,
    'Conflict',
    messages.length === 1 ? (messages[0] as string) : `[${messages.join(', ')}]`,
  )
}

/**
 * Creates, updates and deletes the pods of a StatefulSet and their claims, and tells so in events on the set.
 * What it throws is an ApiError, the server's or one that only another try can mend. Source:
 * pkg/controller/statefulset/stateful_pod_control.go.
 */
export class StatefulPodControl {
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #claims: Informer<PersistentVolumeClaim>
  /** Whether the release labels pods with their index. */
  readonly labelsIndex: boolean
  readonly #capitalised: boolean

  constructor(host: ComponentHost, claims: Informer<PersistentVolumeClaim>) {
    this.#client = host.client
    this.#recorder = host.recorder({ component: 'statefulset-controller' })
    this.#claims = claims
    const { has } = release(host.version)
    this.labelsIndex = has('podIndexLabel')
    this.#capitalised = has('capitalStatefulSetEvents')
  }

  create(set: StatefulSet, pod: Pod): void {
    this.#telling('create', set, pod, () => this.#createClaims(set, pod))
    let failure: unknown
    try {
      this.#client.create('pods', pod)
    } catch (error) {
      // it is there, only not seen yet: nothing to tell
      if (isApiError(error, 'AlreadyExists')) throw error
      failure = error
    }
    this.#telling('update', set, pod, () => this.updateClaimOwners(set, pod))
    this.#tell('create', set, pod, failure)
    if (failure !== undefined) throw failure
  }

  delete(set: StatefulSet, pod: Pod): void {
    let failure: unknown
    try {
      this.#client.delete('pods', pod.metadata)
    } catch (error) {
      failure = error
    }
    this.#tell('delete', set, pod, failure)
    if (failure !== undefined) throw failure
  }

  /** Gives a pod back its identity, its claims, and these their owners. Source: UpdateStatefulPod. */
  update(set: StatefulSet, pod: Pod): void {
    const isAsWanted =
      identityMatches(set, pod) && storageMatches(set, pod) && this.claimsOwnedAsWanted(set, pod)
    if (isAsWanted) return
    if (!storageMatches(set, pod)) this.#telling('update', set, pod, () => this.#createClaims(set, pod))
    this.#telling('update', set, pod, () => this.updateClaimOwners(set, pod))
    let failure: unknown
    try {
      this.#client.update('pods', this.#conforming(set, pod))
    } catch (error) {
      failure = isApiError(error, 'Conflict') ? this.#updateFresh(set, pod) : error
    }
    this.#tell('update', set, pod, failure)
    if (failure !== undefined) throw failure
  }

  #updateFresh(set: StatefulSet, pod: Pod): unknown {
    try {
      this.#client.update('pods', this.#conforming(set, this.#client.get('pods', pod.metadata)))
      return undefined
    } catch (error) {
      return error
    }
  }

  #conforming(set: StatefulSet, pod: Pod): Pod {
    const identified = identityMatches(set, pod) ? pod : withIdentity(set, pod, this.labelsIndex)
    return storageMatches(set, identified) ? identified : withStorage(set, identified)
  }

  /** Makes up for claims that a pod waits for. Source: createMissingPersistentVolumeClaims. */
  createMissingClaims(set: StatefulSet, pod: Pod): void {
    this.#createClaims(set, pod)
    this.#telling('update', set, pod, () => this.updateClaimOwners(set, pod))
  }

  /**
   * Whether a claim of the pod is still one of a former pod's, which the garbage collector is about to
   * delete. Source: PodClaimIsStale.
   */
  isClaimStale(set: StatefulSet, pod: Pod): boolean {
    if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
    return this.#known(set, pod).some((claim) => belongsToFormerPod(claim, pod))
  }

  claimsOwnedAsWanted(set: StatefulSet, pod: Pod): boolean {
    return this.#known(set, pod).every((claim) => isOwnedAsWanted(claim, set, pod))
  }

  /** Source: UpdatePodClaimForRetentionPolicy. */
  updateClaimOwners(set: StatefulSet, pod: Pod): void {
    for (const claim of this.#known(set, pod)) {
      if (hasOtherController(claim, set, pod)) {
        const what =
          `PersistentVolumeClaim ${claim.metadata.name ?? ''} has a conflicting OwnerReference that ` +
          'acts as a ' +
          'manging controller, the retention policy is ignored for this claim'
        this.#recorder.event(ownerOf(set), 'Warning', 'ConflictingController', what)
      }
      if (!isOwnedAsWanted(claim, set, pod))
        this.#client.update('persistentvolumeclaims', withWantedOwner(claim, set, pod))
    }
  }

  /** The pod's claims that are there. */
  #known(set: StatefulSet, pod: Pod): readonly PersistentVolumeClaim[] {
    if (set.spec.volumeClaimTemplates === undefined) return []
    return claimsOf(set, pod).flatMap((claim) => this.#claims.get(keyOf(claim)) ?? [])
  }

  #createClaims(set: StatefulSet, pod: Pod): void {
    const errors: string[] = []
    for (const claim of claimsOf(set, pod)) {
      const { name = '' } = claim.metadata
      const known = this.#claims.get(keyOf(claim))
      if (known?.metadata.deletionTimestamp !== undefined) errors.push(`pvc ${name} is being deleted`)
      if (known) continue
      try {
        this.#client.create('persistentvolumeclaims', claim)
        this.#tellOfClaim(set, pod, name, undefined)
      } catch (error) {
        if (!isApiError(error)) throw error
        errors.push(`failed to create PVC ${name}: ${error.message}`)
        if (!isApiError(error, 'AlreadyExists')) this.#tellOfClaim(set, pod, name, error)
      }
    }
    if (errors.length > 0) throw claimsError(errors)
  }

  /** Runs `call`; an error is told as that of the verb and thrown on. */
  #telling(verb: Verb, set: StatefulSet, pod: Pod, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#tell(verb, set, pod, error)
      throw error
    }
  }

  #tell(verb: Verb, set: StatefulSet, pod: Pod, error: unknown): void {
    const what = `${this.#shown(verb)} Pod ${pod.metadata.name ?? ''} in StatefulSet ${set.metadata.name ?? ''}`
    if (error === undefined)
      this.#recorder.event(ownerOf(set), 'Normal', `Successful${titled(verb)}`, `${what} successful`)
    else
      this.#recorder.event(
        ownerOf(set),
        'Warning',
        `Failed${titled(verb)}`,
        `${what} failed error: ${messageOf(error)}`,
      )
  }

  #tellOfClaim(set: StatefulSet, pod: Pod, claim: string, error: unknown): void {
    const whose = `Pod ${pod.metadata.name ?? ''} in StatefulSet ${set.metadata.name ?? ''}`
    const what = `${this.#shown('create')} Claim ${claim}`
    if (error === undefined)
      this.#recorder.event(ownerOf(set), 'Normal', 'SuccessfulCreate', `${what} ${whose} success`)
    else
      this.#recorder.event(
        ownerOf(set),
        'Warning',
        'FailedCreate',
        `${what} for ${whose} failed error: ${messageOf(error)}`,
      )
  }

  #shown(verb: Verb): string {
    return this.#capitalised ? titled(verb) : verb
  }
}

function ownerOf(object: StatefulSet): {
  readonly object: StatefulSet
  readonly apiVersion: string
  readonly kind: string
} {
  return { object, apiVersion: 'apps/v1', kind: 'StatefulSet' }
}

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
function belongsToFormerPod(claim: PersistentVolumeClaim, pod: Pod): boolean {
  return isStale(claim, podOwner(pod))
}

/**
 * Whether somebody else controls the claim, so that the retention policy cannot be kept. Source:
 * hasUnexpectedController.
 */
function hasOtherController(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
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
function isOwnedAsWanted(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
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
function withWantedOwner(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): PersistentVolumeClaim {
  const others = referencesOf(claim).filter(
    (each) => !names(each, setOwner(set)) && !names(each, podOwner(pod)),
  )
  const wanted = hasOtherController(claim, set, pod) ? undefined : wantedOwner(set, pod)
  const added = wanted ? [newControllerRef(wanted.object, wanted.apiVersion, wanted.kind)] : []
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: [...others, ...added] } }
}
