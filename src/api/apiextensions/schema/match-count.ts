import { isPlainObject } from '../../../lang/json/plain-json.js'
import { isKnownFormat } from './formats.js'
import { additionalOf, itemsOf } from './schema.js'
import type { Schema } from './schema.js'

/** Whether a value is valid under a schema. */
export type IsValid = (value: unknown, schema: Schema) => boolean

/**
 * Returns how many checks of a schema apply to a value, passed or not. If all alternatives fail, the errors
 * of the one with the highest count are reported. Source: kube-openapi pkg/validation/validate,
 * Result.MatchCount as each validator counts it.
 */
export function matchCount(value: unknown, schema: Schema, isValid: IsValid): number {
  const { type = '', format = '', nullable = false } = schema
  if (value === null || value === undefined) return type === '' || nullable ? 1 : 0
  // composites (twice), enums and the schema itself always count; a type counts once, or twice if it fits
  const always = 4 + typeCount(value, schema, isValid) + compositeCount(value, schema, isValid)
  if (typeof value === 'string') return always + 1 + (format !== '' && isKnownFormat(format) ? 1 : 0)
  if (typeof value === 'number' || typeof value === 'bigint') return always + 2
  if (Array.isArray(value)) return always + 2 + itemsCount(value, schema, isValid)
  return isPlainObject(value) ? always + 1 + fieldsCount(value, schema, isValid) : always
}

function typeCount(value: unknown, schema: Schema, isValid: IsValid): number {
  const { type = '', format = '', 'x-kubernetes-int-or-string': intOrString = false } = schema
  if (type === '' && format === '' && !intOrString) return 0
  return isValid(value, { ...(type === '' ? {} : { type }), 'x-kubernetes-int-or-string': intOrString })
    ? 2
    : 1
}

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)

function itemsCount(list: readonly unknown[], schema: Schema, isValid: IsValid): number {
  const items = itemsOf(schema)
  return items === undefined ? 0 : sum(list.map((item) => matchCount(item, items, isValid)))
}

function fieldsCount(object: Readonly<Record<string, unknown>>, schema: Schema, isValid: IsValid): number {
  const { properties = {}, minProperties, maxProperties } = schema
  const count = Object.keys(object).length
  // too few or too many properties end the check of an object
  if (
    (minProperties !== undefined && count < minProperties) ||
    (maxProperties !== undefined && count > maxProperties)
  )
    return 0
  const additional = additionalOf(schema)
  return sum(
    Object.entries(object).map(([name, value]) => {
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined
      const field = own ?? (typeof additional === 'object' ? additional : undefined)
      return field === undefined ? 0 : matchCount(value, field, isValid)
    }),
  )
}

function compositeCount(
  value: unknown,
  { anyOf = [], oneOf = [], allOf = [] }: Schema,
  isValid: IsValid,
): number {
  const countOf = (one: Schema | undefined): number =>
    one === undefined ? 0 : matchCount(value, one, isValid)
  const valid = oneOf.filter((one) => isValid(value, one))
  return (
    countOf(anyOf.find((one) => isValid(value, one)) ?? bestMatch(value, anyOf, isValid)) +
    (valid.length > 1 ? 0 : countOf(valid[0] ?? bestMatch(value, oneOf, isValid))) +
    sum(allOf.map(countOf))
  )
}

/** Returns the first alternative with the highest count. */
export function bestMatch(
  value: unknown,
  alternatives: readonly Schema[],
  isValid: IsValid,
): Schema | undefined {
  if (alternatives.length < 2) return alternatives[0]
  const counts = alternatives.map((one) => matchCount(value, one, isValid))
  return alternatives[counts.indexOf(Math.max(...counts))]
}
