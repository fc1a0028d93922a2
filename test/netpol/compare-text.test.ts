import { describe, expect, it } from 'vitest'
import {
  analysePolicies,
  compare,
  formatChanges,
  policyChanges,
  type PolicyQuery,
  type NetpolOptions,
  type PolicyAnalysis,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import { formatConnection } from '../../src/netpol/compare/changes.js'

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
const app = (name: string): object => ({ podSelector: { matchLabels: { app: name } } })
const everyone = { namespaces: {} }
const into = (name: string, ...from: readonly object[]): WorldPolicy =>
  narrow(name, { podSelector: {}, ingress: [{ from }] })
const closed = narrow('closed', { podSelector: {} })
const shut = narrow('shut', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
const ingress = (name: string, priority: number, action: string): WorldPolicy =>
  wide(name, { priority, ingress: [{ action, from: [everyone] }] })

describe('what opens and closes', () => {
  const rule = (at: number, name = 'web'): object => ({
    policy: `NetworkPolicy default/${name}`,
    path: `spec.ingress[${at}]`,
  })
  const selects = { policy: 'NetworkPolicy default/closed', path: 'spec.podSelector' }
  const web = into('web', app('a'))

  it.each<[string, readonly WorldPolicy[], readonly WorldPolicy[], readonly object[], readonly object[]]>([
    [
      'a policy that closes what none decided',
      [],
      [closed],
      [],
      [{ told: 'ingress to pods in namespace default', deniedBy: selects, allowedBy: {} }],
    ],
    [
      'a rule that is gone, for which another policy denies now',
      [closed, web],
      [closed],
      [],
      [
        {
          told: 'ingress to pods in namespace default from pods app=a in namespace default, all ports',
          deniedBy: selects,
          allowedBy: rule(0),
        },
      ],
    ],
    [
      'a rule that is new',
      [closed],
      [closed, web],
      [
        {
          told: 'ingress to pods in namespace default from pods app=a in namespace default, all ports',
          deniedBy: selects,
          allowedBy: rule(0),
        },
      ],
      [],
    ],
    // both policies are others now: the rule is told, not that the other selects
    [
      'a rule for a policy',
      [web],
      [closed],
      [],
      [
        {
          told: 'ingress to pods in namespace default from pods app=a in namespace default, all ports',
          deniedBy: selects,
          allowedBy: rule(0),
        },
      ],
    ],
    [
      'rules that are others',
      [closed, web],
      [closed, into('web', app('b'))],
      [
        {
          told: 'ingress to pods in namespace default from pods app=b in namespace default, all ports',
          deniedBy: selects,
          allowedBy: rule(0),
        },
      ],
      [
        {
          told: 'ingress to pods in namespace default from pods app=a in namespace default, all ports',
          deniedBy: selects,
          allowedBy: rule(0),
        },
      ],
    ],
    // the Deny was there before
    [
      'an Accept that is gone, behind which a Deny stands',
      [
        wide('accept', {
          ingress: [{ action: 'Accept', from: [{ namespaces: { matchLabels: { team: 'x' } } }] }],
        }),
        ingress('deny', 2, 'Deny'),
      ],
      [ingress('deny', 2, 'Deny')],
      [],
      [
        {
          told: 'ingress to pods in any namespace from pods in namespaces team=x, all ports',
          deniedBy: { policy: 'ClusterNetworkPolicy deny', path: 'spec.ingress[0]' },
          allowedBy: { policy: 'ClusterNetworkPolicy accept', path: 'spec.ingress[0]' },
        },
      ],
    ],
    // what is gone decided nothing itself: what decides now is told, or where nothing does, what denied
    [
      'a Pass that is gone',
      [ingress('pass', 1, 'Pass'), ingress('deny', 2, 'Deny')],
      [ingress('deny', 2, 'Deny')],
      [],
      [
        {
          told: 'ingress to pods in any namespace from pods in any namespace, all ports',
          deniedBy: { policy: 'ClusterNetworkPolicy deny', path: 'spec.ingress[0]' },
          allowedBy: {},
        },
      ],
    ],
    [
      'a Pass that is new',
      [ingress('deny', 2, 'Deny')],
      [ingress('deny', 2, 'Deny'), ingress('pass', 1, 'Pass')],
      [
        {
          told: 'ingress to pods in any namespace from pods in any namespace, all ports',
          deniedBy: { policy: 'ClusterNetworkPolicy deny', path: 'spec.ingress[0]' },
          allowedBy: {},
        },
      ],
      [],
    ],
  ])('%s', (_, before, after, opened, shutNow) => {
    const found = policyChanges(before, after)
    const told = (changes: typeof found.opened): readonly object[] =>
      changes.map(({ deniedBy, allowedBy, text }) => ({
        told: text.slice(2, text.indexOf('\n')),
        deniedBy,
        allowedBy,
      }))
    expect([told(found.opened), told(found.closed)]).toEqual([opened, shutNow])
    expect(
      [...found.opened, ...found.closed].map(({ change, direction, example: { a, b } }) => [
        change,
        direction,
        a.allowed,
        b.allowed,
      ]),
    ).toEqual([
      ...opened.map(() => ['opened', 'ingress', false, true]),
      ...shutNow.map(() => ['closed', 'ingress', true, false]),
    ])
    expect(
      formatChanges(found)
        .split('\n')
        .filter((line) => /^[+-]/.test(line))
        .map(([sign]) => sign)
        .join(''),
    ).toBe('+'.repeat(opened.length) + '-'.repeat(shutNow.length))
  })

  it('is told by the rule that comes first, and each by its simplest example', () => {
    const deny = (...apps: readonly (string | undefined)[]): WorldPolicy =>
      wide('deny', {
        ingress: apps.map((name) => ({
          action: 'Deny',
          from: [name === undefined ? everyone : { pods: { podSelector: { matchLabels: { app: name } } } }],
        })),
      })
    const { closed: found } = policyChanges([], [deny('a', undefined, 'a')])
    expect(
      found.map(
        ({
          deniedBy,
          example: {
            world: { pods = [] },
          },
        }) => [deniedBy.path, pods.map(({ metadata: { labels } }) => labels)],
      ),
    ).toEqual([
      ['spec.ingress[0]', [{ app: 'a' }, undefined]],
      ['spec.ingress[1]', [undefined, undefined]],
    ])
  })

  it.each<[PolicyQuery, string]>([
    [{ from: 'a/p', to: 'b/q', port: 80 }, 'a/p -> b/q:80/TCP'],
    [{ from: { node: 'n' }, to: '10.0.0.1', port: 53, protocol: 'UDP' }, 'node n -> 10.0.0.1:53/UDP'],
    [{ from: 'external', to: 'fd00::1', port: 'web' }, 'external -> [fd00::1]:web/TCP'],
    [{ from: 'fd00::2', to: { node: 'n' }, port: 1 }, 'fd00::2 -> node n:1/TCP'],
    [{ from: { pod: 'p' }, to: 'a/p', port: 1 }, '{"pod":"p"} -> a/p:1/TCP'],
  ])('%j is told short', (connection, text) => {
    expect(formatConnection(connection)).toBe(text)
  })
})

/** The objects of an example, a line for each, and the connection. */
function drawn(
  a: readonly WorldPolicy[],
  b: readonly WorldPolicy[],
  options: NetpolOptions = {},
): readonly string[] {
  const { onlyB } = compare(a, b, options)
  if (onlyB === undefined) return []
  const {
    world: { namespaces = [], nodes = [], pods = [], domains = {} },
    connection,
  } = onlyB
  const labelled = (labels: Readonly<Record<string, string>> | undefined): string =>
    Object.entries(labels ?? {})
      .map(([key, value]) => ` ${key}=${value}`)
      .join('')
  return [
    ...namespaces.map(({ metadata: { name, labels } }) => `namespace ${name}${labelled(labels)}`),
    ...nodes.map(
      ({ metadata: { name, labels }, status }) =>
        `node ${name} ` +
        `${status?.addresses?.map(({ type, address }) => `${type} ${address}`).join()}${labelled(labels)}`,
    ),
    ...pods.map(
      ({ metadata: { namespace, name, labels }, spec, status }) =>
        `pod ${namespace}/${name} ` +
        `${status?.podIP}${labelled(labels)}${spec === undefined ? '' : ` ${JSON.stringify(spec)}`}`,
    ),
    ...Object.entries(domains).map(([name, addresses]) => `domain ${name} ${addresses.join()}`),
    `${formatConnection(connection)}${connection.service === true ? ' through a Service' : ''}`,
  ]
}

describe('examples', () => {
  const strange = [
    wide('in', { ingress: [{ action: 'Deny', from: [{ services: {} }] }] }),
    wide('out', { egress: [{ action: 'Deny', to: [{ services: {} }] }] }),
  ]
  const open = (rule: object): WorldPolicy =>
    narrow('open', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ...rule })
  const oneRange = open({
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }],
    ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }],
  })
  const named = (to: readonly string[]): WorldPolicy =>
    wide('named', { egress: [{ action: 'Accept', to: [{ domainNames: to }] }] })
  const labels = (key: string, operator: string, values?: readonly string[]): object => ({
    matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
  })
  const below81 = [
    wide('below', {
      egress: [
        {
          action: 'Accept',
          to: [{ domainNames: ['*.example.com'] }],
          protocols: [{ tcp: { destinationPort: { number: 81 } } }],
        },
      ],
    }),
  ]
  // nobody comes in until a NetworkPolicy selects the pod: then its own node does
  const nodesOnly = [
    wide('last', { tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ services: {} }] }] }),
    wide('zone', { egress: [{ action: 'Pass', to: [{ nodes: { matchLabels: { zone: 'z' } } }] }] }),
  ]
  /** Not of the namespace default. */
  const outsider = (operator: string): object => ({
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['default'] },
      { key: 'team', operator },
    ],
  })
  const sender = wide('x', {
    subject: { namespaces: outsider('Exists') },
    ingress: [{ action: 'Deny', from: [{ namespaces: outsider('DoesNotExist') }] }],
  })
  const team = (operator: string): object => labels('team', operator)

  it.each<[string, readonly WorldPolicy[], readonly WorldPolicy[], readonly string[], NetpolOptions?]>([
    [
      'from outside',
      [closed],
      [closed, into('x', { ipBlock: { cidr: '0.0.0.0/0' } })],
      ['namespace default', 'pod default/server 10.244.0.11', '203.0.113.9 -> default/server:80/TCP'],
    ],
    [
      'to a node',
      [shut],
      [shut, wide('x', { egress: [{ action: 'Accept', to: [{ nodes: { matchLabels: { zone: 'z' } } }] }] })],
      [
        'namespace default',
        'node node-2 InternalIP 192.168.0.2 zone=z',
        'pod default/client 10.244.0.10',
        'default/client -> node node-2:80/TCP',
      ],
    ],
    // no two ends have one address
    [
      'in one range',
      [
        oneRange,
        wide('no', {
          subject: { pods: { podSelector: labels('app', 'DoesNotExist') } },
          egress: [{ action: 'Deny', to: [{ pods: app('x') }] }],
        }),
      ],
      [oneRange],
      [
        'namespace default',
        'pod default/client 10.0.0.1',
        'pod default/server 10.0.0.0 app=x',
        'default/client -> default/server:80/TCP',
      ],
    ],
    [
      'two namespaces without a name of their own',
      [closed],
      [closed, into('x', { namespaceSelector: labels('kubernetes.io/metadata.name', 'NotIn', ['default']) })],
      [
        'namespace elsewhere',
        'namespace default',
        'pod elsewhere/client 10.244.0.10',
        'pod default/server 10.244.0.11',
        'elsewhere/client -> default/server:80/TCP',
      ],
    ],
    [
      'two of them',
      [sender],
      [],
      [
        'namespace elsewhere',
        'namespace other team=other',
        'pod elsewhere/client 10.244.0.10',
        'pod other/server 10.244.0.11',
        'elsewhere/client -> other/server:80/TCP',
      ],
    ],
    [
      'a port by its name, and a number',
      [closed],
      [
        closed,
        narrow('x', {
          podSelector: {},
          ingress: [{ from: [app('a')], ports: [{ port: 'web', protocol: 'UDP' }] }],
        }),
      ],
      [
        'namespace default',
        'pod default/client 10.244.0.10 app=a',
        'pod default/server 10.244.0.11 ' +
          '{"containers":[{"ports":[{"name":"web","containerPort":80,"protocol":"UDP"}]}]}',
        'default/client -> default/server:80/UDP',
      ],
    ],
    [
      'a value that no policy speaks of',
      [closed],
      [
        closed,
        into('x', {
          podSelector: {
            matchExpressions: [
              { key: 'app', operator: 'Exists' },
              { key: 'app', operator: 'NotIn', values: ['other', 'other-2'] },
            ],
          },
        }),
      ],
      [
        'namespace default',
        'pod default/client 10.244.0.10 app=other-3',
        'pod default/server 10.244.0.11',
        'default/client -> default/server:80/TCP',
      ],
    ],
    [
      'the namespace of both has its labels once',
      [
        wide('x', {
          ingress: [{ action: 'Deny', from: [everyone] }],
          subject: { namespaces: team('Exists') },
        }),
        shut,
      ],
      [
        open({
          egress: [{ to: [{ namespaceSelector: team('Exists') }] }],
          ingress: [{ from: [{ podSelector: {} }] }],
        }),
      ],
      [
        'namespace default team=other',
        'pod default/client 10.244.0.10',
        'pod default/server 10.244.0.11',
        'default/client -> default/server:80/TCP',
      ],
    ],
    [
      'the other namespace has its own',
      [closed],
      [closed, into('x', { namespaceSelector: team('Exists') })],
      [
        'namespace default team=other',
        'pod default/client 10.244.0.10',
        'pod default/server 10.244.0.11',
        'default/client -> default/server:80/TCP',
      ],
    ],
    [
      'a domain below a wildcard',
      [shut],
      [shut, named(['*.any.example.com'])],
      [
        'namespace default',
        'pod default/client 10.244.0.10',
        'domain any-2.any.example.com 203.0.113.10',
        'default/client -> 203.0.113.10:80/TCP',
      ],
    ],
    [
      'a domain by its name',
      [shut],
      [shut, named(['www.example.com', '*.example.org'])],
      [
        'namespace default',
        'pod default/client 10.244.0.10',
        'domain www.example.com 203.0.113.10',
        'default/client -> 203.0.113.10:80/TCP',
      ],
    ],
    [
      'a domain that another holds',
      [shut, ...below81],
      [shut, ...below81, named(['www.example.com'])],
      [
        'namespace default',
        'pod default/client 10.244.0.10',
        'domain www.example.com 203.0.113.10',
        'default/client -> 203.0.113.10:80/TCP',
      ],
    ],
    [
      'a domain that holds another',
      [
        shut,
        wide('x', { priority: 2, egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] }] }),
      ],
      [
        shut,
        named(['www.example.com']),
        wide('y', { priority: 0, egress: [{ action: 'Accept', to: [{ domainNames: ['*.example.com'] }] }] }),
      ],
      [
        'namespace default',
        'pod default/client 10.244.0.10',
        'domain any.example.com 203.0.113.10',
        'default/client -> 203.0.113.10:80/TCP',
      ],
    ],
    [
      'a pod that reaches itself',
      [wide('base', { tier: 'Baseline', ingress: [{ action: 'Deny', from: [everyone] }] })],
      [wide('base', { tier: 'Baseline', ingress: [{ action: 'Deny', from: [everyone] }] }), closed],
      [
        'namespace default',
        'pod default/client 10.244.0.10',
        'default/client -> default/client:80/TCP through a Service',
      ],
    ],
    [
      'a node from which it comes',
      nodesOnly,
      [...nodesOnly, closed],
      [
        'namespace default',
        'node own-node InternalIP 192.168.0.1',
        'pod default/server 10.244.0.11 {"nodeName":"own-node"}',
        'node own-node -> default/server:80/TCP',
      ],
    ],
    [
      'pods on the network of their nodes',
      [...strange, shut],
      [
        ...strange,
        shut,
        into('x', { podSelector: {} }),
        narrow('y', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] }),
      ],
      [
        'namespace default',
        'node node-1 InternalIP 192.168.0.1',
        'node node-2 InternalIP 192.168.0.2',
        'pod default/client 192.168.0.1 {"nodeName":"node-1","hostNetwork":true}',
        'pod default/server 192.168.0.2 {"nodeName":"node-2","hostNetwork":true}',
        'default/client -> default/server:80/TCP',
      ],
      { hostNetwork: 'pod' },
    ],
    [
      'port 80 where nothing else is asked for',
      [closed],
      [
        closed,
        narrow('x', { podSelector: {}, ingress: [{ from: [app('a')], ports: [{ port: 80, endPort: 90 }] }] }),
      ],
      [
        'namespace default',
        'pod default/client 10.244.0.10 app=a',
        'pod default/server 10.244.0.11',
        'default/client -> default/server:80/TCP',
      ],
    ],
    [
      'or where it is the last',
      [closed],
      [
        closed,
        narrow('x', { podSelector: {}, ingress: [{ from: [app('a')], ports: [{ port: 70, endPort: 80 }] }] }),
      ],
      [
        'namespace default',
        'pod default/client 10.244.0.10 app=a',
        'pod default/server 10.244.0.11',
        'default/client -> default/server:80/TCP',
      ],
    ],
    [
      'else the first of the range',
      [closed],
      [
        closed,
        narrow('x', { podSelector: {}, ingress: [{ from: [app('a')], ports: [{ port: 81, endPort: 90 }] }] }),
      ],
      [
        'namespace default',
        'pod default/client 10.244.0.10 app=a',
        'pod default/server 10.244.0.11',
        'default/client -> default/server:81/TCP',
      ],
    ],
  ])('%s', (_, a, b, expected, options) => {
    expect(drawn(a, b, options)).toEqual(expected)
  })
})

