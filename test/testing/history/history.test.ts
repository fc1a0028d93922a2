import * as fc from 'fast-check'
import { SimCluster } from 'simcluster'
import {
  historyArbitraries,
  HistoryError,
  runHistory,
  type HistoryAction,
  type Invariant,
} from 'simcluster/testing'
import { expect, test } from 'vitest'

const { cluster, history } = historyArbitraries(fc)

test('histories of any cluster hold all invariants', () => {
  fc.assert(
    fc.property(cluster, history, (options, actions) => void runHistory(new SimCluster(options), actions)),
    { numRuns: 8 },
  )
}, 120_000)

test('a history says what was done', () => {
  const actions: readonly HistoryAction[] = [
    { do: 'deployment', name: 'web', replicas: 2, cpu: '100m', surge: 1 },
    { do: 'settle' },
    { do: 'scale', name: 'web', replicas: 1 },
    { do: 'drain', node: 3, timeout: '5s' },
    { do: 'crash', node: 0 },
    { do: 'delete', kind: 'deployments', object: 5, policy: 'Foreground' },
    { do: 'stop', component: 'kube-scheduler' },
    { do: 'advance', ms: 300 },
  ]
  const seen: number[] = []
  const atEnd = (each: SimCluster): void => void seen.push(each.nodes().length)
  expect(runHistory(new SimCluster({ nodes: 2 }), actions, { atEnd })).toEqual([
    'kubectl apply: deployment name=web replicas=2 cpu=100m surge=1',
    'cluster.settle()',
    'kubectl scale deployment web --replicas=1',
    'kubectl drain node-2 --ignore-daemonsets --force --timeout=5s',
    "cluster.node('node-1').crash()",
    'kubectl delete deployments web -n default --cascade=foreground',
    "cluster.component('kube-scheduler').stop()",
    'cluster.advance(300)',
  ])
  expect(seen).toEqual([2])
})

test('what breaks shrinks to a short history, printed as commands and as code', () => {
  const few: Invariant = {
    name: 'few-pods',
    rule: 'there are at most three pods',
    check: (_cluster, stored) =>
      stored.list('pods').length > 3 ? [{ message: 'there are more', objects: [] }] : [],
  }
  const run = (actions: readonly HistoryAction[]): void =>
    void runHistory(new SimCluster({ nodes: 1 }), actions, { invariants: [few] })
  const found = fc.check(fc.property(history, run), { numRuns: 200, seed: 1 })
  expect(found.failed).toBe(true)
  const [shortest = []] = found.counterexample ?? []
  expect(shortest.length).toBeLessThanOrEqual(3)
  expect(() => run(shortest)).toThrow(HistoryError)
  expect(() => run(shortest)).toThrow(/few-pods: : there are more\n\nafter:\n {2}kubectl .*\n\nas code:\n/s)
  expect(() => run(shortest)).toThrow(`runHistory(cluster, ${JSON.stringify(shortest)})`)
}, 120_000)
