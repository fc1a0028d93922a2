import type { Socket } from 'node:net'
import type { HeaderList } from './header-list.js'

/** What a stream asks of its connection. */
export interface StreamHost {
  readonly socket: Socket
  /** Begins an answer, or ends it with trailers. */
  sendHeaders(stream: Http2Stream, headers: HeaderList, isAll: boolean): void
  /** Writes what the stream has, as far as windows and the socket allow. */
  send(stream: Http2Stream): void
}

/** Who hears what comes over a stream. */
export interface StreamListener {
  /** Bytes of the body. They are the listener's to keep, but hold on to all that came with them. */
  data(chunk: Buffer): void
  /** The client has said all that it had to say. */
  requestOver(): void
  /** What had to wait has been written. */
  drain?(): void
  /** The stream is gone: both sides have ended, or one broke it off. */
  closed?(): void
}

/** A request and its answer. */
export class Http2Stream {
  readonly id: number
  listener: StreamListener | undefined
  /** Bytes of data that the client takes now, and how many it has sent since it was last told to go on. */
  sendWindow: number
  received = 0
  /** Whether the client has ended its side. */
  isRequestOver = false
  /** Whether it is gone. */
  isClosed = false
  isAnswered = false
  isAnswerOver = false
  /** Data that waits for the client or the connection. */
  readonly waiting: Uint8Array[] = []
  trailers: HeaderList | undefined
  isEnding = false
  hasToDrain = false
  readonly #host: StreamHost

  constructor(host: StreamHost, id: number, sendWindow: number) {
    this.#host = host
    this.id = id
    this.sendWindow = sendWindow
  }

  /** The socket that it came over. */
  get socket(): Socket {
    return this.#host.socket
  }

  /** Begins the answer; `isAll` if it ends there. */
  respond(headers: HeaderList, isAll: boolean = false): void {
    if (this.isClosed || this.isAnswered) return
    this.isAnswered = true
    this.#host.sendHeaders(this, headers, isAll)
  }

  /** Bytes of the answer, which nobody changes afterwards. False when the writer should wait for `drain`. */
  write(bytes: Uint8Array): boolean {
    if (this.isClosed || this.isEnding || bytes.length === 0) return true
    this.waiting.push(bytes)
    this.#host.send(this)
    this.hasToDrain = this.waiting.length > 0
    return !this.hasToDrain
  }

  /** Ends the answer when everything is written. */
  end(trailers?: HeaderList): void {
    if (this.isClosed || this.isEnding) return
    this.isEnding = true
    this.trailers = trailers
    this.#host.send(this)
  }
}
