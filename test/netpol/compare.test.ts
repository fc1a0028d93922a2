import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  analysePolicies,
  compare,
  compileWorld,
  formatChanges,
  policyChanges,
  type CompiledWorld,
  type PolicyQuery,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import { netpolArbitraries } from '../../src/testing/netpol/arbitraries.js'
import { TINY } from './tiny.js'

/**
 * Every cluster that tiny policies can tell apart, as nine big ones: all pods at once, and of labels of
 * namespaces each pair (they are an orthogonal array).
 */
function tinyWorlds(): readonly World[] {
  const values = [undefined, 'a', 'other']
  const pods = ['10.0', '11.0'].flatMap((net) => [undefined, 80, 81].map((port) => [net, port] as const))
  const labels = (at: number): Record<string, string> => {
    const value = values[at % 3]
    return value === undefined ? {} : { app: value }
  }
  return Array.from({ length: 9 }, (_, turn) => {
    const [row, column] = [Math.floor(turn / 3), turn % 3]
    const namespaces = [
      ['default', row],
      ['red', column],
      ['third', row + column],
      ['fourth', row + 2 * column],
    ] as const
    let at = 0
    return {
      nodes: values.flatMap((_value, label) =>
        ['10.0', '11.0'].map((net) => ({
          metadata: { name: `n${label}-${net}`, labels: labels(label) },
          status: { addresses: [{ type: 'InternalIP', address: `${net}.1.${label}` }] },
        })),
      ),
      namespaces: namespaces.map(([name, label]) => ({ metadata: { name, labels: labels(label) } })),
      pods: namespaces.flatMap(([namespace]) =>
        values.flatMap((_value, label) =>
          pods.map(([net, containerPort]) => ({
            metadata: { namespace, name: `p${++at}`, labels: labels(label) },
            status: { podIP: `${net}.0.${at}` },
            spec: {
              containers: [{ ports: containerPort === undefined ? [] : [{ name: 'web', containerPort }] }],
            },
          })),
        ),
      ),
    }
  })
}

function connectionsIn({ pods = [], nodes = [] }: World): readonly PolicyQuery[] {
  const names = pods.map(({ metadata: { namespace = '', name = '' } }) => `${namespace}/${name}`)
  const ends = [
    ...names,
    ...nodes.map(({ metadata: { name = '' } }) => ({ node: name })),
    '10.0.9.9',
    '11.0.9.9',
  ]
  const selves = names.flatMap((name) =>
    (['TCP', 'SCTP'] as const).flatMap((protocol) =>
      [80, 81].map((port): PolicyQuery => ({ from: name, to: name, port, protocol, service: true })),
    ),
  )
  return [
    ...selves,
    ...ends.flatMap((from) =>
      ends.flatMap((to) =>
        (['TCP', 'SCTP'] as const).flatMap((protocol) =>
          [80, 81].map((port): PolicyQuery => ({ from, to, port, protocol })),
        ),
      ),
    ),
  ]
}

function expectRelation(
  seen: { a: boolean; b: boolean },
  { onlyA, onlyB }: ReturnType<typeof compare>,
): void {
  expect(onlyA !== undefined, 'onlyA').toBe(seen.a)
  expect(onlyB !== undefined, 'onlyB').toBe(seen.b)
}

describe('compare', () => {
  it('finds what all clusters of a tiny vocabulary show', () => {
    const worlds = tinyWorlds()
    const { policies, networkPolicy } = netpolArbitraries(fc, { vocabulary: TINY })
    const pair = fc.oneof(
      fc.tuple(policies, policies),
      fc
        .tuple(policies, networkPolicy)
        .map(
          ([all, more]) =>
            [all, [...all, { ...more, metadata: { ...more.metadata, name: 'more' } }]] as const,
        ),
    )
    fc.assert(
      fc.property(pair, ([a, b]) => {
        // of nodes there are only others, so that not every pod has to be on each
        const found = compare(a, b, { ownNode: 'none' })
        const seen = { a: false, b: false }
        for (const objects of worlds) {
          if (seen.a && seen.b) break
          const [first, second] = [a, b].map((each) =>
            compileWorld({ ...objects, policies: each }, { ownNode: 'none' }),
          ) as [CompiledWorld, CompiledWorld]
          for (const connection of connectionsIn(objects)) {
            const [isFirst, isSecond] = [first.allows(connection), second.allows(connection)]
            seen.a ||= isFirst && !isSecond
            seen.b ||= isSecond && !isFirst
          }
        }
        expectRelation(seen, found)
      }),
      { numRuns: 5 },
    )
  })

  it('is never refuted by a random cluster, with every kind of field and option', () => {
    const { world, options, connectionIn, networkPolicy } = netpolArbitraries(fc)
    const where = fc.tuple(world, options, fc.nat(), networkPolicy).chain(([objects, choice, at, more]) => {
      const { policies = [] } = objects
      const changed = [
        ...policies.filter((_, index) => index !== at % policies.length),
        { ...more, metadata: { ...more.metadata, name: 'more' } },
      ]
      return fc.record({
        objects: fc.constant(objects),
        choice: fc.constant(choice),
        changed: fc.constant(changed),
        asked: fc.array(connectionIn(objects), { minLength: 60, maxLength: 60 }),
      })
    })
    fc.assert(
      fc.property(where, ({ objects, choice, changed, asked }) => {
        const { policies = [] } = objects
        const found = compare(policies, changed, choice)
        expect(compare(policies, policies, choice).relation).toBe('equal')
        const [a, b] = [policies, changed].map((each) =>
          compileWorld({ ...objects, policies: each }, choice),
        ) as [CompiledWorld, CompiledWorld]
        for (const connection of asked) {
          const {
            proof: {
              connection: { from, to },
            },
          } = a.evaluate(connection)
          if (from.address === undefined || to.address === undefined) continue
          const [first, second] = [a.allows(connection), b.allows(connection)]
          if (first && !second) expect(found.onlyA, JSON.stringify(connection)).toBeDefined()
          if (second && !first) expect(found.onlyB, JSON.stringify(connection)).toBeDefined()
        }
      }),
      { numRuns: 25 },
    )
  })
})

