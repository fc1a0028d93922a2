import type { StatefulSet } from '../../api/apps/generated.js'
import type { PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import { ApiError, explained, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { CreateRate } from '../shared/create-rate.js'
import { messageOf } from '../shared/pod-control.js'
import { claimsOf, identityMatches, isInRange, storageMatches, withIdentity, withStorage } from './pods.js'

type Verb = 'create' | 'update' | 'delete'

const titled = (verb: Verb): string => `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`

/**
 * Combines the errors of a pod's claims into one that is retried. Source: apimachinery utilerrors.Aggregate.
 */
function claimsError(messages: readonly string[]): ApiError {
  return new ApiError(
    409,
    'Conflict',
    messages.length === 1 ? (messages[0] as string) : `[${messages.join(', ')}]`,
  )
}

/**
 * Creates, updates and deletes the pods of a StatefulSet and their claims, and records events about it on the
 * set. Methods throw ApiError, after which the sync is retried. Source:
 * pkg/controller/statefulset/stateful_pod_control.go.
 */
export class StatefulPodControl {
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #claims: Informer<PersistentVolumeClaim>
  /** Whether the release labels pods with their index. */
  readonly labelsIndex: boolean
  readonly #capitalised: boolean
  readonly #rate: CreateRate

  constructor(host: ComponentHost, claims: Informer<PersistentVolumeClaim>, rate: CreateRate) {
    this.#rate = rate
    this.#client = host.client
    this.#recorder = host.recorder({ component: 'statefulset-controller' })
    this.#claims = claims
    const { has } = release(host.version)
    this.labelsIndex = has('podIndexLabel')
    this.#capitalised = has('capitalStatefulSetEvents')
  }

  /** Returns how many of `wanted` pods may be created now for that key, see {@link CreateRate.allow}. */
  allow(key: string, wanted: number, missing: number): number {
    return this.#rate.allow(key, wanted, missing)
  }

  /** Creates a pod and its missing claims. Source: CreateStatefulPod. */
  create(set: StatefulSet, pod: Pod): void {
    this.#recordingErrors('create', set, pod, () => this.#createClaims(set, pod))
    let failure: unknown
    this.#rate.take()
    try {
      this.#client.create('pods', pod)
    } catch (error) {
      // the pod exists, but the informer has not seen it yet: retried without an event
      if (isApiError(error, 'AlreadyExists')) throw error
      failure = error
    }
    this.#recordingErrors('update', set, pod, () => this.updateClaimOwners(set, pod))
    this.#record('create', set, pod, failure)
    if (failure !== undefined) throw failure
  }

  /** Deletes a pod. Source: DeleteStatefulPod. */
  delete(set: StatefulSet, pod: Pod): void {
    let failure: unknown
    try {
      this.#client.delete('pods', pod.metadata)
    } catch (error) {
      failure = error
    }
    this.#record('delete', set, pod, failure)
    if (failure !== undefined) throw failure
  }

  /**
   * Restores the identity and the claims of a pod, and the owners of the claims. Source: UpdateStatefulPod.
   */
  update(set: StatefulSet, pod: Pod): void {
    const isAsWanted =
      identityMatches(set, pod) && storageMatches(set, pod) && this.claimsOwnedAsWanted(set, pod)
    if (isAsWanted) return
    if (!storageMatches(set, pod))
      this.#recordingErrors('update', set, pod, () => this.#createClaims(set, pod))
    this.#recordingErrors('update', set, pod, () => this.updateClaimOwners(set, pod))
    let failure: unknown
    try {
      this.#client.update('pods', this.#conforming(set, pod))
    } catch (error) {
      failure = isApiError(error, 'Conflict') ? this.#updateFresh(set, pod) : error
    }
    this.#record('update', set, pod, failure)
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

  /** Creates the missing claims of a pending pod. Source: createMissingPersistentVolumeClaims. */
  createMissingClaims(set: StatefulSet, pod: Pod): void {
    this.#createClaims(set, pod)
    this.#recordingErrors('update', set, pod, () => this.updateClaimOwners(set, pod))
  }

  /**
   * Whether a claim still belongs to a former pod, so that it will be garbage-collected. Source:
   * PodClaimIsStale.
   */
  isClaimStale(set: StatefulSet, pod: Pod): boolean {
    if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
    return this.#known(set, pod).some((claim) => belongsToFormerPod(claim, pod))
  }

  /** Whether the owners of all claims match the retention policy. */
  claimsOwnedAsWanted(set: StatefulSet, pod: Pod): boolean {
    return this.#known(set, pod).every((claim) => isOwnedAsWanted(claim, set, pod))
  }

  /**
   * Sets the owners of the pod's claims by the retention policy. Source: UpdatePodClaimForRetentionPolicy.
   */
  updateClaimOwners(set: StatefulSet, pod: Pod): void {
    for (const claim of this.#known(set, pod)) {
      if (hasOtherController(claim, set, pod)) {
        const what =
          `PersistentVolumeClaim ${claim.metadata.name ?? ''} has a conflicting OwnerReference that ` +
          'acts as a ' +
          'manging controller, the retention policy is ignored for this claim'
        this.#recorder.event(ownerOf(set), 'Warning', 'ConflictingController', what)
      }
      if (isOwnedAsWanted(claim, set, pod)) continue
      try {
        this.#client.update('persistentvolumeclaims', withWantedOwner(claim, set, pod))
      } catch (error) {
        const what = `could not update claim ${claim.metadata.name ?? ''} for delete policy ownerRefs`
        throw explained(error, what)
      }
    }
  }

  /** Returns the pod's claims that exist. */
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
        this.#recordClaim(set, pod, name, undefined)
      } catch (error) {
        if (!isApiError(error)) throw error
        errors.push(`failed to create PVC ${name}: ${error.message}`)
        if (!isApiError(error, 'AlreadyExists')) this.#recordClaim(set, pod, name, error)
      }
    }
    if (errors.length > 0) throw claimsError(errors)
  }

  /** Runs `call`; an error is recorded as a failure of the verb and rethrown. */
  #recordingErrors(verb: Verb, set: StatefulSet, pod: Pod, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#record(verb, set, pod, error)
      throw error
    }
  }

  #record(verb: Verb, set: StatefulSet, pod: Pod, error: unknown): void {
    const [podName, setName] = [pod.metadata.name ?? '', set.metadata.name ?? '']
    const what = `${this.#shown(verb)} Pod ${podName} in StatefulSet ${setName}`
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

  #recordClaim(set: StatefulSet, pod: Pod, claim: string, error: unknown): void {
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

