import * as fc from 'fast-check'
import type { Connection, EndpointRef, NetpolOptions, World, WorldNode, WorldPod, WorldPolicy } from '../../src/netpol/index.js'

const NAMESPACES = ['default', 'red', 'blue']
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.128', '10.0.1.0', '10.1.0.0', '11.0.0.0', '192.168.0.1', 'fd00::1', 'fd00::2', 'fd00:0:0:1::', '2001:db8::1']
const CIDRS = ['10.0.0.0/24', '10.0.0.1/32', '10.0.0.0/25', '10.0.0.7/8', '0.0.0.0/0', '192.168.0.0/16', 'fd00::/64', 'fd00::1/128', '::/0']
const EXCEPT: Readonly<Record<string, readonly string[]>> = {
  '10.0.0.0/24': ['10.0.0.0/31', '10.0.0.128/25'], '10.0.0.7/8': ['10.0.0.0/24', '10.0.0.2/32', '10.1.0.0/16'],
  '0.0.0.0/0': ['10.0.0.0/8', '128.0.0.0/1'], 'fd00::/64': ['fd00::2/127'], '::/0': ['fd00::/16', '2001:db8::1/128'],
}
const DOMAINS = ['www.example.com', 'example.com', 'a.b.example.com', 'example.org']
const PATTERNS = ['*.example.com', 'example.com', 'WWW.example.com.', '*.b.example.com', 'example.org']
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const
const PORT_NAMES = ['web', 'dns']
const PORTS = [1, 79, 80, 81, 443, 65535]

const key = fc.constantFrom('app', 'tier', 'kubernetes.io/metadata.name')
const value = fc.constantFrom('a', 'b', '', 'red')
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), value, { maxKeys: 2 })
const some = <T>(items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items)
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })

/** Leaves out what is undefined, as JSON would. */
function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, each]) => each !== undefined)) as T
}

const expression = fc.oneof(
  fc.record({ key, operator: some(['In', 'NotIn']), values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }) }),
  fc.record({ key, operator: some(['Exists', 'DoesNotExist']) }),
)

/** A label selector; an empty one often. */
export const selector: fc.Arbitrary<object> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.record({ matchLabels: fc.dictionary(key, value, { minKeys: 1, maxKeys: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }) },
)

const ipBlock = some(CIDRS).chain((cidr) => fc.record({ cidr: fc.constant(cidr), except: maybe(fc.subarray([...(EXCEPT[cidr] ?? [])], { minLength: EXCEPT[cidr] === undefined ? 0 : 1 })) }).map(defined))

const peer = fc.oneof(
  fc.record({ podSelector: selector }), fc.record({ namespaceSelector: selector }), fc.record({ namespaceSelector: selector, podSelector: selector }),
  fc.record({ ipBlock }), fc.record({ ipBlock }), fc.constant({}),
)

const netpolPort = fc.oneof(
  fc.record({ protocol: maybe(some(PROTOCOLS)) }).map(defined),
  fc.record({ protocol: maybe(some(PROTOCOLS)), port: fc.oneof(some(PORTS), some(PORT_NAMES)) }).map(defined),
  fc.record({ protocol: maybe(some(PROTOCOLS)), port: some([1, 79, 80]), endPort: some([80, 81, 65535]) }).map(defined),
)

const list = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<readonly T[] | null | undefined> =>
  fc.oneof({ weight: 1, arbitrary: fc.constantFrom(undefined, null) }, { weight: 4, arbitrary: fc.array(each, { maxLength: 2 }) })

const netpolRules = (peers: 'from' | 'to'): fc.Arbitrary<object> => fc.record({ [peers]: list(peer), ports: list(netpolPort) }).map(defined)

/** A NetworkPolicy without a name. */
export const networkPolicy: fc.Arbitrary<WorldPolicy> = fc.record({
  apiVersion: fc.constant('networking.k8s.io/v1'), kind: fc.constant('NetworkPolicy'), metadata: fc.record({ namespace: some(NAMESPACES) }),
  spec: fc.record({
    podSelector: fc.oneof(fc.constant({}), selector), policyTypes: maybe(fc.subarray(['Ingress', 'Egress'])),
    ingress: list(netpolRules('from')), egress: list(netpolRules('to')),
  }).map(defined),
})

