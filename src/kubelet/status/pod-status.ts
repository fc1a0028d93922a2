import type { Container, PodCondition, PodStatus } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import type { PodRecord } from '../pods/pod-record.js'
import type { KubeletRelease } from '../release.js'
import type { RuntimePod } from '../runtime/state.js'
import type { PodPhase, ConditionValue } from './phase.js'
import { KUBELET_CONDITIONS, containersReady, podInitialized, podPhase, podReady } from './phase.js'
import { containerStatuses, finalStatuses } from './container-statuses.js'

/** Input of a pod's status. */
export interface PodStatusInput {
  readonly record: PodRecord
  readonly sandbox: RuntimePod | undefined
  /** The status in the API. */
  readonly old: PodStatus
  readonly now: number
  readonly hostIP: string
  /** The host's address of the other family. */
  readonly secondHostIP?: string | undefined
  readonly release: KubeletRelease
  /** `containerd`, `docker`, ... */
  readonly runtime: string
}

/**
 * Computes the status that the kubelet wants a pod to have. Cost: the pod's containers. Source:
 * pkg/kubelet/kubelet_pods.go generateAPIPodStatus, pkg/kubelet/status/status_manager.go.
 */
export function podStatus(input: PodStatusInput): PodStatus {
  return input.record.rejected ? rejectedStatus(input) : ordinaryStatus(input)
}

/**
 * Status of a refused pod, which has no container statuses and none of the kubelet's conditions. Source:
 * pkg/kubelet/kubelet.go rejectPod.
 */
function rejectedStatus({ record, old, now, release }: PodStatusInput): PodStatus {
  const { verdict, pod } = record
  const conditions = foreignConditions(old)
  return {
    ...(conditions.length > 0 ? { conditions } : {}),
    message: `Pod was rejected: ${verdict?.message ?? ''}`,
    ...(release.observedGeneration && pod.metadata.generation !== undefined
      ? { observedGeneration: pod.metadata.generation }
      : {}),
    phase: 'Failed',
    ...(old.qosClass ? { qosClass: old.qosClass } : {}),
    reason: verdict?.reason ?? '',
    startTime: old.startTime ?? formatTime(record.startTime ?? now),
  }
}

function ordinaryStatus(input: PodStatusInput): PodStatus {
  const { record, sandbox, old, now, hostIP, secondHostIP, release } = input
  const { pod, verdict } = record
  const { spec } = pod
  const terminating = record.stage === 'terminating' || record.stage === 'finished'
  const common = {
    pod,
    sandbox,
    memories: record.containers,
    terminating,
    release,
    runtime: input.runtime,
    ...(record.allocation ? { allocation: record.allocation } : {}),
  }
  let init = containerStatuses(spec.initContainers ?? [], 'init', {
    old: old.initContainerStatuses ?? [],
    ...common,
  })
  let apps = containerStatuses(spec.containers, 'app', { old: old.containerStatuses ?? [], ...common })
  const ephemeral = containerStatuses((spec.ephemeralContainers ?? []) as readonly Container[], 'ephemeral', {
    old: old.ephemeralContainerStatuses ?? [],
    ...common,
  })
  if (record.stage === 'finished' && pod.metadata.deletionTimestamp !== undefined)
    [init, apps] = finalStatuses(init, apps)
  const phase = phaseOf(input, init, apps)
  const generation = release.observedGeneration ? pod.metadata.generation : undefined
  const hostIPs = addresses(hostIP, secondHostIP)
  const podIPs = spec.hostNetwork
    ? hostIPs
    : sandbox?.ip
      ? addresses(sandbox.ip, sandbox.secondIP)
      : undefined
  const podIP = podIPs?.[0]?.ip ?? old.podIP
  const ended = record.stage === 'finished' && phase === 'Failed' ? verdict : undefined
  const reason = ended?.reason ?? (phase === old.phase ? old.reason : undefined)
  const message = ended?.message ?? (phase === old.phase ? old.message : undefined)
  return {
    conditions: conditionsOf(input, phase, [...init, ...apps], generation),
    ...(apps.length > 0 ? { containerStatuses: apps } : {}),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    ...(old.extendedResourceClaimStatus
      ? { extendedResourceClaimStatus: old.extendedResourceClaimStatus }
      : {}),
    hostIP,
    ...(release.hostIPs ? { hostIPs } : {}),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    ...(message ? { message } : {}),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    ...(podIP
      ? { podIP, ...(release.podIPs ? { podIPs: podIPs ?? old.podIPs ?? [{ ip: podIP }] } : {}) }
      : {}),
    ...(old.qosClass ? { qosClass: old.qosClass } : {}),
    ...(reason ? { reason } : {}),
    ...(old.resourceClaimStatuses ? { resourceClaimStatuses: old.resourceClaimStatuses } : {}),
    startTime: old.startTime ?? formatTime(record.startTime ?? now),
  }
}

