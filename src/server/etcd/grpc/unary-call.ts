import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { BODY_FOLLOWS, EtcdCall, HEADERS, OK, readRequest, refuse } from './call.js'
import { encode } from './codec.js'
import { FRAME_HEAD, framed } from './frames.js'
import { Code, GrpcError, statusOf } from './grpc-error.js'
import type { UnaryMethod } from './methods.js'

/** A call of a {@link UnaryMethod}. */
export class UnaryCall extends EtcdCall {
  readonly #report: (error: unknown) => void
  readonly #method: UnaryMethod
  #request: Buffer | undefined
  #isOver = false

  constructor(
    { report }: { readonly report: (error: unknown) => void },
    method: UnaryMethod,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ) {
    super(stream, headers)
    this.#report = report
    this.#method = method
  }

  start(): void {
    this.stream.on('data', (chunk: Buffer) => this.#data(chunk))
    this.stream.once('end', () => this.#end())
  }

  #data(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      for (const message of this.reader.push(chunk)) this.#request ??= message
    } catch (error) {
      this.#fail(error)
    }
  }

  #end(): void {
    // node:http2 also emits 'end' for a stream that the client has reset; such a call must not be executed
    if (this.#isOver || this.stream.closed) return
    const request = this.#request
    if (request === undefined || this.reader.isInMessage)
      return this.#fail(new GrpcError(Code.Internal, 'unexpected EOF'))
    try {
      const response = this.#method.handle(
        readRequest(this.#method.request, request) as never,
        this,
        request.length,
      )
      this.#respond(framed(encode(this.#method.response, response, FRAME_HEAD)))
    } catch (error) {
      this.#fail(error)
    }
  }

  #respond(frame: Buffer): void {
    this.stream.once('wantTrailers', sendOk)
    this.stream.respond(HEADERS, BODY_FOLLOWS)
    this.stream.end(frame)
  }

  #fail(error: unknown): void {
    this.#isOver = true
    refuse(this.stream, statusOf(error, this.#report))
  }
}

function sendOk(this: ServerHttp2Stream): void {
  if (!this.closed && !this.destroyed) this.sendTrailers(OK)
}
