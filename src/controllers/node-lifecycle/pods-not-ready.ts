import { podCondition, withCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { formatTime } from '../../api/time.js'
import { observedGeneration } from '../process/pod-status.js'

/**
 * The pod with its Ready condition False, reason and message kept; undefined if it has none or it is False
 * already. Phase and container statuses stay: nobody knows better. Source:
 * pkg/controller/util/node/controller_utils.go MarkPodsNotReady.
 */
export function markedNotReady(pod: Pod, now: number, version: string): Pod | undefined {
  const ready = podCondition(pod, 'Ready')
  if (!ready || ready.status === 'False') return undefined
  const marked = {
    ...ready,
    ...observedGeneration(pod, version),
    status: 'False',
    lastTransitionTime: formatTime(now),
  }
  return { ...pod, status: { ...pod.status, conditions: withCondition(pod.status.conditions, marked) } }
}
