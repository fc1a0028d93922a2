import type { Socket } from 'node:net'
import { ProtobufError } from '../../api/protobuf/protobuf-error.js'
import { EtcdError } from '../../etcd/errors.js'
import { decode, encode, TooDeep } from './codec.js'
import { FRAME_HEAD, framed, FrameReader } from './frames.js'
import { Code, GrpcError } from './grpc-error.js'
import { headerOf } from './http2/header-list.js'
import type { HeaderList } from './http2/header-list.js'
import type { Http2Stream, StreamListener } from './http2/stream.js'
import type { PlainAnswer } from './http-endpoints.js'
import type { MessageName } from './messages.js'

/** What a call may know of its request besides the messages. */
export interface CallInfo {
  /** A header of the call (gRPC's metadata), by its lower-case name. */
  header(name: string): string | undefined
  /** The connection that it came over. */
  readonly socket: Socket
}

/**
 * A method that answers one message with one. `size` is the request's length in bytes. Throws GrpcError and
 * EtcdError.
 */
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

const HEADERS: HeaderList = Object.freeze([':status', '200', 'content-type', 'application/grpc'])
const OK: HeaderList = Object.freeze(['grpc-status', '0', 'grpc-message', ''])

/** Bytes from which on messages of a stream are handed to the connection. */
const WRITTEN_TOGETHER = 16 * 1024

/** Answers a call. */
export function answerCall(host: GrpcHost, stream: Http2Stream, headers: HeaderList): void {
  if (headerOf(headers, 'content-type')?.startsWith('application/grpc') !== true)
    return answerPlain(host, stream, headers)
  const method = methodOf(host.services, headers)
  if (method instanceof GrpcError) return refuse(stream, method)
  const call =
    'answer' in method
      ? new UnaryCall(host, method, stream, headers)
      : new OpenStream(host, method, stream, headers)
  stream.listener = call
  call.start()
}

function answerPlain(host: GrpcHost, stream: Http2Stream, headers: HeaderList): void {
  const { code, headers: fields, body } = host.plain(headerOf(headers, ':path') ?? '/')
  stream.respond([
    ':status',
    String(code),
    ...Object.entries(fields).flatMap(([name, value]) => [name, String(value)]),
  ])
  if (headerOf(headers, ':method') !== 'HEAD') stream.write(Buffer.from(body))
  stream.end()
}

/** Source: google.golang.org/grpc server.go handleStream. */
function methodOf(services: Services, headers: HeaderList): Method | GrpcError {
  const path = headerOf(headers, ':path') ?? ''
  const slash = path.lastIndexOf('/')
  if (slash <= 0) return new GrpcError(Code.Unimplemented, `malformed method name: "${path}"`)
  const [service, name] = [path.slice(1, slash), path.slice(slash + 1)]
  const methods = services.get(service)
  if (methods === undefined) return new GrpcError(Code.Unimplemented, `unknown service ${service}`)
  return (
    methods.get(name) ?? new GrpcError(Code.Unimplemented, `unknown method ${name} for service ${service}`)
  )
}

/** What every call has: where it comes from, and its messages. */
class Incoming implements CallInfo {
  readonly #headers: HeaderList
  protected readonly stream: Http2Stream
  protected readonly reader: FrameReader

  constructor(stream: Http2Stream, headers: HeaderList) {
    this.#headers = headers
    this.stream = stream
    this.reader = new FrameReader(headerOf(headers, 'grpc-encoding'))
  }

  get socket(): Socket {
    return this.stream.socket
  }

  header(name: string): string | undefined {
    return headerOf(this.#headers, name)
  }
}

/** A call of one message, answered with one. */
class UnaryCall extends Incoming implements StreamListener {
  readonly #host: GrpcHost
  readonly #method: UnaryMethod
  #request: Buffer | undefined
  #isOver = false

  constructor(host: GrpcHost, method: UnaryMethod, stream: Http2Stream, headers: HeaderList) {
    super(stream, headers)
    this.#host = host
    this.#method = method
  }

  start(): void {
    // it begins when its message is there
  }

