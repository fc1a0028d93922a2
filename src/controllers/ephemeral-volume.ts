import type { PersistentVolumeClaim, Pod, Volume } from '../api/core/generated.js'
import { claimKeysOfPod, ephemeralClaimName, isClaimForPod } from '../api/core/volumes/pod-claims.js'
import { newControllerRef } from '../api/meta/owner-references.js'
import { ApiError, ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import type { LazyInformer } from './shared/lazy-informer.js'
import { isRequestFailure } from './shared/queue.js'

const CLAIM = 'claim'

type Eager = { readonly pods: 'pods' }
type Lazy = { readonly claims: 'persistentvolumeclaims' }

/**
 * Creates the ephemeral volume controller, which creates a claim, owned by the pod, for each generic
 * ephemeral volume of a pod. Source: pkg/controller/volume/ephemeral.
 */
export function createEphemeralVolumeController(): Component {
  const claimsToCreate = (pod: Pod): readonly string[] => (hasEphemeral(pod) ? claimKeysOfPod(pod) : [])
  return builtInController<Eager, Lazy>({
    name: controllerName('ephemeral-volume-controller'),
    identity: controllerIdentity('ephemeral-volume-controller'),
    informers: { pods: { resource: 'pods', indexers: { [CLAIM]: claimsToCreate } } },
    lazyInformers: { claims: { resource: 'persistentvolumeclaims' } },
    setup: (context) => new EphemeralVolumes(context),
  })
}

const hasEphemeral = ({ spec }: Pod): boolean =>
  spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) ?? false

class EphemeralVolumes implements Controller<Eager & Lazy> {
  readonly on: Handlers<Eager & Lazy> = {
    // a claim that is deleted while its pod exists is created again
    claims: ({ type, object }) =>
      type === 'DELETED' ? this.#pods.byIndex(CLAIM, keyOf(object)).map(keyOf) : [],
    pods: ({ type, object }) => {
      if (type !== 'ADDED' || !hasEphemeral(object)) return []
      this.#claims.need()
      return [keyOf(object)]
    },
  }
  readonly #host: ComponentHost
  readonly #pods: Informer<Pod>
  readonly #claims: LazyInformer<PersistentVolumeClaim>
  readonly #recorder: EventRecorder

  constructor({ host, informers: { pods, claims } }: ControllerContext<Eager, Lazy>) {
    this.#host = host
    this.#pods = pods
    this.#claims = claims
    this.#recorder = host.recorder({ component: 'ephemeral_volume' })
  }

  reconcile(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return
    for (const volume of pod.spec.volumes ?? []) {
      if (!volume.ephemeral) continue
      try {
        this.#ensureClaim(pod, volume)
      } catch (error) {
        if (!isRequestFailure(error)) throw error
        const target = { object: pod, kind: 'Pod', apiVersion: 'v1' }
        this.#recorder.event(
          target,
          'Warning',
          'FailedBinding',
          `ephemeral volume ${volume.name}: ${error.message}`,
        )
        throw error
      }
    }
  }

  #ensureClaim(pod: Pod, volume: Volume): void {
    const { namespace = '' } = pod.metadata
    const name = ephemeralClaimName(pod, volume)
    const { client } = this.#host
    const known =
      this.#claims.need().get(`${namespace}/${name}`) ??
      ignoreNotFound(() => client.get('persistentvolumeclaims', { namespace, name }))
    if (known) {
      if (isClaimForPod(pod, known)) return
      const [claim, owner] = [
        `${namespace}/${name} (uid: ${known.metadata.uid ?? ''})`,
        `${namespace}/${pod.metadata.name ?? ''} (uid: ${pod.metadata.uid ?? ''})`,
      ]
      throw new ApiError(409, 'Conflict', `PVC ${claim} was not created for pod ${owner} (pod is not owner)`)
    }
    const { metadata: { labels, annotations } = {}, spec } = volume.ephemeral?.volumeClaimTemplate ?? {}
    const metadata = {
      namespace,
      name,
      ownerReferences: [newControllerRef(pod, 'v1', 'Pod')],
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    }
    client.create('persistentvolumeclaims', { metadata, spec, status: {} } as PersistentVolumeClaim)
  }
}
