import type { Job } from '../../api/batch/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import type { Container, Pod, PodTemplateSpec } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { keyOf } from '../../client/object-index.js'
import type { Slice } from '../../sim/module.js'
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

/** How many pods were deleted, how many of these were ready, and the first error. */
interface Deletions {
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

/** Uids of pods by the key of their job: plain data in a slice of the component's state. */
export type FinalizerState = Map<string, Set<string>>

const NONE: ReadonlySet<string> = new Set()

/**
 * The pods whose finalizer the controller has removed and not yet seen gone: they are counted already.
 * Source: pkg/controller/job/tracking_utils.go uidTrackingExpectations.
 */
export class FinalizerExpectations {
  readonly #state: Slice<FinalizerState>

  constructor(state: Slice<FinalizerState>) {
    this.#state = state
  }

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
/** Longest prefix of a generated name. */
const LONGEST_PREFIX = 58

/** What a job's pod is made from. */
export interface JobPodTemplate {
  readonly template: PodTemplateSpec
  /** Prefix of the name, where it is not the job's. */
  readonly generateName?: string
}

/** The template of a pod without index, with the finalizer that keeps it until it is counted. */
export function podTemplate({ spec: { template } }: Job): PodTemplateSpec {
  const { finalizers = [] } = template.metadata
  if (finalizers.includes(TRACKING_FINALIZER)) return template
  return { ...template, metadata: { ...template.metadata, finalizers: [...finalizers, TRACKING_FINALIZER] } }
}

/**
 * The template of the pod of one index, which takes the place of `replaced` if that failed. `labelsIndex`:
 * whether the release labels pods with it. Source: manageJob and indexed_job_utils.go.
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
  return { template, generateName: name.slice(0, LONGEST_PREFIX - suffix.length) + suffix }
}

/** A pod inherits the count of failures of its index. Source: getNewIndexFailureCounts. */
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
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath } } }] }
}
