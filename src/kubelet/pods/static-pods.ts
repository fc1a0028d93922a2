import type { Container, Pod } from '../../api/core/generated.js'
import { setPodDefaults } from '../../api/core/pods/pod-defaults.js'
import type { Draft } from '../../api/kind/draft.js'
import { formatTime } from '../../lang/go/time.js'
import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { stableHex } from '../stable-hex.js'
import type { PodRecord } from './pod-record.js'
import type { StatusManager } from './status-manager.js'

/** Annotations of pods from other sources than the API. Source: pkg/kubelet/types/pod_update.go. */
const CONFIG = {
  source: 'kubernetes.io/config.source',
  seen: 'kubernetes.io/config.seen',
  hash: 'kubernetes.io/config.hash',
  mirror: 'kubernetes.io/config.mirror',
} as const

/** UID of the static pod that a mirror pod in the API represents. */
export function mirroredUid(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[CONFIG.mirror]
}

/** UID of a static pod: a hash of the manifest, the node and the file. */
export function staticPodUid(manifest: Pod, file: string, node: string): string {
  return stableHex(`${node} ${file} ${JSON.stringify(manifest)}`, 32)
}

/**
 * The pod of a manifest on a node's disk: named after the node, bound to it, tolerating every NoExecute
 * taint, with defaults filled in. Source: pkg/kubelet/config/common.go applyDefaults, tryDecodeSinglePod.
 */
export function staticPod(manifest: Pod, uid: string, node: string, now: number): Pod {
  const pod = structuredClone(manifest) as Draft<Pod>
  const { metadata } = pod
  metadata.uid = uid
  metadata.name = `${metadata.name ?? ''}-${node.toLowerCase()}`
  metadata.namespace ??= 'default'
  const seen = `${formatTime(now).slice(0, -1)}.000000000Z`
  metadata.annotations = {
    ...metadata.annotations,
    [CONFIG.hash]: uid,
    [CONFIG.seen]: seen,
    [CONFIG.source]: 'file',
  }
  pod.spec.nodeName = node
  pod.spec.tolerations = [...(pod.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }]
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers] as Partial<
    Draft<Container>
  >[])
    container.resources ??= {}
  setPodDefaults(pod)
  return { ...(pod as Pod), status: {} }
}

/**
 * The mirror of a static pod that the kubelet creates in the API. Source: pkg/kubelet/pod/mirror_client.go
 * CreateMirrorPod.
 */
function mirrorPod(pod: Pod, node: { readonly name: string; readonly uid: string }): Pod {
  const { uid: hash, annotations, ...metadata } = pod.metadata
  return {
    ...pod,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      annotations: { ...annotations, [CONFIG.mirror]: hash as string },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
  }
}

/** What the mirror manager needs. */
export interface MirrorDependencies {
  readonly client: Client
  readonly statuses: StatusManager
  readonly node: string
  readonly log: (message: string) => void
}

/**
 * Keeps one mirror pod in the API for each static pod. Source: pkg/kubelet/kubelet.go tryReconcileMirrorPods.
 */
export class MirrorManager {
  readonly #dependencies: MirrorDependencies

  constructor(dependencies: MirrorDependencies) {
    this.#dependencies = dependencies
  }

  /** Ensures that the API has a mirror of exactly this static pod. The next sync retries after failures. */
  ensure(record: PodRecord): void {
    if (record.mirrorUid !== undefined) return
    try {
      this.#adopt(record, this.#existing(record) ?? this.#create(record))
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      this.#dependencies.log(
        `Failed creating a mirror pod for ${record.namespace}/${record.name}: ${error.message}`,
      )
    }
  }

  /**
   * Handles the deletion of a mirror, which the next sync recreates. Returns whether the mirror was this
   * pod's.
   */
  lost(record: PodRecord, mirror: Pod): boolean {
    if (record.mirrorUid !== mirror.metadata.uid) return false
    record.mirrorUid = undefined
    record.status = undefined
    return true
  }

  #existing(record: PodRecord): Pod | undefined {
    const pod = this.#get(record)
    if (!pod) return undefined
    const { uid, deletionTimestamp } = pod.metadata
    if (mirroredUid(pod) === record.uid && deletionTimestamp === undefined) return pod
    if (mirroredUid(pod) !== undefined) this.#dependencies.statuses.deleteMirror(record, uid as string)
    return undefined
  }

  /**
   * Reads the mirror. The node authorizer forbids reading a pod that does not exist, since it is not related
   * to the node.
   */
  #get(record: PodRecord): Pod | undefined {
    try {
      return this.#dependencies.client.get('pods', record)
    } catch (error) {
      if (isApiError(error, 'NotFound') || isApiError(error, 'Forbidden')) return undefined
      throw error
    }
  }

  #create(record: PodRecord): Pod | undefined {
    const { client, node } = this.#dependencies
    const owner = ignoreNotFound(() => client.get('nodes', { name: node }))
    return (
      owner && client.create('pods', mirrorPod(record.pod, { name: node, uid: owner.metadata.uid as string }))
    )
  }

  #adopt(record: PodRecord, mirror: Pod | undefined): void {
    if (!mirror) return
    record.mirrorUid = mirror.metadata.uid as string
    record.status = mirror.status
    record.version = Number(mirror.metadata.resourceVersion)
  }
}
