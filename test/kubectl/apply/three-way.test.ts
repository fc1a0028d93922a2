import { describe, expect, it } from 'vitest'
import { createScheme } from '../../../src/api/scheme.js'
import { threeWayPatch, twoWayPatch } from '../../../src/kubectl/apply/three-way.js'

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

describe('twoWayPatch', () => {
  const volumes = (...names: readonly string[]): object => ({
    spec: { volumes: names.map((name) => ({ name, emptyDir: {} })) },
  })

  it('orders only lists that were there before', () => {
    expect(twoWayPatch(volumes(), volumes('b', 'a'), podTable)).toEqual(volumes('b', 'a'))
    expect(twoWayPatch(volumes('b', 'a'), volumes('a', 'b'), podTable)).toEqual({
      spec: { '$setElementOrder/volumes': [{ name: 'a' }, { name: 'b' }] },
    })
    expect(twoWayPatch(volumes('a'), volumes(), podTable)).toEqual({
      spec: { volumes: [{ $patch: 'delete', name: 'a' }] },
    })
  })

  it('deletes in the order of the keys, after all changes', () => {
    expect(twoWayPatch(volumes('d', 'b', 'c'), volumes('a', 'c'), podTable)).toEqual({
      spec: {
        volumes: [
          { name: 'a', emptyDir: {} },
          { $patch: 'delete', name: 'b' },
          { $patch: 'delete', name: 'd' },
        ],
        '$setElementOrder/volumes': [{ name: 'a' }, { name: 'c' }],
      },
    })
  })

  it('takes an unsorted list of texts for changed, as upstream sorts it in place', () => {
    const finalizers = (...names: readonly string[]): object => ({ metadata: { finalizers: names } })
    expect(twoWayPatch(finalizers('a', 'b'), finalizers('a', 'b'), podTable)).toEqual({})
    expect(twoWayPatch(finalizers('b', 'a'), finalizers('b', 'a'), podTable)).toEqual({
      metadata: { '$setElementOrder/finalizers': ['b', 'a'] },
    })
    expect(twoWayPatch(finalizers('b', 'a'), finalizers('c', 'b'), podTable)).toEqual({
      metadata: {
        finalizers: ['c'],
        '$deleteFromPrimitiveList/finalizers': ['a'],
        '$setElementOrder/finalizers': ['c', 'b'],
      },
    })
  })

  it('names the fields to retain where a map has a strategy for it', () => {
    const volume = (source: object): object => ({ spec: { volumes: [{ name: 'v', ...source }] } })
    expect(twoWayPatch(volume({ emptyDir: {} }), volume({ secret: { secretName: 's' } }), podTable)).toEqual({
      spec: {
        volumes: [
          { name: 'v', secret: { secretName: 's' }, emptyDir: null, $retainKeys: ['name', 'secret'] },
        ],
        '$setElementOrder/volumes': [{ name: 'v' }],
      },
    })
  })

  it('refuses items without the merge key', () => {
    const broken = { spec: { volumes: [{ emptyDir: {} }] } }
    expect(() => twoWayPatch(volumes('a'), broken, podTable)).toThrow(
      'map: map[emptyDir:map[]] does not contain declared merge key: name',
    )
  })
})

describe('deletions of a three-way patch', () => {
  it('stay where they were between the changes', () => {
    const image = (name: string, version: number): object => ({ name, image: `i:${version}` })
    const patch = threeWayPatch(
      pod(image('a', 1), image('b', 1), image('c', 1)),
      pod(image('a', 2), image('c', 2)),
      pod(image('a', 1), image('b', 1), image('c', 1)),
      podTable,
    ) as { spec: { containers: readonly { name: string }[] } }
    expect(patch.spec.containers.map(({ name }) => name)).toEqual(['a', 'c', 'b'])
  })
})
