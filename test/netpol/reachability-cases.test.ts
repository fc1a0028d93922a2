import { InputError } from '../../src/lang/input-error.js'
import { describe, expect, it } from 'vitest'
import {
  compileWorld,
  reachability,
  type NetpolOptions,
  type World,
  type WorldPod,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import { mixBits, type Bits } from '../../src/netpol/reachability/bits.js'
import { equalEndsIn } from '../../src/netpol/reachability/matrix.js'

const narrow = (spec: object, namespace = 'a'): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace, name: `p${JSON.stringify(spec).length}` },
  spec,
})
const wide = (spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name: `w${JSON.stringify(spec).length}` },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const app = (name: string): object => ({ podSelector: { matchLabels: { app: name } } })
const pod = (
  key: string,
  podIPs: readonly string[] = [],
  more: Partial<WorldPod['spec']> & {
    readonly labels?: Record<string, string>
    readonly phase?: string
  } = {},
): WorldPod => {
  const [namespace = '', name = ''] = key.split('/')
  const { labels = { app: name }, phase, ...spec } = more
  return {
    metadata: { namespace, name, labels },
    spec,
    status: { podIPs: podIPs.map((ip) => ({ ip })), phase },
  }
}
const node = (name: string, ...addresses: readonly string[]): NonNullable<World['nodes']>[number] => ({
  metadata: { name },
  status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
})
const web = {
  containers: [
    {
      ports: [
        { name: 'web', containerPort: 8080 },
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
      ],
    },
  ],
}
const everyone = { namespaces: {} }

/** What reaches what, but for everything: `a/p -> a/q: 80`. */
function told(world: World, options: NetpolOptions & { readonly outside?: boolean } = {}): readonly string[] {
  const { groups, ports, allowed, ownNode } = reachability(world, { outside: false, ...options }).toJSON()
  return groups.flatMap(({ name: from }, a) =>
    groups.flatMap(({ name: to }, b) => {
      const reached = [
        ...(allowed[a]?.[b] ?? []),
        ...(ownNode[a]?.[b] ?? []).map((port) => `own node ${port}`),
      ]
      return allowed[a]?.[b]?.length === ports.length || a === b
        ? []
        : [`${from} -> ${to}: ${reached.join(', ')}`]
    }),
  )
}

