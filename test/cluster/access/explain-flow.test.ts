import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const cluster = new SimCluster({ nodes: 1 })
cluster.settle()

const ACCOUNT = { user: 'system:serviceaccount:office:robot', groups: ['system:serviceaccounts'] }
const SYSTEM_ACCOUNT = { user: 'system:serviceaccount:kube-system:deployment-controller' }
const NODE = { user: 'system:node:node-1', groups: ['system:nodes'] }
const MASTER = { user: 'root', groups: ['system:masters'] }
const SCHEDULER = { user: 'system:kube-scheduler' }
const office = { namespace: 'office' }

test.each([
  [MASTER, 'delete', 'nodes', {}, 'exempt', 'exempt', ''],
  [{ user: 'jane' }, 'get', '/healthz', {}, 'probes', 'exempt', ''],
  [{ user: 'jane' }, 'get', '/livez/etcd', {}, 'probes', 'exempt', ''],
  [{ user: 'jane' }, 'post', '/healthz', {}, 'global-default', 'global-default', 'jane'],
  [{ user: 'jane' }, 'get', '/healthzz', {}, 'global-default', 'global-default', 'jane'],
  [{ user: 'jane' }, 'list', 'pods', office, 'global-default', 'global-default', 'jane'],
  [ACCOUNT, 'create', 'pods', office, 'service-accounts', 'workload-low', ACCOUNT.user],
  [SYSTEM_ACCOUNT, 'list', 'pods', office, 'kube-system-service-accounts', 'workload-high', 'office'],
  [SCHEDULER, 'update', 'leases', office, 'system-leader-election', 'leader-election', SCHEDULER.user],
  [SCHEDULER, 'delete', 'leases', office, 'kube-scheduler', 'workload-high', 'office'],
  [SCHEDULER, 'list', 'nodes', {}, 'kube-scheduler', 'workload-high', ''],
  [NODE, 'patch', 'nodes/status', { name: 'node-1' }, 'system-node-high', 'node-high', NODE.user],
  [NODE, 'get', 'pods', office, 'system-nodes', 'system', NODE.user],
] as const)('%j %s %s %j falls under %s', (identity, verb, what, options, schema, level, distinguisher) => {
  expect(cluster.explainFlow(identity, verb, what, options)).toMatchObject({
    flowSchema: schema,
    priorityLevel: level,
    isExempt: level === 'exempt',
    distinguisher,
  })
})

test('each flow has its queues, and the level its share of the seats', () => {
  const flow = cluster.explainFlow(ACCOUNT, 'list', 'pods', office)
  expect(flow.queues).toHaveLength(6)
  expect(new Set(flow.queues).size).toBe(6)
  expect(flow.queues.every((queue) => queue >= 0 && queue < 128)).toBe(true)
  expect(cluster.explainFlow(ACCOUNT, 'get', 'secrets', office).queues).toEqual(flow.queues)
  const other = { ...ACCOUNT, user: 'system:serviceaccount:office:other' }
  expect(cluster.explainFlow(other, 'get', 'secrets', office).queues).not.toEqual(flow.queues)
  // upstream's figures for the default levels: 600 seats, 245 shares
  expect(flow.seats).toEqual({ nominal: 245, lower: 24, upper: 845 })
  expect(cluster.explainFlow(MASTER, 'list', 'pods')).toMatchObject({ queues: [], seats: { nominal: 0 } })
})

