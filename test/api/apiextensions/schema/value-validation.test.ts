import { describe, expect, it } from 'vitest'
import { applyDefaults, dropForbiddenNulls } from '../../../../src/api/apiextensions/custom/defaulting.js'
import { prune } from '../../../../src/api/apiextensions/custom/prune.js'
import { CostTotal } from '../../../../src/api/apiextensions/schema/rule-costs.js'
import { evaluateRules, validateRules } from '../../../../src/api/apiextensions/schema/rules.js'
import type { Schema } from '../../../../src/api/apiextensions/schema/schema.js'
import {
  validateListTypes,
  validateValue,
} from '../../../../src/api/apiextensions/schema/value-validation.js'
import { fieldErrorText } from '../../../../src/api/field-error.js'

const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
})
const texts = (value: unknown, schema: Schema, old?: unknown): readonly string[] =>
  validateValue(value, schema, old === undefined ? {} : { old }).map(fieldErrorText)

/** One keyword each: schema of `a`, value of `a`, text. */
const keywords: readonly (readonly [Schema, unknown, string])[] = [
  [{ type: 'integer' }, 'x', 'a: Invalid value: "string": a in body must be of type integer: "string"'],
  [{ type: 'integer' }, 1.5, 'a: Invalid value: "number": a in body must be of type integer: "number"'],
  [{ type: 'string' }, null, 'a: Invalid value: "null": a in body must be of type string: "null"'],
  [
    { 'x-kubernetes-int-or-string': true },
    true,
    'a: Invalid value: "boolean": a in body must be of type integer,string: "boolean"',
  ],
  [{ type: 'integer', minimum: 1 }, 0, 'a: Invalid value: 0: a in body should be greater than or equal to 1'],
  [
    { type: 'number', maximum: 1, exclusiveMaximum: true },
    1,
    'a: Invalid value: 1: a in body should be less than 1',
  ],
  [{ type: 'integer', multipleOf: 3 }, 4, 'a: Invalid value: 4: a in body should be a multiple of 3'],
  [{ type: 'string', maxLength: 2 }, 'abc', 'a: Too long: may not be more than 2 bytes'],
  [{ type: 'string', minLength: 2 }, 'a', 'a: Invalid value: "a": a in body should be at least 2 chars long'],
  [{ type: 'string', pattern: '^b+$' }, 'a', 'a: Invalid value: "a": a in body should match \'^b+$\''],
  [{ type: 'string', enum: ['x', 'y'] }, 'a', 'a: Unsupported value: "a": supported values: "x", "y"'],
  [
    { type: 'string', format: 'date-time' },
    'a',
    'a: Invalid value: "a": a in body must be of type date-time: "a"',
  ],
  [
    { type: 'string', format: 'ipv4' },
    '1.2.3',
    'a: Invalid value: "1.2.3": a in body must be of type ipv4: "1.2.3"',
  ],
  [
    { type: 'array', maxItems: 1, items: { type: 'string' } },
    ['a', 'b'],
    'a: Too many: 2: must have at most 1 item',
  ],
  [
    { type: 'array', minItems: 1, items: { type: 'string' } },
    [],
    'a: Invalid value: 0: a in body should have at least 1 items',
  ],
  [
    { type: 'array', items: { type: 'string' } },
    [1],
    'a[0]: Invalid value: "integer": a[0] in body must be of type string: "integer"',
  ],
  [
    { type: 'object', maxProperties: 1, additionalProperties: { type: 'integer' } },
    { a: 1, b: 2 },
    'a: Too many: 2: must have at most 1 item',
  ],
  [
    { type: 'object', additionalProperties: { type: 'integer' } },
    { k: 'x' },
    'a.k: Invalid value: "string": a.k in body must be of type integer: "string"',
  ],
  [object({ b: {} }, { required: ['b'] }), {}, 'a.b: Required value'],
  [
    { type: 'integer', not: { minimum: 3 } },
    4,
    '<nil>: Invalid value: "": "a" must not validate the schema (not)',
  ],
]