const two = [pod('a/p'), pod('a/q', [], web)]
const node1 = node('n', '172.18.0.1')
const onNode = [node1, node('m', '172.18.0.2')]
const closed = narrow({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
const host = (key: string): WorldPod => pod(key, ['172.18.0.1'], { hostNetwork: true, nodeName: 'n', ...web })

const cases: readonly (readonly [
  string,
  World,
  readonly string[],
  (NetpolOptions & { readonly outside?: boolean })?,
])[] = [
  [
    'out to a port by its name',
    {
      pods: two,
      policies: [narrow({ ...app('p'), policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] })],
    },
    ['a/p -> a/q: 8080'],
  ],
  [
    'which is another protocol',
    {
      pods: two,
      policies: [
        narrow({
          ...app('p'),
          policyTypes: ['Egress'],
          egress: [{ ports: [{ port: 'web', protocol: 'UDP' }] }],
        }),
      ],
    },
    ['a/p -> a/q: '],
  ],
  [
    'though that port is told from others',
    {
      pods: two,
      policies: [
        narrow({
          ...app('p'),
          policyTypes: ['Egress'],
          egress: [{ ports: [{ port: 'web', protocol: 'UDP' }] }],
        }),
        narrow({ podSelector: {}, ingress: [{ ports: [{ port: 8080, protocol: 'UDP' }] }] }, 'b'),
      ],
    },
    ['a/p -> a/q: '],
  ],
  [
    'out to pods by a name',
    {
      pods: [...two, pod('a/r')],
      policies: [
        narrow({
          ...app('p'),
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: { matchLabels: { app: 'r' } } }], ports: [{ port: 'web' }] }],
        }),
      ],
    },
    ['a/p -> a/q,r: '],
  ],
  [
    'in by a name',
    {
      pods: two,
      policies: [narrow({ ...app('q'), ingress: [{ ports: [{ port: 'dns', protocol: 'UDP' }] }] })],
    },
    ['a/p -> a/q: 53/UDP'],
  ],
  [
    'Accept opens what a NetworkPolicy closes',
    {
      pods: two,
      policies: [
        closed,
        wide({
          subject: { pods: app('p') },
          egress: [
            { action: 'Accept', to: [everyone], protocols: [{ tcp: { destinationPort: { number: 80 } } }] },
          ],
        }),
        wide({ ingress: [{ action: 'Accept', from: [everyone] }] }),
      ],
    },
    ['a/p -> a/q: 80', 'a/q -> a/p: '],
  ],
  [
    'Deny comes first',
    {
      pods: two,
      policies: [
        wide({
          ingress: [
            { action: 'Deny', from: [{ pods: app('p') }] },
            { action: 'Accept', from: [everyone] },
          ],
        }),
      ],
    },
    ['a/p -> a/q: '],
  ],
  [
    'Pass leaves it to what comes next',
    {
      pods: two,
      policies: [
        narrow({ ...app('q') }),
        wide({
          ingress: [
            { action: 'Pass', from: [everyone] },
            { action: 'Accept', from: [everyone] },
          ],
        }),
      ],
    },
    ['a/p -> a/q: '],
  ],
  [
    'and not to the next rule',
    {
      pods: two,
      policies: [
        wide({
          ingress: [
            { action: 'Pass', from: [{ pods: app('p') }] },
            { action: 'Deny', from: [everyone] },
          ],
        }),
      ],
    },
    ['a/q -> a/p: '],
  ],
  [
    'Baseline where no NetworkPolicy selects',
    {
      pods: two,
      policies: [
        narrow({ ...app('q'), ingress: [{}] }),
        wide({ tier: 'Baseline', ingress: [{ action: 'Deny', from: [everyone] }] }),
      ],
    },
    ['a/q -> a/p: '],
  ],
  [
    'Accept of Baseline',
    {
      pods: two,
      policies: [
        wide({
          tier: 'Baseline',
          ingress: [
            { action: 'Accept', from: [{ pods: app('p') }] },
            { action: 'Deny', from: [everyone] },
          ],
        }),
      ],
    },
    ['a/q -> a/p: '],
  ],
  // a pod on the network of a node is no pod for cluster-wide policies, and has no names of ports there
  [
    'a name of a pod on the network of its node',
    {
      nodes: [node1],
      pods: [pod('a/p'), host('b/h')],
      policies: [
        wide({
          egress: [
            {
              action: 'Deny',
              to: [{ networks: ['0.0.0.0/0'] }],
              protocols: [{ destinationNamedPort: 'web' }],
            },
          ],
        }),
        narrow({ ...app('p'), policyTypes: ['Egress'], egress: [{ ports: [{ port: 'web' }] }] }),
      ],
    },
    ['a/p -> b/h: 8080'],
    { hostNetwork: 'pod' },
  ],
  [
    'the own node',
    { nodes: onNode, pods: [pod('a/p', ['10.0.0.1'], { nodeName: 'n' })], policies: [closed] },
    ['a/p -> nodes: own node every port', 'nodes -> a/p: own node every port'],
    { outside: true },
  ],
  [
    'from it alone',
    { nodes: onNode, pods: [pod('a/p', ['10.0.0.1'], { nodeName: 'n' })], policies: [closed] },
    ['a/p -> nodes: ', 'nodes -> a/p: own node every port'],
    { outside: true, ownNode: 'ingress' },
  ],
  [
    'no exception',
    { nodes: onNode, pods: [pod('a/p', ['10.0.0.1'], { nodeName: 'n' })], policies: [closed] },
    ['a/p -> nodes: ', 'nodes -> a/p: '],
    { outside: true, ownNode: 'none' },
  ],
  [
    'a pod on the network of its node',
    {
      nodes: [node1],
      pods: [pod('a/p', ['10.0.0.1']), host('b/h')],
      policies: [narrow({ podSelector: {} })],
    },
    ['b/h -> a/p: own node every port'],
  ],
  [
    'which is a pod',
    {
      nodes: [node1],
      pods: [pod('a/p', ['10.0.0.1']), host('b/h')],
      policies: [narrow({ podSelector: {} })],
    },
    ['b/h -> a/p: '],
    { hostNetwork: 'pod' },
  ],
  [
    'what is finished has no policies',
    {
      pods: [pod('a/p', ['10.0.0.1']), pod('a/done', ['10.0.0.2'], { phase: 'Failed' })],
      policies: [narrow({ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] })],
    },
    ['a/done -> a/p: '],
  ],
  [
    'each family has its blocks',
    {
      pods: [
        pod('a/p', ['10.0.0.1', 'fd00::1']),
        pod('a/four', ['10.0.0.2']),
        pod('a/six', ['fd00::2']),
        pod('a/both', ['fd00::3', '10.0.0.3']),
      ],
      policies: [
        narrow({
          ...app('p'),
          policyTypes: ['Ingress', 'Egress'],
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
          egress: [{ to: [{ ipBlock: { cidr: 'fd00::/8' } }] }],
        }),
      ],
    },
    ['a/p -> a/four: ', 'a/six -> a/p: '],
  ],
]

