import { MOST_HEADERS } from './header-decoder.js'
import {
  ConnectionError,
  DEFAULT_FRAME_SIZE,
  ErrorCode,
  Flag,
  Frame,
  FRAME_HEADER,
  PREFACE,
} from './protocol.js'

/** Frames in which one header block may come: more than its bytes need. */
const MOST_CONTINUATIONS = 64

/** Who hears of frames. What throws a {@link ConnectionError} ends the connection. */
export interface FrameSink {
  onHeaders(stream: number, block: Buffer, isEnd: boolean): void
  /** `length` counts the filling, too. */
  onData(stream: number, data: Buffer, length: number, isEnd: boolean): void
  onReset(stream: number): void
  onSettings(settings: readonly (readonly [id: number, value: number])[]): void
  onPing(payload: Buffer): void
  onWindowUpdate(stream: number, more: number): void
}

/** A header block that goes on in the next frame. */
interface OpenBlock {
  readonly stream: number
  readonly isEnd: boolean
  readonly pieces: Buffer[]
  size: number
}

const broken = (message: string): ConnectionError => new ConnectionError(ErrorCode.ProtocolError, message)
const wrongSize = (message: string): ConnectionError => new ConnectionError(ErrorCode.FrameSizeError, message)

/** Cuts what a client sends into frames, and looks whether they may come where they do. */
export class FrameSource {
  readonly #sink: FrameSink
  #rest: Buffer | undefined
  #hasBegun = false
  #hasSettings = false
  #open: OpenBlock | undefined

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** @throws ConnectionError */
  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = undefined
    let at = 0
    if (!this.#hasBegun) {
      const isPreface =
        bytes.compare(
          PREFACE,
          0,
          Math.min(bytes.length, PREFACE.length),
          0,
          Math.min(bytes.length, PREFACE.length),
        ) === 0
      if (!isPreface) throw broken('the client does not begin as it should')
      if (bytes.length >= PREFACE.length) {
        this.#hasBegun = true
        at = PREFACE.length
      }
    }
    while (this.#hasBegun && bytes.length - at >= FRAME_HEADER) {
      const length = bytes.readUIntBE(at, 3)
      if (length > DEFAULT_FRAME_SIZE) throw wrongSize(`a frame of ${length} bytes`)
      const end = at + FRAME_HEADER + length
      if (end > bytes.length) break
      this.#frame(
        bytes[at + 3] as number,
        bytes[at + 4] as number,
        bytes.readUInt32BE(at + 5) & 0x7fffffff,
        bytes.subarray(at + FRAME_HEADER, end),
      )
      at = end
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at)
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): void {
    if (!this.#hasSettings && type !== Frame.Settings) throw broken('the first frame is none of settings')
    if (this.#open !== undefined && (type !== Frame.Continuation || stream !== this.#open.stream))
      throw broken('a header block does not go on')
    switch (type) {
      case Frame.Data:
        return this.#data(flags, stream, payload)
      case Frame.Headers:
        return this.#headers(flags, stream, payload)
      case Frame.Continuation:
        return this.#continuation(flags, payload)
      case Frame.Priority:
        return demand(stream !== 0, payload.length === 5)
      case Frame.RstStream:
        demand(stream !== 0, payload.length === 4)
        return this.#sink.onReset(stream)
      case Frame.Settings:
        return this.#settings(flags, stream, payload)
      case Frame.PushPromise:
        throw broken('a client that pushes')
      case Frame.Ping:
        demand(stream === 0, payload.length === 8)
        if ((flags & Flag.Ack) === 0) this.#sink.onPing(payload)
        return
      case Frame.GoAway:
        return demand(stream === 0, payload.length >= 8)
      case Frame.WindowUpdate:
        demand(true, payload.length === 4)
        this.#sink.onWindowUpdate(stream, payload.readUInt32BE(0) & 0x7fffffff)
    }
  }

  #data(flags: number, stream: number, payload: Buffer): void {
    demand(stream !== 0, true)
    this.#sink.onData(stream, withoutFilling(flags, payload), payload.length, (flags & Flag.EndStream) !== 0)
  }

  #headers(flags: number, stream: number, payload: Buffer): void {
    demand(stream !== 0, true)
    let block = withoutFilling(flags, payload)
    if ((flags & Flag.Priority) !== 0) {
      if (block.length < 5) throw wrongSize('headers without their priority')
      block = block.subarray(5)
    }
    const isEnd = (flags & Flag.EndStream) !== 0
    if ((flags & Flag.EndHeaders) !== 0) return this.#sink.onHeaders(stream, block, isEnd)
    this.#open = { stream, isEnd, pieces: [block], size: block.length }
  }

  #continuation(flags: number, payload: Buffer): void {
    const open = this.#open
    if (open === undefined) throw broken('a header block goes on that has not begun')
    open.pieces.push(payload)
    open.size += payload.length
    if (open.size > MOST_HEADERS || open.pieces.length > MOST_CONTINUATIONS)
      throw new ConnectionError(ErrorCode.EnhanceYourCalm, 'a header block without end')
    if ((flags & Flag.EndHeaders) === 0) return
    this.#open = undefined
    this.#sink.onHeaders(open.stream, Buffer.concat(open.pieces), open.isEnd)
  }

  #settings(flags: number, stream: number, payload: Buffer): void {
    const isAck = (flags & Flag.Ack) !== 0
    demand(stream === 0, isAck ? payload.length === 0 : payload.length % 6 === 0)
    this.#hasSettings = true
    if (isAck) return
    const settings: [number, number][] = []
    for (let at = 0; at < payload.length; at += 6)
      settings.push([payload.readUInt16BE(at), payload.readUInt32BE(at + 2)])
    this.#sink.onSettings(settings)
  }
}

function demand(isStreamRight: boolean, isSizeRight: boolean): void {
  if (!isStreamRight) throw broken('a frame of the wrong stream')
  if (!isSizeRight) throw wrongSize('a frame of the wrong size')
}

function withoutFilling(flags: number, payload: Buffer): Buffer {
  if ((flags & Flag.Padded) === 0) return payload
  const fill = payload[0]
  if (fill === undefined || fill >= payload.length) throw broken('more filling than there is')
  return payload.subarray(1, payload.length - fill)
}