describe('values against schemas', () => {
  it.each(keywords)('%o of %o', (schema, value, text) => {
    expect(texts({ a: value }, object({ a: schema }))).toEqual([text])
  })

  it('of alternatives that all fail, that to which most checks apply is told', () => {
    const item = (required: string, ...names: readonly string[]): Schema => ({
      required: [required],
      properties: Object.fromEntries(names.map((name) => [name, {}])),
    })
    const value = { a: { kind: 'b', size: 1, deep: { x: 1 } } }
    const oneOf = (...alternatives: readonly Schema[]): readonly string[] =>
      texts(value, object({ a: { type: 'object', oneOf: [...alternatives] } })).slice(1)
    // equal counts: the first
    expect(oneOf(item('p', 'none'), item('q', 'none'))).toEqual(['a.p: Required value'])
    // more properties that are there, deeper ones too
    expect(oneOf(item('p', 'none'), item('q', 'kind'))).toEqual(['a.q: Required value'])
    expect(oneOf(item('p', 'kind', 'size'), item('q', 'kind', 'size', 'deep'))).toEqual([
      'a.q: Required value',
    ])
    expect(
      oneOf(item('p', 'kind'), { required: ['q'], properties: { deep: { properties: { x: {} } } } }),
    ).toEqual(['a.q: Required value'])
    // an object with too few fields is looked at no further
    expect(oneOf(item('p', 'kind'), { ...item('q', 'kind', 'size', 'deep'), minProperties: 9 })).toEqual([
      'a.p: Required value',
    ])
  })

  it('the same complaint of several parts is told once', () => {
    const part = { required: ['b'] }
    expect(texts({ a: {} }, object({ a: { type: 'object', ...part, allOf: [part, part] } }))).toEqual([
      'a.b: Required value',
      '<nil>: Invalid value: "": "a" must validate all the schemas (allOf). None validated',
    ])
  })

  it('composites tell the first alternative too', () => {
    const oneOf = object({ a: { type: 'integer', oneOf: [{ minimum: 5 }, { maximum: 1 }] } })
    expect(texts({ a: 3 }, oneOf)).toEqual([
      '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found none valid',
      'a: Invalid value: 3: a in body should be greater than or equal to 5',
    ])
    const anyOf = object({ a: { type: 'integer', anyOf: [{ minimum: 5 }] } })
    expect(texts({ a: 3 }, anyOf)[0]).toBe(
      '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
    )
    expect(texts({ a: 6 }, anyOf)).toEqual([])
  })

  it('what has not changed is not held against an update', () => {
    const schema = object({ a: { type: 'integer', maximum: 1 }, b: { type: 'integer', maximum: 1 } })
    expect(texts({ a: 5, b: 1 }, schema, { a: 5, b: 0 })).toEqual([])
    expect(texts({ a: 6, b: 1 }, schema, { a: 5, b: 0 })).toHaveLength(1)
  })

  it('lists of type set and map hold each item once', () => {
    const set = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } }
    expect(validateListTypes({ a: ['x', 'y', 'x'] }, object({ a: set })).map(fieldErrorText)).toEqual([
      'a[2]: Duplicate value: "x"',
    ])
    const map = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: object({ k: { type: 'string' } }),
    }
    expect(
      validateListTypes({ a: [{ k: 'x' }, { k: 'x', v: 1 }] }, object({ a: map as object })).map(
        fieldErrorText,
      ),
    ).toEqual(['a[1]: Duplicate value: {"k":"x"}'])
  })
})

