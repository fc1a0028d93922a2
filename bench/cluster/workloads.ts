import { SimCluster } from '../../src/index.js'
import type { NodeOptions } from '../../src/index.js'

const labels = { app: 'web' }

/** A Deployment `web` of that many pods, of one container each and without requests. */
export function deployment(replicas: number): object {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:latest' }] } }
  const spec = { replicas, selector: { matchLabels: labels }, template }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec }
}

/** Nodes that take 250 pods each. */
export function bigNodes(count: number): readonly NodeOptions[] {
  const capacity = { cpu: '64', memory: '256Gi', pods: '250' }
  return Array.from({ length: count }, (_, at) => ({ name: `node-${at + 1}`, capacity }))
}

/** A new cluster in which a Deployment of that many pods is Running. */
export function clusterOf(replicas: number, nodes: number): SimCluster {
  // the default range has room for 256 nodes
  const cluster = new SimCluster({ nodes: bigNodes(nodes), network: { podCIDR: '10.128.0.0/9' } })
  return runReplicas(cluster, replicas)
}

/** Applies a Deployment and goes on until all its pods are Running. @throws Error when they are not. */
export function runReplicas(cluster: SimCluster, replicas: number): SimCluster {
  cluster.apply(deployment(replicas))
  cluster.settle()
  const running = countRunning(cluster)
  if (running !== replicas) throw new Error(`${running} of ${replicas} pods are Running`)
  return cluster
}

/** Pods that are Running and not on their way out. */
export function countRunning(cluster: SimCluster): number {
  const { items } = cluster.list('pods', { namespace: 'default' })
  return items.filter(
    ({ metadata, status }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined,
  ).length
}
