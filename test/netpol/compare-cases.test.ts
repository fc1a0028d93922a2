import { expect, it } from 'vitest'
import { compare, type NetpolOptions, type Relation, type WorldPolicy } from '../../src/netpol/index.js'

const narrow = (name: string, spec: object): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace: 'default', name },
  spec,
})
const wide = (name: string, spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const into = (rule: object): WorldPolicy => narrow('in', { podSelector: {}, ingress: [rule] })
const out = (rule: object): WorldPolicy =>
  narrow('out', { podSelector: {}, policyTypes: ['Egress'], egress: [rule] })
const egress = (action: string, to: object, more: object = {}): WorldPolicy =>
  wide('out', { egress: [{ action, to: [to], ...more }] })
const ingress = (action: string, from: object, more: object = {}): WorldPolicy =>
  wide('in', { ingress: [{ action, from: [from], ...more }] })
const closed = narrow('closed', { podSelector: {} })
const zone = (value: string): object => ({ nodes: { matchLabels: { zone: value } } })
const everyone = { namespaces: {} }
const tcp = (from: number, to = from): object => ({
  tcp: { destinationPort: from === to ? { number: from } : { range: { start: from, end: to } } },
})

const ranges = [
  narrow('both', {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }],
    ingress: [{ from: [{ ipBlock: { cidr: '10.2.0.0/16' } }] }],
  }),
]
const ends = (peers: readonly object[]): WorldPolicy =>
  narrow('ends', {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: peers.map((peer) => ({ to: [peer] })),
    ingress: peers.map((peer) => ({ from: [peer] })),
  })
/** Who is of team x and one of these sends nothing, and who is of another team is sent nothing. */
const notBoth = (...subjects: readonly object[]): readonly WorldPolicy[] => [
  ...subjects.map((podSelector, at) =>
    wide(`x${at}`, {
      subject: { pods: { namespaceSelector: { matchLabels: { team: 'x' } }, podSelector } },
      egress: [{ action: 'Deny', to: [everyone] }],
    }),
  ),
  wide('y', {
    subject: { namespaces: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['x'] }] } },
    ingress: [{ action: 'Deny', from: [everyone] }],
  }),
]