const podsOf = fc.record({ namespaceSelector: selector, podSelector: selector })
const subject = fc.oneof(fc.constant({ namespaces: {} }), fc.record({ namespaces: selector }), fc.record({ pods: podsOf }))
const range = some([[1, 80], [79, 81], [80, 65535]] as const).map(([start, end]) => ({ start, end }))

const clusterPort = fc.oneof(
  some(['tcp', 'udp', 'sctp']).chain((field) => fc.oneof(
    fc.constant({}), fc.record({ destinationPort: fc.oneof(fc.record({ number: some(PORTS) }), fc.record({ range })) }),
  ).map((port) => ({ [field]: port }))),
  fc.record({ destinationNamedPort: some(PORT_NAMES) }),
  fc.constant({ icmp: {} }),
)
const adminPort = fc.oneof(
  fc.record({ portNumber: fc.record({ protocol: maybe(some(PROTOCOLS)), port: some(PORTS) }).map(defined) }),
  fc.record({ portRange: fc.tuple(maybe(some(PROTOCOLS)), range).map(([protocol, bounds]) => defined({ protocol, ...bounds })) }),
  fc.record({ namedPort: some(PORT_NAMES) }),
)

const inner = [fc.record({ namespaces: selector }), fc.record({ pods: podsOf })]
const ingressPeer = fc.oneof({ weight: 6, arbitrary: fc.oneof(...inner) }, { weight: 1, arbitrary: fc.constant({ services: {} }) })
const egressPeer = fc.oneof(
  ...inner, fc.record({ nodes: selector }), fc.record({ networks: fc.uniqueArray(some(CIDRS), { minLength: 1, maxLength: 2 }) }),
  fc.record({ domainNames: fc.uniqueArray(some(PATTERNS), { minLength: 1, maxLength: 2 }) }), fc.constant({}),
)

interface Form {
  readonly actions: readonly string[]
  readonly portsField: string
  readonly port: fc.Arbitrary<object>
}

function clusterRules(direction: 'ingress' | 'egress', { actions, portsField, port }: Form): fc.Arbitrary<readonly object[] | undefined> {
  const peers = fc.array(direction === 'ingress' ? ingressPeer : egressPeer, { minLength: 1, maxLength: 2 })
  return maybe(fc.array(fc.record({
    name: maybe(some(['first', 'second'])), action: some(actions), [direction === 'ingress' ? 'from' : 'to']: peers,
    [portsField]: maybe(fc.array(port, { minLength: 1, maxLength: 2 })),
  }).map(defined), { maxLength: 3 }))
}

