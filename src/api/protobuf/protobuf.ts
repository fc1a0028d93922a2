import { type GroupVersion, parseApiVersion } from '../api-version.js'
import type { ProtobufCodec, ProtobufEvent } from './protobuf-codec.js'
import { decodeMessage } from './decode.js'
import { encodeMessage } from './encode.js'
import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'
import { messageOf } from './tables.js'
import { prefix, readEnvelope } from './unknown.js'
import { ProtoWriter } from '../../lang/protobuf/writer.js'

/** Whether a kind has a protobuf form. Custom resources do not. */
export const hasProtobufForm = (kind: GroupVersion & { readonly kind: string }): boolean =>
  messageOf(kind, kind.kind) !== undefined

/**
 * Decodes a protobuf body to the JSON that the client would have sent instead. `fallback` is the kind of
 * bodies without one. For an unknown kind it returns only `apiVersion` and `kind`. Throws ProtobufError.
 */
export function decodeProtobuf(
  bytes: Uint8Array,
  fallback: { readonly apiVersion: string; readonly kind: string },
): Record<string, unknown> {
  const envelope = readEnvelope(bytes)
  const typeMeta = withDefaults(envelope, fallback)
  const message = messageOf(parseApiVersion(typeMeta.apiVersion), typeMeta.kind)
  if (message === undefined) return typeMeta
  try {
    return { ...typeMeta, ...decodeMessage(message, envelope.raw) }
  } catch (error) {
    throw error instanceof ProtobufError ? new ProtobufError(error.message, typeMeta) : error
  }
}

/** Encodes an object of a built-in kind as protobuf, as Go writes it. Throws RangeError for other kinds. */
export function encodeProtobuf(object: { readonly apiVersion?: string; readonly kind?: string }): Uint8Array {
  const { apiVersion = '', kind = '' } = object
  const message = messageOf(parseApiVersion(apiVersion), kind)
  if (message === undefined) throw new RangeError(`${kind} of ${apiVersion} has no protobuf form`)
  const typeMeta = new ProtoWriter().text(1, apiVersion).text(2, kind).finish()
  const unknown = new ProtoWriter()
    .bytes(1, typeMeta)
    .bytes(2, encodeMessage(message, object))
    .text(3, '')
    .text(4, '')
    .finish()
  const bytes = new Uint8Array(prefix.length + unknown.length)
  bytes.set(prefix)
  bytes.set(unknown, prefix.length)
  return bytes
}

function withDefaults(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  fallback: { readonly apiVersion: string; readonly kind: string },
): { apiVersion: string; kind: string } {
  return {
    apiVersion: apiVersion === '' ? fallback.apiVersion : apiVersion,
    kind: kind === '' ? fallback.kind : kind,
  }
}

/**
 * Encodes an event of a watch: its length in four bytes, the first one first, its type, and its object with
 * its envelope. Source: apimachinery pkg/runtime/serializer/protobuf LengthDelimitedFramer, RawSerializer.
 */
export function encodeWatchEvent({ type, object }: ProtobufEvent): Uint8Array {
  const raw = new ProtoWriter().bytes(1, encodeProtobuf(object)).finish()
  const event = new ProtoWriter().text(1, type).bytes(2, raw).finish()
  const frame = new Uint8Array(LENGTH_BYTES + event.length)
  new DataView(frame.buffer).setUint32(0, event.length)
  frame.set(event, LENGTH_BYTES)
  return frame
}

const LENGTH_BYTES = 4

/** The codec of protobuf bodies for `handleHttp`. */
export const protobufCodec: ProtobufCodec = {
  knows: hasProtobufForm,
  decode: decodeProtobuf,
  encode: encodeProtobuf,
  encodeEvent: encodeWatchEvent,
}
