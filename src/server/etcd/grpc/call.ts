import type {
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2'
import { ProtobufError } from '../../../lang/protobuf/protobuf-error.js'
import { EtcdError } from '../../../etcd/errors.js'
import { decode, TooDeep } from './codec.js'
import { FrameReader } from './frames.js'
import { Code, errorTrailers, GrpcError } from './grpc-error.js'
import type { MessageName } from './messages.js'
import type { CallInfo } from './methods.js'

/** The response headers of every call. */
export const HEADERS: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc' }
/** The trailers of a call that has succeeded. */
export const OK: OutgoingHttpHeaders = { 'grpc-status': '0', 'grpc-message': '' }
/** How to send {@link HEADERS} when messages follow. `sendDate` is in Node but in none of its types. */
export const BODY_FOLLOWS: { readonly waitForTrailers: true; readonly sendDate: false } = {
  waitForTrailers: true,
  sendDate: false,
}
const NO_BODY: { readonly endStream: true; readonly sendDate: false } = { endStream: true, sendDate: false }

/** What unary and streaming calls share: the stream, its headers, and the reader of its messages. */
export class EtcdCall implements CallInfo {
  readonly #headers: IncomingHttpHeaders
  protected readonly stream: ServerHttp2Stream
  protected readonly reader: FrameReader

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#headers = headers
    this.stream = stream
    this.reader = new FrameReader(this.header('grpc-encoding'))
  }

  get session(): ServerHttp2Session | undefined {
    return this.stream.session as ServerHttp2Session | undefined
  }

  header(name: string): string | undefined {
    const value = this.#headers[name]
    return Array.isArray(value) ? value[0] : value
  }
}

/**
 * Decodes a request.
 * @throws GrpcError with grpc-go's text when the bytes are no such message
 */
export function readRequest(name: MessageName, bytes: Uint8Array): object {
  try {
    return decode(name, bytes)
  } catch (error) {
    if (error instanceof ProtobufError)
      throw new GrpcError(Code.Internal, `grpc: error unmarshalling request: ${error.message}`)
    // only txns nest; etcd decodes them all and then finds that they have too many operations
    if (error instanceof TooDeep) throw new EtcdError('tooManyOps')
    throw error
  }
}

/**
 * Ends a call that has sent no headers yet, with an error. A client that is still sending gets no RST_STREAM:
 * nghttp2 would drop the headers with the status if they still wait for the socket. What it sends is
 * discarded.
 */
export function refuse(stream: ServerHttp2Stream, error: GrpcError): void {
  if (stream.closed || stream.destroyed || stream.headersSent) return
  stream.respond({ ...HEADERS, ...errorTrailers(error) }, NO_BODY)
}
