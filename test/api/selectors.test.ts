import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldTermsMatch, parseFieldSelector } from '../../src/api/selectors/fields.js'
import {
  compileSelectorText,
  parseLabelSelector,
  SelectorSyntaxError,
} from '../../src/api/selectors/label-parser.js'
import {
  formatRequirement,
  formatSelector,
  labelMapMatches,
  selectorMatches,
} from '../../src/api/selectors/labels.js'

const labels = { app: 'web', tier: 'front', n: '5' }

describe('label selectors', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['gone!=x', true],
    ['app in (api, web)', true],
    ['app notin (web)', false],
    ['gone notin (x)', true],
    ['tier', true],
    ['!tier', false],
    ['!gone,app', true],
    ['n>4', true],
    ['n<5', false],
    ['app in (web),tier=back', false],
    ['in in (in)', false],
    ['app in ()', false],
  ])('%j on %j', (text, expected) => expect(compileSelectorText(text)(labels)).toBe(expected))

  it.each([
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=', undefined],
    ['a=b,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    [
      'n>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the " +
        'value must be an integer',
    ],
  ])('%j: %s', (text, message) => {
    if (message === undefined)
      expect(parseLabelSelector(text)).toEqual([{ key: 'a', operator: '=', values: [''] }])
    else expect(() => parseLabelSelector(text)).toThrow(new SelectorSyntaxError(message))
  })

  it('an absent object selector matches nothing, an empty one everything; an empty map nothing', () => {
    expect([
      selectorMatches(undefined, labels),
      selectorMatches({}, labels),
      labelMapMatches({}, labels),
      labelMapMatches({ app: 'web' }, labels),
    ]).toEqual([false, true, false, true])
    expect(
      selectorMatches({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['api'] }] }, {}),
    ).toBe(true)
    expect(
      formatSelector({
        matchLabels: { b: 'c' },
        matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }],
      }),
    ).toBe('a in (x,y),b=c')
  })

  it('printed requirements read as what they were', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
    const requirement = fc.oneof(
      fc.record({
        key: name,
        operator: fc.constantFrom('in' as const, 'notin' as const),
        values: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        key: name,
        operator: fc.constantFrom('=' as const, '!=' as const),
        values: name.map((value) => [value]),
      }),
      fc.record({
        key: name,
        operator: fc.constantFrom('exists' as const, '!' as const),
        values: fc.constant<string[]>([]),
      }),
    )
    fc.assert(
      fc.property(requirement, (one) => {
        expect(parseLabelSelector(formatRequirement(one))).toEqual([
          { ...one, values: [...one.values].sort() },
        ])
      }),
      { seed: 7 },
    )
  })
})

describe('field selectors', () => {
  it('knows both operators and escapes', () => {
    expect(parseFieldSelector('a=1,b!=2,c==x\\,y')).toEqual([
      { field: 'a', operator: '=', value: '1' },
      { field: 'b', operator: '!=', value: '2' },
      { field: 'c', operator: '=', value: 'x,y' },
    ])
    expect(fieldTermsMatch(parseFieldSelector('a=1,b!=2'), (field) => (field === 'a' ? '1' : ''))).toBe(true)
    expect(fieldTermsMatch(parseFieldSelector('a=,b=2'), () => '')).toBe(false)
  })

  it('says what it cannot read', () => {
    expect(() => parseFieldSelector('a=1,xyz')).toThrow("invalid selector: 'a=1,xyz'; can't understand 'xyz'")
    expect(() => parseFieldSelector('a=\\b')).toThrow('invalid field selector: invalid escape sequence: \\b')
    expect(() => parseFieldSelector('a=1=2')).toThrow(
      'invalid field selector: unescaped character in value: 61',
    )
  })
})

it('a field of a selector ends at the first operator, even an escaped one', () => {
  expect(parseFieldSelector('a\\=b')).toEqual([{ field: 'a\\', operator: '=', value: 'b' }])
})
