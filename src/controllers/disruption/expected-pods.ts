import { parseApiVersion } from '../../api/api-version.js'
import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import type { KindDefinition } from '../../api/kind/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Informer } from '../../client/informers/informer.js'
import { scaledValue } from '../shared/int-or-percent.js'
import type { ServedResource } from '../shared/served-resources.js'
import { apiVersionOf, pluralOf } from '../shared/served-resources.js'

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

/** A resource that the server serves, with its subresources. */
export type ScalableResource = ServedResource & Pick<KindDefinition, 'subresources'>

/**
 * Finds the scales of pods' controllers: of ReplicaSets and the Deployments behind them in the informers, of
 * all others through the scale subresource, and of a ReplicaSet too whose Deployment is gone or that the
 * informer does not know. Source: disruption.go finders.
 */
export class ControllerScales {
  readonly #client: Client
  readonly #sets: Informer<ReplicaSet>
  readonly #deployments: Informer<Deployment>
  readonly #served: () => readonly ScalableResource[]

  /** `served` returns what the server serves now. */
  constructor(
    client: Client,
    sets: Informer<ReplicaSet>,
    deployments: Informer<Deployment>,
    served: () => readonly ScalableResource[],
  ) {
    this.#client = client
    this.#sets = sets
    this.#deployments = deployments
    this.#served = served
  }

  /**
   * Returns the scale, or undefined if the controller is deleted. @throws ExpectedPodsError if its kind has
   * none.
   */
  scaleOf(controller: OwnerReference, namespace: string): ControllerScale | undefined {
    return this.#ofReplicaSet(controller, namespace) ?? this.#ofScalable(controller, namespace)
  }

  /** Source: getPodDeployment, getPodReplicaSet. */
  #ofReplicaSet(reference: OwnerReference, namespace: string): ControllerScale | undefined {
    if (!isAppsKind(reference, 'ReplicaSet')) return undefined
    const set = this.#sets.get(`${namespace}/${reference.name}`)
    if (set?.metadata.uid !== reference.uid) return undefined
    const owner = controllerOf(set)
    if (owner?.kind !== 'Deployment') return { uid: reference.uid, replicas: set.spec.replicas ?? 1 }
    if (!isAppsKind(owner, 'Deployment')) return undefined
    const deployment = this.#deployments.get(`${namespace}/${owner.name}`)
    return deployment?.metadata.uid === owner.uid
      ? { uid: owner.uid, replicas: deployment.spec.replicas ?? 1 }
      : undefined
  }

  /** Source: getScaleController. */
  #ofScalable(
    { apiVersion, kind, name, uid }: OwnerReference,
    namespace: string,
  ): ControllerScale | undefined {
    const found = this.#served().find((one) => one.kind === kind && apiVersionOf(one) === apiVersion)
    if (!found) throw new ExpectedPodsError(`no matches for kind "${kind}" in version "${apiVersion}"`)
    const resource = found.group === '' ? found.resource : `${pluralOf(found)}.${found.group}`
    if (!found.subresources.some((subresource) => subresource.name === 'scale'))
      throw new ExpectedPodsError(`${resource} does not implement the scale subresource`)
    const scale = ignoreNotFound(() => this.#client.getSubresource(resource, { namespace, name }, 'scale'))
    if (scale?.metadata.uid !== uid) return undefined
    const { spec } = scale as { readonly spec?: { readonly replicas?: number } }
    return { uid, replicas: spec?.replicas ?? 0 }
  }
}

/** Whether the reference names that kind of apps, or of extensions, from which it came. */
function isAppsKind({ apiVersion, kind }: OwnerReference, wanted: string): boolean {
  const { group } = parseApiVersion(apiVersion)
  return kind === wanted && (group === 'apps' || group === 'extensions')
}
