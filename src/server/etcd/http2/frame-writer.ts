import type { Socket } from 'node:net'
import { Flag, Frame, FRAME_HEADER } from './protocol.js'

/** Bytes that are gathered before they get a buffer of their own. */
const PAGE = 16 * 1024
/** What is longer is handed on as it is, not copied. */
const MOST_COPIED = 4 * 1024
/** Bytes that may wait in the socket before streams have to wait. */
const ROOM = 1024 * 1024

/** Writes frames, and gathers them, so that those of one turn are one write. */
export class FrameWriter {
  readonly #socket: Socket
  #page: Buffer = Buffer.allocUnsafeSlow(PAGE)
  /** Where what has not been handed on begins, and where it ends. */
  #start = 0
  #at = 0
  readonly #pieces: Buffer[] = []
  #size = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Whether data may be written. What keeps the connection going may be always. */
  get hasRoom(): boolean {
    return this.#size + this.#socket.writableLength < ROOM
  }

  /** A header block, in as many frames as it takes. */
  headers(stream: number, block: Buffer, isEnd: boolean, frameSize: number): void {
    for (let at = 0; at === 0 || at < block.length; at += frameSize) {
      const piece = block.subarray(at, at + frameSize)
      const flags =
        (at === 0 && isEnd ? Flag.EndStream : 0) | (at + frameSize >= block.length ? Flag.EndHeaders : 0)
      this.#header(piece.length, at === 0 ? Frame.Headers : Frame.Continuation, flags, stream)
      this.#bytes(piece)
    }
  }

  /** Bytes that nobody changes afterwards. */
  data(stream: number, bytes: Uint8Array, isEnd: boolean): void {
    this.#header(bytes.length, Frame.Data, isEnd ? Flag.EndStream : 0, stream)
    this.#bytes(bytes)
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    this.#header(6 * settings.length, Frame.Settings, 0, 0)
    for (const [id, value] of settings)
      this.#bytes(Uint8Array.of(id >>> 8, id, value >>> 24, value >>> 16, value >>> 8, value))
  }

  settingsAck(): void {
    this.#header(0, Frame.Settings, Flag.Ack, 0)
  }

  pingAck(payload: Uint8Array): void {
    this.#header(payload.length, Frame.Ping, Flag.Ack, 0)
    this.#bytes(payload)
  }

  /** The client may send so many bytes more, on a stream or (0) on all. */
  windowUpdate(stream: number, more: number): void {
    this.#header(4, Frame.WindowUpdate, 0, stream)
    this.#uint32(more)
  }

  reset(stream: number, code: number): void {
    this.#header(4, Frame.RstStream, 0, stream)
    this.#uint32(code)
  }

  goAway(lastStream: number, code: number): void {
    this.#header(8, Frame.GoAway, 0, 0)
    this.#uint32(lastStream)
    this.#uint32(code)
  }

  /** Hands everything on to the socket. */
  flush(): void {
    if (this.#size === 0) return
    this.#cut()
    const pieces = this.#pieces
    if (pieces.length === 1) this.#socket.write(pieces[0] as Buffer)
    else {
      this.#socket.cork()
      for (const piece of pieces) this.#socket.write(piece)
      this.#socket.uncork()
    }
    pieces.length = 0
    this.#size = 0
  }

  #header(length: number, type: number, flags: number, stream: number): void {
    this.#reserve(FRAME_HEADER)
    const page = this.#page
    let at = this.#at
    page[at++] = length >>> 16
    page[at++] = length >>> 8
    page[at++] = length
    page[at++] = type
    page[at++] = flags
    page[at++] = stream >>> 24
    page[at++] = stream >>> 16
    page[at++] = stream >>> 8
    page[at++] = stream
    this.#at = at
    this.#size += FRAME_HEADER
  }

  #uint32(value: number): void {
    this.#reserve(4)
    this.#at = this.#page.writeUInt32BE(value >>> 0, this.#at)
    this.#size += 4
  }

  #bytes(bytes: Uint8Array): void {
    this.#size += bytes.length
    if (bytes.length > MOST_COPIED) {
      this.#cut()
      this.#pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
      return
    }
    this.#reserve(bytes.length)
    this.#page.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #cut(): void {
    if (this.#at > this.#start) this.#pieces.push(this.#page.subarray(this.#start, this.#at))
    this.#start = this.#at
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#page.length) return
    this.#cut()
    this.#page = Buffer.allocUnsafeSlow(PAGE)
    this.#start = 0
    this.#at = 0
  }
}
