import { connect } from 'node:http2'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { EtcdStore } from '../../../src/etcd/index.js'
import type { TxnRequest } from '../../../src/etcd/index.js'
import { decode, encode } from '../../../src/server/etcd/grpc/codec.js'
import { FrameReader } from '../../../src/server/etcd/grpc/frames.js'
import { serveEtcd } from '../../../src/server/index.js'
import type { EtcdServer, StandaloneOptions } from '../../../src/server/index.js'
import { ManualClock } from '../../etcd/fixtures.js'
import { frame, RawClient, unframed } from './raw-client.js'

interface Served {
  readonly clock: ManualClock
  readonly store: EtcdStore
  readonly server: EtcdServer
  readonly client: RawClient
}

async function serveStore(options: StandaloneOptions = {}): Promise<Served> {
  const clock = new ManualClock()
  const store = new EtcdStore({ clock })
  const server = await serveEtcd(store, {
    now: () => clock.now(),
    onError: (error) => expect.fail(String(error)),
    ...options,
  })
  const client = await RawClient.to(server.url)
  onTestFinished(async () => {
    client.close()
    await server.close()
  })
  return { clock, store, server, client }
}

interface WatchAnswer {
  readonly watchId: number
  readonly created: boolean
  readonly fragment: boolean
  readonly header: { readonly revision: number }
  readonly events: readonly { readonly kv: { readonly key: string } }[]
}

/** An open watch call, and what it has been told. */
function watch({ client }: Served): {
  say(request: object): void
  until(count: number): Promise<WatchAnswer[]>
  end(): void
  pause(): void
  resume(): void
} {
  const stream = client.open('/etcdserverpb.Watch/Watch')
  const told: WatchAnswer[] = []
  const reader = new FrameReader('identity', Infinity)
  stream.on('data', (chunk: Buffer) =>
    told.push(...reader.push(chunk).map((each) => decode<WatchAnswer>('WatchResponse', each))),
  )
  stream.on('error', () => undefined)
  onTestFinished(() => stream.close())
  return {
    say: (request) => void stream.write(frame(encode('WatchRequest', request))),
    end: () => void stream.end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    until: async (count) => {
      for (let round = 0; round < 800 && told.length < count; round++) await sleep(5)
      return told
    },
  }
}

test('a txn in a txn in a txn ... is refused, however deep', async () => {
  const { client, store } = await serveStore()
  const nested = (depth: number): Uint8Array => {
    let message: Uint8Array = encode('TxnRequest', {
      success: [{ requestPut: { key: 'a' } }],
    } satisfies TxnRequest)
    for (let at = 0; at < depth; at++) {
      const length = (size: number): number[] =>
        size < 0x80 ? [size] : [(size & 0x7f) | 0x80, ...length(size >> 7)]
      const inner = Buffer.concat([Buffer.from([0x22, ...length(message.length)]), message])
      message = Buffer.concat([Buffer.from([0x12, ...length(inner.length)]), inner])
    }
    return message
  }
  expect(await client.call('/etcdserverpb.KV/Txn', nested(100))).toMatchObject({ code: 0 })
  for (const depth of [200, 4_000]) {
    expect(await client.call('/etcdserverpb.KV/Txn', nested(depth))).toEqual({
      code: 3,
      message: 'etcdserver: too many operations in txn request',
      messages: [],
    })
  }
  expect(store.revision).toBe(2)
})

test('messages in pieces, cut off, too large, compressed, of no kind', async () => {
  const { client } = await serveStore()
  const range = frame(encode('RangeRequest', { key: 'a' }))
  const stream = client.open('/etcdserverpb.KV/Range')
  const answered = new Promise<Buffer>((resolve) => void stream.once('data', resolve))
  for (const byte of range) {
    stream.write(Buffer.from([byte]))
    await sleep(1)
  }
  stream.end()
  expect(decode('RangeResponse', unframed(await answered)[0] as Buffer)).toMatchObject({ count: 0 })
  expect(await client.send('/etcdserverpb.KV/Range', range.subarray(0, -1))).toMatchObject({
    code: 13,
    message: 'unexpected EOF',
  })
  expect(await client.send('/etcdserverpb.KV/Range', Buffer.alloc(0))).toMatchObject({ code: 13 })
  expect(await client.send('/etcdserverpb.KV/Put', Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))).toMatchObject({
    code: 8,
    message: 'grpc: received message larger than max (4294967295 vs. 2097152)',
  })
  expect(
    await client.send('/etcdserverpb.KV/Range', Buffer.from([1, 0, 0, 0, 0]), { 'grpc-encoding': 'snappy' }),
  ).toMatchObject({ code: 12, message: 'grpc: Decompressor is not installed for grpc-encoding "snappy"' })
  expect(await client.send('/etcdserverpb.KV/Range', Buffer.from([9, 0, 0, 0, 0]))).toMatchObject({
    code: 13,
  })
})

