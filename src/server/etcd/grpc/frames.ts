import { Code, GrpcError } from './grpc-error.js'

/** Bytes before each message: a flag for compression, and the length. */
export const FRAME_HEAD = 5
/**
 * Largest message that is accepted, in bytes: `--max-request-bytes` and the 512 KiB that etcd adds for gRPC.
 */
export const MOST_RECEIVED: number = 2 * 1024 * 1024

/** Fills in the first {@link FRAME_HEAD} bytes of a frame, which the caller has reserved. */
export function framed(frame: Buffer): Buffer {
  frame[0] = 0
  frame.writeUInt32BE(frame.length - FRAME_HEAD, 1)
  return frame
}

/** Splits the bytes of a stream into messages. */
export class FrameReader {
  readonly #encoding: string
  readonly #most: number
  #pending: Buffer[] = []
  #size = 0

  /** `encoding` is the call's `grpc-encoding`, `most` the largest message that is accepted, in bytes. */
  constructor(encoding: string = 'identity', most: number = MOST_RECEIVED) {
    this.#encoding = encoding
    this.#most = most
  }

  /** Whether part of a message has been received. */
  get isInMessage(): boolean {
    return this.#size > 0
  }

  /**
   * Adds a chunk and returns the messages that are complete.
   * @throws GrpcError
   */
  push(chunk: Buffer): Buffer[] {
    let rest = chunk
    if (this.#size > 0) {
      this.#pending.push(chunk)
      this.#size += chunk.length
      if (this.#size < this.#wanted()) return []
      rest = Buffer.concat(this.#pending, this.#size)
    }
    // the usual case: one whole message
    if (rest[0] === 0 && rest.length >= FRAME_HEAD && rest.length === FRAME_HEAD + this.#lengthOf(rest)) {
      this.#clear()
      return [rest.subarray(FRAME_HEAD)]
    }
    const messages: Buffer[] = []
    while (rest.length >= FRAME_HEAD) {
      const length = this.#lengthOf(rest)
      if (rest.length < FRAME_HEAD + length) break
      messages.push(this.#plain(rest[0] as number, rest.subarray(FRAME_HEAD, FRAME_HEAD + length)))
      rest = rest.subarray(FRAME_HEAD + length)
    }
    this.#pending = rest.length > 0 ? [rest] : []
    this.#size = rest.length
    return messages
  }

  #clear(): void {
    if (this.#size === 0) return
    this.#pending = []
    this.#size = 0
  }

  /** Bytes needed to complete the next message, or its head. */
  #wanted(): number {
    const [first, ...others] = this.#pending as [Buffer, ...Buffer[]]
    if (first.length >= FRAME_HEAD) return FRAME_HEAD + this.#lengthOf(first)
    if (this.#size < FRAME_HEAD) return FRAME_HEAD
    const head = Buffer.concat([first, ...others])
    this.#pending = [head]
    return FRAME_HEAD + this.#lengthOf(head)
  }

  #plain(flag: number, message: Buffer): Buffer {
    if (flag === 0) return message
    if (flag !== 1) throw new GrpcError(Code.Internal, `grpc: received unexpected payload format ${flag}`)
    if (this.#encoding === 'identity') {
      throw new GrpcError(Code.Internal, 'grpc: compressed flag set with identity or empty encoding')
    }
    throw new GrpcError(
      Code.Unimplemented,
      `grpc: Decompressor is not installed for grpc-encoding "${this.#encoding}"`,
    )
  }

  #lengthOf(frame: Buffer): number {
    const length = frame.readUInt32BE(1)
    if (length > this.#most)
      throw new GrpcError(
        Code.ResourceExhausted,
        `grpc: received message larger than max (${length} vs. ${this.#most})`,
      )
    return length
  }
}