const cases: readonly (readonly [
  string,
  readonly WorldPolicy[],
  readonly WorldPolicy[],
  Relation,
  NetpolOptions?,
])[] = [
  ['nothing and an empty rule', [], [into({})], 'equal'],
  ['nothing and no rule', [], [closed], 'a-allows-more'],
  ['one and all ports of TCP', [into({ ports: [{ port: 80 }] })], [into({ ports: [{}] })], 'a-allows-less'],
  [
    'two halves and the whole',
    [
      into({
        ports: [
          { port: 1, endPort: 100 },
          { port: 101, endPort: 65_535 },
        ],
      }),
    ],
    [into({ ports: [{ protocol: 'TCP' }] })],
    'equal',
  ],
  [
    'all protocols and all three',
    [into({})],
    [into({ ports: [{}, { protocol: 'UDP' }, { protocol: 'SCTP' }] })],
    'equal',
  ],
  ['two of three protocols', [into({})], [into({ ports: [{}, { protocol: 'UDP' }] })], 'a-allows-more'],
  [
    'a name of TCP and of UDP',
    [into({ ports: [{ port: 'web' }] })],
    [into({ ports: [{ port: 'web', protocol: 'UDP' }] })],
    'neither',
  ],
  [
    'names of all protocols and of one',
    [ingress('Deny', everyone, { protocols: [{ destinationNamedPort: 'web' }] }), into({})],
    [into({ ports: [{}] })],
    'neither',
  ],
  [
    'one name and another',
    [into({ ports: [{ port: 'web' }] })],
    [into({ ports: [{ port: 'admin' }] })],
    'neither',
  ],
  ['a name and a number', [into({ ports: [{ port: 'web' }] })], [into({ ports: [{ port: 80 }] })], 'neither'],
  [
    'a name to outside is none',
    [out({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'web' }] })],
    [
      out({
        to: [
          { ipBlock: { cidr: '10.0.0.0/8' } },
          {
            podSelector: {
              matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
              matchLabels: { a: 'c' },
            },
          },
        ],
        ports: [{ port: 'web' }],
      }),
    ],
    'equal',
  ],
  [
    'two values and one of them',
    [
      into({
        from: [{ podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] } }],
      }),
    ],
    [into({ from: [{ podSelector: { matchLabels: { a: 'b' } } }] })],
    'a-allows-more',
  ],
  [
    'all that a label can be',
    [into({ from: [{ podSelector: {} }] })],
    [
      into({
        from: [
          { podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
          { podSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } },
        ],
      }),
    ],
    'equal',
  ],
  [
    'NotIn holds where the key is absent',
    [
      into({
        from: [{ podSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] } }],
      }),
    ],
    [into({ from: [{ podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }] })],
    'neither',
  ],
  [
    'the own namespace by its name',
    [into({ from: [{ podSelector: {} }] })],
    [into({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }] })],
    'equal',
  ],
  [
    'another namespace by its name',
    [into({ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'red' } } }] })],
    [closed],
    'a-allows-more',
  ],
  [
    'and every namespace',
    [into({ from: [{ podSelector: {} }] })],
    [into({ from: [{ namespaceSelector: {} }] })],
    'a-allows-less',
  ],
  [
    'one peer with two selectors and two peers',
    [
      into({
        from: [{ namespaceSelector: { matchLabels: { t: 'x' } }, podSelector: { matchLabels: { a: 'b' } } }],
      }),
    ],
    [
      into({
        from: [
          { namespaceSelector: { matchLabels: { t: 'x' } } },
          { podSelector: { matchLabels: { a: 'b' } } },
        ],
      }),
    ],
    'a-allows-less',
  ],
  [
    'except and the rest',
    [into({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.128.0.0/9'] } }] })],
    [into({ from: [{ ipBlock: { cidr: '10.0.0.0/9' } }] })],
    'equal',
  ],
  [
    'except cuts its own block only',
    [
      into({
        from: [
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
          { ipBlock: { cidr: '10.1.0.0/16' } },
        ],
      }),
    ],
    [into({ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] })],
    'equal',
  ],
  [
    'IPv4 holds no IPv6',
    [into({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] })],
    [into({ from: [{ ipBlock: { cidr: '::/0' } }] })],
    'neither',
  ],
  [
    'a block of pods that are left out',
    [into({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }] })],
    [into({})],
    'a-allows-less',
    { ipBlockPods: 'ignore' },
  ],
  [
    'which networks do not',
    [egress('Deny', { networks: ['0.0.0.0/0', '::/0'] })],
    [egress('Deny', { networks: ['0.0.0.0/0', '::/0'] }), out({})],
    'equal',
    { ipBlockPods: 'ignore' },
  ],
  [
    'networks hold pods, whatever is chosen',
    [egress('Deny', { networks: ['0.0.0.0/0', '::/0'] })],
    [egress('Deny', everyone)],
    'a-allows-less',
    { ipBlockPods: 'ignore' },
  ],
  ['nodes by their labels', [egress('Deny', zone('a'))], [egress('Deny', zone('b'))], 'neither'],
  ['some nodes and all', [egress('Deny', zone('a'))], [egress('Deny', { nodes: {} })], 'a-allows-more'],
  ['nodes are not pods', [egress('Deny', { nodes: {} })], [], 'a-allows-less'],
  [
    'pods on the network of a node are nodes',
    [egress('Deny', zone('a'))],
    [egress('Deny', zone('b'))],
    'neither',
    { hostNetwork: 'pod' },
  ],
  [
    'and pods for NetworkPolicy',
    [narrow('closed', { podSelector: { matchLabels: { a: 'b' } } })],
    [],
    'a-allows-less',
    { hostNetwork: 'pod' },
  ],
  [
    'a pod reaches itself through a Service, but for a cluster-wide policy',
    [closed, ingress('Deny', everyone)],
    [closed],
    'a-allows-less',
  ],
  ['Pass and nothing', [ingress('Pass', everyone)], [], 'equal'],
  [
    'Pass skips what comes next',
    [
      wide('x', {
        ingress: [
          { action: 'Pass', from: [everyone] },
          { action: 'Deny', from: [everyone] },
        ],
      }),
    ],
    [],
    'equal',
  ],
  [
    'Accept opens what a NetworkPolicy closes',
    [ingress('Accept', everyone), closed],
    [closed],
    'a-allows-more',
  ],
  [
    'the lower priority first',
    [
      wide('x', { priority: 1, ingress: [{ action: 'Accept', from: [everyone] }] }),
      wide('y', { priority: 2, ingress: [{ action: 'Deny', from: [everyone] }] }),
    ],
    [ingress('Accept', everyone)],
    'equal',
  ],
  [
    'the other way round',
    [
      wide('x', { priority: 3, ingress: [{ action: 'Accept', from: [everyone] }] }),
      wide('y', { priority: 2, ingress: [{ action: 'Deny', from: [everyone] }] }),
    ],
    [ingress('Deny', everyone)],
    'equal',
  ],
  [
    'Baseline where no NetworkPolicy selects',
    [ingress('Deny', everyone, {}), into({})].map((policy, at) =>
      at === 0 ? { ...policy, spec: { ...policy.spec, tier: 'Baseline' } } : policy,
    ),
    [into({})],
    'a-allows-less',
  ],
  ['a strange Deny and nothing', [egress('Deny', { services: {} })], [], 'a-allows-less'],
  ['a strange Pass and nothing', [egress('Pass', { services: {} })], [], 'a-allows-less'],
  ['a strange Accept matches nothing', [egress('Accept', { services: {} })], [], 'equal'],
  [
    'a strange Deny denies all',
    [egress('Deny', { services: {} })],
    [egress('Deny', { networks: ['0.0.0.0/0', '::/0'] })],
    'equal',
  ],
  [
    'a strange Pass too',
    [egress('Pass', { services: {} })],
    [egress('Deny', { networks: ['0.0.0.0/0', '::/0'] })],
    'equal',
  ],
  ['a strange peer of a NetworkPolicy allows nobody', [into({ from: [{}] })], [closed], 'equal'],
  [
    'ranges and numbers',
    [ingress('Deny', everyone, { protocols: [tcp(80, 82)] })],
    [ingress('Deny', everyone, { protocols: [tcp(80), tcp(81), tcp(82)] })],
    'equal',
  ],
  [
    'ranges and fewer numbers',
    [ingress('Deny', everyone, { protocols: [tcp(80, 82)] })],
    [ingress('Deny', everyone, { protocols: [tcp(80), tcp(82)] })],
    'a-allows-less',
  ],
  [
    'a domain and the address that it could have',
    [egress('Accept', { domainNames: ['a.example.com'] }), out({ to: [{ podSelector: {} }] })],
    [out({ to: [{ podSelector: {} }] })],
    'a-allows-more',
  ],
  // who sends is in one range, who receives in another
  [
    'out to one range and in from another',
    ranges,
    [
      ...ranges,
      wide('no', {
        subject: {
          pods: { podSelector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] } },
        },
        egress: [{ action: 'Deny', to: [{ pods: { podSelector: { matchLabels: { a: 'x' } } } }] }],
      }),
    ],
    'a-allows-more',
  ],
  // both ends are in one namespace, which cannot be of two teams
  [
    'two teams for one namespace',
    [...notBoth({ matchLabels: { a: 'b' } }, { matchLabels: { a: 'b' } }), ends([{ podSelector: {} }])],
    [...notBoth({ matchLabels: { a: 'b' } }, { matchLabels: { a: 'b' } }), ends([])],
    'a-allows-more',
  ],
  [
    'two teams, whatever the labels',
    [
      ...notBoth(
        { matchLabels: { a: 'b' } },
        { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
      ),
      ends([{ podSelector: {} }]),
    ],
    [
      ...notBoth(
        { matchLabels: { a: 'b' } },
        { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] },
      ),
      ends([]),
    ],
    'equal',
  ],
  [
    'ingress and egress',
    [closed],
    [narrow('closed', { podSelector: {}, policyTypes: ['Egress'] })],
    'neither',
  ],
  [
    'subjects by namespace',
    [
      wide('x', {
        subject: { namespaces: { matchLabels: { t: 'x' } } },
        ingress: [{ action: 'Deny', from: [everyone] }],
      }),
    ],
    [
      wide('x', {
        subject: { pods: { namespaceSelector: { matchLabels: { t: 'x' } }, podSelector: {} } },
        ingress: [{ action: 'Deny', from: [everyone] }],
      }),
    ],
    'equal',
  ],
  [
    'traffic of the own node',
    [wide('base', { tier: 'Baseline', egress: [{ action: 'Deny', to: [{ nodes: {} }] }] })],
    [
      wide('base', { tier: 'Baseline', egress: [{ action: 'Deny', to: [{ nodes: {} }] }] }),
      out({ to: [{ podSelector: {} }] }),
    ],
    'neither',
    { ownNode: 'both' },
  ],
  [
    'which is closed as the choice says',
    [wide('base', { tier: 'Baseline', egress: [{ action: 'Deny', to: [{ nodes: {} }] }] })],
    [
      wide('base', { tier: 'Baseline', egress: [{ action: 'Deny', to: [{ nodes: {} }] }] }),
      out({ to: [{ podSelector: {} }] }),
    ],
    'a-allows-more',
    { ownNode: 'ingress' },
  ],
]

it.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, a, b, relation, options]) => {
  const turned: Readonly<Record<Relation, Relation>> = {
    equal: 'equal',
    neither: 'neither',
    'a-allows-less': 'a-allows-more',
    'a-allows-more': 'a-allows-less',
  }
  expect(compare(a, b, options).relation).toBe(relation)
  expect(compare(b, a, options).relation).toBe(turned[relation])
})
