import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

test('A kubelet writes the new generation of a pod when its termination begins.', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('pods', {
    metadata: { name: 'p' },
    spec: {
      terminationGracePeriodSeconds: 60,
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sh', '-c', 'trap "sleep 20; exit 0" TERM; while :; do sleep 1; done'],
        },
      ],
    },
  })
  cluster.settle()
  expect(cluster.get('pods', 'p').status.observedGeneration).toBe(1)
  cluster.kubectl('delete pod p --wait=false')
  cluster.advance('2s')
  const { metadata, status } = cluster.get('pods', 'p')
  expect([metadata.generation, status.observedGeneration, status.phase]).toEqual([2, 2, 'Running'])
  expect(status.containerStatuses?.[0]?.state?.running).toBeDefined()
  cluster.advance('1m')
  expect(cluster.list('pods').items).toEqual([])
})

test('A Node that was imported and is not asked for is no machine, and nobody writes its heartbeat.', () => {
  const real = new SimCluster({ nodes: 2 })
  real.settle()
  const cluster = SimCluster.fromEtcdSnapshot(real.internals.etcd.snapshot(), { machines: ['node-1'] })
  const renewed = (node: string): unknown => cluster.in('kube-node-lease').get('leases', node).spec?.renewTime
  const before = [renewed('node-1'), renewed('node-2')]
  cluster.advance('5m')
  expect(renewed('node-1')).not.toBe(before[0])
  expect(renewed('node-2')).toBe(before[1])
  expect(cluster.kubectl('get nodes --no-headers').stdout).toMatch(/node-1 +Ready .*\nnode-2 +NotReady /)
})
