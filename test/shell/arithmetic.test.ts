import { expect, test } from 'vitest'
import { calculate } from '../../src/shell/interpreter/arithmetic.js'

function run(text: string, given: Readonly<Record<string, string>> = {}): [string, Record<string, string>] {
  const all = new Map(Object.entries(given))
  const value = calculate(text, { get: (name) => all.get(name), set: (name, to) => void all.set(name, to) })
  return [String(value), Object.fromEntries(all)]
}

// checked against bash
test.each([
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['-7 / 2', '-3'],
  ['-7 % 3', '-1'],
  ['2 ** 10', '1024'],
  ['2 ** 3 ** 2', '512'],
  ['-2 ** 2', '4'],
  ['7 ** 999999999999', '-6423975028383421001'],
  ['9223372036854775807 + 1', '-9223372036854775808'],
  ['1 << 40', '1099511627776'],
  ['0x1f + 010', '39'],
  ['2#101 + 16#ff', '260'],
  ['1 ? 2 : 3 ? 4 : 5', '2'],
  ['0 ? 2 : 0 ? 4 : 5', '5'],
  ['1 || 1 / 0', '1'],
  ['0 && 1 / 0', '0'],
  ['!0 + ~0', '0'],
  ['3 > 2, 5', '5'],
  ['', '0'],
  ['5 & 3 | 8 ^ 1', '9'],
])('%s is %s', (text, value) => {
  expect(run(text)[0]).toBe(value)
})

test.each([
  ['i++', { i: '4' }, '4', { i: '5' }],
  ['++i', { i: '4' }, '5', { i: '5' }],
  ['i-- - --i', { i: '4' }, '2', { i: '2' }],
  ['i += 2, i * 10', { i: '1' }, '30', { i: '3' }],
  ['a = b = 3', {}, '3', { a: '3', b: '3' }],
  ['0 && (i = 1)', { i: '7' }, '0', { i: '7' }],
  ['1 ? (a = 1) : (b = 1)', {}, '1', { a: '1' }],
  ['x <<= 3', { x: '1' }, '8', { x: '8' }],
  ['a + 1', { a: 'b * 2', b: '5' }, '11', { a: 'b * 2', b: '5' }],
  ['a', { a: '' }, '0', { a: '' }],
] as const)('%s with %j is %s, and leaves %j', (text, before, value, after) => {
  expect(run(text, before)).toEqual([value, after])
})

test.each([
  ['1 / 0', 'divide by zero'],
  ['1 % 0', 'divide by zero'],
  ['2 ** -1', 'exponent less than 0'],
  ['1 +', 'arithmetic syntax error'],
  ['1 2', 'arithmetic syntax error'],
  ['08', 'arithmetic syntax error'],
  ['2#3', 'arithmetic syntax error'],
  ['5++', 'arithmetic syntax error'],
  ['1 = 2', 'arithmetic syntax error'],
  ['(1', 'arithmetic syntax error'],
  ['1 ? 2', 'arithmetic syntax error'],
  ['$', 'arithmetic syntax error'],
])('%s is an error: %s', (text, error) => {
  expect(() => run(text)).toThrow(error)
})

test('a variable that leads back to itself is an error', () => {
  expect(() => run('a', { a: 'b', b: 'a + 1' })).toThrow('expression recursion loop detected')
})
