import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

/** Rolls three pods out, and returns what the ready count of a kind was in turn. */
function steps(nodes: number, seed: number, kind: 'replicasets' | 'deployments'): readonly number[] {
  const cluster = new SimCluster({ nodes, seed })
  cluster.settle()
  const resourceVersion = cluster.list(kind).metadata.resourceVersion ?? ''
  cluster.kubectl('create deployment web --image=nginx --replicas=3')
  cluster.settle()
  const watch = cluster.client.watch(kind, { resourceVersion })
  const seen = watch.next(1_000).map(({ object }) => object.status?.readyReplicas ?? 0)
  watch.stop()
  return seen.filter((count, at) => count !== seen[at - 1])
}

test.each([1, 3, 5])('pods that start together get ready one after the other on %i nodes', (nodes) => {
  for (const seed of [1, 2, 3])
    expect([steps(nodes, seed, 'replicasets'), steps(nodes, seed, 'deployments')]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ])
})
