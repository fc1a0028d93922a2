import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

test('pods that are imported without their nodes and owners are said to miss them', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx')
  cluster.settle()
  expect(cluster.summary()).not.toContain('missing:')
  const summary = SimCluster.fromObjects(cluster.kubectl('get pods -o yaml').stdout).summary()
  expect(summary).toMatch(
    /missing:\n  nodes node-1, which pods default\/web-\S+ need\n  replicasets default\/web-\S+, which/,
  )
})