/** An object that can own a claim, with its kind, which objects from lists and watches do not carry. */
interface ClaimOwner {
  readonly object: KubeObject
  readonly apiVersion: string
  readonly kind: string
}

const setOwner = (object: StatefulSet): ClaimOwner => ({ object, apiVersion: 'apps/v1', kind: 'StatefulSet' })
const podOwner = (object: Pod): ClaimOwner => ({ object, apiVersion: 'v1', kind: 'Pod' })

/** Whether the retention policy contains `Delete`; otherwise owners of claims are not managed. */
function deletesClaims({ spec: { persistentVolumeClaimRetentionPolicy: policy } }: StatefulSet): boolean {
  return policy?.whenScaled === 'Delete' || policy?.whenDeleted === 'Delete'
}

/** Whether the reference names the owner or a former object of that name. */
function names(reference: OwnerReference, { object, apiVersion, kind }: ClaimOwner): boolean {
  return (
    reference.apiVersion === apiVersion && reference.kind === kind && reference.name === object.metadata.name
  )
}

const referencesOf = ({ metadata }: PersistentVolumeClaim): readonly OwnerReference[] =>
  metadata.ownerReferences ?? []

const belongsTo = (claim: PersistentVolumeClaim, owner: KubeObject): boolean =>
  referencesOf(claim).some(({ uid }) => uid === owner.metadata.uid)

/** Whether the claim is owned by a former object with the owner's name. Source: hasStaleOwnerRef. */
function isStale(claim: PersistentVolumeClaim, owner: ClaimOwner): boolean {
  const reference = referencesOf(claim).find((each) => names(each, owner))
  return reference !== undefined && reference.uid !== owner.object.metadata.uid
}

/** Whether a former pod of that name owns the claim, which is therefore deleted and must not be used. */
function belongsToFormerPod(claim: PersistentVolumeClaim, pod: Pod): boolean {
  return isStale(claim, podOwner(pod))
}

/**
 * Whether another object controls the claim, so that the retention policy cannot be applied. Source:
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

/** Returns the owner of the claim by the retention policy: the pod, the set, or undefined for none. */
function wantedOwner(set: StatefulSet, pod: Pod): ClaimOwner | undefined {
  const { whenScaled, whenDeleted } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (whenScaled === 'Delete' && !isInRange(set, pod)) return podOwner(pod)
  return whenDeleted === 'Delete' ? setOwner(set) : undefined
}

/**
 * Whether the claim's owners match the retention policy, or must not be changed because one is stale. Source:
 * isClaimOwnerUpToDate.
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

/** Returns the claim with its owners by the retention policy. Source: updateClaimOwnerRefForSetAndPod. */
function withWantedOwner(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): PersistentVolumeClaim {
  const others = referencesOf(claim).filter(
    (each) => !names(each, setOwner(set)) && !names(each, podOwner(pod)),
  )
  const wanted = hasOtherController(claim, set, pod) ? undefined : wantedOwner(set, pod)
  const added = wanted ? [newControllerRef(wanted.object, wanted.apiVersion, wanted.kind)] : []
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: [...others, ...added] } }
}
