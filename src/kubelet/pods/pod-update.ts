import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { desiredAllocation, requestsDiffer } from './allocation.js'
import type { PodRecord } from './pod-record.js'
import { findContainer } from './pod-record.js'

/**
 * Takes over the API's version of a pod. Returns whether the worker must look at it; the echo of a status
 * write needs no look.
 */
export function updateRecord(record: PodRecord, pod: Pod): boolean {
  const before = record.pod.metadata
  const { resourceVersion, deletionTimestamp, deletionGracePeriodSeconds, generation } = pod.metadata
  if (generation !== before.generation && record.admitted && requestsDiffer(pod, record.pod))
    record.allocation ??= desiredAllocation(record.pod)
  retryChanged(record, pod)
  record.pod = pod
  const version = Number(resourceVersion)
  if (version > record.version) {
    record.status = pod.status
    record.version = version
    return true
  }
  return (
    deletionTimestamp !== before.deletionTimestamp ||
    deletionGracePeriodSeconds !== before.deletionGracePeriodSeconds ||
    generation !== before.generation
  )
}

/** What a container waits for even if its pod changes. */
const BACK_OFFS: ReadonlySet<string> = new Set(['CrashLoopBackOff', 'ErrImagePull', 'ImagePullBackOff'])

/**
 * A changed pod is synced at once, so that what failed is tried again. Back-offs go on, but those of restarts
 * and pulls belong to the container's image. Source: pkg/kubelet/config/config.go checkAndUpdatePod,
 * kuberuntime_manager.go GetBackoffKey, pkg/kubelet/container/helpers.go HashContainer.
 */
function retryChanged(record: PodRecord, pod: Pod): void {
  for (const [name, memory] of Object.entries(record.containers)) {
    const { waiting } = memory
    const isReplaced = findContainer(record.pod, name)?.image !== findContainer(pod, name)?.image
    if (isReplaced) {
      delete memory.backOff
      delete memory.pullBackOff
      delete memory.pullError
    }
    if (waiting && (isReplaced || (!BACK_OFFS.has(waiting.reason) && !isSame(record.pod, pod))))
      memory.waiting = { ...waiting, until: 0 }
  }
}

/** Whether two versions of a pod differ in nothing that a sync uses. */
function isSame(one: Pod, other: Pod): boolean {
  return (
    semanticEqual(one.spec, other.spec) &&
    semanticEqual(one.metadata.labels, other.metadata.labels) &&
    semanticEqual(one.metadata.annotations, other.metadata.annotations)
  )
}
