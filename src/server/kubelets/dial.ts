import { request as requestSecure, type RequestOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { ByteChannel } from '../streams/byte-channel.js'
import { SpdyConnection } from '../spdy/connection.js'

/** Characters of a kubelet's refusal that are passed on. */
const MOST_TEXT = 2_000

/**
 * Opens a SPDY connection to a kubelet, for one of `protocols`. Rejects with Go's error text, or with what
 * the kubelet says.
 */
export function dialKubelet(options: RequestOptions, protocols: readonly string[]): Promise<SpdyConnection> {
  return new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'SPDY/3.1',
      'x-stream-protocol-version': protocols.join(', '),
    }
    const sent = requestSecure({ ...options, method: 'POST', headers })
    sent.on('error', (error) => reject(new Error(`error dialing backend: ${goError(error, options)}`)))
    sent.on('upgrade', (_response, socket, first) => {
      socket.on('error', () => socket.destroy())
      resolve(new SpdyConnection(ByteChannel.overSocket(socket as TLSSocket, first)))
    })
    sent.on('response', (response) => {
      let text = ''
      response.on('data', (part: Buffer) => void (text = (text + part.toString()).slice(0, MOST_TEXT)))
      response.once('close', () =>
        reject(
          new Error(
            text.trim() === '' ? `unable to upgrade connection: ${response.statusCode ?? 0}` : text.trim(),
          ),
        ),
      )
    })
    sent.end()
  })
}

/** The error of Go's net package for a connection that fails. */
export function goError(error: Error, { host, port }: RequestOptions): string {
  const at = `dial tcp ${host ?? ''}:${port ?? ''}`
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return `${at}: connect: connection refused`
    case 'ENOTFOUND':
      return `dial tcp: lookup ${host ?? ''}: no such host`
    case 'EHOSTUNREACH':
      return `${at}: connect: no route to host`
    case 'ETIMEDOUT':
      return `${at}: i/o timeout`
    case 'ECONNRESET':
      return 'EOF'
    default:
      return error.message
  }
}
