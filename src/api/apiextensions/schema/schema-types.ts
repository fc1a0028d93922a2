import { escapeName } from '../../../lang/cel/parse/names.js'
import { withObjectMeta } from '../../cel/schema-values.js'
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  objectOf,
  STRING,
  type CelType,
} from '../../../lang/cel/check/types.js'
import { additionalOf, itemsOf, propertyNames } from './schema.js'
import type { Schema } from './schema.js'

/**
 * The CEL type of a schema, with what costs are estimated from. Source: apiserver pkg/cel/types.go DeclType.
 */
export interface DeclaredType {
  readonly type: CelType
  /** Most characters, items or entries; 0 for types without a size. */
  readonly maxElements: number
  /** Bytes of the smallest value as JSON. */
  readonly minSize: number
  /** Types of an object's fields, by escaped name. */
  readonly fields?: ReadonlyMap<string, DeclaredType>
  /** The type of a map's keys. */
  readonly key?: DeclaredType
  /** The type of items or of a map's values. */
  readonly element?: DeclaredType
}

/** Bytes of the largest request. */
export const MAX_REQUEST_SIZE: number = 3 * 1024 * 1024
const MAX_TEXT = MAX_REQUEST_SIZE - 2

const scalar = (type: CelType, minSize: number, maxElements = 0): DeclaredType => ({
  type,
  minSize,
  maxElements,
})

/** Keys of maps count as empty. */
const KEY: DeclaredType = scalar(STRING, 2)

/**
 * Returns the type of a schema, undefined if expressions cannot see its values. `isResource` adds apiVersion,
 * kind and metadata. Objects are named after where they are: `selfType.spec.@idx`. Source: apiserver
 * pkg/cel/common/schemas.go SchemaDeclType.
 */
export function declTypeOf(schema: Schema, isResource: boolean, name: string): DeclaredType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return scalar(DYN, 1, maxCharacters(schema, MAX_TEXT))
  switch (isResource ? 'object' : schema.type) {
    case 'array':
      return arrayType(schema, name)
    case 'object':
      return objectType(isResource ? withObjectMeta(schema) : schema, name)
    case 'string':
      return textType(schema)
    case 'boolean':
      return scalar(BOOL, 4)
    case 'number':
      return scalar({ kind: 'double' }, 1)
    case 'integer':
      return scalar(INT, 1)
    default:
      return undefined
  }
}

const isEmbedded = (schema: Schema): boolean => schema['x-kubernetes-embedded-resource'] === true

/** A character has four bytes at most. */
const maxCharacters = ({ maxLength }: Schema, otherwise: number): number =>
  maxLength === undefined ? otherwise : Math.max(0, maxLength) * 4

function arrayType(schema: Schema, name: string): DeclaredType | undefined {
  const items = itemsOf(schema)
  const element = items === undefined ? undefined : declTypeOf(items, isEmbedded(items), `${name}.@idx`)
  if (element === undefined) return undefined
  const most = Math.floor(MAX_TEXT / (element.minSize + 1))
  return { ...scalar(listOf(element.type), 2, Math.max(0, schema.maxItems ?? most)), element }
}

function objectType(schema: Schema, name: string): DeclaredType | undefined {
  const additional = additionalOf(schema)
  if (typeof additional === 'object') {
    const element = declTypeOf(additional, isEmbedded(additional), `${name}.@elem`)
    if (element === undefined) return undefined
    // quotes, a colon and a comma around the shortest key
    const most = Math.floor(MAX_TEXT / (element.minSize + 6))
    const maxElements = Math.max(0, schema.maxProperties ?? most)
    return { ...scalar(mapOf(STRING, element.type), 2, maxElements), key: KEY, element }
  }
  const fields = new Map<string, DeclaredType>()
  let minSize = 2
  for (const property of propertyNames(schema)) {
    const of = schema.properties?.[property] ?? {}
    const escaped = escapeName(property)
    const field = declTypeOf(of, isEmbedded(of), `${name}.${escaped ?? property}`)
    if (field === undefined) continue
    if (escaped !== undefined) fields.set(escaped, field)
    if (schema.required?.includes(property) === true && of.default === undefined)
      minSize += new TextEncoder().encode(property).length + field.minSize + 4
  }
  const types = Object.fromEntries(Array.from(fields, ([field, { type }]) => [field, type]))
  return { ...scalar(objectOf(name, types), minSize), fields }
}

function textType(schema: Schema): DeclaredType {
  switch (schema.format ?? '') {
    case 'byte':
      return scalar({ kind: 'bytes' }, 2, Math.max(0, schema.maxLength ?? MAX_TEXT))
    case 'duration':
      return scalar({ kind: 'duration' }, 3, 32)
    case 'date':
      return scalar({ kind: 'timestamp' }, 12, 12)
    case 'date-time':
      return scalar({ kind: 'timestamp' }, 21, 32)
    default:
      return scalar(STRING, 2, maxCharacters(schema, longestValue(schema) ?? MAX_TEXT))
  }
}

/** Returns the bytes of the longest text among the allowed values. */
function longestValue({ enum: values = [] }: Schema): number | undefined {
  if (values.length === 0) return undefined
  const encoder = new TextEncoder()
  return Math.max(0, ...values.map((value) => (typeof value === 'string' ? encoder.encode(value).length : 0)))
}
