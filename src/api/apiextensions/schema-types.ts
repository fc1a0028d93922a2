import { escapeName } from '../cel/names.js'
import type { CelType } from '../cel/types.js'
import { BOOL, DYN, INT, listOf, mapOf, objectOf, STRING } from '../cel/types.js'
import { additionalOf, itemsOf, preservesUnknown, propertyNames } from './schema.js'
import type { Schema } from './schema.js'

const META: CelType = objectOf('object.metadata', { name: STRING, generateName: STRING })

/**
 * Returns the CEL type of a schema. Source: apiserver pkg/cel/common/schemas.go SchemaDeclType. `isResource`
 * adds apiVersion, kind and metadata.
 */
export function celTypeOf(schema: Schema, isResource = false): CelType {
  if (schema['x-kubernetes-int-or-string'] === true) return DYN
  switch (schema.type) {
    case 'array': {
      const items = itemsOf(schema)
      return listOf(items === undefined ? DYN : celTypeOf(items, isEmbedded(items)))
    }
    case 'object':
      return objectType(schema, isResource || isEmbedded(schema))
    case 'string':
      return textType(schema.format ?? '')
    case 'integer':
      return INT
    case 'number':
      return { kind: 'double' }
    case 'boolean':
      return BOOL
    default:
      return DYN
  }
}

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true

function objectType(schema: Schema, isResource: boolean): CelType {
  const additional = additionalOf(schema)
  if (typeof additional === 'object') return mapOf(STRING, celTypeOf(additional, isEmbedded(additional)))
  const names = propertyNames(schema)
  if (names.length === 0 && !isResource)
    return preservesUnknown(schema) || additional === true ? DYN : objectOf('object', {})
  const fields: Record<string, CelType> = isResource
    ? { apiVersion: STRING, kind: STRING, metadata: META }
    : {}
  for (const name of names) {
    const field = schema.properties?.[name] ?? {}
    if (!(isResource && name === 'metadata') && name !== '__proto__')
      fields[escapeName(name)] = celTypeOf(field, isEmbedded(field))
  }
  return objectOf('object', fields)
}

function textType(format: string): CelType {
  switch (format) {
    case 'byte':
      return { kind: 'bytes' }
    case 'duration':
      return { kind: 'duration' }
    case 'date':
    case 'date-time':
    case 'datetime':
      return { kind: 'timestamp' }
    default:
      return STRING
  }
}
