import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PodTallies, withAdopted } from '../../../src/controllers/replicaset/pod-tally.js'
import { pod, replicaSet } from '../shared/objects.js'

const set = replicaSet('s', 3)
const terminating = (name: string): ReturnType<typeof pod> => {
  const one = pod(name)
  return { ...one, metadata: { ...one.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
}

describe('PodTallies', () => {
  it('tells owned, unselected, terminating and ended pods apart', () => {
    const other = { ...pod('b'), metadata: { ...pod('b').metadata, labels: { app: 'other' } } }
    const pods = [
      pod('a', { readySince: 1 }),
      other,
      terminating('c'),
      pod('d', { phase: 'Failed' }),
      pod('e'),
    ]
    expect(new PodTallies().of(set, pods)).toEqual({
      owned: [pods[0], pods[4]],
      unselected: [other],
      fullyLabeled: 2,
      ready: 1,
      terminating: 1,
    })
  })

  it('adds what has been adopted', () => {
    const counted = new PodTallies().of(set, [pod('a')])
    const both = withAdopted(set, counted, [pod('b', { readySince: 1 })])
    expect(both).toMatchObject({ fullyLabeled: 2, ready: 1, terminating: 0 })
    expect(both.owned).toHaveLength(2)
  })

  it('counts after any changes as if it had remembered nothing', () => {
    const makers = [
      () => pod('p'),
      () => pod('p', { readySince: 1 }),
      () => pod('p', { phase: 'Succeeded' }),
      () => terminating('p'),
      () => ({ ...pod('p'), metadata: { ...pod('p').metadata, labels: { app: 'other' } } }),
    ]
    const change = fc.record({
      at: fc.nat(8),
      remove: fc.nat(2),
      insert: fc.array(fc.constantFrom(...makers), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const tallies = new PodTallies()
        const pods: ReturnType<typeof pod>[] = []
        for (const { at, remove, insert } of changes) {
          pods.splice(at, remove, ...insert.map((make) => make()))
          expect(tallies.of(set, pods)).toEqual(new PodTallies().of(set, pods))
        }
      }),
      { seed: 7 },
    )
  })

  it('looks anew when the spec has changed', () => {
    const tallies = new PodTallies()
    const pods = [pod('a')]
    expect(tallies.of(set, pods).owned).toHaveLength(1)
    const changed = { ...set, spec: { ...set.spec, selector: { matchLabels: { app: 'other' } } } }
    expect(tallies.of(changed, pods)).toMatchObject({ owned: [], unselected: pods })
  })
})
