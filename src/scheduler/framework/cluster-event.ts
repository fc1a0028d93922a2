import type { Node, NodeStatus, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { PodInfo } from '../cache/pod-info.js'
import { podInfoOf } from '../cache/pod-info.js'

/**
 * The events that may make an unschedulable pod schedulable. `AssignedPod/...` concern pods that have a node,
 * `Pod/...` the unschedulable pod itself. Source: staging/src/k8s.io/kube-scheduler/framework/events.go.
 */
export type ClusterEventKind =
  | 'Node/Add'
  | 'Node/Delete'
  | 'Node/UpdateAllocatable'
  | 'Node/UpdateLabel'
  | 'Node/UpdateTaint'
  | 'Node/UpdateCondition'
  | 'AssignedPod/Add'
  | 'AssignedPod/UpdateLabel'
  | 'AssignedPod/UpdateScaleDown'
  | 'AssignedPod/Delete'
  | 'Pod/UpdateLabel'
  | 'Pod/UpdateToleration'
  | 'Pod/UpdateScaleDown'
  | 'Pod/UpdateSchedulingGatesEliminated'
  | 'Pod/UpdateGeneratedResourceClaim'
  | 'Pod/Update'
  | StorageEventKind
  | DeviceEventKind

/** Events of storage objects. They are emitted once a pod with claims has been seen. */
export type StorageEventKind =
  | `${'PersistentVolumeClaim' | 'PersistentVolume' | 'StorageClass'}/${'Add' | 'Update'}`
  | `${'CSINode' | 'CSIStorageCapacity'}/${'Add' | 'Update'}`
  | 'CSIDriver/Update'
  | 'VolumeAttachment/Delete'
/** Events of claims, slices and classes of devices. They are emitted once a pod with claims has been seen. */
export type DeviceEventKind = `${'ResourceClaim' | 'ResourceSlice' | 'DeviceClass'}/${'Add' | 'Update'}`
/** Events of nodes. */
export type NodeEventKind = Extract<ClusterEventKind, `Node/${string}`>
/** Events of pods. */
export type PodEventKind = Exclude<ClusterEventKind, NodeEventKind | StorageEventKind | DeviceEventKind>

/** An event of a node; `old` is the previous state in an update. */
export interface NodeEvent {
  readonly kind: NodeEventKind
  readonly object: Node
  readonly old?: Node
}

/** An event of a pod; `old` is the previous state in an update. */
export interface PodEvent {
  readonly kind: PodEventKind
  readonly object: Pod
  readonly old?: Pod
}

/** An event of a storage object; `old` is the previous state in an update. */
export interface StorageEvent {
  readonly kind: StorageEventKind
  readonly object: KubeObject
  readonly old?: KubeObject
}

/** An event of a claim, a slice or a class of devices; `old` is the previous state in an update. */
export interface DeviceEvent {
  readonly kind: DeviceEventKind
  readonly object: KubeObject
  readonly old?: KubeObject
}

/** An event that may make pods schedulable. */
export type ClusterEvent = NodeEvent | PodEvent | StorageEvent | DeviceEvent

/** Returns whether the event may make `pod` schedulable, as far as the plugin that rejected it can tell. */
export type QueueingHint<E = ClusterEvent> = (pod: PodInfo, event: E) => boolean

/**
 * The events that may help pods rejected by a plugin, each with the hint that decides, or `queue` if it
 * always may.
 */
export type EventsToRegister = { readonly [K in NodeEventKind]?: QueueingHint<NodeEvent> | 'queue' } & {
  readonly [K in PodEventKind]?: QueueingHint<PodEvent> | 'queue'
} & {
  readonly [K in StorageEventKind]?: QueueingHint<StorageEvent> | 'queue'
} & {
  readonly [K in DeviceEventKind]?: QueueingHint<DeviceEvent> | 'queue'
}

/** Returns the events in a node update. Source: framework/events.go NodeSchedulingPropertiesChange. */
export function nodeUpdateEvents(old: Node, object: Node): readonly ClusterEvent[] {
  const kinds: NodeEventKind[] = []
  const [before, after]: [NodeStatus | undefined, NodeStatus | undefined] = [old.status, object.status]
  if (old.spec.unschedulable && !object.spec.unschedulable) kinds.push('Node/UpdateTaint')
  if (!sameRecord(before?.allocatable, after?.allocatable)) kinds.push('Node/UpdateAllocatable')
  if (!sameRecord(old.metadata.labels, object.metadata.labels)) kinds.push('Node/UpdateLabel')
  if (!kinds.includes('Node/UpdateTaint') && !sameTaints(old, object)) kinds.push('Node/UpdateTaint')
  if (before?.conditions !== after?.conditions && conditionStates(old) !== conditionStates(object)) {
    kinds.push('Node/UpdateCondition')
  }
  return kinds.map((kind) => ({ kind, object, old }))
}

/**
 * Returns the events in an update of an assigned pod that may help other pods. Source: framework/events.go
 * PodSchedulingPropertiesChange.
 */
export function assignedPodUpdateEvents(old: Pod, object: Pod): readonly ClusterEvent[] {
  const events: ClusterEvent[] = []
  if (!sameRecord(old.metadata.labels, object.metadata.labels))
    events.push({ kind: 'AssignedPod/UpdateLabel', object, old })
  if (isScaledDown(old, object)) events.push({ kind: 'AssignedPod/UpdateScaleDown', object, old })
  return events
}

/**
 * Returns the events in an update of an unschedulable pod that may help itself; a change of its status alone
 * has none.
 */
export function ownPodUpdateEvents(old: Pod, object: Pod): readonly ClusterEvent[] {
  const kinds: PodEventKind[] = []
  if (!sameRecord(old.metadata.labels, object.metadata.labels)) kinds.push('Pod/UpdateLabel')
  if (isScaledDown(old, object)) kinds.push('Pod/UpdateScaleDown')
  if (!sameJson(old.spec.tolerations, object.spec.tolerations)) kinds.push('Pod/UpdateToleration')
  if (old.spec.schedulingGates?.length && !object.spec.schedulingGates?.length)
    kinds.push('Pod/UpdateSchedulingGatesEliminated')
  if (!sameJson(old.status.resourceClaimStatuses, object.status.resourceClaimStatuses))
    kinds.push('Pod/UpdateGeneratedResourceClaim')
  if (kinds.length === 0 && isPodUpdated(old, object)) kinds.push('Pod/Update')
  return kinds.map((kind) => ({ kind, object, old }))
}

/**
 * Returns whether anything besides status and metadata bookkeeping has changed. Source: scheduling_queue.go
 * isPodUpdated.
 */
function isPodUpdated(old: Pod, object: Pod): boolean {
  const { annotations, ownerReferences, finalizers, deletionTimestamp } = object.metadata
  const before = old.metadata
  return (
    (old.spec !== object.spec && !sameJson(old.spec, object.spec)) ||
    !sameRecord(before.annotations, annotations) ||
    before.deletionTimestamp !== deletionTimestamp ||
    !sameJson(before.ownerReferences, ownerReferences) ||
    !sameJson(before.finalizers, finalizers)
  )
}

function isScaledDown(old: Pod, object: Pod): boolean {
  if (old.spec === object.spec && old.status.containerStatuses === object.status.containerStatuses)
    return false
  const { requests: before } = podInfoOf(old)
  const { requests: after } = podInfoOf(object)
  const scalars = new Map(after.scalars)
  return (
    after.milliCpu < before.milliCpu ||
    after.memory < before.memory ||
    after.ephemeralStorage < before.ephemeralStorage ||
    before.scalars.some(([name, amount]) => (scalars.get(name) ?? 0) < amount)
  )
}

function sameTaints(old: Node, object: Node): boolean {
  return sameJson(old.spec.taints ?? [], object.spec.taints ?? [])
}

function conditionStates(node: Node): string {
  return (node.status.conditions ?? []).map(({ type, status }) => `${type}=${status}`).join()
}

function sameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function sameRecord(
  a: Readonly<Record<string, string>> | undefined,
  b: Readonly<Record<string, string>> | undefined,
): boolean {
  if (a === b) return true
  let left = 0
  for (const key in a) {
    left++
    if (b?.[key] !== a[key]) return false
  }
  return left === Object.keys(b ?? {}).length
}
