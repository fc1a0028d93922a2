/**
 * What the proof checker reads with a hand of its own: addresses, objects, selectors, ends of connections.
 */
import { describe, expect, it } from 'vitest'
import { parseIp } from '../../src/lang/go/ip.js'
import {
  evaluate,
  resolveOptions,
  type PolicyQuery,
  type ConnectionProof,
  type NetpolOptions,
  type World,
  type WorldPort,
} from '../../src/netpol/index.js'
import { isIn, isSame, kindOf, rangeKind } from '../../src/netpol/check/addresses.js'
import {
  isFinished,
  isOnHost,
  keyOf,
  labelsOf,
  namespaceOfObject,
  nodeAddresses,
  podAddresses,
  portsNamed,
  RawCluster,
  has,
  raw,
  rawList,
  text,
} from '../../src/netpol/check/raw.js'
import { hasRequirement, requirementsOf, meets, selects } from '../../src/netpol/check/label-selectors.js'
import { connectionFault } from '../../src/netpol/check/ends.js'
import { checkContextOf } from '../../src/netpol/check/context.js'

const clusterOf = (world: World, options: NetpolOptions = {}): RawCluster =>
  new RawCluster(world, resolveOptions(options))

it('what is there of an object: null and other types are nothing', () => {
  expect([raw({ a: 1 }), raw([1]), raw(null), raw(undefined), raw('text')]).toEqual([
    { a: 1 },
    [1],
    {},
    {},
    {},
  ])
  expect([rawList([1]), rawList({ length: 1 }), rawList(null), rawList('text')]).toEqual([[1], [], [], []])
  expect(
    ['text', 'empty', 'number', 'null', 'gone', 'toString'].map((field) => [
      has({ text: 't', empty: '', number: 1, null: null, gone: undefined }, field),
      text({ text: 't', empty: '', number: 1, null: null, gone: undefined }, field),
    ]),
  ).toEqual([
    [true, 't'],
    [true, ''],
    [true, ''],
    [false, ''],
    [false, ''],
    [false, ''],
  ])
})

describe('addresses', () => {
  it.each([
    ['10.0.0.1', 'IPv4', '10.0.0.1'],
    ['010.0.0.001', 'IPv4', '10.0.0.1'],
    ['::ffff:10.0.0.1', 'IPv4', '10.0.0.1'],
    ['::ffff:010.0.0.1', 'IPv4', '10.0.0.1'],
    ['::FFFF:a00:1', 'IPv4', '10.0.0.1'],
    ['2001:db8::1', 'IPv6', '2001:0DB8:0:0::1'],
    ['::10.0.0.1', 'IPv6', '::a00:1'],
    ['::1', 'IPv6', '0:0:0:0:0:0:0:1'],
  ] as const)('%s is %s, and the same as %s', (address, kind, same) => {
    expect(parseIp(address)).toEqual(parseIp(same))
    expect([
      kindOf(address),
      isSame(address, same),
      isSame(same, address),
      isSame(address, '10.0.0.2'),
      isSame(address, '2001:db8::2'),
    ]).toEqual([kind, true, true, false, false])
  })

  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.9.9.9/8', true],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['10.1.2.3', '10.1.2.3/32', true],
    ['10.1.2.2', '10.1.2.3/32', false],
    ['10.1.2.2', '10.1.2.3/31', true],
    ['10.1.2.127', '10.1.2.0/25', true],
    ['10.1.2.128', '10.1.2.0/25', false],
    ['10.1.2.128', '10.1.2.0/24', true],
    ['010.1.2.3', '010.0.0.0/8', true],
    ['10.1.2.3', '::/0', false],
    ['2001:db8::1', '0.0.0.0/0', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8::1', '2001:db8::/127', true],
    ['2001:db8::2', '2001:db8::/127', false],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['11.1.2.3', '::ffff:10.0.0.0/104', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
  ] as const)('%s in %s: %s', (address, cidr, isInside) => {
    expect(isIn(address, cidr)).toBe(isInside)
    expect(rangeKind(cidr) === kindOf(address) || !isInside).toBe(true)
  })

  it('ranges are of a family', () => {
    expect(['10.0.0.0/8', '::ffff:10.0.0.0/104', '::/0', '2001:db8::/32'].map(rangeKind)).toEqual([
      'IPv4',
      'IPv4',
      'IPv6',
      'IPv6',
    ])
  })
})

