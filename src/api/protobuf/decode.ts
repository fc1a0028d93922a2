import { parseApiVersion } from '../api-version.js'
import { parseExactJson } from '../../lang/go/json.js'
import { textOf } from '../../lang/go/utf8.js'
import { setOwn } from '../../lang/json/plain-json.js'
import { toBase64 } from '../../lang/bytes/base64.js'
import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'
import { ProtoReader, wireTypes } from '../../lang/protobuf/reader.js'
import type { LeafType, ProtoField, ProtoMessage } from './tables.js'
import { messageOf } from './tables.js'
import { microTimeText, timeText } from './times.js'
import { isEnvelope, readEnvelope } from './unknown.js'

type Mutable = Record<string, unknown>

/** Most items of a list: the objects that etcd takes have fewer. */
const MOST_ITEMS = 800_000
/** Deepest nesting that is read; deeper objects than 1,000 levels are refused later. */
const MOST_DEPTH = 10_000

/**
 * Decodes the wire form of a message to JSON, without the empty values that Go's JSON encoder omits. Throws
 * ProtobufError. Source: the Unmarshal methods of k8s.io/api's generated.pb.go.
 */
export function decodeMessage(message: ProtoMessage, bytes: Uint8Array): Mutable {
  try {
    return readMessage(message, bytes, {}, 0)
  } catch (error) {
    throw error instanceof RangeError ? new ProtobufError('proto: message nested too deeply') : error
  }
}

function readMessage(message: ProtoMessage, bytes: Uint8Array, out: Mutable, depth: number): Mutable {
  if (depth > MOST_DEPTH) throw new ProtobufError('proto: message nested too deeply')
  const reader = new ProtoReader(bytes)
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag(message.name)
    const field = message.byNumber.get(number)
    if (field === undefined) reader.skip(wireType)
    else readField(field, wireType, reader, out, depth + 1)
  }
  return out
}

function readField(
  field: ProtoField,
  wireType: number,
  reader: ProtoReader,
  out: Mutable,
  depth: number,
): void {
  switch (field.form) {
    case 'inline': {
      checkWire(field, wireType, wireTypes.bytes)
      readMessage(field.message(), reader.bytes(), out, depth)
      return
    }
    case 'map': {
      checkWire(field, wireType, wireTypes.bytes)
      const map = (out[field.name] ??= {}) as Mutable
      readEntry(field, reader.bytes(), map, depth)
      return
    }
    case 'list': {
      const list = (out[field.name] ??= []) as unknown[]
      if (wireType === wireTypes.bytes && expectedWire(field.type) === wireTypes.varint)
        readPacked(field, reader.bytes(), list)
      else list.push(readValue(field, wireType, reader, undefined, depth))
      if (list.length > MOST_ITEMS) throw new ProtobufError('proto: too many items')
      return
    }
    case 'single': {
      const value = readValue(field, wireType, reader, out[field.name], depth)
      // the last occurrence wins, so an empty value removes an earlier one
      if (isLeftOut(field, value)) delete out[field.name]
      else out[field.name] = value
    }
  }
}

/** Whether Go's JSON encoder omits an empty value. Null can always be omitted. */
function isLeftOut({ presence }: ProtoField, value: unknown): boolean {
  if (value === null || value === undefined) return true
  return (
    (value === '' || value === 0 || value === false) && (presence === undefined || presence === 'omitempty')
  )
}

function readPacked(field: ProtoField, bytes: Uint8Array, list: unknown[]): void {
  const reader = new ProtoReader(bytes)
  while (!reader.isAtEnd) list.push(readValue(field, wireTypes.varint, reader, undefined, 0))
}

function readEntry(field: ProtoField, bytes: Uint8Array, map: Mutable, depth: number): void {
  const reader = new ProtoReader(bytes)
  let key = ''
  let value: unknown
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag(field.goName)
    if (number === 1 && wireType === wireTypes.bytes) key = textOf(reader.bytes())
    else if (number === 2) value = readValue(field, wireType, reader, undefined, depth)
    else reader.skip(wireType)
  }
  setOwn(map, key, value === undefined ? emptyValue(field) : value)
}

