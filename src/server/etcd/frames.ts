import { Code, GrpcError } from './grpc-error.js'

/** What comes before each message: whether it is compressed, and its length. */
export const FRAME_HEAD = 5
/** Largest message that is taken: `--max-request-bytes` and the 512 KiB that etcd adds for gRPC. */
export const MOST_RECEIVED: number = 2 * 1024 * 1024

/** Fills in the head of a frame whose first {@link FRAME_HEAD} bytes have been left free. */
export function framed(frame: Buffer): Buffer {
  frame[0] = 0
  frame.writeUInt32BE(frame.length - FRAME_HEAD, 1)
  return frame
}

/** Cuts what comes over a stream into messages. */
export class FrameReader {
  readonly #encoding: string
  readonly #most: number
  #pending: Buffer[] = []
  #size = 0

  /** `encoding` is the call's `grpc-encoding`, `most` the largest message that is taken, in bytes. */
  constructor(encoding: string = 'identity', most: number = MOST_RECEIVED) {
    this.#encoding = encoding
    this.#most = most
  }

  /** Whether a message has begun that has not ended. */
  get isInMessage(): boolean {
    return this.#size > 0
  }

  /** Takes a chunk; answers the messages that are complete. Throws GrpcError. */
  push(chunk: Buffer): Buffer[] {
    let rest = chunk
    if (this.#size > 0) {
      this.#pending.push(chunk)
      this.#size += chunk.length
      if (this.#size < this.#wanted()) return []
      rest = Buffer.concat(this.#pending, this.#size)
    }
    // nearly always one message comes in one piece
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

  /** Bytes that are needed before there is anything to read. */
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
