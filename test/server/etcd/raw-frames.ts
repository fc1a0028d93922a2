import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { EtcdStore } from '../../../src/etcd/index.js'
import { encode } from '../../../src/server/etcd/grpc/codec.js'
import { serveEtcd } from '../../../src/server/index.js'
import type { EtcdServer } from '../../../src/server/index.js'
import { ManualClock } from '../../etcd/fixtures.js'
import { frame as message, RawClient } from './raw-client.js'

/** Connections to the port of etcd's API on which a test writes HTTP/2 frames itself. */

export async function serveStore(): Promise<{ readonly store: EtcdStore; readonly server: EtcdServer }> {
  const clock = new ManualClock()
  const store = new EtcdStore({ clock })
  const server = await serveEtcd(store, {
    now: () => clock.now(),
    onError: (error) => expect.fail(String(error)),
  })
  onTestFinished(() => server.close())
  return { store, server }
}

/** Whether a well-behaved client is served. */
export async function serves(server: EtcdServer): Promise<boolean> {
  const client = await RawClient.to(server.url)
  const { code } = await client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'a' }))
  client.close()
  return code === 0
}

export const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
/** Types of frames. Source: RFC 9113, section 6. */
export const Frame = { Data: 0, Headers: 1, RstStream: 3, Settings: 4, Ping: 6, Continuation: 9 } as const
export const END_STREAM = 0x1
export const END_HEADERS = 0x4

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | string = '',
): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  const head = Buffer.alloc(9)
  head.writeUIntBE(bytes.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, bytes])
}

export const hello = (...frames: readonly Buffer[]): Buffer =>
  Buffer.concat([PREFACE, frame(Frame.Settings, 0, 0), ...frames])

/** A header field that is not indexed, with lengths below 127. Source: RFC 7541, section 6.2.2. */
export const field = (name: string, value: string): string =>
  `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`

/** `:method POST`, `:scheme http`, and the other headers of a call. */
export const callHeaders = (path: string): string =>
  `\x83\x86${field(':authority', 'a')}${field(':path', path)}${field('content-type', 'application/grpc')}`
export const PUT: string = callHeaders('/etcdserverpb.KV/Put')
export const putMessage = (key: string): Buffer =>
  message(encode('PutRequest', { key, value: Buffer.from('v') }))

interface SeenFrame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export interface RawConnection {
  readonly socket: Socket
  /** The frames that the server has sent. */
  readonly frames: () => readonly SeenFrame[]
  /** Waits for the end of the connection, `ms` at most; returns whether it has ended. */
  readonly ends: (ms?: number) => Promise<boolean>
}

export async function rawTo(port: number, bytes: Uint8Array): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'connect')
  socket.write(bytes)
  return { socket, frames: () => framesOf(Buffer.concat(chunks)), ends: (ms) => ends(socket, ms) }
}

export async function ends(socket: Socket, ms = 3_000): Promise<boolean> {
  for (let waited = 0; waited < ms && !socket.readableEnded && !socket.destroyed; waited += 5) await sleep(5)
  return socket.readableEnded || socket.destroyed
}

function framesOf(bytes: Buffer): SeenFrame[] {
  const frames: SeenFrame[] = []
  for (let at = 0; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3)
    frames.push({
      type: bytes[at + 3] as number,
      flags: bytes[at + 4] as number,
      stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end),
    })
    at = end
  }
  return frames
}
