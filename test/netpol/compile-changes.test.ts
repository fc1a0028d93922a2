/**
 * Answers of the compiled form where it has reasons of its own to be wrong: each as `evaluate` has it, of the
 * world as it is then.
 */
import { describe, expect, it } from 'vitest'
import {
  compileWorld,
  evaluate,
  type CompiledWorld,
  type PolicyQuery,
  type NetpolOptions,
  type World,
  type WorldPod,
  type WorldPolicy,
} from '../../src/netpol/index.js'

const pod = (
  key: string,
  ips: readonly string[],
  more: object = {},
  labels: Record<string, string> = {},
): WorldPod => ({
  metadata: { namespace: key.split('/')[0], name: key.split('/')[1], labels },
  spec: more,
  status: { phase: 'Running', podIPs: ips.map((each) => ({ ip: each })) },
})
const node = (
  name: string,
  addresses: readonly string[],
  labels: Record<string, string> = {},
): NonNullable<World['nodes']>[number] => ({
  metadata: { name, labels },
  status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
})
const finished = (each: WorldPod): WorldPod => ({ ...each, status: { ...each.status, phase: 'Succeeded' } })
const ports = (...list: readonly string[]): object => ({
  containers: [
    {
      ports: list
        .map((each) => each.split(':'))
        .map(([name, port, protocol]) => ({ name, containerPort: Number(port), protocol })),
    },
  ],
})
const narrow = (namespace: string, spec: object, name = 'x'): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace, name },
  spec: { podSelector: {}, ...spec },
})
const wide = (spec: object, name = 'w'): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const blocks = (...cidrs: readonly string[]): WorldPolicy =>
  narrow('a', { ingress: [{ from: cidrs.map((cidr) => ({ ipBlock: { cidr } })) }] })
const denied = { egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] }], priority: 9 }
const nodesOf = (zone: string): WorldPolicy =>
  wide({ egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { zone } } }] }] })

function expectAnswer(
  compiled: CompiledWorld,
  world: World,
  connection: PolicyQuery,
  allowed: boolean,
  options?: NetpolOptions,
): void {
  expect(evaluate(world, connection, options).allowed).toBe(allowed)
  expect([compiled.allows(connection), compiled.allows(connection)]).toEqual([allowed, allowed])
  expect(compiled.evaluate(connection)).toEqual(evaluate(world, connection, options))
}

