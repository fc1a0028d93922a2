import { isMap, type JsonMap } from '../../lang/json/maps.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { ProtoField, ProtoMessage } from '../../api/protobuf/tables.js'
import { messageOf } from '../../api/protobuf/tables.js'
import type { Scheme } from '../../api/scheme.js'
import { parseApiVersion } from '../../api/api-version.js'
import { byKey } from '../../lang/text/order.js'

/** A list of objects of one kind, with the fields of kubectl's own types. */
export interface GoList {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: object
  readonly items: readonly KubeObject[]
}

/**
 * Orders a list as kubectl prints it if it knows the Go type of the objects: fields in the order of their
 * declaration. Custom resources stay as they are.
 */
export function inGoOrder(
  scheme: Scheme,
  { kind, apiVersion, metadata, items }: GoList,
): Omit<GoList, 'items'> & { readonly items: readonly unknown[] } {
  const itemKind = kind.replace(/List$/, '')
  const message = messageOf(parseApiVersion(apiVersion), itemKind)
  const known = scheme.ofObject(apiVersion, itemKind) !== undefined
  return {
    kind,
    apiVersion,
    metadata,
    items: items.map((item) =>
      message === undefined || !known ? item : ordered(item, message, { kind: itemKind, apiVersion }),
    ),
  }
}

/** Orders one object as {@link inGoOrder} those of a list. */
export function objectInGoOrder(scheme: Scheme, object: KubeObject): unknown {
  const { kind = '', apiVersion = '' } = object
  const [ordered] = inGoOrder(scheme, {
    kind: `${kind}List`,
    apiVersion,
    metadata: {},
    items: [object],
  }).items
  return ordered
}

function ordered(value: unknown, message: ProtoMessage, head: JsonMap = {}): unknown {
  if (!isMap(value)) return value
  const result: Record<string, unknown> = {}
  for (const [key, one] of Object.entries(head)) if (value[key] !== undefined) result[key] = one
  for (const field of fieldsOf(message))
    if (value[field.name] !== undefined) result[field.name] = inner(value[field.name], field)
  for (const [key, one] of Object.entries(value))
    if (!Object.hasOwn(result, key) && one !== undefined) result[key] = one
  return result
}

/** The fields of a message, including those of embedded messages that JSON inlines. */
function fieldsOf({ declared }: ProtoMessage): readonly ProtoField[] {
  return declared.flatMap((field) => (field.form === 'inline' ? fieldsOf(field.message()) : [field]))
}

function inner(value: unknown, { form, type, message }: ProtoField): unknown {
  if (form === 'map' && isMap(value)) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(byKey)
        .map(([key, one]) => [key, type === 'message' ? ordered(one, message()) : sorted(one)]),
    )
  }
  if (type !== 'message') return sorted(value)
  return Array.isArray(value) ? value.map((one) => ordered(one, message())) : ordered(value, message())
}

/** Sorts the keys of free-form JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  return isMap(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(byKey)
          .map(([key, one]) => [key, sorted(one)]),
      )
    : value
}
