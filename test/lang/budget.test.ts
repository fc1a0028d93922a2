import { describe, expect, test } from 'vitest'
import { Budget, OverBudget, reserve, spend, within } from '../../src/lang/bounds/budget.js'
import { compileGoRegExp, type GoRegExp, isFault } from '../../src/lang/go/regexp.js'

describe('a budget', () => {
  test('ends the work that uses it up, with the name of the work', () => {
    const budget = new Budget({ work: 'the command', steps: 10, bytes: 5 })
    within(budget, () => spend(10))
    expect(() => within(budget, () => spend(1))).toThrow('the command takes more than 10 steps')
    expect(() => within(budget, () => reserve(6))).toThrow('the command takes more than 5 bytes')
  })

  test('is that of the innermost work, and the outer one comes back', () => {
    const [outer, inner] = [new Budget({ work: 'outer' }), new Budget({ work: 'inner' })]
    within(outer, () => {
      spend(1)
      expect(() =>
        within(inner, () => {
          spend(2)
          throw new Error('ends')
        }),
      ).toThrow('ends')
      spend(4)
    })
    spend(8)
    expect([outer.steps, inner.steps]).toEqual([5, 2])
  })

  test('gives bytes back', () => {
    const budget = new Budget({ work: 'the command', bytes: 5 })
    budget.take(5)
    budget.free(3)
    budget.take(3)
    expect(() => budget.take(1)).toThrow(OverBudget)
  })
})

const compiled = (pattern: string): GoRegExp => {
  const expression = compileGoRegExp(pattern)
  if (isFault(expression)) throw new Error(expression.fault)
  return expression
}

describe('a pattern', () => {
  test.each([
    ['(a?){500}b', 'test', (expression: GoRegExp) => expression.test(`${'a'.repeat(1_000_000)}b`)],
    ['((a|b|c){1000})d*$', 'find', (expression: GoRegExp) => expression.find('a'.repeat(1_000_000))],
    ['a.*b|a', 'findAll', (expression: GoRegExp) => expression.findAll('a'.repeat(100_000))],
    ['(a+b)|a', 'findGroups', (expression: GoRegExp) => expression.findGroups('a'.repeat(100_000))],
  ] as const)('with much to do in a long text is given up: %s by %s', (pattern, _, run) => {
    expect(() => run(compiled(pattern))).toThrow(OverBudget)
  })

  test('of an ordinary size is matched in a text of a megabyte', () => {
    expect(compiled('^[a-z]+$').test('a'.repeat(1_000_000))).toBe(true)
  })

  test('is charged to the budget of the work that runs', () => {
    const budget = new Budget({ work: 'the request', steps: 10_000 })
    const expression = compiled('^(a+)+$')
    expect(() =>
      within(budget, () => {
        for (;;) expression.test('a'.repeat(100))
      }),
    ).toThrow('the request takes more than 10000 steps')
  })

  test('may want the longest of the leftmost matches, ignore case, and give its groups', () => {
    const expression = compileGoRegExp('(a)|(ab)', { longest: true, ignoresCase: true })
    if (isFault(expression)) throw new Error(expression.fault)
    expect(expression.findGroups('xABa')).toEqual([
      { text: 'AB', start: 1, end: 3, groups: ['AB', undefined, 'AB'] },
      { text: 'a', start: 3, end: 4, groups: ['a', 'a', undefined] },
    ])
  })
})
