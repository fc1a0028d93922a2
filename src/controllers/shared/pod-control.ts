import { podCondition } from '../../api/core/conditions.js'
import type { Pod, PodTemplateSpec } from '../../api/core/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { dnsSubdomainFaults } from '../../api/validation/names.js'
import { timeMs } from '../../lang/go/time.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { CreateRate } from './create-rate.js'
import type { Owner } from './ownership.js'

/**
 * Returns the pod that `owner` creates from a template: with the template's labels, annotations, finalizers
 * and spec, a generated name (default prefix: the owner's name), and the owner as its controller. Source:
 * pkg/controller/controller_utils.go GetPodFromTemplate.
 */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: Owner,
  generateName?: string,
): Pick<Pod, 'metadata' | 'spec' | 'status'> {
  const { labels, annotations, finalizers } = template.metadata
  const { name = '', namespace } = owner.object.metadata
  return {
    metadata: {
      generateName: generateName ?? generateNamePrefix(name),
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [newControllerRef(owner.object, owner.apiVersion, owner.kind)],
    },
    spec: template.spec,
    status: {},
  }
}

/** Returns `<owner>-`, or the name alone if that is not a valid prefix. */
function generateNamePrefix(owner: string): string {
  const prefix = `${owner}-`
  return dnsSubdomainFaults(`${prefix}a`).length === 0 ? prefix : owner
}

/** Whether a request failed because its namespace is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    isApiError(error) && (error.details.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
  )
}

/** Returns the message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Creates and deletes pods for an owner, and records events on it. Source: controller_utils.go
 * RealPodControl.
 */
export class PodControl {
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #rate: CreateRate

  constructor(client: Client, recorder: EventRecorder, rate: CreateRate) {
    this.#client = client
    this.#recorder = recorder
    this.#rate = rate
  }

  /** Returns how many of `wanted` pods may be created now for that key, see {@link CreateRate.allow}. */
  allow(key: string, wanted: number): number {
    return this.#rate.allow(key, wanted)
  }

  /** Creates a pod. @throws ApiError of the request, after an event unless the namespace is being deleted. */
  create(template: PodTemplateSpec, owner: Owner, generateName?: string): Pod {
    this.#rate.take()
    try {
      const pod = this.#client.create('pods', podFromTemplate(template, owner, generateName))
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name ?? ''}`)
      return pod
    } catch (error) {
      if (!isNamespaceTerminating(error)) {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
      }
      throw error
    }
  }

  /** Deletes a pod. @throws ApiError of the request, after an event unless the pod does not exist. */
  delete(pod: Pod, owner: Owner): void {
    try {
      this.#client.delete('pods', pod.metadata)
      this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name ?? ''}`)
    } catch (error) {
      if (!isApiError(error, 'NotFound')) {
        this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`)
      }
      throw error
    }
  }
}

/** The result of {@link slowStart}. */
export interface SlowStartResult {
  readonly succeeded: number
  /** The first error of the batch that ended it. */
  readonly error?: unknown
}

/**
 * Calls `create` up to `count` times, in batches of 1, 2, 4, 8, ... A batch with an error is finished, but is
 * the last one, so that a quota that refuses one pod does not get a thousand requests. Source:
 * pkg/controller/replicaset/replica_set.go slowStartBatch.
 */
export function slowStart(count: number, create: (index: number) => void): SlowStartResult {
  let succeeded = 0
  let at = 0
  for (let size = 1; at < count; size *= 2) {
    const end = Math.min(at + size, count)
    const errors: unknown[] = []
    for (; at < end; at++) {
      try {
        create(at)
        succeeded++
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) return { succeeded, error: errors[0] }
  }
  return { succeeded }
}

/**
 * Returns in how many ms the next Ready pod will have been so for `minReadySeconds`; undefined if none is
 * waiting. Source: pkg/controller/controller_utils.go FindMinNextPodAvailabilityCheck.
 */
export function nextAvailabilityCheck(
  pods: readonly Pod[],
  minReadySeconds: number,
  now: number,
): number | undefined {
  if (minReadySeconds === 0) return undefined
  let next: number | undefined
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')
    const since = ready?.status === 'True' ? timeMs(ready.lastTransitionTime) : undefined
    if (since === undefined) continue
    const wait = since + minReadySeconds * 1000 - now
    if (wait > 0 && (next === undefined || wait < next)) next = wait
  }
  return next
}
