import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, it, test } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { createScheme } from '../../../src/api/scheme.js'
import { deepFreeze } from '../../../src/api/schema/freeze.js'
import { shareParts } from '../../../src/api/schema/share.js'
import { ownChanges } from '../../../src/apiserver/apply/own-changes.js'
import { trackByComparison, trackUpdate } from '../../../src/apiserver/apply/field-manager.js'
import type { FieldSet } from '../../../src/apiserver/apply/field-set.js'
import { fieldsOf, type Managers } from '../../../src/apiserver/apply/managers.js'
import { fieldFilter } from '../../../src/apiserver/apply/owned-fields.js'
import type { MapShape } from '../../../src/apiserver/apply/shape.js'
import { emptyObject, trackedKind } from '../../../src/apiserver/registry/managed-fields.js'
import { Resources } from '../../../src/apiserver/registry/resources.js'

/** Objects of many kinds, as one client wrote them to a real v1.34 cluster. */
const file = new URL('../../fixtures/apply/owned.json', import.meta.url)
const objects = (JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly object: KubeObject }[]).map(
  ({ object }) => object,
)
const resources = new Resources(createScheme('v1.34'))

/** A copy in which single draws change a scalar, drop a member or item, or repeat an item. */
function changed(value: unknown, draw: () => number): unknown {
  if (Array.isArray(value)) {
    const items = value.filter(() => draw() !== 0).map((item) => changed(item, draw))
    return draw() === 2 && items.length > 0 ? [...items, structuredClone(items[0])] : items
  }
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).filter(([name]) => name === 'metadata' || draw() !== 0)
    return Object.fromEntries(kept.map(([name, member]) => [name, changed(member, draw)]))
  }
  return draw() < 3 ? (typeof value === 'string' ? `${value}x` : value) : value
}

it('entries after a random write are those of a whole comparison', () => {
  const found = { none: 0, own: 0, unknown: 0 }
  const writes = fc.array(
    fc.record({
      manager: fc.constantFrom('kubelet', 'kubelet', 'kubectl'),
      endpoint: fc.constantFrom('', 'status'),
      isNew: fc.boolean(),
      rarity: fc.constantFrom(20, 100, 400),
      draws: fc.infiniteStream(fc.nat(1_000_000)),
    }),
    { minLength: 2, maxLength: 6 },
  )
  fc.assert(
    fc.property(fc.nat(objects.length - 1), writes, (at, history) => {
      const object = objects[at] as KubeObject
      const resource = resources.ofKind(object.apiVersion ?? '', object.kind ?? '')
      if (resource === undefined) throw new Error(`no ${object.kind ?? ''}`)
      const kind = trackedKind(resources, resource)
      let live = emptyObject(resource.message)
      let managers: Managers = []
      let before: unknown = object
      history.forEach(({ manager, endpoint, isNew, rarity, draws }, turn) => {
        const stream = draws[Symbol.iterator]()
        const draw = (): number => (stream.next().value as number) % rarity
        const next = shareParts(changed(before, draw), deepFreeze(live)) as object
        const write = {
          manager,
          subresource: endpoint === '' ? undefined : endpoint,
          time: `2026-01-01T00:00:0${isNew ? turn : 0}Z`,
          filter: fieldFilter(resource.definition, endpoint),
        }
        const tracked = trackUpdate(kind, write, live, next, managers)
        if (managers.length > 0) {
          const whole = trackByComparison(kind, write, live, next, managers)
          expect(JSON.stringify(tracked)).toBe(JSON.stringify(whole))
          const mine = managers.find(
            (one) => one.manager === manager && one.subresource === write.subresource,
          )
          if (mine !== undefined) {
            const others = managers.filter((one) => one !== mine).map(fieldsOf)
            found[ownChanges(kind.shape, live, next, write.filter, fieldsOf(mine), others) ?? 'unknown']++
          }
        }
        managers = deepFreeze(tracked)
        live = before = next
      })
    }),
    { numRuns: 2_000 },
  )
  // the property says something only where all outcomes occur
  expect(Math.min(found.none, found.own, found.unknown)).toBeGreaterThan(100)
})

const { shape, filter } = (() => {
  const pods = resources.ofKind('v1', 'Pod')
  if (pods === undefined) throw new Error('no Pod')
  return {
    shape: trackedKind(resources, pods).shape as MapShape,
    filter: fieldFilter(pods.definition, 'status'),
  }
})()
const condition = (type: string, message: string): object => ({ type, status: 'True', message })
const pod = (...conditions: readonly object[]): object => ({ status: { conditions } })
const leaf: FieldSet = {}
const owned = (...types: readonly string[]): FieldSet => ({
  'f:status': {
    'f:conditions': Object.fromEntries(
      types.map((type) => [`k:{"type":"${type}"}`, { '.': leaf, 'f:message': leaf, 'f:type': leaf }]),
    ),
  },
})

test('a new value of an own field changes no entry but for its time', () => {
  const live = pod(condition('A', 'old'), condition('B', 'same'))
  const next = pod(condition('A', 'new'), condition('B', 'same'))
  expect(ownChanges(shape, live, next, filter, owned('A'), [])).toBe('own')
  expect(ownChanges(shape, live, next, filter, owned('A'), [owned('B')])).toBe('own')
  expect(ownChanges(shape, live, structuredClone(live), filter, owned('A'), [])).toBe('none')
})

test.each([
  ['a field of another manager', pod(condition('A', 'new')), owned('A'), [owned('A')]],
  ['a field that nobody owns', pod(condition('A', 'new')), owned('B'), []],
  ['a new item', pod(condition('A', 'old'), condition('B', 'x')), owned('A', 'B'), []],
  ['a removed item', pod(), owned('A'), []],
  ['an item with the key of another', pod(condition('A', 'new'), condition('A', 'new')), owned('A'), []],
  [
    'a field that the endpoint cannot change',
    pod(condition('A', 'new')),
    { ...owned('A'), 'f:spec': leaf },
    [],
  ],
  ['a new field', { status: { ...pod(condition('A', 'old')), phase: 'Running' } }, owned('A'), []],
])('%s needs a whole comparison', (_what, next, own, others) => {
  expect(ownChanges(shape, pod(condition('A', 'old')), next, filter, own, others)).toBeUndefined()
})

test('items with one key are compared as a whole', () => {
  const twice = (message: string): object => pod(condition('A', 'old'), condition('A', message))
  expect(ownChanges(shape, twice('old'), twice('new'), filter, owned('A'), [])).toBeUndefined()
})
