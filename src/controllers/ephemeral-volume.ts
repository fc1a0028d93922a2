import type { PersistentVolumeClaim, Pod, Volume } from '../api/core/generated.js'
import { claimKeysOfPod, ephemeralClaimName, isClaimForPod } from '../api/core/pod-claims.js'
import { newControllerRef } from '../api/meta/owner-references.js'
import { ApiError, ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/event-recorder.js'
import type { Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { WorkQueue } from '../sim/work-queue.js'
import { isRequestFailure, reconcileQueue } from './shared/queue.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { LazyInformer } from './shared/lazy-informer.js'

const CLAIM = 'claim'

/**
 * Makes the claims of generic ephemeral volumes; they go with their pods. Source:
 * pkg/controller/volume/ephemeral.
 */
export function createEphemeralVolumeController(): Component {
  return {
    name: controllerName('ephemeral-volume-controller'),
    identity: controllerIdentity('ephemeral-volume-controller'),
    setup: (host) => new EphemeralVolumes(host).start(),
  }
}

const hasEphemeral = ({ spec }: Pod): boolean =>
  spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) ?? false

class EphemeralVolumes {
  readonly #host: ComponentHost
  readonly #pods: Informer<Pod>
  readonly #claims: LazyInformer<PersistentVolumeClaim>
  readonly #queue: WorkQueue
  readonly #recorder: EventRecorder

  constructor(host: ComponentHost) {
    this.#host = host
    this.#pods = host.informer('pods', {
      indexers: { [CLAIM]: (pod) => (hasEphemeral(pod) ? claimKeysOfPod(pod) : []) },
    })
    this.#claims = new LazyInformer(
      host.state('claims', () => false),
      () =>
        host.informer('persistentvolumeclaims').onChange(({ type, object }) => {
          // who deletes a claim gets a new one as long as its pod lives
          if (type === 'DELETED')
            for (const pod of this.#pods.byIndex(CLAIM, keyOf(object))) this.#queue.add(keyOf(pod))
        }),
    )
    this.#queue = reconcileQueue(host, [this.#pods, this.#claims], (key) => this.#sync(key))
    this.#recorder = host.recorder({ component: 'ephemeral_volume' })
  }

  start(): void {
    this.#pods.onChange(({ type, object }) => {
      if (type !== 'ADDED' || !hasEphemeral(object)) return
      this.#claims.need()
      this.#queue.add(keyOf(object))
    })
  }

  #sync(key: string): void {
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
