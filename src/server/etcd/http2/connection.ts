import type { Socket } from 'node:net'
import { FrameSource } from './frame-source.js'
import type { FrameSink } from './frame-source.js'
import { HeaderDecoder, HeaderError, MOST_HEADERS } from './header-decoder.js'
import { HeaderEncoder } from './header-encoder.js'
import type { HeaderList } from './header-list.js'
import { FrameWriter } from './frame-writer.js'
import {
  ConnectionError,
  DEFAULT_FRAME_SIZE,
  DEFAULT_WINDOW,
  ErrorCode,
  LARGEST_FRAME_SIZE,
  LARGEST_WINDOW,
  Setting,
} from './protocol.js'
import { Http2Stream } from './stream.js'
import type { StreamHost } from './stream.js'

/** Bytes that a client may send on one stream, and on all, before it is told to go on. */
const STREAM_WINDOW = 1024 * 1024
const CONNECTION_WINDOW = 16 * STREAM_WINDOW
/**
 * Answers to a client's pings and settings that may wait in the socket: one that does not read them is not
 * read from.
 */
const MOST_UNREAD = 1024 * 1024

const NOTHING = new Uint8Array(0)

/** Answers a stream: sets its listener, before anything comes over it. */
export type StreamHandler = (stream: Http2Stream, headers: HeaderList) => void

/**
 * The server's side of one HTTP/2 connection. Everything is done at once when it comes, and what is to go out
 * is written together when all that has come is dealt with. No priorities, no pushes. Source: RFC 9113.
 */
export class Http2Connection implements StreamHost, FrameSink {
  readonly socket: Socket
  readonly #handler: StreamHandler
  readonly #source = new FrameSource(this)
  readonly #decoder = new HeaderDecoder()
  readonly #encoder = new HeaderEncoder()
  readonly #output: FrameWriter
  readonly #streams = new Map<number, Http2Stream>()
  /** Streams whose data waits for the connection. */
  readonly #blocked = new Set<Http2Stream>()
  #lastStream = 0
  #sendWindow = DEFAULT_WINDOW
  #received = 0
  #firstWindow = DEFAULT_WINDOW
  #frameSize = DEFAULT_FRAME_SIZE
  #isReading = false
  #isFlushing = false
  #isClosing = false
  #isOver = false