test('a large history comes in fragments when that is asked for, and whole when not', async () => {
  const served = await serveStore()
  const { store } = served
  for (let at = 0; at < 5; at++) store.put({ key: `k${at}`, value: new Uint8Array(1_000_000) })
  const stream = watch(served)
  stream.say({ createRequest: { key: 'k', rangeEnd: 'l', startRevision: 2, fragment: true } })
  const pieces = (await stream.until(4)).slice(1)
  expect(pieces.map(({ fragment, events }) => [fragment, events.map(({ kv }) => kv.key).join(' ')])).toEqual([
    [true, 'k0 k1'],
    [true, 'k2 k3'],
    [false, 'k4'],
  ])
  const whole = watch(served)
  whole.say({ createRequest: { key: 'k', rangeEnd: 'l', startRevision: 2 } })
  expect((await whole.until(2))[1]).toMatchObject({ fragment: false, events: { length: 5 } })
})

test("progress comes when it is due, and the call outlives the client's last word", async () => {
  const served = await serveStore()
  const { clock, store, server } = served
  const stream = watch(served)
  stream.say({ createRequest: { key: 'a', progressNotify: true } })
  expect(await stream.until(1)).toMatchObject([{ created: true }])
  stream.end()
  await sleep(20)
  clock.advance(600_000)
  server.tick()
  expect((await stream.until(2))[1]).toMatchObject({ watchId: 0, events: [], header: { revision: 1 } })
  store.put({ key: 'a' })
  expect((await stream.until(3))[2]).toMatchObject({
    events: [{ kv: { key: 'a' } }],
    header: { revision: 2 },
  })
})

test('a client that does not read costs no bytes, misses nothing, and keeps nobody waiting', async () => {
  const served = await serveStore()
  const { store, client } = served
  const slow = watch(served)
  slow.say({ createRequest: { key: 'a' } })
  await slow.until(1)
  slow.pause()
  const value = new Uint8Array(100_000)
  const before = process.memoryUsage().arrayBuffers
  for (let at = 0; at < 120; at++) store.put({ key: 'a', value })
  await sleep(100)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000)
  expect(
    await client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'a', keysOnly: true })),
  ).toMatchObject({ code: 0 })
  slow.resume()
  expect((await slow.until(121)).at(-1)).toMatchObject({ header: { revision: 121 } })
})

test('leases end by the clock, and are kept alive', async () => {
  const { clock, store, client } = await serveStore()
  store.leaseGrant({ id: 5n, ttl: 10 })
  store.put({ key: 'held', lease: 5n })
  clock.advance(9_000)
  const alive = await client.call('/etcdserverpb.Lease/LeaseKeepAlive', encode('LeaseRequest', { id: 5n }))
  expect(decode('LeaseKeepAliveResponse', alive.messages[0] as Buffer)).toMatchObject({ id: 5n, ttl: 10 })
  clock.advance(9_000)
  expect(
    (
      await client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'held', countOnly: true }))
    ).messages[0]?.at(-1),
  ).toBe(1)
  clock.advance(1_001)
  await client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'held', countOnly: true }))
  expect(store.get('held')).toBeUndefined()
})

test('a snapshot file comes in pieces with its hash at the end', async () => {
  const { client, store } = await serveStore()
  store.put({ key: 'long', value: new Uint8Array(60_000).fill(7) })
  const { code, messages } = await client.call('/etcdserverpb.Maintenance/Snapshot', new Uint8Array())
  const pieces = messages.map((each) =>
    decode<{ remainingBytes: number; blob: Uint8Array }>('SnapshotResponse', each),
  )
  expect(code).toBe(0)
  const file = store.snapshot()
  const size = file.length - 32
  expect(pieces.map(({ remainingBytes, blob }) => [remainingBytes, blob.length])).toEqual([
    [size - 32_768, 32_768],
    [size - 65_536, 32_768],
    [0, size - 65_536],
    [0, 32],
  ])
  expect(Buffer.concat(pieces.map(({ blob }) => blob)).equals(file)).toBe(true)
})

test('health, version and metrics over HTTP/1.1 and HTTP/2', async () => {
  const { server, store } = await serveStore()
  const text = (path: string): Promise<readonly [number | undefined, string]> =>
    new Promise((resolve, reject) => {
      get(`${server.url}${path}`, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.once('end', () => resolve([response.statusCode, body]))
      }).once('error', reject)
    })
  expect(await text('/health')).toEqual([200, '{"health":"true","reason":""}'])
  expect(await text('/version')).toEqual([200, '{"etcdserver":"3.5.16","etcdcluster":"3.5.0"}'])
  expect((await text('/metrics'))[1]).toMatch(/^process_resident_memory_bytes \d+$/m)
  expect((await text('/nothing'))[0]).toBe(404)
  store.alarm({ action: 'ACTIVATE', alarm: 'NOSPACE' })
  const session = connect(server.url)
  const stream = session.request({ ':path': '/health' })
  const body = await new Promise<string>(
    (resolve) => void stream.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  )
  session.close()
  expect(body).toBe('{"health":"false","reason":"ALARM NOSPACE"}')
})

test('without TLS only this machine is served', async () => {
  await expect(serveEtcd(new EtcdStore({ clock: new ManualClock() }), { host: '0.0.0.0' })).rejects.toThrow(
    'loopback address only',
  )
})
