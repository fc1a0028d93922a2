import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Listening } from './served-child.js'
import { Victim, victimProgram } from './served.js'

/** Frames of HTTP/2, as raw-frames.ts in test/server/etcd makes them for a test. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
const SETTINGS = 4
const PING = 6
const RST_STREAM = 3
const HEADERS = 1
const CONTINUATION = 9

function frame(type: number, flags: number, stream: number, payload: string): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, Buffer.from(payload, 'latin1')])
}

/** `GET /version` in HPACK, with `:authority a`. */
const GET = '\x82\x87\x04\x08/version\x01\x01a'

/** What a peer floods a server with: the frames of one round. */
const floods: Readonly<Record<string, (at: number) => Buffer>> = {
  settings: () => frame(SETTINGS, 0, 0, '\0\x04\0\0\xff\xff'),
  pings: () => frame(PING, 0, 0, '12345678'),
  'streams that are reset at once': (at) =>
    Buffer.concat([frame(HEADERS, 0x5, 2 * at + 1, GET), frame(RST_STREAM, 0, 2 * at + 1, '\0\0\0\x08')]),
  'headers without end': (at) => (at === 0 ? frame(HEADERS, 0x1, 1, GET) : frame(CONTINUATION, 0, 1, 'x')),
}

/** Bytes that the served process may hold more in a flood. */
const MOST_GROWTH = 150_000_000

async function rawTo({ port, authority }: Listening): Promise<TLSSocket> {
  const socket = connect({ port, ca: authority, ALPNProtocols: ['h2'], servername: 'localhost' })
  socket.on('error', () => undefined)
  await once(socket, 'secureConnect')
  return socket
}

/** The code of `GET /version`, or why there is none. */
function version({ port, authority }: Listening): Promise<number | string> {
  return new Promise((resolve) => {
    request(`https://127.0.0.1:${port}/version`, { ca: authority, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', ({ message }) => resolve(message))
      .end()
  })
}

/** Writes frames whose answers are not read. */
async function flood(server: Listening, piece: (at: number) => Buffer, rounds: number): Promise<void> {
  const socket = await rawTo(server)
  socket.pause()
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, '')]))
  for (let round = 0; round < rounds && !socket.destroyed; round++) {
    socket.write(Buffer.concat(Array.from({ length: 2_000 }, (_, at) => piece(round * 2_000 + at))))
    await sleep(1)
  }
  socket.destroy()
}

/** Sends a whole exchange byte by byte. Returns what came back. */
async function byteByByte(server: Listening): Promise<Buffer> {
  const socket = await rawTo(server)
  socket.setNoDelay(true)
  const received: Buffer[] = []
  socket.on('data', (data: Buffer) => void received.push(data))
  for (const byte of Buffer.concat([PREFACE, frame(SETTINGS, 0, 0, ''), frame(HEADERS, 0x5, 1, GET)])) {
    socket.write(Buffer.from([byte]))
    await sleep(0)
  }
  for (let tries = 0; tries < 200 && !Buffer.concat(received).includes('gitVersion'); tries++) await sleep(10)
  socket.destroy()
  return Buffer.concat(received)
}

/** What the floods found. */
export interface PeerFindings {
  readonly faults: readonly string[]
  /** The most bytes that each flood added to the served process: `settings 3 MB, pings 0 MB`. */
  readonly summary: string
}

/**
 * Peers that flood a served cluster, `rounds` times 2,000 frames of each kind, and one that sends single
 * bytes. The cluster is served by a process of its own, so that the memory of the peers is not counted.
 * Faults are memory that is not bounded, and a server that is not there any more.
 */
export async function playPeers(rounds: number): Promise<PeerFindings> {
  const victim = await Victim.start(await victimProgram(), 'virtual')
  const { listening } = victim.target
  const faults: string[] = []
  const told: string[] = []
  try {
    for (const [name, piece] of Object.entries(floods)) {
      const before = await victim.health()
      await flood(listening, piece, rounds)
      const code = await version(listening)
      if (code !== 200) faults.push(`after ${name}: ${code}`)
      const after = await victim.health()
      if (before === undefined || after === undefined)
        throw new Error(`${name}: the process has ended: ${victim.said}`)
      const grown = after.memory - before.memory
      told.push(`${name} ${(grown / 1e6).toFixed(0)} MB`)
      if (grown > MOST_GROWTH) faults.push(`${name}: ${(grown / 1e6).toFixed(0)} MB`)
      faults.push(...after.errors)
    }
    if (!(await byteByByte(listening)).includes('gitVersion')) faults.push('single bytes are not answered')
    return { faults, summary: told.join(', ') }
  } finally {
    victim.stop()
  }
}
