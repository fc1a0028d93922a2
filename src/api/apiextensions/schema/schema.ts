import { quote } from '../../../lang/go/quote.js'
import type { FieldError } from '../../field-error.js'
import { DecodeError } from '../../../lang/json/decode-error.js'
import { decode } from '../../schema/decode.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import type { JSONSchemaProps } from '../generated.js'
import { apiextensionsSchema } from '../generated.js'

/** The schema of a custom resource or of a part of it. */
export type Schema = JSONSchemaProps

/**
 * Returns the schema of a list's items. Returns undefined if there is none or, as in old drafts, a list of
 * schemas.
 */
export function itemsOf({ items }: Schema): Schema | undefined {
  return isPlainObject(items) ? (items as Schema) : undefined
}

/** Returns `additionalProperties`: a schema, a boolean, or undefined. */
export function additionalOf({ additionalProperties }: Schema): Schema | boolean | undefined {
  if (typeof additionalProperties === 'boolean') return additionalProperties
  return isPlainObject(additionalProperties) ? (additionalProperties as Schema) : undefined
}

/** Returns the schema of an object's field: by name, else that of additionalProperties. */
export function fieldOf(schema: Schema, name: string): Schema | undefined {
  const { properties } = schema
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name]
  const additional = additionalOf(schema)
  return typeof additional === 'object' ? additional : undefined
}

/** Whether an object may have any field. */
export function preservesUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true
}

/** Returns the property names in the order of every traversal: sorted, where Go's order is random. */
export function propertyNames({ properties = {} }: Schema): readonly string[] {
  return Object.keys(properties).sort()
}

/**
 * Decodes the nested schemas that field tables treat as any JSON (`items`, `additionalProperties`, ...):
 * removes unknown and empty fields. `schema` must be a fresh draft. Throws DecodeError for wrong types.
 */
export function readNestedSchemas(schema: Schema, path: string): void {
  const draft = schema as Record<string, unknown>
  for (const name of ['items', 'additionalProperties', 'additionalItems']) {
    const value = draft[name]
    if (isPlainObject(value)) draft[name] = readSchema(value, `${path}.${name}`)
    else if (name !== 'items' && value !== undefined && typeof value !== 'boolean')
      throw new DecodeError('boolean or JSON schema expected')
  }
  for (const [name, nested] of nestedEntries(schema)) {
    const within = `${path}.${name}`
    if (name === 'items' || name === 'additionalProperties')
      at(within, () => {
        readNestedSchemas(nested, within)
      })
    else readNestedSchemas(nested, within)
  }
}

const readSchema = (value: object, path: string): object =>
  at(path, () => decode<object>(apiextensionsSchema.message('JSONSchemaProps'), value).object)

/** Runs what Go does in a decoder of its own: errors name the field of that decoder only. */
function at<T>(path: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const field = `Go struct field JSONSchemaProps.${path}`
    throw new DecodeError(error.message.replace(/Go (struct field|value)( [^ ]+)?(?= of type)/, field))
  }
}

/** Returns all schemas directly within a schema, each with the name of its field. */
function nestedEntries(schema: Schema): readonly (readonly [string, Schema])[] {
  const { not } = schema
  const additional = additionalOf(schema)
  const items = itemsOf(schema)
  const maps = ['properties', 'patternProperties', 'definitions'] as const
  const lists = ['allOf', 'anyOf', 'oneOf'] as const
  return [
    ...maps.flatMap((name) => Object.values(schema[name] ?? {}).map((one) => [name, one] as const)),
    ...lists.flatMap((name) => (schema[name] ?? []).map((one) => [name, one] as const)),
    ...(not === undefined ? [] : [['not', not] as const]),
    ...(items === undefined ? [] : [['items', items] as const]),
    ...(typeof additional === 'object' ? [['additionalProperties', additional] as const] : []),
  ]
}

/** Returns all schemas directly within a schema. */
export const nestedSchemas = (schema: Schema): readonly Schema[] =>
  nestedEntries(schema).map(([, nested]) => nested)

/** Whether the schema or one within it passes the test. */
export function someSchema(schema: Schema, test: (schema: Schema) => boolean): boolean {
  return test(schema) || nestedSchemas(schema).some((nested) => someSchema(nested, test))
}

/** Returns `Invalid value: <value>: <detail>` with the reason FieldValueTypeInvalid. */
export function typeInvalid(field: string, value: string, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, body: `Invalid value: ${quote(value)}: ${detail}` }
}
