import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { ClusterEvents } from '../../src/client/cluster-events.js'

const node = { nodes: 1, disable: ['kube-controller-manager'] }
const pod = {
  metadata: { name: 'p', namespace: 'default' },
  spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'i' }] },
}

/** The audit events of what `act` does. */
function audited(cluster: SimCluster, act: () => void): ClusterEvents['audit'][] {
  const events: ClusterEvents['audit'][] = []
  const stop = cluster.on('audit', (event) => void events.push(event))
  act()
  stop()
  return events
}

test('an audit event says who asked for what, and how it was answered', () => {
  const cluster = new SimCluster(node)
  const events = audited(cluster, () => {
    cluster.create('pods', pod)
    expect(() => cluster.get('pods', { namespace: 'default', name: 'none' })).toThrow('not found')
  })
  expect(events).toMatchObject([
    {
      verb: 'create',
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/default/pods',
      user: { username: 'kubernetes-admin' },
      objectRef: { resource: 'pods', namespace: 'default', name: 'p', apiVersion: 'v1' },
      responseStatus: { code: 201 },
      requestObject: { metadata: { name: 'p' } },
      responseObject: { kind: 'Pod' },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    },
    {
      verb: 'get',
      requestURI: '/api/v1/namespaces/default/pods/none',
      responseStatus: { code: 404, reason: 'NotFound', message: 'pods "none" not found' },
    },
  ])
  expect(new Set(events.map(({ auditID }) => auditID)).size).toBe(2)
})

test('listening changes nothing', () => {
  const [heard, unheard] = [new SimCluster(node), new SimCluster(node)]
  audited(heard, () => heard.create('pods', pod))
  unheard.create('pods', pod)
  expect(heard.settle().state.traceHash()).toBe(unheard.settle().state.traceHash())
})

test('evictions through the API are on the bus, dry runs are not', () => {
  const cluster = new SimCluster(node)
  cluster.create('pods', pod)
  const evictions: ClusterEvents['eviction'][] = []
  cluster.on('eviction', (event) => void evictions.push(event))
  const evict = (query: string): number =>
    cluster.http.handle({
      method: 'POST',
      path: '/api/v1/namespaces/default/pods/p/eviction',
      query,
      user: { name: 'admin', groups: ['system:masters'] },
      body: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }),
    }).code
  expect([evict('dryRun=All'), evictions]).toEqual([201, []])
  expect([evict(''), evictions]).toMatchObject([201, [{ pod: 'default/p', node: 'node-1', by: 'api' }]])
})

test('the URI of a stream says what was asked of the container', () => {
  const cluster = new SimCluster(node)
  cluster.create('pods', { ...pod, spec: { ...pod.spec, containers: [{ name: 'c', image: 'busybox' }] } })
  cluster.settle()
  const events = audited(cluster, () => {
    cluster.kubectl('exec p -c c -- id -u')
    cluster.kubectl('logs p --previous')
  })
  const uris = events.map(({ requestURI }) => requestURI).filter((uri) => uri.includes('?'))
  expect(uris).toEqual([
    expect.stringMatching(
      /\/pods\/p\/exec\?command=id&command=-u&container=c&stderr=true(&stdin=true)?&stdout=true$/,
    ),
    expect.stringMatching(/\/pods\/p\/log\?container=c&.*previous=true/),
  ])
})
