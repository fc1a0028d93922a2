import type { Pod } from '../../api/core/generated.js'
import { selectorMatches } from '../../api/selectors/labels.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Finding, Invariant, Observer } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import { isHealthy } from './pods.js'

/**
 * The guarantee of the eviction API. Evictions are decided by the budget's status. While the disruption
 * controller has not seen that a pod is gone or not ready any more, one too many may be allowed, as in a real
 * cluster; that is not reported.
 */
export const budgetsKept: Invariant = {
  name: 'budgets-kept',
  rule:
    'The eviction API never takes a healthy pod when fewer healthy pods than the budget desires would ' +
    'be left.',
  observe: (cluster) => new Evictions(cluster),
}

class Evictions implements Observer {
  readonly #cluster: SimCluster
  /** The state before the current request of the pod whose deletion it started. */
  #leaving: Pod | undefined

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
  }

  readonly write: NonNullable<Observer['write']> = ({ type, resource, object, old }) => {
    if (resource !== 'pods' || old === undefined || old.metadata.deletionTimestamp !== undefined)
      return undefined
    if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined) this.#leaving = old as Pod
    return undefined
  }

  readonly request: NonNullable<Observer['request']> = ({ verb, resource, namespace, name, code }) => {
    const pod = this.#leaving
    this.#leaving = undefined
    if (verb !== 'create' || resource !== 'pods/eviction' || code !== 201) return undefined
    if (!pod || pod.metadata.name !== name || pod.metadata.namespace !== namespace || !isHealthy(pod))
      return undefined
    const budgets = this.#cluster.state.peek('poddisruptionbudgets', { namespace: namespace as string })
    const matching = budgets.filter(({ spec }) => selectorMatches(spec.selector, pod.metadata.labels))
    return matching.map((budget) => this.#judge(budget, pod)).find(Boolean)
  }

  #judge(budget: PodDisruptionBudget, evicted: Pod): Finding | undefined {
    const { metadata, spec, status } = budget
    const all = this.#cluster.state.peek('pods', { namespace: metadata.namespace as string })
    const healthy = all.filter((pod) => selectorMatches(spec.selector, pod.metadata.labels) && isHealthy(pod))
    if (healthy.length >= status.desiredHealthy) return undefined
    if (this.#isLate(budget, healthy)) return undefined
    return {
      message:
        `the eviction leaves ${healthy.length} healthy pods where the budget desires ` +
        `${status.desiredHealthy}`,
      objects: [referenceTo('poddisruptionbudgets', budget), referenceTo('pods', evicted)],
    }
  }

  /**
   * Returns whether the disruption controller still counts pods that are not healthy any more and whose
   * eviction was not recorded.
   */
  #isLate({ metadata, spec, status }: PodDisruptionBudget, healthy: readonly Pod[]): boolean {
    const component = 'kube-controller-manager/disruption-controller'
    const views = this.#cluster.state.views({ component })
    const pods = views.find(({ resource, connected }) => resource === 'pods' && connected)
    if (!pods) return true
    const names = new Set(healthy.map((pod) => pod.metadata.name))
    const disrupted = status.disruptedPods ?? {}
    return (pods.objects as readonly Pod[]).some((pod) => {
      const { name = '', namespace, labels } = pod.metadata
      if (namespace !== metadata.namespace || !selectorMatches(spec.selector, labels)) return false
      return isHealthy(pod) && !names.has(name) && !Object.hasOwn(disrupted, name)
    })
  }
}
