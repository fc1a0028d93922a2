import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { decode, encode } from '../../src/server/etcd/grpc/codec.js'
import { FrameReader } from '../../src/server/etcd/grpc/frames.js'
import type { MessageName } from '../../src/server/etcd/grpc/messages.js'
import { etcdInstalled, RealEtcd } from '../../test/etcd/real-etcd.js'
import { suite } from '../runner.js'
import type { BenchCase } from '../runner.js'

/**
 * etcd's API over gRPC, next to the real etcd (without fsync) on the same machine; both are processes of
 * their own, the client is this one. With many calls in flight the client is what takes the time, so that the
 * processor time of the servers is printed, too (on Linux).
 */

const KEYS = 1_000
const value = new Uint8Array(256).fill(0x76)
const keyOf = (at: number): string => `bench/${at % KEYS}`

function frame(name: MessageName, message: object): Buffer {
  const bytes = encode(name, message, 5)
  bytes[0] = 0
  bytes.writeUInt32BE(bytes.length - 5, 1)
  return bytes
}

class Client {
  readonly #session: ClientHttp2Session
  #next = 0

  private constructor(session: ClientHttp2Session) {
    this.#session = session
  }

  static async to(address: string): Promise<Client> {
    const session = connect(`http://${address}`, { settings: { initialWindowSize: 8 << 20 } })
    session.setMaxListeners(0)
    await once(session, 'connect')
    session.setLocalWindowSize(64 << 20)
    return new Client(session)
  }

  put = (): Promise<void> =>
    this.#call('/etcdserverpb.KV/Put', frame('PutRequest', { key: keyOf(this.#next++), value }))
  range = (): Promise<void> =>
    this.#call('/etcdserverpb.KV/Range', frame('RangeRequest', { key: keyOf(this.#next++) }))
  list = (): Promise<void> =>
    this.#call('/etcdserverpb.KV/Range', frame('RangeRequest', { key: 'bench/', rangeEnd: 'bench0' }))

  /** Opens a watch of everything; `onEvents` hears how many events have come. */
  watch(onEvents: (count: number) => void): Promise<void> {
    const stream = this.#session.request(headersOf('/etcdserverpb.Watch/Watch'))
    const reader = new FrameReader('identity', Infinity)
    return new Promise((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        for (const message of reader.push(chunk)) {
          const { created, events } = decode<{ created: boolean; events: readonly object[] }>(
            'WatchResponse',
            message,
          )
          if (created) resolve()
          else onEvents(events.length)
        }
      })
      stream.write(frame('WatchRequest', { createRequest: { key: 'bench/', rangeEnd: 'bench0' } }))
    })
  }

  close(): void {
    this.#session.destroy()
  }

  #call(path: string, body: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request(headersOf(path))
      stream.on('data', () => undefined)
      stream.on('trailers', (trailers) => {
        if (trailers['grpc-status'] !== '0') reject(new Error(String(trailers['grpc-message'])))
      })
      stream.once('end', resolve)
      stream.once('error', reject)
      stream.end(body)
    })
  }
}

const headersOf = (path: string): Record<string, string> => ({
  ':method': 'POST',
  ':path': path,
  'content-type': 'application/grpc',
  te: 'trailers',
})

/** `count` calls, `flight` of them at a time. */
async function many(count: number, flight: number, call: () => Promise<void>): Promise<void> {
  let left = count
  await Promise.all(
    Array.from({ length: flight }, async () => {
      while (left-- > 0) await call()
    }),
  )
}

interface Server {
  readonly name: string
  readonly pid: number
  readonly client: Client
  readonly stop: () => unknown
}

/** The server is bundled, as the package is: what runs TypeScript directly wraps functions. */
async function bundled(): Promise<string> {
  const file = fileURLToPath(new URL('../../.cache/bench/grpc-child.mjs', import.meta.url))
  const build = await rolldown({
    input: fileURLToPath(new URL('grpc-child.ts', import.meta.url)),
    platform: 'node',
    external: (id) => !/^[./\0]/.test(id),
  })
  await build.write({ file, codeSplitting: false })
  await build.close()
  return file
}

