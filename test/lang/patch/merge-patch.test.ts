import { expect, test } from 'vitest'
import { applyJsonPatch, JsonPatchError } from '../../../src/lang/patch/json-patch.js'
import { applyMergePatch } from '../../../src/lang/patch/merge-patch.js'

test('nulls delete members, maps merge, all else is replaced', () => {
  const target = { a: 1, b: { c: 1, d: 2 }, l: [1] }
  expect(applyMergePatch(target, { a: null, b: { c: 3 }, l: [2] })).toEqual({ b: { c: 3, d: 2 }, l: [2] })
  expect(applyMergePatch(target, ['x', null])).toEqual(['x', null])
})

test('maps that are new or in lists lose their nulls, lists keep them', () => {
  const patch = { m: { a: null, b: 1 }, l: [{ a: null, b: [{ c: null }] }, null] }
  expect(applyMergePatch({}, patch)).toEqual({ m: { b: 1 }, l: [{ b: [{}] }, null] })
})

test('a list in the place of a map keeps all nulls', () => {
  expect(applyMergePatch({ m: { a: 1 } }, { m: [{ a: null }] })).toEqual({ m: [{ a: null }] })
})

test('a JSON patch of null does nothing, and one with a null is refused', () => {
  expect(applyJsonPatch({ a: 1 }, null)).toEqual({ a: 1 })
  expect(() => applyJsonPatch({}, [null])).toThrow(JsonPatchError)
})