  constructor(socket: Socket, handler: StreamHandler) {
    this.socket = socket
    this.#handler = handler
    this.#output = new FrameWriter(socket)
    this.#output.settings([
      [Setting.InitialWindowSize, STREAM_WINDOW],
      [Setting.MaxHeaderListSize, MOST_HEADERS],
    ])
    this.#output.windowUpdate(0, CONNECTION_WINDOW - DEFAULT_WINDOW)
    this.#output.flush()
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('drain', () => this.#drained())
    socket.once('close', () => this.#gone())
    socket.resume()
  }

  /** Takes no new streams, and ends when the open ones have. */
  close(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#output.goAway(this.#lastStream, ErrorCode.NoError)
    this.#flushSoon()
  }

  sendHeaders(stream: Http2Stream, headers: HeaderList, isAll: boolean): void {
    this.#output.headers(stream.id, this.#encoder.encode(headers), isAll, this.#frameSize)
    if (isAll) this.#answered(stream)
    this.#flushSoon()
  }

  /** Writes what a stream has, as far as windows and the socket allow. */
  send(stream: Http2Stream): void {
    const { waiting } = stream
    while (waiting.length > 0) {
      const first = waiting[0] as Uint8Array
      if (first.length > 0 && (stream.sendWindow <= 0 || this.#sendWindow <= 0 || !this.#output.hasRoom)) {
        if (stream.sendWindow > 0) this.#blocked.add(stream)
        return this.#flushSoon()
      }
      const size = Math.min(first.length, stream.sendWindow, this.#sendWindow, this.#frameSize)
      const isWhole = size === first.length
      if (isWhole) waiting.shift()
      else waiting[0] = first.subarray(size)
      stream.sendWindow -= size
      this.#sendWindow -= size
      const isEnd = stream.isEnding && stream.trailers === undefined && waiting.length === 0
      this.#output.data(stream.id, isWhole ? first : first.subarray(0, size), isEnd)
      if (isEnd) return this.#answered(stream)
    }
    if (stream.isEnding) this.#sendEnd(stream)
    this.#flushSoon()
  }

  #sendEnd(stream: Http2Stream): void {
    if (stream.trailers !== undefined) return this.sendHeaders(stream, stream.trailers, true)
    this.#output.data(stream.id, NOTHING, true)
    this.#answered(stream)
  }

  #answered(stream: Http2Stream): void {
    stream.isAnswerOver = true
    this.#flushSoon()
    if (stream.isRequestOver) return this.#remove(stream)
    // what the client is still saying is of no use
    this.#output.reset(stream.id, ErrorCode.NoError)
    this.#remove(stream)
  }

  #remove(stream: Http2Stream): void {
    if (stream.isClosed) return
    stream.isClosed = true
    stream.waiting.length = 0
    this.#streams.delete(stream.id)
    this.#blocked.delete(stream)
    stream.listener?.closed?.()
    if (this.#isClosing) this.#flushSoon()
  }

  #read(chunk: Buffer): void {
    if (this.#isOver) return
    this.#isReading = true
    try {
      this.#source.push(chunk)
    } catch (error) {
      this.#fail(error)
    }
    this.#isReading = false
    this.#flush()
    if (this.socket.writableLength > MOST_UNREAD) this.socket.pause()
  }

  /** Ends a connection on which something has come that must not. */
  #fail(error: unknown): void {
    if (!(error instanceof ConnectionError)) throw error
    this.#isOver = true
    this.#output.goAway(this.#lastStream, error.code)
  }

  #drained(): void {
    if (this.socket.isPaused()) this.socket.resume()
    this.#sendBlocked()
    this.#flush()
  }

  #sendBlocked(): void {
    for (const stream of [...this.#blocked]) {
      if (this.#sendWindow <= 0 || !this.#output.hasRoom) return
      this.#blocked.delete(stream)
      this.#proceed(stream)
    }
  }

  #proceed(stream: Http2Stream): void {
    this.send(stream)
    if (!stream.hasToDrain || stream.waiting.length > 0 || stream.isClosed) return
    stream.hasToDrain = false
    stream.listener?.drain?.()
  }

  #gone(): void {
    this.#isOver = true
    for (const stream of [...this.#streams.values()]) this.#remove(stream)
  }

  /** What is sent while the program deals with what has come in is written together. */
  #flushSoon(): void {
    if (this.#isReading || this.#isFlushing) return
    this.#isFlushing = true
    process.nextTick(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.socket.destroyed || this.socket.writableEnded) return
    this.#output.flush()
    if (this.#isOver || (this.#isClosing && this.#streams.size === 0)) this.socket.end()
  }

  // what comes in

  onHeaders(id: number, block: Buffer, isEnd: boolean): void {
    const headers = this.#decoded(block)
    const known = this.#streams.get(id)
    if (known !== undefined) {
      // the client's trailers
      if (known.isRequestOver || !isEnd)
        throw new ConnectionError(ErrorCode.ProtocolError, `headers in the middle of stream ${id}`)
      return this.#requestOver(known)
    }
    if (id % 2 === 0) throw new ConnectionError(ErrorCode.ProtocolError, `stream ${id} is no client's`)
    if (id <= this.#lastStream) return // of a stream that has ended here
    if (this.#isClosing) return this.#output.reset(id, ErrorCode.RefusedStream)
    this.#lastStream = id
    const stream = new Http2Stream(this, id, this.#firstWindow)
    this.#streams.set(id, stream)
    stream.isRequestOver = isEnd
    this.#handler(stream, headers)
    if (isEnd) this.#requestOver(stream)
  }

  #decoded(block: Buffer): HeaderList {
    try {
      return this.#decoder.decode(block)
    } catch (error) {
      if (error instanceof HeaderError) throw new ConnectionError(ErrorCode.CompressionError, error.message)
      throw error
    }
  }

  onData(id: number, data: Buffer, length: number, isEnd: boolean): void {
    this.#received += length
    if (this.#received > CONNECTION_WINDOW)
      throw new ConnectionError(ErrorCode.FlowControlError, 'more data than was asked for')
    if (this.#received >= CONNECTION_WINDOW / 2) {
      this.#output.windowUpdate(0, this.#received)
      this.#received = 0
    }
    const stream = this.#streams.get(id)
    if (stream === undefined) {
      if (id > this.#lastStream)
        throw new ConnectionError(ErrorCode.ProtocolError, `data of stream ${id}, which has not begun`)
      return
    }
    if (stream.isRequestOver) return this.#break(stream, ErrorCode.StreamClosed)
    stream.received += length
    if (stream.received > STREAM_WINDOW) return this.#break(stream, ErrorCode.FlowControlError)
    if (stream.received >= STREAM_WINDOW / 2 && !isEnd) {
      this.#output.windowUpdate(id, stream.received)
      stream.received = 0
    }
    if (data.length > 0) stream.listener?.data(data)
    if (isEnd) this.#requestOver(stream)
  }

  #requestOver(stream: Http2Stream): void {
    stream.isRequestOver = true
    if (!stream.isClosed) stream.listener?.requestOver()
  }

  #break(stream: Http2Stream, code: number): void {
    this.#output.reset(stream.id, code)
    this.#remove(stream)
  }

  onReset(id: number): void {
    if (id > this.#lastStream)
      throw new ConnectionError(ErrorCode.ProtocolError, `stream ${id} is broken off, which has not begun`)
    const stream = this.#streams.get(id)
    if (stream !== undefined) this.#remove(stream)
  }

  onSettings(settings: readonly (readonly [id: number, value: number])[]): void {
    for (const [id, value] of settings) this.#set(id, value)
    this.#output.settingsAck()
    this.#sendBlocked()
  }

  #set(id: number, value: number): void {
    switch (id) {
      case Setting.HeaderTableSize:
        return this.#encoder.limit(value)
      case Setting.EnablePush:
        if (value > 1) throw new ConnectionError(ErrorCode.ProtocolError, `ENABLE_PUSH ${value}`)
        return
      case Setting.InitialWindowSize:
        return this.#resize(value)
      case Setting.MaxFrameSize:
        if (value < DEFAULT_FRAME_SIZE || value > LARGEST_FRAME_SIZE)
          throw new ConnectionError(ErrorCode.ProtocolError, `MAX_FRAME_SIZE ${value}`)
        this.#frameSize = value
    }
  }

  #resize(window: number): void {
    if (window > LARGEST_WINDOW)
      throw new ConnectionError(ErrorCode.FlowControlError, `INITIAL_WINDOW_SIZE ${window}`)
    const more = window - this.#firstWindow
    this.#firstWindow = window
    for (const stream of this.#streams.values()) {
      stream.sendWindow += more
      if (stream.sendWindow > LARGEST_WINDOW)
        throw new ConnectionError(
          ErrorCode.FlowControlError,
          `the window of stream ${stream.id} is too large`,
        )
      if (stream.waiting.length > 0) this.#blocked.add(stream)
    }
  }

  onPing(payload: Buffer): void {
    this.#output.pingAck(payload)
  }

  onWindowUpdate(id: number, more: number): void {
    if (id === 0) {
      if (more === 0) throw new ConnectionError(ErrorCode.ProtocolError, 'a window grows by nothing')
      this.#sendWindow += more
      if (this.#sendWindow > LARGEST_WINDOW)
        throw new ConnectionError(ErrorCode.FlowControlError, 'the window of the connection is too large')
      return this.#sendBlocked()
    }
    const stream = this.#streams.get(id)
    if (stream === undefined) {
      if (id > this.#lastStream)
        throw new ConnectionError(ErrorCode.ProtocolError, `the window of stream ${id}, which has not begun`)
      return
    }
    if (more === 0) return this.#break(stream, ErrorCode.ProtocolError)
    stream.sendWindow += more
    if (stream.sendWindow > LARGEST_WINDOW) return this.#break(stream, ErrorCode.FlowControlError)
    if (stream.waiting.length > 0) this.#proceed(stream)
  }
}
