import { textOf } from '../../lang/go/utf8.js'
import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'
import { ProtoReader, wireTypes } from '../../lang/protobuf/reader.js'

/** The prefix of every protobuf body: `k8s\0`. */
export const prefix: readonly number[] = [0x6b, 0x38, 0x73, 0]

/** runtime.Unknown: the envelope of an object, with its kind and its bytes. */
export interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

/** Whether bytes have the prefix of a protobuf body. */
export const isEnvelope = (bytes: Uint8Array): boolean => prefix.every((byte, at) => bytes[at] === byte)

/**
 * Decodes the envelope of a body. Throws ProtobufError with the texts of apimachinery's
 * pkg/runtime/serializer/protobuf/protobuf.go.
 */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) throw new ProtobufError('empty data')
  if (!isEnvelope(bytes))
    throw new ProtobufError(
      `provided data does not appear to be a protobuf message, expected prefix [${prefix.join(' ')}]`,
    )
  if (bytes.length === prefix.length) throw new ProtobufError('empty body')
  let typeMeta = { apiVersion: '', kind: '' }
  let raw: Uint8Array = new Uint8Array()
  walk(
    bytes.subarray(prefix.length),
    'Unknown',
    ['', 'TypeMeta', 'Raw', 'ContentEncoding', 'ContentType'],
    (number, value) => {
      if (number === 1) typeMeta = readTypeMeta(value, typeMeta)
      else if (number === 2) raw = value
    },
  )
  return { ...typeMeta, raw }
}

function readTypeMeta(
  bytes: Uint8Array,
  before: { apiVersion: string; kind: string },
): { apiVersion: string; kind: string } {
  const found = { ...before }
  walk(bytes, 'TypeMeta', ['', 'APIVersion', 'Kind'], (number, value) => {
    found[number === 1 ? 'apiVersion' : 'kind'] = textOf(value)
  })
  return found
}

/** Calls `take` with the values of the numbered fields, which are all bytes, and skips the others. */
function walk(
  bytes: Uint8Array,
  message: string,
  names: readonly string[],
  take: (number: number, value: Uint8Array) => void,
): void {
  const reader = new ProtoReader(bytes)
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag(message)
    const name = names[number]
    if (name === undefined) reader.skip(wireType)
    else if (wireType === wireTypes.bytes) take(number, reader.bytes())
    else throw new ProtobufError(`proto: wrong wireType = ${wireType} for field ${name}`)
  }
}
