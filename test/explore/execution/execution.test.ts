import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import { Execution } from '../../../src/explore/execution/execution.js'
import { stepName } from '../../../src/explore/execution/steps.js'
import { scopeOf } from '../../../src/explore/scope.js'

/** The decisions of twenty minutes in which a node is labelled, by name. */
function decisionsWith(heartbeats: 'exact' | 'quiet'): readonly string[] {
  const root = new SimCluster({ nodes: 2, time: { heartbeats } })
  const execution = Execution.begin(scopeOf(root, {}), false)
  const deadline = root.now() + 20 * 60_000
  const names: string[] = []
  const go = (until: number): void => {
    for (let ready = execution.next(until); ready; ready = execution.next(until)) {
      const [first] = ready
      if (first === undefined) return
      names.push(stepName(first))
      execution.run(first)
    }
  }
  go(deadline - 10 * 60_000)
  execution.cluster.kubectl('label node node-1 some=thing')
  go(deadline)
  return names
}

test('heartbeats are no decisions, whether they are quiet or exact', () => {
  const quiet = decisionsWith('quiet')
  expect(decisionsWith('exact')).toEqual(quiet)
  expect(quiet.filter((name) => name.includes('informer') && name.includes('nodes'))).not.toEqual([])
})
