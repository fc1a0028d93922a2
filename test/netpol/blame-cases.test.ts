import { expect, it } from 'vitest'
import { blame, type Connection, type NetpolOptions, type World, type WorldPod, type WorldPolicy } from '../../src/netpol/index.js'

const narrow = (name: string, spec: object, namespace = 'a'): WorldPolicy => ({ kind: 'NetworkPolicy', metadata: { namespace, name }, spec })
const wide = (name: string, spec: object): WorldPolicy => ({ kind: 'ClusterNetworkPolicy', metadata: { name }, spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec } })
const pod = (namespace: string, name: string, podIP: string, spec: WorldPod['spec'] = {}): WorldPod => ({ metadata: { namespace, name, labels: { app: name } }, spec, status: { podIP } })
const labels = (app: string): object => ({ matchLabels: { app } })
const closed = narrow('closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
const open = (rule: object): WorldPolicy => narrow('open', { podSelector: {}, ingress: [rule] })
const deny = (to: object, more: object = {}): WorldPolicy => wide('deny', { egress: [{ action: 'Deny', to: [to], ...more }] })
const ports = [{ name: 'web', containerPort: 8080 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }]
const base: World = {
  namespaces: [{ metadata: { name: 'a', labels: { team: 'x' } } }, { metadata: { name: 'b', labels: { team: 'y' } } }],
  nodes: [{ metadata: { name: 'n', labels: { zone: 'z' } }, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.1' }] } }, { metadata: { name: 'm' }, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.2' }] } }],
  domains: { 'www.example.com': ['198.51.100.7'] },
  pods: [pod('a', 'p', '10.0.0.1', { nodeName: 'n', containers: [{ ports }] }), pod('a', 'q', '10.0.0.2'), pod('b', 'r', '10.0.0.3'), pod('b', 'host', '172.18.0.2', { hostNetwork: true, nodeName: 'm' })],
}

