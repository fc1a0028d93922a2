/** What the compiled form takes for one thing, and how it remembers what it has said. */
import { describe, expect, it } from 'vitest'
import { lastOf, parseIp, parseIpRange, type IpAddress } from '../../src/lang/go/ip.js'
import {
  compileWorld,
  readPolicy,
  resolveOptions,
  type CompiledWorld,
  type Peer,
  type World,
  type WorldPod,
} from '../../src/netpol/index.js'
import { AddressEnds } from '../../src/netpol/compile/address-ends.js'
import type { EndKind, Labelled } from '../../src/netpol/compile/kinds.js'
import { PodIndex } from '../../src/netpol/compile/pod-index.js'
import { PeerTest, podSeen, SelectorTest, Tests } from '../../src/netpol/compile/peer-test.js'
import { AddressBook } from '../../src/netpol/address-book.js'
import type { PolicyFamily } from '../../src/netpol/situation.js'
import { wordsOf } from '../../src/netpol/compile/segments.js'

const ip = (text: string): IpAddress => parseIp(text) as IpAddress
const pod = (
  key: string,
  ips: readonly string[],
  more: object = {},
  labels: Record<string, string> = {},
): WorldPod => ({
  metadata: { namespace: key.split('/')[0], name: key.split('/')[1], labels },
  spec: more,
  status: { podIPs: ips.map((each) => ({ ip: each })) },
})
const node = (
  name: string,
  address: string,
  labels: Record<string, string> = {},
): NonNullable<World['nodes']>[number] => ({
  metadata: { name, labels },
  status: { addresses: [{ type: 'InternalIP', address }] },
})

