import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { decode } from '../../../src/api/schema/decode.js'
import { deepFreeze } from '../../../src/api/schema/freeze.js'
import { DecodeError } from '../../../src/lang/json/decode-error.js'
import { createScheme } from '../../../src/api/scheme.js'
import { Resources } from '../../../src/apiserver/registry/resources.js'

const file = new URL('../../fixtures/apply/owned.json', import.meta.url)
const objects = (JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly object: KubeObject }[]).map(
  ({ object }) => object,
)
const resources = new Resources(createScheme('v1.34'))
const messageOf = ({ apiVersion = '', kind = '' }: KubeObject) => {
  const resource = resources.ofKind(apiVersion, kind)
  if (resource === undefined) throw new Error(`no ${kind}`)
  return resource.message
}

/** A copy in which some scalars are others, and some members and items are gone or empty. */
function changed(value: unknown, draw: () => number): unknown {
  const drawn = draw()
  if (Array.isArray(value))
    return drawn === 0 ? [] : value.filter(() => draw() !== 1).map((item) => changed(item, draw))
  if (typeof value === 'object' && value !== null) {
    if (drawn === 0) return {}
    const kept = Object.entries(value).filter(() => draw() !== 1)
    return Object.fromEntries(kept.map(([name, member]) => [name, changed(member, draw)]))
  }
  return drawn === 2 && typeof value === 'string' ? '' : value
}

/** A changed value may be one that the field does not take. */
function outcome<T>(run: () => T): T | { readonly fault: string } {
  try {
    return run()
  } catch (error) {
    if (error instanceof DecodeError) return { fault: error.message }
    throw error
  }
}

test('an object that is decoded like another one is the same as without it, and shares what is equal', () => {
  let shared = 0
  fc.assert(
    fc.property(
      fc.nat(objects.length - 1),
      fc.constantFrom(5, 30, 1_000),
      fc.infiniteStream(fc.nat(1_000_000)),
      (at, rarity, draws) => {
        const object = objects[at] as KubeObject
        const message = messageOf(object)
        const like = deepFreeze(decode<object>(message, object).object)
        const stream = draws[Symbol.iterator]()
        const input = changed(object, () => (stream.next().value as number) % rarity)
        const alone = outcome(() => decode<object>(message, input))
        const alike = outcome(() => decode<object>(message, input, { like }))
        expect(alike).toEqual(alone)
        if ('fault' in alike || !Object.isFrozen(alike.object)) return
        expect(alike.object).toBe(like)
        shared++
      },
    ),
    { numRuns: 2_000 },
  )
  expect(shared).toBeGreaterThan(100)
})

const pod = (...images: readonly string[]): Readonly<Record<string, unknown>> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: images.map((image, at) => ({ name: `c${at}`, image })) },
})
const message = messageOf({ apiVersion: 'v1', kind: 'Pod' } as KubeObject)

test('equal parts are those of the other object, and a part that was sent empty is not', () => {
  const like = deepFreeze(decode<Readonly<Record<string, object>>>(message, pod('a', 'b')).object)
  const decoded = (input: object): Readonly<Record<string, object>> =>
    decode<Readonly<Record<string, object>>>(message, input, { like }).object
  const { metadata, spec } = decoded(pod('a', 'x'))
  const containersOf = (part: object): readonly object[] =>
    (part as { readonly containers: readonly object[] }).containers
  expect(metadata).toBe(like['metadata'])
  expect(spec).not.toBe(like['spec'])
  expect(containersOf(spec as object)[0]).toBe(containersOf(like['spec'] as object)[0])
  expect(decoded(pod('a', 'b'))).toBe(like)
  const sentEmpty = { ...pod('a', 'b'), metadata: { ...(pod()['metadata'] as object), annotations: {} } }
  expect(decoded(sentEmpty)['metadata']).not.toBe(like['metadata'])
})

test('no part comes from a prototype', () => {
  const like = deepFreeze(decode<object>(message, pod('a')).object)
  const labels = JSON.parse('{"__proto__": "x", "constructor": "y"}') as object
  const { object } = decode<{ readonly metadata: { readonly labels: object } }>(
    message,
    { ...pod('a'), metadata: { name: 'web', labels } },
    { like },
  )
  expect(JSON.stringify(object.metadata.labels)).toBe('{"__proto__":"x","constructor":"y"}')
})
