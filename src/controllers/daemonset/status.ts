import type { DaemonSet, DaemonSetStatus } from '../../api/apps/generated.js'
import { isPodAvailable, isPodReady } from '../../api/core/conditions.js'
import type { Node } from '../../api/core/generated.js'
import type { PodsByNode } from './placement.js'
import { nodeShouldRunDaemonPod, oldestFirst } from './placement.js'
import { isPodUpdated } from './pod-template.js'

/**
 * Calculates the status of a DaemonSet from the oldest pod of each eligible node. Counts of zero are omitted
 * where the API omits them. `observedGeneration` is the generation to report. Source: daemon_controller.go
 * updateDaemonSetStatus, storeDaemonSetStatus.
 */
export function daemonSetStatus(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: PodsByNode,
  hash: string,
  observedGeneration: number | undefined,
  now: number,
): DaemonSetStatus {
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0]
  for (const node of nodes) {
    const oldest = pods.get(node.metadata.name ?? '')?.toSorted(oldestFirst)[0]
    if (!nodeShouldRunDaemonPod(node, set).shouldRun) {
      if (oldest) misscheduled++
      continue
    }
    desired++
    if (!oldest) continue
    current++
    if (isPodReady(oldest)) ready++
    if (isPodAvailable(oldest, set.spec.minReadySeconds ?? 0, now)) available++
    if (isPodUpdated(oldest, set, hash)) updated++
  }
  const { conditions, collisionCount } = set.status
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(desired > available ? { numberUnavailable: desired - available } : {}),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  }
}
