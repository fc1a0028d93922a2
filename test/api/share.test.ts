import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepFreeze } from '../../src/api/schema/freeze.js'
import { isKnown, shareParts } from '../../src/api/schema/share.js'

const json = fc.jsonValue({ maxDepth: 4 })

test('what is shared is equal to what it replaces, and is the other itself when both are equal', () => {
  fc.assert(
    fc.property(json, json, fc.boolean(), (a, b, same) => {
      const value = structuredClone(a)
      const like = deepFreeze(structuredClone(same ? a : b))
      const shared = shareParts(value, like)
      expect(shared).toStrictEqual(a)
      if (typeof like === 'object' && like !== null && same) expect(shared).toBe(like)
    }),
  )
})

test('parts in the same place are taken over, others are not', () => {
  const like = deepFreeze({ list: [{ a: 1 }, { b: [2] }], map: { x: { y: 1 } }, other: { z: 1 } })
  const value = { list: [{ a: 1 }, { b: [3] }, { a: 1 }], map: { x: { y: 1 } }, other: { z: 1, more: 0 } }
  const wished = structuredClone(value)
  expect(shareParts(value, like)).toBe(value)
  expect(value).toStrictEqual(wished)
  expect(value.list[0]).toBe(like.list[0])
  expect(value.map).toBe(like.map)
  expect([value.list, value.list[2], value.other].map(isKnown)).toEqual([false, false, false])
  expect([value.list[0], value.map].map(isKnown)).toEqual([true, true])
})

test('a list is not an object with the same members, and no member comes from a prototype', () => {
  expect(shareParts([1], Object.freeze({ 0: 1 }))).toStrictEqual([1])
  expect(shareParts({ 0: 1 }, Object.freeze([1]))).toStrictEqual({ 0: 1 })
  const odd = JSON.parse('{"__proto__": {}, "constructor": "x", "toString": "y"}') as object
  const shared = shareParts(odd, Object.freeze({})) as object
  expect(JSON.stringify(shared)).toBe('{"__proto__":{},"constructor":"x","toString":"y"}')
  expect(Object.getPrototypeOf(shared)).toBe(Object.prototype)
})
