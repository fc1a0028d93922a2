import { ProtobufError } from '../../../lang/protobuf/protobuf-error.js'
import { ProtoReader, wireTypes } from '../../../lang/protobuf/reader.js'
import { valueBytes } from '../../../etcd/mvcc/value.js'
import type { StoredValue } from '../../../etcd/mvcc/value.js'
import { messageType } from './messages.js'
import type { GrpcField, FieldKind, MessageName, MessageType } from './messages.js'
import { WireWriter } from './writer.js'

/**
 * Nesting depth of messages; a txn in a txn is two levels. etcd refuses much shallower txns for their number
 * of operations.
 */
const MOST_DEPTH = 600

/** Thrown for a message nested deeper than any valid request. */
export class TooDeep extends Error {
  override readonly name: string = 'TooDeep'
}

/**
 * Encodes a message after `offset` bytes, which the caller fills in. Omits fields that are absent, zero,
 * false or empty, as Go does.
 */
export function encode(name: MessageName, message: object, offset: number = 0): Buffer {
  const writer = new WireWriter(offset)
  writeMessage(writer, messageType(name), message as Readonly<Record<string, unknown>>)
  return writer.finish()
}

/**
 * Decodes a message. Every field is present, with its default value when it was not encoded.
 * @throws ProtobufError with the text of Go's generated code
 * @throws TooDeep
 */
export function decode<T extends object>(name: MessageName, bytes: Uint8Array): T {
  return readMessage(messageType(name), bytes, MOST_DEPTH) as T
}

function writeMessage(
  writer: WireWriter,
  { fields }: MessageType,
  message: Readonly<Record<string, unknown>>,
): void {
  for (const field of fields) {
    const value = message[field.name]
    if (value === undefined) continue
    if (field.repeated) writeAll(writer, field, value as readonly unknown[])
    else if (field.explicit || !isDefault(field, value)) {
      writer.tag(field.number, WIRE[field.kind])
      writeValue(writer, field, value)
    }
  }
}

function writeAll(writer: WireWriter, field: GrpcField, values: readonly unknown[]): void {
  if (values.length === 0) return
  if (WIRE[field.kind] === wireTypes.bytes) {
    for (const value of values) {
      writer.tag(field.number, wireTypes.bytes)
      writeValue(writer, field, value)
    }
    return
  }
  writer.tag(field.number, wireTypes.bytes)
  const start = writer.begin()
  for (const value of values) writeValue(writer, field, value)
  writer.end(start)
}

function writeValue(writer: WireWriter, field: GrpcField, value: unknown): void {
  switch (field.kind) {
    case 'key':
      return writer.binary(value as string)
    case 'bytes':
      return writer.bytes(valueBytes(value as StoredValue))
    case 'text':
      return writer.text(value as string)
    case 'int':
    case 'u32':
      return writer.number(value as number)
    case 'bool':
      return writer.number(value === true ? 1 : 0)
    case 'id':
    case 'uid':
      return writer.bigint(value as bigint)
    case 'enum':
      return writer.number(typeof value === 'string' ? field.members.indexOf(value) : (value as number))
    case 'message': {
      const start = writer.begin()
      writeMessage(writer, messageType(field.message), value as Readonly<Record<string, unknown>>)
      writer.end(start)
    }
  }
}

function isDefault(field: GrpcField, value: unknown): boolean {
  switch (field.kind) {
    case 'message':
      return false
    case 'bytes':
      return value instanceof Uint8Array && value.length === 0
    case 'enum':
      return value === 0 || value === field.members[0]
    case 'id':
    case 'uid':
      return value === 0n
    default:
      return value === '' || value === 0 || value === false
  }
}

const WIRE: Readonly<Record<FieldKind, number>> = {
  key: wireTypes.bytes,
  bytes: wireTypes.bytes,
  text: wireTypes.bytes,
  message: wireTypes.bytes,
  int: wireTypes.varint,
  id: wireTypes.varint,
  uid: wireTypes.varint,
  u32: wireTypes.varint,
  bool: wireTypes.varint,
  enum: wireTypes.varint,
}

function readMessage(type: MessageType, bytes: Uint8Array, depth: number): Record<string, unknown> {
  if (depth === 0) throw new TooDeep()
  const message = { ...type.empty }
  const reader = new ProtoReader(bytes)
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag(type.name)
    const field = type.byNumber[number]
    if (field === undefined) {
      reader.skip(wireType)
      continue
    }
    if (wireType === WIRE[field.kind]) take(message, field, readValue(reader, field, depth))
    else if (field.repeated && wireType === wireTypes.bytes) {
      const packed = new ProtoReader(reader.bytes())
      while (!packed.isAtEnd) take(message, field, readValue(packed, field, depth))
    } else throw new ProtobufError(`proto: wrong wireType = ${wireType} for field ${field.goName}`)
  }
  return message
}

function take(message: Record<string, unknown>, field: GrpcField, value: unknown): void {
  if (field.repeated) {
    const before = message[field.name] as unknown[]
    if (before.length === 0) message[field.name] = [value]
    else before.push(value)
    return
  }
  message[field.name] = value
  for (const other of field.others) message[other] = undefined
}

function readValue(reader: ProtoReader, field: GrpcField, depth: number): unknown {
  switch (field.kind) {
    case 'key':
      return binaryOf(reader.bytes())
    // a copy: the value is stored and must not keep the received buffer alive
    case 'bytes':
      return new Uint8Array(reader.bytes())
    case 'text':
      return textOf(reader.bytes())
    case 'int': {
      const read = reader.int64()
      return typeof read === 'number' ? read : Number(BigInt.asIntN(64, read))
    }
    case 'id':
      return BigInt.asIntN(64, BigInt(reader.int64()))
    case 'uid':
      return BigInt.asUintN(64, BigInt(reader.int64()))
    case 'u32':
      return reader.int32() >>> 0
    case 'bool':
      return reader.bool()
    case 'enum': {
      const number = reader.int32()
      return field.members[number] ?? number
    }
    case 'message':
      return readMessage(messageType(field.message), reader.bytes(), depth - 1)
  }
}

function binaryOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
}
