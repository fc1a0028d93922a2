import type { Job } from '../../api/batch/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { keyOf } from '../../client/object-index.js'
import type { Expectations } from '../shared/expectations.js'
import type { Owner } from '../shared/ownership.js'
import { isNamespaceTerminating } from '../shared/pod-control.js'
import type { PodControl } from '../shared/pod-control.js'
import { slowStart } from '../shared/slow-start.js'
import type { SlowStartResult } from '../shared/slow-start.js'
import type { FinalizerExpectations } from './finalizer-expectations.js'
import type { JobPodTemplate } from './pod-template.js'
import { isTracked, untrackingPatch } from './pods.js'

/** How many pods were deleted, how many of these were ready, and the first error. */
export interface Deletions {
  readonly deleted: number
  readonly ready: number
  readonly error?: unknown
}

/**
 * What the job controller does to pods, with what it then expects to see. Source:
 * pkg/controller/job/job_controller.go.
 */
export class JobPods {
  readonly #client: Client
  readonly #control: PodControl
  readonly #expectations: Expectations
  readonly #finalizers: FinalizerExpectations

  constructor(
    client: Client,
    control: PodControl,
    expectations: Expectations,
    finalizers: FinalizerExpectations,
  ) {
    this.#client = client
    this.#control = control
    this.#expectations = expectations
    this.#finalizers = finalizers
  }

  /** Creates pods, slowly at first. */
  create(key: string, job: Job, templates: readonly JobPodTemplate[]): SlowStartResult {
    this.#expectations.expect(key, templates.length, [])
    const result = slowStart(templates.length, (at) => {
      const { template, generateName } = templates[at] as JobPodTemplate
      try {
        this.#control.create(template, ownerOf(job), generateName)
      } catch (error) {
        // every creation would fail, and it is nothing to retry or report
        if (!isNamespaceTerminating(error)) throw error
      }
    })
    if (result.succeeded < templates.length)
      this.#expectations.creationObserved(key, templates.length - result.succeeded)
    return result
  }

  /** Deletes pods that are no loss to the job: nobody counts them. Source: deleteJobPods. */
  discard(key: string, job: Job, pods: readonly Pod[]): Deletions {
    this.#expectations.expect(key, 0, pods.map(keyOf))
    const deletions = this.#each(pods, (pod) => {
      try {
        if (isTracked(pod)) this.#client.patch('pods', pod.metadata, untrackingPatch)
        this.#control.delete(pod, ownerOf(job))
      } catch (error) {
        this.#expectations.deletionObserved(key, keyOf(pod))
        throw error
      }
    })
    return deletions
  }

  /** Deletes pods that keep their finalizer until they are counted. Source: deleteActivePods. */
  end(job: Job, pods: readonly Pod[]): Deletions {
    return this.#each(pods, (pod) => this.#control.delete(pod, ownerOf(job)))
  }

  #each(pods: readonly Pod[], remove: (pod: Pod) => void): Deletions {
    let deleted = pods.length
    let firstError: unknown
    for (const pod of pods) {
      try {
        remove(pod)
      } catch (error) {
        if (isApiError(error, 'NotFound')) continue
        deleted--
        firstError ??= error
      }
    }
    const ready = pods.filter(isPodReady).length
    return firstError === undefined ? { deleted, ready } : { deleted, ready, error: firstError }
  }

  /**
   * Lets counted pods go. Answers the uids of those that are free, and the first error. Source:
   * removeTrackingFinalizerFromPods.
   */
  untrack(key: string, pods: readonly Pod[]): { readonly free: readonly string[]; readonly error?: unknown } {
    if (pods.length === 0) return { free: [] }
    const free: string[] = []
    let firstError: unknown
    this.#finalizers.expectRemoved(
      key,
      pods.map(({ metadata }) => metadata.uid ?? ''),
    )
    for (const { metadata } of pods) {
      const { uid = '' } = metadata
      try {
        this.#client.patch('pods', metadata, untrackingPatch)
        free.push(uid)
      } catch (error) {
        this.#finalizers.removalObserved(key, uid)
        if (isApiError(error, 'NotFound')) free.push(uid)
        else firstError ??= error
      }
    }
    return firstError === undefined ? { free } : { free, error: firstError }
  }
}

/** The job as owner of its pods. */
export function ownerOf(job: Job): Owner {
  return { object: job, apiVersion: 'batch/v1', kind: 'Job' }
}
