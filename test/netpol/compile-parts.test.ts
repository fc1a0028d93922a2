import { badInput } from '../support/typed.js'
import { describe, expect, it } from 'vitest'
import { parseIp, type IpAddress } from '../../src/lang/go/ip.js'
import {
  compileWorld,
  readPolicy,
  readWorld,
  type CompiledWorld,
  type PolicyQuery,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import { families, familiesOf, familyIndex, connectionFamily } from '../../src/netpol/compile/kinds.js'
import { swapPolicy, type LiveModel } from '../../src/netpol/compile/live-model.js'
import { Memo } from '../../src/netpol/compile/peer-test.js'
import { sameLabels } from '../../src/netpol/compile/placement.js'
import { addressOfWords, isBetween, Segments, wordsOf } from '../../src/netpol/compile/segments.js'

const ip = (text: string): IpAddress => parseIp(text) as IpAddress

describe('families', () => {
  const lists = [
    [],
    ['10.0.0.1'],
    ['fd00::1'],
    ['10.0.0.1', '10.0.0.2', 'fd00::1'],
    ['fd00::1', '10.0.0.1'],
  ].map((list) => list.map(ip))

  it('are told from addresses', () => {
    expect(lists.map(familiesOf)).toEqual([
      families.none,
      families.v4,
      families.v6,
      families.v4First,
      families.v6First,
    ])
    expect(new Set(Object.values(families)).size).toBe(5)
    expect(([undefined, 'IPv4', 'IPv6'] as const).map(familyIndex)).toEqual([2, 0, 1])
  })

  it(
    'the one that is spoken is the first of the destination that the source has, else its first, else ' +
      'the first of the source',
    () => {
      for (const from of lists)
        for (const to of lists) {
          const shared =
            to.find(({ family }) => from.some((each) => each.family === family)) ?? to[0] ?? from[0]
          expect(connectionFamily(familiesOf(from), familiesOf(to)), `${from.length} ${to.length}`).toBe(
            familyIndex(shared?.family),
          )
        }
    },
  )
})

describe('segments', () => {
  const firsts = (line: Segments<never>): readonly (readonly number[])[] => line.all.map(({ first }) => first)
  const line = (width: number): Segments<never> => {
    let id = 0
    return new Segments(width, () => id++)
  }

  it('are cut where ranges begin and end, once', () => {
    const ports = line(1)
    expect(firsts(ports)).toEqual([[0]])
    const [lower, upper] = ports.cut([80], [90])
    expect([
      lower?.lower.id,
      lower?.upper.id,
      lower?.upper.first,
      upper?.lower.first,
      upper?.upper.first,
    ]).toEqual([0, 1, [80], [80], [91]])
    expect(ports.cut([80], [90])).toEqual([])
    expect(ports.cut([0], [85])).toHaveLength(1)
    expect(ports.cut([200], [0xffffffff])).toHaveLength(1)
    expect(firsts(ports)).toEqual([[0], [80], [86], [91], [200]])
    expect(ports.all.map(({ id }) => id)).toEqual([0, 1, 3, 2, 4])
    const found = [0, 79, 80, 85, 86, 90, 91, 199, 200, 0xffffffff].map((at) => ports.find([at]).first[0])
    expect(found).toEqual([0, 0, 80, 80, 86, 86, 91, 91, 200, 200])
  })

  it('have words that carry', () => {
    const wide = line(4)
    expect(wide.cut([0, 0, 0, 5], [0, 1, 0xffffffff, 0xffffffff]).map(({ upper }) => upper.first)).toEqual([
      [0, 0, 0, 5],
      [0, 2, 0, 0],
    ])
    expect(
      wide
        .cut([1, 0, 0, 0], [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff])
        .map(({ upper }) => upper.first),
    ).toEqual([[1, 0, 0, 0]])
    expect(wide.find([0, 1, 0xffffffff, 0xffffffff]).first).toEqual([0, 0, 0, 5])
    expect(wide.find([0, 2, 0, 0]).first).toEqual([0, 2, 0, 0])
  })

  it('addresses are words and back', () => {
    for (const text of [
      '0.0.0.0',
      '10.1.2.3',
      '255.255.255.255',
      '::',
      '2001:db8:1:2:3:4:5:6',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      '::1',
    ]) {
      const address = ip(text)
      const words = wordsOf(address)
      expect(words).toHaveLength(address.family === 'IPv4' ? 1 : 4)
      expect(addressOfWords(address.family, words)).toEqual(address)
    }
    expect(wordsOf(ip('2001:db8:1:2:3:4:5:6'))).toEqual([0x20010db8, 0x00010002, 0x00030004, 0x00050006])
    expect([[1], [2], [3], [4], [5]].map((words) => isBetween(words, [2], [4]))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
    expect(isBetween([1, 0, 0, 0], [0, 5, 0, 0], [1, 0, 0, 0])).toBe(true)
  })
})

it('answers are remembered by their number, as far apart as they may be', () => {
  const memo = new Memo()
  const numbers = [0, 1, 15, 16, 17, 100, 1000, 5]
  for (const id of numbers) expect(memo.get(id)).toBeUndefined()
  for (const [at, id] of numbers.entries()) expect(memo.set(id, at % 2 === 0)).toBe(at % 2 === 0)
  for (const [at, id] of numbers.entries()) expect(memo.get(id)).toBe(at % 2 === 0)
  for (const id of [2, 14, 18, 99, 101, 999, 1001, 5000]) expect(memo.get(id)).toBeUndefined()
})

it('labels are the same or not', () => {
  const labels = { a: 'b', c: 'd' }
  expect([
    sameLabels(labels, labels),
    sameLabels(labels, { c: 'd', a: 'b' }),
    sameLabels(labels, { a: 'b' }),
    sameLabels({ a: 'b' }, labels),
    sameLabels(labels, { a: 'b', c: 'e' }),
    sameLabels(labels, { a: 'b', d: 'd' }),
    sameLabels({}, {}),
  ]).toEqual([true, true, false, false, false, false, true])
  expect(sameLabels({ toString: badInput<string>(undefined) }, { other: 'x' })).toBe(false)
})

const narrow = (name: string, namespace: string, spec: object = { podSelector: {} }): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace, name },
  spec,
})
const wide = (kind: string, name: string, spec: object): WorldPolicy => ({
  kind,
  metadata: { name },
  spec: { subject: { namespaces: {} }, ...spec },
})

