import { isPodTerminal } from '../api/core/conditions.js'
import type { PersistentVolumeClaim, Pod } from '../api/core/generated.js'
import { claimKeysOfPod, claimsOfPod, isClaimForPod } from '../api/core/pod-claims.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Change, Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { WorkQueue } from '../sim/work-queue.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './shared/finalizers.js'
import { LazyInformer } from './shared/lazy-informer.js'
import { reconcileQueue } from './shared/queue.js'

const FINALIZER = 'kubernetes.io/pvc-protection'
const CLAIM = 'claim'

/**
 * Holds claims that are being deleted until no pod uses them. Pods are watched only from the first such claim
 * on. Source: pkg/controller/volume/pvcprotection.
 */
export function createPvcProtectionController(): Component {
  return {
    name: controllerName('persistentvolumeclaim-protection-controller'),
    identity: controllerIdentity('pvc-protection-controller'),
    setup: (host) => new PvcProtection(host).start(),
  }
}

class PvcProtection {
  readonly #host: ComponentHost
  readonly #claims: Informer<PersistentVolumeClaim>
  readonly #pods: LazyInformer<Pod>
  readonly #queue: WorkQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#claims = host.informer('persistentvolumeclaims')
    this.#pods = new LazyInformer(
      host.state('pods', () => false),
      () =>
        host
          .informer('pods', { indexers: { [CLAIM]: claimKeysOfPod } })
          .onChange((change) => this.#podChanged(change)),
    )
    this.#queue = reconcileQueue(host, [this.#claims, this.#pods], (key) => this.#sync(key))
  }

  start(): void {
    this.#claims.onChange(({ type, object }) => {
      if (type === 'DELETED') return
      const isLeaving = object.metadata.deletionTimestamp !== undefined
      if (isLeaving !== hasFinalizer(object, FINALIZER)) return
      if (isLeaving) this.#pods.need()
      this.#queue.add(keyOf(object))
    })
  }

  /** Only the end of a pod can free its claims. */
  #podChanged({ type, object, old }: Change<Pod>): void {
    const replaced = old !== undefined && old.metadata.uid !== object.metadata.uid
    if (type !== 'DELETED' && !replaced && !isPodTerminal(object) && object.spec.nodeName) return
    for (const pod of replaced ? [old, object] : [object])
      for (const key of claimKeysOfPod(pod)) {
        if (this.#claims.get(key)?.metadata.deletionTimestamp !== undefined) this.#queue.add(key)
      }
  }

  #sync(key: string): void {
    const claim = this.#claims.get(key)
    if (!claim) return
    const { client } = this.#host
    const isHeld = hasFinalizer(claim, FINALIZER)
    if (claim.metadata.deletionTimestamp === undefined) {
      if (!isHeld)
        ignoreNotFound(() => client.update('persistentvolumeclaims', withFinalizer(claim, FINALIZER)))
    } else if (isHeld && !this.#isUsed(claim)) {
      ignoreNotFound(() => client.update('persistentvolumeclaims', withoutFinalizer(claim, FINALIZER)))
    }
  }

  /**
   * What the informer has not seen yet is asked of the server; pods that come after the deletion do not
   * start.
   */
  #isUsed(claim: PersistentVolumeClaim): boolean {
    const pods = this.#pods.need()
    if (pods.byIndex(CLAIM, keyOf(claim)).some((pod) => uses(pod, claim))) return true
    if (Number(pods.seen) >= Number(claim.metadata.resourceVersion)) return false
    const { namespace = '' } = claim.metadata
    return this.#host.client.list('pods', { namespace }).items.some((pod) => uses(pod, claim))
  }
}

/** Source: podUsesPVC. Kubelets see pods when they have been scheduled. */
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
