import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../client/api-error.js'
import { podCondition } from '../api/core/conditions.js'
import type { Pod, PodCondition } from '../api/core/generated.js'
import { formatTime } from '../lang/go/time.js'
import type { PodInfo } from './cache/pod-info.js'
import { conditionChange } from './condition-change.js'
import type { Nomination } from './framework/plugin.js'
import type { SchedulerRuntime } from './runtime.js'

const MESSAGE = 'default-scheduler: preempting to accommodate a higher priority pod'

/**
 * Executes a preemption: every victim gets the condition DisruptionTarget and an event, and is deleted with
 * its own grace period. Nominations of lower-priority pods to the node are removed. Source:
 * framework/preemption PrepareCandidate.
 */
export function preempt(
  runtime: SchedulerRuntime,
  preemptor: PodInfo,
  { nodeName, victims }: Nomination,
): void {
  for (const victim of victims) {
    try {
      removeVictim(runtime, preemptor, victim, nodeName)
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
      runtime.host.log('error', `preempting pod ${victim.key}: ${error.message}`)
    }
  }
  for (const other of runtime.nominatedPods(nodeName))
    if (other.priority < preemptor.priority) removeNomination(runtime, other)
}

function removeVictim(
  { host, recorder }: SchedulerRuntime,
  preemptor: PodInfo,
  { key, pod }: PodInfo,
  nodeName: string,
): void {
  const { client, clock, bus } = host
  const { metadata } = pod
  const alreadyMarked = podCondition(pod, 'DisruptionTarget')?.reason === 'PreemptionByScheduler'
  const status = conditionChange(pod, disruptionTarget(pod, clock.now()))
  const marking = { type: 'strategic', body: { status } } as const
  if (!alreadyMarked) ignoreNotFound(() => client.patch('pods', metadata, marking, { subresource: 'status' }))
  ignoreNotFound(() => client.delete('pods', metadata))
  const text = `Preempted by pod ${preemptor.pod.metadata.uid ?? ''} on node ${nodeName}`
  const related = { object: preemptor.pod, kind: 'Pod', apiVersion: 'v1' }
  recorder.event({ object: pod, kind: 'Pod', apiVersion: 'v1' }, 'Normal', 'Preempted', text, {
    action: 'Preempting',
    related,
  })
  if (bus.has('eviction'))
    bus.emit('eviction', { time: clock.now(), pod: key, node: nodeName, by: 'preemption' })
}

function disruptionTarget({ metadata: { generation } }: Pod, now: number): PodCondition {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: MESSAGE,
    lastProbeTime: null,
    lastTransitionTime: formatTime(now),
  }
  return generation === undefined ? condition : { ...condition, observedGeneration: generation }
}

function removeNomination({ host, nominator }: SchedulerRuntime, { key, pod }: PodInfo): void {
  nominator.set(key, undefined)
  if (!pod.status.nominatedNodeName) return
  try {
    const body = { status: { nominatedNodeName: null } }
    host.client.patch('pods', pod.metadata, { type: 'merge', body }, { subresource: 'status' })
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
    if (!isApiError(error, 'NotFound'))
      host.log('error', `clearing nominatedNodeName of pod ${key}: ${error.message}`)
  }
}
