import type { Pod } from '../../api/core/generated.js'
import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { PodRecord } from './pod-record.js'
import { mirrorPod, mirroredUid } from './static-pods.js'
import type { StatusManager } from './status-manager.js'

/** What the mirror manager needs of its surroundings. */
export interface MirrorPorts {
  readonly client: Client
  readonly statuses: StatusManager
  readonly node: string
  readonly log: (message: string) => void
}

/**
 * Keeps one mirror pod in the API for each static pod. Source: pkg/kubelet/kubelet.go tryReconcileMirrorPods.
 */
export class MirrorManager {
  readonly #ports: MirrorPorts

  constructor(ports: MirrorPorts) {
    this.#ports = ports
  }

  /** Sees to it that the API has a mirror of exactly this static pod. Failures wait for the next sync. */
  ensure(record: PodRecord): void {
    if (record.mirrorUid !== undefined) return
    try {
      this.#adopt(record, this.#existing(record) ?? this.#create(record))
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      this.#ports.log(`Failed creating a mirror pod for ${record.namespace}/${record.name}: ${error.message}`)
    }
  }

  /**
   * The mirror was deleted or is being deleted: it is made anew with the next sync. Answers whether it was
   * ours.
   */
  lost(record: PodRecord, mirror: Pod): boolean {
    if (record.mirrorUid !== mirror.metadata.uid) return false
    delete record.mirrorUid
    record.status = undefined
    return true
  }

  #existing(record: PodRecord): Pod | undefined {
    const pod = this.#get(record)
    if (!pod) return undefined
    const { uid, deletionTimestamp } = pod.metadata
    if (mirroredUid(pod) === record.uid && deletionTimestamp === undefined) return pod
    if (mirroredUid(pod) !== undefined) this.#ports.statuses.deleteMirror(record, uid as string)
    return undefined
  }

  /** A pod that is not there has nothing to do with the node: the node authorizer forbids to ask for it. */
  #get(record: PodRecord): Pod | undefined {
    try {
      return this.#ports.client.get('pods', record)
    } catch (error) {
      if (isApiError(error, 'NotFound') || isApiError(error, 'Forbidden')) return undefined
      throw error
    }
  }

  #create(record: PodRecord): Pod | undefined {
    const { client, node } = this.#ports
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
