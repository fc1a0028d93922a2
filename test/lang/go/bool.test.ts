import { expect, test } from 'vitest'
import { boolFault, parseBool } from '../../../src/lang/go/bool.js'

test.each([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
  ...['', 'yes', 'tRUE', ' true', 'constructor', '__proto__'].map((text) => [text, undefined] as const),
])('strconv.ParseBool of %j is %j', (text, value) => {
  expect(parseBool(text)).toBe(value)
})

test('the error quotes the text as Go does', () => {
  expect(boolFault('a\u00a0b')).toBe(String.raw`strconv.ParseBool: parsing "a\u00a0b": invalid syntax`)
})
