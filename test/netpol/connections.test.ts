import { InputError } from '../../src/index.js'
import type { KubeObject } from '../../src/index.js'
import { badInput, partial } from '../support/typed.js'
import { describe, expect, it, test } from 'vitest'
import { invalid, type FieldError } from '../../src/api/field-error.js'
import {
  evaluate,
  parseConnection,
  reachability,
  readWorld,
  resolveConnection,
  resolveOptions,
  WorldError,
  worldOf,
  type PolicyQuery,
  type End,
  type NetpolOptions,
  type World,
} from '../../src/netpol/index.js'

describe('parseConnection', () => {
  it.each<[string, PolicyQuery]>([
    [
      'default/web -> default/db:6379/TCP',
      { from: 'default/web', to: 'default/db', port: 6379, protocol: 'TCP' },
    ],
    ['  a/b->c/d:80  ', { from: 'a/b', to: 'c/d', port: 80, protocol: 'TCP' }],
    ['a/b -> c/d:web/udp', { from: 'a/b', to: 'c/d', port: 'web', protocol: 'UDP' }],
    ['a/b -> c/d:8080x/SCTP', { from: 'a/b', to: 'c/d', port: '8080x', protocol: 'SCTP' }],
    ['a/b -> c/d:x8080', { from: 'a/b', to: 'c/d', port: 'x8080', protocol: 'TCP' }],
    [
      '2001:db8::1 -> [2001:db8::2]:443',
      { from: '2001:db8::1', to: '2001:db8::2', port: 443, protocol: 'TCP' },
    ],
    ['[2001:db8::1] -> 10.0.0.1:443', { from: '2001:db8::1', to: '10.0.0.1', port: 443, protocol: 'TCP' }],
    ['node:n1 -> node:n2:10250', { from: { node: 'n1' }, to: { node: 'n2' }, port: 10250, protocol: 'TCP' }],
    [
      'external -> www.example.com:443',
      { from: 'external', to: { domain: 'www.example.com' }, port: 443, protocol: 'TCP' },
    ],
    ['a.b/c.d -> web:1', { from: 'a.b/c.d', to: 'web', port: 1, protocol: 'TCP' }],
    ['fd00::a.b -> x.y:1', { from: 'fd00::a.b', to: { domain: 'x.y' }, port: 1, protocol: 'TCP' }],
    ['[fd00::1 -> fd00::2]:1', { from: '[fd00::1', to: 'fd00::2]', port: 1, protocol: 'TCP' }],
  ])('%s', (text, connection) => {
    expect(parseConnection(text)).toEqual(connection)
  })

  it.each([
    '',
    'a/b',
    'a/b -> c/d',
    'a/b -> c/d:',
    'a/b > c/d:80',
    '-> c/d:80',
    'a/b -> :80',
    'a/b -> c/d:80/',
    'a/b -> c/d:80/T1',
    'a/b -> c/d:80/TCP x',
    'a b -> c/d:80',
    'a/b -> c d:80',
    'x a/b -> c/d:80',
  ])('"%s" is none', (text) => {
    expect(() => parseConnection(text)).toThrow(
      `connection: Invalid value: ${JSON.stringify(text)}: must be like 'default/web -> ` +
        `default/db:6379/TCP'`,
    )
  })
})

const ip = (address: string, ...more: readonly string[]): object => ({
  status: { podIPs: [address, ...more].map((each) => ({ ip: each })) },
})
const world: World = {
  pods: [
    { metadata: { name: 'v4' }, ...ip('10.0.0.1') },
    { metadata: { name: 'v6' }, ...ip('fd00::1') },
    { metadata: { name: 'dual' }, ...ip('10.0.0.2', 'fd00::2') },
    { metadata: { name: 'dual6' }, ...ip('fd00::3', '10.0.0.3') },
    { metadata: { name: 'none' } },
    { metadata: { name: 'host' }, spec: { hostNetwork: true, nodeName: 'n' } },
    { metadata: { name: 'lost' }, spec: { hostNetwork: true, nodeName: 'gone' } },
    { metadata: { name: 'homeless' }, spec: { hostNetwork: true } },
    { metadata: { name: 'told' }, spec: { hostNetwork: true, nodeName: 'n' }, ...ip('192.168.0.9') },
    { metadata: { name: 'done' }, status: { phase: 'Succeeded', podIP: '10.0.0.4' } },
    { metadata: { name: 'neighbour' }, ...ip('192.168.0.3') },
    { metadata: { name: 'twin' }, ...ip('10.0.0.9') },
    { metadata: { name: 'other' }, ...ip('10.0.0.9') },
    {
      metadata: { name: 'heir' },
      spec: {
        containers: [
          {
            ports: [
              { name: 'web', containerPort: 80 },
              { name: 'dns', containerPort: 53, protocol: 'UDP' },
            ],
          },
        ],
      },
      ...ip('10.0.0.4'),
    },
  ],
  nodes: [
    {
      metadata: { name: 'n' },
      status: {
        addresses: [
          { type: 'InternalIP', address: '192.168.0.1' },
          { type: 'InternalIP', address: 'fd00:1::1' },
        ],
      },
    },
    { metadata: { name: 'm' }, status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] } },
    { metadata: { name: 'o' }, status: { addresses: [{ type: 'InternalIP', address: '192.168.0.3' }] } },
  ],
  domains: {
    'b.example.com': ['10.0.0.1', '203.0.113.5', '203.0.113.5'],
    'a.example.com': ['203.0.113.5', '2001:db8::5'],
  },
}
const model = readWorld(world)
const text = ({ pod, node, address, domains }: End): string =>
  [
    pod?.name,
    node,
    address === undefined ? '-' : `${address.family} ${address.value.toString(16)}`,
    ...domains,
  ]
    .filter((each) => each !== undefined)
    .join(' ')
