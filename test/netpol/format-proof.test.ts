import { expect, it } from 'vitest'
import {
  formatProof,
  resolveOptions,
  type Because,
  type EndProof,
  type PolicyProof,
  type SideProof,
  type TierProof,
  type Trial,
  type ConnectionVerdict,
} from '../../src/netpol/index.js'

const codes: readonly Because[] = [
  'everyPeer',
  'everyPort',
  'podSelected',
  'addressInRange',
  'nodeSelected',
  'domainMatched',
  'portMatched',
  'everyPortOfProtocol',
  'namedPortMatched',
  'podLabels',
  'namespaceLabels',
  'nodeLabels',
  'otherNamespace',
  'notAPod',
  'notANode',
  'addressOutOfRange',
  'addressExcepted',
  'otherFamily',
  'noAddress',
  'addressOfPod',
  'noDomain',
  'otherDomain',
  'otherProtocol',
  'otherPort',
  'noSuchNamedPort',
  'unknownField',
]

const side = (direction: 'ingress' | 'egress', more: Partial<SideProof> = {}): SideProof => ({
  direction,
  allowed: true,
  because: 'default',
  tiers: [],
  ...more,
})

function told(
  ingress: SideProof,
  from: EndProof = { address: '10.0.0.1' },
  to: EndProof = { pod: 'a/p' },
  more: Partial<ConnectionVerdict['proof']['connection']> = { port: 80 },
  egress = side('egress'),
): readonly string[] {
  return formatProof({
    allowed: ingress.allowed,
    proof: { options: resolveOptions(), connection: { from, to, protocol: 'TCP', ...more }, egress, ingress },
  }).split('\n')
}

const tier = (more: Partial<TierProof>): SideProof =>
  side('ingress', { because: 'Admin', tiers: [{ tier: 'Admin', outcome: 'none', policies: [], ...more }] })
const policy: PolicyProof = { kind: 'NetworkPolicy', namespace: 'a', name: 'x', rules: [] }
const trials = (all: readonly Trial[]): readonly string[] =>
  told(tier({ policies: [{ ...policy, rules: [{ path: 'r', matched: false, trials: all }] }] })).slice(6)

it('has words for every reason', () => {
  expect(trials(codes.map((because) => ({ path: because, matched: false, because })))).toMatchInlineSnapshot(`
    [
      "        everyPeer: speaks of everyone",
      "        everyPort: speaks of all ports",
      "        podSelected: selects the pod",
      "        addressInRange: has the address",
      "        nodeSelected: selects the node",
      "        domainMatched: has the domain",
      "        portMatched: has the port",
      "        everyPortOfProtocol: has all ports of the protocol",
      "        namedPortMatched: names the port",
      "        podLabels: the pod does not match",
      "        namespaceLabels: the namespace does not match",
      "        nodeLabels: the node does not match",
      "        otherNamespace: the pod is in another namespace",
      "        notAPod: no pod is there",
      "        notANode: no node is there",
      "        addressOutOfRange: does not have the address",
      "        addressExcepted: excepts the address",
      "        otherFamily: is of another family",
      "        noAddress: there is no address",
      "        addressOfPod: it is the address of a pod",
      "        noDomain: no domain led there",
      "        otherDomain: another domain led there",
      "        otherProtocol: is of another protocol",
      "        otherPort: has another port",
      "        noSuchNamedPort: the pod has no port of that name",
      "        unknownField: has no field that is known",
    ]
  `)
})

