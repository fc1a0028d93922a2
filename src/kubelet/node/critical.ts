import type { Pod } from '../../api/core/generated.js'
import { isMirrorPod } from '../../api/core/conditions.js'

/**
 * Pods with this priority or a higher one are critical: they are stopped last. Source: pkg/apis/scheduling
 * SystemCriticalPriority.
 */
export const CRITICAL_PRIORITY = 2_000_000_000

/**
 * Whether a pod must not be evicted by its kubelet: static, mirror or of a system priority. Source:
 * pkg/kubelet/types/pod_update.go IsCriticalPod.
 */
export function isCritical(pod: Pod): boolean {
  const source = pod.metadata.annotations?.['kubernetes.io/config.source']
  return (
    (source !== undefined && source !== 'api') ||
    isMirrorPod(pod) ||
    (pod.spec.priority ?? 0) >= CRITICAL_PRIORITY
  )
}
