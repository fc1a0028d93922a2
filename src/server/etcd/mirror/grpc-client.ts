import { InputError } from '../../../lang/input-error.js'
import { connect } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, SecureClientSessionOptions } from 'node:http2'
import { trusting } from '../../credentials/trust.js'
import { decode, encode } from '../grpc/codec.js'
import { FRAME_HEAD, framed, FrameReader } from '../grpc/frames.js'
import { Code, GrpcError } from '../grpc/grpc-error.js'
import type { MessageName } from '../grpc/messages.js'

/** Certificates for etcd, in PEM. */
export interface EtcdTls {
  readonly ca?: string | Uint8Array
  readonly cert?: string | Uint8Array
  readonly key?: string | Uint8Array
}

/** A method with one request and one response. */
export interface ClientMethod {
  /** For example `KV/Txn`. */
  readonly path: string
  readonly request: MessageName
  readonly response: MessageName
}

const LARGEST_RESPONSE = 2 ** 31
/** Ms after which a call counts as failed. */
const CALL_TIMEOUT = 10_000

/**
 * Calls a real etcd. A connection without calls does not keep the process alive. A failed call is not
 * repeated; after a lost connection the next call uses the next endpoint.
 */
export class EtcdGrpcClient {
  readonly #endpoints: readonly string[]
  readonly #tls: EtcdTls
  #next = 0
  #session: ClientHttp2Session | undefined
  /** Calls in progress, which keep the process alive. */
  #calls = 0

  /** `endpoints` are URLs, for example `https://10.0.0.1:2379`. */
  constructor(endpoints: readonly string[], tls: EtcdTls = {}) {
    if (endpoints.length === 0) throw new InputError('etcd needs at least one endpoint')
    this.#endpoints = endpoints
    this.#tls = tls
  }

  /**
   * Makes a call and returns the response.
   * @throws GrpcError with etcd's status, or Unavailable when etcd cannot be reached
   */
  async call<T extends object>({ path, request, response }: ClientMethod, message: object): Promise<T> {
    this.#calls++
    try {
      const stream = this.#open(path)
      const received = messageOf(stream)
      stream.end(framed(encode(request, message, FRAME_HEAD)))
      return decode<T>(response, await received)
    } finally {
      if (--this.#calls === 0) this.#session?.unref()
    }
  }

  close(): void {
    this.#session?.destroy()
    this.#session = undefined
  }

  #open(path: string): ClientHttp2Stream {
    const session = this.#connected()
    session.ref()
    const stream = session.request({
      ':method': 'POST',
      ':path': `/etcdserverpb.${path}`,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    // bounded: an event, not a timer
    stream.setTimeout(CALL_TIMEOUT, () => stream.destroy(new Error(`no response within ${CALL_TIMEOUT} ms`)))
    return stream
  }

  #connected(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.closed && !this.#session.destroyed) return this.#session
    const endpoint = this.#endpoints[this.#next++ % this.#endpoints.length] as string
    const session = connect(endpoint, tlsOptions(this.#tls))
    session.on('error', () => session.destroy())
    this.#session = session
    return session
  }
}

function tlsOptions({ ca, cert, key }: EtcdTls): SecureClientSessionOptions {
  const pem = (text: string | Uint8Array): string | Buffer =>
    typeof text === 'string' ? text : Buffer.from(text)
  return {
    ...(ca === undefined ? {} : trusting(pem(ca))),
    ...(cert === undefined ? {} : { cert: pem(cert) }),
    ...(key === undefined ? {} : { key: pem(key) }),
  }
}

/** Resolves with the message of a response. */
function messageOf(stream: ClientHttp2Stream): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader('identity', LARGEST_RESPONSE)
    let message: Uint8Array | undefined
    let status: GrpcError | undefined
    const look = (headers: Readonly<Record<string, unknown>>): void => {
      const code = headers['grpc-status']
      const text = headers['grpc-message']
      if (typeof code === 'string' && code !== '0')
        status = new GrpcError(Number(code), decodeURIComponent(typeof text === 'string' ? text : ''))
    }
    stream.on('response', look)
    stream.on('trailers', look)
    stream.on('data', (chunk: Buffer) => {
      for (const each of reader.push(chunk)) message ??= each
    })
    stream.once('error', (error) => reject(new GrpcError(Code.Unavailable, error.message)))
    stream.once('close', () => {
      if (status !== undefined) reject(status)
      else if (message === undefined)
        reject(new GrpcError(Code.Unavailable, 'the connection ended before a response came'))
      else resolve(message)
    })
  })
}
