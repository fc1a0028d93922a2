import { expect, test } from 'vitest'
import { SimCluster, type ClusterOptions } from 'simcluster'

/** Rolls three pods out, and returns what the ready count of a kind was in turn. */
function steps(options: ClusterOptions, kind: 'replicasets' | 'deployments'): readonly number[] {
  const cluster = new SimCluster(options)
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
    expect([steps({ nodes, seed }, 'replicasets'), steps({ nodes, seed }, 'deployments')]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ])
})

test('without a spread they get ready at one instant', () => {
  const options = { nodes: 3, containers: { timings: { startSpread: 0 } } }
  expect(steps(options, 'replicasets')).toEqual([0, 3])
})
