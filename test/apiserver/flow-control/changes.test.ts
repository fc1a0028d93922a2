import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const base = new SimCluster()
base.settle()

const schema = (name: string, level: string, precedence: number): object => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    rules: [
      {
        subjects: [{ kind: 'Group', group: { name: 'system:authenticated' } }],
        resourceRules: [
          { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
        ],
      },
    ],
  },
})

const level = (name: string, shares: number): object => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name },
  spec: { type: 'Limited', limited: { nominalConcurrencyShares: shares, limitResponse: { type: 'Reject' } } },
})

/** The mandatory ones are imagined while they are missing. */
const names = fc.constantFrom('a', 'b', 'c', 'catch-all', 'exempt')
const step = fc.oneof(
  fc.record({ schema: names, level: names, precedence: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ level: names, shares: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ deleted: fc.constantFrom('flowschemas', 'prioritylevelconfigurations'), name: names }),
)

const flowsOf = (cluster: SimCluster): object => ({
  flows: ['jane', 'system:anonymous', { user: 'root', groups: ['system:masters'] }].map((user) =>
    cluster.explainFlow(user, 'list', 'pods'),
  ),
  // what they have counted belongs to the process
  levels: cluster
    .kubectl('get --raw /debug/api_priority_and_fairness/dump_priority_levels')
    .stdout.split('\n')
    .map((line) => line.split(',')[0]),
})

test('flows after any changes are those of a server that has just started', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const cluster = base.fork()
      flowsOf(cluster)
      for (const each of steps) {
        try {
          if ('deleted' in each) cluster.delete(each.deleted, each.name)
          else if ('schema' in each) cluster.apply([schema(each.schema, each.level, each.precedence)])
          else cluster.apply([level(each.level, each.shares)])
        } catch (error) {
          // mandatory objects refuse other specs
          expect(String(error)).toMatch(/Invalid|invalid|not found/)
        }
        expect(flowsOf(cluster)).toEqual(flowsOf(cluster.fork()))
      }
    }),
    { numRuns: 40, seed: 7 },
  )
})