  data(chunk: Buffer): void {
    if (this.#isOver) return
    try {
      for (const message of this.reader.push(chunk)) this.#request ??= message
    } catch (error) {
      this.#fail(error)
    }
  }

  requestOver(): void {
    const request = this.#request
    if (this.#isOver) return
    if (request === undefined || this.reader.isInMessage)
      return this.#fail(new GrpcError(Code.Internal, 'unexpected EOF'))
    const { request: name, response } = this.#method
    try {
      const answer = this.#method.answer(read(name, request) as never, this, request.length)
      const frame = framed(encode(response, answer, FRAME_HEAD))
      this.stream.respond(HEADERS)
      this.stream.write(frame)
      this.stream.end(OK)
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#isOver = true
    refuse(this.stream, statusOf(this.#host, error))
  }
}

/** A request that cannot be read is answered as grpc-go does it. */
function read(name: MessageName, bytes: Uint8Array): object {
  try {
    return decode(name, bytes)
  } catch (error) {
    if (error instanceof ProtobufError)
      throw new GrpcError(Code.Internal, `grpc: error unmarshalling request: ${error.message}`)
    // only txns nest; etcd reads them all and then finds that they have too many operations
    if (error instanceof TooDeep) throw new EtcdError('tooManyOps')
    throw error
  }
}

/** Ends a call that has not been answered, with an error. */
function refuse(stream: Http2Stream, error: GrpcError): void {
  stream.respond([...HEADERS, ...trailersOf(error)], true)
}

const trailersOf = ({ code, message }: GrpcError): HeaderList => [
  'grpc-status',
  String(code),
  'grpc-message',
  percentEncoded(message),
]

/** What a thrown value is answered with. Anything but an answer of etcd's is a bug of ours. */
function statusOf(host: GrpcHost, error: unknown): GrpcError {
  if (error instanceof GrpcError) return error
  if (error instanceof EtcdError) return new GrpcError(error.code, error.message)
  host.report(error)
  return new GrpcError(Code.Internal, error instanceof Error ? error.message : String(error))
}

/** Source: the gRPC protocol over HTTP/2, Percent-Encoded. */
function percentEncoded(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/**
 * A streaming call: what is to be sent waits here, not yet written as bytes, while the client does not read.
 */
class OpenStream extends Incoming implements StreamCall, StreamListener {
  readonly #host: GrpcHost
  readonly #method: StreamMethod
  #waiting: object[] = []
  #isFull = false
  #isFlushing = false
  #final: GrpcError | 'OK' | undefined
  #handler: StreamHandler | undefined

  constructor(host: GrpcHost, method: StreamMethod, stream: Http2Stream, headers: HeaderList) {
    super(stream, headers)
    this.#host = host
    this.#method = method
  }

  start(): void {
    this.stream.respond(HEADERS)
    this.#host.open.add(this)
    this.#guard(() => {
      this.#handler = this.#method.open(this)
    })
  }

  data(chunk: Buffer): void {
    if (this.#final !== undefined) return
    this.#guard(() => {
      for (const message of this.reader.push(chunk))
        this.#handler?.message(read(this.#method.request, message) as never)
    })
  }

  requestOver(): void {
    this.#guard(() => this.#handler?.halfClose?.())
  }

  drain(): void {
    this.#isFull = false
    this.#flush()
  }

  closed(): void {
    this.#final ??= 'OK'
    this.#host.open.delete(this)
    this.#handler?.closed?.()
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
    process.nextTick(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    let sent = 0
    while (sent < this.#waiting.length && !this.#isFull) {
      const frames: Buffer[] = []
      for (let size = 0; sent < this.#waiting.length && size < WRITTEN_TOGETHER;) {
        const frame = framed(encode(this.#method.response, this.#waiting[sent++] as object, FRAME_HEAD))
        frames.push(frame)
        size += frame.length
      }
      this.#isFull = !this.stream.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames))
    }
    this.#waiting = sent < this.#waiting.length ? this.#waiting.slice(sent) : []
    if (this.#waiting.length === 0 && this.#final !== undefined)
      this.stream.end(this.#final === 'OK' ? OK : trailersOf(this.#final))
  }
}
