/**
 * Questions about all clusters. Goal: two sets of 20 policies are compared in less than a second.
 * Run: npm run bench -- netpol/compare
 */
import { analysePolicies, explainConnection, compare, policyChanges } from '../../src/netpol/index.js'
import { suite } from '../runner.js'
import { worldOf } from './world.js'

const { policies: before = [] } = worldOf({ pods: 1, policies: 20, namespaces: 3 })
const after = before.map((policy, at) =>
  at % 5 === 0 ? { ...policy, spec: { ...policy.spec, podSelector: {} } } : policy,
)
const small = worldOf({ pods: 100, policies: 20, namespaces: 3 })
const [from = '', to = ''] = (small.pods ?? []).map(
  ({ metadata: { namespace = '', name = '' } }) => `${namespace}/${name}`,
)

await suite(
  'netpol: 20 policies in all clusters (goal of compare: 1 s)',
  [
    { name: 'compare, four are other ones', run: () => compare(before, after), baseline: true },
    { name: 'compare, the same', run: () => compare(before, before.toReversed()) },
    { name: 'policyChanges', run: () => policyChanges(before, after) },
    { name: 'analysePolicies', run: () => analysePolicies(before) },
    {
      name: 'explainConnection, in a cluster of 100 pods',
      run: () => explainConnection(small, { from, to, port: 80 }),
    },
  ],
  { rounds: 5, minMs: 0 },
)
