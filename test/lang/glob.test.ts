import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Budget, within } from '../../src/lang/bounds/budget.js'
import { Glob, GlobFault } from '../../src/lang/text/glob.js'

describe('a pattern of file names', () => {
  test.each([
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a.text', false],
    ['?', '', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['[]]', ']', true],
    ['[[:digit:]a]', '7', true],
    ['[[:digit:]a]', 'b', false],
    ['[a-]', '-', true],
    ['[a', '[a', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a**b', 'ab', true],
    ['', '', true],
    ['*', '', true],
    ['(a|b).+$', '(a|b).+$', true],
    ['[a\\]b]', ']', true],
  ])('%s and %j: %s', (pattern, text, expected) => {
    expect(new Glob(pattern).test(text)).toBe(expected)
  })

  test('may ignore case, and may refuse an open set', () => {
    expect(new Glob('*.TXT', { ignoresCase: true }).test('a.Txt')).toBe(true)
    expect(() => new Glob('[a', { open: 'fault' })).toThrow(GlobFault)
  })

  const char = fc.constantFrom('a', 'b', '*', '?')
  const pattern = fc.string({ unit: char, maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
  /** What a regular expression says. */
  const like = (given: string): RegExp =>
    new RegExp(`^(?:${given.replaceAll('*', '[^]*').replaceAll('?', '[^]')})$`)

  test('matches what the regular expression of its meaning matches, with all prefixes and suffixes', () => {
    fc.assert(
      fc.property(pattern, text, (given, value) => {
        const glob = new Glob(given)
        const expression = like(given)
        expect(glob.test(value)).toBe(expression.test(value))
        const sizes = Array.from({ length: value.length + 1 }, (_, size) => size)
        const prefixes = sizes.filter((size) => expression.test(value.slice(0, size)))
        const suffixes = sizes.filter((size) => expression.test(value.slice(value.length - size)))
        expect(glob.prefix(value, 'shortest')).toBe(prefixes[0])
        expect(glob.prefix(value, 'longest')).toBe(prefixes.at(-1))
        expect(glob.suffix(value, 'shortest')).toBe(suffixes[0])
        expect(glob.suffix(value, 'longest')).toBe(suffixes.at(-1))
      }),
      { numRuns: 1000 },
    )
  })

  test.each(['a*a*a*a*a*a*a*a*b', '*a*a*a*a*a*a*a*a*a*a*b', `${'?*'.repeat(50)}b`, '[a-c]*[b-d]*[!x]*x'])(
    'takes a number of steps in proportion to the text: %s',
    (given) => {
      const stepsFor = (size: number): number => {
        const budget = new Budget({ work: 'a match' })
        within(budget, () => {
          const glob = new Glob(given)
          glob.test('a'.repeat(size))
          glob.prefix('a'.repeat(size), 'longest')
          glob.suffix('a'.repeat(size), 'shortest')
        })
        return budget.steps
      }
      expect(stepsFor(20_000)).toBeLessThanOrEqual(2.1 * stepsFor(10_000))
      expect(stepsFor(10_000)).toBeLessThan(10_000 * 10)
    },
  )
})