describe('selectors', () => {
  const labels = { app: 'web', empty: '', null: null }
  const key = (operator: string, values?: readonly string[], of = 'app'): object => ({
    matchExpressions: [{ key: of, operator, values }],
  })

  it.each([
    ['nothing', undefined, true],
    ['null', null, true],
    ['an empty one', {}, true],
    ['no labels', { matchLabels: {} }, true],
    ['null for labels', { matchLabels: null, matchExpressions: null }, true],
    ['a label', { matchLabels: { app: 'web' } }, true],
    ['of another value', { matchLabels: { app: 'db' } }, false],
    ['of another key', { matchLabels: { tier: 'web' } }, false],
    ['an empty value', { matchLabels: { empty: '' } }, true],
    ['that is absent', { matchLabels: { absent: '' } }, false],
    ['a null value counts as empty', { matchLabels: { null: '' } }, true],
    ['both labels', { matchLabels: { app: 'web', empty: 'x' } }, false],
    ['In', key('In', ['db', 'web']), true],
    ['In others', key('In', ['db']), false],
    ['In, absent', key('In', [''], 'absent'), false],
    ['NotIn', key('NotIn', ['web']), false],
    ['NotIn others', key('NotIn', ['db']), true],
    ['NotIn, absent', key('NotIn', ['web'], 'absent'), true],
    ['Exists', key('Exists'), true],
    ['Exists, null', key('Exists', undefined, 'null'), true],
    ['Exists, absent', key('Exists', undefined, 'absent'), false],
    ['DoesNotExist', key('DoesNotExist'), false],
    ['DoesNotExist, absent', key('DoesNotExist', undefined, 'absent'), true],
    ['a label and an expression', { matchLabels: { app: 'web' }, ...key('DoesNotExist') }, false],
  ] as const)('%s', (_, selector, selected) => {
    expect(selects(selector, labels)).toBe(selected)
    expect(requirementsOf(selector).every((demand) => meets(labels, demand))).toBe(selected)
  })

  it('what they ask for, in whatever order of values', () => {
    const selector = { matchLabels: { app: 'web' }, ...key('In', ['a', 'b'], 'tier') }
    expect(requirementsOf(selector)).toEqual([
      { key: 'app', operator: '=', values: ['web'] },
      { key: 'tier', operator: 'in', values: ['a', 'b'] },
    ])
    const ask = (of: string, operator: 'in' | '=' | 'notin', ...values: string[]): boolean =>
      hasRequirement(selector, { key: of, operator, values })
    expect([ask('tier', 'in', 'a', 'b'), ask('tier', 'in', 'b', 'a'), ask('app', '=', 'web')]).toEqual([
      true,
      true,
      true,
    ])
    expect([
      ask('tier', 'in', 'a'),
      ask('tier', 'in', 'a', 'b', 'c'),
      ask('tier', 'notin', 'a', 'b'),
      ask('app', 'in', 'a', 'b'),
      ask('app', '=', 'db'),
      hasRequirement({}, { key: 'app', operator: '=', values: ['web'] }),
    ]).toEqual([false, false, false, false, false, false])
  })
})

