/**
 * An invalid protobuf message; the text is that of Go's decoder. `typeMeta` is set once the envelope has been
 * decoded.
 */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
  readonly typeMeta: { readonly apiVersion: string; readonly kind: string } | undefined

  constructor(message: string, typeMeta?: { readonly apiVersion: string; readonly kind: string }) {
    super(message)
    this.typeMeta = typeMeta
  }
}