function clusterPolicy(version: string, kind: string, form: Form, extra: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<WorldPolicy> {
  return fc.record({
    apiVersion: fc.constant(`policy.networking.k8s.io/${version}`), kind: fc.constant(kind),
    metadata: fc.record({ creationTimestamp: maybe(some(['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'])) }).map(defined),
    spec: fc.record({ ...extra, subject, ingress: clusterRules('ingress', form), egress: clusterRules('egress', form) }).map(defined),
  })
}

const newForm: Form = { actions: ['Accept', 'Deny', 'Pass'], portsField: 'protocols', port: clusterPort }
const oldForm: Form = { actions: ['Allow', 'Deny', 'Pass'], portsField: 'ports', port: adminPort }
const priority = some([0, 5, 1000])

/** A policy of any cluster-wide kind, without a name. */
export const clusterWidePolicy: fc.Arbitrary<WorldPolicy> = fc.oneof(
  { weight: 4, arbitrary: clusterPolicy('v1alpha2', 'ClusterNetworkPolicy', newForm, { tier: some(['Admin', 'Baseline']), priority }) },
  { weight: 1, arbitrary: clusterPolicy('v1alpha1', 'AdminNetworkPolicy', oldForm, { priority }) },
  { weight: 1, arbitrary: clusterPolicy('v1alpha1', 'BaselineAdminNetworkPolicy', { ...oldForm, actions: ['Allow', 'Deny'] }, {}) },
)

const container = fc.record({
  ports: fc.array(fc.record({ containerPort: some([80, 81]), name: maybe(some(PORT_NAMES)), protocol: maybe(some(PROTOCOLS)) }).map(defined), { maxLength: 2 }),
  restartPolicy: maybe(fc.constant('Always')),
}).map(defined)

const POD_IPS = [[], ['10.0.0.1'], ['10.0.0.2'], ['10.0.0.128', 'fd00::2'], ['fd00::1', '10.0.1.0'], ['fd00:0:0:1::']]

/** A pod without a name and without addresses. */
const barePod: fc.Arbitrary<WorldPod> = fc.record({
  metadata: fc.record({ namespace: some(NAMESPACES), labels }),
  spec: fc.record({
    nodeName: maybe(some(['n0', 'n1'])), hostNetwork: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    containers: fc.array(container, { maxLength: 2 }), initContainers: fc.array(container, { maxLength: 1 }),
  }).map(defined),
  status: fc.record({ phase: fc.oneof({ weight: 5, arbitrary: fc.constant('Running') }, { weight: 1, arbitrary: some(['Succeeded', 'Failed']) }) }),
})

/** Pods of a network of their own have addresses of their own; those on the host's, their node's or none that is told. */
function placed(pod: WorldPod, at: number, addresses: readonly string[]): WorldPod {
  const podIPs = pod.spec?.hostNetwork === true ? [] : addresses.map((ip) => ({ ip }))
  return { metadata: { ...pod.metadata, name: `p${at}` }, spec: pod.spec, status: { ...pod.status, podIPs } }
}

const nodes: fc.Arbitrary<readonly WorldNode[]> = fc.tuple(labels, labels).map((both) => both.map((each, at) => ({
  metadata: { name: `n${at}`, labels: each },
  status: { addresses: [{ type: 'Hostname', address: `n${at}` }, { type: 'InternalIP', address: ['192.168.0.1', '192.168.0.2'][at] ?? '' }, ...(at === 0 ? [{ type: 'InternalIP', address: 'fd00:0:0:2::1' }] : [])] },
})))

/** A small world in which much meets: few labels, addresses and ports, policies of every kind. */
export const world: fc.Arbitrary<World> = fc.record({
  namespaces: fc.subarray(NAMESPACES, { minLength: 1 }).chain((names) => fc.tuple(...names.map((name) => labels.map((each) => ({ metadata: { name, labels: each } }))))),
  pods: fc.tuple(fc.array(barePod, { minLength: 2, maxLength: 5 }), fc.shuffledSubarray(POD_IPS, { minLength: 5 }))
    .map(([pods, addresses]) => pods.map((pod, at) => placed(pod, at, addresses[at] ?? []))),
  nodes,
  policies: fc.tuple(fc.array(networkPolicy, { minLength: 1, maxLength: 3 }), fc.array(clusterWidePolicy, { minLength: 1, maxLength: 3 }))
    .map(([narrow, wide]) => [...wide, ...narrow].map((policy, at) => ({ ...policy, metadata: { ...policy.metadata, name: `x${9 - at}` } }))),
  domains: fc.dictionary(some(DOMAINS), fc.uniqueArray(some(ADDRESSES), { maxLength: 2 }), { maxKeys: 2 }),
})

/** Every choice that is open. */
export const options: fc.Arbitrary<NetpolOptions> = fc.record({
  hostNetwork: some(['node', 'pod'] as const), ownNode: some(['both', 'ingress', 'none'] as const), finishedPods: some(['ignored', 'selected'] as const),
  ipBlockPods: some(['match', 'ignore'] as const), equalPriority: some(['name', 'creation'] as const),
})

function endOf({ pods = [] }: World): fc.Arbitrary<EndpointRef> {
  const names = pods.map(({ metadata: { namespace = 'default', name = '' } }) => `${namespace}/${name}`)
  return fc.oneof(
    { weight: 6, arbitrary: some(names) }, { weight: 2, arbitrary: some([...ADDRESSES, '192.168.0.2']) }, { weight: 2, arbitrary: some([{ node: 'n0' }, { node: 'n1' }]) },
    { weight: 1, arbitrary: fc.constant('external') }, { weight: 2, arbitrary: some(DOMAINS).map((domain) => ({ domain })) },
  )
}

/** A connection in that world. */
export function connectionIn(where: World): fc.Arbitrary<Connection> {
  return fc.record({ from: endOf(where), to: endOf(where), port: some([...PORTS, 80, 80, 81]), protocol: some([...PROTOCOLS, 'TCP' as const]), service: maybe(fc.boolean()) })
    .map(defined)
}
