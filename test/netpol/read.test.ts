import { badInput } from '../support/typed.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proofErrors, evaluate, evaluateModel, readWorld, WorldError } from '../../src/netpol/index.js'
import type { PolicyQuery, NetpolOptions, World } from '../../src/netpol/index.js'
import { connectionIn, world } from './arbitraries.js'

const np = (spec: unknown): unknown => ({
  kind: 'NetworkPolicy',
  metadata: { name: 'x', namespace: 'a' },
  spec,
})
const ingress = (rule: unknown): unknown => np({ ingress: [rule] })
const cnp = (spec: object): unknown => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name: 'x' },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const egress = (rule: object): unknown =>
  cnp({ egress: [{ action: 'Deny', to: [{ namespaces: {} }], ...rule }] })
const anp = (ports: unknown): unknown => ({
  kind: 'AdminNetworkPolicy',
  metadata: { name: 'x' },
  spec: {
    priority: 1,
    subject: { namespaces: {} },
    ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ports }],
  },
})

const NP = 'NetworkPolicy a/x: '
const CNP = 'ClusterNetworkPolicy x: '
const cidrText = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

const policies: readonly (readonly [policy: unknown, text: string])[] = [
  [7, 'policies[0]: Invalid value: "number": must be an object'],
  [
    { metadata: { name: 'x' } },
    'policies[0]: kind: Unsupported value: null: supported values: "NetworkPolicy", ' +
      '"ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"',
  ],
  [null, 'policies[0]: Required value'],
  [{ kind: 'NetworkPolicy' }, 'policies[0]: metadata.name: Required value'],
  [
    { kind: 'NetworkPolicy', apiVersion: 'v1', metadata: { name: 'x' } },
    'policies[0]: apiVersion: Unsupported value: "v1": supported values: "networking.k8s.io/v1", ' +
      '"extensions/v1beta1"',
  ],
  [np(3), `${NP}spec: Invalid value: 3: must be an object`],
  [
    np({ podselector: {} }),
    `${NP}spec.podselector: Invalid value: "{...}": unknown field; known are podSelector, ingress, ` +
      'egress, policyTypes',
  ],
  [
    np({ policyTypes: ['ingress'] }),
    `${NP}spec.policyTypes[0]: Invalid value: "ingress": supported values: "Ingress", "Egress"`,
  ],
  [np({ ingress: {} }), `${NP}spec.ingress: Invalid value: "{...}": must be a list`],
  [
    ingress({ to: [] }),
    `${NP}spec.ingress[0].to: Invalid value: "[...]": unknown field; known are from, ports`,
  ],
  [
    ingress({ from: [{ ipBlock: { cidr: '10.0.0.0' } }] }),
    `${NP}spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": ${cidrText}`,
  ],
  [ingress({ from: [{ ipBlock: {} }] }), `${NP}spec.ingress[0].from[0].ipBlock.cidr: Required value`],
  [
    ingress({ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/9'] } }] }),
    `${NP}spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/9": must be a strict ` +
      `subset of \`cidr\``,
  ],
  [
    ingress({ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }),
    `${NP}spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer`,
  ],
  [
    ingress({ from: [{ podSelector: { matchLabels: { app: 1 } } }] }),
    `${NP}spec.ingress[0].from[0].podSelector.matchLabels.app: Invalid value: 1: must be a string`,
  ],
  [
    ingress({ from: [{ podSelector: { matchExpressions: [{ key: 'a', operator: 'in', values: ['b'] }] } }] }),
    `${NP}spec.ingress[0].from[0].podSelector.matchExpressions[0].operator: Invalid value: "in": not ` +
      'a valid selector operator',
  ],
  [
    ingress({ from: [{ podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }] }),
    `${NP}spec.ingress[0].from[0].podSelector.matchExpressions[0].values: Required value: must be ` +
      `specified when \`operator\` is 'In' or 'NotIn'`,
  ],
  [
    ingress({ ports: [{ protocol: 'tcp' }] }),
    `${NP}spec.ingress[0].ports[0].protocol: Invalid value: "tcp": supported values: "TCP", "UDP", "SCTP"`,
  ],
  [
    ingress({ ports: [{ port: 0 }] }),
    `${NP}spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive`,
  ],
  [
    ingress({ ports: [{ port: 1e300 }] }),
    `${NP}spec.ingress[0].ports[0].port: Invalid value: 1e+300: must be between 1 and 65535, inclusive`,
  ],
  [
    ingress({ ports: [{ port: 'no_name' }] }),
    `${NP}spec.ingress[0].ports[0].port: Invalid value: "no_name": must contain only alpha-numeric ` +
      'characters (a-z, 0-9), and hyphens (-)',
  ],
  [
    ingress({ ports: [{ port: 80, endPort: 79 }] }),
    `${NP}spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to \`port\``,
  ],
  [
    ingress({ ports: [{ endPort: 79 }] }),
    `${NP}spec.ingress[0].ports[0].endPort: Invalid value: 79: may not be specified when \`port\` is ` +
      'not specified',
  ],
  [
    ingress({ ports: [{ port: 'web', endPort: 79 }] }),
    `${NP}spec.ingress[0].ports[0].endPort: Invalid value: 79: may not be specified when \`port\` is ` +
      'non-numeric',
  ],
  [cnp({ tier: 'admin' }), `${CNP}spec.tier: Invalid value: "admin": supported values: "Admin", "Baseline"`],
  [
    cnp({ priority: 1001 }),
    `${CNP}spec.priority: Invalid value: 1001: must be between 0 and 1000, inclusive`,
  ],
  [cnp({ priority: undefined }), `${CNP}spec.priority: Required value`],
  [cnp({ subject: {} }), `${CNP}spec.subject: Forbidden: must have one of namespaces and pods`],
  [
    cnp({ subject: { namespaces: {}, pods: {} } }),
    `${CNP}spec.subject: Invalid value: ["namespaces","pods"]: must have at most 1 property`,
  ],
  [
    egress({ action: 'Allow' }),
    `${CNP}spec.egress[0].action: Invalid value: "Allow": supported values: "Accept", "Deny", "Pass"`,
  ],
  [egress({ to: [] }), `${CNP}spec.egress[0].to: Required value: must have at least 1 item`],
  [
    egress({ to: [{ networks: [] }] }),
    `${CNP}spec.egress[0].to[0].networks: Required value: must have at least 1 item`,
  ],
  [
    egress({ to: [{ networks: ['x'] }] }),
    `${CNP}spec.egress[0].to[0].networks[0]: Invalid value: "x": ${cidrText}`,
  ],
  [
    egress({ to: [{ namespaces: {}, nodes: {} }] }),
    `${CNP}spec.egress[0].to[0]: Invalid value: ["namespaces","nodes"]: must have at most 1 property`,
  ],
  [
    egress({ to: [{ namespaces: { sameLabels: ['x'] } }] }),
    `${CNP}spec.egress[0].to[0].namespaces.sameLabels: Invalid value: "[...]": unknown field; known ` +
      'are matchLabels, matchExpressions',
  ],
  [
    egress({ action: 'Accept', to: [{ domainNames: ['x', '*'] }] }),
    `${CNP}spec.egress[0].to[0].domainNames[0]: Invalid value: "x": must be a domain name, or one ` +
      'with the prefix "*."; spec.egress[0].to[0].domainNames[1]: Invalid value: "*": must be a domain ' +
      'name, or one with the prefix "*."',
  ],
  [
    egress({ protocols: [{ tcp: { destinationPort: { range: { start: 80, end: 80 } } } }] }),
    `${CNP}spec.egress[0].protocols[0].tcp.destinationPort.range: Invalid value: "{...}": Start port ` +
      'must be less than End port',
  ],
  [
    egress({ protocols: [{ tcp: { destinationPort: { range: { start: 80 } } } }] }),
    `${CNP}spec.egress[0].protocols[0].tcp.destinationPort.range.end: Required value`,
  ],
  [
    egress({ protocols: [{ tcp: { destinationPort: {} } }] }),
    `${CNP}spec.egress[0].protocols[0].tcp.destinationPort: Required value: must have one of number ` +
      'and range',
  ],
  [
    cnp({ egress: Array.from({ length: 26 }, () => ({ action: 'Deny', to: [{ namespaces: {} }] })) }),
    `${CNP}spec.egress: Too many: 26: must have at most 25 items`,
  ],
  [
    anp([{ portNumber: {} }]),
    'AdminNetworkPolicy x: spec.ingress[0].ports[0].portNumber.port: Required value',
  ],
  [
    anp([{ portRange: { start: 9, end: 8 } }]),
    'AdminNetworkPolicy x: spec.ingress[0].ports[0].portRange: Invalid value: "{...}": Start port ' +
      'must be less than End port',
  ],
]

const pods = [
  { metadata: { namespace: 'a', name: 'p' }, status: { podIP: '10.0.0.1' } },
  { metadata: { namespace: 'a', name: 'q' }, status: { podIP: '10.0.0.1' } },
]
const metadata = { name: 'x' }

const worlds: readonly (readonly [world: unknown, text: string])[] = [
  [null, 'world: Required value'],
  [
    { pod: [] },
    'world: pod: Invalid value: "": unknown field (did you mean pods?); known are namespaces, pods, nodes, ' +
      'services, policies, domains',
  ],
  [{ pods: {} }, 'world: pods: Invalid value: "object": must be a list of objects'],
  [{ pods: [pods[0], pods[0]] }, 'world: pods: Duplicate value: "a/p"'],
  [
    { pods: [{ metadata, status: { podIP: '10.0.0' } }] },
    'Pod x: status.podIP: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or ' +
      '2001:db8::ffff)',
  ],
  [
    { pods: [{ metadata, spec: { containers: [{ ports: [{ containerPort: 'x' }] }] } }] },
    'Pod x: spec.containers[0].ports[0].containerPort: Invalid value: "x": must be an integer',
  ],
  [
    { pods: [{ metadata: { name: 'a/b' } }] },
    'Pod a/b: metadata.name: Invalid value: "a/b": may not contain \'/\'',
  ],
  [
    { namespaces: [{ metadata: { name: 'a', labels: [] } }] },
    'Namespace a: metadata.labels: Invalid value: "[...]": must be an object',
  ],
  [
    { nodes: [{ metadata, status: { addresses: [{ type: 'InternalIP', address: 'x' }] } }] },
    'Node x: status.addresses[0].address: Invalid value: "x": must be a valid IP address, (e.g. ' +
      '10.9.8.7 or 2001:db8::ffff)',
  ],
  [
    { domains: { 'a.b': ['x'] } },
    'world: domains.a.b[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or ' +
      '2001:db8::ffff)',
  ],
]

const connections: readonly (readonly [connection: unknown, text: string])[] = [
  [undefined, 'connection: Required value'],
  [{ to: 'a/p', port: 80 }, 'connection: from: Required value'],
  [{ from: 'a/none', to: 'a/p', port: 80 }, 'connection: from: Not found: "a/none"'],
  [{ from: { pod: 'p' }, to: 'a/p', port: 80 }, 'connection: from: Not found: "default/p"'],
  [
    { from: 'web', to: 'a/p', port: 80 },
    "connection: from: Invalid value: \"web\": must be 'namespace/pod', 'namespace/deploy/name', " +
      "'namespace/label=value', an IP address or 'external'",
  ],
  [
    { from: 'a/p', to: { name: 'x' }, port: 80 },
    'connection: to: Invalid value: ["name"]: must have one of pod, node, ip, domain, external',
  ],
  [
    { from: 'a/p', to: 3, port: 80 },
    'connection: to: Invalid value: "number": must be a string or an object',
  ],
  [
    { from: 'a/p', to: '10.0.0.1', port: 80 },
    'connection: to: Invalid value: "10.0.0.1": is the address of both a/p and a/q',
  ],
  [{ from: 'a/p', to: { node: 'n' }, port: 80 }, 'connection: to.node: Not found: "n"'],
  [
    { from: 'a/p', to: 'a/q' },
    'connection: port: Invalid value: "undefined": must be between 1 and 65535, inclusive, or a name',
  ],
  [
    { from: 'a/p', to: 'a/q', port: 65536 },
    'connection: port: Invalid value: "65536": must be between 1 and 65535, inclusive, or a name',
  ],
  [
    { from: 'a/p', to: 'external', port: 'web' },
    'connection: port: Invalid value: "web": only pods have ports with names',
  ],
  [
    { from: 'a/p', to: 'a/q', port: 80, protocol: 'ICMP' },
    'connection: protocol: Invalid value: "ICMP": policies speak of TCP, UDP, SCTP only',
  ],
  [
    { from: 'a/p', to: '10.9.9.9', port: 80, family: 'IPv6' },
    'connection: to: Invalid value: "10.9.9.9": is not an IPv6 address',
  ],
]

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('what cannot be read', () => {
  it.each(policies)('policy %#', (policy, text) => {
    expect(thrownBy(() => readWorld({ policies: [badInput(policy)] }))).toMatchObject({
      name: 'WorldError',
      message: text,
    })
  })

  it.each(worlds)('world %#', (objects, text) => {
    expect(thrownBy(() => readWorld(objects as World))).toMatchObject({ name: 'WorldError', message: text })
  })

  it.each(connections)('connection %#', (connection, text) => {
    expect(thrownBy(() => evaluate({ pods }, connection as PolicyQuery))).toMatchObject({
      name: 'WorldError',
      message: text,
    })
  })

  it('options', () => {
    expect(() =>
      evaluate(
        { pods },
        { from: 'a/p', to: 'a/q', port: 1 },
        badInput<NetpolOptions>({ hostNetwork: 'host' }),
      ),
    ).toThrow('hostNetwork must be one of node, pod, not host')
    expect(() => readWorld({}, { hostnetwork: 'pod' } as NetpolOptions)).toThrow(
      'unknown option hostnetwork (did you mean hostNetwork?)',
    )
  })
})

/** What is said of an object, a line each fault. */
function faultsOf(objects: unknown): readonly string[] {
  const error = thrownBy(() => readWorld(objects as World))
  return error instanceof WorldError
    ? [error.object, ...error.faults.map(({ field, body }) => `${field}: ${body}`)]
    : ['read']
}

it('all that is wrong with an object is told at once', () => {
  const wrong = [1, true, 'x', { a: 1 }, [1]]
  const podWith = (name: unknown, namespace: unknown): unknown => ({
    metadata: { name, namespace, labels: { a: 1, b: {}, c: null, d: 'd' } },
    spec: {
      nodeName: 7,
      containers: [
        3,
        { ports: 4 },
        { ports: ['x', { name: 5, containerPort: 0, protocol: 'udp' }, { containerPort: 1.5 }] },
      ],
      initContainers: [{ ports: [{ containerPort: '80' }] }],
    },
    status: { phase: 8, podIP: 9, podIPs: ['10.0.0.1', { ip: '10.0.0.1/8' }, { ip: 4 }] },
  })
  expect(faultsOf({ pods: [podWith('p', 'a/b')] })).toMatchInlineSnapshot(`
    [
      "Pod a/b/p",
      "metadata.namespace: Invalid value: "a/b": may not contain '/'",
      "spec.nodeName: Invalid value: 7: must be a string",
      "status.phase: Invalid value: 8: must be a string",
      "metadata.labels.a: Invalid value: 1: must be a string",
      "metadata.labels.b: Invalid value: "{...}": must be a string",
      "status.podIPs[0]: Invalid value: "10.0.0.1": must be an object",
      "status.podIPs[1].ip: Invalid value: "10.0.0.1/8": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
      "status.podIPs[2].ip: Invalid value: 4: must be a string",
      "status.podIP: Invalid value: 9: must be a string",
      "spec.containers[0]: Invalid value: 3: must be an object",
      "spec.containers[1].ports: Invalid value: 4: must be a list",
      "spec.containers[2].ports[0]: Invalid value: "x": must be an object",
      "spec.containers[2].ports[1].name: Invalid value: 5: must be a string",
      "spec.containers[2].ports[1].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive",
      "spec.containers[2].ports[1].protocol: Invalid value: "udp": supported values: "TCP", "UDP", "SCTP"",
      "spec.containers[2].ports[2].containerPort: Invalid value: 1.5: must be an integer",
      "spec.initContainers[0].ports[0].containerPort: Invalid value: "80": must be an integer",
    ]
  `)
  expect(faultsOf({ pods: [podWith('p', 'a')] })).toHaveLength(17)
  expect(wrong.map((spec) => faultsOf({ pods: [{ metadata: { name: 'p' }, spec, status: spec }] })))
    .toMatchInlineSnapshot(`
    [
      [
        "Pod p",
        "spec: Invalid value: 1: must be an object",
        "status: Invalid value: 1: must be an object",
      ],
      [
        "Pod p",
        "spec: Invalid value: true: must be an object",
        "status: Invalid value: true: must be an object",
      ],
      [
        "Pod p",
        "spec: Invalid value: "x": must be an object",
        "status: Invalid value: "x": must be an object",
      ],
      [
        "read",
      ],
      [
        "Pod p",
        "spec: Invalid value: "[...]": must be an object",
        "status: Invalid value: "[...]": must be an object",
      ],
    ]
  `)
  expect(wrong.map((metadata) => faultsOf({ nodes: [{ metadata }] }))).toMatchInlineSnapshot(`
    [
      [
        "nodes[0]",
        "metadata: Invalid value: 1: must be an object",
        "metadata.name: Required value",
      ],
      [
        "nodes[0]",
        "metadata: Invalid value: true: must be an object",
        "metadata.name: Required value",
      ],
      [
        "nodes[0]",
        "metadata: Invalid value: "x": must be an object",
        "metadata.name: Required value",
      ],
      [
        "nodes[0]",
        "metadata.name: Required value",
      ],
      [
        "nodes[0]",
        "metadata: Invalid value: "[...]": must be an object",
        "metadata.name: Required value",
      ],
    ]
  `)
  expect(
    [{ name: 1 }, { name: 'n', namespace: 2 }, { name: 'n', labels: 'x' }].map((metadata) =>
      faultsOf({ namespaces: [{ metadata }] }),
    ),
  ).toMatchInlineSnapshot(`
    [
      [
        "namespaces[0]",
        "metadata.name: Invalid value: 1: must be a string",
        "metadata.name: Required value",
      ],
      [
        "Namespace n",
        "metadata.namespace: Invalid value: 2: must be a string",
      ],
      [
        "Namespace n",
        "metadata.labels: Invalid value: "x": must be an object",
      ],
    ]
  `)
  expect(
    faultsOf({
      nodes: [
        {
          metadata: { name: 'n', labels: 3 },
          status: {
            addresses: [1, { type: 'ExternalIP', address: 'x' }, { type: 'Hostname', address: 'x' }],
          },
        },
      ],
    }),
  ).toMatchInlineSnapshot(`
    [
      "Node n",
      "status.addresses[0]: Invalid value: 1: must be an object",
      "status.addresses[1].address: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
      "metadata.labels: Invalid value: 3: must be an object",
    ]
  `)
  const selector = {
    matchLabels: { '-': '!' },
    matchExpressions: [
      1,
      { key: 2, operator: 3, values: 4 },
      { key: 'a', operator: 'In', values: [5], more: 6 },
    ],
  }
  expect(
    faultsOf({
      policies: [
        np({
          podSelector: selector,
          policyTypes: [1, 'Egress'],
          ingress: [
            1,
            {
              from: [2, { ipBlock: 3 }, { ipBlock: { cidr: 4, except: [5], more: 6 } }],
              ports: [7, { port: {}, endPort: 'x' }],
            },
          ],
          egress: 8,
        }),
      ],
    }),
  ).toMatchInlineSnapshot(`
    [
      "NetworkPolicy a/x",
      "spec.ingress[0]: Invalid value: 1: must be an object",
      "spec.ingress[1].from[0]: Invalid value: 2: must be an object",
      "spec.ingress[1].from[1].ipBlock: Invalid value: 3: must be an object",
      "spec.ingress[1].from[2].ipBlock.more: Invalid value: 6: unknown field; known are cidr, except",
      "spec.ingress[1].from[2].ipBlock.cidr: Invalid value: 4: must be a string",
      "spec.ingress[1].from[2].ipBlock.cidr: Required value",
      "spec.ingress[1].from[2].ipBlock.except[0]: Invalid value: 5: must be a string",
      "spec.ingress[1].from[2].ipBlock.except[0]: Required value",
      "spec.ingress[1].ports[0]: Invalid value: 7: must be an object",
      "spec.ingress[1].ports[1].endPort: Invalid value: "x": must be an integer",
      "spec.ingress[1].ports[1].port: Invalid value: "{...}": must be an integer",
      "spec.egress: Invalid value: 8: must be a list",
      "spec.policyTypes[0]: Invalid value: 1: supported values: "Ingress", "Egress"",
      "spec.podSelector.matchExpressions[0]: Invalid value: 1: must be an object",
      "spec.podSelector.matchExpressions[1].values: Invalid value: 4: must be a list",
      "spec.podSelector.matchExpressions[1].key: Invalid value: 2: must be a string",
      "spec.podSelector.matchExpressions[1].operator: Invalid value: 3: must be a string",
      "spec.podSelector.matchExpressions[2].more: Invalid value: 6: unknown field; known are key, operator, values",
      "spec.podSelector.matchExpressions[2].values[0]: Invalid value: 5: must be a string",
    ]
  `)
  expect(
    faultsOf({
      policies: [
        ingress({
          from: [
            {
              ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8', '10.0.0.0/7', 'fd00::/9', '9.0.0.0/9'] },
            },
          ],
          ports: [{ port: 'UPPER-and--much-too-long-', endPort: 70000 }],
        }),
      ],
    }),
  ).toMatchInlineSnapshot(`
    [
      "NetworkPolicy a/x",
      "spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\`",
      "spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "10.0.0.0/7": must be a strict subset of \`cidr\`",
      "spec.ingress[0].from[0].ipBlock.except[2]: Invalid value: "fd00::/9": must be a strict subset of \`cidr\`",
      "spec.ingress[0].from[0].ipBlock.except[3]: Invalid value: "9.0.0.0/9": must be a strict subset of \`cidr\`",
      "spec.ingress[0].ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
      "spec.ingress[0].ports[0].port: Invalid value: "UPPER-and--much-too-long-": must be no more than 15 characters",
      "spec.ingress[0].ports[0].port: Invalid value: "UPPER-and--much-too-long-": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
      "spec.ingress[0].ports[0].port: Invalid value: "UPPER-and--much-too-long-": must not contain consecutive hyphens",
      "spec.ingress[0].ports[0].port: Invalid value: "UPPER-and--much-too-long-": must not begin or end with a hyphen",
    ]
  `)
  expect(
    faultsOf({
      policies: [
        {
          kind: 'ClusterNetworkPolicy',
          metadata: { name: 'x', creationTimestamp: 'yesterday' },
          spec: {
            tier: 1,
            priority: 'high',
            subject: { pods: { podSelector: selector, more: 1 }, more: {} },
            more: 2,
            ingress: [
              {
                name: 3,
                action: 4,
                from: [{ pods: 5 }, 6],
                protocols: [
                  7,
                  { tcp: 8 },
                  { udp: { more: 9 } },
                  { sctp: { destinationPort: { number: 0, more: 1 } } },
                ],
              },
            ],
            egress: [
              {
                to: [{ networks: [1, '10.0.0.0'] }, { domainNames: 'x' }, { nodes: 'x' }],
                more: 1,
                protocols: [
                  { destinationNamedPort: 5 },
                  { tcp: { destinationPort: { range: { start: 2, end: 1 } } } },
                  { tcp: {}, udp: {} },
                ],
              },
            ],
          },
        },
      ],
    }),
  ).toMatchInlineSnapshot(`
    [
      "ClusterNetworkPolicy x",
      "spec.more: Invalid value: 2: unknown field; known are subject, ingress, egress, tier, priority",
      "spec.tier: Invalid value: 1: supported values: "Admin", "Baseline"",
      "spec.priority: Invalid value: "high": must be an integer",
      "metadata.creationTimestamp: Invalid value: "yesterday": must be a time as of RFC 3339",
      "spec.subject.more: Invalid value: "{...}": unknown field; known are namespaces, pods",
      "spec.subject.pods.more: Invalid value: 1: unknown field; known are namespaceSelector, podSelector",
      "spec.subject.pods.podSelector.matchExpressions[0]: Invalid value: 1: must be an object",
      "spec.subject.pods.podSelector.matchExpressions[1].values: Invalid value: 4: must be a list",
      "spec.subject.pods.podSelector.matchExpressions[1].key: Invalid value: 2: must be a string",
      "spec.subject.pods.podSelector.matchExpressions[1].operator: Invalid value: 3: must be a string",
      "spec.subject.pods.podSelector.matchExpressions[2].more: Invalid value: 6: unknown field; known are key, operator, values",
      "spec.subject.pods.podSelector.matchExpressions[2].values[0]: Invalid value: 5: must be a string",
      "spec.ingress[0].action: Invalid value: 4: supported values: "Accept", "Deny", "Pass"",
      "spec.ingress[0].from[0].pods: Invalid value: 5: must be an object",
      "spec.ingress[0].from[1]: Invalid value: 6: must be an object",
      "spec.ingress[0].protocols[0]: Invalid value: 7: must be an object",
      "spec.ingress[0].protocols[1].tcp: Invalid value: 8: must be an object",
      "spec.ingress[0].protocols[2].udp.more: Invalid value: 9: unknown field; known are destinationPort",
      "spec.ingress[0].protocols[3].sctp.destinationPort.more: Invalid value: 1: unknown field; known are number, range",
      "spec.ingress[0].protocols[3].sctp.destinationPort.number: Invalid value: 0: must be between 1 and 65535, inclusive",
      "spec.ingress[0].name: Invalid value: 3: must be a string",
      "spec.egress[0].more: Invalid value: 1: unknown field; known are name, action, to, protocols",
      "spec.egress[0].action: Invalid value: "": supported values: "Accept", "Deny", "Pass"",
      "spec.egress[0].to[0].networks[0]: Invalid value: 1: must be a string",
      "spec.egress[0].to[0].networks[0]: Required value",
      "spec.egress[0].to[0].networks[1]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
      "spec.egress[0].to[1].domainNames: Invalid value: "x": must be a list",
      "spec.egress[0].to[1].domainNames: Required value: must have at least 1 item",
      "spec.egress[0].to[2].nodes: Invalid value: "x": must be an object",
      "spec.egress[0].protocols[0].destinationNamedPort: Invalid value: 5: must be a string",
      "spec.egress[0].protocols[1].tcp.destinationPort.range: Invalid value: "{...}": Start port must be less than End port",
      "spec.egress[0].protocols[2]: Invalid value: ["tcp","udp"]: must have at most 1 property",
    ]
  `)
  expect(
    faultsOf({
      policies: [
        {
          kind: 'AdminNetworkPolicy',
          metadata: { name: 'x' },
          spec: {
            subject: 1,
            ingress: [
              {
                action: 'Accept',
                from: [],
                ports: [
                  { portNumber: { port: 0, protocol: 'tcp', more: 1 } },
                  { portRange: { start: 1 } },
                  { namedPort: 4 },
                  { namedPort: 'a', portNumber: {} },
                  5,
                ],
              },
            ],
          },
        },
      ],
    }),
  ).toMatchInlineSnapshot(`
    [
      "AdminNetworkPolicy x",
      "spec.priority: Required value",
      "spec.subject: Invalid value: 1: must be an object",
      "spec.subject: Forbidden: must have one of namespaces and pods",
      "spec.ingress[0].action: Invalid value: "Accept": supported values: "Allow", "Deny", "Pass"",
      "spec.ingress[0].from: Required value: must have at least 1 item",
      "spec.ingress[0].ports[0].portNumber.more: Invalid value: 1: unknown field; known are protocol, port",
      "spec.ingress[0].ports[0].portNumber.protocol: Invalid value: "tcp": supported values: "TCP", "UDP", "SCTP"",
      "spec.ingress[0].ports[0].portNumber.port: Invalid value: 0: must be between 1 and 65535, inclusive",
      "spec.ingress[0].ports[1].portRange.end: Required value",
      "spec.ingress[0].ports[2].namedPort: Invalid value: 4: must be a string",
      "spec.ingress[0].ports[3]: Invalid value: ["namedPort","portNumber"]: must have at most 1 property",
      "spec.ingress[0].ports[3].portNumber.port: Required value",
      "spec.ingress[0].ports[4]: Invalid value: 5: must be an object",
    ]
  `)
  expect(
    faultsOf({
      policies: [
        {
          kind: 'BaselineAdminNetworkPolicy',
          metadata: { name: 'x' },
          spec: {
            priority: 1,
            subject: { namespaces: {} },
            ingress: [{ action: 'Pass', from: [{ namespaces: {} }] }],
            egress: [
              { action: 'Deny', to: [{ domainNames: ['example.com'] }, { networks: ['10.0.0.0/8'] }] },
            ],
          },
        },
      ],
    }),
  ).toMatchInlineSnapshot(`
    [
      "BaselineAdminNetworkPolicy x",
      "spec.priority: Invalid value: 1: unknown field; known are subject, ingress, egress",
      "spec.ingress[0].action: Invalid value: "Pass": supported values: "Allow", "Deny"",
    ]
  `)
})

/** Puts something else in one place of a copy. */
function disturbed(value: unknown, at: number, other: unknown): unknown {
  const copy = structuredClone(value)
  const places: (readonly [Record<string, unknown>, string])[] = []
  const walk = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    for (const key of Object.keys(each)) {
      places.push([each as Record<string, unknown>, key])
      walk((each as Record<string, unknown>)[key])
    }
  }
  walk(copy)
  const place = places[at % Math.max(places.length, 1)]
  if (place !== undefined) place[0][place[1]] = other
  return copy
}

it(
  'any nonsense in any place is told as such, or is read alike by evaluator and checker; nothing is ' +
    'changed',
  () => {
    const nonsense = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        '',
        '__proto__',
        'constructor',
        JSON.parse('{"__proto__":{"a":"b"}}'),
        -1,
        2 ** 53,
        '::1%eth0',
        '010.0.0.1/8',
        null,
      ),
    )
    const where = world.chain((each) => fc.tuple(fc.constant(each), connectionIn(each), fc.nat(), nonsense))
    fc.assert(
      fc.property(where, ([objects, connection, at, other]) => {
        const bad = disturbed(objects, at, other) as World
        const before = JSON.stringify(bad)
        try {
          const verdict = evaluateModel(readWorld(bad), connection)
          expect(proofErrors(bad, connection, verdict)).toEqual([])
        } catch (error) {
          if (!(error instanceof WorldError)) throw error
        }
        expect(JSON.stringify(bad)).toBe(before)
      }),
      { numRuns: 250 },
    )
  },
)