const narrow = (name: string, spec: object): WorldPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'default', name },
  spec,
})
const wide = (name: string, spec: object): WorldPolicy => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', subject: { namespaces: {} }, ...spec },
})
const app = (name: string): object => ({ podSelector: { matchLabels: { app: name } } })

const denyAll = narrow('deny', { podSelector: {} })
const web = narrow('web', { ...app('web'), ingress: [{ from: [app('client')], ports: [{ port: 80 }] }] })

it('gives the simplest example, and says which way the sets lie', () => {
  const { relation, onlyA, onlyB } = compare([denyAll], [denyAll, web])
  expect(relation).toBe('a-allows-less')
  expect(onlyA).toBeUndefined()
  expect(onlyB?.connection).toEqual({
    from: 'default/client',
    to: 'default/server',
    port: 80,
    protocol: 'TCP',
  })
  expect(onlyB?.world).toEqual({
    namespaces: [{ metadata: { name: 'default' } }],
    pods: [
      {
        metadata: { namespace: 'default', name: 'client', labels: { app: 'client' } },
        status: { podIP: '10.244.0.10' },
      },
      {
        metadata: { namespace: 'default', name: 'server', labels: { app: 'web' } },
        status: { podIP: '10.244.0.11' },
      },
    ],
  })
  expect([onlyB?.a.allowed, onlyB?.b.allowed]).toEqual([false, true])
  // what people take for the same: everyone, and all addresses of one family; not in a namespace with a name
  // that selectors cannot tell from others
  const everyone = narrow('x', { podSelector: {}, ingress: [{}] })
  expect(
    compare(
      [everyone],
      [narrow('x', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })],
    ).relation,
  ).toBe('a-allows-more')
  expect(
    compare(
      [everyone],
      [
        narrow('x', {
          podSelector: {},
          ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }] }],
        }),
      ],
    ).relation,
  ).toBe('equal')
  expect(
    compare(
      [everyone],
      [
        narrow('x', {
          podSelector: {},
          ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }] }],
        }),
      ],
      { ipBlockPods: 'ignore' },
    ).relation,
  ).toBe('a-allows-more')
  expect(compare([], []).relation).toBe('equal')
})

it('tells a change for a review', () => {
  const after = narrow('web', {
    ...app('web'),
    ingress: [
      { from: [app('client')], ports: [{ port: 8080 }] },
      { from: [{ namespaceSelector: {} }], ports: [{ port: 'metrics' }] },
    ],
  })
  expect(formatChanges(policyChanges([denyAll, web], [denyAll, after]))).toMatchInlineSnapshot(`
    "+ ingress to pods app=web in namespace default from pods app=client in namespace default, TCP 8080
        for example default/client -> default/server:8080/TCP, denied by NetworkPolicy default/deny spec.podSelector, now allowed by NetworkPolicy default/web spec.ingress[0]
    + ingress to pods app=web in namespace default from pods in any namespace, TCP "metrics"
        for example default/client -> default/server:80/TCP, denied by NetworkPolicy default/deny spec.podSelector, now allowed by NetworkPolicy default/web spec.ingress[1]
    - ingress to pods app=web in namespace default from pods app=client in namespace default, TCP 80
        for example default/client -> default/server:80/TCP, allowed by NetworkPolicy default/web spec.ingress[0], now denied by NetworkPolicy default/deny spec.podSelector
    "
  `)
  expect(formatChanges(policyChanges([web], [denyAll, web]))).toMatchInlineSnapshot(`
    "- ingress to pods in namespace default
        for example 203.0.113.9 -> default/server:80/TCP, allowed by no policy, now denied by NetworkPolicy default/deny spec.podSelector
    "
  `)
  expect(formatChanges(policyChanges([web, denyAll], [denyAll, web]))).toMatchInlineSnapshot(`
    "no connection in any cluster is judged otherwise
    "
  `)
})

