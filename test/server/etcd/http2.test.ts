import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session, IncomingHttpHeaders, SecureClientSessionOptions } from 'node:http2'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Http2Connection } from '../../../src/server/etcd/http2/connection.js'
import { decodeHuffman } from '../../../src/server/etcd/http2/huffman.js'
import { headerOf } from '../../../src/server/etcd/http2/header-list.js'
import type { HeaderList } from '../../../src/server/etcd/http2/header-list.js'
import { PREFACE } from '../../../src/server/etcd/http2/protocol.js'
import type { Http2Stream } from '../../../src/server/etcd/http2/stream.js'

/**
 * Says back what it is told: headers as JSON under `/headers`, else the body with all headers that begin with
 * `x-`, as they come and as trailers.
 */
function echo(stream: Http2Stream, headers: HeaderList): void {
  const mine: string[] = []
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]?.startsWith('x-') === true) mine.push(headers[at] as string, headers[at + 1] as string)
  stream.respond([':status', '200', ...mine])
  stream.listener = {
    data: (chunk) => void stream.write(chunk),
    requestOver: () => {
      if (headerOf(headers, ':path') === '/headers') stream.write(Buffer.from(JSON.stringify(headers)))
      stream.end(mine.length > 0 ? mine : undefined)
    },
  }
}

let server: Server
let port: number
const connections = new Set<Http2Connection>()
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    const connection = new Http2Connection(socket, echo)
    connections.add(connection)
    socket.once('close', () => connections.delete(connection))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => void server.close())

async function session(options: SecureClientSessionOptions = {}): Promise<ClientHttp2Session> {
  const client = connectHttp2(`http://127.0.0.1:${port}`, options)
  client.setMaxListeners(0)
  await once(client, 'connect')
  onTestFinished(() => client.destroy())
  return client
}

interface Answer {
  readonly headers: IncomingHttpHeaders
  readonly trailers: IncomingHttpHeaders
  readonly body: Buffer
}

function ask(
  client: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  pieces: readonly Uint8Array[] = [],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':path': path, ':method': 'POST', ...headers })
    const chunks: Buffer[] = []
    let answered: IncomingHttpHeaders = {}
    let trailers: IncomingHttpHeaders = {}
    stream.on('response', (each) => (answered = each))
    stream.on('trailers', (each) => (trailers = each))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('error', reject)
    stream.once('close', () => resolve({ headers: answered, trailers, body: Buffer.concat(chunks) }))
    for (const piece of pieces) stream.write(piece)
    stream.end()
  })
}

const withX = (headers: IncomingHttpHeaders): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-')))

