import { diff, viewOf } from 'simcluster/view'
import { expect, test } from 'vitest'
import { podOf, webCluster } from './support.js'

test('equal views have no difference, even when time has passed', () => {
  const cluster = webCluster()
  const before = viewOf(cluster)
  cluster.advance('1m')
  const none = { added: [], removed: [], changed: [] }
  expect(diff(before, viewOf(cluster))).toEqual({
    moved: [],
    appeared: [],
    gone: [],
    changed: [],
    nodes: none,
    services: none,
    edges: { added: [], removed: [] },
  })
})

test('a drained pod is gone, and its successor says whose place it takes', () => {
  const cluster = webCluster()
  const before = viewOf(cluster)
  const web = podOf(before, 'web-')
  cluster.kubectl(`drain ${web.node} --ignore-daemonsets --force`)
  cluster.settle()
  const after = viewOf(cluster)
  const { appeared, gone, nodes } = diff(before, after)
  expect(gone).toContain(web.uid)
  const place = appeared.find(({ replaces }) => replaces === web.uid)
  expect(podOf(after, 'web-').owner).toEqual(web.owner)
  expect(place).toBeDefined()
  expect(nodes.changed).toEqual(before.nodes.filter(({ name }) => name === web.node).map(({ uid }) => uid))
})

test('a pod that gets a node moves there, and keeps its uid', () => {
  const cluster = webCluster()
  const before = viewOf(cluster)
  const big = podOf(before, 'big')
  cluster.addNode({ name: 'node-big', capacity: { cpu: '200', memory: '32Gi', pods: '110' } })
  cluster.advance('6m')
  const { moved, nodes, changed } = diff(before, viewOf(cluster))
  expect(moved).toEqual([{ uid: big.uid, to: 'node-big' }])
  expect(changed).toEqual([big.uid])
  expect(nodes.added).toHaveLength(1)
})

test('a Service that is deleted is removed with its edges', () => {
  const cluster = webCluster()
  const before = viewOf(cluster)
  cluster.delete('services', 'web')
  cluster.settle()
  const { services, edges } = diff(before, viewOf(cluster))
  expect(services.removed).toEqual(before.services.filter(({ name }) => name === 'web').map(({ uid }) => uid))
  expect(edges).toEqual({ added: [], removed: before.edges })
})

test('a StatefulSet pod takes the place of the one with its name', () => {
  const cluster = webCluster()
  cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'c', image: 'nginx' }] },
      },
    },
  })
  cluster.settle()
  const before = viewOf(cluster)
  cluster.kubectl('delete pod db-1 db-2')
  cluster.settle()
  const after = viewOf(cluster)
  const { appeared } = diff(before, after)
  for (const name of ['db-1', 'db-2'])
    expect(appeared).toContainEqual({ uid: podOf(after, name).uid, replaces: podOf(before, name).uid })
})
