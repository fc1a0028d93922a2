import { constants } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { ProtobufError } from '../../api/protobuf/protobuf-error.js'
import { EtcdError } from '../../etcd/errors.js'
import { decode, encode, TooDeep } from './codec.js'
import { FRAME_HEAD, framed, FrameReader } from './frames.js'
import { Code, GrpcError } from './grpc-error.js'
import type { PlainAnswer } from './http-endpoints.js'
import type { MessageName } from './messages.js'

/** What a call may know of its request besides the messages. */
export interface CallInfo {
  /** A header of the call (gRPC's metadata), by its lower-case name. */
  header(name: string): string | undefined
}

/** A method that answers one message with one. `size` is the request's length in bytes. Throws GrpcError and EtcdError. */
export interface UnaryMethod {
  readonly request: MessageName
  readonly response: MessageName
  answer(request: never, call: CallInfo, size: number): object
}

/** A method that reads and writes as long as it likes. */
export interface StreamMethod {
  readonly request: MessageName
  readonly response: MessageName
  open(call: StreamCall): StreamHandler
}

/** What a stream is told. */
export interface StreamHandler {
  message(request: never): void
  /** The client has said all that it had to say. */
  halfClose?(): void
  /** The stream is gone: nothing can be sent any more. */
  closed?(): void
}

export type Method = UnaryMethod | StreamMethod

/** Methods by service and name. */
export type Services = ReadonlyMap<string, ReadonlyMap<string, Method>>

/** The server's side of a streaming call. */
export interface StreamCall extends CallInfo {
  /** Sends a message, after those that have been sent before. It is made when the client can take it. */
  send(response: object): void
  /** Ends the call when everything is sent: with OK, or with an error. */
  end(error?: unknown): void
}

/** Whom {@link answerCall} asks. */
export interface GrpcHost {
  readonly services: Services
  /** Answers what is not gRPC. */
  plain(path: string): PlainAnswer
  /** The calls that go on. */
  readonly open: Set<StreamCall>
  /** Hears of what must not happen: a bug of ours. */
  report(error: unknown): void
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' }
const OK = { 'grpc-status': '0', 'grpc-message': '' }
const BODY_FOLLOWS = { waitForTrailers: true, sendDate: false }

/** Bytes from which on messages of a stream are handed to the connection. */
const WRITTEN_TOGETHER = 16 * 1024

const ignore = (): void => undefined

/** Ends an answered call well. */
function sendOk(this: ServerHttp2Stream): void {
  if (!this.destroyed) this.sendTrailers(OK)
}

/** Answers a call. */
export function answerCall(host: GrpcHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.on('error', ignore) // a client that breaks off is no concern of ours
  if (headers['content-type']?.startsWith('application/grpc') !== true) return answerPlain(host, stream, headers)
  const method = methodOf(host.services, headers)
  if (method instanceof GrpcError) {
    stream.resume()
    return refuse(stream, method)
  }
  if ('answer' in method) return answerUnary(host, method, stream, headers)
  new OpenStream(host, method, stream, headers).start()
}

function answerPlain(host: GrpcHost, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.resume()
  const { code, headers: answered, body } = host.plain(headers[':path'] ?? '/')
  stream.respond({ ':status': code, ...answered })
  stream.end(headers[':method'] === 'HEAD' ? undefined : body)
}

/** Source: google.golang.org/grpc server.go handleStream. */
function methodOf(services: Services, headers: IncomingHttpHeaders): Method | GrpcError {
  const path = headers[':path'] ?? ''
  const slash = path.lastIndexOf('/')
  if (slash <= 0) return new GrpcError(Code.Unimplemented, `malformed method name: "${path}"`)
  const [service, name] = [path.slice(1, slash), path.slice(slash + 1)]
  const methods = services.get(service)
  if (methods === undefined) return new GrpcError(Code.Unimplemented, `unknown service ${service}`)
  return methods.get(name) ?? new GrpcError(Code.Unimplemented, `unknown method ${name} for service ${service}`)
}

function answerUnary(host: GrpcHost, method: UnaryMethod, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const reader = new FrameReader(encodingOf(headers))
  let request: Buffer | undefined
  let isOver = false
  const fail = (error: unknown): void => {
    isOver = true
    refuse(stream, statusOf(host, error))
  }
  stream.on('data', (chunk: Buffer) => {
    if (isOver) return
    try {
      for (const message of reader.push(chunk)) request ??= message
    } catch (error) {
      fail(error)
    }
  })
  stream.on('end', () => {
    if (isOver) return
    if (request === undefined || reader.isInMessage) return fail(new GrpcError(Code.Internal, 'unexpected EOF'))
    try {
      const response = method.answer(read(method.request, request) as never, callInfo(headers), request.length)
      respondOnce(stream, framed(encode(method.response, response, FRAME_HEAD)))
    } catch (error) {
      fail(error)
    }
  })
}

function respondOnce(stream: ServerHttp2Stream, frame: Buffer): void {
  if (stream.destroyed) return
  stream.on('wantTrailers', sendOk)
  stream.respond(HEADERS, BODY_FOLLOWS)
  stream.end(frame)
}

const encodingOf = (headers: IncomingHttpHeaders): string | undefined => headers['grpc-encoding'] as string | undefined

function callInfo(headers: IncomingHttpHeaders): CallInfo {
  return {
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value[0] : value
    },
  }
}