it('policies are put in their places, and taken out', () => {
  const { networkPolicies, ...rest } = readWorld({
    policies: [
      narrow('b', 'n'),
      wide('ClusterNetworkPolicy', 'm', { tier: 'Admin', priority: 5 }),
      wide('ClusterNetworkPolicy', 'base', { tier: 'Baseline', priority: 5 }),
    ],
  })
  const model = {
    ...rest,
    namespaces: new Map(),
    pods: new Map(),
    nodes: new Map(),
    networkPolicies: new Map(networkPolicies),
  } as LiveModel
  const told = (): unknown => [
    model.networkPolicies.get('n')?.map(({ name }) => name),
    model.admin.map(({ kind, name }) => `${kind[0] ?? ''}${name}`),
    model.baseline.map(({ kind, name }) => `${kind[0] ?? ''}${name}`),
  ]
  const put = (policy: WorldPolicy): unknown =>
    swapPolicy(
      model,
      {
        kind: policy.kind as 'NetworkPolicy',
        namespace: policy.metadata.namespace,
        name: policy.metadata.name ?? '',
      },
      readPolicy(policy),
    )?.name
  expect(put(narrow('c', 'n'))).toBeUndefined()
  expect(put(narrow('a', 'n'))).toBeUndefined()
  expect(put(narrow('b', 'n'))).toBe('b')
  expect(put(wide('AdminNetworkPolicy', 'm', { priority: 5 }))).toBeUndefined()
  expect(put(wide('ClusterNetworkPolicy', 'first', { tier: 'Admin', priority: 1 }))).toBeUndefined()
  expect(put(wide('BaselineAdminNetworkPolicy', 'default', {}))).toBeUndefined()
  expect(told()).toEqual([
    ['a', 'b', 'c'],
    ['Cfirst', 'Am', 'Cm'],
    ['Cbase', 'Bdefault'],
  ])
  // it may come to another tier
  expect(put(wide('ClusterNetworkPolicy', 'm', { tier: 'Baseline', priority: 9 }))).toBe('m')
  expect(told()).toEqual([
    ['a', 'b', 'c'],
    ['Cfirst', 'Am'],
    ['Cbase', 'Cm', 'Bdefault'],
  ])
  expect(swapPolicy(model, { kind: 'ClusterNetworkPolicy', name: 'base' }, undefined)?.name).toBe('base')
  for (const name of ['a', 'b', 'c'])
    expect(swapPolicy(model, { kind: 'NetworkPolicy', namespace: 'n', name }, undefined)?.name).toBe(name)
  expect(swapPolicy(model, { kind: 'NetworkPolicy', name: 'none' }, undefined)).toBeUndefined()
  expect(told()).toEqual([undefined, ['Cfirst', 'Am'], ['Cm', 'Bdefault']])
  put(narrow('x', 'default'))
  expect(swapPolicy(model, { kind: 'NetworkPolicy', name: 'x' }, undefined)?.name).toBe('x')
})

