import { describe, expect, it } from 'vitest'
import { createScheme } from '../../../src/api/scheme.js'
import { threeWayPatch } from '../../../src/kubectl/apply/three-way.js'

const scheme = createScheme('v1.35')
const podTable = scheme.messageOf(scheme.byName('pods') as NonNullable<ReturnType<typeof scheme.byName>>)

const pod = (...containers: readonly object[]): object => ({ spec: { containers } })

describe('threeWayPatch', () => {
  it('is empty when nothing is wanted', () => {
    const wanted = pod({ name: 'a', image: 'i:1' })
    expect(
      threeWayPatch(wanted, wanted, pod({ name: 'a', image: 'i:1', imagePullPolicy: 'Always' }), podTable),
    ).toEqual({})
  })

  it('keeps what others have added and takes away what was applied before', () => {
    const before = pod({ name: 'a', image: 'i:1' }, { name: 'b', image: 'i:1' })
    const current = pod(
      { name: 'a', image: 'i:1' },
      { name: 'b', image: 'i:1' },
      { name: 'injected', image: 's' },
    )
    expect(threeWayPatch(before, pod({ name: 'a', image: 'i:2' }), current, podTable)).toEqual({
      spec: {
        containers: [
          { image: 'i:2', name: 'a' },
          { $patch: 'delete', name: 'b' },
        ],
        '$setElementOrder/containers': [{ name: 'a' }],
      },
    })
  })

  it('nulls fields that are no longer applied, and leaves alone those that never were', () => {
    const patch = threeWayPatch(
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { a: '1', b: '2', c: '3' } } },
      podTable,
    )
    expect(patch).toEqual({ metadata: { labels: { b: null } } })
  })

  it('replaces lists as a whole where there is no field table', () => {
    expect(
      threeWayPatch({ spec: { l: [1], m: 1 } }, { spec: { l: [2] } }, { spec: { l: [1], m: 1 } }, undefined),
    ).toEqual({ spec: { l: [2], m: null } })
  })
})
