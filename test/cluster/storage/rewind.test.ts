import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

test('a cluster that is rewound is as it was, for all who hold it; subscriptions stay', () => {
  const cluster = new SimCluster({ nodes: 2 })
  const before = cluster.snapshot()
  const node = cluster.node('node-1')
  const written: string[] = []
  cluster.on('write', ({ resource }) => void written.push(resource))
  cluster.kubectl('create namespace x')
  node.crash()
  cluster.advance('10m')
  const future = cluster.state.traceHash()
  cluster.rewind(before)
  expect(cluster.kubectl('get namespace x').exitCode).toBe(1)
  expect([cluster.now(), node.ready]).toEqual([before.simulation().now, true])
  const seen = written.length
  cluster.kubectl('create namespace x')
  expect(written.length).toBeGreaterThan(seen)
  node.crash()
  cluster.advance('10m')
  expect(cluster.state.traceHash()).toBe(future)
})

test('it may become another one', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.rewind(new SimCluster({ nodes: 3, version: 'v1.20' }).snapshot())
  expect([cluster.version, cluster.nodes().length]).toEqual(['v1.20', 3])
  expect(() => cluster.rewind(cluster.snapshot(), { version: 'v9.9' })).toThrow()
})

test('machines without a control plane: nobody listens, nothing is stored, and a fork is the same', () => {
  const cluster = new SimCluster({ kubeadm: { init: false }, nodes: 2 })
  for (const each of [cluster, cluster.fork(), SimCluster.fromJSON(cluster.toJSON())]) {
    expect(each.kubectl('get nodes').stderr).toContain('was refused')
    expect([each.nodes(), each.state.peek('namespaces'), each.pki.paths()]).toEqual([[], [], []])
    each.advance('1h')
  }
})
