import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  difference,
  hasPath,
  intersection,
  isEmpty,
  LEAF,
  parseFieldSet,
  pathTexts,
  recursiveDifference,
  singlePath,
  union,
} from '../../../src/apiserver/apply/field-set.js'
import type { FieldSet } from '../../../src/apiserver/apply/field-set.js'

/** The slow reference: a set of paths is a set of texts, one for each path. */
type Paths = ReadonlySet<string>

const element = fc.constantFrom('f:a', 'f:b', 'f:c', 'k:{"name":"x"}', 'k:{"name":"y"}', 'v:1', 'i:0')
const path = fc.array(element, { minLength: 1, maxLength: 4 })
const paths = fc.array(path, { maxLength: 8 })

const naive = (list: readonly (readonly string[])[]): Paths => new Set(list.map((one) => JSON.stringify(one)))
const build = (list: readonly (readonly string[])[]): FieldSet => list.map(singlePath).reduce(union, LEAF)

function listed(set: FieldSet, prefix: readonly string[] = []): string[] {
  return Object.keys(set)
    .filter((name) => name !== '.')
    .flatMap((name) => {
      const here = [...prefix, name]
      const child = set[name] as FieldSet
      return [...(hasPath(set, [name]) ? [JSON.stringify(here)] : []), ...listed(child, here)]
    })
}

const isBelow = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other.slice(0, -1)},`)
const same = (set: FieldSet, expected: Iterable<string>): void =>
  expect(new Set(listed(set))).toEqual(new Set(expected))

describe('field sets', () => {
  it('does with sets what the naive reference does', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [build(left), build(right)]
        const [x, y] = [naive(left), naive(right)]
        same(a, x)
        same(union(a, b), [...x, ...y])
        same(
          intersection(a, b),
          [...x].filter((one) => y.has(one)),
        )
        same(
          difference(a, b),
          [...x].filter((one) => !y.has(one)),
        )
        same(
          recursiveDifference(a, b),
          [...x].filter((one) => ![...y].some((other) => isBelow(one, other))),
        )
        for (const one of left) expect(hasPath(a, one)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('shares what does not change, and reads its own form', () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [build(left), build(right)]
        const both = union(a, b)
        expect(union(both, a)).toBe(both)
        if (!isEmpty(a)) expect(difference(a, LEAF)).toBe(a)
        expect(JSON.stringify(parseFieldSet(JSON.parse(JSON.stringify(both))))).toBe(JSON.stringify(both))
      }),
    )
  })

  it('orders elements as Go does: fields, keys by value, values by type', () => {
    const set = ['v:"b"', 'v:2', 'v:10', 'k:{"port":443}', 'k:{"port":80}', 'f:z', 'f:B', 'v:true', 'v:"a"']
      .map((name) => singlePath([name]))
      .reduce(union)
    expect(Object.keys(set)).toEqual([
      'f:B',
      'f:z',
      'k:{"port":80}',
      'k:{"port":443}',
      'v:2',
      'v:10',
      'v:"a"',
      'v:"b"',
      'v:true',
    ])
  })

  it('reads what clients send canonically, drops what it does not know and refuses what is malformed', () => {
    const sent = {
      'f:b': {},
      'f:a': { '.': {}, 'k:{ "b": 1, "a":"x"}': {} },
      'q:new': { 'f:x': {} },
      'f:c': { '.': {} },
    }
    expect(JSON.stringify(parseFieldSet(sent))).toBe(
      '{"f:a":{".":{},"k:{\\"a\\":\\"x\\",\\"b\\":1}":{}},"f:b":{},"f:c":{}}',
    )
    expect(pathTexts(parseFieldSet(sent))).toEqual(['.a', '.b', '.c', '.a[a="x",b=1]'])
    for (const bad of [
      { x: {} },
      { abc: {} },
      { 'k:[]': {} },
      { 'v:{': {} },
      { 'i:x': {} },
      { 'f:a': 5 },
      [],
      null,
    ]) {
      expect(() => parseFieldSet(bad)).toThrow(SyntaxError)
    }
    expect(isEmpty(parseFieldSet({}))).toBe(true)
    expect(Object.keys(parseFieldSet(JSON.parse('{"f:__proto__":{}}')))).toEqual(['f:__proto__'])
  })
})
