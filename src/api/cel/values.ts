import { Duration } from '@marcbachmann/cel-js/evaluator'
import { isPlainObject } from '../schema/plain-json.js'
import { additionalOf, fieldOf, itemsOf } from '../apiextensions/schema.js'
import type { Schema } from '../apiextensions/schema.js'
import { escapeName } from './names.js'

/**
 * Whether two values of expressions are equal: numbers by value whatever their types, lists and maps member
 * by member.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    // numbers of different types are equal if their values are
    return isNumber(a) && isNumber(b) && Number(a) === Number(b)
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((one, at) => sameValue(one, b[at]))
    )
  }
  if (a instanceof Date || a instanceof Duration)
    return b.constructor === a.constructor && a.valueOf() === b.valueOf()
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameValue(left[name], right[name]))
  )
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint'

/** Converts JSON to an untyped value of an expression: integers are ints, undefined is null. */
export function dynamicValue(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(dynamicValue)
  if (typeof value !== 'object') return value
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name]
    if (member !== undefined && name !== '__proto__') out[name] = dynamicValue(member)
  }
  return out
}

/**
 * Converts JSON to a value of an expression with types from a schema. Source: apiserver
 * pkg/cel/common/values.go UnstructuredToVal.
 */
export function typedValue(value: unknown, schema: Schema, isResource: boolean): unknown {
  if (value === null) return null
  if (schema['x-kubernetes-int-or-string'] === true) return dynamicValue(value)
  switch (schema.type) {
    case 'array': {
      const items = itemsOf(schema)
      if (!Array.isArray(value)) return dynamicValue(value)
      return value.map((item) =>
        items === undefined ? dynamicValue(item) : typedValue(item, items, isEmbedded(items)),
      )
    }
    case 'object':
      return isPlainObject(value)
        ? typedObject(value, schema, isResource || isEmbedded(schema))
        : dynamicValue(value)
    case 'integer':
      return typeof value === 'number' ? dynamicValue(value) : value
    case 'string':
      return typeof value === 'string' ? textValue(value, schema.format ?? '') : value
    case 'number':
    case 'boolean':
      return value
    default:
      return dynamicValue(value)
  }
}

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true

function typedObject(value: Readonly<Record<string, unknown>>, schema: Schema, isResource: boolean): unknown {
  const out: Record<string, unknown> = {}
  const isMap = typeof additionalOf(schema) === 'object'
  for (const name of Object.keys(value)) {
    const member = value[name]
    if (member === undefined || name === '__proto__') continue
    const field = fieldOf(schema, name)
    if (isResource && (name === 'apiVersion' || name === 'kind' || name === 'metadata'))
      out[name] = dynamicValue(member)
    else if (field === undefined) out[name] = dynamicValue(member)
    // a null field counts as absent
    else if (member !== null || isMap)
      out[isMap ? name : escapeName(name)] = typedValue(member, field, isEmbedded(field))
  }
  return out
}

/** Converts a text to the type of its format. */
function textValue(text: string, format: string): unknown {
  switch (format) {
    case 'byte':
      return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    case 'date-time':
    case 'datetime':
      return new Date(text)
    case 'date':
      return new Date(`${text}T00:00:00Z`)
    case 'duration':
      return parseDuration(text)
    default:
      return text
  }
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600e9,
  m: 60e9,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ns: 1,
}

function parseDuration(text: string): Duration {
  const sign = text.startsWith('-') ? -1 : 1
  let nanos = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    nanos += Number(amount) * (UNITS[unit ?? 's'] ?? 0)
  }
  const seconds = Math.trunc(nanos / 1e9)
  return new Duration(BigInt(sign * seconds), sign * Math.round(nanos - seconds * 1e9))
}
