import { isPodActive, isPodTerminal } from '../api/core/conditions.js'
import type { Pod, PodResourceClaim, PodResourceClaimStatus } from '../api/core/generated.js'
import { controllerOf, newControllerRef } from '../api/meta/owner-references.js'
import type { ResourceClaim, ResourceClaimTemplate } from '../api/resource/generated.js'
import {
  CLAIM_FINALIZER,
  foreignResourceClaim,
  isReservedFor,
  namedClaim,
  resourceClaimKeys,
} from '../api/resource/pod-claims.js'
import { ApiError, ignoreNotFound } from '../client/api-error.js'
import type { Client } from '../client/client.js'
import type { Component } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import { Written } from '../client/written.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { hasFinalizer, withoutFinalizer } from './shared/finalizers.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import type { LazyInformer } from './shared/lazy-informer.js'
import { isRequestFailure } from './shared/queue.js'

/** Index of pods by the keys of their claims. */
const BY_CLAIM = 'claim'
/** Index of generated claims by the UID of their pod. */
const BY_OWNER = 'owner'
/** Names the entry of the pod's spec that a claim was made for. */
const POD_CLAIM = 'resource.kubernetes.io/pod-claim-name'
const FIELD_MANAGER = 'ResourceClaimController'
/** Prefixes of the queue's keys; an object's key follows. */
const WORK = { claim: 'claim:', pod: 'pod:' } as const

type Eager = { readonly pods: 'pods'; readonly claims: 'resourceclaims' }
type Lazy = { readonly templates: 'resourceclaimtemplates' }

/**
 * Creates the resource claim controller: it makes ResourceClaims of templates for pods, removes users that
 * are gone, takes back the devices of claims without users, and deletes generated claims of pods that have
 * ended. Source: pkg/controller/resourceclaim.
 */
export function createResourceClaimController(): Component {
  const owners = (claim: ResourceClaim): readonly string[] => {
    const owner = podOwner(claim)
    return owner === undefined ? [] : [owner.uid]
  }
  return builtInController<Eager, Lazy>({
    name: controllerName('resourceclaim-controller'),
    identity: controllerIdentity('resource-claim-controller'),
    informers: {
      pods: { resource: 'pods', indexers: { [BY_CLAIM]: resourceClaimKeys } },
      claims: { resource: 'resourceclaims', indexers: { [BY_OWNER]: owners } },
    },
    lazyInformers: { templates: { resource: 'resourceclaimtemplates' } },
    setup: (context) => new ResourceClaims(context),
  })
}

class ResourceClaims implements Controller<Eager & Lazy> {
  readonly on: Handlers<Eager & Lazy> = {
    pods: ({ type, object }) => this.#podChanged(object, type === 'DELETED'),
    claims: (change) => this.#claimChanged(change),
  }
  readonly #client: Client
  readonly #pods: Informer<Pod>
  readonly #claims: Informer<ResourceClaim>
  readonly #templates: LazyInformer<ResourceClaimTemplate>
  readonly #recorder: EventRecorder
  /** Claims of its own making that the informer has not seen, so that none is made twice. */
  readonly #made: Written<ResourceClaim>
  readonly #unseen: () => readonly ResourceClaim[]

  constructor({ host, informers: { pods, claims, templates } }: ControllerContext<Eager, Lazy>) {
    this.#client = host.client
    this.#pods = pods
    this.#claims = claims
    this.#templates = templates
    this.#recorder = host.recorder({ component: 'resource_claim' })
    const made = host.state('made', () => new Map<string, ResourceClaim>())
    this.#made = new Written(made)
    this.#unseen = () => [...made.value.values()]
  }

  reconcile(key: string): void {
    if (key.startsWith(WORK.pod)) this.#syncPod(key.slice(WORK.pod.length))
    else this.#syncClaim(key.slice(WORK.claim.length))
  }