describe('as it is', () => {
  const p = pod('a/p', ['10.0.0.1'])
  const closed = narrow('a', { policyTypes: ['Ingress', 'Egress'] })

  it.each<[rule: string, world: World, connection: PolicyQuery, allowed: boolean, options?: NetpolOptions]>([
    [
      'an address of a family that is not spoken is none',
      { pods: [pod('a/six', ['fd00::6'])], policies: [blocks('10.0.0.0/8')] },
      { from: '10.0.0.9', to: 'a/six', port: 80 },
      false,
    ],
    [
      'of whom it goes to, too',
      {
        pods: [pod('a/six', ['fd00::6']), p],
        policies: [wide({ egress: [{ action: 'Deny', to: [{ networks: ['fd00::/8'] }] }] })],
      },
      { from: 'a/p', to: 'fd00::9', port: 80 },
      false,
    ],
    [
      'the family of an address is spoken',
      { pods: [pod('a/both', ['10.0.0.1', 'fd00::1'])], policies: [blocks('fd00::/16')] },
      { from: 'fd00::9', to: 'a/both', port: 80 },
      true,
    ],
    [
      'who has no address is in no block',
      { pods: [pod('a/none', []), p], policies: [blocks('0.0.0.0/0')] },
      { from: 'a/none', to: 'a/p', port: 80 },
      false,
    ],
    [
      'two that are on no node are not on one',
      { pods: [p, finished(pod('b/done', ['10.0.0.2']))], policies: [closed] },
      { from: 'b/done', to: 'a/p', port: 80 },
      false,
    ],
    [
      'in both directions',
      { pods: [p, finished(pod('b/done', ['10.0.0.2']))], policies: [closed] },
      { from: 'a/p', to: 'b/done', port: 80 },
      false,
    ],
    [
      'an address outside is on no node',
      { pods: [p], policies: [closed] },
      { from: '192.0.2.1', to: 'a/p', port: 80 },
      false,
    ],
    [
      'whose address a pod has is the pod, not the node',
      {
        nodes: [node('n', ['10.0.0.2'])],
        pods: [pod('a/p', ['10.0.0.1'], { nodeName: 'n' }), pod('b/q', ['10.0.0.2'])],
        policies: [closed],
      },
      { from: '10.0.0.2', to: 'a/p', port: 80 },
      false,
    ],
    [
      'a pod on the host network is its node',
      {
        nodes: [node('n', ['172.18.0.1'])],
        pods: [
          pod('a/p', ['10.0.0.1'], { nodeName: 'n' }),
          pod('b/h', [], { hostNetwork: true, nodeName: 'n' }),
        ],
        policies: [closed],
      },
      { from: 'a/p', to: 'b/h', port: 80 },
      true,
    ],
    [
      'but not for those who count it as a pod',
      {
        nodes: [node('n', ['172.18.0.1'])],
        pods: [
          pod('a/p', ['10.0.0.1'], { nodeName: 'n' }),
          pod('b/h', [], { hostNetwork: true, nodeName: 'n' }),
        ],
        policies: [closed],
      },
      { from: 'a/p', to: 'b/h', port: 80 },
      false,
      { hostNetwork: 'pod' },
    ],
    [
      'one with an address of its own has that',
      {
        nodes: [node('n', ['172.18.0.1'])],
        pods: [p, pod('b/h', ['172.18.9.9'], { hostNetwork: true, nodeName: 'n' })],
        policies: [blocks('172.18.9.0/24')],
      },
      { from: 'b/h', to: 'a/p', port: 80 },
      true,
    ],
    [
      'one on no node has none',
      {
        nodes: [node('n', ['172.18.0.1'])],
        pods: [p, pod('b/h', [], { hostNetwork: true })],
        policies: [blocks('0.0.0.0/0')],
      },
      { from: 'b/h', to: 'a/p', port: 80 },
      false,
    ],
    [
      'one on a node that is not there has none',
      { pods: [p, pod('b/h', [], { hostNetwork: true, nodeName: 'n' })], policies: [blocks('0.0.0.0/0')] },
      { from: 'b/h', to: 'a/p', port: 80 },
      false,
    ],
    [
      'a pod that is not on the host network has not the address of its node',
      {
        nodes: [node('n', ['172.18.0.1'])],
        pods: [p, pod('b/q', [], { nodeName: 'n' })],
        policies: [blocks('0.0.0.0/0')],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
    ],
    [
      'a name that is asked for counts, though nobody knows it',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [
          wide({ egress: [{ action: 'Accept', to: [{ domainNames: ['new.com'] }] }] }),
          wide(denied, 'z'),
        ],
      },
      { from: 'a/p', to: { domain: 'new.com', ip: '10.0.0.2' }, port: 80 },
      true,
    ],
    [
      'one of several names',
      {
        pods: [p],
        domains: { 'b.com': ['192.0.2.1'] },
        policies: [
          wide({ egress: [{ action: 'Accept', to: [{ domainNames: ['a.com', 'b.com'] }] }] }),
          wide(denied, 'z'),
        ],
      },
      { from: 'a/p', to: '192.0.2.1', port: 80 },
      true,
    ],
    [
      'networks hold pods, whatever is chosen',
      { pods: [p, pod('b/q', ['10.0.0.2'])], policies: [wide(denied)] },
      { from: 'a/p', to: 'b/q', port: 80 },
      false,
      { ipBlockPods: 'ignore' },
    ],
    [
      'blocks of a NetworkPolicy do not, if so chosen',
      { pods: [p, pod('b/q', ['10.0.0.2'])], policies: [blocks('0.0.0.0/0')] },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
      { ipBlockPods: 'ignore' },
    ],
    [
      'the name of a port on another number',
      {
        pods: [pod('a/p', [], ports('web:8080')), pod('b/q', [])],
        policies: [narrow('a', { ingress: [{ ports: [{ port: 'web' }] }] })],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
    ],
    [
      'of another protocol',
      {
        pods: [pod('a/p', [], ports('web:80:UDP')), pod('b/q', [])],
        policies: [
          narrow('a', {
            ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }, { ports: [{ port: 'web' }] }],
          }),
        ],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
    ],
    [
      'of a pod that cluster-wide policies do not see',
      {
        nodes: [node('n', ['172.18.0.1'])],
        pods: [p, pod('b/h', [], { hostNetwork: true, nodeName: 'n', ...ports('web:80') })],
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
        ],
      },
      { from: 'a/p', to: 'b/h', port: 80 },
      true,
      { hostNetwork: 'pod' },
    ],
    [
      'which select none of these',
      {
        pods: [p, pod('b/h', [], { hostNetwork: true })],
        policies: [wide({ egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }] })],
      },
      { from: 'b/h', to: 'external', port: 80 },
      true,
      { hostNetwork: 'pod' },
    ],
    [
      'on its own',
      {
        pods: [pod('a/p', [], ports('web:8080')), pod('b/q', [])],
        policies: [narrow('a', { ingress: [{ ports: [{ port: 'web' }] }] })],
      },
      { from: 'b/q', to: 'a/p', port: 8080 },
      true,
    ],
    [
      'on the way out to another number',
      {
        pods: [pod('a/p', []), pod('b/q', [], ports('web:8080'))],
        policies: [narrow('a', { egress: [{ ports: [{ port: 'web' }] }] })],
      },
      { from: 'a/p', to: 'b/q', port: 80 },
      false,
    ],
    [
      'one of several names of ports',
      {
        pods: [pod('a/p', []), pod('b/q', [], ports('web:8080'))],
        policies: [narrow('a', { egress: [{ ports: [{ port: 'dns' }, { port: 'web' }] }] })],
      },
      { from: 'a/p', to: 'b/q', port: 8080 },
      true,
    ],
    [
      'a name of a port and a peer',
      {
        pods: [pod('a/p', []), pod('b/q', [], ports('web:8080'))],
        policies: [narrow('a', { egress: [{ to: [{ podSelector: {} }], ports: [{ port: 'web' }] }] })],
      },
      { from: 'a/p', to: 'b/q', port: 8080 },
      false,
    ],
    [
      'two names are not one',
      {
        pods: [pod('a/p', [], ports('web:80', 'dns:80')), pod('a/q', [], ports('webdns:80')), pod('b/r', [])],
        policies: [narrow('a', { ingress: [{ ports: [{ port: 'web' }] }] })],
      },
      { from: 'b/r', to: 'a/q', port: 80 },
      false,
    ],
    [
      'one of several rules',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [
          narrow('a', {
            ingress: [
              { from: [{ podSelector: {} }] },
              { from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] },
            ],
          }),
        ],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      true,
    ],
    [
      'of several policies',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [
          narrow('a', { ingress: [{ ports: [{ port: 81 }] }] }, 'x'),
          narrow('a', { ingress: [{}] }, 'y'),
        ],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      true,
    ],
    [
      'a rule without a peer that is known',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [narrow('a', { ingress: [{ from: [{ nodes: {} }] }] })],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
    ],
    [
      'Pass hands over to NetworkPolicy',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [
          wide({
            ingress: [
              { action: 'Pass', from: [{ namespaces: {} }] },
              { action: 'Accept', from: [{ namespaces: {} }] },
            ],
          }),
          closed,
        ],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
    ],
    [
      'and from the baseline to the default',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [
          wide({
            tier: 'Baseline',
            ingress: [{ action: 'Deny', from: [{ pods: { podSelector: { matchLabels: { app: 'z' } } } }] }],
          }),
        ],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      true,
    ],
    [
      'the baseline denies',
      {
        pods: [p, pod('b/q', ['10.0.0.2'])],
        policies: [wide({ tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })],
      },
      { from: 'b/q', to: 'a/p', port: 80 },
      false,
    ],
  ])('%s', (_, world, connection, allowed, options) => {
    const compiled = compileWorld(world, options)
    // whoever is asked first must not matter
    for (const {
      metadata: { namespace = '', name = '' },
    } of world.pods ?? [])
      compiled.allows({ from: 'external', to: `${namespace}/${name}`, port: 80 })
    expectAnswer(compiled, world, connection, allowed, options)
  })
})