it('finds what is in vain', () => {
  const found = analysePolicies([
    denyAll,
    web,
    { ...web, metadata: { namespace: 'default', name: 'web-again' } },
    narrow('never', {
      podSelector: {
        matchLabels: { app: 'a' },
        matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }],
      },
      ingress: [{}],
    }),
    narrow('two', {
      ...app('db'),
      ingress: [
        { from: [app('web')] },
        { from: [app('web')], ports: [{ port: 5432 }] },
        { from: [{ ipBlock: { cidr: '10.0.0.0/31', except: ['10.0.0.0/32', '10.0.0.1/32'] } }] },
      ],
    }),
    wide('first', {
      priority: 1,
      ingress: [{ action: 'Deny', from: [{ namespaces: { matchLabels: { team: 'x' } } }] }],
    }),
    wide('second', {
      priority: 2,
      ingress: [
        {
          action: 'Accept',
          from: [{ pods: { namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: {} } }],
        },
        { action: 'Pass', from: [{ namespaces: {} }] },
      ],
    }),
  ])
  expect(found).toMatchInlineSnapshot(`
    {
      "redundantPolicies": [
        {
          "policy": "ClusterNetworkPolicy second",
        },
        {
          "policy": "NetworkPolicy default/never",
        },
        {
          "policy": "NetworkPolicy default/web",
        },
        {
          "policy": "NetworkPolicy default/web-again",
        },
      ],
      "redundantRules": [
        {
          "path": "spec.ingress[1]",
          "policy": "NetworkPolicy default/two",
        },
        {
          "path": "spec.ingress[2]",
          "policy": "NetworkPolicy default/two",
        },
      ],
      "shadowedRules": [
        {
          "path": "spec.ingress[0]",
          "policy": "ClusterNetworkPolicy second",
        },
      ],
      "vacuousRules": [
        {
          "path": "spec.ingress[0]",
          "policy": "NetworkPolicy default/never",
        },
        {
          "path": "spec.ingress[2]",
          "policy": "NetworkPolicy default/two",
        },
      ],
      "vacuousSelectors": [
        {
          "path": "spec.podSelector",
          "policy": "NetworkPolicy default/never",
        },
      ],
    }
  `)
})

it('knows domains, Pass in the last tier, the pod that reaches itself and its own node', () => {
  const egress = (...rules: object[]): WorldPolicy[] => [
    wide('names', {
      priority: 1,
      egress: [...rules, { action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] }],
    }),
  ]
  const accept = (...domainNames: string[]): object => ({ action: 'Accept', to: [{ domainNames }] })
  // who is of a domain is of those that hold it
  expect(
    compare(egress(accept('*.example.com')), egress(accept('www.example.com'), accept('*.example.com')))
      .relation,
  ).toBe('equal')
  expect(compare(egress(accept('*.example.com')), egress(accept('www.example.com'))).relation).toBe(
    'a-allows-more',
  )
  expect(compare(egress(accept('*.example.com')), egress(accept('example.com'))).relation).toBe('neither')
  const last = (action: string): WorldPolicy[] => [
    wide('last', {
      tier: 'Baseline',
      priority: 1,
      ingress: [
        { action, from: [{ namespaces: {} }] },
        { action: 'Deny', from: [{ namespaces: {} }] },
      ],
    }),
  ]
  expect(compare(last('Pass'), last('Accept')).relation).toBe('equal')
  expect(compare(last('Pass'), last('Deny')).relation).toBe('a-allows-more')
  // no NetworkPolicy keeps a pod from itself: that it is selected even opens what the last tier closes
  const selected = compare(last('Deny'), [...last('Deny'), denyAll])
  expect(selected.onlyB?.connection).toMatchObject({
    from: 'default/client',
    to: 'default/client',
    service: true,
  })
  const nodesToo = narrow('deny', { podSelector: {}, policyTypes: ['Egress'] })
  const byNode = [
    wide('nodes', { tier: 'Baseline', priority: 1, egress: [{ action: 'Deny', to: [{ nodes: {} }] }] }),
  ]
  expect(compare(byNode, [...byNode, nodesToo]).onlyB?.connection).toMatchObject({
    from: 'default/client',
    to: { node: 'own-node' },
  })
  expect(compare(byNode, [...byNode, nodesToo], { ownNode: 'ingress' }).onlyB).toBeUndefined()
})
