import { decodeMessage } from './decode.js'
import { encodeMessage } from './encode.js'
import { ProtobufError } from './protobuf-error.js'
import { messageOf } from './tables.js'
import { groupVersionOf, prefix, readEnvelope } from './unknown.js'
import { ProtoWriter } from './writer.js'

/** What a kind is called in API paths and bodies. */
interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** Whether a kind has a protobuf form: those of custom resources have none. */
export const hasProtobufForm = ({ group, version, kind }: Kind): boolean =>
  messageOf(group, version, kind) !== undefined

/**
 * Reads a protobuf body as the JSON that the same client would have sent. `fallback` is the kind for bodies
 * that name none. Of a kind that nobody knows the answer is `apiVersion` and `kind` alone. Throws
 * ProtobufError.
 */
export function decodeProtobuf(
  bytes: Uint8Array,
  fallback: { readonly apiVersion: string; readonly kind: string },
): Record<string, unknown> {
  const envelope = readEnvelope(bytes)
  const typeMeta = withDefaults(envelope, fallback)
  const message = messageOf(...groupVersionOf(typeMeta.apiVersion), typeMeta.kind)
  if (message === undefined) return typeMeta
  try {
    return { ...typeMeta, ...decodeMessage(message, envelope.raw) }
  } catch (error) {
    throw error instanceof ProtobufError ? new ProtobufError(error.message, typeMeta) : error
  }
}

/**
 * The protobuf form of an object of a built-in kind, as Go writes it. Throws a RangeError for other kinds.
 */
export function encodeProtobuf(object: { readonly apiVersion?: string; readonly kind?: string }): Uint8Array {
  const { apiVersion = '', kind = '' } = object
  const message = messageOf(...groupVersionOf(apiVersion), kind)
  if (message === undefined) throw new RangeError(`${kind} of ${apiVersion} has no protobuf form`)
  const typeMeta = new ProtoWriter().text(1, apiVersion).text(2, kind).finish()
  const unknown = new ProtoWriter()
    .bytes(1, typeMeta)
    .bytes(2, encodeMessage(message, object))
    .text(3, '')
    .text(4, '')
    .finish()
  return Uint8Array.from([...prefix, ...unknown])
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

/** The codec that `handleHttp` takes for protobuf bodies. */
export const protobufCodec: {
  readonly knows: typeof hasProtobufForm
  readonly decode: typeof decodeProtobuf
} = { knows: hasProtobufForm, decode: decodeProtobuf }
