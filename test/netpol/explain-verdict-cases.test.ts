import { describe, expect, it } from 'vitest'
import {
  explainConnection,
  type PolicyQuery,
  type NetpolOptions,
  type World,
  type WorldPod,
  type WorldPolicy,
} from '../../src/netpol/index.js'

const narrow = (name: string, spec: object, namespace = 'a'): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace, name },
  spec,
})
const wide = (name: string, spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const pod = (namespace: string, name: string, podIP: string, spec: WorldPod['spec'] = {}): WorldPod => ({
  metadata: { namespace, name, labels: { app: name } },
  spec,
  status: { podIP },
})
const labels = (app: string): object => ({ matchLabels: { app } })
const closed = narrow('closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
const open = (rule: object): WorldPolicy => narrow('open', { podSelector: {}, ingress: [rule] })
const deny = (to: object, more: object = {}): WorldPolicy =>
  wide('deny', { egress: [{ action: 'Deny', to: [to], ...more }] })
const ports = [
  { name: 'web', containerPort: 8080 },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
]
const base: World = {
  namespaces: [
    { metadata: { name: 'a', labels: { team: 'x' } } },
    { metadata: { name: 'b', labels: { team: 'y' } } },
  ],
  nodes: [
    { metadata: { name: 'a' }, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.3' }] } },
    {
      metadata: { name: 'n', labels: { zone: 'z' } },
      status: { addresses: [{ type: 'InternalIP', address: '172.18.0.1' }] },
    },
    { metadata: { name: 'm' }, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] } },
  ],
  domains: { 'www.example.com': ['198.51.100.7', '198.51.100.8'], 'www.example.org': ['198.51.100.8'] },
  pods: [
    pod('a', 'p', '10.0.0.1', { nodeName: 'n', containers: [{ ports }] }),
    pod('a', 'q', '10.0.0.2'),
    pod('b', 'r', '10.0.0.3'),
    pod('b', 'host', '172.18.0.2', { hostNetwork: true, nodeName: 'm' }),
    pod('b', 'lost', '172.18.0.9', { hostNetwork: true, nodeName: 'gone' }),
    pod('b', 'twin', '172.18.0.1'),
    { metadata: { namespace: 'a', name: 'homeless', labels: { app: 'homeless' } } },
    { ...pod('a', 'done', '10.0.0.4'), status: { phase: 'Succeeded', podIP: '10.0.0.4' } },
    {
      metadata: { namespace: 'a', name: 'three', labels: { a: '1', b: '2', c: '3' } },
      status: { podIP: '10.0.0.5' },
    },
  ],
}

/** `NetworkPolicy a/x spec.ingress[0]`, `Pod a/p app: p -> q`. */
function told(
  policies: readonly WorldPolicy[],
  connection: PolicyQuery,
  options: NetpolOptions & { readonly maxRemovals?: number } = {},
): readonly unknown[] {
  const { verdict, rules, labels: changes } = explainConnection({ ...base, policies }, connection, options)
  const name = ({
    kind,
    namespace,
    name: own,
  }: {
    readonly kind: string
    readonly namespace?: string
    readonly name: string
  }): string => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${own}`
  return [
    verdict.allowed ? 'allowed' : 'denied',
    rules?.map((each) => `${name(each)}${each.path === undefined ? '' : ` ${each.path}`}`),
    changes?.map((each) => `${name(each)} ${each.key}: ${String(each.from)} -> ${String(each.to)}`),
  ]
}

const inTeam = (team: string): object => ({ namespaceSelector: { matchLabels: { team } } })
const some = (...values: readonly string[]): object => ({
  pods: { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values }] } },
})
const noZone: object = { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }
const noApp: object = {
  pods: { podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } },
}

const cases: readonly (readonly [
  string,
  readonly WorldPolicy[],
  PolicyQuery,
  readonly unknown[],
  (NetpolOptions & { readonly maxRemovals?: number })?,
])[] = [
  [
    'a namespace that is not chosen',
    [open({ from: [inTeam('z')] })],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], ['Namespace b team: y -> z']],
  ],
  [
    'one that is',
    [open({ from: [inTeam('y')] })],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], ['Namespace b team: y -> null']],
  ],
  [
    'the namespace of both',
    [open({ from: [inTeam('y')] })],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], ['Namespace a team: x -> y']],
  ],
  [
    'a pod of the own namespace, or not',
    [open({ from: [{ podSelector: labels('s') }] })],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'and there',
    [open({ from: [{ podSelector: labels('s') }] })],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']],
  ],
  [
    'what is selected',
    [narrow('closed', { podSelector: labels('p') })],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/closed'], ['Pod a/p app: p -> null']],
  ],
  [
    'a node',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'a/p', to: { node: 'n' }, port: 80 },
    ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Node n zone: z -> null']],
  ],
  [
    'another node',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'a/p', to: '172.18.0.2', port: 80 },
    ['allowed', undefined, ['Node m zone: null -> z']],
  ],
  [
    'a node and outside',
    [closed],
    { from: { node: 'n' }, to: 'external', port: 80 },
    ['allowed', undefined, undefined],
  ],
  [
    'its own node, which no NetworkPolicy blocks',
    [closed],
    { from: { node: 'n' }, to: 'a/p', port: 80 },
    ['allowed', undefined, undefined],
  ],
  [
    'nor on the way out',
    [closed],
    { from: 'a/p', to: { node: 'n' }, port: 80 },
    ['allowed', undefined, undefined],
  ],
  [
    'another node is',
    [narrow('closed', { podSelector: labels('p') })],
    { from: { node: 'm' }, to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/closed'], ['Pod a/p app: p -> null']],
  ],
  [
    'a pod that is on no node',
    [narrow('closed', { podSelector: labels('q') })],
    { from: { node: 'm' }, to: 'a/q', port: 80 },
    ['denied', ['NetworkPolicy a/closed'], ['Pod a/q app: q -> null']],
  ],
  [
    'the port by its name',
    [
      narrow('open', {
        podSelector: labels('p'),
        ingress: [{ from: [{ podSelector: labels('s') }], ports: [{ port: 'web' }] }],
      }),
    ],
    { from: 'a/q', to: 'a/p', port: 8080 },
    ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']],
  ],
  [
    'another port',
    [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'web' }] })],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'of another protocol',
    [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'web', protocol: 'UDP' }] })],
    { from: 'a/q', to: 'a/p', port: 8080, protocol: 'UDP' },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'of its protocol',
    [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'dns', protocol: 'UDP' }] })],
    { from: 'a/q', to: 'a/p', port: 53, protocol: 'UDP' },
    ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']],
  ],
  [
    'the port by its number',
    [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 80 }] })],
    { from: 'a/q', to: 'a/p', port: 81 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'a name that there is not',
    [],
    { from: 'a/q', to: 'a/p', port: 'none' },
    ['denied', undefined, undefined],
  ],
  [
    'an address',
    [
      narrow('open', {
        podSelector: labels('p'),
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }],
      }),
    ],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], undefined],
  ],
  [
    'another address',
    [open({ from: [{ ipBlock: { cidr: '10.1.0.0/24' } }] })],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'a domain',
    [
      wide('names', {
        subject: { pods: { podSelector: labels('p') } },
        egress: [
          { action: 'Accept', to: [{ domainNames: ['*.example.com'] }] },
          { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
        ],
      }),
    ],
    { from: 'a/p', to: '198.51.100.7', port: 80 },
    ['allowed', ['ClusterNetworkPolicy names spec.egress[0]'], undefined],
  ],
  [
    'another domain',
    [
      wide('names', {
        subject: { pods: { podSelector: labels('p') } },
        egress: [
          { action: 'Accept', to: [{ domainNames: ['*.example.org'] }] },
          { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
        ],
      }),
    ],
    { from: 'a/p', to: '198.51.100.7', port: 80 },
    ['denied', ['ClusterNetworkPolicy names spec.egress[1]'], ['Pod a/p app: p -> null']],
  ],
  [
    'a value that no policy knows',
    [wide('deny', { egress: [{ action: 'Deny', to: [some('q', 'other'), noApp] }] })],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/q app: q -> other-2']],
  ],
  [
    'and no pod has',
    [wide('deny', { egress: [{ action: 'Deny', to: [some('q'), noApp] }] })],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/q app: q -> other']],
  ],
  [
    'itself',
    [closed, deny({ namespaces: {} })],
    { from: 'a/p', to: 'a/p', port: 80 },
    ['allowed', undefined, undefined],
  ],
  [
    'itself through a Service',
    [closed, deny({ pods: { podSelector: labels('p') } })],
    { from: 'a/p', to: 'a/p', port: 80, service: true },
    ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/p app: p -> null']],
  ],
  [
    'a pod on the network of its node',
    [narrow('closed', { podSelector: labels('host') }, 'b')],
    { from: 'a/p', to: 'b/host', port: 80 },
    ['allowed', undefined, undefined],
  ],
  [
    'which is a pod',
    [narrow('closed', { podSelector: labels('host') }, 'b')],
    { from: 'a/p', to: 'b/host', port: 80 },
    ['denied', ['NetworkPolicy b/closed'], ['Pod b/host app: host -> null']],
    { hostNetwork: 'pod' },
  ],
  [
    'both sides',
    [
      narrow('closed', { podSelector: labels('q'), policyTypes: ['Egress'] }),
      narrow('in', { podSelector: labels('p') }),
    ],
    { from: 'a/q', to: 'a/p', port: 80 },
    [
      'denied',
      ['NetworkPolicy a/closed', 'NetworkPolicy a/in'],
      ['Pod a/q app: q -> null', 'Pod a/p app: p -> null'],
    ],
  ],
  [
    'as many as it may be',
    [
      narrow('one', { podSelector: {} }),
      narrow('two', { podSelector: {} }),
      narrow('three', { podSelector: {} }),
    ],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/one', 'NetworkPolicy a/three', 'NetworkPolicy a/two'], undefined],
    { maxRemovals: 3 },
  ],
  [
    'and no more',
    [
      narrow('one', { podSelector: {} }),
      narrow('two', { podSelector: {} }),
      narrow('three', { podSelector: {} }),
    ],
    { from: 'b/r', to: 'a/p', port: 80 },
    ['denied', undefined, undefined],
    { maxRemovals: 2 },
  ],
  [
    'a rule, and the next that would do',
    [
      wide('rules', {
        egress: [
          { action: 'Deny', to: [{ namespaces: {} }] },
          { action: 'Deny', to: [{ pods: { podSelector: labels('q') } }] },
        ],
      }),
    ],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['denied', ['ClusterNetworkPolicy rules'], undefined],
  ],
  [
    'what passes on',
    [
      wide('pass', {
        egress: [
          { action: 'Pass', to: [{ namespaces: {} }] },
          { action: 'Deny', to: [{ namespaces: {} }] },
        ],
      }),
    ],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['allowed', ['ClusterNetworkPolicy pass spec.egress[0]'], undefined],
  ],
  // a label is taken away, not set to nothing
  [
    'a label that has to be there',
    [open({ from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }] })],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], ['Pod a/q app: q -> null']],
  ],
  // the namespace and the node are both called a
  [
    'a node that is called as a namespace',
    [
      wide('deny', {
        subject: { namespaces: noZone },
        egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { zone: 'z' } } }] }],
      }),
    ],
    { from: 'a/p', to: { node: 'a' }, port: 80 },
    ['allowed', undefined, ['Node a zone: null -> z']],
  ],
  [
    'a pod on the network of its node, which is no pod for cluster-wide policies',
    [
      wide('deny', {
        subject: { pods: { podSelector: labels('x') } },
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
      }),
    ],
    { from: 'a/p', to: 'b/host', port: 80 },
    ['allowed', undefined, undefined],
    { hostNetwork: 'pod' },
  ],
  [
    'a pod of its namespace',
    [narrow('closed', { podSelector: labels('r') }, 'b')],
    { from: 'b/host', to: 'b/r', port: 80 },
    ['denied', ['NetworkPolicy b/closed'], ['Pod b/r app: r -> null']],
  ],
  [
    'its node, by whose address it is known',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'a/p', to: 'b/host', port: 80 },
    ['allowed', undefined, ['Node m zone: null -> z']],
  ],
  [
    'also where it is a pod',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'a/p', to: 'b/host', port: 80 },
    ['allowed', undefined, ['Node m zone: null -> z']],
    { hostNetwork: 'pod' },
  ],
  [
    'itself through a Service, as its node',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'b/host', to: 'b/host', port: 80, service: true },
    ['allowed', undefined, undefined],
    { hostNetwork: 'pod' },
  ],
  // it is on a node that there is not
  [
    'a pod on the network of no node',
    [deny({ nodes: {} })],
    { from: 'a/p', to: 'b/lost', port: 80 },
    ['allowed', undefined, undefined],
  ],
  // its address is that of node n
  [
    'a pod that has the address of a node',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'a/p', to: 'b/twin', port: 80 },
    ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Node n zone: z -> null']],
  ],
  [
    'a pod that is finished',
    [open({ from: [{ podSelector: labels('done') }] })],
    { from: 'a/done', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'and counts',
    [open({ from: [{ podSelector: labels('done') }] })],
    { from: 'a/done', to: 'a/p', port: 80 },
    ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], ['Pod a/done app: done -> null']],
    { finishedPods: 'selected' },
  ],
  [
    'outside, which is no node',
    [deny({ nodes: { matchLabels: { zone: 'z' } } })],
    { from: 'a/p', to: 'external', port: 80 },
    ['allowed', undefined, undefined],
  ],
  [
    'who has no address',
    [open({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { podSelector: labels('s') }] })],
    { from: 'a/homeless', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], ['Pod a/homeless app: homeless -> s']],
  ],
  [
    'ports of outside, which have no names',
    [
      narrow('out', {
        podSelector: labels('p'),
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 'web' }] }],
      }),
    ],
    { from: 'a/p', to: 'external', port: 8080 },
    ['denied', ['NetworkPolicy a/out'], ['Pod a/p app: p -> null']],
  ],
  [
    'a name that the port does not have',
    [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'admin' }] })],
    { from: 'a/q', to: 'a/p', port: 8080 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'a port that is asked for',
    [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 80 }] })],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']],
  ],
  [
    'another protocol',
    [open({ ports: [{ protocol: 'UDP' }] })],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['denied', ['NetworkPolicy a/open'], undefined],
  ],
  [
    'one of two names of an address',
    [
      wide('names', {
        subject: { pods: { podSelector: labels('p') } },
        egress: [
          { action: 'Accept', to: [{ domainNames: ['www.example.org'] }] },
          { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] },
        ],
      }),
    ],
    { from: 'a/p', to: '198.51.100.8', port: 80 },
    ['allowed', ['ClusterNetworkPolicy names spec.egress[0]'], undefined],
  ],
  [
    'a value of a third kind',
    [wide('deny', { egress: [{ action: 'Deny', to: [some('q', 'other', 'other-2'), noApp] }] })],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/q app: q -> other-3']],
  ],
  [
    'what cannot be for both sides',
    [
      narrow('out', { podSelector: labels('q'), policyTypes: ['Egress'], egress: [{ to: [inTeam('y')] }] }),
      narrow('in', { podSelector: labels('p'), ingress: [{ from: [inTeam('z')] }] }),
    ],
    { from: 'a/q', to: 'a/p', port: 80 },
    [
      'denied',
      ['NetworkPolicy a/out', 'NetworkPolicy a/in'],
      ['Namespace a team: x -> y', 'Pod a/p app: p -> null'],
    ],
  ],
  // one label that both peers ask for, not one of each
  [
    'the fewest labels',
    [
      open({
        from: [
          { podSelector: { matchLabels: { a: '1', c: '3' } } },
          { podSelector: { matchLabels: { b: '2', c: '3' } } },
        ],
      }),
    ],
    { from: 'a/three', to: 'a/p', port: 80 },
    ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], ['Pod a/three c: 3 -> null']],
  ],
  [
    'both sides that one policy denies',
    [
      wide('both', {
        egress: [{ action: 'Deny', to: [{ namespaces: {} }] }],
        ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
      }),
    ],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['denied', ['ClusterNetworkPolicy both'], undefined],
  ],
  [
    'a last tier that comes to decide',
    [
      wide('last', { tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }),
      open({ from: [{ podSelector: labels('q') }] }),
    ],
    { from: 'a/q', to: 'a/p', port: 80 },
    ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], ['Pod a/q app: q -> null']],
  ],
  [
    'an exception, under which it waits',
    [
      wide('last', { tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }),
      closed,
      narrow('too', { podSelector: {} }),
    ],
    { from: 'a/p', to: 'a/p', port: 80, service: true },
    ['allowed', ['NetworkPolicy a/closed', 'NetworkPolicy a/too'], undefined],
  ],
  [
    'a rule that fails closed',
    [wide('strange', { egress: [{ action: 'Deny', to: [{ services: {} }] }] })],
    { from: 'a/p', to: 'a/q', port: 80 },
    ['denied', ['ClusterNetworkPolicy strange spec.egress[0]'], undefined],
  ],
]

it.each(cases.map((each) => [each[0], each] as const))(
  '%s',
  (_, [, policies, connection, expected, options]) => {
    expect(told(policies, connection, options)).toEqual(expected)
  },
)

const every = { namespaces: {} }
const closedBy = (count: number): readonly WorldPolicy[] =>
  Array.from({ length: count }, (_, at) => narrow(`closed-${100 + at}`, { podSelector: {} }))
const toPod: PolicyQuery = { from: 'b/r', to: 'a/p', port: 80 }

describe('the smallest set of rules', () => {
  it('is told with nothing that it does not have', () => {
    expect(
      explainConnection(
        { ...base, policies: [deny({ namespaces: {} })] },
        { from: 'a/p', to: 'a/q', port: 80 },
      ).rules,
    ).toStrictEqual([{ kind: 'ClusterNetworkPolicy', name: 'deny', path: 'spec.egress[0]' }])
    expect(explainConnection({ ...base, policies: [closed] }, toPod).rules).toStrictEqual([
      { kind: 'NetworkPolicy', namespace: 'a', name: 'closed' },
    ])
    expect(Object.keys(explainConnection({ ...base, policies: [] }, toPod))).toEqual(['verdict'])
  })

  it('may be as large as one likes; where there is none, the search ends', () => {
    expect(
      explainConnection({ ...base, policies: closedBy(40) }, toPod, { maxRemovals: Infinity }).rules,
    ).toHaveLength(40)
    expect(explainConnection({ ...base, policies: closedBy(7) }, toPod).rules).toBeUndefined()
    expect(explainConnection({ ...base, policies: closedBy(6) }, toPod).rules).toHaveLength(6)
    expect(
      explainConnection(
        { ...base, policies: closedBy(2) },
        { ...toPod, port: 'none' },
        { maxRemovals: Infinity },
      ).rules,
    ).toBeUndefined()
  })

  it('is found among many that say nothing of it', () => {
    const others = Array.from({ length: 60 }, (_, at) =>
      wide(`other-${at}`, {
        ingress: [
          { action: 'Pass', from: [{ namespaces: { matchLabels: { team: 'z' } } }] },
          { action: 'Deny', from: [{ namespaces: { matchLabels: { team: 'w' } } }] },
        ],
      }),
    )
    expect(explainConnection({ ...base, policies: [...others, ...closedBy(5)] }, toPod).rules).toHaveLength(5)
  })

  it('is looked for in one order, however many pass on to it', () => {
    const passes = wide('passes', {
      ingress: Array.from({ length: 8 }, () => ({ action: 'Pass', from: [every] })),
    })
    expect(
      explainConnection({ ...base, policies: [passes, ...closedBy(16)] }, toPod, {
        maxRemovals: 16,
      }).rules?.map(({ name }) => name),
    ).toEqual(closedBy(16).map(({ metadata }) => metadata.name))
  })

  it('is looked for where it is denied, however many allow on the other side', () => {
    const outs = Array.from({ length: 10 }, (_, at) =>
      narrow(`out-${at}`, { podSelector: {}, policyTypes: ['Egress'], egress: [{}] }, 'b'),
    )
    expect(
      explainConnection({ ...base, policies: [...outs, ...closedBy(10)] }, toPod, { maxRemovals: 10 }).rules,
    ).toHaveLength(10)
  })
})
