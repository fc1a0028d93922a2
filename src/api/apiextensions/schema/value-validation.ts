import { quote } from '../../../lang/go/quote.js'
import { exactJson } from '../../../lang/json/exact-json.js'
import { semanticEqual } from '../../kind/equal.js'
import { repeats } from '../../validation/repeats.js'
import { duplicate, invalid, notSupported, required, tooLong, tooMany } from '../../field-error.js'
import type { FieldError } from '../../field-error.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import { hasCheck, hasFormat } from './formats.js'
import { bestMatch } from './match-count.js'
import { compileGoRegExp, isFault } from '../../../lang/go/regexp.js'
import { additionalOf, fieldOf, itemsOf, propertyNames, typeInvalid } from './schema.js'
import type { Schema } from './schema.js'

const IN_BODY = 'in body'
/** What Go calls the format of a number. */
const GO_FORMATS: Readonly<Record<string, string>> = { integer: 'int64', number: 'float64' }

/** Whether Go decodes a number as an int64; beyond, it is a float64. */
const isInt64 = (value: number | bigint): boolean =>
  typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) < 2 ** 63)

/** Whether a float64 is a whole number. Source: go-openapi swag IsFloat64AJSONInteger. */
const isIntegral = (value: number): boolean => Number.isSafeInteger(value)

/** What amd64 makes of a float64 as an int64. */
const bound = (value: number): string => (value === -(2 ** 63) ? '-9223372036854775808' : String(value))
const toInt64 = (value: number): number => (Math.abs(value) < 2 ** 63 ? Math.trunc(value) : -(2 ** 63))

function isMultiple(value: number | bigint, of: number): boolean {
  if (typeof value === 'bigint') return value % BigInt(of) === 0n
  if (isInt64(value)) return value % of === 0
  const quotient = of < 1 ? (1 / of) * value : value / of
  const nearest = Math.round(quotient)
  const isNear = Math.abs(quotient - nearest) < 1e-9 * Math.min(2 * Math.abs(quotient), Number.MAX_VALUE)
  return Math.abs(quotient) <= Number.MAX_SAFE_INTEGER && (quotient === nearest || isNear)
}

/** Returns the type of a JSON value. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'number':
    case 'bigint':
      return isInt64(value) ? 'integer' : 'number'
    default:
      return 'object'
  }
}

/**
 * Returns the faults of a value under a schema. With `old`, unchanged values are not validated again
 * (ratcheting). `path` names the value in texts; `field` is its prefix (for a default: its place in the CRD).
 * Source: kube-openapi pkg/validation/validate, apiextensions pkg/apiserver/validation/validation.go
 * ValidateCustomResource.
 */
export function validateValue(
  value: unknown,
  schema: Schema,
  options: ValueOptions = {},
): readonly FieldError[] {
  const { path = '', field = '', old } = options
  const errors: FieldError[] = []
  new Validation(field).check(value, schema, path, old, errors)
  return errors.length < 2 ? errors : distinct(errors)
}

/** Drops duplicates: the same fault of several parts of a schema is reported once. */
function distinct(errors: readonly FieldError[]): readonly FieldError[] {
  return [...new Map(errors.map((error) => [`${error.field} ${error.body}`, error] as const)).values()]
}

/** See {@link validateValue}. */
export interface ValueOptions {
  readonly path?: string
  readonly field?: string
  readonly old?: unknown
}

class Validation {
  readonly #field: string

  constructor(field: string) {
    this.#field = field
  }

