import type { DaemonSet } from '../../api/apps/generated.js'
import { scaledValue } from '../shared/int-or-percent.js'

/**
 * Pods that an update may take down at a time, of `desired`; percentages are rounded up. Source:
 * daemonset_util.go UnavailableCount.
 */
export function unavailableCount(set: DaemonSet, desired: number): number {
  return scaledValue(rollingUpdateOf(set)?.maxUnavailable, desired, 'up')
}

/**
 * Nodes on which an update may run an old and a new pod side by side; percentages are rounded up. Source:
 * SurgeCount.
 */
export function surgeCount(set: DaemonSet, desired: number): number {
  return scaledValue(rollingUpdateOf(set)?.maxSurge, desired, 'up')
}

function rollingUpdateOf({ spec }: DaemonSet): DaemonSet['spec']['updateStrategy']['rollingUpdate'] {
  return spec.updateStrategy.type === 'RollingUpdate' ? spec.updateStrategy.rollingUpdate : undefined
}