describe('objects', () => {
  const port = (name: string | undefined, containerPort: number, protocol?: string): WorldPort => ({
    name,
    containerPort,
    protocol,
  })
  const pod = {
    metadata: { name: 'p', labels: { app: 'p' } },
    spec: {
      hostNetwork: true,
      containers: [
        { ports: [port('web', 80), port('web', 81, 'TCP'), port('web', 82, 'UDP'), port(undefined, 83)] },
        {},
      ],
      initContainers: [{ ports: [port('web', 84)] }, { restartPolicy: 'Always', ports: [port('web', 85)] }],
    },
    status: {
      phase: 'Failed',
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }, { ip: '' }],
    },
  }

  it('a pod', () => {
    expect([
      keyOf(pod),
      namespaceOfObject(pod),
      namespaceOfObject({ metadata: { namespace: 'a' } }),
      labelsOf(pod),
      labelsOf({}),
      isOnHost(pod),
      isOnHost({}),
    ]).toEqual(['default/p', 'default', 'a', { app: 'p' }, {}, true, false])
    expect(
      ['Failed', 'Succeeded', 'Running', 'Pending', undefined].map((phase) =>
        isFinished({ status: { phase } }),
      ),
    ).toEqual([true, true, false, false, false])
    expect([
      podAddresses(pod),
      podAddresses({}),
      podAddresses({ status: { podIPs: [{ ip: 'fd00::1' }] } }),
    ]).toEqual([['10.0.0.1', '10.0.0.1', 'fd00::1'], [], ['fd00::1']])
    expect([
      portsNamed(pod, 'web', 'TCP'),
      portsNamed(pod, 'web', 'UDP'),
      portsNamed(pod, 'dns', 'TCP'),
      portsNamed({}, 'web', 'TCP'),
    ]).toEqual([[80, 81, 85], [82], [], []])
  })

  it('a node has the addresses that are none of its names', () => {
    const addresses = [
      { type: 'Hostname', address: 'n' },
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'ExternalIP', address: '10.0.0.2' },
      { type: 'InternalIP', address: '' },
      { type: 'InternalDNS', address: 'n.local' },
    ]
    expect([nodeAddresses({ status: { addresses } }), nodeAddresses({})]).toEqual([
      ['10.0.0.1', '10.0.0.2'],
      [],
    ])
  })

  it('a cluster', () => {
    const cluster = clusterOf({
      pods: [pod],
      namespaces: [
        { metadata: { name: 'a', labels: { team: 'x', 'kubernetes.io/metadata.name': 'other' } } },
      ],
      domains: { 'WWW.Example.com.': ['10.0.0.1'], 'a.b': [] },
    })
    expect([
      cluster.pod('default/p') === pod,
      cluster.pod('p'),
      cluster.nodes(),
      cluster.policies(),
      clusterOf({}).pods(),
      clusterOf({}).domains(),
    ]).toEqual([true, undefined, [], [], [], []])
    expect(cluster.domains()).toEqual([
      ['www.example.com', ['10.0.0.1']],
      ['a.b', []],
    ])
    expect([cluster.namespaceLabels('a'), cluster.namespaceLabels('b')]).toEqual([
      { team: 'x', 'kubernetes.io/metadata.name': 'a' },
      { 'kubernetes.io/metadata.name': 'b' },
    ])
  })
})