  check(value: unknown, schema: Schema, path: string, old: unknown, errors: FieldError[]): void {
    if (old !== undefined && semanticEqual(value, old)) return
    if (value === null && schema.nullable === true) return
    this.#type(value, schema, path, errors)
    this.#composites(value, schema, path, old, errors)
    if (typeof value === 'string') this.#string(value, schema, path, errors)
    if (typeof value === 'number' || typeof value === 'bigint') this.#number(value, schema, path, errors)
    if (Array.isArray(value)) this.#list(value, schema, path, old, errors)
    if (
      schema.enum !== undefined &&
      schema.enum.length > 0 &&
      !schema.enum.some((one) => semanticEqual(one, value))
    ) {
      const texts = schema.enum.map((one) => (typeof one === 'string' ? one : exactJson(one)))
      errors.push(notSupported(this.#at(path), value, texts))
    }
    if (isPlainObject(value)) this.#object(value, schema, path, old, errors)
  }

  /** Returns the field of an error; `<nil>` if Go has no path. */
  #at(path: string): string {
    if (this.#field === '') return path === '' ? '<nil>' : path
    return path === '' ? this.#field : `${this.#field}.${path}`
  }

  /** Source: kube-openapi type.go, formats.go. */
  #type(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
    const { type = '' } = schema
    // upstream strips formats that it cannot check, except in defaults
    const format = hasCheck(schema.format) || this.#field !== '' ? (schema.format ?? '') : ''
    const fail = (found: string, wanted: string): void => {
      const text = `${path} ${IN_BODY} must be of type ${wanted}: ${quote(found)}`
      errors.push(typeInvalid(this.#at(path), found, text))
    }
    const found = typeNameOf(value)
    const types =
      schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : type === '' ? [] : [type]
    const isNumeric = types.includes('number') || types.includes('integer')
    const fits =
      types.includes(found) ||
      (found === 'integer' && types.includes('number')) ||
      (found === 'number' && types.includes('integer') && isIntegral(value as number))
    const isListOrText = typeof value === 'string' || Array.isArray(value)
    if (value === null) {
      if (types.length > 0) fail(found, types.join(','))
    } else if (types.length === 0 && format === '') return
    else if (isListOrText && !isNumeric && format !== '') {
      // a list passes as any format, which is checked of texts only
      if (typeof value === 'string' && !hasFormat(format, value)) fail(value, format)
    } else if (!isListOrText && format !== '' && !fits) {
      const actual = GO_FORMATS[found] ?? ''
      if (actual !== format) fail(actual, format)
    } else if (!fits) fail(found, types.join(','))
    else if (typeof value === 'string' && format !== '' && !hasFormat(format, value)) fail(value, format)
  }

  #composites(value: unknown, schema: Schema, path: string, old: unknown, errors: FieldError[]): void {
    const { anyOf = [], oneOf = [], allOf = [], not } = schema
    const best = (alternatives: readonly Schema[]): number => {
      const found = bestMatch(value, alternatives, (inner, one) => validateValue(inner, one).length === 0)
      return found === undefined ? -1 : alternatives.indexOf(found)
    }
    const attempt = (one: Schema): readonly FieldError[] => {
      const found: FieldError[] = []
      this.check(value, one, path, old, found)
      return found
    }
    const composite = (text: string): void => {
      errors.push({
        ...invalid('<nil>', '', `${quote(path)} ${text}`),
        field: this.#field === '' ? '<nil>' : this.#field,
      })
    }
    if (anyOf.length > 0) {
      const results = anyOf.map(attempt)
      if (results.every((result) => result.length > 0)) {
        composite('must validate at least one schema (anyOf)')
        errors.push(...(results[best(anyOf)] ?? []))
      }
    }
    if (oneOf.length > 0) {
      const results = oneOf.map(attempt)
      const valid = results.filter((result) => result.length === 0).length
      if (valid !== 1) {
        composite(
          'must validate one and only one schema (oneOf). ' +
            `${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`,
        )
        if (valid === 0) errors.push(...(results[best(oneOf)] ?? []))
      }
    }
    if (allOf.length > 0) {
      const results = allOf.map(attempt)
      const failed = results.filter((result) => result.length > 0)
      errors.push(...failed.flat())
      if (failed.length > 0)
        composite(
          'must validate all the schemas ' +
            `(allOf)${failed.length === results.length ? '. None validated' : ''}`,
        )
    }
    if (not !== undefined && attempt(not).length === 0) composite('must not validate the schema (not)')
  }

  /** The first fault counts. Source: kube-openapi validator.go stringValidator. */
  #string(
    value: string,
    { maxLength, minLength, pattern }: Schema,
    path: string,
    errors: FieldError[],
  ): void {
    const length = Array.from(value).length
    const fail = (text: string): void => {
      errors.push(invalid(this.#at(path), value, `${path} ${IN_BODY} should ${text}`))
    }
    if (maxLength !== undefined && length > maxLength) errors.push(tooLong(this.#at(path), maxLength))
    else if (minLength !== undefined && length < minLength) fail(`be at least ${minLength} chars long`)
    else if (pattern !== undefined && pattern !== '') {
      const wanted = unmatched(pattern, value)
      if (wanted !== undefined) fail(`match '${wanted}'`)
    }
  }

  /** Limits of an int64 are cut to one. Source: kube-openapi values.go MaximumNativeType and its siblings. */
  #number(value: number | bigint, schema: Schema, path: string, errors: FieldError[]): void {
    const { exclusiveMaximum = false, exclusiveMinimum = false } = schema
    const limit = (given: number | undefined): number | undefined =>
      given === undefined || !isInt64(value) ? given : toInt64(given)
    const multipleOf = limit(schema.multipleOf)
    const maximum = limit(schema.maximum)
    const minimum = limit(schema.minimum)
    const fail = (text: string): void => {
      errors.push(invalid(this.#at(path), value, `${path} ${IN_BODY} should be ${text}`))
    }
    if (multipleOf !== undefined && multipleOf <= 0) {
      const text = `factor MultipleOf declared for ${path} must be positive: ${multipleOf}`
      errors.push(invalid(this.#at(path), multipleOf, text))
    } else if (multipleOf !== undefined && !isMultiple(value, multipleOf)) fail(`a multiple of ${multipleOf}`)
    if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
      fail(exclusiveMaximum ? `less than ${bound(maximum)}` : `less than or equal to ${bound(maximum)}`)
    }
    if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
      fail(exclusiveMinimum ? `greater than ${bound(minimum)}` : `greater than or equal to ${bound(minimum)}`)
    }
  }

  #list(value: readonly unknown[], schema: Schema, path: string, old: unknown, errors: FieldError[]): void {
    const { minItems, maxItems, uniqueItems } = schema
    const items = itemsOf(schema)
    const before = correlation(schema, old)
    if (items !== undefined)
      value.forEach((item, at) => this.check(item, items, `${path}[${at}]`, before(item), errors))
    if (minItems !== undefined && value.length < minItems) {
      errors.push(
        invalid(this.#at(path), value.length, `${path} ${IN_BODY} should have at least ${minItems} items`),
      )
    }
    if (maxItems !== undefined && value.length > maxItems)
      errors.push(tooMany(this.#at(path), value.length, maxItems))
    if (uniqueItems === true && repeats(value, canonicalText).size > 0) {
      errors.push(invalid(this.#at(path), '', `${path} ${IN_BODY} shouldn't contain duplicates`))
    }
  }

  #object(
    value: Readonly<Record<string, unknown>>,
    schema: Schema,
    path: string,
    old: unknown,
    errors: FieldError[],
  ): void {
    const count = Object.keys(value).length
    const { minProperties, maxProperties } = schema
    if (minProperties !== undefined && count < minProperties) {
      errors.push(
        invalid(this.#at(path), count, `${path} ${IN_BODY} should have at least ${minProperties} properties`),
      )
    }
    if (maxProperties !== undefined && count > maxProperties)
      errors.push(tooMany(this.#at(path), count, maxProperties))
    const inside = (name: string): string => (path === '' ? name : `${path}.${name}`)
    for (const name of schema.required ?? []) {
      if (!Object.hasOwn(value, name)) errors.push(required(this.#at(inside(name))))
    }
    const before = isPlainObject(old) ? old : {}
    const named = new Set(propertyNames(schema))
    const others = Object.keys(value)
      .filter((name) => !named.has(name))
      .sort()
    for (const name of [...named, ...others]) {
      const field = Object.hasOwn(value, name) ? fieldOf(schema, name) : undefined
      if (field !== undefined) {
        this.check(
          value[name],
          field,
          inside(name),
          Object.hasOwn(before, name) ? before[name] : undefined,
          errors,
        )
      } else if (Object.hasOwn(value, name) && !named.has(name) && additionalOf(schema) === false) {
        errors.push(invalid(this.#at(inside(name)), '', `${path}.${name} ${IN_BODY} is a forbidden property`))
      }
    }
  }
}

/** Returns how to find an item in the old list: by the keys of a map list, else not at all. */
export function correlation(schema: Schema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!Array.isArray(old) || keys === undefined || schema['x-kubernetes-list-type'] !== 'map')
    return () => undefined
  const items = itemsOf(schema)
  const keyOf = (item: unknown): string =>
    exactJson(
      keys.map((key) => {
        const value = isPlainObject(item) && Object.hasOwn(item, key) ? item[key] : undefined
        return value ?? items?.properties?.[key]?.default ?? null
      }),
    )
  const known = new Map(old.map((item: unknown) => [keyOf(item), item]))
  return (item) => known.get(keyOf(item))
}

/**
 * Lists of type set and map must not have duplicates. Source: apiextensions
 * pkg/apiserver/schema/listtype/validation.go.
 */
export function validateListTypes(value: unknown, schema: Schema, path = ''): readonly FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    const own = duplicatesOf(value, schema, path)
    return [
      ...own,
      ...(items === undefined
        ? []
        : value.flatMap((item, at) => validateListTypes(item, items, `${path}[${at}]`))),
    ]
  }
  if (!isPlainObject(value)) return []
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const field = fieldOf(schema, name)
      return field === undefined
        ? []
        : validateListTypes(value[name], field, path === '' ? name : `${path}.${name}`)
    })
}

function duplicatesOf(list: readonly unknown[], schema: Schema, path: string): readonly FieldError[] {
  const type = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (type !== 'set' && type !== 'map') return []
  const seen = new Set<string>()
  const reported = new Set<string>()
  const errors: FieldError[] = []
  const strange = type === 'map' ? list.findIndex((item) => item !== null && !isPlainObject(item)) : -1
  if (strange >= 0)
    return [invalid(`${path}[${strange}]`, list[strange], 'must be an object for an array of list-type map')]
  list.forEach((item, at) => {
    const shown =
      type === 'set' || !isPlainObject(item)
        ? item
        : Object.fromEntries(
            keys
              .filter((key) => Object.hasOwn(item, key))
              .sort()
              .map((key) => [key, item[key]]),
          )
    const id = exactJson(shown)
    if (seen.has(id) && !reported.has(id)) {
      errors.push(duplicate(`${path}[${at}]`, shown))
      reported.add(id)
    }
    seen.add(id)
  })
  return errors
}

/**
 * Returns what a text should have matched, undefined if it does. Source: kube-openapi validation/validate
 * values.go Pattern.
 */
function unmatched(pattern: string, text: string): string | undefined {
  const expression = compileGoRegExp(pattern)
  if (isFault(expression)) return `${pattern}, but pattern is invalid: ${expression.fault}`
  return expression.test(text) ? undefined : pattern
}

/** Returns a text that values share exactly if {@link semanticEqual} finds them equal. */
const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_name, held: unknown) => {
    if (Array.isArray(held)) return held.length === 0 ? null : (held as readonly unknown[])
    if (typeof held === 'bigint') return { bigint: String(held) }
    if (!isPlainObject(held)) return held ?? null
    const keys = Object.keys(held).sort()
    // a list of pairs cannot be taken for a list of the object's own
    return { entries: keys.filter((key) => !isNothing(held[key])).map((key) => [key, held[key]]) }
  })

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)
