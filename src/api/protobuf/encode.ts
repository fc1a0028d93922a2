import { exactJson } from '../../lang/json/exact-json.js'
import { bytesOf } from '../../lang/go/utf8.js'
import { fromBase64 } from '../../lang/bytes/base64.js'
import type { LeafType, ProtoField, ProtoMessage } from './tables.js'
import { secondsOf } from './times.js'
import { ProtoWriter } from '../../lang/protobuf/writer.js'
import { isMap, type JsonMap } from '../../lang/json/maps.js'

/**
 * Encodes a message in Go's order and with Go's empty values: fields that are not pointers in Go are always
 * written. Source: the MarshalToSizedBuffer methods of k8s.io/api's generated.pb.go.
 */
export function encodeMessage(message: ProtoMessage, object: object): Uint8Array {
  if (!message.isObject || !Object.isFrozen(object)) return encodeFields(message, object)
  let forms = encoded.get(object)
  if (forms === undefined) encoded.set(object, (forms = new Map()))
  let bytes = forms.get(message)
  if (bytes === undefined) forms.set(message, (bytes = encodeFields(message, object)))
  return bytes
}

/** The bytes of frozen objects, kept as long as they: a list of a thousand pods is joined from them. */
const encoded = new WeakMap<object, Map<ProtoMessage, Uint8Array>>()

function encodeFields(message: ProtoMessage, object: object): Uint8Array {
  const writer = new ProtoWriter()
  for (const field of message.fields) writeField(writer, field, object as JsonMap)
  return writer.finish()
}

function writeField(writer: ProtoWriter, field: ProtoField, object: JsonMap): void {
  if (field.form === 'inline') {
    writer.bytes(field.number, encodeMessage(field.message(), object))
    return
  }
  const value = Object.hasOwn(object, field.name) ? object[field.name] : undefined
  switch (field.form) {
    case 'list':
      for (const item of asList(value)) writeValue(writer, field, field.number, item)
      return
    case 'map':
      writeMap(writer, field, value)
      return
    case 'single':
      if (!isAbsent(field, value)) writeValue(writer, field, field.number, value)
  }
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Whether Go omits the field: an absent pointer, or absent bytes. */
function isAbsent({ presence, type, name }: ProtoField, value: unknown): boolean {
  // a struct that newer JSON encoders omit if empty
  if ((value !== undefined && value !== null) || name === 'creationTimestamp') return false
  const isStruct =
    type === 'message' ||
    type === 'time' ||
    type === 'microTime' ||
    type === 'quantity' ||
    type === 'intOrString'
  return isStruct
    ? presence !== 'always'
    : presence === 'pointer' || presence === 'nullable' || type === 'bytes' || type === 'json'
}

function writeMap(writer: ProtoWriter, field: ProtoField, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  // Go sorts by the bytes of the keys
  const entries = Object.entries(value).sort(([a], [b]) => compareBytes(bytesOf(a), bytesOf(b)))
  for (const [key, member] of entries) {
    const entry = new ProtoWriter().text(1, key)
    writeValue(entry, field, 2, member)
    writer.bytes(field.number, entry.finish())
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number)
  return a.length - b.length
}

function writeValue(writer: ProtoWriter, field: ProtoField, number: number, value: unknown): void {
  if (field.type === 'message') {
    const message = field.message()
    writer.bytes(
      number,
      encodeMessage(message, message.isUnion ? unionMembers(message, value) : ((value ?? {}) as object)),
    )
  } else writeLeaf(writer, field.type, number, value)
}

/** Returns the members of a union that JSON writes as one of them. */
function unionMembers({ name }: ProtoMessage, value: unknown): JsonMap {
  if (!isMap(value)) return { other: value }
  // Go reads an object as `allows: true` with the schema
  return name === 'JSONSchemaPropsOrBool' ? { other: true, schema: value } : { schema: value }
}

function writeLeaf(writer: ProtoWriter, type: LeafType, number: number, value: unknown): void {
  switch (type) {
    case 'bool':
      writer.integer(number, value === true ? 1 : 0)
      return
    case 'int32':
    case 'int64':
      writer.integer(number, (value ?? 0) as number | bigint)
      return
    case 'double':
      writer.double(number, (value ?? 0) as number)
      return
    case 'string':
      writer.text(number, (value ?? '') as string)
      return
    case 'bytes':
      writer.bytes(number, fromBase64((value ?? '') as string))
      return
    case 'quantity':
      writer.bytes(number, new ProtoWriter().text(1, (value ?? '0') as string).finish())
      return
    case 'json':
      writer.bytes(number, jsonBytes(value))
      return
    case 'strings':
      writer.bytes(number, stringsBytes(value))
      return
    case 'intOrString':
      writer.bytes(number, intOrStringBytes(value))
      return
    case 'time':
    case 'microTime':
      writer.bytes(number, timeBytes(type, value))
      return
  }
}

function stringsBytes(value: unknown): Uint8Array {
  const items = new ProtoWriter()
  for (const item of asList(value)) items.text(1, item as string)
  return items.finish()
}

const jsonBytes = (value: unknown): Uint8Array =>
  value === null || value === undefined
    ? new Uint8Array()
    : new ProtoWriter().text(1, exactJson(value)).finish()

function intOrStringBytes(value: unknown): Uint8Array {
  const isText = typeof value === 'string'
  return new ProtoWriter()
    .integer(1, isText ? 1 : 0)
    .integer(2, isText ? 0 : Number(value ?? 0))
    .text(3, isText ? value : '')
    .finish()
}

function timeBytes(type: 'time' | 'microTime', value: unknown): Uint8Array {
  if (typeof value !== 'string') return new Uint8Array()
  const { seconds, nanos } = secondsOf(value)
  return new ProtoWriter()
    .integer(1, seconds)
    .integer(2, type === 'time' ? 0 : nanos)
    .finish()
}
