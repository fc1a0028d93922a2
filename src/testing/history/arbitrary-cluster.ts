import type { Arbitrary } from 'fast-check'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { FastCheck } from '../rbac/arbitraries.js'
import type { HistoryAction } from './action.js'
import { historyArbitraries } from './arbitraries.js'
import { performAction } from './perform.js'
import { codeOf } from './run-history.js'

/**
 * Returns an arbitrary of whole clusters at rest: one to five nodes with workloads of every kind, Services,
 * budgets and autoscalers, cordoned, crashed and added nodes. Each run of a property gets a copy of its own.
 * It shrinks to a cluster made by few actions, and fast-check prints it as a call of `runHistory`.
 *
 * ```ts
 * fc.assert(fc.property(arbitraryCluster(fc), (cluster) => { cluster.advance('1h') }))
 * ```
 */
export function arbitraryCluster(fc: FastCheck): Arbitrary<SimCluster> {
  const { cluster, history } = historyArbitraries(fc)
  return fc.tuple(cluster, history).map(([options, actions]) => {
    const made = new SimCluster(options)
    for (const action of actions) performAction(made, action)
    for (const last of rest) performAction(made, last)
    const text = codeOf([...actions, ...rest], options)
    const copy = (): SimCluster =>
      Object.defineProperties(made.fork(), {
        [fc.cloneMethod]: { value: copy },
        [fc.toStringMethod]: { value: () => text },
      })
    return copy()
  })
}

/** Something may have stopped the apiserver, without which nothing is at rest. */
const rest: readonly HistoryAction[] = [{ do: 'startApiserver' }, { do: 'settle' }]