/** A request that cannot be read is answered as grpc-go does it. */
function read(name: MessageName, bytes: Uint8Array): object {
  try {
    return decode(name, bytes)
  } catch (error) {
    if (error instanceof ProtobufError) throw new GrpcError(Code.Internal, `grpc: error unmarshalling request: ${error.message}`)
    // only txns nest; etcd reads them all and then finds that they have too many operations
    if (error instanceof TooDeep) throw new EtcdError('tooManyOps')
    throw error
  }
}

/** Ends a call that has not been answered, with an error. */
function refuse(stream: ServerHttp2Stream, error: GrpcError): void {
  if (stream.destroyed || stream.headersSent) return
  stream.respond({ ...HEADERS, ...trailersOf(error) }, { endStream: true })
  // what the client is still saying is of no use
  if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
}

const trailersOf = ({ code, message }: GrpcError): Record<string, string> => ({ 'grpc-status': String(code), 'grpc-message': percentEncoded(message) })

/** What a thrown value is answered with. Anything but an answer of etcd's is a bug of ours. */
function statusOf(host: GrpcHost, error: unknown): GrpcError {
  if (error instanceof GrpcError) return error
  if (error instanceof EtcdError) return new GrpcError(error.code, error.message)
  host.report(error)
  return new GrpcError(Code.Internal, error instanceof Error ? error.message : String(error))
}

/** Source: the gRPC protocol over HTTP/2, Percent-Encoded. */
function percentEncoded(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]/gu, (char) => [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''))
}

/** A streaming call: what is to be sent waits here, not yet written as bytes, while the client does not read. */
class OpenStream implements StreamCall {
  readonly #host: GrpcHost
  readonly #method: StreamMethod
  readonly #stream: ServerHttp2Stream
  readonly #headers: IncomingHttpHeaders
  #waiting: object[] = []
  #isFull = false
  #isFlushing = false
  #final: GrpcError | 'OK' | undefined
  #handler: StreamHandler | undefined

  constructor(host: GrpcHost, method: StreamMethod, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#host = host
    this.#method = method
    this.#stream = stream
    this.#headers = headers
  }

  header(name: string): string | undefined {
    return callInfo(this.#headers).header(name)
  }

  start(): void {
    const stream = this.#stream
    const reader = new FrameReader(encodingOf(this.#headers))
    stream.respond(HEADERS, BODY_FOLLOWS)
    stream.once('wantTrailers', () => {
      if (!stream.destroyed) stream.sendTrailers(this.#final instanceof GrpcError ? trailersOf(this.#final) : OK)
    })
    stream.on('drain', () => {
      this.#isFull = false
      this.#flush()
    })
    this.#host.open.add(this)
    stream.once('close', () => {
      this.#final ??= 'OK'
      this.#host.open.delete(this)
      this.#handler?.closed?.()
    })
    this.#guard(() => {
      this.#handler = this.#method.open(this)
    })
    stream.on('data', (chunk: Buffer) => this.#guard(() => {
      if (this.#final !== undefined) return
      for (const message of reader.push(chunk)) this.#handler?.message(read(this.#method.request, message) as never)
    }))
    stream.once('end', () => this.#guard(() => this.#handler?.halfClose?.()))
  }

  send(response: object): void {
    if (this.#final !== undefined) return
    this.#waiting.push(response)
    this.#flushSoon()
  }

  end(error?: unknown): void {
    if (this.#final !== undefined) return
    this.#final = error === undefined ? 'OK' : statusOf(this.#host, error)
    this.#flushSoon()
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.end(error)
    }
  }

  /** What is sent while the program deals with what has come in is written together. */
  #flushSoon(): void {
    if (this.#isFlushing || this.#isFull) return
    this.#isFlushing = true
    setImmediate(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    let sent = 0
    while (sent < this.#waiting.length && !this.#isFull) {
      const frames: Buffer[] = []
      for (let size = 0; sent < this.#waiting.length && size < WRITTEN_TOGETHER;) {
        const frame = framed(encode(this.#method.response, this.#waiting[sent++] as object, FRAME_HEAD))
        frames.push(frame)
        size += frame.length
      }
      this.#isFull = !this.#stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames))
    }
    this.#waiting = sent < this.#waiting.length ? this.#waiting.slice(sent) : []
    if (this.#waiting.length === 0 && this.#final !== undefined) this.#stream.end()
  }
}
