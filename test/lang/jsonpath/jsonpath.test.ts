import { describe, expect, it, test } from 'vitest'
import { evaluateJsonPath, type JsonPathOptions } from '../../../src/lang/jsonpath/evaluate.js'
import { parseJsonPath } from '../../../src/lang/jsonpath/parse.js'

const data = {
  pods: [
    { name: 'a', cpu: 2, load: 0.5, on: true, tags: ['x', 'y'] },
    { name: 'b', cpu: 12, tags: [] },
  ],
  'dotted.name': 'z',
  labels: { one: '1', two: '2' },
}

function results(template: string, options: JsonPathOptions = {}): readonly unknown[] {
  return evaluateJsonPath(parseJsonPath(template), data, options).flat()
}

describe('a JSONPath template', () => {
  it.each<[template: string, ...expected: unknown[]]>([
    ['names: {.pods[*].name}', 'names: ', 'a', 'b'],
    ['{.dotted\\.name}{$.labels.one}', 'z', '1'],
    ["{.labels['one','two']}", '1', '2'],
    // brackets with a dotted key are two fields
    ["{['dotted.name']}"],
    ['{.pods[-1].name}', 'b'],
    ['{.pods[].name}', 'a'],
    ['{.pods[0].tags[::2]}', 'x'],
    ['{.pods[5:5]}'],
    ['{..one}', '1'],
    ['{.labels.*}', '1', '2'],
    ['{.pods[?(@.cpu>=12)].name}', 'b'],
    ['{.pods[?(@.load<1.5)].name}', 'a'],
    ['{.pods[?(@.name=="b")].cpu}', 12],
    ['{.pods[?(@.on==true)].name}', 'a'],
    ['{.pods[?(@.load)].name}', 'a'],
    // an error counts as what it leaves
    ['{.pods[?(@.name in [1])].name}', 'a', 'b'],
    ['{range .pods[*]}{.name}{"\\t"}{end}.', 'a', '\t', 'b', '\t', '.'],
    ['{range .pods[*]}{range .tags[*]}{.}{@}{end}{end}', 'x', 'y'],
    ['{range .none[*]}{.name}{end}{.labels.one}', '1'],
    // without an end the rest runs for each item, and once more
    ['{range .pods[*]}{.name}', 'a', 'b'],
    ['{1}{-2.5}{true}', 1, -2.5, true],
    ['{.}'],
    ['{@}', data],
  ])('%s', (template, ...expected) => {
    expect(results(template)).toEqual(expected)
  })

  it.each([
    ['{.a', 'unclosed action'],
    ['{"a}', 'unterminated quoted string'],
    ['{"\\q"}', 'unquote string "\\q" error invalid syntax'],
    ['{.a[1}', 'unterminated array'],
    ['{.a[x]}', 'invalid array index x'],
    ['{.a[-]}', 'array index - is not a number'],
    ['{.a[?(@.b==1}', 'unterminated filter'],
    ['{.a[?(@.b==1)}', 'unclosed array expect ]'],
    ['{.a&&.b}', undefined],
    ['{.a &&.b}', "unrecognized character in action: U+0026 '&'"],
    ['{....a}', 'invalid multiple recursive descent'],
    ['{1.2.3}', 'cannot parse number 1.2.3'],
  ])('%s cannot be parsed: %s', (template, message) => {
    if (message === undefined) expect(() => parseJsonPath(template)).not.toThrow()
    else expect(() => parseJsonPath(template)).toThrow(message)
  })

  it.each([
    ['{.gone}', 'gone is not found'],
    ['{.pods[4]}', 'array index out of bounds: index 4, length 2'],
    ['{.pods[-4]}', 'array index out of bounds: index -2, length 2'],
    ['{.pods[1:0]}', 'starting index 1 is greater than ending index 0'],
    ['{.pods[::0]}', 'step must be > 0'],
    ['{.labels[0]}', 'map[string]interface {} is not array or slice'],
    ['{.labels[?(@.a)]}', 'map[one:1 two:2] is not array or slice and cannot be filtered'],
    ['{.pods[?(@.cpu=="2")]}', 'incompatible types for comparison'],
    ['{.pods[?(@.cpu>1.5)]}', 'incompatible types for comparison'],
    ['{.pods[?(@.tags==1)]}', 'invalid type for comparison'],
    ['{.pods[?(@.tags[*]==1)]}', 'can only compare one element at a time'],
    ['{.pods[?(@.cpu=1)]}', 'unrecognized filter operator ='],
    ['{end}', 'not in range, nothing to end'],
    ['{if}', 'unrecognized identifier if'],
  ])('%s fails: %s', (template, message) => {
    expect(() => results(template, { allowMissingKeys: false })).toThrow(message)
  })

  it('takes whole numbers for integers unless all are floats', () => {
    expect(results('{.pods[?(@.cpu==2)].name}')).toEqual(['a'])
    expect(() => results('{.pods[?(@.cpu==2)].name}', { numbers: 'floats' })).toThrow('incompatible types')
    expect(results('{.pods[?(@.cpu==2.0)].name}', { numbers: 'floats' })).toEqual(['a'])
  })
})

describe('a path that meets too many values', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) })

  test.each(['..a..a..a..a..a..a', '[*]..[*]..', '..[?(@..a)]..a..a..a..a'])(
    '%s is an error, not work without end',
    (path) => {
      const value = path.startsWith('[') ? Array.from({ length: 1_000 }, () => [deep(100)]) : deep(100)
      expect(() => evaluateJsonPath(parseJsonPath(`{${path}}`), value)).toThrow(/meets more than|is not/)
    },
  )

  test('is given up in a range, too, and many results are no error of the engine', () => {
    const items = Array.from({ length: 1_000 }, () => ({ all: Array.from({ length: 1_000 }, (_, at) => at) }))
    const template = parseJsonPath('{range .items[*]}{.all[*]}{end}')
    expect(() => evaluateJsonPath(template, { items })).toThrow('meets more than')
    const some = parseJsonPath('{range .items[*]}x{end}')
    expect(evaluateJsonPath(some, { items: Array.from({ length: 50_000 }, () => ({})) })).toHaveLength(50_000)
  })
})