const ends = (connection: Omit<PolicyQuery, 'port'>): readonly [string, string] => {
  const { from, to } = resolveConnection(model, { port: 80, ...connection })
  return [text(from), text(to)]
}

test('a port that does not exist, and no ports at all, are errors', () => {
  for (const port of [0, 65_536])
    expect(() => parseConnection(`shop/a -> shop/b:${port}`)).toThrow(
      `port: Invalid value: "${port}": must be between 1 and 65535, inclusive`,
    )
  expect(() => reachability({ pods: [] }, { ports: [] })).toThrow('ports must not be empty')
})

test('what is wrong with a world is an InputError', () => {
  expect(() => parseConnection('a to b')).toThrow(InputError)
  expect(() => parseConnection('a to b')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_INPUT' }))
})

describe('who the ends are', () => {
  it.each<[PolicyQuery['from'], PolicyQuery['to'], string, string, ('IPv4' | 'IPv6')?]>([
    [
      'default/dual',
      'default/dual6',
      'dual IPv6 fd000000000000000000000000000002',
      'dual6 IPv6 fd000000000000000000000000000003',
    ],
    ['default/v4', 'default/dual6', 'v4 IPv4 a000001', 'dual6 IPv4 a000003'],
    ['default/dual', 'default/dual6', 'dual IPv4 a000002', 'dual6 IPv4 a000003', 'IPv4'],
    ['default/v4', 'default/v6', 'v4 -', 'v6 IPv6 fd000000000000000000000000000001'],
    ['default/v4', 'default/none', 'v4 IPv4 a000001', 'none -'],
    ['default/none', 'default/none', 'none -', 'none -'],
    ['default/v4', 'default/host', 'v4 IPv4 a000001', 'host n IPv4 c0a80001'],
    ['default/told', 'default/lost', 'told n IPv4 c0a80009', 'lost gone -'],
    ['default/homeless', 'external', 'homeless -', 'IPv4 cb007101'],
    [
      'default/v6',
      { external: true },
      'v6 IPv6 fd000000000000000000000000000001',
      'IPv6 20010db8000000000000000000000001',
    ],
    ['10.0.0.1', { ip: '10.0.0.4' }, 'v4 IPv4 a000001 b.example.com', 'heir IPv4 a000004'],
    ['192.168.0.3', { node: 'o' }, 'neighbour IPv4 c0a80003', 'o IPv4 c0a80003'],
    ['192.168.0.1', { node: 'n' }, 'm IPv4 c0a80001', 'n IPv4 c0a80001'],
    ['fd00:1::1', { node: 'm' }, 'n IPv6 fd000001000000000000000000000001', 'm -', 'IPv6'],
    [
      'default/v4',
      { domain: 'B.Example.com.' },
      'v4 IPv4 a000001 b.example.com',
      'v4 IPv4 a000001 b.example.com',
    ],
    [
      'default/v6',
      { domain: 'a.example.com' },
      'v6 IPv6 fd000000000000000000000000000001',
      'IPv6 20010db8000000000000000000000005 a.example.com',
    ],
    [
      'default/dual',
      { domain: 'a.example.com' },
      'dual IPv4 a000002',
      'IPv4 cb007105 a.example.com b.example.com',
    ],
    [
      'default/dual',
      { domain: 'unknown.example.com' },
      'dual IPv4 a000002',
      'IPv4 cb007101 unknown.example.com',
    ],
    [
      'default/dual',
      { domain: 'aa.example.com', ip: '203.0.113.5' },
      'dual IPv4 a000002',
      'IPv4 cb007105 a.example.com aa.example.com b.example.com',
    ],
    [{ pod: 'v4' }, { pod: 'v4', namespace: 'default' }, 'v4 IPv4 a000001', 'v4 IPv4 a000001'],
  ])('%j to %j', (from, to, source, target, family) => {
    // a pod has the names that led to its address
    const named = source === 'v4 IPv4 a000001' ? 'v4 IPv4 a000001 b.example.com' : source
    expect(ends({ from, to, family })).toEqual([named, target === 'v4 IPv4 a000001' ? named : target])
  })

  it('only pods reach themselves', () => {
    const self = (from: PolicyQuery['from'], to: PolicyQuery['to']): boolean =>
      resolveConnection(model, { from, to, port: 1 }).self
    expect([
      self('default/v4', '10.0.0.1'),
      self('default/v4', 'default/dual'),
      self('external', 'external'),
      self({ node: 'n' }, { node: 'n' }),
    ]).toEqual([true, false, false, false])
  })

  it('ports have numbers, or names in the pod', () => {
    const port = (wanted: unknown, protocol?: 'UDP'): unknown =>
      resolveConnection(model, { from: 'external', to: 'default/heir', port: wanted as number, protocol })
        .port
    expect([port(1), port(65535), port('web'), port('dns'), port('dns', 'UDP'), port('none')]).toEqual([
      1,
      65535,
      80,
      undefined,
      53,
      undefined,
    ])
    for (const wrong of [0, 65536, 1.5, '', null, {}])
      expect(() => port(wrong), JSON.stringify(wrong)).toThrow('connection: port: Invalid value')
    expect(() => port('')).toThrow('port: Invalid value: "string"')
    expect(() => port(0)).toThrow('port: Invalid value: "0"')
    expect(evaluate(world, { from: 'external', to: 'default/heir', port: 'none' })).toMatchObject({
      allowed: false,
      proof: { ingress: { allowed: true } },
    })
    expect(evaluate(world, { from: 'external', to: 'default/heir', port: 'web' }).allowed).toBe(true)
  })

  it.each<[unknown, string]>([
    [
      { from: 'default/v4', to: 'default/dual', port: 1, family: 'IPv5' },
      'family: Invalid value: "IPv5": must be IPv4 or IPv6',
    ],
    [
      { from: '10.0.0.8', to: 'default/dual', port: 1, family: 'IPv6' },
      'from: Invalid value: "10.0.0.8": is not an IPv6 address',
    ],
    [{ from: null, to: 'default/dual', port: 1 }, 'from: Required value'],
    [{ from: 'default/dual', port: 1 }, 'to: Required value'],
    [
      { from: true, to: 'default/dual', port: 1 },
      'from: Invalid value: "boolean": must be a string or an object',
    ],
    [
      { from: { ip: 'x' }, to: 'default/dual', port: 1 },
      'from.ip: Invalid value: "x": must be a valid IP address',
    ],
    [
      { from: { ip: 7 }, to: 'default/dual', port: 1 },
      'from.ip: Invalid value: "number": must be a valid IP address',
    ],
    [
      { from: 'default/dual', to: { domain: '' }, port: 1 },
      'to.domain: Invalid value: "string": must be a domain name',
    ],
    [
      { from: 'default/dual', to: { domain: 7 }, port: 1 },
      'to.domain: Invalid value: "number": must be a domain name',
    ],
    [{ from: 'default/dual', to: { domain: 'a.b', ip: 'x' }, port: 1 }, 'to.ip: Invalid value: "x"'],
    [{ from: 'default/dual', to: { node: 'x' }, port: 1 }, 'to.node: Not found: "x"'],
    [{ from: 'default/dual', to: { pod: 'x', namespace: 'y' }, port: 1 }, 'to: Not found: "y/x"'],
    [
      { from: '10.0.0.9', to: 'default/dual', port: 1 },
      'from: Invalid value: "10.0.0.9": is the address of both default/other and default/twin',
    ],
    [
      { from: 'default/dual', to: { ip: '10.0.0.9' }, port: 1 },
      'to: Invalid value: "10.0.0.9": is the address of both default/other and default/twin',
    ],
    [
      { from: {}, to: 'default/dual', port: 1 },
      'from: Invalid value: []: must have one of pod, node, ip, domain, external',
    ],
    [
      { from: 'default/dual', to: { port: 1, name: 'x' }, port: 1 },
      'to: Invalid value: ["port","name"]: must have one of pod, node, ip, domain, external',
    ],
    [
      { from: 'nobody', to: 'default/dual', port: 1 },
      "from: Invalid value: \"nobody\": must be 'namespace/pod', 'namespace/deploy/name', " +
        "'namespace/label=value', an IP address or 'external'",
    ],
    [
      { from: 'default/dual', to: 'external', port: 'web' },
      'port: Invalid value: "web": only pods have ports with names',
    ],
    [
      { from: 'default/dual', to: 'default/v4', port: 0 },
      'port: Invalid value: "0": must be between 1 and 65535, inclusive, or a name',
    ],
    [
      { from: 'default/dual', to: 'default/v4', port: null },
      'port: Invalid value: "object": must be between 1 and 65535, inclusive, or a name',
    ],
    [null, 'Required value'],
    [7, 'Required value'],
    [
      { from: 'default/dual', to: 'default/v4', port: 1, protocol: 'tcp' },
      'protocol: Invalid value: "tcp": policies speak of TCP, UDP, SCTP only',
    ],
  ])('%j cannot be', (connection, fault) => {
    expect(() => resolveConnection(model, connection as PolicyQuery)).toThrow(`connection: ${fault}`)
  })

  it('a name may be asked for in a family that only some of its addresses have', () => {
    expect(ends({ from: 'default/dual', to: { domain: 'b.example.com' }, family: 'IPv6' })[1]).toBe(
      '- b.example.com',
    )
  })
})

it('a cluster is asked for what policies look at, and for the kinds that are installed', () => {
  const objects: Record<string, readonly KubeObject[]> = {
    namespaces: [{ metadata: { name: 'ns' } }],
    pods: [{ metadata: { name: 'p' } }],
    nodes: [{ metadata: { name: 'n' } }],
    networkpolicies: [{ metadata: { name: 'np' } }],
    services: [{ metadata: { name: 's' } }],
    customresourcedefinitions: ['clusternetworkpolicies', 'baselineadminnetworkpolicies'].map((name) => ({
      metadata: { name: `${name}.policy.networking.k8s.io` },
    })),
    clusternetworkpolicies: [{ metadata: { name: 'cnp' } }],
    baselineadminnetworkpolicies: [{ metadata: { name: 'banp' } }],
  }
  const asked: string[] = []
  const read = worldOf({
    state: {
      peek: (resource) => {
        asked.push(resource)
        return objects[resource] ?? []
      },
    },
  })
  expect(asked.toSorted()).toEqual([
    'baselineadminnetworkpolicies',
    'clusternetworkpolicies',
    'customresourcedefinitions',
    'namespaces',
    'networkpolicies',
    'nodes',
    'pods',
    'services',
  ])
  expect(read).toEqual({
    namespaces: objects['namespaces'],
    pods: objects['pods'],
    nodes: objects['nodes'],
    services: objects['services'],
    policies: [
      ['NetworkPolicy', 'np'],
      ['ClusterNetworkPolicy', 'cnp'],
      ['BaselineAdminNetworkPolicy', 'banp'],
    ].map(([kind, name]) => ({ kind, metadata: { name } })),
  })
  const old = worldOf({
    state: {
      peek: (resource) =>
        resource === 'customresourcedefinitions'
          ? [{ metadata: { name: 'adminnetworkpolicies.policy.networking.k8s.io' } }]
          : resource === 'adminnetworkpolicies'
            ? [{ metadata: { name: 'anp' } }]
            : [],
    },
  })
  expect(old.policies).toEqual([{ kind: 'AdminNetworkPolicy', metadata: { name: 'anp' } }])
})

it('options are the defaults but for what is chosen; what there is not is told', () => {
  const defaults = {
    hostNetwork: 'node',
    ownNode: 'both',
    finishedPods: 'ignored',
    ipBlockPods: 'match',
    equalPriority: 'name',
  }
  expect(resolveOptions()).toEqual(defaults)
  expect(resolveOptions(null)).toEqual(defaults)
  for (const [name, value] of Object.entries(defaults))
    expect(resolveOptions({ [name]: value })).toEqual(defaults)
  const others = {
    hostNetwork: 'pod',
    ownNode: 'none',
    finishedPods: 'selected',
    ipBlockPods: 'ignore',
    equalPriority: 'creation',
  } as const
  expect(resolveOptions(others)).toEqual(others)
  expect(resolveOptions(partial<NetpolOptions>({ hostNetwork: undefined, ownNode: 'ingress' }))).toEqual({
    ...defaults,
    ownNode: 'ingress',
  })
  expect(() => resolveOptions({ toString: 'x' } as NetpolOptions)).toThrow(
    'unknown option toString (there are: hostNetwork, ownNode, finishedPods, ipBlockPods, equalPriority)',
  )
  expect(() => resolveOptions(badInput<NetpolOptions>({ ownNode: 'egress' }))).toThrow(
    'ownNode must be one of both, ingress, none, not egress',
  )
})

it('what is wrong with a world or connection is told in one error', () => {
  const fault = (field: string): FieldError => invalid(field, 'x', 'is wrong')
  const error = new WorldError('Pod default/web', [fault('spec'), fault('status')])
  expect(error).toBeInstanceOf(Error)
  expect([error.name, error.message, error.object, error.faults.length]).toEqual([
    'WorldError',
    'Pod default/web: spec: Invalid value: "x": is wrong; status: Invalid value: "x": is wrong',
    'Pod default/web',
    2,
  ])
})
