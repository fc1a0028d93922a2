import { wasSentEmpty } from '../../schema/sent-empty.js'
import { additionalOf, itemsOf, type Schema } from './schema.js'
import { byKey } from '../../../lang/text/order.js'

/**
 * Returns a schema as Go prints the internal type in `Invalid value`: all fields in order, including empty
 * ones. Source: apiextensions pkg/apis/apiextensions/types_jsonschema.go.
 */
export function internalSchema(schema: Schema): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fieldOrder.map(([goName, name, empty]) => {
      const value = schema[name]
      if (value !== undefined) return [goName, internalField(name, value, schema)]
      return [goName, wasSentEmpty(schema, name) ? (maps.has(name) ? {} : []) : empty]
    }),
  )
}

function internalField(name: keyof Schema, value: unknown, schema: Schema): unknown {
  switch (name) {
    case 'items': {
      const items = itemsOf(schema)
      return { Schema: items === undefined ? null : internalSchema(items), JSONSchemas: null }
    }
    case 'additionalProperties': {
      const additional = additionalOf(schema)
      return {
        Allows: additional !== false,
        Schema: typeof additional === 'object' ? internalSchema(additional) : null,
      }
    }
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as readonly Schema[]).map(internalSchema)
    case 'not':
      return internalSchema(value as Schema)
    case 'properties':
    case 'patternProperties':
    case 'definitions': {
      const members = Object.entries(value as Readonly<Record<string, Schema>>).sort(byKey)
      return Object.fromEntries(members.map(([key, member]) => [key, internalSchema(member)]))
    }
    case 'externalDocs': {
      const { description = '', url = '' } = value as NonNullable<Schema['externalDocs']>
      return { Description: description, URL: url }
    }
    case 'x-kubernetes-validations':
      return (value as NonNullable<Schema['x-kubernetes-validations']>).map(internalRule)
    default:
      return value
  }
}

/** Returns a rule as Go prints the internal type. */
export const internalRule = ({
  rule,
  message = '',
  messageExpression = '',
  reason,
  fieldPath = '',
  optionalOldSelf,
}: NonNullable<Schema['x-kubernetes-validations']>[number]): object => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
})

/** Fields that the root of a schema may have if there is a status endpoint, as Go prints the list. */
const ALLOWED =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength ' +
  'MinLength Pattern MaxItems MinItems ' +
  'UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations'

/**
 * Returns why the root of a schema is incompatible with a status endpoint: its type, or a field that is not
 * allowed.
 */
export function rootFault(
  schema: Schema,
): 'type' | { readonly value: object; readonly text: string } | undefined {
  const allowed = new Set(ALLOWED.split(' '))
  for (const [goName, name, empty] of fieldOrder) {
    const value = schema[name]
    if (value === undefined ? !wasSentEmpty(schema, name) : value === empty) continue
    if (goName === 'Type' && value !== 'object') return 'type'
    if (allowed.has(goName)) continue
    const text =
      `only [${ALLOWED}] fields are allowed at the root of the schema if the status subresource is ` +
      'enabled'
    return { value: internalSchema(schema), text }
  }
  return undefined
}

/** The fields that are maps. */
const maps = new Set(['properties', 'patternProperties', 'definitions', 'dependencies'])

/** The fields of the internal JSONSchemaProps in order: Go's name, the JSON name, and the empty value. */
const fieldOrder: readonly (readonly [goName: string, name: keyof Schema, empty: unknown])[] = [
  ['ID', 'id', ''],
  ['Schema', '$schema', ''],
  ['Ref', '$ref', null],
  ['Description', 'description', ''],
  ['Type', 'type', ''],
  ['Nullable', 'nullable', false],
  ['Format', 'format', ''],
  ['Title', 'title', ''],
  ['Default', 'default', null],
  ['Maximum', 'maximum', null],
  ['ExclusiveMaximum', 'exclusiveMaximum', false],
  ['Minimum', 'minimum', null],
  ['ExclusiveMinimum', 'exclusiveMinimum', false],
  ['MaxLength', 'maxLength', null],
  ['MinLength', 'minLength', null],
  ['Pattern', 'pattern', ''],
  ['MaxItems', 'maxItems', null],
  ['MinItems', 'minItems', null],
  ['UniqueItems', 'uniqueItems', false],
  ['MultipleOf', 'multipleOf', null],
  ['Enum', 'enum', null],
  ['MaxProperties', 'maxProperties', null],
  ['MinProperties', 'minProperties', null],
  ['Required', 'required', null],
  ['Items', 'items', null],
  ['AllOf', 'allOf', null],
  ['OneOf', 'oneOf', null],
  ['AnyOf', 'anyOf', null],
  ['Not', 'not', null],
  ['Properties', 'properties', null],
  ['AdditionalProperties', 'additionalProperties', null],
  ['PatternProperties', 'patternProperties', null],
  ['Dependencies', 'dependencies', null],
  ['AdditionalItems', 'additionalItems', null],
  ['Definitions', 'definitions', null],
  ['ExternalDocs', 'externalDocs', null],
  ['Example', 'example', null],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false],
  ['XIntOrString', 'x-kubernetes-int-or-string', false],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null],
  ['XMapType', 'x-kubernetes-map-type', null],
  ['XValidations', 'x-kubernetes-validations', null],
]
