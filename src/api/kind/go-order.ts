/**
 * The order in which Go's encoder of JSON writes a value: fields as in the struct, maps sorted by key. The
 * protobuf tables list the fields in the order of the structs.
 */
import { isMap } from '../../lang/json/maps.js'
import { parseApiVersion } from '../api-version.js'
import { messageOf, type ProtoField, type ProtoMessage } from '../protobuf/tables.js'

/** What the tables say about a value: a message, a list or a map of messages, or nothing. */
export type GoType = Pick<ProtoField, 'form' | 'message'> | undefined

/** Returns the type of a kind, or undefined if it is no struct. */
export function goTypeOf(apiVersion: string, kind: string): GoType {
  const message = messageOf(parseApiVersion(apiVersion), kind)
  return message && { form: 'single', message: () => message }
}

/** Returns the type of a member of a message or map. */
export function memberType(type: GoType, name: string): GoType {
  if (type === undefined) return undefined
  if (type.form === 'map') return itemType(type)
  if (type.form === 'list') return undefined
  const field = fieldsOf(type.message()).find((one) => one.name === name)
  return field?.type === 'message' ? field : field?.form === 'map' ? plainMap : undefined
}

/** A map of leaves: its values are never looked up. */
const plainMap: GoType = {
  form: 'map',
  message: () => {
    throw new Error('bug: a leaf has no message')
  },
}

export const itemType = (type: GoType): GoType =>
  type === undefined || type === plainMap ? undefined : { form: 'single', message: type.message }

/** The fields of a struct; of a union, those of the message that it may be. */
const fieldsOf = ({ declared, isUnion }: ProtoMessage): readonly ProtoField[] =>
  (isUnion
    ? declared.flatMap((field) => (field.type === 'message' ? fieldsOf(field.message()) : []))
    : declared
  ).flatMap((field) => (field.form === 'inline' ? fieldsOf(field.message()) : [field]))

/** Returns a value with all members in Go's order. Values of no known type stay as they are. */
export function inGoOrder(type: GoType, value: unknown): unknown {
  if (type === undefined) return value
  if (Array.isArray(value)) return value.map((item) => inGoOrder(itemType(type), item))
  if (!isMap(value)) return value
  const names =
    type.form === 'map' ? Object.keys(value).toSorted() : fieldsOf(type.message()).map(({ name }) => name)
  // the kind of an embedded object is its first field, which protobuf does not have
  const typeNames = type.form === 'map' ? [] : ['kind', 'apiVersion'].filter((name) => !names.includes(name))
  const ordered = [...typeNames, ...names]
  const rest = Object.keys(value).filter((name) => !ordered.includes(name))
  const present = new Set(ordered.filter((name) => Object.hasOwn(value, name)))
  return Object.fromEntries(
    [...present, ...rest].map((name) => [name, inGoOrder(memberType(type, name), value[name])]),
  )
}
