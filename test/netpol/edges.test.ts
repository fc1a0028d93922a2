/**
 * Edges of the semantics, one line each, beside the cases of the conformance data, which are not there in
 * every clone.
 */
import { describe, expect, it } from 'vitest'
import { proofErrors, evaluate } from '../../src/netpol/index.js'
import type { PolicyQuery, NetpolOptions, World, WorldPod, WorldPolicy } from '../../src/netpol/index.js'
import { expectCompiled } from './compiled.js'

function pod(
  name: string,
  ip: string,
  more: { labels?: Record<string, string>; spec?: WorldPod['spec']; phase?: string } = {},
): WorldPod {
  const [namespace = '', short = ''] = name.split('/')
  const labels = more.labels ?? { app: short }
  return {
    metadata: { namespace, name: short, labels },
    spec: { ...more.spec },
    status: {
      phase: more.phase ?? 'Running',
      podIPs: ip === '' ? [] : ip.split(',').map((each) => ({ ip: each })),
    },
  }
}

const ports = (
  ...list: readonly string[]
): {
  readonly ports: readonly {
    readonly name: string
    readonly containerPort: number
    readonly protocol: string
  }[]
} => ({
  ports: list
    .map((each) => each.split(':'))
    .map(([name = '', port, protocol = 'TCP']) => ({ name, containerPort: Number(port), protocol })),
})

const base: World = {
  namespaces: [
    { metadata: { name: 'a', labels: { team: 'red' } } },
    { metadata: { name: 'b', labels: { team: 'blue', empty: '' } } },
  ],
  nodes: ['n1', 'n2'].map((name, at) => ({
    metadata: { name, labels: { os: at === 0 ? 'linux' : 'windows' } },
    status: {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: `172.18.0.${at + 1}` },
        { type: 'ExternalIP', address: `198.51.100.${at + 1}` },
      ],
    },
  })),
  domains: { 'www.example.com': ['198.51.100.77'], 'another.org.': ['198.51.100.77', '2001:db8::77'] },
  pods: [
    pod('a/p', '10.1.0.1,fd00::1', {
      spec: {
        nodeName: 'n1',
        containers: [ports('web:8080', 'web:9090:UDP', 'dns:53:UDP')],
        initContainers: [{ ...ports('side:81'), restartPolicy: 'Always' }, ports('init:82')],
      },
    }),
    pod('a/q', '10.1.0.2', { spec: { nodeName: 'n2' } }),
    pod('b/r', '10.1.1.1,fd00::2', { spec: { nodeName: 'n2', containers: [ports('web:8080')] }, labels: {} }),
    pod('b/host', '', { spec: { nodeName: 'n1', hostNetwork: true } }),
    pod('b/other', '', { spec: { nodeName: 'n2', hostNetwork: true } }),
    pod('b/done', '10.1.1.1', { phase: 'Succeeded' }),
    pod('c/lonely', '10.1.2.1'),
    {
      metadata: { name: 'bare' },
      spec: {
        containers: [
          {},
          {
            ports: [
              { containerPort: 70 },
              { name: 'bare', containerPort: 71 },
              { name: 'bare', containerPort: 72 },
            ],
          },
        ],
      },
      status: { podIP: '10.1.3.1', podIPs: [{ ip: '10.1.3.1' }, { ip: 'fd00::3' }] },
    },
  ],
}

const np = (spec: object, namespace = 'a'): WorldPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'x', namespace },
  spec: { podSelector: {}, ...spec },
})
const closed = np({ policyTypes: ['Ingress', 'Egress'] })
const from = (...peers: readonly object[]): WorldPolicy => np({ ingress: [{ from: peers }] })
const cnp = (spec: object, name = 'c'): WorldPolicy => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const out = (action: string, peer: object, more: object = {}): WorldPolicy =>
  cnp({ egress: [{ action, to: [peer], ...more }] })
const born = (day: number, action: string, name: string): WorldPolicy => ({
  ...out(action, { namespaces: {} }),
  metadata: { name, creationTimestamp: `2026-01-0${day}T00:00:00Z` },
})
const v1 = (kind: string, spec: object): WorldPolicy => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind,
  metadata: { name: 'default' },
  spec: { subject: { namespaces: {} }, ...spec },
})
const anp = (spec: object): WorldPolicy => v1('AdminNetworkPolicy', { priority: 1, ...spec })
const oldPort = (port: object): WorldPolicy =>
  anp({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ports: [port] }] })