const world: World = {
  nodes: [
    ['n2', '172.18.0.2'],
    ['n1', '172.18.0.1'],
    ['n0', '172.18.0.2'],
    ['n9', '172.18.0.9'],
  ].map(([name, address]) => ({
    metadata: { name },
    status: { addresses: [{ type: 'InternalIP', address: address as string }] },
  })),
  domains: { 'b.example.com': ['10.0.0.1', '203.0.113.9'], 'A.example.com.': ['10.0.0.1', '2001:db8::9'] },
  pods: [
    { metadata: { name: 'host', namespace: 'a' }, spec: { hostNetwork: true, nodeName: 'n1' } },
    {
      metadata: { name: 'own', namespace: 'a' },
      spec: { hostNetwork: true, nodeName: 'n1' },
      status: { podIP: '10.0.0.7' },
    },
    { metadata: { name: 'astray', namespace: 'a' }, spec: { hostNetwork: true, nodeName: 'gone' } },
    { metadata: { name: 'nowhere', namespace: 'a' }, spec: { hostNetwork: true } },
    {
      metadata: { name: 'done', namespace: 'a' },
      spec: { nodeName: 'n1' },
      status: { phase: 'Succeeded', podIPs: [{ ip: '10.0.0.1' }] },
    },
    {
      metadata: { name: 'p', namespace: 'a' },
      spec: { nodeName: 'n1', containers: [{ ports: [{ name: 'web', containerPort: 80 }] }] },
      status: { podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
    },
    { metadata: { name: 'default' } },
    { metadata: { name: 'both', namespace: 'a' }, status: { podIP: '172.18.0.9' } },
    {
      metadata: { name: 'six', namespace: 'a' },
      status: { podIPs: [{ ip: 'fd00::6' }, { ip: '10.0.0.6' }] },
    },
  ],
}

/** How `evaluate` tells an end, and the checker with it. */
describe('ends', () => {
  it.each<[PolicyQuery['to'], ConnectionProof['to']]>([
    ['a/p', { pod: 'a/p', address: '10.0.0.1', domains: ['a.example.com', 'b.example.com'] }],
    [
      { pod: 'p', namespace: 'a' },
      { pod: 'a/p', address: '10.0.0.1', domains: ['a.example.com', 'b.example.com'] },
    ],
    [{ pod: 'default' }, { pod: 'default/default' }],
    ['10.0.0.1', { pod: 'a/p', address: '10.0.0.1', domains: ['a.example.com', 'b.example.com'] }],
    [{ ip: 'fd00::1' }, { pod: 'a/p', address: 'fd00::1' }],
    ['a/host', { pod: 'a/host', hostNetwork: true, node: 'n1', address: '172.18.0.1' }],
    ['a/own', { pod: 'a/own', hostNetwork: true, node: 'n1', address: '10.0.0.7' }],
    ['a/astray', { pod: 'a/astray', hostNetwork: true, node: 'gone' }],
    ['a/nowhere', { pod: 'a/nowhere', hostNetwork: true }],
    [
      'a/done',
      { pod: 'a/done', finished: true, address: '10.0.0.1', domains: ['a.example.com', 'b.example.com'] },
    ],
    ['a/six', { pod: 'a/six', address: 'fd00::6' }],
    [{ node: 'n2' }, { node: 'n2', address: '172.18.0.2' }],
    ['172.18.0.9', { pod: 'a/both', address: '172.18.0.9' }],
    ['172.18.0.2', { node: 'n0', address: '172.18.0.2' }],
    ['10.0.0.7', { address: '10.0.0.7' }],
    ['192.0.2.1', { address: '192.0.2.1' }],
    ['external', { address: '203.0.113.1' }],
    [{ external: true }, { address: '203.0.113.1' }],
    [
      { domain: 'B.example.com.' },
      { pod: 'a/p', address: '10.0.0.1', domains: ['a.example.com', 'b.example.com'] },
    ],
    [{ domain: 'c.example.com' }, { address: '203.0.113.1', domains: ['c.example.com'] }],
    [
      { domain: 'c.example.com', ip: '203.0.113.9' },
      { address: '203.0.113.9', domains: ['b.example.com', 'c.example.com'] },
    ],
  ])('%o is %o', (to, told) => {
    const connection: PolicyQuery = { from: 'external', to, port: 80 }
    const { proof } = evaluate(world, connection)
    expect(proof.connection.to).toEqual(told)
    expect(connectionFault(clusterOf(world), connection, proof.connection)).toBeUndefined()
    const back: PolicyQuery = { from: to, to: 'external', port: 80 }
    expect(connectionFault(clusterOf(world), back, evaluate(world, back).proof.connection)).toBeUndefined()
  })

  const connection: PolicyQuery = { from: 'a/six', to: 'a/p', port: 'web' }
  const told: ConnectionProof = {
    from: { pod: 'a/six', address: '10.0.0.6' },
    to: { pod: 'a/p', address: '10.0.0.1', domains: ['a.example.com', 'b.example.com'] },
    port: 80,
    protocol: 'TCP',
  }

  it.each<[string | undefined, Partial<ConnectionProof>, Partial<PolicyQuery>?]>([
    [undefined, {}],
    [undefined, { to: { ...told.to, address: '::ffff:10.0.0.1' } }],
    ['from: pod is a/six, not a/other', { from: { ...told.from, pod: 'a/other' } }],
    ['from: pod is a/six, not undefined', { from: { address: '10.0.0.6' } }],
    ['to: node is undefined, not n1', { to: { ...told.to, node: 'n1' } }],
    ['to: hostNetwork is undefined, not true', { to: { ...told.to, hostNetwork: true } }],
    ['to: finished is undefined, not true', { to: { ...told.to, finished: true } }],
    ['to: domains are a.example.com,b.example.com', { to: { ...told.to, domains: ['a.example.com'] } }],
    [
      'to: domains are a.example.com,b.example.com',
      { to: { ...told.to, domains: ['a.example.com,b.example.com'] } },
    ],
    ['from: domains are undefined', { from: { ...told.from, domains: [] } }],
    ['to: address is there, or is not', { to: { pod: 'a/p', domains: ['a.example.com', 'b.example.com'] } }],
    ['to: address is 10.0.0.1, not 10.0.0.2', { to: { ...told.to, address: '10.0.0.2' } }],
    ['from: address is 10.0.0.6, not fd00::6', { from: { ...told.from, address: 'fd00::6' } }],
    ['protocol is TCP', { protocol: 'UDP' }],
    ['port is 80', { port: 81 }],
    ['port is undefined', {}, { port: 'dns' }],
    ['protocol is UDP', {}, { protocol: 'UDP' }],
    ['service', { service: true }],
    ['service', {}, { service: true }],
    ['self', { self: true }],
    ['there is no pod a/none', {}, { from: 'a/none' }],
    ['there is no pod default/p', {}, { to: { pod: 'p' } }],
    ['there is no node gone', {}, { to: { node: 'gone' } }],
    [
      'to: address is there, or is not',
      { from: { address: '2001:db8::1' }, to: { pod: 'a/both', address: '172.18.0.9' } },
      { from: '2001:db8::1', to: 'a/both', family: 'IPv6' },
    ],
    ['to: domains are undefined', { from: { pod: 'a/six', address: 'fd00::6' } }, { family: 'IPv6' }],
  ])('%s: %o %o', (fault, change, asked = {}) => {
    expect(connectionFault(clusterOf(world), { ...connection, ...asked }, { ...told, ...change })).toBe(fault)
  })

  it('a pod is itself, whatever it is called', () => {
    const self: PolicyQuery = { from: '10.0.0.1', to: 'a/p', port: 80 }
    const own = { from: told.to, to: told.to, port: 80, protocol: 'TCP' } as const
    expect([
      connectionFault(clusterOf(world), self, { ...own, self: true }),
      connectionFault(clusterOf(world), self, own),
    ]).toEqual([undefined, 'self'])
    const outside: PolicyQuery = { from: 'external', to: 'external', port: 80 }
    const address = { address: '203.0.113.1' }
    expect(
      connectionFault(clusterOf(world), outside, { from: address, to: address, port: 80, protocol: 'TCP' }),
    ).toBeUndefined()
  })
})

describe('pods that selectors see', () => {
  it.each<[string, NetpolOptions, boolean, boolean]>([
    ['a/p', {}, true, true],
    ['a/host', {}, false, false],
    ['a/host', { hostNetwork: 'pod' }, true, false],
    ['a/done', {}, false, false],
    ['a/done', { finishedPods: 'selected' }, true, true],
    ['a/none', {}, false, false],
  ])('%s with %o: NetworkPolicy %s, others %s', (pod, options, narrow, wide) => {
    const cluster = clusterOf(world, options)
    const connection: ConnectionProof = { from: { pod }, to: {}, protocol: 'TCP' }
    for (const [sort, sees] of [
      ['NetworkPolicy', narrow],
      ['cluster', wide],
    ] as const) {
      const [out, back] = [
        checkContextOf(cluster, connection, 'egress', sort),
        checkContextOf(cluster, { ...connection, from: {}, to: { pod } }, 'egress', sort),
      ]
      const own = sees ? cluster.pod(pod) : undefined
      expect([out.ownPod, out.otherPod, out.targetPod, out.own, out.other]).toEqual([
        own,
        undefined,
        undefined,
        { pod },
        {},
      ])
      expect([back.ownPod, back.otherPod, back.targetPod, back.own, back.other]).toEqual([
        undefined,
        own,
        own,
        {},
        { pod },
      ])
    }
    expect([
      checkContextOf(cluster, connection, 'ingress', 'cluster').own,
      checkContextOf(cluster, connection, 'ingress', 'cluster').other,
    ]).toEqual([{}, { pod }])
  })
})