  #podChanged(pod: Pod, isGone: boolean): readonly string[] {
    const { resourceClaims = [] } = pod.spec
    if (resourceClaims.length === 0 && pod.status.extendedResourceClaimStatus === undefined) return []
    if (resourceClaims.some(({ resourceClaimTemplateName }) => resourceClaimTemplateName !== undefined))
      this.#templates.need()
    const keys = !isGone && !isPodDone(pod) ? [] : resourceClaimKeys(pod).map((key) => WORK.claim + key)
    return !isGone && this.#hasWork(pod) ? [...keys, WORK.pod + keyOf(pod)] : keys
  }

  #claimChanged(change: Change<ResourceClaim>): readonly string[] {
    this.#made.observe(change)
    const key = keyOf(change.object)
    const pods = this.#pods.byIndex(BY_CLAIM, key).flatMap((pod) => this.#podChanged(pod, false))
    return change.type === 'DELETED' ? pods : [WORK.claim + key, ...pods]
  }

  /** Whether claims have to be made for the pod, or reserved. Source: podNeedsWork. */
  #hasWork(pod: Pod): boolean {
    if (!isPodActive(pod)) return false
    for (const entry of pod.spec.resourceClaims ?? []) {
      const named = namedClaim(pod, entry)
      if (typeof named === 'string') return true
      if (named.name === undefined) return false
      const claim = this.#claims.get(`${pod.metadata.namespace ?? ''}/${named.name}`)
      if (claim === undefined) return entry.resourceClaimTemplateName !== undefined
      if (named.isGenerated && foreignResourceClaim(pod, claim) !== undefined) return false
      if (pod.spec.nodeName && claim.status.allocation !== undefined && !isReservedFor(pod, claim))
        return true
    }
    return false
  }

  #syncPod(key: string): void {
    const pod = this.#pods.get(key)
    if (pod === undefined || !isPodActive(pod)) return
    const made: PodResourceClaimStatus[] = []
    let isNew = false
    for (const entry of pod.spec.resourceClaims ?? []) {
      try {
        const resourceClaimName = this.#ensureClaim(pod, entry)
        const known = pod.status.resourceClaimStatuses?.find(({ name }) => name === entry.name)
        isNew ||= resourceClaimName !== undefined && resourceClaimName !== known?.resourceClaimName
        if (resourceClaimName !== undefined) made.push({ name: entry.name, resourceClaimName })
      } catch (error) {
        if (!isRequestFailure(error)) throw error
        const target = { object: pod, kind: 'Pod', apiVersion: 'v1' }
        const text = `PodResourceClaim ${entry.name}: ${error.message}`
        this.#recorder.event(target, 'Warning', 'FailedResourceClaimCreation', text)
        throw error
      }
    }
    if (isNew) this.#publish(pod, made)
    // the scheduler reserves the claims of the pods that it places
    if (pod.spec.nodeName) this.#reserve(pod)
  }

  /** Writes the names of the claims of a pod to its status. */
  #publish({ metadata }: Pod, resourceClaimStatuses: readonly PodResourceClaimStatus[]): void {
    const { name, namespace } = metadata
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      status: { resourceClaimStatuses },
    }
    const options = { subresource: 'status', fieldManager: FIELD_MANAGER, force: true }
    ignoreNotFound(() => this.#client.patch('pods', metadata, { type: 'apply', body }, options))
  }

  /**
   * Returns the name of the claim of a template; undefined if the entry names a claim. Source: handleClaim.
   */
  #ensureClaim(pod: Pod, entry: PodResourceClaim): string | undefined {
    const { namespace = '' } = pod.metadata
    const { resourceClaimTemplateName: template } = entry
    if (template === undefined) return undefined
    const named = namedClaim(pod, entry)
    if (typeof named !== 'string') {
      const { name } = named
      if (name === undefined) return undefined
      const known = this.#claims.get(`${namespace}/${name}`)
      if (known !== undefined && foreignResourceClaim(pod, known) === undefined) return name
    }
    const found = this.#claimsOf(pod).find(({ metadata }) => metadata.annotations?.[POD_CLAIM] === entry.name)
    return (found ?? this.#create(pod, entry, template)).metadata.name
  }

  #claimsOf({ metadata: { uid = '' } }: Pod): readonly ResourceClaim[] {
    const own = this.#unseen().filter((claim) => podOwner(claim)?.uid === uid)
    return [...this.#claims.byIndex(BY_OWNER, uid), ...own]
  }

  #create(pod: Pod, { name }: PodResourceClaim, template: string): ResourceClaim {
    const { namespace = '' } = pod.metadata
    const found = this.#templates.need().get(`${namespace}/${template}`)
    if (found === undefined) {
      const missing = `resourceclaimtemplate.resource.k8s.io "${template}" not found`
      throw new ApiError(404, 'NotFound', `resource claim template "${template}": ${missing}`)
    }
    const { metadata, spec } = found.spec
    const { labels } = metadata
    const claim = {
      metadata: {
        namespace,
        generateName: nameBase(pod.metadata.name ?? '', name),
        ownerReferences: [newControllerRef(pod, 'v1', 'Pod')],
        annotations: { ...metadata.annotations, [POD_CLAIM]: name },
        ...(labels === undefined ? {} : { labels }),
      },
      spec,
      status: {},
    }
    try {
      return this.#made.remember(this.#client.create('resourceclaims', claim))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      throw new ApiError(error.code, error.reason, `create ResourceClaim : ${error.message}`)
    }
  }

  /** Reserves the allocated claims of a pod that the scheduler did not place. */
  #reserve(pod: Pod): void {
    const { name = '', uid = '' } = pod.metadata
    for (const key of resourceClaimKeys(pod)) {
      const claim = this.#claims.get(key)
      if (claim?.status.allocation === undefined || isReservedFor(pod, claim)) continue
      const reservedFor = [...(claim.status.reservedFor ?? []), { resource: 'pods', name, uid }]
      this.#client.updateStatus('resourceclaims', { ...claim, status: { ...claim.status, reservedFor } })
    }
  }

  #syncClaim(key: string): void {
    const claim = this.#claims.get(key)
    if (claim === undefined) return
    const { reservedFor = [] } = claim.status
    const users = reservedFor.filter(({ apiGroup = '', resource, name, uid }) => {
      if (apiGroup !== '' || resource !== 'pods')
        throw new ApiError(500, 'InternalError', `unsupported ReservedFor entry: ${resource} ${name}`)
      return this.#stillUses(claim.metadata.namespace ?? '', name, uid)
    })
    if (users.length < reservedFor.length) this.#release(claim, users)
    else if (users.length === 0 && claim.metadata.deletionTimestamp !== undefined) this.#giveUp(claim)
    if (users.length === 0) this.#deleteUnused(claim)
  }

  #stillUses(namespace: string, name: string, uid: string): boolean {
    const seen = this.#pods.get(`${namespace}/${name}`)
    if (seen !== undefined) return seen.metadata.uid === uid && !isPodDone(seen)
    // the scheduler may have reserved it for a pod that the informer has not seen yet
    const pod = ignoreNotFound(() => this.#client.get('pods', { namespace, name }))
    return pod?.metadata.uid === uid
  }

  /** Removes users; a claim that loses its last one loses its devices, too. */
  #release(claim: ResourceClaim, users: ResourceClaim['status']['reservedFor'] & object): void {
    const { allocation, reservedFor: _, ...rest } = claim.status
    const isFree = users.length === 0 && hasFinalizer(claim, CLAIM_FINALIZER)
    const status = {
      ...rest,
      ...(allocation === undefined || isFree ? {} : { allocation }),
      ...(users.length === 0 ? {} : { reservedFor: users }),
    }
    this.#unprotect(this.#client.updateStatus('resourceclaims', { ...claim, status }))
  }

  /** Takes the devices of a claim that is being deleted and has no users. */
  #giveUp(claim: ResourceClaim): void {
    if (!hasFinalizer(claim, CLAIM_FINALIZER)) return
    const { allocation, ...status } = claim.status
    this.#unprotect(
      allocation === undefined ? claim : this.#client.updateStatus('resourceclaims', { ...claim, status }),
    )
  }

  #unprotect(claim: ResourceClaim): void {
    if (claim.status.allocation === undefined && hasFinalizer(claim, CLAIM_FINALIZER))
      this.#client.update('resourceclaims', withoutFinalizer(claim, CLAIM_FINALIZER))
  }

  /** Deletes a generated claim whose pod has ended or was replaced. */
  #deleteUnused(claim: ResourceClaim): void {
    const owner = podOwner(claim)
    if (owner === undefined || claim.metadata.deletionTimestamp !== undefined) return
    const pod = this.#pods.get(`${claim.metadata.namespace ?? ''}/${owner.name}`)
    if (pod !== undefined && (pod.metadata.uid !== owner.uid || isPodDone(pod)))
      ignoreNotFound(() => this.#client.delete('resourceclaims', claim.metadata))
  }
}

function podOwner(claim: ResourceClaim): { readonly name: string; readonly uid: string } | undefined {
  const owner = controllerOf(claim)
  return owner?.apiVersion === 'v1' && owner.kind === 'Pod' ? owner : undefined
}

/** Whether none of the pod's containers runs or ever will. Source: isPodDone. */
function isPodDone(pod: Pod): boolean {
  return isPodTerminal(pod) || (pod.metadata.deletionTimestamp !== undefined && !pod.spec.nodeName)
}

/** The generated name leaves space for a hyphen and five random characters. */
const MAX_BASE = 57

/** Returns the start of a claim's name: the names of pod and entry, shortened by the same share. */
function nameBase(pod: string, entry: string): string {
  const { length } = `${pod}-${entry}-`
  if (length <= MAX_BASE) return `${pod}-${entry}-`
  const part = (name: string): string => name.slice(0, Math.trunc((name.length * MAX_BASE) / length))
  return `${part(pod)}-${part(entry)}`
}