describe('entries of from and to', () => {
  const app = (name: string): object => ({ matchLabels: { app: name } })
  const narrow = [
    { podSelector: {} },
    { podSelector: app('p') },
    { podSelector: app('q') },
    { namespaceSelector: {} },
    { namespaceSelector: {}, podSelector: app('p') },
    { namespaceSelector: app('p') },
    { namespaceSelector: app('p'), podSelector: {} },
    { ipBlock: { cidr: '10.0.0.0/8' } },
    { ipBlock: { cidr: '10.0.0.0/16' } },
    { ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/16'] } },
    { ipBlock: { cidr: '0.0.0.0/0' } },
    { ipBlock: { cidr: '::/0' } },
  ]
  const wide = [
    { namespaces: {} },
    { namespaces: app('p') },
    { pods: { podSelector: app('p') } },
    { nodes: {} },
    { nodes: app('p') },
    { networks: ['10.0.0.0/8'] },
    { networks: ['10.0.0.0/8', '10.0.0.0/16'] },
    { domainNames: ['a.com'] },
    { domainNames: ['a.com', 'b.com'] },
    { domainNames: ['b.com'] },
  ]
  const narrowPeers = (namespace: string): readonly Peer[] =>
    (
      readPolicy({
        kind: 'NetworkPolicy',
        metadata: { namespace, name: 'x' },
        spec: { ingress: [{ from: narrow }] },
      }).ingress ?? []
    ).flatMap(({ peers = [] }) => peers)
  const widePeers = (): readonly Peer[] =>
    (
      readPolicy({
        kind: 'ClusterNetworkPolicy',
        metadata: { name: 'x' },
        spec: {
          tier: 'Admin',
          priority: 1,
          subject: { namespaces: {} },
          egress: [{ action: 'Accept', to: wide }],
        },
      }).egress ?? []
    ).flatMap(({ peers = [] }) => peers)
  const learn = (tests: Tests, peer: Peer, view: PolicyFamily, home?: string): unknown => {
    expect(tests.peer(peer)).toBeUndefined()
    tests.learn(peer, view, home)
    return tests.peer(peer)
  }
  const read = (tests: Tests): readonly unknown[] => [
    ...narrowPeers('a').map((each) => learn(tests, each, 'NetworkPolicy', 'a')),
    ...widePeers().map((each) => learn(tests, each, 'cluster')),
  ]

  it('are one if they say the same, and else are not', () => {
    const tests = new Tests(resolveOptions())
    const all = read(tests)
    // a selector of all pods of a namespace says what one of the namespace says, but is told apart
    expect(new Set(all).size).toBe(narrow.length + wide.length)
    expect(read(tests).every((each, at) => each === all[at])).toBe(true)
    expect(learn(tests, { kind: 'unknown' }, 'cluster')).toBeUndefined()
  })

  it('of other namespaces are others where the own namespace counts', () => {
    const tests = new Tests(resolveOptions())
    const [own, other] = ['a', 'b'].map((namespace) =>
      narrowPeers(namespace).map((each) => learn(tests, each, 'NetworkPolicy', namespace)),
    ) as [unknown[], unknown[]]
    expect(own.map((each, at) => each === other[at])).toEqual(
      narrow.map((each) => 'ipBlock' in each || 'namespaceSelector' in each),
    )
  })

  it('are held against the same end once, a selector against the same labels', () => {
    let count = 0
    const test = new PeerTest(({ id }) => {
      count++
      return id === 7
    })
    const end = (id: number): EndKind => ({
      id,
      pod: undefined,
      family: undefined,
      address: undefined,
      node: undefined,
      domains: [],
    })
    expect([7, 7, 8, 8, 7].map((id) => test.matches(end(id)))).toEqual([true, true, false, false, true])
    expect(count).toBe(2)
    const selector = new SelectorTest({
      requirements: [],
      matches: (labels) => {
        count++
        return labels?.['app'] === 'p'
      },
    })
    const labelled = (id: number, name: string): Labelled => ({ id, labels: { app: name } })
    expect(
      [labelled(1, 'p'), labelled(2, 'q'), labelled(1, 'p'), labelled(2, 'q')].map((each) =>
        selector.matches(each),
      ),
    ).toEqual([true, false, true, false])
    expect(count).toBe(4)
  })

  it('see the pods of their view', () => {
    const compiled = compileWorld(
      { pods: [pod('a/p', []), pod('a/host', [], { hostNetwork: true })] },
      { hostNetwork: 'pod' },
    )
    const kinds = ['a/p', 'a/host'].map((key) => compiled.pods.get(key)?.kind)
    expect(
      kinds.map((kind) => [podSeen(kind, 'NetworkPolicy') === kind, podSeen(kind, 'cluster') === kind]),
    ).toEqual([
      [true, true],
      [true, false],
    ])
    expect([podSeen(undefined, 'NetworkPolicy'), podSeen(kinds[1], 'cluster')]).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('kinds of pods', () => {
  it('in a namespace, or in all', () => {
    const { placement } = compileWorld({
      pods: [pod('a/p', []), pod('a/q', [], {}, { app: 'q' }), pod('b/r', [])],
    })
    const names = (namespace?: string): readonly string[] =>
      [...placement.kinds(namespace)].map((kind) => kind.namespace.name)
    expect([names(), names('a'), names('b'), names('c')]).toEqual([['a', 'b'], ['a'], ['b'], []])
  })

  it('of none that no policy can select', () => {
    const compiled = compileWorld({
      pods: [
        pod('a/host', [], { hostNetwork: true }),
        { ...pod('a/done', []), status: { phase: 'Failed' } },
        pod('a/p', []),
      ],
    })
    expect(['a/host', 'a/done', 'a/p'].map((key) => compiled.pods.get(key)?.kind === undefined)).toEqual([
      true,
      true,
      false,
    ])
  })

  it('are told apart by their ports', () => {
    const port = (name: string, containerPort: number, protocol = 'TCP'): object => ({
      containers: [{ ports: [{ name, containerPort, protocol }] }],
    })
    const specs = [
      {},
      port('web', 80),
      port('web', 80),
      port('web', 81),
      port('web', 80, 'UDP'),
      port('dns', 80),
    ]
    const compiled = compileWorld({ pods: specs.map((spec, at) => pod(`a/${at}`, [], spec)) })
    const ids = specs.map((_, at) => compiled.pods.get(`a/${at}`)?.kind?.id)
    expect([new Set(ids).size, ids[1] === ids[2]]).toEqual([5, true])
  })

  it('labels count in no order, and only those that policies ask for', () => {
    const compiled = compileWorld({
      pods: [
        pod('a/1', [], {}, { app: 'x', tier: 'y', other: '1' }),
        pod('a/2', [], {}, { other: '2', tier: 'y', app: 'x' }),
        pod('a/3', [], {}, { app: 'y', tier: 'x' }),
        pod('a/4', [], {}, { app: 'x' }),
      ],
      policies: [
        {
          kind: 'NetworkPolicy',
          metadata: { namespace: 'a', name: 'x' },
          spec: { podSelector: { matchLabels: { app: 'x', tier: 'y' } } },
        },
      ],
    })
    const kinds = [1, 2, 3, 4].map((at) => compiled.pods.get(`a/${at}`)?.kind)
    expect([kinds[0] === kinds[1], new Set(kinds).size, kinds[0]?.labels.labels]).toEqual([
      true,
      3,
      { app: 'x', tier: 'y' },
    ])
    expect([
      compiled.placement.learnKey('app'),
      compiled.placement.learnKey('new'),
      compiled.placement.learnKey('new'),
    ]).toEqual([false, true, false])
  })
})

describe('ends', () => {
  const world: World = {
    nodes: [node('n', '172.18.0.1'), node('m', '172.18.0.2')],
    pods: [pod('a/p', ['10.0.0.1', 'fd00::1']), pod('a/q', ['10.0.0.2'])],
    domains: { 'a.com': ['192.0.2.7'] },
  }

  it('are one if pod, segment, node and domains are', () => {
    const { placement, pods } = compileWorld(world)
    const kind = pods.get('a/p')?.kind
    const asked: readonly (readonly [typeof kind, string | undefined, ...string[]])[] = [
      [undefined, undefined],
      [kind, undefined],
      [undefined, '192.0.2.1'],
      [kind, '192.0.2.1'],
      [undefined, '172.18.0.1'],
      [undefined, '172.18.0.2'],
      [undefined, '2001:db8::1'],
      [undefined, '192.0.2.1', 'a.com'],
      [undefined, '192.0.2.1', 'a.com', 'b.com'],
      [undefined, '192.0.2.1', 'a.comb.com'],
      [undefined, undefined, 'a.com'],
    ]
    const ends = (): readonly EndKind[] =>
      asked.map(([of, address, ...domains]) =>
        placement.end(of, address === undefined ? undefined : ip(address), domains),
      )
    const all = ends()
    expect([new Set(all).size, new Set(all.map(({ id }) => id)).size]).toEqual([asked.length, asked.length])
    expect(ends().every((each, at) => each === all[at])).toBe(true)
    expect(placement.end(undefined, ip('192.0.2.2'), [])).toBe(all[2])
    expect(all.map(({ family }) => family)).toEqual([
      undefined,
      undefined,
      'IPv4',
      'IPv4',
      'IPv4',
      'IPv4',
      'IPv6',
      'IPv4',
      'IPv4',
      'IPv4',
      undefined,
    ])
  })

  it('addresses of a range are told from others; who moves by that is told', () => {
    const { placement } = compileWorld({ pods: world.pods ?? [] })
    const learn = (cidr: string): readonly string[] => {
      const range = parseIpRange(cidr)
      if (range === undefined) throw new Error(cidr)
      return placement
        .learnRange(
          range.family,
          wordsOf({ family: range.family, value: range.first }),
          wordsOf({ family: range.family, value: lastOf(range) }),
        )
        .map(({ model: { name } }) => name)
    }
    expect([learn('10.0.0.2/32'), learn('10.0.0.2/32'), learn('192.0.2.0/24'), learn('fd00::/16')]).toEqual([
      ['q'],
      [],
      [],
      ['p'],
    ])
    expect(
      compileWorld({
        nodes: world.nodes ?? [],
        pods: [pod('a/host', [], { hostNetwork: true, nodeName: 'n' })],
      }).placement.membersAt(ip('172.18.0.1')).size,
    ).toBe(1)
  })

  it('who is in a segment is there as long as the pod is', () => {
    const compiled = compileWorld(world)
    const there = (address: string): readonly string[] =>
      [...compiled.placement.membersAt(ip(address))].map(({ model: { name } }) => name)
    expect([there('fd00::1'), there('10.0.0.1')]).toEqual([['p'], ['p', 'q']])
    compiled.removePod('a/p')
    expect([there('fd00::1'), there('10.0.0.1')]).toEqual([[], ['q']])
    compiled.setPod(pod('a/q', ['fd00::2']))
    expect([there('fd00::1'), there('10.0.0.1')]).toEqual([['q'], []])
  })
})

describe('ports', () => {
  it('are one until something tells them apart', () => {
    const { placement } = compileWorld({})
    const of = (protocol: 'TCP' | 'UDP' | 'SCTP', port: number): number => placement.point(protocol, port).id
    const first = placement.point('TCP', 80)
    expect(placement.point('TCP', 80)).toBe(first)
    expect([
      of('TCP', 1) === first.id,
      of('TCP', 65535) === first.id,
      new Set([of('TCP', 80), of('UDP', 80), of('SCTP', 80)]).size,
      of('UDP', 76) === of('UDP', 80),
      of('SCTP', 72) === of('SCTP', 80),
    ]).toEqual([true, true, 3, true, true])
    placement.learnPorts('TCP', 80, 90)
    expect(placement.point('TCP', 80)).not.toBe(first)
    const again = placement.point('TCP', 80)
    expect([
      of('TCP', 90) === again.id,
      of('TCP', 91) === again.id,
      of('TCP', 79) === again.id,
      of('UDP', 80) === of('UDP', 443),
      again.port,
    ]).toEqual([true, false, false, true, 80])
    placement.learnPorts('TCP', 80, 90)
    expect(placement.point('TCP', 80)).toBe(again)
    expect(placement.points('TCP').map(({ port, protocol }) => `${port}/${protocol}`)).toEqual([
      '0/TCP',
      '80/TCP',
      '91/TCP',
    ])
  })
})

describe('numbers', () => {
  it('are counted, whatever they are for', () => {
    const compiled = compileWorld({})
    const more = (change: (compiled: CompiledWorld) => void): number => {
      const before = compiled.placement.made
      change(compiled)
      return compiled.placement.made - before
    }
    expect(more(({ placement }) => placement.learnPorts('UDP', 80, 90))).toBe(2)
    expect(more(({ placement }) => void placement.learnRange('IPv6', [1, 0, 0, 0], [1, 0, 0, 9]))).toBe(2)
    expect(more(({ placement }) => void placement.end(undefined, undefined, ['a.com']))).toBe(1)
    // a namespace, labels, a kind and an end
    expect(more(() => compiled.setPod(pod('a/p', [])))).toBe(4)
    expect(more(() => compiled.setPod(pod('a/q', [])))).toBe(0)
    // a namespace, a kind and an end
    expect(more(() => compiled.setNamespace({ metadata: { name: 'a', labels: { team: 'x' } } }))).toBe(3)
  })

  it('are given anew when there are ten thousand, and eight for each pod', () => {
    for (const size of [1, 500]) {
      const compiled = compileWorld({ pods: Array.from({ length: size }, (_, at) => pod(`other/${at}`, [])) })
      compiled.setPod(pod('a/p', []))
      let most = 0
      for (let round = 0; compiled.placement.made >= most; round++) {
        most = compiled.placement.made
        compiled.setNamespace({ metadata: { name: 'a', labels: { round: String(round) } } })
      }
      expect(most).toBeGreaterThanOrEqual(10_000 + 8 * (size + 1))
      expect(most).toBeLessThan(10_000 + 8 * (size + 1) + 10)
    }
  })
})

describe('what changes nothing moves nobody', () => {
  const world: World = {
    namespaces: [{ metadata: { name: 'a', labels: { team: 'x' } } }],
    nodes: [node('n', '10.0.0.1', { zone: 'z' })],
    pods: [pod('a/p', ['10.0.0.1'], {}, { app: 'p' }), pod('a/q', [])],
  }
  const policy = (name: string, key: string): Parameters<CompiledWorld['setPolicy']>[0] => ({
    kind: 'NetworkPolicy',
    metadata: { namespace: 'a', name },
    spec: { podSelector: { matchLabels: { [key]: 'p' } } },
  })

  it.each<[what: string, change: (compiled: CompiledWorld) => void, moved: string]>([
    [
      'the same namespace',
      (compiled) => compiled.setNamespace({ metadata: { name: 'a', labels: { team: 'x' } } }),
      '',
    ],
    [
      'other labels of it',
      (compiled) => compiled.setNamespace({ metadata: { name: 'a', labels: { team: 'y' } } }),
      'p q',
    ],
    [
      'another namespace',
      (compiled) => compiled.setNamespace({ metadata: { name: 'b', labels: { team: 'x' } } }),
      '',
    ],
    ['the same node', (compiled) => compiled.setNode(node('n', '10.0.0.1', { zone: 'z' })), ''],
    ['other labels of it', (compiled) => compiled.setNode(node('n', '10.0.0.1')), 'p'],
    ['another address of it', (compiled) => compiled.setNode(node('n', '10.0.0.2', { zone: 'z' })), 'p'],
    ['another node', (compiled) => compiled.setNode(node('m', '10.0.0.9')), ''],
    [
      'a policy that asks for a label that nobody has',
      (compiled) => compiled.setPolicy(policy('x', 'tier')),
      '',
    ],
    ['one that asks for a label of some', (compiled) => compiled.setPolicy(policy('x', 'app')), 'p'],
    ['a name that leads elsewhere', (compiled) => compiled.setDomains({ 'a.com': ['10.0.0.9'] }), ''],
    ['one that leads there', (compiled) => compiled.setDomains({ 'a.com': ['10.0.0.1'] }), 'p'],
  ])('%s: %s', (_, change, moved) => {
    const compiled = compileWorld(world)
    const before = new Map(compiled.pods)
    change(compiled)
    expect(
      [...before]
        .filter(([key, placed]) => compiled.pods.get(key) !== placed)
        .map(
          ([
            ,
            {
              model: { name },
            },
          ]) => name,
        )
        .join(' '),
    ).toBe(moved)
  })

  it('a label that was asked for once is known', () => {
    const compiled = compileWorld(world)
    compiled.setPolicy(policy('x', 'app'))
    const before = compiled.pods.get('a/p')
    compiled.setPolicy(policy('y', 'app'))
    expect(compiled.pods.get('a/p')).toBe(before)
  })
})

it('a population is by name, by namespace, and by the node whose network pods are on', () => {
  const { pods } = compileWorld({
    pods: [
      pod('a/p', [], { nodeName: 'n' }),
      pod('a/host', [], { hostNetwork: true, nodeName: 'n' }),
      pod('b/host', [], { hostNetwork: true, nodeName: 'n' }),
      pod('b/lost', [], { hostNetwork: true }),
    ],
  })
  const population = new PodIndex()
  const told = (): unknown => [
    [...population.pods.keys()],
    ...[population.in('a'), population.in('b'), population.onHost('n'), population.onHost('m')].map((set) =>
      [...set].map(({ model: { key } }) => key),
    ),
  ]
  for (const placed of pods.values()) population.add(placed)
  expect(told()).toEqual([
    ['a/host', 'a/p', 'b/host', 'b/lost'],
    ['a/host', 'a/p'],
    ['b/host', 'b/lost'],
    ['a/host', 'b/host'],
    [],
  ])
  const host = [...population.onHost('n')][0]
  if (host === undefined) throw new Error('nobody is there')
  expect(population.current(host.model)).toBe(host)
  population.remove(host)
  population.remove(host)
  expect(told()).toEqual([['a/p', 'b/host', 'b/lost'], ['a/p'], ['b/host', 'b/lost'], ['b/host'], []])
  population.clear()
  expect(told()).toEqual([[], [], [], [], []])
})

describe('guests', () => {
  const compiled = compileWorld({
    nodes: [node('n', '172.18.0.1'), node('m', '10.0.0.1')],
    pods: [
      pod('a/p', ['10.0.0.1', 'fd00::1'], { nodeName: 'n' }),
      pod('a/one', ['10.0.0.2']),
      pod('a/two', ['10.0.0.2']),
    ],
  })
  const book = new AddressBook(compiled.model)
  const guests = new AddressEnds(book, compiled.pods)

  it.each<
    [
      text: string,
      pod: string | undefined,
      hostNode: string | undefined,
      node: string | undefined,
      family: number,
    ]
  >([
    ['192.0.2.1', undefined, undefined, undefined, 0],
    ['2001:db8::1', undefined, undefined, undefined, 1],
    ['172.18.0.1', undefined, 'n', undefined, 0],
    ['10.0.0.1', 'a/p', undefined, 'n', 0],
    ['fd00::1', 'a/p', undefined, 'n', 1],
  ])('%s', (text, key, hostNode, home, family) => {
    const guest = guests.find(text, compiled.placement)
    expect([
      guest?.pod?.key,
      guest?.kind,
      guest?.hostNode,
      guest?.node,
      guest?.family,
      guest?.families,
    ]).toEqual([key, compiled.pods.get(key ?? '')?.kind, hostNode, home, family, family + 1])
    expect(guests.find(text, compiled.placement)).toBe(guest)
  })

  it('are none without an address, or with one that two have', () => {
    expect(['a/p', 'nonsense', '10.0.0.2'].map((text) => guests.find(text, compiled.placement))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('are remembered, ten thousand of them, until something changes', () => {
    const few = new AddressEnds(book, compiled.pods)
    const find = (at: number): unknown => few.find(`192.0.${at >> 8}.${at & 255}`, compiled.placement)
    const first = find(0)
    for (let at = 1; at < 10_000; at++) find(at)
    expect(find(0)).toBe(first)
    find(10_000)
    const again = find(0)
    expect(again).not.toBe(first)
    few.clear()
    expect(find(0)).not.toBe(again)
  })
})
