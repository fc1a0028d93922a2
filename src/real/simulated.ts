import { checkedCluster } from './inputs.js'
import { argumentsCheck } from '../api/checked-input.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import type { NamespaceScope } from '../cluster/namespace-scope.js'
import { toMillis } from '../sim/duration.js'
import type { TestCluster } from './test-cluster.js'

const checkCluster = argumentsCheck('simulated()', 'simulated(new SimCluster())', () => ({
  cluster: aCluster,
}))

/** How far time moves between two looks of `until`, in virtual ms. */
const LOOK = 500

/**
 * Returns a simulated cluster in the form that it shares with real ones.
 * @example await simulated(new SimCluster()).create('pods', pod)
 */
export function simulated(cluster: SimCluster, scope: NamespaceScope = cluster): TestCluster {
  checkCluster([cluster])
  const placed = { namespace: scope.namespace }
  const self: TestCluster = {
    kind: 'simulated',
    namespace: scope.namespace,
    in: (namespace) => simulated(cluster, cluster.in(namespace)),
    get: async (resource, name) => scope.get(resource, name),
    list: async (resource, options) =>
      cluster.client.list(resource, { ...placed, ...options }).items as never,
    create: async (resource, object) => scope.create(resource, object),
    patch: async (resource, name, patch) => scope.patch(resource, name, patch),
    edit: async (resource, name, recipe) => scope.edit(resource, name, recipe),
    delete: async (resource, name) => void scope.delete(resource, name),
    apply: async (manifests) => void scope.apply(manifests as string),
    kubectl: async (command) => scope.kubectl(command),
    exec: async (pod, command) => scope.exec(pod, command),
    logs: async (pod, options) => scope.logs(pod, options),
    can: async (verb, resource, { as, namespace = scope.namespace } = {}) => {
      const words = ['auth', 'can-i', verb, resource, `--namespace=${namespace}`]
      return scope.kubectl(as === undefined ? words : [...words, `--as=${as}`]).exitCode === 0
    },
    until: async (predicate, { timeout = '2m' } = {}) => {
      const deadline = cluster.now() + toMillis(timeout)
      for (;;) {
        if (await predicate(self)) return true
        if (cluster.now() >= deadline) return false
        cluster.advance(LOOK)
      }
    },
    advance: async (duration) => void cluster.advance(duration),
    close: async () => undefined,
  }
  return checkedCluster(self)
}
