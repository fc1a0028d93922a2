import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { type Indexers, ObjectIndex } from '../../src/client/informers/object-index.js'

const byLabel: Indexers<KubeObject> = { label: ({ metadata }) => Object.keys(metadata.labels ?? {}) }
const byOwner: Indexers<KubeObject> = {
  owner: ({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [],
}
const INDEXERS = { ...byLabel, ...byOwner }

const names = ['a', 'b', 'c', 'd', 'e']
const labels = fc.subarray(['x', 'y']).map((keys) => Object.fromEntries(keys.map((key) => [key, ''])))
const object: fc.Arbitrary<KubeObject> = fc
  .record({ name: fc.constantFrom(...names), labels, owner: fc.constantFrom('x', 'y') })
  .map(({ name, labels: own, owner: uid }) => ({
    metadata: { name, labels: own, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid }] },
  }))

/** Everything that an index returns. */
function contentsOf(index: ObjectIndex<KubeObject>): unknown {
  const buckets = ['label', 'owner'].map((name) => ['x', 'y'].map((value) => [...index.byIndex(name, value)]))
  return { buckets, all: [...index.values()], size: index.size, found: names.map((name) => index.get(name)) }
}

test('indexes that share their objects do not see each other’s changes', () => {
  const change = fc.oneof(
    fc.record({ do: fc.constant('set' as const), at: fc.nat(5), object }),
    fc.record({ do: fc.constant('delete' as const), at: fc.nat(5), name: fc.constantFrom(...names) }),
    fc.record({ do: fc.constant('share' as const), at: fc.nat(5) }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40, size: 'max' }), (changes) => {
      const all = [{ index: new ObjectIndex<KubeObject>(INDEXERS), expected: new Map<string, KubeObject>() }]
      for (const one of changes) {
        const { index, expected } = all[one.at % all.length] as (typeof all)[number]
        if (one.do === 'set') {
          expect(index.set(one.object)).toBe(expected.get(one.object.metadata.name as string))
          expected.set(one.object.metadata.name as string, one.object)
        } else if (one.do === 'delete') {
          expect(index.delete(one.name)).toBe(expected.get(one.name))
          expected.delete(one.name)
        } else {
          const copy = new ObjectIndex<KubeObject>(INDEXERS)
          copy.takeFrom(index.share())
          all.push({ index: copy, expected: new Map(expected) })
        }
      }
      for (const { index, expected } of all) {
        const fresh = new ObjectIndex<KubeObject>(INDEXERS)
        for (const each of expected.values()) fresh.set(each)
        expect(contentsOf(index)).toEqual(contentsOf(fresh))
      }
    }),
    { numRuns: 500 },
  )
})

test('an index that takes objects keeps the indexes that the other one lacks', () => {
  const original = new ObjectIndex<KubeObject>(byLabel)
  original.set({ metadata: { name: 'a', labels: { x: '' }, ownerReferences: [] } })
  const copy = new ObjectIndex<KubeObject>(INDEXERS)
  copy.takeFrom(original.share())
  copy.set({
    metadata: { name: 'b', ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'x' }] },
  })
  expect(copy.byIndex('owner', 'x').map(({ metadata }) => metadata.name)).toEqual(['b'])
  expect(copy.byIndex('label', 'x').map(({ metadata }) => metadata.name)).toEqual(['a'])
  expect(original.size).toBe(1)
})
