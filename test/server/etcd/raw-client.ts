import { connect } from 'node:http2'
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  SecureClientSessionOptions,
} from 'node:http2'

/** How a call ended, with the bytes of its answers. */
export interface RawAnswer {
  readonly code: number
  readonly message: string
  readonly messages: readonly Buffer[]
}

/** A gRPC client that knows nothing of messages: bytes in, bytes out. */
export class RawClient {
  readonly #session: ClientHttp2Session

  private constructor(session: ClientHttp2Session) {
    this.#session = session
  }

  static async to(url: string, options: SecureClientSessionOptions = {}): Promise<RawClient> {
    const session = connect(url, options)
    await new Promise((resolve, reject) => {
      session.once('connect', resolve)
      session.once('error', reject)
    })
    return new RawClient(session)
  }

  /** A call with one message. */
  call(path: string, message: Uint8Array, headers: Record<string, string> = {}): Promise<RawAnswer> {
    return this.send(path, frame(message), headers)
  }

  /** A call whose body is whatever it is. */
  send(path: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<RawAnswer> {
    const stream = this.open(path, headers)
    const response = answerOf(stream)
    stream.end(body)
    return response
  }

  /** A call that goes on. */
  open(path: string, headers: Record<string, string> = {}): ClientHttp2Stream {
    return this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
  }

  close(): void {
    this.#session.close()
  }
}

export function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The messages that are complete in the bytes of a body. */
export function unframed(body: Buffer): Buffer[] {
  const messages: Buffer[] = []
  for (let at = 0; at + 5 <= body.length;) {
    const end = at + 5 + body.readUInt32BE(at + 1)
    if (end > body.length) break
    messages.push(body.subarray(at + 5, end))
    at = end
  }
  return messages
}

/** Waits for the end of a call. */
export function answerOf(stream: ClientHttp2Stream): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let status: IncomingHttpHeaders = {}
    const note = (headers: IncomingHttpHeaders): void => {
      if ('grpc-status' in headers) status = headers
    }
    stream.on('response', note)
    stream.on('trailers', note)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('error', reject)
    stream.once('close', () =>
      resolve({
        code: Number(status['grpc-status']),
        message: decodeURIComponent((status['grpc-message'] as string | undefined) ?? ''),
        messages: unframed(Buffer.concat(chunks)),
      }),
    )
  })
}