describe('a FlowSchema of one’s own', () => {
  const own = new SimCluster({ nodes: 0 })
  const level = (name: string, shares: number): void => {
    own.create('prioritylevelconfigurations', {
      metadata: { name },
      spec: {
        type: 'Limited',
        limited: { nominalConcurrencyShares: shares, limitResponse: { type: 'Reject' } },
      },
    })
  }
  const schema = (name: string, matchingPrecedence: number, to: string, resources: string[]): void => {
    own.create('flowschemas', {
      metadata: { name },
      spec: {
        matchingPrecedence,
        priorityLevelConfiguration: { name: to },
        distinguisherMethod: { type: 'ByUser' },
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'jane' } }],
            resourceRules: [{ verbs: ['get', 'list'], apiGroups: [''], resources, namespaces: ['office'] }],
          },
        ],
      },
    })
  }
  const of = (verb: string, what: string, namespace?: string): string =>
    own.explainFlow({ user: 'jane' }, verb, what, namespace === undefined ? {} : { namespace }).flowSchema

  test('matches by verb, subresource and namespace, by precedence and then by name', () => {
    level('mine', 10)
    schema('b', 500, 'mine', ['pods'])
    schema('c', 400, 'mine', ['pods/log'])
    expect([of('get', 'pods', 'office'), of('get', 'pods/log', 'office')]).toEqual(['b', 'c'])
    expect([of('get', 'pods', 'other'), of('list', 'pods'), of('delete', 'pods', 'office')]).toEqual([
      'global-default',
      'global-default',
      'global-default',
    ])
    schema('a', 500, 'mine', ['*'])
    expect([of('get', 'pods', 'office'), of('get', 'pods/status', 'office')]).toEqual(['a', 'a'])
    // a level without queues has nothing to tell flows apart for
    expect(own.explainFlow({ user: 'jane' }, 'get', 'pods', { namespace: 'office' })).toMatchObject({
      distinguisher: '',
      queues: [],
      seats: { nominal: 24 },
    })
  })

  test('is passed over while its level is missing', () => {
    schema('early', 300, 'later', ['*'])
    expect(of('get', 'pods', 'office')).toBe('a')
    level('later', 5)
    expect(of('get', 'pods', 'office')).toBe('early')
    own.delete('prioritylevelconfigurations', 'later')
    expect(of('get', 'pods', 'office')).toBe('a')
  })

  test('what everybody needs is in effect even when it has been deleted', () => {
    for (const name of ['exempt', 'catch-all', 'global-default']) own.delete('flowschemas', name)
    expect(own.explainFlow(MASTER, 'get', 'pods', office).priorityLevel).toBe('exempt')
    expect(of('get', 'configmaps', 'other')).toBe('catch-all')
  })
})

test('a list takes seats by what it loads, and a write by who watches', () => {
  const full = new SimCluster({ nodes: 0 })
  const text = 'x'.repeat(40_000)
  for (let at = 0; at < 30; at++)
    full.create('configmaps', { metadata: { name: `c${at}`, namespace: 'default' }, data: { text } })
  const seats = (options: object): number =>
    full.explainFlow({ user: 'jane' }, 'list', 'configmaps', options).work.initialSeats
  // 1.2 MB; a request may take a sixth of the level's 49 seats
  expect(seats({})).toBe(8)
  expect(seats({ limit: 10 })).toBe(4)
  expect(seats({ limit: 10, resourceVersion: '1' })).toBe(4)
  // an exact version comes from etcd, and a selector goes through more than it returns
  expect(seats({ limit: 10, resourceVersion: '1', labelSelector: 'a=b' })).toBe(6)
  expect(full.explainFlow({ user: 'jane' }, 'get', 'configmaps', { name: 'c0' }).work.initialSeats).toBe(1)
  const write = { finalSeats: 0, additionalLatency: 0 }
  expect(full.explainFlow({ user: 'jane' }, 'create', 'configmaps', office).work).toMatchObject(write)
  for (let at = 0; at < 20; at++) full.watch('configmaps', { namespace: 'office' })
  expect(full.explainFlow({ user: 'jane' }, 'create', 'configmaps', office).work.finalSeats).toBeGreaterThan(
    1,
  )
})

test('before v1.26 there is nothing to explain', () => {
  const old = new SimCluster({ nodes: 0, version: 'v1.25' })
  expect(() => old.explainFlow({ user: 'jane' }, 'get', 'pods')).toThrow('since v1.26 only')
})
