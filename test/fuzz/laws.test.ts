import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { kindsOf, playLaws } from './laws.js'

/** `npm run soak -- --requests` plays all kinds, with more objects. */
const KINDS = ['Deployment', 'EndpointSlice', 'LimitRange', 'Pod', 'Service']
const kinds = kindsOf(new SimCluster({ nodes: 0 }))

test('the kinds that a cluster creates and patches', () => {
  expect(kinds.length).toBeGreaterThan(50)
})

test.each(kinds.filter(({ kind }) => KINDS.includes(kind)))('what holds for writes of $kind', (kind) => {
  expect(playLaws(kind, 8, 20261129)).toEqual([])
})
