/** Which policies select a pod, and in which order they count. */
import { describe, expect, it } from 'vitest'
import {
  proofErrors,
  compileWorld,
  evaluate,
  type NetpolOptions,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'

const base: World = {
  namespaces: [
    { metadata: { name: 'a', labels: { team: 'x' } } },
    { metadata: { name: 'b', labels: { team: 'y' } } },
  ],
  pods: ['a/p', 'b/r'].map((key) => ({
    metadata: { namespace: key.slice(0, 1), name: key.slice(2), labels: { app: key.slice(2) } },
    status: { podIP: key === 'a/p' ? '10.0.0.1' : '10.0.0.2' },
  })),
}

const nobody = [{ action: 'Deny', from: [{ namespaces: { matchLabels: { team: 'nobody' } } }] }]
const kinds: Readonly<Record<string, string>> = {
  C: 'ClusterNetworkPolicy',
  A: 'AdminNetworkPolicy',
  B: 'BaselineAdminNetworkPolicy',
  N: 'NetworkPolicy',
}

/** `C/name/priority/day`; the day in January, if it was told. */
function policy(text: string, spec: object = {}): WorldPolicy {
  const [short = '', name = '', priority = '', day] = text.split('/')
  const kind = kinds[short[0] ?? ''] ?? ''
  const metadata = {
    name,
    ...(kind === 'NetworkPolicy' ? { namespace: 'a' } : {}),
    ...(day === undefined ? {} : { creationTimestamp: `2026-01-${day}T00:00:00Z` }),
  }
  if (kind === 'NetworkPolicy')
    return {
      kind,
      metadata,
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }], ...spec },
    }
  return {
    kind,
    metadata,
    spec: {
      subject: { namespaces: {} },
      ingress: nobody,
      ...(priority === '' ? {} : { priority: Number(priority) }),
      ...(kind === 'ClusterNetworkPolicy' ? { tier: short === 'CB' ? 'Baseline' : 'Admin' } : {}),
      ...spec,
    },
  }
}

/**
 * The policies that were tried, in their order, of all tiers; the evaluator, the compiled form and the
 * checker agree on it, however they are given.
 */
function tried(policies: readonly WorldPolicy[], options?: NetpolOptions): readonly string[] {
  const connection = { from: 'b/r', to: 'a/p', port: 80 } as const
  const world = { ...base, policies }
  const verdict = evaluate(world, connection, options)
  expect(evaluate({ ...world, policies: policies.toReversed() }, connection, options)).toEqual(verdict)
  expect(proofErrors(world, connection, verdict)).toEqual([])
  expect(proofErrors({ ...world, policies: policies.toReversed() }, connection, verdict)).toEqual([])
  const compiled = compileWorld(base, options)
  for (const each of policies) compiled.setPolicy(each)
  expect(compiled.evaluate(connection)).toEqual(verdict)
  return verdict.proof.ingress.tiers.flatMap((tier) =>
    tier.policies.map(({ kind, name }) => `${kind[0] ?? ''}/${name}`),
  )
}

describe('the order', () => {
  it.each<[rule: string, policies: readonly string[], order: readonly string[], options?: NetpolOptions]>([
    [
      'by priority, as a number',
      ['C/a/100', 'C/b/20', 'C/c/3', 'C/d/0', 'C/e/1000'],
      ['C/d', 'C/c', 'C/b', 'C/a', 'C/e'],
    ],
    ['then by name', ['C/b/1', 'C/a/1', 'C/c/1'], ['C/a', 'C/b', 'C/c']],
    ['a name that goes on comes later', ['C/a-b/1', 'A/a/1', 'C/a/1'], ['A/a', 'C/a', 'C/a-b']],
    ['then by kind', ['C/x/1', 'A/x/1'], ['A/x', 'C/x']],
    [
      'by age, if so chosen',
      ['C/a/1/03', 'C/b/1/01', 'C/c/1/02'],
      ['C/b', 'C/c', 'C/a'],
      { equalPriority: 'creation' },
    ],
    ['which counts for nothing else', ['C/a/1/03', 'C/b/1/01', 'C/c/1/02'], ['C/a', 'C/b', 'C/c']],
    [
      'the priority comes before the age',
      ['C/a/1/03', 'C/b/2/01'],
      ['C/a', 'C/b'],
      { equalPriority: 'creation' },
    ],
    ['of equal age by name', ['C/b/1/01', 'C/a/1/01'], ['C/a', 'C/b'], { equalPriority: 'creation' }],
    [
      'one without a time is the oldest',
      ['C/a/1/01', 'C/b/1'],
      ['C/b', 'C/a'],
      { equalPriority: 'creation' },
    ],
    [
      'the older kind of baseline is the last',
      ['B/default', 'CB/z/1000', 'CB/a/0'],
      ['C/a', 'C/z', 'B/default'],
    ],
    ['Admin, NetworkPolicy, Baseline', ['CB/a/0', 'N/b', 'A/c/9', 'C/d/10'], ['A/c', 'C/d', 'N/b']],
    ['NetworkPolicies by name', ['N/b', 'N/a', 'N/a-b', 'N/aa'], ['N/a', 'N/a-b', 'N/aa', 'N/b']],
  ])('%s', (_, policies, order, options) => {
    expect(
      tried(
        policies.map((each) => policy(each)),
        options,
      ),
    ).toEqual(order)
  })
})

describe('a policy selects the pod', () => {
  const app = (name: string): object => ({ podSelector: { matchLabels: { app: name } } })
  const team = (name: string): object => ({ namespaceSelector: { matchLabels: { team: name } } })

  it.each<[rule: string, selects: boolean, text: string, spec: object]>([
    ['of its namespace', true, 'C/c/1', { subject: { namespaces: { matchLabels: { team: 'x' } } } }],
    ['of no other', false, 'C/c/1', { subject: { namespaces: { matchLabels: { team: 'y' } } } }],
    [
      'by the name of the namespace',
      true,
      'C/c/1',
      { subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'a' } } } },
    ],
    ['by its labels', true, 'C/c/1', { subject: { pods: app('p') } }],
    ['with no other labels', false, 'C/c/1', { subject: { pods: app('q') } }],
    ['of a namespace, by its labels', true, 'A/c/1', { subject: { pods: { ...team('x'), ...app('p') } } }],
    ['not of another namespace', false, 'A/c/1', { subject: { pods: { ...team('y'), ...app('p') } } }],
    ['all pods of the namespace', true, 'C/c/1', { subject: { pods: team('x') } }],
    ['all pods', true, 'C/c/1', { subject: { pods: {} } }],
    [
      'if it has rules of the direction',
      false,
      'C/c/1',
      {
        ingress: [],
        egress: [{ action: 'Deny', to: [{ namespaces: { matchLabels: { team: 'nobody' } } }] }],
      },
    ],
    ['also in the baseline', true, 'B/default', { subject: { pods: app('p') } }],
    ['a NetworkPolicy by labels', true, 'N/n', app('p')],
    ['by others', false, 'N/n', app('q')],
    ['of no type but egress', false, 'N/n', { policyTypes: ['Egress'] }],
    ['of its type', true, 'N/n', { policyTypes: ['Ingress'], ingress: null }],
    ['of ingress if there is no type', true, 'N/n', { policyTypes: [], ingress: [] }],
  ])('%s: %s', (_, selects, text, spec) => {
    expect(tried([policy(text, spec)])).toEqual(selects ? [text.split('/').slice(0, 2).join('/')] : [])
  })
})
