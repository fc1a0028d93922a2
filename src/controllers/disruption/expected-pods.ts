import { parseApiVersion } from '../../api/api-version.js'
import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Informer } from '../../client/informer.js'
import { scaledValue } from '../shared/int-or-percent.js'

/** The desired number of pods of a controller. */
interface ControllerScale {
  readonly uid: string
  readonly replicas: number
}

/** The numbers of pods that a budget requires. */
export interface ExpectedPods {
  readonly expectedPods: number
  readonly desiredHealthy: number
  /** Names of pods without a controller; empty if controllers do not matter. */
  readonly unmanaged: readonly string[]
}

/**
 * Calculates what a budget requires of the pods it selects. An integer minAvailable is used as it is; all
 * else is calculated from the scales of the pods' controllers. `scaleOf` returns undefined for a deleted
 * controller. Source: pkg/controller/disruption/disruption.go getExpectedPodCount, getExpectedScale.
 * @throws ExpectedPodsError if a pod's controller cannot be found or has no scale.
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

/** The number of expected pods cannot be calculated; the budget then allows no disruption. */
export class ExpectedPodsError extends Error {}

/** Built-in kinds that control pods but have no scale subresource, with the resource in upstream's error. */
const NOT_SCALABLE: Readonly<Record<string, string>> = {
  'apps/DaemonSet': 'daemonsets.apps',
  'batch/Job': 'jobs.batch',
  '/Node': 'nodes',
}

/**
 * Finds the scales of pods' controllers: of ReplicaSets and the Deployments behind them in the informers, of
 * all others through the scale subresource. Source: disruption.go finders.
 */
export class ControllerScales {
  readonly #client: Client
  readonly #sets: Informer<ReplicaSet>
  readonly #deployments: Informer<Deployment>

  constructor(client: Client, sets: Informer<ReplicaSet>, deployments: Informer<Deployment>) {
    this.#client = client
    this.#sets = sets
    this.#deployments = deployments
  }

  /**
   * Returns the scale, or undefined if the controller is deleted. @throws ExpectedPodsError if its kind has
   * none.
   */
  scaleOf(controller: OwnerReference, namespace: string): ControllerScale | undefined {
    const { group } = parseApiVersion(controller.apiVersion)
    const isReplicaSet = controller.kind === 'ReplicaSet' && (group === 'apps' || group === 'extensions')
    if (isReplicaSet) return this.#ofReplicaSet(controller, namespace)
    const name = NOT_SCALABLE[`${group}/${controller.kind}`]
    if (name !== undefined) throw new ExpectedPodsError(`${name} does not implement the scale subresource`)
    return this.#ofScalable(controller, group, namespace)
  }

  #ofReplicaSet(reference: OwnerReference, namespace: string): ControllerScale | undefined {
    const set = this.#sets.get(`${namespace}/${reference.name}`)
    if (set?.metadata.uid !== reference.uid) return undefined
    const owner = controllerOf(set)
    if (owner?.kind !== 'Deployment') return { uid: reference.uid, replicas: set.spec.replicas ?? 1 }
    const deployment = this.#deployments.get(`${namespace}/${owner.name}`)
    return deployment?.metadata.uid === owner.uid
      ? { uid: owner.uid, replicas: deployment.spec.replicas ?? 1 }
      : undefined
  }

  #ofScalable(reference: OwnerReference, group: string, namespace: string): ControllerScale | undefined {
    const resource = group === '' ? pluralOf(reference.kind) : `${pluralOf(reference.kind)}.${group}`
    const scale = ignoreNotFound(() =>
      this.#client.getSubresource(resource, { namespace, name: reference.name }, 'scale'),
    )
    if (scale?.metadata.uid !== reference.uid) return undefined
    const { spec } = scale as { readonly spec?: { readonly replicas?: number } }
    return { uid: reference.uid, replicas: spec?.replicas ?? 0 }
  }
}

/** Guesses the plural of a kind. Source: apimachinery pkg/api/meta UnsafeGuessKindToResource. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase()
  if (singular.endsWith('s')) return `${singular}es`
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`
}
