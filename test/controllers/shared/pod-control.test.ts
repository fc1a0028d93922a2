import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSelector } from '../../../src/api/selectors/labels.js'
import type { ExpectationsState } from '../../../src/controllers/shared/expectations.js'
import { Expectations } from '../../../src/controllers/shared/expectations.js'
import { scaledValue } from '../../../src/controllers/shared/int-or-percent.js'
import { sortClaims } from '../../../src/controllers/shared/ownership.js'
import {
  nextAvailabilityCheck,
  podFromTemplate,
  slowStart,
} from '../../../src/controllers/shared/pod-control.js'
import { pod, replicaSet } from './objects.js'
import { StateSlice } from '../../../src/sim/modules/slice.js'

describe('slowStart', () => {
  const run = (
    count: number,
    fails: (at: number) => boolean,
  ): { tried: number[]; succeeded: number; error?: unknown } => {
    const tried: number[] = []
    const result = slowStart(count, (at) => {
      tried.push(at)
      if (fails(at)) throw new Error(`no ${at}`)
    })
    return { tried, ...result }
  }

  it('carries a batch with an error through and then stops', () => {
    expect(run(10, () => true)).toMatchObject({ tried: [0], succeeded: 0 })
    expect(run(10, (at) => at === 3)).toMatchObject({
      tried: [0, 1, 2, 3, 4, 5, 6],
      succeeded: 6,
      error: new Error('no 3'),
    })
    expect(run(10, () => false)).toEqual({ tried: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], succeeded: 10 })
  })

  it('tries a prefix of what is asked, each once, up to the end of the first batch with an error', () => {
    fc.assert(
      fc.property(fc.nat(70), fc.uniqueArray(fc.nat(70)), (count, bad) => {
        const { tried, succeeded } = run(count, (at) => bad.includes(at))
        expect(tried).toEqual(tried.map((_, at) => at))
        const failed = tried.filter((at) => bad.includes(at)).length
        expect(succeeded).toBe(tried.length - failed)
        if (failed === 0) expect(tried.length).toBe(count)
        else
          expect([count, ...[1, 3, 7, 15, 31, 63, 127].filter((end) => end < count)]).toContain(tried.length)
      }),
      { seed: 7 },
    )
  })
})

describe('Expectations', () => {
  const make = (): { expectations: Expectations; clock: { time: number; now(): number } } => {
    const clock = { time: 0, now: () => clock.time }
    return {
      clock,
      expectations: new Expectations(new StateSlice<ExpectationsState>(new Map(), false), clock),
    }
  }

  it('is satisfied once every creation and deletion has been seen', () => {
    const { expectations } = make()
    expect(expectations.isSatisfied('a')).toBe(true)
    expectations.expect('a', 2, ['p', 'q'])
    expectations.creationObserved('a', 2)
    expectations.deletionObserved('a', 'p')
    expectations.deletionObserved('a', 'p')
    expect(expectations.isSatisfied('a')).toBe(false)
    expectations.deletionObserved('a', 'q')
    expect(expectations.isSatisfied('a')).toBe(true)
  })

  it('gives up after five minutes', () => {
    const { expectations, clock } = make()
    expectations.expect('a', 1, [])
    clock.time = 300_000
    expect(expectations.isSatisfied('a')).toBe(false)
    clock.time = 300_001
    expect(expectations.isSatisfied('a')).toBe(true)
  })
})

describe('sortClaims', () => {
  const matches = compileSelector({ matchLabels: { app: 'x' } })
  const other = { labels: { app: 'y' } }
  it('keeps, releases and adopts', () => {
    const claims = sortClaims(
      replicaSet('s', 1),
      matches,
      [pod('a'), pod('b', other)],
      [pod('c'), pod('d', other), pod('e', { deleted: true })],
    )
    const names = Object.entries(claims).map(([what, list]) => [
      what,
      list.map(({ metadata }: { metadata: { name?: string } }) => metadata.name),
    ])
    expect(Object.fromEntries(names)).toEqual({ owned: ['a'], release: ['b'], adopt: ['c'] })
  })
  it('does neither for an owner that is being deleted', () => {
    const set = replicaSet('s', 1)
    const deleted = { ...set, metadata: { ...set.metadata, deletionTimestamp: '1970-01-01T00:00:00Z' } }
    expect(sortClaims(deleted, matches, [pod('b', other)], [pod('c')])).toEqual({
      owned: [],
      release: [],
      adopt: [],
    })
  })
})

describe('scaledValue', () => {
  it.each([
    [undefined, 10, 'up', 0],
    [3, 10, 'up', 3],
    ['25%', 10, 'up', 3],
    ['25%', 10, 'down', 2],
    ['0%', 10, 'up', 0],
    ['100%', 7, 'down', 7],
    ['150%', 2, 'up', 3],
  ] as const)('%s of %d rounded %s is %d', (value, total, rounding, expected) => {
    expect(scaledValue(value, total, rounding)).toBe(expected)
  })
})

describe('nextAvailabilityCheck', () => {
  it('is the soonest of the ready pods that are not yet available', () => {
    const pods = [
      pod('a', { readySince: 1000 }),
      pod('b', { readySince: 5000 }),
      pod('c', { readySince: 7000 }),
      pod('d'),
    ]
    expect(nextAvailabilityCheck(pods, 5, 8000)).toBe(2000)
    expect(nextAvailabilityCheck(pods, 0, 8000)).toBeUndefined()
    expect(nextAvailabilityCheck(pods, 1, 8000)).toBeUndefined()
  })
})

describe('podFromTemplate', () => {
  it('takes over what the template says, and names its owner', () => {
    const set = replicaSet('s', 1)
    const { metadata, spec } = podFromTemplate(set.spec.template, {
      object: set,
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
    })
    expect(metadata).toEqual({
      generateName: 's-',
      namespace: 'default',
      labels: { app: 'x' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 's',
          uid: 's',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    })
    expect(spec).toBe(set.spec.template.spec)
  })
})
