import type {
  Job,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
} from '../../api/batch/generated.js'
import type { ContainerStatus, Pod } from '../../api/core/generated.js'
import { isPodFailed } from './pods.js'

/** The result of matching a failed pod with a job's pod failure policy. */
export interface FailureVerdict {
  /** Action of the first rule that matches; undefined if none does. */
  readonly action?: PodFailurePolicyRule['action']
  /** Why the job fails; only with the action FailJob. */
  readonly message?: string
}

const NO_RULE: FailureVerdict = {}

/**
 * Matches a failed pod with the policy. Source: pkg/controller/job/pod_failure_policy.go
 * matchPodFailurePolicy.
 */
export function failureVerdict({ spec }: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const what = rule.onExitCodes ? exitText(pod, rule.onExitCodes) : conditionText(pod, rule)
    if (what === undefined) continue
    const { action } = rule
    return action === 'FailJob'
      ? { action, message: `${what} matching FailJob rule at index ${index}` }
      : { action }
  }
  return NO_RULE
}

/** Whether the failure counts towards the backoff limit, which is unless a rule ignores it. */
export function countsFailure(job: Job, pod: Pod): boolean {
  return failureVerdict(job, pod).action !== 'Ignore'
}

/** Returns why the policy makes the job fail, or undefined if it does not. Source: getFailJobMessage. */
export function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  if (job.spec.podFailurePolicy === undefined) return undefined
  for (const pod of pods) {
    const message = isPodFailed(pod, job) ? failureVerdict(job, pod).message : undefined
    if (message !== undefined) return message
  }
  return undefined
}

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`

function exitText(pod: Pod, requirement: PodFailurePolicyOnExitCodesRequirement): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  const found = [...containerStatuses, ...initContainerStatuses].find((status) =>
    matchesExit(status, requirement),
  )
  const exitCode = found?.state?.terminated?.exitCode
  if (exitCode === undefined) return undefined
  return `Container ${found?.name ?? ''} for pod ${nameOf(pod)} failed with exit code ${exitCode}`
}

function matchesExit(
  { name, state }: ContainerStatus,
  requirement: PodFailurePolicyOnExitCodesRequirement,
): boolean {
  const { containerName, operator, values } = requirement
  const exitCode = state?.terminated?.exitCode
  if (exitCode === undefined || exitCode === 0 || (containerName !== undefined && containerName !== name))
    return false
  return values.includes(exitCode) === (operator === 'In')
}

function conditionText(pod: Pod, { onPodConditions = [] }: PodFailurePolicyRule): string | undefined {
  const found = pod.status.conditions?.find(({ type, status }) =>
    onPodConditions.some((pattern) => pattern.type === type && pattern.status === status),
  )
  return found && `Pod ${nameOf(pod)} has condition ${found.type}`
}