/** `NetworkPolicy a/x spec.ingress[0]`, `Pod a/p app: p -> q`. */
function told(policies: readonly WorldPolicy[], connection: Connection, options: NetpolOptions & { readonly most?: number } = {}): readonly unknown[] {
  const { verdict, rules, labels: changes } = blame({ ...base, policies }, connection, options)
  const name = ({ kind, namespace, name: own }: { readonly kind: string, readonly namespace?: string, readonly name: string }): string => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${own}`
  return [
    verdict.allowed ? 'allowed' : 'denied', rules?.map((each) => `${name(each)}${each.path === undefined ? '' : ` ${each.path}`}`),
    changes?.map((each) => `${name(each)} ${each.key}: ${String(each.from)} -> ${String(each.to)}`),
  ]
}

const inTeam = (team: string): object => ({ namespaceSelector: { matchLabels: { team } } })
const some = (...values: readonly string[]): object => ({ pods: { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values }] } } })
const noApp: object = { pods: { podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } } }

const cases: readonly (readonly [string, readonly WorldPolicy[], Connection, readonly unknown[], (NetpolOptions & { readonly most?: number })?])[] = [
  ['a namespace that is not chosen', [open({ from: [inTeam('z')] })], { from: 'b/r', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/open'], ['Namespace b team: y -> z']]],
  ['one that is', [open({ from: [inTeam('y')] })], { from: 'b/r', to: 'a/p', port: 80 }, ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], ['Namespace b team: y -> null']]],
  ['the namespace of both', [open({ from: [inTeam('y')] })], { from: 'a/q', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/open'], ['Namespace a team: x -> y']]],
  ['a pod of the own namespace, or not', [open({ from: [{ podSelector: labels('s') }] })], { from: 'b/r', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/open'], undefined]],
  ['and there', [open({ from: [{ podSelector: labels('s') }] })], { from: 'a/q', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']]],
  ['what is selected', [narrow('closed', { podSelector: labels('p') })], { from: 'b/r', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/closed'], ['Pod a/p app: p -> null']]],
  ['a node', [deny({ nodes: { matchLabels: { zone: 'z' } } })], { from: 'a/p', to: { node: 'n' }, port: 80 }, ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Node n zone: z -> null']]],
  ['another node', [deny({ nodes: { matchLabels: { zone: 'z' } } })], { from: 'a/p', to: '172.18.0.2', port: 80 }, ['allowed', undefined, ['Node m zone: null -> z']]],
  ['its own node, which no NetworkPolicy blocks', [closed], { from: { node: 'n' }, to: 'a/p', port: 80 }, ['allowed', undefined, undefined]],
  ['nor on the way out', [closed], { from: 'a/p', to: { node: 'n' }, port: 80 }, ['allowed', undefined, undefined]],
  ['another node is', [narrow('closed', { podSelector: labels('p') })], { from: { node: 'm' }, to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/closed'], ['Pod a/p app: p -> null']]],
  ['a pod that is on no node', [narrow('closed', { podSelector: labels('q') })], { from: { node: 'm' }, to: 'a/q', port: 80 }, ['denied', ['NetworkPolicy a/closed'], ['Pod a/q app: q -> null']]],
  ['the port by its name', [narrow('open', { podSelector: labels('p'), ingress: [{ from: [{ podSelector: labels('s') }], ports: [{ port: 'web' }] }] })], { from: 'a/q', to: 'a/p', port: 8080 }, ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']]],
  ['another port', [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'web' }] })], { from: 'a/q', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/open'], undefined]],
  ['of another protocol', [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'web', protocol: 'UDP' }] })], { from: 'a/q', to: 'a/p', port: 8080, protocol: 'UDP' }, ['denied', ['NetworkPolicy a/open'], undefined]],
  ['of its protocol', [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 'dns', protocol: 'UDP' }] })], { from: 'a/q', to: 'a/p', port: 53, protocol: 'UDP' }, ['denied', ['NetworkPolicy a/open'], ['Pod a/q app: q -> s']]],
  ['the port by its number', [open({ from: [{ podSelector: labels('s') }], ports: [{ port: 80 }] })], { from: 'a/q', to: 'a/p', port: 81 }, ['denied', ['NetworkPolicy a/open'], undefined]],
  ['a name that there is not', [], { from: 'a/q', to: 'a/p', port: 'none' }, ['denied', undefined, undefined]],
  ['an address', [narrow('open', { podSelector: labels('p'), ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }] })], { from: 'b/r', to: 'a/p', port: 80 }, ['allowed', ['NetworkPolicy a/open spec.ingress[0]'], undefined]],
  ['another address', [open({ from: [{ ipBlock: { cidr: '10.1.0.0/24' } }] })], { from: 'b/r', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/open'], undefined]],
  ['a domain', [wide('names', { subject: { pods: { podSelector: labels('p') } }, egress: [{ action: 'Accept', to: [{ domainNames: ['*.example.com'] }] }, { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] })], { from: 'a/p', to: '198.51.100.7', port: 80 }, ['allowed', ['ClusterNetworkPolicy names spec.egress[0]'], undefined]],
  ['another domain', [wide('names', { subject: { pods: { podSelector: labels('p') } }, egress: [{ action: 'Accept', to: [{ domainNames: ['*.example.org'] }] }, { action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] })], { from: 'a/p', to: '198.51.100.7', port: 80 }, ['denied', ['ClusterNetworkPolicy names spec.egress[1]'], ['Pod a/p app: p -> null']]],
  ['a value that no policy knows', [wide('deny', { egress: [{ action: 'Deny', to: [some('q', 'other'), noApp] }] })], { from: 'a/p', to: 'a/q', port: 80 }, ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/q app: q -> other-2']]],
  ['and no pod has', [wide('deny', { egress: [{ action: 'Deny', to: [some('q'), noApp] }] })], { from: 'a/p', to: 'a/q', port: 80 }, ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/q app: q -> other']]],
  ['itself', [closed, deny({ namespaces: {} })], { from: 'a/p', to: 'a/p', port: 80 }, ['allowed', undefined, undefined]],
  ['itself through a Service', [closed, deny({ pods: { podSelector: labels('p') } })], { from: 'a/p', to: 'a/p', port: 80, service: true }, ['denied', ['ClusterNetworkPolicy deny spec.egress[0]'], ['Pod a/p app: p -> null']]],
  ['a pod on the network of its node', [narrow('closed', { podSelector: labels('host') }, 'b')], { from: 'a/p', to: 'b/host', port: 80 }, ['allowed', undefined, undefined]],
  ['which is a pod', [narrow('closed', { podSelector: labels('host') }, 'b')], { from: 'a/p', to: 'b/host', port: 80 }, ['denied', ['NetworkPolicy b/closed'], ['Pod b/host app: host -> null']], { hostNetwork: 'pod' }],
  ['both sides', [narrow('closed', { podSelector: labels('q'), policyTypes: ['Egress'] }), narrow('in', { podSelector: labels('p') })], { from: 'a/q', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/closed', 'NetworkPolicy a/in'], ['Pod a/q app: q -> null', 'Pod a/p app: p -> null']]],
  ['as many as it may be', [narrow('one', { podSelector: {} }), narrow('two', { podSelector: {} }), narrow('three', { podSelector: {} })], { from: 'b/r', to: 'a/p', port: 80 }, ['denied', ['NetworkPolicy a/one', 'NetworkPolicy a/three', 'NetworkPolicy a/two'], undefined], { most: 3 }],
  ['and no more', [narrow('one', { podSelector: {} }), narrow('two', { podSelector: {} }), narrow('three', { podSelector: {} })], { from: 'b/r', to: 'a/p', port: 80 }, ['denied', undefined, undefined], { most: 2 }],
  ['a rule, and the next that would do', [wide('rules', { egress: [{ action: 'Deny', to: [{ namespaces: {} }] }, { action: 'Deny', to: [{ pods: { podSelector: labels('q') } }] }] })], { from: 'a/p', to: 'a/q', port: 80 }, ['denied', ['ClusterNetworkPolicy rules'], undefined]],
  ['what passes on', [wide('pass', { egress: [{ action: 'Pass', to: [{ namespaces: {} }] }, { action: 'Deny', to: [{ namespaces: {} }] }] })], { from: 'a/p', to: 'a/q', port: 80 }, ['allowed', ['ClusterNetworkPolicy pass spec.egress[0]'], undefined]],
  ['a rule that fails closed', [wide('strange', { egress: [{ action: 'Deny', to: [{ services: {} }] }] })], { from: 'a/p', to: 'a/q', port: 80 }, ['denied', ['ClusterNetworkPolicy strange spec.egress[0]'], undefined]],
]

it.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, policies, connection, expected, options]) => {
  expect(told(policies, connection, options)).toEqual(expected)
})
