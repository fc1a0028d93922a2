import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { setImmediate } from '../../real-timers.js'
import { encode } from './codec.js'
import { FRAME_HEAD, framed } from './frames.js'
import { errorTrailers, statusOf } from './grpc-error.js'
import type { GrpcError } from './grpc-error.js'
import type { StreamCall, StreamHandler, StreamMethod } from './methods.js'
import { BODY_FOLLOWS, EtcdCall, HEADERS, OK, readRequest } from './call.js'

/** Bytes of encoded messages that are passed to the HTTP/2 stream in one write. */
const WRITE_SIZE = 16 * 1024

/** Messages of a client that are handled in one turn of the event loop: those of others come between. */
const MOST_IN_TURN = 20

/**
 * Messages that wait for a client, beyond which it gets no events and its messages are not read. Upstream's
 * streams hold 128 responses, and gRPC's buffers besides.
 */
const MOST_WAITING = 1024

/** The part of the server that a streaming call needs. */
interface StreamHost {
  /** Streaming calls that have not ended. */
  readonly open: Set<StreamCall>
  readonly report: (error: unknown) => void
}

/**
 * A call of a {@link StreamMethod}. While the client does not read, its messages wait here as objects and are
 * not encoded: they share memory with the store, so that a slow watcher costs little.
 */
export class OpenStream extends EtcdCall implements StreamCall {
  readonly #host: StreamHost
  readonly #method: StreamMethod
  #waiting: object[] = []
  /** Messages of the client that are not handled while too much waits for it. */
  #unread: Iterator<Uint8Array> | undefined
  #isBlocked = false
  #isFlushing = false
  #final: GrpcError | 'OK' | undefined
  #handler: StreamHandler | undefined

  constructor(
    host: StreamHost,
    method: StreamMethod,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ) {
    super(stream, headers)
    this.#host = host
    this.#method = method
  }

  start(): void {
    const { stream } = this
    stream.respond(HEADERS, BODY_FOLLOWS)
    stream.once('wantTrailers', () => this.#sendTrailers())
    stream.on('drain', () => {
      this.#isBlocked = false
      this.#flush()
    })
    stream.once('close', () => this.#closed())
    this.#host.open.add(this)
    this.#guard(() => {
      this.#handler = this.#method.open(this)
    })
    stream.on('data', (chunk: Buffer) => this.#data(chunk))
    stream.once('end', () => {
      if (!stream.closed) this.#guard(() => this.#handler?.halfClose?.())
    })
  }

  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING
  }

  send(response: object): void {
    if (this.#final !== undefined) return
    this.#waiting.push(response)
    this.#flushSoon()
  }

  end(error?: unknown): void {
    if (this.#final !== undefined) return
    this.#final = error === undefined ? 'OK' : statusOf(error, this.#host.report)
    this.#flushSoon()
  }

  #data(chunk: Buffer): void {
    if (this.#final !== undefined) return
    this.#guard(() => this.#handle(this.reader.push(chunk)[Symbol.iterator]()))
  }

  /** Handles some messages now and the others in later turns; no more are read meanwhile. */
  #handle(messages: Iterator<Uint8Array>): void {
    for (let handled = 0; handled < MOST_IN_TURN && !this.isFull; handled++) {
      const { value, done } = messages.next()
      if (done === true) {
        if (this.stream.isPaused()) this.stream.resume()
        return
      }
      this.#handler?.message(readRequest(this.#method.request, value) as never)
      if (this.#final !== undefined) return
    }
    this.stream.pause()
    if (this.isFull) this.#unread = messages
    else this.#handleSoon(messages)
  }

  #handleSoon(messages: Iterator<Uint8Array>): void {
    setImmediate(() => {
      if (this.#final === undefined && !this.stream.destroyed) this.#guard(() => this.#handle(messages))
    })
  }

  #closed(): void {
    this.#final ??= 'OK'
    this.#waiting = []
    this.#host.open.delete(this)
    this.#handler?.closed?.()
  }

  #sendTrailers(): void {
    if (this.stream.closed || this.stream.destroyed) return
    const final = this.#final ?? 'OK'
    // no RST_STREAM for a client that has not half-closed: nghttp2 would drop the trailers
    this.stream.sendTrailers(final === 'OK' ? OK : errorTrailers(final))
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.end(error)
    }
  }

  /** Messages that are sent in the same turn of the event loop go out in one write. */
  #flushSoon(): void {
    if (this.#isFlushing || this.#isBlocked) return
    this.#isFlushing = true
    process.nextTick(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.stream.closed || this.stream.destroyed || this.stream.writableEnded) return
    let sent = 0
    while (sent < this.#waiting.length && !this.#isBlocked) {
      const frames: Buffer[] = []
      for (let size = 0; sent < this.#waiting.length && size < WRITE_SIZE;) {
        const frame = framed(encode(this.#method.response, this.#waiting[sent++] as object, FRAME_HEAD))
        frames.push(frame)
        size += frame.length
      }
      this.#isBlocked = !this.stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames))
    }
    this.#waiting = sent < this.#waiting.length ? this.#waiting.slice(sent) : []
    if (this.#final === undefined) this.#drained()
    else if (this.#waiting.length === 0) this.stream.end()
  }

  /** Lets the call go on when less waits for the client again. */
  #drained(): void {
    if (this.isFull) return
    this.#guard(() => this.#handler?.drained?.())
    const messages = this.#unread
    if (messages === undefined || this.isFull) return
    this.#unread = undefined
    this.#handleSoon(messages)
  }
}
