import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 6,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
}

const web = (cluster: SimCluster, node: string, isDeleted: boolean): number =>
  cluster
    .list('pods', { labelSelector: 'app=web' })
    .items.filter(
      ({ spec, metadata }) =>
        spec.nodeName === node && (metadata.deletionTimestamp !== undefined) === isDeleted,
    ).length

test(
  'a whole cluster: crash, Unknown after 40-65 s, evicted 300 s later, replaced; the node is removed, ' +
    'its pods are collected',
  () => {
    const cluster = new SimCluster({ nodes: 3, seed: 7 })
    cluster.apply([deployment])
    cluster.settle()
    const before = web(cluster, 'node-2', false)
    expect(before).toBeGreaterThan(0)
    const crashed = cluster.now()
    cluster.node('node-2').crash()
    expect(cluster.until(() => !cluster.node('node-2').ready, { timeout: '2m' })).toBe(true)
    const lost = (cluster.now() - crashed) / 1000
    expect(lost).toBeGreaterThanOrEqual(40)
    expect(lost).toBeLessThanOrEqual(65)
    cluster.advance('299s')
    expect(web(cluster, 'node-2', true)).toBe(0)
    cluster.advance('3s')
    expect(web(cluster, 'node-2', true)).toBe(before)
    cluster.settle()
    expect(web(cluster, 'node-1', false) + web(cluster, 'node-3', false)).toBe(6)
    cluster.delete('nodes', { name: 'node-2' })
    cluster.advance('62s')
    expect(cluster.list('pods').items.filter(({ spec }) => spec.nodeName === 'node-2')).toEqual([])
  },
)

test('a one-node cluster never evicts', () => {
  const cluster = new SimCluster({ nodes: 1, seed: 7 })
  cluster.apply([deployment])
  cluster.settle()
  const name = 'node-1'
  cluster.node(name).crash()
  cluster.advance('2h')
  expect([web(cluster, name, false), web(cluster, name, true)]).toEqual([6, 0])
})

test('a Deployment is deleted with all that it owns; a namespace with all that is in it', () => {
  const cluster = new SimCluster({ nodes: 2, seed: 7 })
  cluster.create('namespaces', { metadata: { name: 'office' } })
  cluster.apply([deployment, { ...deployment, metadata: { name: 'web', namespace: 'office' } }])
  cluster.settle()
  cluster.delete('deployments', { namespace: 'default', name: 'web' })
  cluster.settle()
  expect(cluster.list('replicasets', { namespace: 'default' }).items).toEqual([])
  expect(cluster.list('pods', { namespace: 'default' }).items).toEqual([])
  cluster.delete('namespaces', { name: 'office' })
  cluster.settle()
  expect(cluster.list('namespaces').items.map(({ metadata }) => metadata.name)).not.toContain('office')
  expect(cluster.list('pods').items.filter(({ metadata }) => metadata.namespace === 'office')).toEqual([])
})
