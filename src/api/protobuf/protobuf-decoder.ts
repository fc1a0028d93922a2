/**
 * Reads a protobuf body (`k8s\0`, runtime.Unknown, message) as the JSON that the same client would have sent.
 */
export interface ProtobufDecoder {
  /** Whether a kind has a protobuf form: those of custom resources have none. */
  knows(kind: { readonly group: string; readonly version: string; readonly kind: string }): boolean
  /**
   * Throws ProtobufError (api/protobuf) for bytes that are none. `fallback` is the kind by the URL, for
   * bodies that name none. Of a kind that it does not know it answers `apiVersion` and `kind` alone.
   */
  decode(
    bytes: Uint8Array,
    fallback: { readonly apiVersion: string; readonly kind: string },
  ): Record<string, unknown>
}