describe('what is in vain', () => {
  const found = (policies: readonly WorldPolicy[], field: keyof PolicyAnalysis): readonly string[] =>
    analysePolicies(policies)[field].map(
      ({ policy, path }) => `${policy}${path === undefined ? '' : ` ${path}`}`,
    )
  const both = { matchLabels: { x: 'a' }, matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['a'] }] }
  const last = (...actions: readonly string[]): WorldPolicy =>
    wide('last', { tier: 'Baseline', ingress: actions.map((action) => ({ action, from: [everyone] })) })

  it.each<[string, keyof PolicyAnalysis, readonly WorldPolicy[], readonly string[]]>([
    [
      'a rule after one that decides',
      'shadowedRules',
      [ingress('a', 1, 'Accept'), ingress('b', 2, 'Deny')],
      ['ClusterNetworkPolicy b spec.ingress[0]'],
    ],
    [
      'after Pass, which leaves the tier',
      'shadowedRules',
      [ingress('a', 1, 'Pass'), ingress('b', 2, 'Deny')],
      ['ClusterNetworkPolicy b spec.ingress[0]'],
    ],
    [
      'a rule of a NetworkPolicy after one that decides',
      'shadowedRules',
      [ingress('a', 1, 'Deny'), into('x', { podSelector: {} })],
      ['NetworkPolicy default/x spec.ingress[0]'],
    ],
    [
      'but not after Pass, whatever comes after that',
      'shadowedRules',
      [ingress('a', 1, 'Pass'), ingress('b', 2, 'Deny'), into('x', { podSelector: {} })],
      ['ClusterNetworkPolicy b spec.ingress[0]'],
    ],
    [
      'the last tier after one that decides',
      'shadowedRules',
      [ingress('a', 1, 'Deny'), last('Accept')],
      ['ClusterNetworkPolicy last spec.ingress[0]'],
    ],
    [
      'the last tier after a NetworkPolicy, only where that selects',
      'shadowedRules',
      [closed, last('Deny', 'Accept')],
      ['ClusterNetworkPolicy last spec.ingress[1]'],
    ],
    [
      'the last tier where a NetworkPolicy always selects',
      'shadowedRules',
      [
        closed,
        wide('last', {
          tier: 'Baseline',
          subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } },
          ingress: [{ action: 'Deny', from: [everyone] }],
        }),
      ],
      ['ClusterNetworkPolicy last spec.ingress[0]'],
    ],
    [
      'two peers of one rule are one',
      'shadowedRules',
      [
        wide('a', {
          ingress: [
            { action: 'Deny', from: [everyone, { pods: { podSelector: { matchLabels: { app: 'a' } } } }] },
          ],
        }),
      ],
      [],
    ],
    [
      'a peer that nobody is',
      'vacuousRules',
      [into('x', { podSelector: both })],
      ['NetworkPolicy default/x spec.ingress[0]'],
    ],
    [
      'a rule that allows what others do',
      'redundantRules',
      [
        narrow('x', {
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: {} }] }, { from: [app('a')] }],
        }),
      ],
      ['NetworkPolicy default/x spec.ingress[1]'],
    ],
    [
      'a rule that denies what others do',
      'redundantRules',
      [
        wide('x', {
          ingress: [
            { action: 'Deny', from: [everyone] },
            { action: 'Deny', from: [{ pods: app('a') }] },
          ],
        }),
      ],
      ['ClusterNetworkPolicy x spec.ingress[1]'],
    ],
    [
      'no rule of a redundant policy',
      'redundantRules',
      [closed, narrow('x', { podSelector: {}, ingress: [{ from: [{ podSelector: both }] }] })],
      [],
    ],
    ['a policy', 'redundantPolicies', [closed, narrow('x', { ...app('a') })], ['NetworkPolicy default/x']],
    [
      'selectors of NetworkPolicies',
      'vacuousSelectors',
      [
        narrow('x', {
          podSelector: both,
          policyTypes: ['Ingress', 'Egress'],
          ingress: [{}, { from: [{ podSelector: both }, { namespaceSelector: both }] }],
          egress: [{ to: [{ namespaceSelector: both, podSelector: both }] }],
        }),
      ],
      [
        'spec.podSelector',
        'spec.ingress[1].from[0].podSelector',
        'spec.ingress[1].from[1].namespaceSelector',
        'spec.egress[0].to[0].namespaceSelector',
        'spec.egress[0].to[0].podSelector',
      ].map((path) => `NetworkPolicy default/x ${path}`),
    ],
    [
      'selectors of cluster-wide policies',
      'vacuousSelectors',
      [
        wide('x', {
          subject: { namespaces: both },
          ingress: [{ action: 'Deny', from: [{ namespaces: both }] }],
          egress: [
            {
              action: 'Deny',
              to: [
                { pods: { namespaceSelector: both, podSelector: both } },
                { nodes: both },
                { networks: ['10.0.0.0/8'] },
              ],
            },
          ],
        }),
        wide('y', { subject: { pods: { podSelector: both } } }),
      ],
      [
        'x spec.subject',
        'x spec.ingress[0].from[0].namespaces',
        'x spec.egress[0].to[0].pods.namespaceSelector',
        'x spec.egress[0].to[0].pods.podSelector',
        'x spec.egress[0].to[1].nodes',
        'y spec.subject.pods.podSelector',
      ].map((path) => `ClusterNetworkPolicy ${path}`),
    ],
    [
      'no selector of two keys, or of one that is absent',
      'vacuousSelectors',
      [
        narrow('x', { podSelector: { matchLabels: { a: '1', b: '2' } } }),
        narrow('y', { podSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } }),
        narrow('z', {
          podSelector: {
            matchExpressions: [
              { key: 'a', operator: 'Exists' },
              { key: 'a', operator: 'NotIn', values: ['1'] },
            ],
          },
        }),
      ],
      [],
    ],
  ])('%s', (_, field, policies, expected) => {
    expect(found(policies, field)).toEqual(expected)
  })
})
