import type { Pod } from '../../api/core/generated.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { scaledValue } from '../shared/int-or-percent.js'

/** A controller with the number of pods that it is to have. */
export interface ControllerScale {
  readonly uid: string
  readonly replicas: number
}

/**
 * How many pods there should be, how many of them healthy, and which pods have no controller (where that
 * matters).
 */
export interface ExpectedPods {
  readonly expectedPods: number
  readonly desiredHealthy: number
  readonly unmanaged: readonly string[]
}

/**
 * What a budget asks for, given the pods that it selects. A whole minAvailable is taken as it is, of the pods
 * that there are; everything else is reckoned from the scale of the pods' controllers, each counted once.
 * `scaleOf` answers undefined for a controller that is gone.
 * @throws Error when a pod's controller cannot be found or has no scale. Source:
 * pkg/controller/disruption/disruption.go getExpectedPodCount, getExpectedScale.
 */
export function expectedPodCount(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  scaleOf: (controller: OwnerReference, namespace: string) => ControllerScale | undefined,
): ExpectedPods {
  const { maxUnavailable, minAvailable } = budget.spec
  if (maxUnavailable === undefined && typeof minAvailable === 'number') {
    return { expectedPods: pods.length, desiredHealthy: minAvailable, unmanaged: [] }
  }
  if (maxUnavailable === undefined && minAvailable === undefined)
    return { expectedPods: 0, desiredHealthy: 0, unmanaged: [] }
  const { expectedPods, unmanaged } = expectedScale(pods, scaleOf)
  const desiredHealthy =
    maxUnavailable === undefined
      ? scaledValue(minAvailable, expectedPods, 'up')
      : Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, 'up'))
  return { expectedPods, desiredHealthy, unmanaged }
}

function expectedScale(
  pods: readonly Pod[],
  scaleOf: (controller: OwnerReference, namespace: string) => ControllerScale | undefined,
): { readonly expectedPods: number; readonly unmanaged: readonly string[] } {
  const replicasOf = new Map<string, number>()
  const seen = new Set<string>()
  const unmanaged: string[] = []
  for (const pod of pods) {
    const { name = '', namespace = '' } = pod.metadata
    const controller = controllerOf(pod)
    if (!controller) {
      unmanaged.push(name)
      continue
    }
    if (seen.has(controller.uid)) continue
    seen.add(controller.uid)
    const scale = scaleOf(controller, namespace)
    if (!scale) throw new ExpectedPodsError(`found no controllers for pod "${name}"`)
    replicasOf.set(scale.uid, scale.replicas)
  }
  return { expectedPods: [...replicasOf.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged }
}

/** The number of expected pods cannot be told: the budget then allows no disruption. */
export class ExpectedPodsError extends Error {}
