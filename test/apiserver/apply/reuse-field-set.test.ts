import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { createScheme } from '../../../src/api/scheme.js'
import { compareObjects, filtered, type FieldFilter } from '../../../src/apiserver/apply/compare.js'
import { LEAF, union, type FieldSet } from '../../../src/apiserver/apply/field-set.js'
import { fieldFilter, ownedFields } from '../../../src/apiserver/apply/owned-fields.js'
import { rememberFieldSet, reuseFieldSet } from '../../../src/apiserver/apply/reuse-field-set.js'
import type { MapShape } from '../../../src/apiserver/apply/shape.js'
import { emptyObject, trackedKind } from '../../../src/apiserver/registry/managed-fields.js'
import { Resources } from '../../../src/apiserver/registry/resources.js'

/** Objects of many kinds, as one client wrote them to a real v1.34 cluster. */
const file = new URL('../../fixtures/apply/owned.json', import.meta.url)
const objects = (JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly object: KubeObject }[]).map(
  ({ object }) => object,
)
const resources = new Resources(createScheme('v1.34'))

/** The reference: what the creator of `next` owns by a full comparison with the empty object. */
function comparedFields(shape: MapShape, empty: object, next: object, filter: FieldFilter): FieldSet {
  const all = compareObjects(shape, empty, next)
  const changed = all === undefined ? undefined : filtered(all, filter)
  return ownedFields(union(changed?.modified ?? LEAF, changed?.added ?? LEAF))
}

/** A copy of the value in which `draw() === 0` drops a member or item, and 1 replaces a scalar. */
function mutated(value: unknown, draw: () => number): unknown {
  if (Array.isArray(value)) return value.filter(() => draw() !== 0).map((item) => mutated(item, draw))
  if (typeof value !== 'object' || value === null) return draw() === 1 ? `${String(value)}x` : value
  const kept = Object.entries(value).filter(([name]) => name === 'metadata' || draw() !== 0)
  return Object.fromEntries(kept.map(([name, member]) => [name, mutated(member, draw)]))
}

it.each(['', 'status'])(
  'a set is reused only where compareObjects finds the same: endpoint %j',
  (endpoint) => {
    let reused = 0
    let refused = 0
    fc.assert(
      fc.property(
        fc.nat(objects.length - 1),
        fc.infiniteStream(fc.nat(15)),
        fc.infiniteStream(fc.nat(15)),
        (at, firstDraws, nextDraws) => {
          const object = objects[at] as KubeObject
          const resource = resources.ofKind(object.apiVersion ?? '', object.kind ?? '')
          if (resource === undefined) throw new Error(`no ${object.kind ?? ''}`)
          const from = (stream: Iterator<number>) => () => stream.next().value as number
          const first = mutated(object, from(firstDraws[Symbol.iterator]())) as object
          // now and then the very same object, so that sets are reused, too
          const rest = nextDraws[Symbol.iterator]()
          const isSame = (rest.next().value as number) % 2 === 0
          const next = isSame ? structuredClone(first) : (mutated(first, from(rest)) as object)
          // a shape of its own has nothing remembered from earlier runs
          const shape = { ...trackedKind(resources, resource).shape }
          const filter = fieldFilter(resource.definition, endpoint)
          const empty = emptyObject(resource.message)
          rememberFieldSet(shape, comparedFields(shape, empty, first, filter))
          const set = reuseFieldSet(shape, empty, next, filter)
          if (set === undefined) refused++
          else {
            reused++
            expect(JSON.stringify(set)).toBe(JSON.stringify(comparedFields(shape, empty, next, filter)))
          }
        },
      ),
      { numRuns: 1_000 },
    )
    // the property says something only where both outcomes occur
    expect(Math.min(reused, refused)).toBeGreaterThan(100)
  },
)
