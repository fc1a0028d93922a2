import type { Json } from '../../../lang/json/json.js'
import { copyJson, isPlainObject } from '../../../lang/json/plain-json.js'
import { fieldOf, itemsOf, propertyNames } from '../schema/schema.js'
import type { Schema } from '../schema/schema.js'

type JsonMap = Record<string, unknown>

/**
 * Sets the defaults of a schema on a fresh draft: for missing fields, and for null where it is not allowed.
 * Source: apiextensions pkg/apiserver/schema/defaulting/algorithm.go Default.
 */
export function applyDefaults(value: unknown, schema: Schema | undefined): void {
  if (schema === undefined) return
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    value.forEach((item: unknown, at) => {
      if (isForbiddenNull(item, items)) value[at] = copyJson(items?.default)
      else applyDefaults(item, items)
    })
  } else if (isPlainObject(value)) defaultFields(value as JsonMap, schema)
}

function defaultFields(value: JsonMap, schema: Schema): void {
  for (const name of propertyNames(schema)) {
    const field = schema.properties?.[name]
    if (field?.default === undefined) continue
    if (!Object.hasOwn(value, name) || isForbiddenNull(value[name], field))
      value[name] = copyJson(field.default)
  }
  for (const name of Object.keys(value)) {
    const field = fieldOf(schema, name)
    if (field === undefined) continue
    if (isForbiddenNull(value[name], field)) value[name] = copyJson(field.default)
    else applyDefaults(value[name], field)
  }
}

/** Whether a null is replaced by a default. */
const isForbiddenNull = (value: unknown, schema: Schema | undefined): boolean =>
  value === null && schema !== undefined && schema.nullable !== true && schema.default !== undefined

/**
 * Removes null where the schema does not allow it and has no default. Source: defaulting/prunenulls.go
 * PruneNonNullableNullsWithoutDefaults.
 */
export function dropForbiddenNulls(value: unknown, schema: Schema | undefined): void {
  if (schema === undefined) return
  if (Array.isArray(value)) {
    for (const item of value) dropForbiddenNulls(item, itemsOf(schema))
  } else if (isPlainObject(value)) {
    const map = value as JsonMap
    for (const name of Object.keys(map)) {
      const field = fieldOf(schema, name)
      if (field === undefined) continue
      if (map[name] !== null) dropForbiddenNulls(map[name], field)
      else if (field.nullable !== true && field.default === undefined) delete map[name]
    }
  }
}

/** Returns a copy of a value with its defaults. */
export function defaulted(value: Json, schema: Schema): Json {
  const copy = copyJson(value)
  applyDefaults(copy, schema)
  return copy
}