function emptyValue(field: ProtoField): unknown {
  switch (field.type) {
    case 'message':
      return {}
    case 'string':
    case 'bytes':
      return ''
    case 'quantity':
      return '0'
    case 'strings':
      return []
    default:
      return null
  }
}

const expectedWire = (type: ProtoField['type']): number => {
  if (type === 'bool' || type === 'int32' || type === 'int64') return wireTypes.varint
  return type === 'double' ? wireTypes.fixed64 : wireTypes.bytes
}

function checkWire({ goName }: ProtoField, found: number, wanted: number): void {
  if (found !== wanted) throw new ProtobufError(`proto: wrong wireType = ${found} for field ${goName}`)
}

/** Decodes a value. `before` is an earlier occurrence, with which messages are merged. */
function readValue(
  field: ProtoField,
  wireType: number,
  reader: ProtoReader,
  before: unknown,
  depth: number,
): unknown {
  checkWire(field, wireType, expectedWire(field.type))
  if (field.type !== 'message') return readLeaf(field.type, reader)
  const message = field.message()
  const bytes = reader.bytes()
  if (message.isUnion) return unionValue(readMessage(message, bytes, {}, depth))
  return readMessage(message, bytes, (before ?? {}) as Mutable, depth)
}

/** Returns the JSON of a union: the schema if present, else the other member. An absent bool is false. */
const unionValue = ({ schema, other = false }: Mutable): unknown => schema ?? other

function readLeaf(type: LeafType, reader: ProtoReader): unknown {
  switch (type) {
    case 'bool':
      return reader.bool()
    case 'int32':
      return reader.int32()
    case 'int64':
      return reader.int64()
    case 'double':
      return reader.double()
    case 'string':
      return textOf(reader.bytes())
    case 'bytes':
      return toBase64(reader.bytes())
    case 'quantity':
      return parts(reader.bytes(), 'Quantity').text.get(1) ?? '0'
    case 'strings':
      return parts(reader.bytes(), 'ExtraValue').texts
    case 'json':
      return jsonOf(parts(reader.bytes(), 'RawExtension').bytes)
    case 'intOrString':
      return intOrString(reader.bytes())
    case 'time':
    case 'microTime':
      return timeOf(type, reader.bytes())
  }
}

interface Parts {
  readonly text: Map<number, string>
  readonly texts: string[]
  readonly numbers: Map<number, number | bigint>
  bytes: Uint8Array | undefined
}

/** Decodes a small message that JSON writes as a leaf. */
function parts(bytes: Uint8Array, name: string): Parts {
  const found: Parts = { text: new Map(), texts: [], numbers: new Map(), bytes: undefined }
  const reader = new ProtoReader(bytes)
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag(name)
    if (wireType === wireTypes.varint) found.numbers.set(number, reader.int64())
    else if (wireType !== wireTypes.bytes) reader.skip(wireType)
    else {
      const value = reader.bytes()
      if (number === 1) found.bytes = value
      const text = textOf(value)
      found.text.set(number, text)
      found.texts.push(text)
    }
  }
  return found
}

function intOrString(bytes: Uint8Array): number | string {
  const { numbers, text } = parts(bytes, 'IntOrString')
  const kind = Number(numbers.get(1) ?? 0)
  if (kind === 0) return Number(BigInt.asIntN(32, BigInt(numbers.get(2) ?? 0)))
  if (kind === 1) return text.get(3) ?? ''
  throw new ProtobufError('impossible IntOrString.Type')
}

function timeOf(type: 'time' | 'microTime', bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null
  const { numbers } = parts(bytes, 'Timestamp')
  const seconds = Number(numbers.get(1) ?? 0)
  return type === 'time' ? timeText(seconds) : microTimeText(seconds, Number(numbers.get(2) ?? 0))
}

/** Decodes the content of a RawExtension or FieldsV1: JSON text, or an object as protobuf. */
function jsonOf(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return null
  if (isEnvelope(bytes)) {
    const { apiVersion, kind, raw } = readEnvelope(bytes)
    const message = messageOf(parseApiVersion(apiVersion), kind)
    return { kind, apiVersion, ...(message === undefined ? {} : decodeMessage(message, raw)) }
  }
  try {
    return parseExactJson(textOf(bytes))
  } catch {
    throw new ProtobufError('json: error calling MarshalJSON for type runtime.RawExtension: invalid JSON')
  }
}
