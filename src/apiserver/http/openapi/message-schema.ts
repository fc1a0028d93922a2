import type { Field, Message, ScalarField, ScalarType } from '../../../api/schema/types.js'
import { describeField, described, describeType } from './descriptions.js'
import {
  explicitZeros,
  extraKeys,
  freeFormSchemas,
  plainReferences,
  requiredPointers,
  unions,
} from './quirks.js'
import type { OpenApiSchema } from './types.js'
import { refTo } from './types.js'

/** Scalars with a schema of their own. */
const NAMED: Partial<Record<ScalarType, string>> = {
  time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  microTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
}
const RAW = 'io.k8s.apimachinery.pkg.runtime.RawExtension'

/** Returns the name of a message's schema. Called for each reference, so that the document includes it. */
export type NameMessage = (message: Message) => string

/** Returns the name of a schema that is not a message. */
export type NameLeaf = (name: string) => string

/** Callbacks of {@link messageSchema} for references. */
export interface SchemaReferences {
  readonly message: NameMessage
  readonly leaf: NameLeaf
  /** Whether the release knows a field. */
  readonly knows: (message: Message, field: string) => boolean
}

/** Returns the schema of a message, as Kubernetes' openapi-gen derives it from the Go type. */
export function messageSchema(message: Message, references: SchemaReferences): OpenApiSchema {
  const required: string[] = []
  const properties: Record<string, OpenApiSchema> = {}
  for (const [name, field] of Object.entries(message.fields)) {
    if (!references.knows(message, name)) continue
    if (field.required === true) required.push(name)
    const schema = propertySchema(message, name, field, references)
    properties[name] = described(schema, describeField(message.name, name))
  }
  const union = Object.hasOwn(unions, message.schemaName) ? unions[message.schemaName] : undefined
  const schema: OpenApiSchema = {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties,
    ...(message.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(message.preservesUnknown === true ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(union === undefined
      ? {}
      : {
          'x-kubernetes-unions': [
            { discriminator: union.discriminator, 'fields-to-discriminateBy': union.fields },
          ],
        }),
  }
  return described(schema, describeType(message.name))
}

function propertySchema(
  message: Message,
  name: string,
  field: Field,
  references: SchemaReferences,
): OpenApiSchema {
  const key = `${message.name}.${name}`
  const zero = explicitZeros.has(key) || (field.presence === 'always' && !requiredPointers.has(key))
  const full = fieldSchema(message, name, field, references, zero)
  const schema =
    plainReferences.has(key) && full.allOf !== undefined ? (full.allOf[0] as OpenApiSchema) : full
  const { patchStrategy } = field
  const mergeKey = field.type === 'list' ? field.mergeKey : undefined
  return {
    ...schema,
    ...(mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': mergeKey }),
    ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
    ...(Object.hasOwn(extraKeys, key) ? extraKeys[key] : {}),
  }
}

/** Returns the schema of a field. If `hasDefault`, Go's zero value is its default. */
function fieldSchema(
  message: Message,
  name: string,
  field: Field,
  references: SchemaReferences,
  hasDefault: boolean,
): OpenApiSchema {
  switch (field.type) {
    case 'message': {
      const target = refTo(references.message(message.group.message(field.message)))
      return { ...(hasDefault ? { default: {} } : {}), allOf: [target] }
    }
    case 'list':
      return {
        type: 'array',
        items: elementSchema(message, name, field.items, references),
        ...(field.keys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.keys }),
        ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
      }
    case 'map':
      return {
        type: 'object',
        additionalProperties: elementSchema(message, name, field.values, references),
        ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
      }
    default:
      return scalarSchema(message, name, field, references, hasDefault)
  }
}

/**
 * Returns the schema of a list's item or a map's value. Go's zero value is its default, and named scalar
 * types are plain references.
 */
function elementSchema(
  message: Message,
  name: string,
  field: Field,
  references: SchemaReferences,
): OpenApiSchema {
  const leaf = leafOf(message, name, field)
  return leaf === undefined
    ? fieldSchema(message, name, field, references, true)
    : refTo(references.leaf(leaf))
}

function leafOf(message: Message, name: string, field: Field): string | undefined {
  if (field.type === 'json' || field.type === 'anyJson') {
    const key = `${message.name}.${name}`
    return Object.hasOwn(freeFormSchemas, key) ? freeFormSchemas[key] : RAW
  }
  return NAMED[field.type as ScalarType]
}

function scalarSchema(
  message: Message,
  name: string,
  field: ScalarField,
  references: SchemaReferences,
  hasDefault: boolean,
): OpenApiSchema {
  const leaf = leafOf(message, name, field)
  if (leaf !== undefined) return { allOf: [refTo(references.leaf(leaf))] }
  const { type, format, zero } = PLAIN[field.type] ?? { type: 'string' }
  const preset = field.default ?? (hasDefault && zero !== undefined ? zero : undefined)
  return {
    type,
    ...(format === undefined ? {} : { format }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(field.enum === undefined ? {} : { enum: field.enum }),
  }
}

const PLAIN: Partial<
  Record<
    ScalarType,
    { readonly type: string; readonly format?: string; readonly zero?: string | number | boolean }
  >
> = {
  string: { type: 'string', zero: '' },
  boolean: { type: 'boolean', zero: false },
  int32: { type: 'integer', format: 'int32', zero: 0 },
  int64: { type: 'integer', format: 'int64', zero: 0 },
  double: { type: 'number', format: 'double', zero: 0 },
  bytes: { type: 'string', format: 'byte' },
}
