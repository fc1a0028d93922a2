import { describe, expect, it } from 'vitest'
import { compileGoRegExp, isFault, type GoRegExp } from '../../../src/lang/go/regexp.js'

function compiled(pattern: string): GoRegExp {
  const expression = compileGoRegExp(pattern)
  if (isFault(expression)) throw new Error(expression.fault)
  return expression
}

function fault(pattern: string): string | undefined {
  const expression = compileGoRegExp(pattern)
  return isFault(expression) ? expression.fault : undefined
}

describe('Go regular expressions', () => {
  it.each([
    ['(a', 'error parsing regexp: missing closing ): `(a`'],
    ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
    ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['\\1', 'error parsing regexp: invalid escape sequence: `\\1`'],
    ['a\\', 'error parsing regexp: trailing backslash at end of expression: ``'],
    ['x{1001}', 'error parsing regexp: invalid repeat count: `{1001}`'],
    ['(?P<n>a)(?P<n>b)[(?P<n>]', undefined],
  ])('compiles %s, or says %s', (pattern, expected) => {
    expect(fault(pattern)).toBe(expected)
  })

  it('refuses what is too long to compile in time, and still reads what is long', () => {
    expect(fault('(a+)+'.repeat(2_001))).toBe('error parsing regexp: expression too large')
    expect(fault('x{1000}'.repeat(1_400))).toBe('error parsing regexp: expression too large')
    expect(compiled(`${'a|'.repeat(4_000)}b`).test('b')).toBe(true)
  })

  it.each([
    ['(?i)^straße$', 'STRAßE', true],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['b$', 'b\n', false],
    ['(?m)b$', 'b\n', true],
    ['^\\pL+$', '日本', true],
    ['^[[:digit:]]+$', '42', true],
    ['^.$', '😀', true],
  ])('%s on %j', (pattern, text, expected) => {
    expect(compiled(pattern).test(text)).toBe(expected)
  })

  it('finds matches that do not overlap, and no empty one right after another', () => {
    const texts = (pattern: string, text: string, limit?: number): readonly string[] =>
      compiled(pattern)
        .findAll(text, limit)
        .map((match) => match.text)
    expect(texts('a*', 'baac')).toEqual(['', 'aa', ''])
    expect(texts('\\d', '1a2b3', 2)).toEqual(['1', '2'])
    expect(texts('', '😀')).toEqual(['', ''])
    expect(compiled('b+').find('abbc')).toEqual({ text: 'bb', start: 1, end: 3 })
    expect(compiled('x').find('abc')).toBeUndefined()
  })

  it.each(['^(a+)+$', '^(x+x+)+y$', '(.*)*b', '(a|aa)+$'])('takes linear time for %s', (pattern) => {
    expect(compiled(pattern).test(`${'a'.repeat(5_000)}!`)).toBe(false)
    expect(compiled(pattern).test('x'.repeat(5_000))).toBe(false)
  })
})
