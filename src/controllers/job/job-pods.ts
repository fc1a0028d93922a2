import type { Job } from '../../api/batch/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import type { Container, Pod, PodTemplateSpec } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice } from '../../sim/modules/module.js'
import type { Expectations } from '../shared/expectations.js'
import type { Owner } from '../shared/ownership.js'
import type { PodControl, SlowStartResult } from '../shared/pod-control.js'
import { isNamespaceTerminating, slowStart } from '../shared/pod-control.js'
import { countsFailure } from './failure-policy.js'
import {
  COMPLETION_INDEX,
  INDEX_FAILURES,
  INDEX_IGNORED_FAILURES,
  TRACKING_FINALIZER,
  countsByIndex,
  indexFailures,
  isTracked,
  untrackingPatch,
} from './pods.js'

/** The number of deleted pods, how many of them were ready, and the first error. */
interface Deletions {
  readonly deleted: number
  readonly ready: number
  readonly error?: unknown
}

/**
 * Creates, deletes and untracks the pods of jobs, and updates the expectations. Source:
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

  /** Returns how many of `wanted` pods may be created now, see {@link PodControl.allow}. */
  allow(key: string, wanted: number): number {
    return this.#control.allow(key, wanted)
  }

  /** Creates pods in batches of growing size, see {@link slowStart}. */
  create(key: string, job: Job, templates: readonly JobPodTemplate[]): SlowStartResult {
    this.#expectations.expect(key, templates.length, [])
    const result = slowStart(templates.length, (at) => {
      const { template, generateName } = templates[at] as JobPodTemplate
      try {
        this.#control.create(template, ownerOf(job), generateName)
      } catch (error) {
        // in a terminating namespace every creation fails, so that neither a retry nor an event is useful
        if (!isNamespaceTerminating(error)) throw error
      }
    })
    if (result.succeeded < templates.length)
      this.#expectations.creationObserved(key, templates.length - result.succeeded)
    return result
  }

  /** Deletes pods without counting them as failures. Source: deleteJobPods. */
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

  /** Deletes pods that keep their finalizer, so that they are counted. Source: deleteActivePods. */
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
   * Removes the finalizer from counted pods; returns the uids of those without it, and the first error.
   * Source: removeTrackingFinalizerFromPods.
   */
  untrack(
    key: string,
    pods: readonly Pod[],
  ): { readonly untracked: readonly string[]; readonly error?: unknown } {
    if (pods.length === 0) return { untracked: [] }
    const untracked: string[] = []
    let firstError: unknown
    this.#finalizers.expectRemoved(
      key,
      pods.map(({ metadata }) => metadata.uid ?? ''),
    )
    for (const { metadata } of pods) {
      const { uid = '' } = metadata
      try {
        this.#client.patch('pods', metadata, untrackingPatch)
        untracked.push(uid)
      } catch (error) {
        this.#finalizers.removalObserved(key, uid)
        if (isApiError(error, 'NotFound')) untracked.push(uid)
        else firstError ??= error
      }
    }
    return firstError === undefined ? { untracked } : { untracked, error: firstError }
  }
}

/** Returns the job as the owner of its pods. */
export function ownerOf(job: Job): Owner {
  return { object: job, apiVersion: 'batch/v1', kind: 'Job' }
}

/** Uids of pods by the key of their job. */
export type FinalizerState = Map<string, Set<string>>

const NONE: ReadonlySet<string> = new Set()

/**
 * The pods whose finalizer the controller has removed, but whose update it has not seen yet. They have been
 * counted, although the informer still shows the finalizer. Source: pkg/controller/job/tracking_utils.go
 * uidTrackingExpectations.
 */
export class FinalizerExpectations {
  readonly #state: Slice<FinalizerState>

  constructor(state: Slice<FinalizerState>) {
    this.#state = state
  }

  /** Returns the uids of a job's pods with an expected removal. */
  expected(job: string): ReadonlySet<string> {
    return new Set(this.#state.value.get(job) ?? NONE)
  }

  expectRemoved(job: string, uids: readonly string[]): void {
    const known = this.#state.value.get(job)
    if (known) for (const uid of uids) known.add(uid)
    else this.#state.value.set(job, new Set(uids))
  }

  removalObserved(job: string, uid: string): void {
    this.#state.value.get(job)?.delete(uid)
  }

  forget(job: string): void {
    this.#state.value.delete(job)
  }
}

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'
/**
 * Maximum length of the prefix of a generated name. Source: apiserver pkg/storage/names
 * MaxGeneratedNameLength.
 */
const MAX_PREFIX_LENGTH = 58

/** The input for creating a pod. */
export interface JobPodTemplate {
  readonly template: PodTemplateSpec
  /** Prefix of the name. Default: the job's name. */
  readonly generateName?: string
}

/** Returns the template of a pod without an index, with the finalizer that keeps it until it is counted. */
export function podTemplate({ spec: { template } }: Job): PodTemplateSpec {
  const { finalizers = [] } = template.metadata
  if (finalizers.includes(TRACKING_FINALIZER)) return template
  return { ...template, metadata: { ...template.metadata, finalizers: [...finalizers, TRACKING_FINALIZER] } }
}

/**
 * Returns the template of the pod with that index; it inherits the failure count of the failed pod that it
 * replaces. `labelsIndex`: whether the release labels pods with their index. Source: manageJob and
 * indexed_job_utils.go.
 */
export function indexedPodTemplate(
  job: Job,
  index: number,
  replaced: Pod | undefined,
  labelsIndex: boolean,
): JobPodTemplate {
  const { metadata, spec } = podTemplate(job)
  const name = job.metadata.name ?? ''
  const withIndex = { [COMPLETION_INDEX]: String(index) }
  const containers = (list: readonly Container[]): readonly Container[] =>
    list.map((container) => withIndexVariable(container, labelsIndex))
  const template = {
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, ...withIndex, ...failureAnnotations(job, replaced) },
      ...(labelsIndex ? { labels: { ...metadata.labels, ...withIndex } } : {}),
    },
    spec: {
      ...spec,
      hostname: `${name}-${index}`,
      containers: containers(spec.containers),
      ...(spec.initContainers ? { initContainers: containers(spec.initContainers) } : {}),
    },
  }
  const suffix = `-${index}-`
  return { template, generateName: name.slice(0, MAX_PREFIX_LENGTH - suffix.length) + suffix }
}

/** Returns the annotations with the failure counts of the pod's index. Source: getNewIndexFailureCounts. */
function failureAnnotations(job: Job, replaced: Pod | undefined): Record<string, string> {
  if (!countsByIndex(job)) return {}
  const before = replaced ? indexFailures(replaced) : { counted: 0, ignored: 0 }
  const isCounted = replaced !== undefined && countsFailure(job, replaced)
  const ignored = before.ignored + (replaced !== undefined && !isCounted ? 1 : 0)
  return {
    [INDEX_FAILURES]: String(before.counted + (isCounted ? 1 : 0)),
    ...(ignored > 0 ? { [INDEX_IGNORED_FAILURES]: String(ignored) } : {}),
  }
}

function withIndexVariable(container: Container, labelsIndex: boolean): Container {
  const { env = [] } = container
  if (env.some(({ name }) => name === INDEX_VARIABLE)) return container
  const fieldPath = `metadata.${labelsIndex ? 'labels' : 'annotations'}['${COMPLETION_INDEX}']`
  return {
    ...container,
    env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath, apiVersion: 'v1' } } }],
  }
}
