import { ApiError, ConnectionError, isApiError } from '../client/api-error.js'
import { podCondition } from '../api/core/conditions.js'
import type { Pod, PodCondition } from '../api/core/generated.js'
import { formatTime } from '../lang/go/time.js'
import { conditionChange } from './condition-change.js'
import type { QueuedPod } from './queue/queued-pod.js'
import type { SchedulerRuntime } from './runtime.js'

/** Why an attempt failed, and what happens to the nomination. */
export interface AttemptFailure {
  /** The reason in the PodScheduled condition. */
  readonly reason: 'Unschedulable' | 'SchedulerError'
  readonly message: string
  /** Plugins whose events may requeue the pod; if empty, it is retried after its back-off. */
  readonly rejectedBy: readonly string[]
  readonly pendingBy?: readonly string[]
  /** The node on which preemption has made room. */
  readonly nominates?: string
  /** Removes an earlier nomination. */
  readonly clearsNomination?: boolean
}

/**
 * Requeues the pod and reports the failure: event, condition, nominatedNodeName. Source: schedule_one.go
 * handleSchedulingFailure.
 */
export function handleFailure(runtime: SchedulerRuntime, queued: QueuedPod, failure: AttemptFailure): void {
  const { host, pods, queue, nominator, recorder } = runtime
  const pod = pods.get(queued.key)
  if (!pod || pod.spec.nodeName) return
  const { message, rejectedBy, pendingBy = [], nominates, clearsNomination } = failure
  queue.addUnschedulable(queued, { rejectedBy, pendingBy })
  if (nominates !== undefined) nominator.set(queued.key, nominates)
  else if (clearsNomination) nominator.set(queued.key, undefined)
  recorder.event(
    { object: pod, kind: 'Pod', apiVersion: 'v1' },
    'Warning',
    'FailedScheduling',
    truncateMessage(message),
    { action: 'Scheduling' },
  )
  patchStatus(runtime, pod, failure)
  if (host.bus.has('unschedulable'))
    host.bus.emit('unschedulable', { time: host.clock.now(), pod: queued.key, message })
}

function patchStatus({ host, release }: SchedulerRuntime, pod: Pod, failure: AttemptFailure): void {
  const { reason, message, nominates, clearsNomination } = failure
  const known = podCondition(pod, 'PodScheduled')
  const sameCondition = known?.status === 'False' && known.reason === reason && known.message === message
  const { nominatedNodeName = '' } = pod.status
  const nomination = nominates ?? (clearsNomination ? '' : nominatedNodeName)
  if (sameCondition && nomination === nominatedNodeName) return
  const { generation } = pod.metadata
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    lastProbeTime: null,
    lastTransitionTime:
      (known?.status === 'False' && known.lastTransitionTime) || formatTime(host.clock.now()),
    ...(release.observedGeneration && generation !== undefined ? { observedGeneration: generation } : {}),
  }
  const change = conditionChange(pod, condition)
  const status =
    nomination === nominatedNodeName ? change : { ...change, nominatedNodeName: nomination || null }
  try {
    host.client.patch(
      'pods',
      pod.metadata,
      { type: 'strategic', body: { status } },
      { subresource: 'status' },
    )
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
    if (!isApiError(error, 'NotFound'))
      host.log('error', `updating the status of pod ${pod.metadata.name}: ${error.message}`)
  }
}

const MAX_MESSAGE = 1024
const SUFFIX = ' ...'

/** Truncates an event message to 1024 bytes. Source: schedule_one.go truncateMessage. */
export function truncateMessage(message: string): string {
  return message.length <= MAX_MESSAGE ? message : message.slice(0, MAX_MESSAGE - SUFFIX.length) + SUFFIX
}