it('says what was wanted of a label, and what is there', () => {
  const requirement = { key: 'app', operator: 'in', values: ['a', 'b'] } as const
  expect(
    trials([
      { path: 'p', matched: false, because: 'podLabels', requirement, actual: 'c' },
      { path: 'p', matched: false, because: 'podLabels', requirement, actual: null },
      { path: 'p', matched: false, because: 'podLabels', requirement },
      { path: 'p', matched: false, because: 'otherPort', actual: '80/TCP' },
      { path: 'p', matched: false, because: 'otherPort', actual: null },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "        p: the pod does not match: app in (a,b) is wanted, it is app=c",
      "        p: the pod does not match: app in (a,b) is wanted, it has no label app",
      "        p: the pod does not match: app in (a,b) is wanted, it has no label app",
      "        p: has another port: 80/TCP",
      "        p: has another port",
    ]
  `)
})

it('tells rules, policies, tiers and sides', () => {
  expect(
    told(
      tier({
        policies: [
          policy,
          {
            kind: 'ClusterNetworkPolicy',
            name: 'c',
            priority: 0,
            rules: [
              { path: 'spec.ingress[0]', matched: false, action: 'Deny', trials: [] },
              { path: 'spec.ingress[1]', matched: true, action: 'Pass', failsClosed: true, trials: [] },
            ],
          },
          { ...policy, rules: [{ path: 'spec.ingress[0]', matched: true, trials: [] }] },
        ],
      }),
    ),
  ).toMatchInlineSnapshot(`
    [
      "10.0.0.1 -> a/p, 80/TCP: allowed",
      "egress from 10.0.0.1: allowed, no policy decides",
      "ingress to a/p: allowed, by tier Admin",
      "  Admin: does not decide",
      "    NetworkPolicy a/x: selects the pod and has no rule",
      "    ClusterNetworkPolicy c, priority 0",
      "      spec.ingress[0]: no match",
      "      spec.ingress[1]: Pass, fails closed",
      "    NetworkPolicy a/x",
      "      spec.ingress[0]: allows",
    ]
  `)
  expect(
    (['Accept', 'Deny', 'Pass', 'none'] as const).map(
      (outcome) => told(tier({ outcome, policies: [policy] }))[3],
    ),
  ).toMatchInlineSnapshot(`
    [
      "  Admin: Accept",
      "  Admin: Deny",
      "  Admin: Pass",
      "  Admin: does not decide",
    ]
  `)
  expect(told(tier({ outcome: 'Accept' }))[3]).toBe('  Admin: selects nothing')
  expect(
    (['self', 'ownNode'] as const).map((exception) =>
      told(tier({ outcome: 'Accept', exception, policies: [policy] })).slice(3),
    ),
  ).toMatchInlineSnapshot(`
    [
      [
        "  Admin: Accept, as the pod reaches itself",
      ],
      [
        "  Admin: Accept, as it is traffic with the own node of the pod",
      ],
    ]
  `)
  expect(
    (['noSubject', 'self', 'default', 'Admin', 'NetworkPolicy', 'Baseline'] as const).map(
      (because) => told(side('ingress', { because, allowed: because === 'default' }))[2],
    ),
  ).toMatchInlineSnapshot(`
    [
      "ingress to a/p: denied, there is no pod that policies could select",
      "ingress to a/p: denied, a pod reaches itself",
      "ingress to a/p: allowed, no policy decides",
      "ingress to a/p: denied, by tier Admin",
      "ingress to a/p: denied, by NetworkPolicy",
      "ingress to a/p: denied, by tier Baseline",
    ]
  `)
})

it('tells who the ends are', () => {
  const ends: readonly EndProof[] = [
    {},
    { address: '10.0.0.1' },
    { node: 'n' },
    { node: 'n', address: '10.0.0.1' },
    { pod: 'a/p', node: 'n', address: '10.0.0.1', domains: ['a.b', 'c.d'] },
    { address: '10.0.0.1', domains: ['a.b'] },
  ]
  expect(ends.map((from) => told(side('ingress'), from)[1])).toMatchInlineSnapshot(`
    [
      "egress from nobody: allowed, no policy decides",
      "egress from 10.0.0.1: allowed, no policy decides",
      "egress from node n: allowed, no policy decides",
      "egress from node n (10.0.0.1): allowed, no policy decides",
      "egress from a/p (10.0.0.1, a.b, c.d): allowed, no policy decides",
      "egress from 10.0.0.1 (a.b): allowed, no policy decides",
    ]
  `)
  expect(
    told(side('ingress', { allowed: false }), { pod: 'a/p' }, { address: '::1' }, { service: true })[0],
  ).toBe('a/p -> ::1, no such port/TCP through a Service: denied')
  expect(told(side('ingress'))[0]).toBe('10.0.0.1 -> a/p, 80/TCP: allowed')
})