async function ours(): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, [await bundled()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer]
  const client = await Client.to(`127.0.0.1:${port.toString().trim()}`)
  return { name: 'simcluster', pid: child.pid as number, client, stop: () => child.kill() }
}

async function real(): Promise<Server> {
  const etcd = await RealEtcd.start()
  return { name: 'etcd 3.5', pid: etcd.pid, client: await Client.to(etcd.address), stop: () => etcd.stop() }
}

/**
 * Microseconds of processor time that a process has taken, in its own code and in the kernel, by the tick of
 * 10 ms.
 */
function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return 0
  }
}

/** The processor time of `count` calls, in turns, so that what disturbs one server disturbs the other. */
async function processorTimes(
  name: string,
  count: number,
  run: (client: Client) => Promise<void>,
): Promise<void> {
  const taken = servers.map(() => 0)
  const rounds = 6
  for (let round = 0; round < rounds; round++) {
    for (const [at, { pid, client }] of servers.entries()) {
      const before = processorTime(pid)
      await run(client)
      taken[at] = (taken[at] ?? 0) + processorTime(pid) - before
    }
  }
  const each = servers.map(
    (server, at) => `${server.name} ${((taken[at] ?? 0) / rounds / count).toFixed(1)} us`,
  )
  if (!process.argv.includes('--json'))
    console.log(`processor time of the server, ${name}: ${each.join(', ')}\n`)
}

const servers = etcdInstalled() ? [await real(), await ours()] : [await ours()]
if (!etcdInstalled()) console.log('the real etcd is missing: install etcd-server to see it beside this')
try {
  for (const { client } of servers) await many(3 * KEYS, 16, client.put)
  const cases = (what: 'put' | 'range' | 'list', flight: number, count: number): BenchCase[] =>
    servers.map(({ name, client }) => ({ name, ops: count, run: () => many(count, flight, client[what]) }))
  for (const flight of [1, 64]) {
    await suite(`put of 256 bytes, ${flight} in flight`, cases('put', flight, 2_000), { rounds: 7, minMs: 0 })
    await processorTimes(`put, ${flight} in flight`, 2_000, (client) => many(2_000, flight, client.put))
    await suite(`range of one key, ${flight} in flight`, cases('range', flight, 2_000), {
      rounds: 7,
      minMs: 0,
    })
    await processorTimes(`range, ${flight} in flight`, 2_000, (client) => many(2_000, flight, client.range))
  }
  await suite('range of 1,000 keys', cases('list', 1, 20), { rounds: 7, minMs: 0 })
  const heard = servers.map(() => ({ events: 0, wanted: 0, wake: (): void => undefined }))
  for (const [at, { client }] of servers.entries()) {
    const ear = heard[at] as (typeof heard)[number]
    await client.watch((count) => {
      ear.events += count
      if (ear.events >= ear.wanted) ear.wake()
    })
  }
  const putsHeard = async (client: Client, flight: number): Promise<void> => {
    const ear = heard[servers.findIndex((server) => server.client === client)] as (typeof heard)[number]
    const step = async (count: number): Promise<void> => {
      ear.wanted = ear.events + count
      const told = new Promise<void>((resolve) => (ear.wake = resolve))
      await Promise.all([many(count, flight, client.put), told])
    }
    if (flight > 1) return step(1_000)
    for (let one = 0; one < 1_000; one++) await step(1)
  }
  for (const flight of [1, 64]) {
    await suite(
      `put until its event has come to a watcher, ${flight} in flight`,
      servers.map(({ name, client }) => ({ name, ops: 1_000, run: () => putsHeard(client, flight) })),
      { rounds: 7, minMs: 0 },
    )
    await processorTimes(`put and its event, ${flight} in flight`, 1_000, (client) =>
      putsHeard(client, flight),
    )
  }
} finally {
  for (const { client, stop } of servers) {
    client.close()
    await stop()
  }
}
