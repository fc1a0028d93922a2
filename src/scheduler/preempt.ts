import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../client/api-error.js'
import { disruptionTarget } from '../api/core/pods/disruption-target.js'
import { release } from '../api/releases.js'
import type { PodInfo } from './cache/pod-info.js'
import { conditionChange } from './condition-change.js'
import type { Nomination } from './framework/plugin.js'
import type { SchedulerRuntime } from './runtime.js'

const PREEMPTION = {
  reason: 'PreemptionByScheduler',
  message: 'default-scheduler: preempting to accommodate a higher priority pod',
}

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
  const condition = disruptionTarget(pod, PREEMPTION, clock.now(), release(host.version))
  if (condition !== undefined) {
    const marking = { type: 'strategic', body: { status: conditionChange(pod, condition) } } as const
    ignoreNotFound(() => client.patch('pods', metadata, marking, { subresource: 'status' }))
  }
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
