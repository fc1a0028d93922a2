import type { KubeObject } from '../../api/definition.js'
import type { ProtoField, ProtoMessage } from '../../api/protobuf/tables.js'
import { messageOf } from '../../api/protobuf/tables.js'
import type { Scheme } from '../../api/scheme.js'
import { parseApiVersion } from '../../api/scheme.js'

/** A list of objects of one kind, as kubectl's own types have it. */
export interface GoList {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: object
  readonly items: readonly KubeObject[]
}

/**
 * A list as kubectl prints it when it knows the Go type of its objects: fields in the order of their declaration, which is that of their numbers on the
 * wire. Custom resources stay as they are.
 */
export function inGoOrder(scheme: Scheme, { kind, apiVersion, metadata, items }: GoList): object {
  const { group, version } = parseApiVersion(apiVersion)
  const itemKind = kind.replace(/List$/, '')
  const message = messageOf(group, version, itemKind)
  const known = scheme.ofObject(apiVersion, itemKind) !== undefined
  return { kind, apiVersion, metadata, items: items.map((item) => (message === undefined || !known ? item : ordered(item, message, { kind: itemKind, apiVersion }))) }
}

type Fields = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function ordered(value: unknown, message: ProtoMessage, head: Fields = {}): unknown {
  if (!isMap(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(head)) if (value[key] !== undefined) result[key] = one
  for (const field of fieldsOf(message)) if (value[field.name] !== undefined) result[field.name] = inner(value[field.name], field)
  for (const [key, one] of Object.entries(value)) if (!Object.hasOwn(result, key) && one !== undefined) result[key] = one
  return result
}

/** The fields of a message with those of the messages that JSON writes into it. */
function fieldsOf(message: ProtoMessage): readonly ProtoField[] {
  return message.fields.flatMap((field) => (field.form === 'inline' && field.type === 'message' ? fieldsOf(field.message()) : [field]))
}

function inner(value: unknown, { form, type, message }: ProtoField): unknown {
  if (form === 'map' && isMap(value)) {
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, type === 'message' ? ordered(one, message()) : sorted(one)]))
  }
  if (type !== 'message') return sorted(value)
  return Array.isArray(value) ? value.map((one) => ordered(one, message())) : ordered(value, message())
}

/** Free JSON, whose keys are sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)])) : value
}
