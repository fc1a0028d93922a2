import type { Pod } from '../../api/core/generated.js'
import { podCondition } from '../../api/core/conditions.js'
import { timeMs } from '../../api/time.js'

/**
 * In how many ms the next of `pods` that is Ready but not yet for `minReadySeconds` becomes available;
 * undefined if there is none. Source: pkg/controller/controller_utils.go FindMinNextPodAvailabilityCheck.
 */
export function nextAvailabilityCheck(
  pods: readonly Pod[],
  minReadySeconds: number,
  now: number,
): number | undefined {
  if (minReadySeconds === 0) return undefined
  let next: number | undefined
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')
    const since = ready?.status === 'True' ? timeMs(ready.lastTransitionTime) : undefined
    if (since === undefined) continue
    const wait = since + minReadySeconds * 1000 - now
    if (wait > 0 && (next === undefined || wait < next)) next = wait
  }
  return next
}
