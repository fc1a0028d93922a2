import type { ByteChannel } from '../streams/byte-channel.js'
import { HeaderCodec } from './header-codec.js'
import type { SpdyHeaders } from './header-codec.js'

const TYPE = {
  synStream: 1,
  synReply: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const
const FIN = 1
const CONTROL = 0x8000
const VERSION = 3
const HEAD_BYTES = 8
/** Largest frame that is accepted, in bytes. Kubernetes' clients send at most 32 KiB. */
const MOST_BYTES = 1024 * 1024
const PROTOCOL_ERROR = 1

/** A stream that one side has opened. */
export interface SpdyStream {
  readonly id: number
  readonly headers: SpdyHeaders
  write(data: Uint8Array): void
  /** Ends this side's half. */
  end(): void
  onData: (data: Buffer) => void
  /** Called when the other side ends its half. */
  onEnd: () => void
}

/**
 * One side of a SPDY/3.1 connection, as far as Kubernetes uses it: streams that the client opens, data
 * without flow control, pings. Source: SPDY protocol draft 3.1; moby/spdystream.
 */
export class SpdyConnection {
  /** Called when a stream has been opened and accepted. */
  onStream: (stream: SpdyStream) => void = () => undefined
  onClose: () => void = () => undefined
  readonly #channel: ByteChannel
  readonly #codec = new HeaderCodec()
  readonly #streams = new Map<number, SpdyStream>()
  /** What has been received and not handled; joined only when it has a whole frame. */
  #chunks: Buffer[] = []
  #size = 0
  /** Bytes that the next frame needs to be looked at again. */
  #needed = HEAD_BYTES
  /** Frames are handled one after the other, since each header block depends on the earlier ones. */
  #work: Promise<void> = Promise.resolve()
  /** Bytes whose frames wait for earlier ones. */
  #queued = 0
  #isClosed = false
  /** Id of the next stream that this side opens: a client's are odd. */
  #nextId = 1

  constructor(channel: ByteChannel) {
    this.#channel = channel
  }

  /** Bytes that were written to streams and not sent yet. */
  get unsent(): number {
    return this.#queued + this.#channel.unsent()
  }

  /** Starts to read. */
  start(): void {
    this.#channel.listen(
      (data) => this.#receive(data),
      // what was received before counts
      () => this.#enqueue(() => this.#closed()),
    )
  }

  /** Opens a stream, as a client does. */
  openStream(headers: SpdyHeaders): SpdyStream {
    const id = this.#nextId
    this.#nextId += 2
    const stream = this.#streamOf(id, headers)
    this.#streams.set(id, stream)
    this.#enqueue(async () => {
      const block = await this.#codec.write(headers)
      this.#control(TYPE.synStream, 0, Buffer.concat([words(id, 0), Buffer.alloc(2), block]))
    })
    return stream
  }

  /** Sends a GOAWAY and closes the connection. */
  close(): void {
    if (this.#isClosed) return
    this.#enqueue(() => {
      this.#control(TYPE.goAway, 0, words(Math.max(0, ...this.#streams.keys()), 0))
      this.#channel.close()
    })
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#codec.close()
    this.onClose()
  }

  #receive(data: Buffer): void {
    this.#chunks.push(data)
    this.#size += data.length
    if (this.#size < this.#needed) return
    let buffer = this.#chunks.length === 1 ? data : Buffer.concat(this.#chunks)
    this.#needed = HEAD_BYTES
    while (buffer.length >= HEAD_BYTES) {
      const length = buffer.readUInt32BE(4) & 0xff_ffff
      if (length > MOST_BYTES) return this.#channel.close()
      this.#needed = HEAD_BYTES + length
      if (buffer.length < this.#needed) break
      const head = buffer.subarray(0, HEAD_BYTES)
      const body = buffer.subarray(HEAD_BYTES, this.#needed)
      buffer = buffer.subarray(this.#needed)
      this.#needed = HEAD_BYTES
      this.#enqueue(() => this.#frame(head, body))
    }
    this.#chunks = buffer.length === 0 ? [] : [buffer]
    this.#size = buffer.length
  }

  #enqueue(work: () => Promise<void> | void): void {
    this.#work = this.#work
      .then(() => (this.#isClosed ? undefined : work()))
      .catch(() => this.#channel.close())
  }

  #frame(head: Buffer, body: Buffer): Promise<void> | void {
    const first = head.readUInt16BE(0)
    const hasEnded = ((head[4] ?? 0) & FIN) !== 0
    if ((first & CONTROL) === 0) return this.#data(head.readUInt32BE(0), body, hasEnded)
    switch (head.readUInt16BE(2)) {
      case TYPE.synStream:
        return this.#open(body, hasEnded)
      case TYPE.reset:
        this.#forget(body.readUInt32BE(0))
        return undefined
      case TYPE.ping:
        return this.#control(TYPE.ping, 0, body)
      case TYPE.goAway:
        return this.#channel.close()
      // the block must be decompressed even if it is not used, to keep the shared zlib state
      case TYPE.synReply:
      case TYPE.headers:
        return this.#codec.read(body.subarray(4)).then(() => undefined)
      default:
        return undefined
    }
  }

  async #open(body: Buffer, hasEnded: boolean): Promise<void> {
    const id = body.readUInt32BE(0) & 0x7fff_ffff
    const headers = await this.#codec.read(body.subarray(10))
    if (this.#streams.has(id)) return this.#control(TYPE.reset, 0, words(id, PROTOCOL_ERROR))
    const stream = this.#streamOf(id, headers)
    this.#streams.set(id, stream)
    this.#control(TYPE.synReply, 0, Buffer.concat([words(id), await this.#codec.write({})]))
    this.onStream(stream)
    if (hasEnded) stream.onEnd()
  }

  #streamOf(id: number, headers: SpdyHeaders): SpdyStream {
    return {
      id,
      headers,
      write: (data) => {
        this.#queued += data.length
        this.#enqueue(() => {
          this.#queued -= data.length
          this.#sendData(id, data, 0)
        })
      },
      end: () => this.#enqueue(() => this.#sendData(id, new Uint8Array(), FIN)),
      onData: () => undefined,
      onEnd: () => undefined,
    }
  }

  #data(id: number, body: Buffer, hasEnded: boolean): void {
    const stream = this.#streams.get(id)
    if (stream === undefined) return
    if (body.length > 0) stream.onData(body)
    if (hasEnded) stream.onEnd()
  }

  #forget(id: number): void {
    const stream = this.#streams.get(id)
    this.#streams.delete(id)
    stream?.onEnd()
  }

  #sendData(id: number, data: Uint8Array, flags: number): void {
    if (this.#streams.has(id))
      this.#channel.write(Buffer.concat([words(id, ((flags << 24) | data.length) >>> 0), data]))
  }

  #control(type: number, flags: number, body: Uint8Array): void {
    const head = words((((CONTROL | VERSION) << 16) | type) >>> 0, ((flags << 24) | body.length) >>> 0)
    this.#channel.write(Buffer.concat([head, body]))
  }
}

function words(...values: readonly number[]): Buffer {
  // bounded: the words of one frame
  const bytes = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4)
  return bytes
}
