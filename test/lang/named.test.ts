import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstNamed, lastNamed } from '../../src/lang/bounds/named.js'

test('the first and the last of a name are those that a search finds, in short and in long lists', () => {
  const item = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.nat() })
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), fc.constantFrom('a', 'b', 'z'), (list, name) => {
      expect(firstNamed(list, name)).toBe(list.find((one) => one.name === name))
      expect(lastNamed(list, name)).toBe(list.findLast((one) => one.name === name))
    }),
  )
  expect(firstNamed(undefined, 'a')).toBeUndefined()
})

test('a long list is gone through once, however many names are looked up', () => {
  let reads = 0
  const list = Array.from({ length: 1_000 }, (_, at) => ({
    get name() {
      reads++
      return `n${at}`
    },
  }))
  for (let at = 0; at < 1_000; at++) firstNamed(list, `n${at}`)
  expect(reads).toBe(1_000)
})