describe('reading', () => {
  it('fills in defaults, also for null, and within lists', () => {
    const item = object({ v: { type: 'integer', default: 1 } })
    const schema = object({
      a: { type: 'integer', default: 3 },
      // the type of `items` is any JSON
      l: { type: 'array', items: item as never },
      n: { type: 'string', nullable: true, default: 'x' },
    })
    const value = { a: null, l: [{}, { v: 2 }], n: null }
    applyDefaults(value, schema)
    expect(value).toEqual({ a: 3, l: [{ v: 1 }, { v: 2 }], n: null })
  })

  it('drops null where it is not allowed', () => {
    const value = { a: null, b: null }
    dropForbiddenNulls(value, object({ a: { type: 'string' }, b: { type: 'string', nullable: true } }))
    expect(value).toEqual({ b: null })
  })

  it('prunes what the schema does not know, and only that', () => {
    const schema = object({
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      spec: object({ a: { type: 'integer' } }),
    })
    const value = JSON.parse(
      '{"apiVersion":"x","metadata":{"name":"n"},"spec":{"a":1,"b":2},"free":{"any":[1]},"top":1,' +
        '"__proto__":{"x":1}}',
    ) as object
    expect(prune(value, schema, true)).toEqual(['__proto__', 'spec.b', 'top'])
    expect(JSON.stringify(value)).toBe(
      '{"apiVersion":"x","metadata":{"name":"n"},"spec":{"a":1},"free":{"any":[1]}}',
    )
  })
})

describe('rules', () => {
  const schema = object({
    spec: object(
      { min: { type: 'integer' }, max: { type: 'integer' }, kind: { type: 'string' } },
      {
        'x-kubernetes-validations': [
          {
            rule: 'self.min <= self.max',
            messageExpression: "'min ' + string(self.min) + ' is too much'",
            fieldPath: '.min',
          },
          { rule: 'self.kind == oldSelf.kind', message: 'stays', reason: 'FieldValueForbidden' },
        ],
      },
    ),
  })
  const evaluate = (value: unknown, old?: unknown): readonly string[] =>
    evaluateRules(value, old, schema).map(fieldErrorText)

  it('say what they are told to say, where they are told to', () => {
    expect(evaluate({ spec: { min: 3, max: 2 } })).toEqual([
      'spec.min: Invalid value: "object": min 3 is too much',
    ])
    expect(evaluate({ spec: { min: 1, max: 2 } })).toEqual([])
  })

  it('compare with the old object on updates only, and ratchet', () => {
    expect(evaluate({ spec: { min: 1, max: 2, kind: 'a' } })).toEqual([])
    expect(
      evaluate({ spec: { min: 1, max: 2, kind: 'b' } }, { spec: { min: 1, max: 2, kind: 'a' } }),
    ).toEqual(['spec: Forbidden: stays'])
    expect(
      evaluate({ spec: { min: 3, max: 2, kind: 'a' } }, { spec: { min: 3, max: 2, kind: 'a' } }),
    ).toEqual([])
  })

  it('tell faults of evaluation', () => {
    expect(evaluate({ spec: { min: 1 } })).toEqual([
      'spec: Invalid value: "object": no such key: max evaluating rule: self.min <= self.max',
    ])
  })

  it('are checked when the CRD is written', () => {
    const bad = (rule: string): readonly string[] =>
      validateRules({ ...object({ a: { type: 'integer' } }), 'x-kubernetes-validations': [{ rule }] }, 'p', {
        isRoot: false,
        correlatable: false,
        places: 1n,
        total: new CostTotal(),
      }).map(({ field, body }) => `${field}: ${body.slice(body.indexOf('null}:') + 7)}`)
    expect(bad('self.a')).toEqual([
      'p.x-kubernetes-validations[0].rule: cel expression must evaluate to a bool',
    ])
    expect(bad('self.b == 1')[0]).toContain("compilation failed: ERROR: <input>:1:5: undefined field 'b'")
    expect(bad(' ')[0]).toContain('p.x-kubernetes-validations[0].rule: ')
    expect(bad('self.a == oldSelf.a')[0]).toContain(
      'oldSelf cannot be used on the uncorrelatable portion of the schema within p',
    )
  })
})