describe('beside the usual client', () => {
  const fields = fc.dictionary(
    fc.constantFrom('x-a', 'x-b', 'x-long-name-of-a-header', 'x-c', 'x-0'),
    // every char that a value may have; long ones push others out of the table
    fc.oneof(
      fc.string({
        unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
        maxLength: 40,
      }),
      fc.constantFrom('', 'v'.repeat(1500), '0'.repeat(3000), 'application/grpc'),
    ),
    { maxKeys: 4 },
  )

  test('random headers come and go, whatever is remembered of them', async () => {
    for (const options of [
      {},
      { settings: { headerTableSize: 0 } },
      { settings: { headerTableSize: 100 } },
    ]) {
      const client = await session(options)
      await fc.assert(
        fc.asyncProperty(fields, async (headers) => {
          const { headers: back, trailers, body } = await ask(client, '/headers', headers)
          expect([withX(back), withX(trailers)]).toEqual([headers, headers])
          const seen = JSON.parse(body.toString()) as string[]
          for (const [name, value] of Object.entries(headers)) expect(headerOf(seen, name)).toBe(value)
        }),
        { numRuns: 100 },
      )
    }
  })

  test('bodies of any size go through windows of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          initialWindowSize: fc.constantFrom(1, 100, 16_384, 65_535, 4_000_000),
          maxFrameSize: fc.constantFrom(16_384, 1_000_000),
        }),
        fc.array(
          fc.oneof(
            fc.integer({ min: 0, max: 300 }),
            fc.integer({ min: 16_000, max: 17_000 }),
            fc.constant(700_000),
          ),
          { maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 4 }),
        async (settings, sizes, count) => {
          const pieces = sizes.map((size, at) =>
            new Uint8Array(settings.initialWindowSize < 10 ? size % 301 : size).fill(at + 1),
          )
          const client = await session({ settings })
          const answers = await Promise.all(Array.from({ length: count }, () => ask(client, '/', {}, pieces)))
          for (const { body } of answers) expect(body.equals(Buffer.concat(pieces))).toBe(true)
          client.destroy()
        },
      ),
      { numRuns: 60 },
    )
  })

  test('windows that change while data waits', async () => {
    const client = await session({ settings: { initialWindowSize: 10 } })
    const body = new Uint8Array(200_000).fill(7)
    const answer = ask(client, '/', {}, [body])
    await sleep(20)
    client.settings({ initialWindowSize: 3 })
    await sleep(10)
    client.settings({ initialWindowSize: 1_000_000 })
    expect((await answer).body.equals(Buffer.from(body))).toBe(true)
  })

  test('a client that breaks off leaves nothing behind, and others go on', async () => {
    const client = await session({ settings: { initialWindowSize: 10 } })
    const stream = client.request({ ':path': '/', ':method': 'POST' })
    stream.on('error', () => undefined)
    stream.write(new Uint8Array(50_000))
    await sleep(20)
    stream.close(8)
    expect((await ask(client, '/', {}, [Buffer.from('x')])).body.toString()).toBe('x')
  })

  test('closing lets open streams end and takes no new ones', async () => {
    const client = await session()
    const stream = client.request({ ':path': '/', ':method': 'POST' })
    stream.setEncoding('utf8')
    let told = ''
    stream.on('data', (text: string) => (told += text))
    stream.write('before ')
    await sleep(20)
    const gone = once(client, 'goaway')
    for (const connection of connections) connection.close()
    expect((await gone)[0]).toBe(0)
    stream.end('after')
    await once(stream, 'close')
    expect(told).toBe('before after')
    await once(client, 'close')
  })
})

test('the codes of all bytes are as they should be', () => {
  // RFC 7541, appendix C.4 and C.6
  const text = (hex: string): string => decodeHuffman(Buffer.from(hex, 'hex'), 0, hex.length / 2)
  expect(text('f1e3c2e5f23a6ba0ab90f4ff')).toBe('www.example.com')
  expect(
    text('94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007'),
  ).toBe('foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1')
  expect(() => text('ffffffff')).toThrow('the end of a string within it')
  expect(() => text('f1e3c2e5f23a6ba0ab90f4ffff')).toThrow('a string does not end as it should')
  expect(() => text('f1e3c2e5f23a6ba0ab90f400')).toThrow('a string does not end as it should')
})

/** A frame with its head. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(9)
  head.writeUIntBE(bytes.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, bytes])
}

interface SeenFrame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** What the server answers to these bytes, until it has nothing more to say or ends the connection. */
async function raw(
  bytes: Uint8Array,
  { pieces = 1, patience = 40 } = {},
): Promise<{ readonly frames: readonly SeenFrame[]; readonly isOver: boolean }> {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  let seen = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => (seen = Buffer.concat([seen, chunk])))
  await once(socket, 'connect')
  const size = Math.ceil(bytes.length / pieces)
  for (let at = 0; at < bytes.length; at += size) {
    socket.write(bytes.subarray(at, at + size))
    if (pieces > 1) await sleep(1)
  }
  for (let waited = 0; waited < patience && !socket.readableEnded; waited += 5) await sleep(5)
  const isOver = socket.readableEnded
  socket.destroy()
  const frames: SeenFrame[] = []
  for (let at = 0; at + 9 <= seen.length;) {
    const length = seen.readUIntBE(at, 3)
    frames.push({
      type: seen[at + 3] as number,
      flags: seen[at + 4] as number,
      stream: seen.readUInt32BE(at + 5),
      payload: seen.subarray(at + 9, at + 9 + length),
    })
    at += 9 + length
  }
  return { frames, isOver }
}