describe('a compiled world that changes', () => {
  const at = (address: string): object => ({ status: { podIP: address } })
  const world: World = {
    namespaces: [{ metadata: { name: 'a', labels: { team: 'x' } } }],
    nodes: [
      {
        metadata: { name: 'n', labels: { zone: 'z' } },
        status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
      },
    ],
    pods: [
      {
        metadata: { namespace: 'a', name: 'p', labels: { app: 'p' } },
        spec: { nodeName: 'n' },
        ...at('10.0.0.1'),
      },
      { metadata: { namespace: 'b', name: 'q', labels: { app: 'q' } }, ...at('10.0.0.2') },
      { metadata: { namespace: 'b', name: 'host' }, spec: { hostNetwork: true, nodeName: 'n' } },
    ],
    policies: [
      narrow('in', 'a', {
        podSelector: { matchLabels: { app: 'p' } },
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'y' } } }] }],
      }),
      wide('ClusterNetworkPolicy', 'out', {
        tier: 'Admin',
        priority: 1,
        egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { zone: 'y' } } }] }],
      }),
    ],
  }
  const toP: PolicyQuery = { from: 'b/q', to: 'a/p', port: 80 }

  it.each<[string, (compiled: CompiledWorld) => void, boolean, PolicyQuery?]>([
    ['nothing', () => undefined, false],
    [
      'the namespace of the source gets labels',
      (compiled) => compiled.setNamespace({ metadata: { name: 'b', labels: { team: 'y' } } }),
      true,
    ],
    [
      'and loses them with its object',
      (compiled) => {
        compiled.setNamespace({ metadata: { name: 'b', labels: { team: 'y' } } })
        compiled.allows(toP)
        compiled.removeNamespace('b')
      },
      false,
    ],
    ['a namespace that there is not goes', (compiled) => compiled.removeNamespace('zzz'), false],
    [
      'the policy goes',
      (compiled) => compiled.removePolicy({ kind: 'NetworkPolicy', namespace: 'a', name: 'in' }),
      true,
    ],
    [
      'another policy goes',
      (compiled) => compiled.removePolicy({ kind: 'NetworkPolicy', namespace: 'a', name: 'other' }),
      false,
    ],
    [
      'a policy of its name in another namespace goes',
      (compiled) => compiled.removePolicy({ kind: 'NetworkPolicy', namespace: 'b', name: 'in' }),
      false,
    ],
    [
      'the policy does not select it any more',
      (compiled) => compiled.setPolicy(narrow('in', 'a', { podSelector: { matchLabels: { app: 'other' } } })),
      true,
    ],
    [
      'the pod has another label',
      (compiled) => compiled.setPod({ metadata: { namespace: 'a', name: 'p', labels: { app: 'other' } } }),
      true,
    ],
    [
      'another pod comes',
      (compiled) =>
        compiled.setPod({ metadata: { namespace: 'a', name: 'r', labels: { app: 'p' } }, ...at('10.0.0.3') }),
      false,
    ],
    [
      'the pod goes and comes',
      (compiled) => {
        compiled.removePod('a/p')
        compiled.removePod('a/p')
        compiled.setPod({ metadata: { namespace: 'a', name: 'p', labels: { app: 'p' } }, ...at('10.0.0.1') })
      },
      false,
    ],
    ['the address of the source is asked', () => undefined, false, { ...toP, from: '10.0.0.2' }],
    [
      'the address is its own no more',
      (compiled) => {
        compiled.setNamespace({ metadata: { name: 'b', labels: { team: 'y' } } })
        compiled.allows({ ...toP, from: '10.0.0.2' })
        compiled.removePod('b/q')
      },
      false,
      { ...toP, from: '10.0.0.2' },
    ],
    ['the node of the pod reaches it', () => undefined, true, { ...toP, from: { node: 'n' } }],
    ['and a pod on its network', () => undefined, true, { ...toP, from: 'b/host' }],
    ['also by its address', () => undefined, true, { ...toP, from: '192.168.0.1' }],
    [
      'which another node has now',
      (compiled) => {
        compiled.allows({ ...toP, from: '192.168.0.1' })
        compiled.removeNode('n')
        compiled.setNode({
          metadata: { name: 'm' },
          status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
        })
      },
      false,
      { ...toP, from: '192.168.0.1' },
    ],
    [
      'a node has another label',
      (compiled) =>
        compiled.setNode({
          metadata: { name: 'n', labels: { zone: 'y' } },
          status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
        }),
      false,
      { from: 'b/q', to: { node: 'n' }, port: 80 },
    ],
    [
      'a node has another address',
      (compiled) =>
        compiled.setNode({
          metadata: { name: 'n', labels: { zone: 'y' } },
          status: { addresses: [{ type: 'InternalIP', address: '192.168.0.2' }] },
        }),
      true,
      { from: 'b/q', to: '192.168.0.1', port: 80 },
    ],
    [
      'a node is as it was',
      (compiled) => compiled.setNode(world.nodes?.[0] as NonNullable<World['nodes']>[number]),
      true,
      { from: 'b/q', to: { node: 'n' }, port: 80 },
    ],
    [
      'the cluster-wide policy is another one',
      (compiled) =>
        compiled.setPolicy(
          wide('ClusterNetworkPolicy', 'out', {
            tier: 'Admin',
            priority: 1,
            egress: [{ action: 'Deny', to: [{ namespaces: {} }] }],
          }),
        ),
      false,
      { from: 'b/q', to: 'b/q', port: 80, service: true },
    ],
    ['a pod that reaches itself', () => undefined, true, { from: 'a/p', to: 'a/p', port: 80 }],
    ['by its address', () => undefined, true, { from: '10.0.0.1', to: 'a/p', port: 80 }],
    [
      'or through a Service, by its address',
      (compiled) =>
        compiled.setPolicy(
          wide('ClusterNetworkPolicy', 'all', {
            tier: 'Admin',
            priority: 0,
            egress: [{ action: 'Deny', to: [{ namespaces: {} }] }],
          }),
        ),
      false,
      { from: '10.0.0.1', to: '10.0.0.1', port: 80, service: true },
    ],
  ])('%s', (_, change, allowed, connection = toP) => {
    const compiled = compileWorld(world)
    compiled.allows(connection)
    change(compiled)
    expect(compiled.allows(connection)).toBe(allowed)
    expect(compiled.allows(connection)).toBe(allowed)
    expect(compiled.evaluate(connection).allowed).toBe(allowed)
  })

  it('refuses what evaluate refuses, with its words', () => {
    const compiled = compileWorld({
      ...world,
      pods: [...(world.pods ?? []), { metadata: { name: 'twin' }, ...at('10.0.0.1') }],
    })
    for (const [connection, text] of [
      [{ from: 'a/none', to: 'a/p', port: 80 }, 'from: Not found'],
      [{ from: 'a/p', to: 'zzz', port: 80 }, 'to: Invalid value: "zzz"'],
      [{ from: 'a/p', to: 'b/q', port: 0 }, 'port: Invalid value: "0"'],
      [{ from: 'a/p', to: 'b/q', port: 65536 }, 'port: '],
      [{ from: 'a/p', to: 'b/q', port: 1.5 }, 'port: '],
      [{ from: 'a/p', to: 'b/q', port: 80, protocol: 'ICMP' }, 'protocol: '],
      [{ from: 'b/q', to: '10.0.0.1', port: 80 }, 'is the address of both a/p and default/twin'],
      [{ from: '10.0.0.1', to: 'b/q', port: 80 }, 'is the address of both'],
      [{ from: 'a/p', to: '10.0.0.9', port: 80, family: 'IPv6' }, 'is not an IPv6 address'],
    ] as const)
      expect(() => compiled.allows(connection as PolicyQuery), JSON.stringify(connection)).toThrow(text)
    expect(compiled.allows({ from: 'b/q', to: 'a/p', port: 'web' })).toBe(false)
    expect(compiled.allows({ from: 'external', to: 'b/q', port: 1 })).toBe(true)
    expect(compiled.allows({ from: 'external', to: 'b/q', port: 65535, protocol: 'SCTP' })).toBe(true)
  })

  it('forgets what is gone', () => {
    const compiled = compileWorld(world)
    expect([...compiled.model.namespaces.keys()]).toEqual(['a', 'b'])
    compiled.removePod('b/q')
    compiled.removePod('b/host')
    compiled.removePod('a/p')
    expect([...compiled.model.namespaces.keys()]).toEqual(['a'])
    compiled.removeNamespace('a')
    compiled.removeNode('n')
    expect([
      compiled.model.namespaces.size,
      compiled.model.pods.size,
      compiled.model.nodes.size,
      compiled.pods.size,
    ]).toEqual([0, 0, 0, 0])
    expect(compiled.allows({ from: 'external', to: '10.0.0.1', port: 80 })).toBe(true)
  })
})
