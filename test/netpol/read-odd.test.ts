import { badInput } from '../support/typed.js'
/** Values that nobody should write, and what is said of them. */
import { describe, expect, it } from 'vitest'
import { readNamespace, readPod, readPolicy, readWorld } from '../../src/netpol/index.js'

/** What is said when it is read. */
function said(read: () => unknown): string {
  try {
    read()
    return 'nothing'
  } catch (error) {
    return (error as Error).message
  }
}

const np = (peer: unknown): unknown => ({
  kind: 'NetworkPolicy',
  metadata: { name: 'x', namespace: 'a' },
  spec: { ingress: [{ from: [peer] }] },
})
const wide = (kind: string, spec: object): unknown => ({
  kind,
  metadata: { name: 'x' },
  spec: { subject: { namespaces: {} }, ...spec },
})
const expression = (each: object): unknown => np({ podSelector: { matchExpressions: [each] } })
const from = 'NetworkPolicy a/x: spec.ingress[0].from[0]'

describe('of a policy', () => {
  it.each<[policy: unknown, text: string]>([
    [
      wide('ClusterNetworkPolicy', { priority: 1 }),
      'ClusterNetworkPolicy x: spec.tier: Invalid value: "": supported values: "Admin", "Baseline"',
    ],
    [
      wide('AdminNetworkPolicy', { priority: -1 }),
      'AdminNetworkPolicy x: spec.priority: Invalid value: -1: must be between 0 and 1000, inclusive',
    ],
    [wide('AdminNetworkPolicy', {}), 'AdminNetworkPolicy x: spec.priority: Required value'],
    [
      wide('BaselineAdminNetworkPolicy', { priority: 1 }),
      'BaselineAdminNetworkPolicy x: spec.priority: Invalid value: 1: unknown field; known are ' +
        'subject, ingress, egress',
    ],
    [
      expression({ operator: 'Exists' }),
      `${from}.podSelector.matchExpressions[0].key: Invalid value: "": name part must be non-empty; ` +
        `${from.slice(19)}.podSelector.matchExpressions[0].key: Invalid value: "": name part must ` +
        `consist of alphanumeric characters, '-', '_' or '.', and must start and end with an ` +
        `alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation ` +
        `is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      expression({ key: 'a' }),
      `${from}.podSelector.matchExpressions[0].operator: Invalid value: "": not a valid selector operator`,
    ],
    [
      np({
        podSelector: {
          matchLabels: null,
          matchExpressions: [null, { key: 'a', operator: 'In', values: [1] }],
        },
      }),
      `${from}.podSelector.matchExpressions[1].values[0]: Invalid value: 1: must be a string`,
    ],
  ])('%#: %s', (policy, text) => {
    expect(said(() => readPolicy(policy))).toBe(text)
  })

  it.each<[value: unknown, told: string]>([
    ['x', '"x"'],
    [1, '1'],
    [false, 'false'],
    [{}, '"{...}"'],
    [[], '"[...]"'],
    [null, '"null"'],
    [undefined, '"undefined"'],
    [10n, '"10"'],
    [Symbol('s'), '"Symbol(s)"'],
  ])('an unknown field that is %o is told as %s', (value, told) => {
    expect(() =>
      readPolicy({ kind: 'NetworkPolicy', metadata: { name: 'x' }, spec: { odd: value } }),
    ).toThrow(`NetworkPolicy x: spec.odd: Invalid value: ${told}: unknown field`)
  })
})

it('without a name nothing else is told; with one, all', () => {
  expect(said(() => readPod({ metadata: { labels: 7 } }, 'pods[3]'))).toBe(
    'pods[3]: metadata.name: Required value',
  )
  expect(said(() => readPod({ metadata: { name: 'p', labels: 7 }, spec: 8 }))).toBe(
    'Pod p: spec: Invalid value: 8: must be an object; metadata.labels: Invalid value: 7: must be an object',
  )
  expect(said(() => readNamespace(undefined))).toBe(
    'namespace: Required value; metadata.name: Required value',
  )
})

it('domains that led nowhere', () => {
  expect([...readWorld({ domains: { 'B.com.': [''], 'a.com': badInput<string[]>(null) } }).domains]).toEqual([
    ['a.com', []],
    ['b.com', []],
  ])
})