const protocol = (...protocols: readonly object[]): WorldPolicy =>
  cnp({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }], protocols }] })

type Row = readonly [
  rule: string,
  policies: readonly WorldPolicy[],
  connection: string,
  allowed: boolean,
  options?: NetpolOptions,
]

/** `b/r -> a/p:80/UDP`, with `via service` at the end. */
function connection(text: string): PolicyQuery {
  const [, source = '', target = '', port = '', kind] =
    /^(\S+) -> (\S+):([\w-]+)(?:\/(\w+))?/.exec(text) ?? []
  const end = (each: string): PolicyQuery['from'] =>
    each.startsWith('node=')
      ? { node: each.slice(5) }
      : each.startsWith('www=')
        ? { domain: each.slice(4) }
        : each
  return {
    from: end(source),
    to: end(target),
    port: /^\d+$/.test(port) ? Number(port) : port,
    ...(kind === undefined ? {} : { protocol: kind as 'UDP' }),
    ...(text.endsWith('via service') ? { service: true } : {}),
  }
}

const tables: Readonly<Record<string, readonly Row[]>> = {
  isolation: [
    ['no policy', [], 'b/r -> a/p:80', true],
    ['ingress is isolated without policyTypes', [np({})], 'b/r -> a/p:80', false],
    ['egress is not', [np({})], 'a/p -> b/r:80', true],
    ['an empty list of egress rules does not isolate egress', [np({ egress: [] })], 'a/p -> b/r:80', true],
    ['one egress rule does', [np({ egress: [{ to: [{ podSelector: {} }] }] })], 'a/p -> b/r:80', false],
    [
      'sections of other directions are ignored',
      [np({ policyTypes: ['Egress'], ingress: [] })],
      'b/r -> a/p:80',
      true,
    ],
    ['a null podSelector is an empty one', [np({ podSelector: null })], 'b/r -> a/p:80', false],
    ['an empty rule allows everything', [np({ ingress: [{}] })], 'external -> a/p:80/SCTP', true],
    [
      'null peers and no ports are everything',
      [np({ ingress: [{ from: null, ports: [] }] })],
      'external -> a/p:80/UDP',
      true,
    ],
    [
      'both sides must allow',
      [np({ ingress: [{}], policyTypes: ['Ingress', 'Egress'] })],
      'a/q -> a/p:80',
      false,
    ],
    ['policies are of their namespace', [np({}, 'b')], 'b/r -> a/p:80', true],
    ['without a namespace it is default', [{ ...closed, metadata: { name: 'x' } }], 'b/r -> a/p:80', true],
  ],
  peers: [
    ['podSelector is of the own namespace', [from({ podSelector: {} })], 'b/r -> a/p:80', false],
    ['and finds those there', [from({ podSelector: {} })], 'a/q -> a/p:80', true],
    [
      'every namespace has no addresses outside',
      [from({ namespaceSelector: {} })],
      'external -> a/p:80',
      false,
    ],
    [
      'NotIn matches an absent key',
      [
        from({
          namespaceSelector: {},
          podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['q'] }] },
        }),
      ],
      'b/r -> a/p:80',
      true,
    ],
    [
      'a label that is empty must be there',
      [from({ namespaceSelector: { matchLabels: { empty: '' } } })],
      'c/lonely -> a/p:80',
      false,
    ],
    ['and may be', [from({ namespaceSelector: { matchLabels: { empty: '' } } })], 'b/r -> a/p:80', true],
    [
      'a namespace without an object has its name',
      [from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'c' } } })],
      'c/lonely -> a/p:80',
      true,
    ],
    ['a peer without a known field matches nothing', [from({ serviceSelector: {} })], 'b/r -> a/p:80', false],
    [
      'except cuts its own block only',
      [
        from(
          { ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.1.0/24'] } },
          { ipBlock: { cidr: '10.1.1.1/32' } },
        ),
      ],
      'b/r -> a/p:80',
      true,
    ],
    ['host bits are masked', [from({ ipBlock: { cidr: '10.1.1.200/24' } })], 'b/r -> a/p:80', true],
    [
      'IPv4 blocks do not hold IPv6',
      [from({ ipBlock: { cidr: '0.0.0.0/0' } })],
      '2001:db8::7 -> a/p:80',
      false,
    ],
    [
      'IPv4 in IPv6 clothes is IPv4',
      [from({ ipBlock: { cidr: '::ffff:9.0.0.0/104' } })],
      '9.8.7.6 -> a/p:80',
      true,
    ],
    [
      'the choice that blocks are for others',
      [from({ ipBlock: { cidr: '10.0.0.0/8' } })],
      'b/r -> a/p:80',
      false,
      { ipBlockPods: 'ignore' },
    ],
    [
      'which an address outside is',
      [from({ ipBlock: { cidr: '203.0.113.0/24' } })],
      'external -> a/p:80',
      true,
      { ipBlockPods: 'ignore' },
    ],
    [
      'an address of a pod is the pod',
      [from({ namespaceSelector: { matchLabels: { team: 'blue' } } })],
      '10.1.1.1 -> a/p:80',
      true,
    ],
    ['pods that ended are not found', [from({ namespaceSelector: {} })], 'b/done -> a/p:80', false],
    [
      'unless one wants them',
      [from({ namespaceSelector: {} })],
      'b/done -> a/p:80',
      true,
      { finishedPods: 'selected' },
    ],
  ],
  ports: [
    ['an empty entry is all of TCP', [np({ ingress: [{ ports: [{}] }] })], 'b/r -> a/p:9/TCP', true],
    ['and nothing of UDP', [np({ ingress: [{ ports: [{}] }] })], 'b/r -> a/p:9/UDP', false],
    [
      'a name is looked up with its protocol',
      [np({ ingress: [{ ports: [{ port: 'web', protocol: 'UDP' }] }] })],
      'b/r -> a/p:9090/UDP',
      true,
    ],
    [
      'which is TCP if it is not told',
      [np({ ingress: [{ ports: [{ port: 'dns' }] }] })],
      'b/r -> a/p:53/UDP',
      false,
    ],
    [
      'in the destination pod, for egress too',
      [np({ egress: [{ ports: [{ port: 'web' }] }] })],
      'a/q -> b/r:8080',
      true,
    ],
    [
      'addresses outside have no names',
      [np({ egress: [{ ports: [{ port: 'web' }] }] })],
      'a/q -> external:8080',
      false,
    ],
    ['sidecars have', [np({ ingress: [{ ports: [{ port: 'side' }] }] })], 'b/r -> a/p:81', true],
    ['init containers have not', [np({ ingress: [{ ports: [{ port: 'init' }] }] })], 'b/r -> a/p:82', false],
    [
      'endPort is included',
      [np({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })],
      'b/r -> a/p:90',
      true,
    ],
    [
      'and what is after it is not',
      [np({ ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })],
      'b/r -> a/p:91',
      false,
    ],
    [
      'a connection may ask for a name',
      [np({ ingress: [{ ports: [{ port: 8080 }] }] })],
      'b/r -> a/p:web',
      true,
    ],
    ['nothing answers to a name that is not there', [], 'b/r -> a/q:web', false],
    [
      'a container port is TCP if it is not told',
      [{ ...np({ ingress: [{ ports: [{ port: 'bare' }] }] }), metadata: { name: 'x' } }],
      'b/r -> default/bare:71',
      true,
    ],
    [
      'a name may be there twice',
      [{ ...np({ ingress: [{ ports: [{ port: 'bare' }] }] }), metadata: { name: 'x' } }],
      'b/r -> default/bare:72',
      true,
    ],
    [
      'a port without a name has none',
      [{ ...np({ ingress: [{ ports: [{ port: 'bare' }] }] }), metadata: { name: 'x' } }],
      'b/r -> default/bare:70',
      false,
    ],
    [
      'a pod without labels is not in',
      [{ ...from({ ipBlock: { cidr: 'fd00::/16' } }), metadata: { name: 'x' } }],
      'b/r -> default/bare:70',
      false,
    ],
    [
      'the second family is spoken where the source has no other',
      [{ ...from({ ipBlock: { cidr: 'fd00::/16' } }), metadata: { name: 'x' } }],
      'fd00::9 -> default/bare:70',
      true,
    ],
    [
      'SCTP is not TCP',
      [np({ ingress: [{ ports: [{ port: 80, protocol: 'SCTP' }] }] })],
      'b/r -> a/p:80',
      false,
    ],
  ],
  'nodes, hosts and self': [
    ['a pod reaches itself', [closed], 'a/p -> a/p:80', true],
    ['by its address too', [closed], 'a/p -> 10.1.0.1:80', true],
    ['its own node reaches it', [closed], 'node=n1 -> a/p:80', true],
    ['and its pods on the host network', [closed], 'b/host -> a/p:80', true],
    ['other nodes do not', [closed], '172.18.0.2 -> a/p:80', false],
    ['it reaches its own node', [closed], 'a/p -> 198.51.100.1:80', true],
    ['unless only the API counts', [closed], 'a/p -> 172.18.0.1:80', false, { ownNode: 'ingress' }],
    ['which is about ingress', [closed], '172.18.0.1 -> a/p:80', true, { ownNode: 'ingress' }],
    ['or nothing does', [closed], '172.18.0.1 -> a/p:80', false, { ownNode: 'none' }],
    [
      'host network pods are not selected',
      [np({ policyTypes: ['Ingress', 'Egress'] }, 'b')],
      'a/p -> b/host:80',
      true,
    ],
    [
      'unless they are pods like others',
      [np({ policyTypes: ['Ingress'] }, 'b')],
      'a/q -> b/host:80',
      false,
      { hostNetwork: 'pod' },
    ],
    ['nor found', [from({ namespaceSelector: {} })], 'b/other -> a/p:80', false],
    [
      'unless they are pods like others',
      [from({ namespaceSelector: {} })],
      'b/other -> a/p:80',
      true,
      { hostNetwork: 'pod' },
    ],
    [
      'a block finds them by the address of the node',
      [from({ ipBlock: { cidr: '172.18.0.2/32' } })],
      'b/other -> a/p:80',
      true,
    ],
  ],
  'cluster-wide': [
    [
      'no implicit isolation',
      [cnp({ ingress: [{ action: 'Accept', from: [{ namespaces: { matchLabels: { team: 'red' } } }] }] })],
      'b/r -> a/p:80',
      true,
    ],
    [
      'Admin comes first',
      [cnp({ ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }] }), closed],
      'b/r -> a/p:80',
      true,
    ],
    [
      'Pass leaves the tier',
      [
        cnp({
          ingress: [
            { action: 'Pass', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/r -> a/p:80',
      true,
    ],
    [
      'a NetworkPolicy decides before Baseline',
      [
        cnp({ tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }),
        np({ ingress: [{}] }),
      ],
      'b/r -> a/p:80',
      true,
    ],
    [
      'Baseline decides else',
      [cnp({ tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })],
      'b/r -> a/p:80',
      false,
    ],
    [
      'the lower priority comes first',
      [
        cnp({ priority: 9, egress: [{ action: 'Deny', to: [{ namespaces: {} }] }] }, 'a'),
        cnp({ priority: 0, egress: [{ action: 'Accept', to: [{ namespaces: {} }] }] }, 'z'),
      ],
      'a/q -> b/r:80',
      true,
    ],
    [
      'of equal ones the first name',
      [
        cnp({ egress: [{ action: 'Deny', to: [{ namespaces: {} }] }] }, 'a'),
        cnp({ egress: [{ action: 'Accept', to: [{ namespaces: {} }] }] }, 'z'),
      ],
      'a/q -> b/r:80',
      false,
    ],
    [
      'egress Accept does not open ingress',
      [out('Accept', { namespaces: {} }), np({}, 'b')],
      'a/q -> b/r:80',
      false,
    ],
    ['networks hold pods', [out('Deny', { networks: ['10.0.0.0/8'] })], 'a/q -> b/r:80', false],
    [
      'nodes by their addresses',
      [out('Deny', { nodes: { matchLabels: { os: 'linux' } } })],
      'a/q -> 198.51.100.1:80',
      false,
    ],
    [
      'and by their labels',
      [out('Deny', { nodes: { matchLabels: { os: 'linux' } } })],
      'a/q -> 198.51.100.2:80',
      true,
    ],
    ['the own node is no exception here', [out('Deny', { nodes: {} })], 'a/p -> node=n1:80', false],
    ['pods on the host network are their nodes', [out('Deny', { nodes: {} })], 'a/q -> b/host:80', false],
    ['and never pods', [out('Deny', { namespaces: {} })], 'a/q -> b/host:80', true, { hostNetwork: 'pod' }],
    ['a pod reaches itself', [out('Deny', { namespaces: {} })], 'a/p -> a/p:80', true],
    ['but not through a Service', [out('Deny', { namespaces: {} })], 'a/p -> a/p:80 via service', false],
    ['which no NetworkPolicy can block', [closed], 'a/p -> a/p:80 via service', true],
    [
      'domain names',
      [
        out('Accept', { domainNames: ['*.example.com'] }),
        cnp({ priority: 2, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] }, 'd'),
      ],
      'a/q -> www=www.Example.com.:443',
      true,
    ],
    [
      'a domain name',
      [
        out('Accept', { domainNames: ['www.example.com'] }),
        cnp({ priority: 2, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] }, 'd'),
      ],
      'a/q -> www=www.example.com:443',
      true,
    ],
    [
      'is not of those above it',
      [
        out('Accept', { domainNames: ['example.com'] }),
        cnp({ priority: 2, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] }, 'd'),
      ],
      'a/q -> www=www.example.com:443',
      false,
    ],
    [
      'an address has all names that led to it',
      [
        out('Accept', { domainNames: ['*.example.com'] }),
        cnp({ priority: 2, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] }, 'd'),
      ],
      'a/q -> 198.51.100.77:443',
      true,
    ],
    [
      'the older of equal priority, if so chosen',
      [born(2, 'Deny', 'a'), born(1, 'Accept', 'z')],
      'a/q -> b/r:80',
      true,
      { equalPriority: 'creation' },
    ],
    ['which is not the default', [born(2, 'Deny', 'a'), born(1, 'Accept', 'z')], 'a/q -> b/r:80', false],
    [
      'a wildcard is not the domain itself',
      [
        out('Accept', { domainNames: ['*.example.com'] }),
        cnp({ priority: 2, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] }, 'd'),
      ],
      'a/q -> www=example.com:443',
      false,
    ],
    [
      'domain names are for Accept: else all is denied',
      [out('Deny', { domainNames: ['example.com'] })],
      'a/q -> b/r:80',
      false,
    ],
    [
      'an unknown peer: Accept matches nothing',
      [
        out('Accept', { services: {} }),
        cnp({ priority: 2, egress: [{ action: 'Deny', to: [{ namespaces: {} }] }] }, 'd'),
      ],
      'a/q -> b/r:80',
      false,
    ],
    [
      'not even by its other peers',
      [
        cnp({ egress: [{ action: 'Accept', to: [{ namespaces: {} }, {}] }] }),
        np({}, 'b'),
        np({ egress: [{ to: [{ podSelector: {} }] }] }),
      ],
      'a/q -> b/r:80',
      false,
    ],
    [
      'an unknown peer: Deny denies all',
      [out('Deny', {}, { protocols: [{ udp: {} }] })],
      'a/q -> external:80',
      false,
    ],
    ['an unknown peer: Pass denies all', [out('Pass', {})], 'a/q -> b/r:80', false],
    ['a number', [protocol({ tcp: { destinationPort: { number: 80 } } })], 'b/r -> a/p:80', false],
    [
      'a range',
      [protocol({ sctp: { destinationPort: { range: { start: 80, end: 90 } } } })],
      'b/r -> a/p:90/SCTP',
      false,
    ],
    ['all ports of a protocol', [protocol({ udp: {} })], 'b/r -> a/p:1/UDP', false],
    [
      'a name, whatever its protocol',
      [protocol({ destinationNamedPort: 'dns' })],
      'b/r -> a/p:53/UDP',
      false,
    ],
    ['an unknown protocol fails closed', [protocol({ icmp: {} })], 'b/r -> a/p:1', false],
  ],
  'superseded kinds': [
    [
      'Allow is Accept',
      [anp({ ingress: [{ action: 'Allow', from: [{ namespaces: {} }] }] }), closed],
      'b/r -> a/p:80',
      true,
    ],
    [
      'Pass leaves the tier',
      [
        anp({
          ingress: [
            { action: 'Pass', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/r -> a/p:80',
      true,
    ],
    [
      'Allow in the baseline, too',
      [
        v1('BaselineAdminNetworkPolicy', {
          ingress: [
            { action: 'Allow', from: [{ namespaces: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }] },
          ],
        }),
      ],
      'b/r -> a/p:80',
      true,
    ],
    ['portNumber, TCP if it is not told', [oldPort({ portNumber: { port: 80 } })], 'b/r -> a/p:80', false],
    [
      'portNumber of another protocol',
      [oldPort({ portNumber: { port: 80, protocol: 'UDP' } })],
      'b/r -> a/p:80',
      true,
    ],
    [
      'portRange',
      [oldPort({ portRange: { start: 79, end: 81, protocol: 'SCTP' } })],
      'b/r -> a/p:81/SCTP',
      false,
    ],
    ['namedPort', [oldPort({ namedPort: 'web' })], 'b/r -> a/p:8080', false],
    [
      'Baseline is the baseline',
      [v1('BaselineAdminNetworkPolicy', { ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })],
      'b/r -> a/p:80',
      false,
    ],
    [
      'and after all others',
      [
        cnp(
          { tier: 'Baseline', priority: 1000, ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }] },
          'z',
        ),
        v1('BaselineAdminNetworkPolicy', { ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] }),
      ],
      'b/r -> a/p:80',
      true,
    ],
    [
      'egress to networks',
      [anp({ egress: [{ action: 'Deny', to: [{ networks: ['10.1.1.0/24'] }] }] })],
      'a/q -> b/r:80',
      false,
    ],
  ],
}

for (const [title, rows] of Object.entries(tables)) {
  describe(title, () => {
    it.each(rows.map((row) => [`${row[0]}: ${row[2]}`, row] as const))(
      '%s',
      (_, [, policies, text, allowed, options]) => {
        const world = { ...base, policies }
        const verdict = evaluate(world, connection(text), options)
        expect(verdict.allowed, JSON.stringify(verdict.proof, undefined, 1)).toBe(allowed)
        expect(proofErrors(world, connection(text), verdict)).toEqual([])
        expect(evaluate({ ...world, policies: policies.toReversed() }, connection(text), options)).toEqual(
          verdict,
        )
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
        expectCompiled(world, [{ connection: connection(text), allowed }], options)
      },
    )
  })
}

it('tells each side, tier, policy, rule and field', () => {
  const world = {
    ...base,
    policies: [
      from(
        { podSelector: { matchLabels: { app: 'z' } } },
        { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.1.0/24'] } },
      ),
      cnp({
        ingress: [
          {
            name: 'skip',
            action: 'Pass',
            from: [{ pods: { namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: {} } }],
          },
        ],
      }),
    ],
  }
  expect(evaluate(world, connection('b/r -> a/p:80')).proof).toMatchInlineSnapshot(`
    {
      "connection": {
        "from": {
          "address": "10.1.1.1",
          "pod": "b/r",
        },
        "port": 80,
        "protocol": "TCP",
        "to": {
          "address": "10.1.0.1",
          "pod": "a/p",
        },
      },
      "egress": {
        "allowed": true,
        "because": "default",
        "direction": "egress",
        "tiers": [
          {
            "outcome": "none",
            "policies": [],
            "tier": "Admin",
          },
          {
            "outcome": "none",
            "policies": [],
            "tier": "NetworkPolicy",
          },
          {
            "outcome": "none",
            "policies": [],
            "tier": "Baseline",
          },
        ],
      },
      "ingress": {
        "allowed": false,
        "because": "NetworkPolicy",
        "direction": "ingress",
        "tiers": [
          {
            "outcome": "Pass",
            "policies": [
              {
                "kind": "ClusterNetworkPolicy",
                "name": "c",
                "priority": 1,
                "rules": [
                  {
                    "action": "Pass",
                    "matched": true,
                    "name": "skip",
                    "path": "spec.ingress[0]",
                    "trials": [
                      {
                        "because": "podSelected",
                        "matched": true,
                        "path": "spec.ingress[0].from[0].pods.podSelector",
                      },
                      {
                        "because": "everyPort",
                        "matched": true,
                        "path": "spec.ingress[0].protocols",
                      },
                    ],
                  },
                ],
              },
            ],
            "tier": "Admin",
          },
          {
            "outcome": "Deny",
            "policies": [
              {
                "kind": "NetworkPolicy",
                "name": "x",
                "namespace": "a",
                "rules": [
                  {
                    "matched": false,
                    "path": "spec.ingress[0]",
                    "trials": [
                      {
                        "actual": "b",
                        "because": "otherNamespace",
                        "matched": false,
                        "path": "spec.ingress[0].from[0].podSelector",
                      },
                      {
                        "actual": "10.1.1.1",
                        "because": "addressExcepted",
                        "matched": false,
                        "path": "spec.ingress[0].from[1].ipBlock.except[0]",
                      },
                    ],
                  },
                ],
              },
            ],
            "tier": "NetworkPolicy",
          },
        ],
      },
      "options": {
        "equalPriority": "name",
        "finishedPods": "ignored",
        "hostNetwork": "node",
        "ipBlockPods": "match",
        "ownNode": "both",
      },
    }
  `)
})
