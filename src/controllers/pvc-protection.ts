import { isPodTerminal } from '../api/core/conditions.js'
import type { PersistentVolumeClaim, Pod } from '../api/core/generated.js'
import { claimKeysOfPod, claimsOfPod, isClaimForPod } from '../api/core/volumes/pod-claims.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './shared/finalizers.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import type { LazyInformer } from './shared/lazy-informer.js'

const FINALIZER = 'kubernetes.io/pvc-protection'
const CLAIM = 'claim'

type Eager = { readonly claims: 'persistentvolumeclaims' }
type Lazy = { readonly pods: 'pods' }

/**
 * Creates the PVC protection controller, whose finalizer keeps a claim that is being deleted until no pod
 * uses it. Pods are not watched before a claim is deleted. Source: pkg/controller/volume/pvcprotection.
 */
export function createPvcProtectionController(): Component {
  return builtInController<Eager, Lazy>({
    name: controllerName('persistentvolumeclaim-protection-controller'),
    identity: controllerIdentity('pvc-protection-controller'),
    informers: { claims: { resource: 'persistentvolumeclaims' } },
    lazyInformers: { pods: { resource: 'pods', indexers: { [CLAIM]: claimKeysOfPod } } },
    setup: (context) => new PvcProtection(context),
  })
}

class PvcProtection implements Controller<Eager & Lazy> {
  readonly on: Handlers<Eager & Lazy> = {
    claims: (change) => this.#claimChanged(change),
    pods: (change) => this.#claimsFreedBy(change),
  }
  readonly #host: ComponentHost
  readonly #claims: Informer<PersistentVolumeClaim>
  readonly #pods: LazyInformer<Pod>

  constructor({ host, informers: { claims, pods } }: ControllerContext<Eager, Lazy>) {
    this.#host = host
    this.#claims = claims
    this.#pods = pods
  }

  #claimChanged({ type, object }: Change<PersistentVolumeClaim>): readonly string[] {
    if (type === 'DELETED') return []
    const isDeleted = object.metadata.deletionTimestamp !== undefined
    if (isDeleted !== hasFinalizer(object, FINALIZER)) return []
    if (isDeleted) this.#pods.need()
    return [keyOf(object)]
  }

  /** Only a pod that terminates, disappears or is replaced can release its claims. */
  #claimsFreedBy({ type, object, old }: Change<Pod>): readonly string[] {
    const replaced = old !== undefined && old.metadata.uid !== object.metadata.uid
    if (type !== 'DELETED' && !replaced && !isPodTerminal(object) && object.spec.nodeName) return []
    return (replaced ? [old, object] : [object])
      .flatMap(claimKeysOfPod)
      .filter((key) => this.#claims.get(key)?.metadata.deletionTimestamp !== undefined)
  }

  reconcile(key: string): void {
    const claim = this.#claims.get(key)
    if (!claim) return
    const { client } = this.#host
    const isProtected = hasFinalizer(claim, FINALIZER)
    if (claim.metadata.deletionTimestamp === undefined) {
      if (!isProtected)
        ignoreNotFound(() => client.update('persistentvolumeclaims', withFinalizer(claim, FINALIZER)))
    } else if (isProtected && !this.#isUsed(claim)) {
      ignoreNotFound(() => client.update('persistentvolumeclaims', withoutFinalizer(claim, FINALIZER)))
    }
  }

  /**
   * Whether a pod uses the claim. While the informer has not yet seen the deletion, the server is asked too;
   * pods that are created after the deletion do not start.
   */
  #isUsed(claim: PersistentVolumeClaim): boolean {
    const pods = this.#pods.need()
    if (pods.byIndex(CLAIM, keyOf(claim)).some((pod) => uses(pod, claim))) return true
    if (Number(pods.seen) >= Number(claim.metadata.resourceVersion)) return false
    const { namespace = '' } = claim.metadata
    return this.#host.client.list('pods', { namespace }).items.some((pod) => uses(pod, claim))
  }
}

/**
 * Whether the pod uses the claim; one that is not scheduled is not yet known to a kubelet. Source:
 * podUsesPVC.
 */
function uses(pod: Pod, claim: PersistentVolumeClaim): boolean {
  if (!pod.spec.nodeName) return false
  return claimsOfPod(pod).some(
    ({ claimName, isEphemeral }) =>
      claimName === claim.metadata.name && (!isEphemeral || (!isShutDown(pod) && isClaimForPod(pod, claim))),
  )
}

/** Source: podIsShutDown. */
function isShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
}
