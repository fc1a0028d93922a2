import { mayNeedDevices } from './devices/extended-resources.js'
import { quote } from '../lang/go/quote.js'
import type { Change } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import { isPodTerminal } from '../api/core/conditions.js'
import type { Node, Pod } from '../api/core/generated.js'
import { claimsOfPod } from '../api/core/volumes/pod-claims.js'
import { preBindError, record } from './binding-cycle.js'
import { assignedPodUpdateEvents, nodeUpdateEvents, ownPodUpdateEvents } from './framework/cluster-event.js'
import type { SchedulerRuntime } from './runtime.js'

/** Applies a change of a node to the snapshot and the queue. Source: pkg/scheduler/eventhandlers.go. */
export function onNodeChange({ built, queue }: SchedulerRuntime, { type, object, old }: Change<Node>): void {
  if (type === 'DELETED') {
    built?.removeNode(object.metadata.name as string)
    queue.onEvent({ kind: 'Node/Delete', object })
    return
  }
  built?.setNode(object)
  if (!queue.hasUnschedulable) return
  if (!old) queue.onEvent({ kind: 'Node/Add', object })
  else for (const event of nodeUpdateEvents(old, object)) queue.onEvent(event)
}

/** Applies a change of a pod to the snapshot and the queue. Finished pods count as removed. */
export function onPodChange(runtime: SchedulerRuntime, { type, object, old }: Change<Pod>): void {
  const before = old && !isPodTerminal(old) ? old : undefined
  if (type === 'DELETED' || isPodTerminal(object)) return podGone(runtime, object, before)
  if (object.spec.nodeName) return podAssigned(runtime, object, before)
  const nodeName = runtime.assumed.value.get(keyOf(object))
  if (nodeName !== undefined) runtime.built?.setPod(runtime.infoOf(object), nodeName)
  else if (runtime.frameworkOf(object)) podWaiting(runtime, object, before)
}

function podAssigned(runtime: SchedulerRuntime, pod: Pod, before: Pod | undefined): void {
  const { built, queue, assumed, waiting, nominator, devices } = runtime
  const info = runtime.infoOf(pod)
  if (info.affinity) runtime.relatedObjects.needForTerms(info.affinity)
  assumed.value.delete(info.key)
  waiting.value.delete(info.key)
  devices.setPending(info.key, [])
  nominator.set(info.key, undefined)
  queue.delete(info.key)
  built?.setPod(info, pod.spec.nodeName as string)
  if (!queue.hasUnschedulable) return
  if (!before?.spec.nodeName) queue.onEvent({ kind: 'AssignedPod/Add', object: pod })
  else for (const event of assignedPodUpdateEvents(before, pod)) queue.onEvent(event)
}

function podWaiting(runtime: SchedulerRuntime, pod: Pod, before: Pod | undefined): void {
  const { queue, nominator, storage, devices, release } = runtime
  const info = runtime.infoOf(pod)
  runtime.relatedObjects.needFor(info)
  if (claimsOfPod(pod).length > 0) storage.need()
  if (release.dynamicResources && pod.spec.resourceClaims !== undefined) devices.need()
  if (release.extendedResources && mayNeedDevices(info)) devices.need()
  nominator.set(info.key, pod.status.nominatedNodeName || undefined)
  if (!queue.get(info.key)) {
    // a pod that left the queue because it is being deleted stays out, whatever happens to it
    if (!before || pod.metadata.deletionTimestamp === undefined) queue.add(info)
  } else if (before) queue.onOwnEvents(info.key, ownPodUpdateEvents(before, pod))
}

function podGone(runtime: SchedulerRuntime, pod: Pod, before: Pod | undefined): void {
  const { built, queue, assumed, waiting, nominator, devices } = runtime
  const key = keyOf(pod)
  const held =
    before?.spec.nodeName !== undefined || assumed.value.has(key) || nominator.nodeOf(key) !== undefined
  assumed.value.delete(key)
  const awaited = waiting.value.get(key)
  if (awaited) {
    waiting.value.delete(key)
    const name = quote(pod.metadata.name ?? '')
    const message = `binding volumes: pod does not exist any more: pod ${name} not found`
    record(runtime, pod, 'Warning', 'FailedScheduling', preBindError(awaited.plugin, message))
  }
  nominator.set(key, undefined)
  queue.delete(key)
  built?.removePod(key)
  runtime.forget(key)
  devices.release(key)
  if (held) queue.onEvent({ kind: 'AssignedPod/Delete', object: pod })
}
