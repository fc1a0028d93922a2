/**
 * Bytes that are no protobuf message; the message is that of Go's decoder. `typeMeta` is known once the
 * envelope was read.
 */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
  readonly typeMeta: { readonly apiVersion: string; readonly kind: string } | undefined

  constructor(message: string, typeMeta?: { readonly apiVersion: string; readonly kind: string }) {
    super(message)
    this.typeMeta = typeMeta
  }
}