describe('after a change', () => {
  const p = pod('a/p', ['10.0.0.1'])
  const q = pod('b/q', ['10.0.0.2'])
  const toP: PolicyQuery = { from: 'b/q', to: 'a/p', port: 80 }

  it.each<
    [
      what: string,
      before: World,
      change: (compiled: CompiledWorld) => void,
      after: World,
      connection: PolicyQuery,
      allowed: boolean,
    ]
  >([
    [
      'a pod has another address: the old one is nobody’s',
      { pods: [p, q], policies: [narrow('a', { ingress: [{ from: [{ namespaceSelector: {} }] }] })] },
      (compiled) => compiled.setPod(pod('b/q', ['10.0.0.3'])),
      { pods: [p, pod('b/q', ['10.0.0.3'])] },
      { from: '10.0.0.2', to: 'a/p', port: 80 },
      false,
    ],
    [
      'a pod is as it was: its address is that of one pod',
      { pods: [p, q], policies: [narrow('a', { ingress: [{ from: [{ namespaceSelector: {} }] }] })] },
      (compiled) => compiled.setPod(q),
      {},
      { from: '10.0.0.2', to: 'a/p', port: 80 },
      true,
    ],
    [
      'a pod has another label, and so a policy',
      { pods: [p, q], policies: [narrow('a', { podSelector: { matchLabels: { app: 'x' } } })] },
      (compiled) => compiled.setPod(pod('a/p', ['10.0.0.1'], {}, { app: 'x' })),
      { pods: [pod('a/p', ['10.0.0.1'], {}, { app: 'x' }), q] },
      toP,
      false,
    ],
    [
      'the first policy of a namespace',
      { pods: [p, q] },
      (compiled) => compiled.setPolicy(narrow('a', {})),
      { policies: [narrow('a', {})] },
      toP,
      false,
    ],
    [
      'one for the last kind of pods',
      { pods: [pod('a/1', [], ports('x:1')), pod('a/2', [], ports('x:2')), p, q] },
      (compiled) => compiled.setPolicy(narrow('a', {})),
      { policies: [narrow('a', {})] },
      toP,
      false,
    ],
    [
      'a node has another address',
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' })], pods: [p], policies: [nodesOf('z')] },
      (compiled) => compiled.setNode(node('n', ['172.18.0.2'], { zone: 'z' })),
      { nodes: [node('n', ['172.18.0.2'], { zone: 'z' })] },
      { from: 'a/p', to: '172.18.0.2', port: 80 },
      false,
    ],
    [
      'the old one is not its own',
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' })], pods: [p], policies: [nodesOf('z')] },
      (compiled) => compiled.setNode(node('n', ['172.18.0.2'], { zone: 'z' })),
      { nodes: [node('n', ['172.18.0.2'], { zone: 'z' })] },
      { from: 'a/p', to: '172.18.0.1', port: 80 },
      true,
    ],
    [
      'a node has one address more',
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' })], pods: [p], policies: [nodesOf('z')] },
      (compiled) => compiled.setNode(node('n', ['172.18.0.1', '172.18.0.2'], { zone: 'z' })),
      { nodes: [node('n', ['172.18.0.1', '172.18.0.2'], { zone: 'z' })] },
      { from: 'a/p', to: '172.18.0.2', port: 80 },
      false,
    ],
    [
      'or one less',
      {
        nodes: [node('n', ['172.18.0.1', '172.18.0.2'], { zone: 'z' })],
        pods: [p],
        policies: [nodesOf('z')],
      },
      (compiled) => compiled.setNode(node('n', ['172.18.0.1'], { zone: 'z' })),
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' })] },
      { from: 'a/p', to: '172.18.0.2', port: 80 },
      true,
    ],
    [
      'or another second one',
      {
        nodes: [node('n', ['172.18.0.1', '172.18.0.2'], { zone: 'z' })],
        pods: [p],
        policies: [nodesOf('z')],
      },
      (compiled) => compiled.setNode(node('n', ['172.18.0.1', '172.18.0.3'], { zone: 'z' })),
      { nodes: [node('n', ['172.18.0.1', '172.18.0.3'], { zone: 'z' })] },
      { from: 'a/p', to: '172.18.0.3', port: 80 },
      false,
    ],
    [
      'or the same number of another family',
      {
        nodes: [node('n', ['0.0.0.1'], { zone: 'z' })],
        pods: [pod('a/p', ['fd00::1'])],
        policies: [nodesOf('z')],
      },
      (compiled) => compiled.setNode(node('n', ['::1'], { zone: 'z' })),
      { nodes: [node('n', ['::1'], { zone: 'z' })] },
      { from: 'a/p', to: '::1', port: 80 },
      false,
    ],
    [
      'a node has the address of a pod',
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' })], pods: [p, q], policies: [nodesOf('z')] },
      (compiled) => compiled.setNode(node('m', ['10.0.0.2'], { zone: 'z' })),
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' }), node('m', ['10.0.0.2'], { zone: 'z' })] },
      { from: 'a/p', to: 'b/q', port: 80 },
      false,
    ],
    [
      'and has it no more',
      { nodes: [node('m', ['10.0.0.2'], { zone: 'z' })], pods: [p, q], policies: [nodesOf('z')] },
      (compiled) => compiled.removeNode('m'),
      { nodes: [] },
      { from: 'a/p', to: 'b/q', port: 80 },
      true,
    ],
    [
      'the first of two nodes with an address goes',
      {
        nodes: [node('m', ['172.18.0.1']), node('n', ['172.18.0.1'], { zone: 'z' })],
        pods: [p],
        policies: [nodesOf('z')],
      },
      (compiled) => compiled.removeNode('m'),
      { nodes: [node('n', ['172.18.0.1'], { zone: 'z' })] },
      { from: 'a/p', to: '172.18.0.1', port: 80 },
      false,
    ],
    [
      'a policy asks for a range that tells two pods apart',
      { pods: [p, q, pod('b/r', ['10.0.0.200'])], policies: [] },
      (compiled) => compiled.setPolicy(blocks('10.0.0.128/25')),
      { policies: [blocks('10.0.0.128/25')] },
      { from: 'b/r', to: 'a/p', port: 80 },
      true,
    ],
    [
      'the other is not in it',
      { pods: [p, q, pod('b/r', ['10.0.0.200'])], policies: [] },
      (compiled) => compiled.setPolicy(blocks('10.0.0.128/25')),
      { policies: [blocks('10.0.0.128/25')] },
      toP,
      false,
    ],
    [
      'also by an exception',
      { pods: [p, q, pod('b/r', ['10.0.0.200'])], policies: [] },
      (compiled) =>
        compiled.setPolicy(
          narrow('a', {
            ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.128/25'] } }] }],
          }),
        ),
      {
        policies: [
          narrow('a', {
            ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.128/25'] } }] }],
          }),
        ],
      },
      { from: 'b/r', to: 'a/p', port: 80 },
      false,
    ],
    [
      'a policy tells ports apart',
      { pods: [p, q], policies: [] },
      (compiled) => compiled.setPolicy(narrow('a', { ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })),
      { policies: [narrow('a', { ingress: [{ ports: [{ port: 80, endPort: 90 }] }] })] },
      { ...toP, port: 91 },
      false,
    ],
    [
      'a cluster-wide policy comes',
      { pods: [p, q], policies: [] },
      (compiled) => compiled.setPolicy(wide({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })),
      { policies: [wide({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })] },
      toP,
      false,
    ],
    [
      'and goes',
      { pods: [p, q], policies: [wide({ ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] })] },
      (compiled) => compiled.removePolicy({ kind: 'ClusterNetworkPolicy', name: 'w' }),
      { policies: [] },
      toP,
      true,
    ],
    [
      'a policy of the default namespace goes',
      { pods: [pod('default/p', []), q], policies: [narrow('default', {})] },
      (compiled) => compiled.removePolicy({ kind: 'NetworkPolicy', name: 'x' }),
      { policies: [] },
      { from: 'b/q', to: 'default/p', port: 80 },
      true,
    ],
    [
      'it selects by labels of namespaces that change',
      {
        namespaces: [{ metadata: { name: 'a' } }],
        pods: [p, q],
        policies: [
          wide({
            subject: { namespaces: { matchLabels: { team: 'x' } } },
            ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
          }),
        ],
      },
      (compiled) => compiled.setNamespace({ metadata: { name: 'a', labels: { team: 'x' } } }),
      { namespaces: [{ metadata: { name: 'a', labels: { team: 'x' } } }] },
      toP,
      false,
    ],
    [
      'a name leads to a pod',
      {
        pods: [p, q],
        policies: [
          wide({ egress: [{ action: 'Accept', to: [{ domainNames: ['q.com'] }] }] }),
          wide(denied, 'z'),
        ],
      },
      (compiled) => compiled.setDomains({ 'q.com': ['10.0.0.2'] }),
      { domains: { 'q.com': ['10.0.0.2'] } },
      { from: 'a/p', to: 'b/q', port: 80 },
      true,
    ],
    [
      'and leads away from it',
      {
        domains: { 'q.com': ['10.0.0.2'] },
        pods: [p, q],
        policies: [
          wide({ egress: [{ action: 'Accept', to: [{ domainNames: ['q.com'] }] }] }),
          wide(denied, 'z'),
        ],
      },
      (compiled) => compiled.setDomains({ 'q.com': ['10.0.0.3'] }),
      { domains: { 'q.com': ['10.0.0.3'] } },
      { from: 'a/p', to: 'b/q', port: 80 },
      false,
    ],
    [
      'a pod finishes',
      { pods: [p, q], policies: [narrow('a', { ingress: [{ from: [{ namespaceSelector: {} }] }] })] },
      (compiled) => compiled.setPod(finished(q)),
      { pods: [p, finished(q)] },
      toP,
      false,
    ],
    [
      'a pod comes with the address of one that finished',
      {
        pods: [p, finished(q)],
        policies: [narrow('a', { ingress: [{ from: [{ namespaceSelector: {} }] }] })],
      },
      (compiled) => compiled.setPod(pod('b/heir', ['10.0.0.2'])),
      { pods: [p, finished(q), pod('b/heir', ['10.0.0.2'])] },
      { from: '10.0.0.2', to: 'a/p', port: 80 },
      true,
    ],
    [
      'the one that finished goes',
      {
        pods: [p, finished(q), pod('b/heir', ['10.0.0.2'])],
        policies: [narrow('a', { ingress: [{ from: [{ namespaceSelector: {} }] }] })],
      },
      (compiled) => compiled.removePod('b/q'),
      { pods: [p, pod('b/heir', ['10.0.0.2'])] },
      { from: '10.0.0.2', to: 'a/p', port: 80 },
      true,
    ],
  ])('%s', (_, before, change, after, connection, allowed) => {
    const compiled = compileWorld(before)
    for (const from of ['a/p', 'b/q', 'b/r', '10.0.0.2', 'external']) {
      try {
        compiled.allows({ ...connection, from })
      } catch {
        // not everyone is in every world
      }
    }
    change(compiled)
    expectAnswer(compiled, { ...before, ...after }, connection, allowed)
  })
})
