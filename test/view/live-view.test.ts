import fc from 'fast-check'
import { type ClusterSnapshot, SimCluster } from 'simcluster'
import { arbitraries, performAction } from 'simcluster/testing'
import { viewOf, watchView } from 'simcluster/view'
import { expect, test } from 'vitest'
import { webCluster } from './support.js'

test('a watched view equals viewOf after any commands, time and rewinds', () => {
  const { cluster: options, workloadAction } = arbitraries(fc).history()
  const move = fc.oneof(
    { weight: 4, arbitrary: workloadAction },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const), to: fc.nat({ max: 5 }) }) },
  )
  fc.assert(
    fc.property(options, fc.array(move, { maxLength: 10 }), (given, moves) => {
      const cluster = new SimCluster(given)
      const live = watchView(cluster)
      const snapshots: ClusterSnapshot[] = [cluster.snapshot()]
      for (const each of moves) {
        if (each.do === 'rewind') cluster.rewind(snapshots[each.to % snapshots.length] as ClusterSnapshot)
        else performAction(cluster, each)
        snapshots.push(cluster.snapshot())
        expect(live.current).toEqual(viewOf(cluster))
      }
      live.stop()
    }),
    { numRuns: 12 },
  )
})

test('tells when it changes, and is computed once in between', () => {
  const cluster = webCluster()
  let changes = 0
  const live = watchView(cluster, () => changes++)
  const first = live.current
  expect(live.current).toBe(first)
  cluster.create('configmaps', { metadata: { name: 'unseen' } })
  expect(live.current).toBe(first)
  expect(changes).toBe(0)
  cluster.kubectl('cordon node-1')
  expect(changes).toBe(1)
  expect(live.current.nodes[0]?.cordoned).toBe(true)
})

test('a rewind is an event, and the new state is there when it comes', () => {
  const cluster = webCluster()
  const before = cluster.snapshot()
  const view = viewOf(cluster)
  cluster.kubectl('delete deployment web')
  cluster.advance('1m')
  const seen: object[] = []
  cluster.on('rewind', (event) => seen.push([event, viewOf(cluster)]))
  cluster.rewind(before)
  expect(seen).toEqual([[{ time: view.now }, view]])
})

test('a view that has been stopped stays as it is', () => {
  const cluster = webCluster()
  const live = watchView(cluster)
  const before = viewOf(cluster)
  live.stop()
  cluster.kubectl('cordon node-1')
  cluster.advance('1m')
  expect(live.current).toEqual(before)
})