const addresses = (first: string, second: string | undefined): { readonly ip: string }[] =>
  second === undefined ? [{ ip: first }] : [{ ip: first }, { ip: second }]

type Statuses = NonNullable<PodStatus['containerStatuses']>

/**
 * Computes the phase. A terminal phase is final; the kubelet's own verdict takes effect when nothing runs any
 * more. A pod that was evicted and whose containers all exited with 0 has succeeded, and the reason of the
 * eviction is lost; only a deadline is looked at again. Source: pkg/kubelet/kubelet_pods.go getPhase,
 * generateAPIPodStatus.
 */
function phaseOf(
  { record, sandbox, old, release }: PodStatusInput,
  init: Statuses,
  apps: Statuses,
): PodPhase {
  const { pod, stage, verdict, isStatic } = record
  if (old.phase === 'Succeeded' || old.phase === 'Failed') return old.phase
  const phase = podPhase({
    spec: pod.spec,
    containerStatuses: apps,
    initContainerStatuses: init,
    terminating:
      !isStatic &&
      (stage === 'terminating' || stage === 'finished') &&
      (verdict === undefined || release.endsAsContainers),
    initialized: isInitialized(record, sandbox),
  })
  if (stage !== 'finished' || isStatic) {
    const ends = phase === 'Succeeded' || phase === 'Failed'
    // while a container still runs, or the end is undecided, the pod keeps its phase
    return ends && verdict ? (old.phase ?? 'Pending') : phase
  }
  return phase === 'Succeeded' && verdict?.isFinal !== true ? phase : 'Failed'
}

/** Whether an app container has started in the current sandbox. */
export function isInitialized({ pod }: PodRecord, sandbox: RuntimePod | undefined): boolean {
  if (!sandbox) return false
  return sandbox.containers.some(
    ({ name, sandbox: attempt, state }) =>
      attempt === sandbox.attempt &&
      state !== 'creating' &&
      pod.spec.containers.some((container) => container.name === name),
  )
}

function foreignConditions(old: PodStatus): PodCondition[] {
  return (old.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.has(type))
}

function conditionsOf(
  input: PodStatusInput,
  phase: PodPhase,
  statuses: Statuses,
  generation: number | undefined,
): PodCondition[] {
  const { record, sandbox, old, release } = input
  const { spec } = record.pod
  const conditions = foreignConditions(old)
  const add = (type: string, verdict: ConditionValue): void =>
    void conditions.push(condition(input, type, verdict, generation))
  if (
    record.stage === 'finished' &&
    record.verdict?.disruption &&
    release.disruptionTarget &&
    !conditions.some(({ type }) => type === 'DisruptionTarget')
  ) {
    const { message, disruptionMessage = message } = record.verdict
    add('DisruptionTarget', { status: 'True', reason: 'TerminationByKubelet', message: disruptionMessage })
  }
  addResize(conditions, input)
  if (release.readyToStartContainers) {
    const ready = sandbox?.sandbox === 'ready' && (Boolean(spec.hostNetwork) || sandbox.ip !== undefined)
    add('PodReadyToStartContainers', { status: ready ? 'True' : 'False' })
  }
  const containers = containersReady(spec, statuses, phase)
  add('Initialized', podInitialized(spec, statuses, phase))
  add('Ready', podReady(spec, conditions, containers))
  add('ContainersReady', containers)
  add('PodScheduled', { status: 'True' })
  return conditions
}

/**
 * Adds the conditions of a deferred and of a running resize. Source: status_manager.go
 * GetPodResizeConditions.
 */
function addResize(conditions: PodCondition[], input: PodStatusInput): void {
  const { inProgress, pending } = input.record.resize ?? {}
  if (pending)
    conditions.push(
      condition(
        input,
        'PodResizePending',
        { status: 'True', reason: pending.reason, message: pending.message },
        pending.generation,
      ),
    )
  if (inProgress !== undefined)
    conditions.push(condition(input, 'PodResizeInProgress', { status: 'True' }, inProgress))
}

function condition(
  input: PodStatusInput,
  type: string,
  verdict: ConditionValue,
  generation: number | undefined,
): PodCondition {
  const { old, now, record } = input
  const before = (record.written ?? old).conditions?.find((known) => known.type === type)
  return {
    lastProbeTime: null,
    lastTransitionTime:
      (before?.status === verdict.status ? before.lastTransitionTime : null) ?? formatTime(now),
    ...(verdict.message === undefined ? {} : { message: verdict.message }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    status: verdict.status,
    type,
  }
}
