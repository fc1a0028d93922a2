import type { Job } from '../../api/batch/generated.js'
import type { Container, Pod, PodTemplateSpec } from '../../api/core/generated.js'
import { countsFailure } from './failure-policy.js'
import {
  COMPLETION_INDEX,
  countsByIndex,
  INDEX_FAILURES,
  INDEX_IGNORED_FAILURES,
  indexFailures,
  TRACKING_FINALIZER,
} from './pods.js'

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
  return {
    ...container,
    env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath, apiVersion: 'v1' } } }],
  }
}
