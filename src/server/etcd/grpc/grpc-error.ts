import { EtcdError } from '../../../etcd/errors.js'

/** gRPC status codes. */
export const Code = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const

/** A call's status other than OK: `code` is one of {@link Code}. */
export class GrpcError extends Error {
  override readonly name: string = 'GrpcError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * The status for a thrown value. Anything that is neither a GrpcError nor an EtcdError is a bug of the
 * simulator: it is passed to `report`, and the client receives Internal.
 */
export function statusOf(error: unknown, report: (error: unknown) => void): GrpcError {
  if (error instanceof GrpcError) return error
  if (error instanceof EtcdError) return new GrpcError(error.code, error.message)
  report(error)
  return new GrpcError(Code.Internal, error instanceof Error ? error.message : String(error))
}

/** The trailers that tell a client about an error. Source: PROTOCOL-HTTP2.md of gRPC, Percent-Encoded. */
export function errorTrailers({ code, message }: GrpcError): Record<string, string> {
  return { 'grpc-status': String(code), 'grpc-message': percentEncoded(message) }
}

function percentEncoded(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
