import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Clock } from '../../sim/clock.js'
import type { Slice } from '../../sim/modules/module.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { podStatus } from '../status/pod-status.js'
import type { PodRecord } from './pod-record.js'

/** What the status manager needs. */
export interface StatusManagerDependencies {
  readonly client: Client
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly hostIP: string
  readonly secondHostIP?: string | undefined
  readonly release: KubeletRelease
  /** Scheme of container ids. */
  readonly runtimeName: string
  /** UIDs of pods whose last report failed; the kubelet retries with its next status tick. */
  readonly unsent: Slice<Set<string>>
  readonly log: (message: string) => void
}

/**
 * Reports pods to the API: their status, and the end of their deletion. Source:
 * pkg/kubelet/status/status_manager.go.
 */
export class StatusManager {
  readonly #dependencies: StatusManagerDependencies

  constructor(dependencies: StatusManagerDependencies) {
    this.#dependencies = dependencies
  }

  /** Writes the pod's status if it differs from the API's. Failures are kept for later, not thrown. */
  publish(record: PodRecord): void {
    if (record.removed) return
    const wanted = record.status && this.#wanted(record, record.status)
    if (!wanted || !semanticEqual(record.status, wanted))
      this.#send(record, () => this.#write(record, wanted))
  }

  /** Ends a deletion: DELETE with grace 0, if the object is still the stopped pod. */
  finishDeletion(record: PodRecord): void {
    this.#send(record, () => this.#delete(record, record.uid))
  }

  /** Deletes a mirror pod at once. */
  deleteMirror(record: Pick<PodRecord, 'uid' | 'namespace' | 'name'>, mirrorUid: string): void {
    this.#send(record, () => this.#delete(record, mirrorUid))
  }

  #wanted(record: PodRecord, old: Pod['status']): Pod['status'] {
    const { clock, runtime, hostIP, secondHostIP, release, runtimeName } = this.#dependencies
    const sandbox = runtime.pod(record.uid)
    return podStatus({
      record,
      sandbox,
      old,
      now: clock.now(),
      hostIP,
      secondHostIP,
      release,
      runtime: runtimeName,
    })
  }

  /**
   * Writes a status that was computed from `record.status`; it is recomputed if the API's has changed since.
   */
  #write(record: PodRecord, wanted: Pod['status'] | undefined): void {
    const { client } = this.#dependencies
    const current = ignoreNotFound(() => client.get('pods', record))
    if (!current || current.metadata.uid !== (record.isStatic ? record.mirrorUid : record.uid)) return
    const known = wanted !== undefined && Number(current.metadata.resourceVersion) === record.version
    const status = known ? wanted : this.#wanted(record, current.status)
    const written =
      !known && semanticEqual(current.status, status)
        ? current
        : client.updateStatus('pods', { ...current, status })
    record.status = written.status
    record.written = written.status
    record.version = Number(written.metadata.resourceVersion)
  }

  #delete({ namespace, name }: Pick<PodRecord, 'namespace' | 'name'>, uid: string): void {
    try {
      this.#dependencies.client.delete(
        'pods',
        { namespace, name },
        { gracePeriodSeconds: 0, preconditions: { uid } },
      )
    } catch (error) {
      if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
    }
  }

  #send({ uid, name }: Pick<PodRecord, 'uid' | 'name'>, send: () => void): void {
    const { unsent, log } = this.#dependencies
    try {
      send()
      unsent.value.delete(uid)
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      log(`Failed to update status for pod ${name}: ${error.message}`)
      unsent.value.add(uid)
    }
  }
}
