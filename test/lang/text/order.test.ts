import { expect, test } from 'vitest'
import { byKey, byName, byText } from '../../../src/lang/text/order.js'

test('texts, entries and names are in the order of their code units', () => {
  expect(['b', 'B', 'a10', 'a2', '', 'é'].toSorted(byText)).toEqual(['', 'B', 'a10', 'a2', 'b', 'é'])
  expect(Object.entries({ b: 1, a: 2 }).toSorted(byKey)).toEqual([
    ['a', 2],
    ['b', 1],
  ])
  expect([{ name: 'b' }, { name: 'a' }].toSorted(byName)).toEqual([{ name: 'a' }, { name: 'b' }])
})

test('what is equal stays in its order', () => {
  const same = [
    { name: 'a', at: 1 },
    { name: 'a', at: 2 },
  ]
  expect(same.toSorted(byName)).toEqual(same)
})
