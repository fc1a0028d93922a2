/**
 * A decoder of protobuf bodies (`k8s\0`, runtime.Unknown, message) to the JSON that the client would have
 * sent instead.
 */
export interface ProtobufDecoder {
  /** Whether a kind has a protobuf form. Custom resources do not. */
  knows(kind: { readonly group: string; readonly version: string; readonly kind: string }): boolean
  /**
   * Decodes a body. `fallback` is the kind of the URL, for bodies without a kind. For an unknown kind it
   * returns only `apiVersion` and `kind`. Throws ProtobufError (api/protobuf).
   */
  decode(
    bytes: Uint8Array,
    fallback: { readonly apiVersion: string; readonly kind: string },
  ): Record<string, unknown>
}

/** What a protobuf body can hold. */
interface Typed {
  readonly apiVersion?: string
  readonly kind?: string
}

/** An event of a watch. */
export interface ProtobufEvent {
  readonly type: string
  readonly object: Typed
}

/** A decoder of bodies that also encodes responses. */
export interface ProtobufCodec extends ProtobufDecoder {
  /** Encodes an object, a list or a Status. @throws RangeError for a kind without a protobuf form */
  encode(object: Typed): Uint8Array
  /** Encodes an event of a watch, with its length before it. @throws RangeError as {@link encode} */
  encodeEvent(event: ProtobufEvent): Uint8Array
}
