import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { createScheme } from '../../../src/api/scheme.js'
import { trackUpdate } from '../../../src/apiserver/apply/field-manager.js'
import { fieldFilter } from '../../../src/apiserver/apply/owned-fields.js'
import type { FieldSet } from '../../../src/apiserver/apply/field-set.js'
import { emptyObject, trackedKind } from '../../../src/apiserver/registry/managed-fields.js'
import { Resources } from '../../../src/apiserver/registry/resources.js'

/**
 * Objects of a real v1.34 cluster that one manager made, and the fields that the real server noted for it.
 */
const file = new URL('../../fixtures/apply/owned.json', import.meta.url)
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly {
  readonly object: KubeObject
  readonly fieldsV1: FieldSet
}[]
const resources = new Resources(createScheme('v1.34'))

describe('fields of a creator, to the byte as the real server notes them', () => {
  it.each(
    cases.map(
      ({ object, fieldsV1 }) =>
        [`${object.kind ?? ''} ${object.metadata.name ?? ''}`, object, fieldsV1] as const,
    ),
  )('%s', (_, object, fieldsV1) => {
    const resource = resources.ofKind(object.apiVersion ?? '', object.kind ?? '')
    if (resource === undefined) throw new Error(`no ${object.kind ?? ''}`)
    const write = {
      manager: 'm',
      subresource: undefined,
      time: '2026-01-01T00:00:00Z',
      filter: fieldFilter(resource.definition, ''),
    }
    const [entry] = trackUpdate(
      trackedKind(resources, resource),
      write,
      emptyObject(resource.message),
      object,
      [],
    )
    expect(JSON.stringify(entry?.fieldsV1)).toBe(JSON.stringify(fieldsV1))
  })
})

/** An object without some of its members and items, chosen by `drops`; `[]` and `{}` stay. */
function thinned(value: unknown, drops: (number: number) => boolean, count: { at: number }): unknown {
  if (Array.isArray(value))
    return value.filter(() => !drops(count.at++)).map((item) => thinned(item, drops, count))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => name === 'metadata' || !drops(count.at++))
  return Object.fromEntries(kept.map(([name, member]) => [name, thinned(member, drops, count)]))
}

describe('fields of a creator that has made alike objects before', () => {
  it.each(['', 'status'])('are those that a first one would own: endpoint %j', (subresource) => {
    let alike = 0
    fc.assert(
      fc.property(
        fc.nat(cases.length - 1),
        fc.infiniteStream(fc.nat(15)),
        fc.integer({ min: 0, max: 2 }),
        (at, stream, most) => {
          const { object } = cases[at] as (typeof cases)[number]
          const resource = resources.ofKind(object.apiVersion ?? '', object.kind ?? '')
          if (resource === undefined) throw new Error(`no ${object.kind ?? ''}`)
          const draws = stream[Symbol.iterator]()
          const next = thinned(object, () => (draws.next().value as number) < most, { at: 0 }) as object
          const write = {
            manager: 'm',
            subresource: undefined,
            time: '2026-01-01T00:00:00Z',
            filter: fieldFilter(resource.definition, subresource),
          }
          const kind = trackedKind(resources, resource)
          const forgetful = { ...kind, shape: { ...kind.shape } }
          const [empty, of] = [
            emptyObject(resource.message),
            (tracked: typeof kind) => trackUpdate(tracked, write, empty, next, []),
          ]
          const [first] = of(forgetful)
          const [known] = of(kind)
          const [again] = of(kind)
          if (known?.fieldsV1 === again?.fieldsV1) alike++
          expect([JSON.stringify(known), JSON.stringify(again)]).toEqual([
            JSON.stringify(first),
            JSON.stringify(first),
          ])
        },
      ),
      { numRuns: 600 },
    )
    expect(alike).toBeGreaterThan(subresource === '' ? 400 : 0)
  })
})
