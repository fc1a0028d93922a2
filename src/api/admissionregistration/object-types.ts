import { declTypeOf } from '../apiextensions/schema/schema-types.js'
import { escapeName } from '../../lang/cel/parse/names.js'
import type { CelType } from '../../lang/cel/check/types.js'
import { BOOL, DYN, INT, listOf, mapOf, objectOf, STRING } from '../../lang/cel/check/types.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Scheme } from '../scheme.js'
import type { Field, Message, ScalarType } from '../schema/types.js'

const BYTES: CelType = { kind: 'bytes' }
const TIMESTAMP: CelType = { kind: 'timestamp' }

/**
 * Types of leaves as in their OpenAPI schemas. Quantities and free JSON have no type there, so that type
 * checking rejects expressions that name them.
 */
const leaves: Readonly<Record<ScalarType, CelType | undefined>> = {
  string: STRING,
  boolean: BOOL,
  int32: INT,
  int64: INT,
  double: { kind: 'double' },
  bytes: BYTES,
  time: TIMESTAMP,
  microTime: TIMESTAMP,
  intOrString: DYN,
  quantity: undefined,
  anyJson: undefined,
  json: objectOf('object', {}),
}

/** Types of messages: a cache. */
const known = new WeakMap<Message, CelType>()

/**
 * Returns the CEL type of a kind's objects, for type checking. Source: apiserver pkg/cel/common/schemas.go
 * SchemaDeclType.
 */
export function objectType(scheme: Scheme, definition: KindDefinition): CelType {
  return definition.custom === undefined
    ? (messageType(scheme.messageOf(definition), []) ?? DYN)
    : (declTypeOf(definition.custom.schema, true, definition.kind)?.type ?? DYN)
}

/** Returns the type of a message. `above` are the messages around it, at which recursion ends. */
function messageType(message: Message, above: readonly Message[]): CelType | undefined {
  if (above.includes(message)) return undefined
  const found = known.get(message)
  if (found !== undefined) return found
  const inside = [...above, message]
  const fields: Record<string, CelType> = {}
  for (const [name, field] of Object.entries(message.fields)) {
    const type = fieldType(field, message, inside)
    const escaped = escapeName(name)
    if (type !== undefined && escaped !== undefined) fields[escaped] = type
  }
  const type = objectOf(message.name, fields)
  known.set(message, type)
  return type
}

function fieldType(field: Field, { group }: Message, above: readonly Message[]): CelType | undefined {
  switch (field.type) {
    case 'message':
      return messageType(group.message(field.message), above)
    case 'list': {
      const item = fieldType(field.items, above.at(-1) as Message, above)
      return item === undefined ? undefined : listOf(item)
    }
    case 'map': {
      const item = fieldType(field.values, above.at(-1) as Message, above)
      return item === undefined ? undefined : mapOf(STRING, item)
    }
    default:
      return leaves[field.type]
  }
}