it.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, world, expected, options]) => {
  expect(
    told(world, options)
      .filter((line) => !line.includes('outside'))
      .toSorted(),
  ).toEqual(expected.toSorted())
})

const groupsOf = (
  world: World,
  options: NetpolOptions & { readonly outside?: boolean } = {},
): ReturnType<typeof reachability>['groups'] => reachability(world, options).groups
const namesOf = (world: World, outside = true): readonly string[] =>
  groupsOf(world, { outside }).map(({ name }) => name)
const from = (...cidrs: readonly string[]): WorldPolicy =>
  narrow({ podSelector: {}, ingress: [{ from: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }] })
const exists = (...keys: readonly string[]): WorldPolicy =>
  narrow({ podSelector: { matchExpressions: keys.map((key) => ({ key, operator: 'Exists' })) } })

describe('groups', () => {
  it('list pods and nodes by name, whoever came first', () => {
    // the second is of another kind than the first and the third
    const pods = ['a/3', 'a/1', 'a/2'].map((key) =>
      pod(key, [], { labels: { app: key === 'a/2' ? 'x' : 'y' } }),
    )
    expect(
      groupsOf({ pods, policies: [exists('app')] }, { outside: false }).map((each) => each.pods),
    ).toEqual([['a/1', 'a/2', 'a/3']])
    const compiled = compileWorld({ nodes: [node('n', '10.0.0.2')] })
    compiled.setNode(node('m', '10.0.0.1'))
    expect(reachability(compiled).groups.find(({ sort }) => sort === 'nodes')?.nodes).toEqual(['m', 'n'])
  })

  it('have the labels that each of their pods has', () => {
    const pods = [
      pod('a/x', [], { labels: { app: 'w', tier: 't', zone: '1' } }),
      pod('a/y', [], { labels: { app: 'w', tier: 't', zone: '2' } }),
      pod('a/z', [], { labels: {} }),
    ]
    const [first] = groupsOf({ pods, policies: [exists('app', 'tier', 'zone')] }, { outside: false })
    expect([first?.name, first?.labels]).toEqual(['a/app=w,tier=t', { app: 'w', tier: 't' }])
    // of a pod that no policy can select there are none
    const finished = { ...pod('a/done', [], { labels: { app: 'w' } }), status: { phase: 'Failed' } }
    const reach = reachability(
      {
        pods: [finished, pod('a/x', [], { labels: { app: 'w' } })],
        policies: [{ ...exists('app'), metadata: { namespace: 'b', name: 'x' } }],
      },
      { outside: false },
    )
    expect(reach.groups).toEqual([
      { name: 'a/*', sort: 'pods', pods: ['a/done', 'a/x'], nodes: [], ranges: [], labels: {} },
    ])
    // one that can be selected is enough for a group to be told of
    expect([reach.governed, reach.toText().includes('all pods in a (2 pods)  *')]).toEqual([[true], true])
  })

  it('come in the order of what they are, then by name', () => {
    const world: World = {
      nodes: [node('a', '10.0.0.1')],
      pods: [pod('z/p', ['10.0.1.1']), pod('b/p', ['10.0.1.2'])],
      policies: [narrow({ podSelector: {} }, 'z')],
    }
    expect(namesOf(world)).toEqual(['b/p', 'z/p', 'node a', 'outside'])
  })

  it('outside is where an address of documentation is', () => {
    const pods = [pod('a/x', ['10.244.0.1'])]
    expect(namesOf({ pods, policies: [from('203.0.113.1/32')] })).toEqual([
      'a/x',
      '0.0.0.0/1,128.0.0.0/2,192.0.0.0/5 and 29 more',
      'outside',
    ])
    expect(namesOf({ pods, policies: [from('224.0.0.0/4')] })).toEqual(['a/x', '224.0.0.0/4', 'outside'])
    expect(namesOf({ pods, policies: [from('10.0.0.5/32')] })).toEqual(['a/x', '10.0.0.5/32', 'outside'])
    expect(namesOf({ pods: [pod('a/x', ['fd00::1'])], policies: [from('2001:db8::/32')] })).toEqual([
      'a/x',
      '::/3,2000::/16,2001::/21 and 29 more',
      'outside',
    ])
  })

  it('ranges of two families are two, though the number of one comes after that of the other', () => {
    const [, rest] = groupsOf({
      pods: [pod('a/x', ['10.0.0.1', 'fd00::1'])],
      policies: [from('::/96')],
    }).filter(({ sort }) => sort === 'outside')
    expect(rest?.ranges.slice(0, 2)).toEqual(['0.0.0.0/0', '::1:0:0/96'])
  })

  it('addresses of pods and nodes are not outside', () => {
    const world = (...cidrs: readonly string[]): World => ({
      pods: [pod('a/x', ['10.0.0.0']), pod('b/y', ['10.0.0.9'])],
      nodes: [node('n', '10.0.0.1')],
      policies: [from(...cidrs)],
    })
    expect(namesOf(world('10.0.0.9/32'))).toEqual(['a/x', 'b/y', 'node n', 'outside'])
    expect(namesOf(world('10.0.0.1/32'))).toEqual(['a/x', 'b/y', 'node n', 'outside'])
    expect(groupsOf(world('10.0.0.9/32')).at(-1)?.ranges).toEqual(['0.0.0.0/0'])
    // a range in which only the first is a pod's
    expect(namesOf({ pods: [pod('a/x', ['10.0.0.0'])], policies: [from('10.0.0.0/24')] })).toEqual([
      'a/x',
      '10.0.0.0/24',
      'outside',
    ])
    // the first address of all
    expect(namesOf({ pods: [pod('a/x', ['10.0.0.2'])], nodes: [node('n', '0.0.0.0')] })).toEqual([
      'a/x',
      'node n',
      'outside',
    ])
  })

  it('nodes speak the families of their addresses, and outside is told of each that some pod has', () => {
    const nodes = [node('four', '172.18.0.1'), node('six', 'fd00::1'), node('both', 'fd00::2', '172.18.0.2')]
    const pods = [pod('a/four', ['10.0.0.1']), pod('a/six', ['fd01::1'])]
    const world: World = {
      nodes,
      pods,
      policies: [
        from('0.0.0.0/0'),
        narrow({
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: 'fd00::/16' } }] }],
        }),
      ],
    }
    const lines = told(world, { outside: true, ownNode: 'none' })
    expect(lines.filter((line) => line.startsWith('a/') && line.includes('node'))).toEqual([
      'a/four -> node both: ',
      'a/four -> node four: ',
      'a/six -> node four: ',
    ])
    expect(lines.filter((line) => line.startsWith('node') && line.includes('a/'))).toEqual([
      'node both -> a/six: ',
      'node four -> a/six: ',
      'node six -> a/four: ',
      'node six -> a/six: ',
    ])
    expect(
      groupsOf(world)
        .filter(({ sort }) => sort === 'outside')
        .map(({ name, ranges }) => [name, ranges[0]]),
    ).toEqual([
      ['fd00::/16', 'fd00::/16'],
      ['outside IPv4', '0.0.0.0/0'],
      ['outside IPv6', '::/1'],
    ])
  })

  it('that are not there are an error', () => {
    const reach = reachability({ pods: two }, { outside: false })
    expect(() => reach.reach(1, 0, 0)).toThrow(new InputError('there is no group 1; there are 1'))
    expect(() => reach.reach(0, 7, 0)).toThrow(new InputError('there is no group 7; there are 1'))
  })
})

it('what has the same number is not yet the same', () => {
  // words that mix to one number: the second word takes back what the first did otherwise
  const words = (first: number, second: number): Bits => Uint32Array.of(first, second)
  const undo = mixBits(Uint32Array.of(0), 0) ^ mixBits(Uint32Array.of(4), 0)
  const [one, other] = [words(0, 0), words(4, undo)]
  expect(mixBits(one, 0)).toBe(mixBits(other, 0))
  const nobody = Array.from({ length: 64 }, () => words(0, 0))
  const rows = [one, other, ...nobody.slice(2)]
  const lists = equalEndsIn(
    [{ allowed: rows, ownNode: nobody }],
    rows.map(() => ''),
  )
  expect([
    lists.find((list) => list.includes(0))?.includes(1),
    lists.flat().toSorted((a, b) => a - b),
  ]).toEqual([false, rows.map((_, at) => at)])
})
