import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../../src/server/etcd/grpc/codec.js'
import { frame as message, RawClient } from './raw-client.js'
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  ends,
  Frame,
  frame,
  hello,
  PREFACE,
  PUT,
  putMessage,
  rawTo,
  serves,
  serveStore,
} from './raw-frames.js'

describe('hostile bytes', () => {
  test.each<readonly [what: string, bytes: Buffer]>([
    ['another preface', Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')],
    ['no settings at first', Buffer.concat([PREFACE, frame(Frame.Ping, 0, 0, '12345678')])],
    ['a frame that is too large', hello(frame(Frame.Data, 0, 1, 'x'.repeat(16_385)))],
    ['half a setting', hello(frame(Frame.Settings, 0, 0, '\0\x04\0'))],
    ['data of a stream that has not begun', hello(frame(Frame.Data, 0, 1, 'x'))],
    ['a stream with an even number', hello(frame(Frame.Headers, END_STREAM | END_HEADERS, 2, PUT))],
    [
      'a header field that does not exist',
      hello(frame(Frame.Headers, END_STREAM | END_HEADERS, 1, '\xff\x7f')),
    ],
    [
      'a header block without end',
      hello(
        frame(Frame.Headers, 0, 1, PUT),
        ...Array.from({ length: 500 }, () => frame(Frame.Continuation, 0, 1, 'x')),
      ),
    ],
    ['HTTP/1 garbage', Buffer.from('\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', 'latin1')],
  ])('%s: ends that connection and no other', async (_what, bytes) => {
    const { server } = await serveStore()
    const other = await RawClient.to(server.url)
    const connection = await rawTo(server.port, bytes)
    expect(await connection.ends()).toBe(true)
    expect(await other.call('/etcdserverpb.KV/Put', encode('PutRequest', { key: 'a' }))).toMatchObject({
      code: 0,
    })
    other.close()
  })

  test('random changes to good bytes never stop the server', async () => {
    const { server } = await serveStore()
    const good = hello(
      frame(Frame.Headers, END_HEADERS, 1, PUT),
      frame(Frame.Data, END_STREAM, 1, putMessage('a')),
      frame(Frame.Headers, END_HEADERS, 3, callHeaders('/etcdserverpb.Watch/Watch')),
      frame(Frame.Data, 0, 3, message(encode('WatchRequest', { createRequest: { key: 'a' } }))),
      frame(Frame.Headers, END_HEADERS, 5, PUT),
      frame(Frame.Data, END_STREAM, 5, putMessage('a')),
    )
    const change = fc.tuple(
      fc.integer({ min: PREFACE.length, max: good.length - 1 }),
      fc.integer({ min: 0, max: 255 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(good)
        for (const [at, byte] of changes) bytes[at] = byte
        const { socket } = await rawTo(server.port, bytes)
        await ends(socket, 5)
        socket.destroy()
      }),
      { numRuns: 150 },
    )
    expect(await serves(server)).toBe(true)
  })

  test('a call that its client resets before it ends is not executed', async () => {
    const { server, store } = await serveStore()
    const connection = await rawTo(
      server.port,
      hello(
        frame(Frame.Headers, END_HEADERS, 1, PUT),
        frame(Frame.Data, 0, 1, putMessage('reset')),
        frame(Frame.RstStream, 0, 1, '\0\0\0\x08'),
        frame(Frame.Headers, END_HEADERS, 3, PUT),
        frame(Frame.Data, END_STREAM, 3, putMessage('kept')),
      ),
    )
    await connection.ends(60)
    expect([store.get('reset'), store.get('kept')?.version]).toEqual([undefined, 1])
  })
})

test('the status reaches clients that are still sending, however busy the connection is', async () => {
  const { server, store } = await serveStore()
  store.put({ key: 'large', value: new Uint8Array(1_000_000) })
  const client = await RawClient.to(server.url, { maxSessionMemory: 1_000 })
  const tooLarge = Buffer.concat([Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(100_000)])
  const refused = async (path: string): Promise<unknown> => {
    const stream = client.open(path)
    stream.on('error', () => undefined)
    const response = once(stream, 'response') as Promise<[Record<string, unknown>]>
    stream.write(tooLarge)
    const [headers] = await response
    stream.close(8)
    return headers['grpc-status']
  }
  const codes = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const range = client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'large' }))
      const statuses = await Promise.all([refused('/etcdserverpb.KV/Put'), refused('/nothing/Put')])
      return [...statuses, (await range).code].join(' ')
    }),
  )
  expect(new Set(codes)).toEqual(new Set(['8 12 0']))
  client.close()
})

