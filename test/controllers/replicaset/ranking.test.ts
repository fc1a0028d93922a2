import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { podsToDelete } from '../../../src/controllers/replicaset/ranking.js'
import { pod } from '../shared/objects.js'
import type { PodOptions } from '../shared/objects.js'

const now = 1_000_000
const none = (): number => 0
const healthy: PodOptions = { node: 'n1', readySince: 1000, created: 0 }

function first(a: PodOptions, b: PodOptions, related: (node: string) => number = none): string | undefined {
  return podsToDelete([pod('a', { ...healthy, ...a }), pod('b', { ...healthy, ...b })], 1, related, now)[0]
    ?.metadata.name
}

/** Both ways round, so that the order of the input does not decide. */
const goesFirst = (doomed: PodOptions, spared: PodOptions, related?: (node: string) => number): void => {
  expect(first(doomed, spared, related)).toBe('a')
  expect(first(spared, doomed, related)).toBe('b')
}

describe('podsToDelete', () => {
  it('takes unassigned pods first', () => goesFirst({ node: '' }, {}))
  it('then Pending before Unknown before Running', () => {
    goesFirst({ phase: 'Pending' }, { phase: 'Unknown' })
    goesFirst({ phase: 'Unknown' }, { phase: 'Running' })
  })
  it('then pods that are not ready', () => {
    const { readySince: _, ...unready } = healthy
    expect(podsToDelete([pod('a', healthy), pod('b', unready)], 1, none, now)[0]?.metadata.name).toBe('b')
  })
  it('then pods of lower deletion cost; texts that are no canonical numbers count as 0', () => {
    const cost = (value: string): PodOptions => ({
      annotations: { 'controller.kubernetes.io/pod-deletion-cost': value },
    })
    goesFirst(cost('-10'), {})
    goesFirst({}, cost('5'))
    goesFirst(cost('-1'), cost('-01'))
    goesFirst(cost('x'), cost('1'))
  })
  it('then pods with more relatives on their node', () => {
    goesFirst({ node: 'full' }, { node: 'free' }, (node) => (node === 'full' ? 2 : 1))
  })
  it('then pods that became ready more recently, on a log2 scale', () => {
    goesFirst({ readySince: 900_000 }, { readySince: 100_000 })
    // 700 s and 900 s fall into one bucket: the smaller uid goes
    expect(first({ readySince: 300_000 }, { readySince: 100_000 })).toBe('a')
    expect(first({ readySince: 100_000 }, { readySince: 300_000 })).toBe('a')
  })
  it('then pods with more restarts, then younger ones', () => {
    goesFirst({ restarts: 3 }, { restarts: 1 })
    goesFirst({ created: 990_000 }, { created: 1000 })
  })

  it(
    'answers as many as asked, no pod twice, and never one that ranks behind a spared one in the clear ' +
      'criteria',
    () => {
      const options = fc.record({
        node: fc.constantFrom('', 'n1', 'n2'),
        phase: fc.constantFrom('Pending' as const, 'Running' as const),
        readySince: fc.constantFrom(1000, 500_000, 999_000),
        restarts: fc.integer({ min: 0, max: 2 }),
      })
      fc.assert(
        fc.property(fc.array(options, { maxLength: 12 }), fc.nat(12), (list, count) => {
          const pods = list.map((each, at) => pod(`p${at}`, each))
          const doomed = podsToDelete(pods, count, none, now)
          expect(doomed.length).toBe(Math.min(count, pods.length))
          expect(new Set(doomed).size).toBe(doomed.length)
          const spared = pods.filter((each) => !doomed.includes(each))
          const isUnassigned = ({ spec }: (typeof pods)[number]): boolean => !spec.nodeName
          if (doomed.some((each) => !isUnassigned(each))) expect(spared.some(isUnassigned)).toBe(false)
        }),
        { seed: 7 },
      )
    },
  )
})