const SETTINGS = frame(4, 0, 0)
const hello = (...frames: readonly Buffer[]): Buffer => Buffer.concat([PREFACE, SETTINGS, ...frames])
/** `:method POST, :scheme http, :path /` */
const REQUEST = '\x83\x86\x84'
const goAway = ({ frames }: { readonly frames: readonly SeenFrame[] }): number | undefined =>
  frames.find(({ type }) => type === 7)?.payload.readUInt32BE(4)
const bodyOf = ({ frames }: { readonly frames: readonly SeenFrame[] }, stream = 1): string =>
  frames
    .filter((each) => each.type === 0 && each.stream === stream)
    .map(({ payload }) => payload.toString('latin1'))
    .join('')

describe('frame by frame', () => {
  test(
    'headers in pieces, with filling and a priority; a body with filling; trailers; what is of no kind ' +
      'is passed over',
    async () => {
      const bytes = hello(
        frame(1, 0x8 | 0x20, 1, `\x02\0\0\0\0\x10${REQUEST[0]}\0\0`),
        frame(9, 0, 1, REQUEST[1]),
        frame(9, 0x4, 1, REQUEST[2]),
        frame(77, 0xff, 1, 'what'),
        frame(2, 0, 1, '\0\0\0\0\x01'),
        frame(0, 0x8, 1, '\x03ab\0\0\0'),
        frame(0, 0, 1, ''),
        frame(1, 0x4 | 0x1, 1, '\x00\x03x-t\x01v'),
      )
      for (const pieces of [1, bytes.length]) {
        const seen = await raw(bytes, { pieces, patience: 60 })
        expect([bodyOf(seen), goAway(seen), seen.isOver]).toEqual(['ab', undefined, false])
      }
    },
  )

  test('pings and settings are answered', async () => {
    const { frames } = await raw(
      hello(frame(6, 0, 0, '12345678'), frame(6, 1, 0, '87654321'), frame(4, 1, 0)),
    )
    expect(
      frames.filter(({ type }) => type === 6).map(({ flags, payload }) => [flags, payload.toString()]),
    ).toEqual([[1, '12345678']])
    expect(frames.filter(({ type, flags }) => type === 4 && flags === 1).length).toBe(1)
  })

  const block = (text: string): Buffer => frame(1, 0x5, 1, text)
  test.each<readonly [what: string, code: number, bytes: Buffer]>([
    ['another beginning', 1, Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')],
    ['no settings at first', 1, Buffer.concat([PREFACE, frame(6, 0, 0, '12345678')])],
    ['a frame that is too large', 6, hello(frame(0, 0, 1, 'x'.repeat(16_385)))],
    ['settings of a stream', 1, hello(frame(4, 0, 1))],
    ['half a setting', 6, hello(frame(4, 0, 0, '\0\x04\0'))],
    ['settings that are known, and others', 6, hello(frame(4, 1, 0, '\0\x04\0\0\0\0'))],
    ['a window that is too large', 3, hello(frame(4, 0, 0, '\0\x04\xff\xff\xff\xff'))],
    ['frames that are too small', 1, hello(frame(4, 0, 0, '\0\x05\0\0\0\x01'))],
    ['pushes, neither on nor off', 1, hello(frame(4, 0, 0, '\0\x02\0\0\0\x02'))],
    ['a push', 1, hello(frame(5, 4, 1, '\0\0\0\x02'))],
    ['a ping of a stream', 1, hello(frame(6, 0, 1, '12345678'))],
    ['a short ping', 6, hello(frame(6, 0, 0, '1'))],
    ['data of no stream', 1, hello(frame(0, 0, 0, 'x'))],
    ['data of a stream that has not begun', 1, hello(frame(0, 0, 1, 'x'))],
    ["a stream of the server's", 1, hello(frame(1, 5, 2, REQUEST))],
    ['headers of no stream', 1, hello(frame(1, 5, 0, REQUEST))],
    ['more filling than there is', 1, hello(frame(1, 0xd, 1, '\x05abc'))],
    ['a block that does not go on', 1, hello(frame(1, 0, 1, '\x83'), frame(6, 0, 0, '12345678'))],
    ['a block that goes on elsewhere', 1, hello(frame(1, 0, 1, '\x83'), frame(9, 4, 3, '\x86'))],
    ['a block that goes on and has not begun', 1, hello(frame(9, 4, 1, '\x86'))],
    [
      'a block without end',
      11,
      hello(frame(1, 0, 1, '\x83'), ...Array.from({ length: 70 }, () => frame(9, 0, 1))),
    ],
    [
      'a block that is too long',
      11,
      hello(
        frame(1, 0, 1, '\x83'),
        ...Array.from({ length: 5 }, () => frame(9, 0, 1, '\x83'.repeat(16_000))),
      ),
    ],
    ['a field that there is not', 9, hello(block('\xbe'))],
    ['field 0', 9, hello(block('\x80'))],
    ['a number without end', 9, hello(block('\xff\xff\xff\xff\xff\xff\xff'))],
    ['a string that is cut off', 9, hello(block('\x00\x05ab'))],
    ['a string that is no code', 9, hello(block('\x00\x01a\x84\xff\xff\xff\xff'))],
    ['a table that is too large', 9, hello(block('\x3f\xff\xff\x03'))],
    ['a table that changes within a block', 9, hello(block('\x83\x20'))],
    [
      'fields that are too long',
      9,
      hello(block(`\x40\x01a\x7f\xa1\x1e${'v'.repeat(4000)}${'\xbe'.repeat(20)}`)),
    ],
    ['the end of a stream that has not begun', 1, hello(frame(3, 0, 1, '\0\0\0\x08'))],
    ['a window that grows by nothing', 1, hello(frame(8, 0, 0, '\0\0\0\0'))],
    ['a window that grows too large', 3, hello(frame(8, 0, 0, '\x7f\xff\xff\xff'))],
    ['headers in the middle of a stream', 1, hello(frame(1, 4, 1, REQUEST), frame(1, 4, 1, REQUEST))],
    ['a goodbye that is too short', 6, hello(frame(7, 0, 0, '\0'))],
  ])('%s ends the connection with code %i', async (_what, code, bytes) => {
    const seen = await raw(bytes, { patience: 1000 })
    expect([goAway(seen), seen.isOver]).toEqual([code, true])
  })

  test('what is wrong with one stream ends that one', async () => {
    const after = [frame(1, 4, 3, REQUEST), frame(0, 1, 3, 'well')]
    const reset = ({ frames }: { readonly frames: readonly SeenFrame[] }): readonly number[] =>
      frames
        .filter(({ type, stream }) => type === 3 && stream === 1)
        .map(({ payload }) => payload.readUInt32BE(0))
    for (const [code, wrong] of [
      [1, [frame(1, 4, 1, REQUEST), frame(8, 0, 1, '\0\0\0\0')]],
      [3, [frame(1, 4, 1, REQUEST), frame(8, 0, 1, '\x7f\xff\xff\xff')]],
    ] as const) {
      const seen = await raw(hello(...wrong, ...after), { patience: 60 })
      expect([reset(seen), bodyOf(seen, 3), goAway(seen)]).toEqual([[code], 'well', undefined])
    }
    // late frames of a stream that is over are no fault
    const late = await raw(
      hello(
        frame(1, 5, 1, REQUEST),
        frame(8, 0, 1, '\0\0\0\x01'),
        frame(3, 0, 1, '\0\0\0\0'),
        frame(0, 0, 1, 'x'),
        frame(1, 5, 1, REQUEST),
        ...after,
      ),
      { patience: 60 },
    )
    expect([bodyOf(late, 3), goAway(late)]).toEqual(['well', undefined])
  })

  test('any bytes end the connection or are passed over, and nobody else notices', async () => {
    const good = hello(
      frame(1, 4, 1, `${REQUEST}\x40\x03x-a\x03abc\xbe`),
      frame(0, 0, 1, 'body'),
      frame(8, 0, 1, '\0\0\0\x09'),
      frame(0, 1, 1, 'end'),
      frame(1, 5, 3, `${REQUEST}\xbe`),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.integer({ min: PREFACE.length, max: good.length - 1 }),
            fc.integer({ min: 0, max: 255 }),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        async (changes) => {
          const bytes = Buffer.from(good)
          for (const [at, byte] of changes) bytes[at] = byte
          await raw(bytes, { patience: 5 })
        },
      ),
      { numRuns: 150 },
    )
    expect((await ask(await session(), '/', {}, [Buffer.from('x')])).body.toString()).toBe('x')
  })
})