describe('floods', () => {
  test('more streams than the server allows are refused, and the rest goes on', async () => {
    const { server } = await serveStore()
    const client = await RawClient.to(server.url)
    const session = connectHttp2(server.url)
    await once(session, 'remoteSettings')
    expect(session.remoteSettings.maxConcurrentStreams).toBe(1_000)
    session.destroy()
    const watch = callHeaders('/etcdserverpb.Watch/Watch')
    const connection = await rawTo(
      server.port,
      hello(
        ...Array.from({ length: 1_010 }, (_, at) => frame(Frame.Headers, END_HEADERS, 2 * at + 1, watch)),
      ),
    )
    await connection.ends(300)
    const refused = connection.frames().filter(({ type }) => type === Frame.RstStream)
    const opened = connection.frames().filter(({ type }) => type === Frame.Headers)
    expect([opened.length, refused.length]).toEqual([1_000, 10])
    expect(await client.call('/etcdserverpb.KV/Put', encode('PutRequest', { key: 'a' }))).toMatchObject({
      code: 0,
    })
    client.close()
  })

  test.each<readonly [what: string, piece: (at: number) => Buffer]>([
    ['pings whose answers are not read', () => frame(Frame.Ping, 0, 0, '12345678')],
    ['settings whose answers are not read', () => frame(Frame.Settings, 0, 0, '\0\x04\0\0\xff\xff')],
    [
      'streams that are reset at once',
      (at) =>
        Buffer.concat([
          frame(Frame.Headers, END_HEADERS, 2 * at + 1, PUT),
          frame(Frame.RstStream, 0, 2 * at + 1, '\0\0\0\x08'),
        ]),
    ],
  ])('%s: the connection is closed, and memory stays bounded', async (_what, piece) => {
    const { server } = await serveStore()
    const connection = await rawTo(server.port, hello())
    const { socket } = connection
    socket.pause()
    const before = process.memoryUsage().rss
    // more than the buffers of both sockets can hold
    for (let round = 0; round < 400 && !socket.destroyed; round++) {
      const pieces = Array.from({ length: 5_000 }, (_, at) => piece(round * 5_000 + at))
      socket.write(Buffer.concat(pieces))
      await sleep(1)
    }
    socket.resume()
    expect(await connection.ends()).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
    expect(await serves(server)).toBe(true)
  })
})

describe('flow control', () => {
  test('values of any size come back whole through windows of any size', async () => {
    const { server } = await serveStore()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(100, 16_384, 65_535, 4_000_000),
        fc.array(fc.constantFrom(0, 1, 300, 16_384, 16_385, 700_000), { minLength: 1, maxLength: 3 }),
        async (initialWindowSize, sizes) => {
          const client = await RawClient.to(server.url, { settings: { initialWindowSize } })
          await Promise.all(
            sizes.map(async (size, at) => {
              const value = Buffer.alloc(initialWindowSize < 1_000 ? size % 20_000 : size, at + 1)
              const key = `k${at}`
              await client.call('/etcdserverpb.KV/Put', encode('PutRequest', { key, value }))
              const { messages } = await client.call(
                '/etcdserverpb.KV/Range',
                encode('RangeRequest', { key }),
              )
              const { kvs } = decode<{ kvs: { value?: Uint8Array }[] }>(
                'RangeResponse',
                messages[0] as Buffer,
              )
              expect(value.equals(kvs[0]?.value ?? new Uint8Array())).toBe(true)
            }),
          )
          client.close()
        },
      ),
      { numRuns: 25 },
    )
  })

  test('a client that breaks off a response in the middle leaves the connection usable', async () => {
    const { server, store } = await serveStore()
    store.put({ key: 'large', value: new Uint8Array(700_000) })
    const client = await RawClient.to(server.url, { settings: { initialWindowSize: 10 } })
    const stream = client.open('/etcdserverpb.KV/Range')
    stream.on('error', () => undefined)
    stream.end(message(encode('RangeRequest', { key: 'large' })))
    await once(stream, 'response')
    stream.close(8)
    expect(
      await client.call('/etcdserverpb.KV/Range', encode('RangeRequest', { key: 'large', keysOnly: true })),
    ).toMatchObject({ code: 0 })
    client.close()
  })
})
