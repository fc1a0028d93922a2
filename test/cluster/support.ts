import { SimCluster } from 'simcluster'
import type { ClusterOptions, KubeObject } from 'simcluster'

/** Manifest of a Deployment. */
export const deployment = (
  name: string,
  replicas: number,
  image = 'nginx:1',
): KubeObject & { spec: object } => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
  },
})

/** A settled cluster with a Deployment `web`. */
export function clusterWith(replicas: number, options: ClusterOptions = {}): SimCluster {
  const cluster = new SimCluster({ seed: 7, ...options })
  cluster.apply(deployment('web', replicas))
  return cluster.settle()
}

/** Everything that can be told of a cluster from outside, as text. */
export function stateOf(cluster: SimCluster): string {
  const objects = cluster.state.resources().map((resource) => [resource, cluster.state.peek(resource)])
  return JSON.stringify([cluster.now(), cluster.state.traceHash(), objects])
}

/** Names of the nodes that `app`'s pods are on, sorted; `-` for one that is not bound. */
export function placement(cluster: SimCluster, app = 'web'): readonly string[] {
  const { items } = cluster.list('pods', { labelSelector: `app=${app}` })
  return items.map(({ spec }) => spec.nodeName ?? '-').sort()
}

/** Number of pods of `app` that run and are ready. */
export function running(cluster: SimCluster, app = 'web'): number {
  const { items } = cluster.list('pods', { labelSelector: `app=${app}` })
  const isReady = (pod: (typeof items)[number]): boolean =>
    pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  return items.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length
}
