import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FakeAgents } from '../server/fake-agents.js'
import { BOX } from './client-node/box.js'
import { serve } from 'simcluster/server'
import type { ClusterServer } from 'simcluster/server'
import { SimCluster } from 'simcluster'
import type { ClusterOptions } from '../../src/cluster/compose/options.js'

/** A served cluster; what it reports, and what nobody has caught, fails the test. */
async function served(
  options: ClusterOptions = {},
): Promise<{ readonly cluster: SimCluster; readonly server: ClusterServer; readonly faults: unknown[] }> {
  const cluster = new SimCluster({
    nodes: 0,
    users: [{ name: 'root', token: 'root', groups: ['system:masters'] }],
    ...options,
  })
  const faults: unknown[] = []
  const uncaught = (error: unknown): void => void faults.push(error)
  process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught)
  const server = await serve(cluster, { onError: uncaught })
  onTestFinished(async () => {
    await server.close()
    process.off('uncaughtException', uncaught).off('unhandledRejection', uncaught)
  })
  return { cluster, server, faults }
}

const TOKEN = 'authorization: Bearer root'
const MAPS = '/api/v1/namespaces/default/configmaps'
/** How long things may take on a busy machine. */
const LONG = { timeout: 20_000 } as const
const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function tls(server: ClusterServer, protocols: readonly string[] = ['http/1.1']): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      { host: '127.0.0.1', port: server.port, ca: server.authority, ALPNProtocols: [...protocols] },
      () => resolve(socket),
    )
    socket.once('error', reject)
    socket.on('error', () => undefined)
  })
}

/** Everything that comes until the other side ends, or for `ms`. */
function heard(socket: Socket, ms = 20_000): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const done = (): void => {
      clearTimeout(timer)
      resolve(text)
    }
    const timer = setTimeout(done, ms)
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')))
    socket.once('close', done)
    socket.once('end', done)
    socket.on('error', () => undefined)
  })
}

function http2(server: ClusterServer): ClientHttp2Session {
  const session = connectHttp2(server.url, { ca: server.authority })
  session.on('error', () => undefined)
  return session
}

const TYPES = { DATA: 0, HEADERS: 1, RST_STREAM: 3, SETTINGS: 4 } as const
const END_HEADERS = 4
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** A frame of HTTP/2: Node's own client ends a stream before it resets it. */
function frame(
  type: keyof typeof TYPES,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = TYPES[type]
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** The head of a POST, without compression. */
const POST = Buffer.concat(
  Object.entries({
    ':method': 'POST',
    ':scheme': 'https',
    ':authority': 'x',
    ':path': MAPS,
    authorization: 'Bearer root',
    'content-type': 'application/json',
  }).flatMap(([name, value]) => [
    Buffer.of(0, name.length),
    Buffer.from(name),
    Buffer.of(value.length),
    Buffer.from(value),
  ]),
)

const names = (cluster: SimCluster): readonly (string | undefined)[] =>
  cluster.list('configmaps').items.map(({ metadata }) => metadata.name)

/** Opens a watch by HTTP/2; resolves with its first line. */
function watch(session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':path': `${MAPS}?watch=true&resourceVersion=0`,
      authorization: 'Bearer root',
    })
    stream.once('data', (data: Buffer) => resolve(data.toString()))
    stream.once('error', reject)
    stream.on('error', () => undefined)
  })
}

/** How many watches of the cluster are open. */
function countWatches(cluster: SimCluster): () => number {
  let open = 0
  const handle = cluster.http.handleStreaming.bind(cluster.http)
  vi.spyOn(cluster.http, 'handleStreaming').mockImplementation((request, codecs) => {
    const response = handle(request, codecs)
    if (!('next' in response)) return response
    open++
    return {
      ...response,
      next: (limit) => response.next(limit),
      onReady: (listener) => response.onReady(listener),
      stop: () => {
        open--
        response.stop()
      },
    }
  })
  return () => open
}

async function works(server: ClusterServer): Promise<void> {
  const socket = await tls(server)
  socket.write(`GET /version HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  expect(await heard(socket)).toMatch(/^HTTP\/1\.1 200 [^]*gitVersion/)
}

test('garbage in the place of a handshake, of a request, of frames', async () => {
  const { server, faults } = await served()
  const bytes = fc.uint8Array({ maxLength: 400 })
  const text = fc.oneof(
    bytes.map((data) => Buffer.from(data)),
    fc
      .array(
        fc.constantFrom(
          'GET ',
          'POST ',
          '/api',
          MAPS,
          ' HTTP/1.1\r\n',
          ' HTTP/9.9\r\n',
          'host: x\r\n',
          'content-length: 5\r\n',
          'content-length: -1\r\n',
          'transfer-encoding: chunked\r\n',
          'connection: upgrade\r\nupgrade: websocket\r\n',
          'upgrade: SPDY/3.1\r\n',
          `${TOKEN}\r\n`,
          '\r\n',
          '5\r\nhello\r\n0\r\n\r\n',
          'zz\r\n',
          '\0',
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
          'é: ü\r\n',
        ),
        { maxLength: 12 },
      )
      .map((words) => Buffer.from(words.join(''))),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('plain', 'http/1.1', 'h2'),
      text,
      fc.boolean(),
      async (kind, data, isAbrupt) => {
        const socket = kind === 'plain' ? connectTcp(server.port, '127.0.0.1') : await tls(server, [kind])
        socket.on('error', () => undefined)
        const response = heard(socket, isAbrupt ? 5 : 30)
        socket.write(data)
        if (!isAbrupt) socket.end()
        const said = await response
        socket.destroy()
        expect(said).not.toMatch(/^HTTP\/1\.1 5/)
      },
    ),
    { numRuns: 250 },
  )
  await works(server)
  expect(faults).toEqual([])
})

test('half requests, slow bodies and uploads that are broken off change nothing', async () => {
  const { cluster, server, faults } = await served()
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } })
  const head = `POST ${MAPS} HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\ncontent-type: application/json\r\n`
  const halves = [
    'GET /api',
    `GET ${MAPS} HTTP/1.1\r\nhost: x`,
    `${head}content-length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
    `${head}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`,
    `${head}transfer-encoding: chunked\r\n\r\nffff\r\n${body}`,
    `${head}expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
  ]
  for (const half of halves)
    for (const end of ['destroy', 'end', 'resetAndDestroy'] as const) {
      const socket = await tls(server)
      socket.write(half)
      await soon(5)
      if (end === 'resetAndDestroy') socket.destroy()
      else socket[end]()
      socket.resume()
    }
  const reset = await tls(server, ['h2'])
  reset.resume()
  reset.write(
    Buffer.concat([
      PREFACE,
      frame('SETTINGS', 0, 0),
      frame('HEADERS', END_HEADERS, 1, POST),
      frame('DATA', 0, 1, Buffer.from(body)),
    ]),
  )
  await soon(50)
  reset.write(frame('RST_STREAM', 0, 1, Buffer.of(0, 0, 0, 8)))
  await soon(50)
  expect(names(cluster)).not.toContain('x')
  // slow, but whole
  const socket = await tls(server)
  const response = heard(socket)
  socket.write(`${head}connection: close\r\ncontent-length: ${body.length}\r\n\r\n`)
  for (const letter of body) {
    socket.write(letter)
    await soon(1)
  }
  expect(await response).toMatch(/^HTTP\/1\.1 201 /)
  expect(names(cluster)).toContain('x')
  reset.destroy()
  await works(server)
  expect(faults).toEqual([])
})

test('garbage after an upgrade; streams that are broken off end for the containers too', async () => {
  const agents = new FakeAgents()
  const { cluster, server, faults } = await served({ nodes: 1, extensions: { nodeAgents: agents } })
  cluster.apply(BOX)
  cluster.settle()
  const pod = '/api/v1/namespaces/default/pods/box'
  const exec = `${pod}/exec?container=main&stdin=true&stdout=true&stderr=true&command=cat`
  const webSocket =
    'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ' +
    'dGhlIHNhbXBsZSBub25jZQ==\r\n'
  const spdy = 'connection: upgrade\r\nupgrade: SPDY/3.1\r\n'
  const heads = [
    `GET ${exec} HTTP/1.1\r\n${webSocket}sec-websocket-protocol: v5.channel.k8s.io\r\n`,
    `POST ${exec} HTTP/1.1\r\n${spdy}x-stream-protocol-version: v4.channel.k8s.io\r\n`,
    `POST ${pod}/portforward HTTP/1.1\r\n${spdy}x-stream-protocol-version: portforward.k8s.io\r\n`,
    `GET ${pod}/portforward?ports=80 HTTP/1.1\r\n${webSocket}sec-websocket-protocol: v4.channel.k8s.io\r\n`,
    `GET ${pod}/portforward HTTP/1.1\r\n${webSocket}sec-websocket-protocol: SPDY/3.1+portforward.k8s.io\r\n`,
  ]
  const words = fc.constantFrom(
    '\x80\x03\0\x01',
    '\x80\x03\0\x06\0\0\0\x04\0\0\0\x01',
    '\x82\x85\0\0\0\0\0abcd',
    '\x88\x80\0\0\0\0',
    '\x89\x80\0\0\0\0',
    '\xff\xff',
    '\0\0\0\x10',
    '\0\0\0\x01',
  )
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 80 }).map((data) => Buffer.from(data)),
    fc.array(words, { maxLength: 8 }).map((all) => Buffer.from(all.join(''), 'latin1')),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...heads), noise, async (head, data) => {
      const socket = await tls(server)
      socket.write(`${head}host: x\r\n${TOKEN}\r\n\r\n`)
      const [first] = (await once(socket, 'data')) as [Buffer]
      expect(first.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
      socket.write(data)
      await heard(socket, 15)
      socket.destroy()
    }),
    { numRuns: 100 },
  )
  agents.log('main', 'one')
  const follower = await tls(server)
  follower.write(`GET ${pod}/log?container=main&follow=true HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\n\r\n`)
  await once(follower, 'data')
  follower.destroy()
  expect(agents.sessions.length).toBeGreaterThan(30)
  await expect
    .poll(() => agents.sessions.filter(({ isStopped, end }) => !isStopped && end === undefined).length, LONG)
    .toBe(0)
  await works(server)
  expect(faults).toEqual([])
})

test('an upload without end is answered with 413, and ends', async () => {
  const { server, faults } = await served()
  const socket = await tls(server)
  const response = heard(socket, 20_000)
  socket.write(
    `POST ${MAPS} HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\ncontent-type: ` +
      `application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
  )
  const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`
  let sent = 0
  const pump = (): void => {
    while (!socket.destroyed && socket.writable && sent < 500) {
      sent++
      if (!socket.write(chunk)) return void socket.once('drain', pump)
    }
  }
  pump()
  expect(await response).toMatch(/^HTTP\/1\.1 413 /)
  expect(sent).toBeLessThan(500)
  socket.destroy()
  await works(server)
  expect(faults).toEqual([])
})

test('200 watches, closed in every way; events go on for the others; nothing is left', async () => {
  const { cluster, server, faults } = await served()
  const open = countWatches(cluster)
  cluster.create('configmaps', { metadata: { name: 'first', namespace: 'default' } })
  const sessions = Array.from({ length: 20 }, () => http2(server))
  const lines = await Promise.all(
    sessions.flatMap((session) => Array.from({ length: 8 }, () => watch(session))),
  )
  expect(lines).toHaveLength(160)
  const sockets = await Promise.all(Array.from({ length: 40 }, () => tls(server)))
  for (const socket of sockets) socket.write(`GET ${MAPS}?watch=true HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\n\r\n`)
  const last = heard(sockets[0] as TLSSocket, 60_000)
  await expect.poll(open, LONG).toBe(200)
  for (const session of sessions) session.destroy()
  for (const socket of sockets.slice(1)) socket.destroy()
  for (let at = 0; at < 50; at += 1)
    cluster.create('configmaps', { metadata: { name: `m-${at}`, namespace: 'default' } })
  await expect.poll(open, LONG).toBe(1)
  cluster.create('configmaps', { metadata: { name: 'last', namespace: 'default' } })
  await soon(500)
  sockets[0]?.destroy()
  await expect.poll(open, LONG).toBe(0)
  expect((await last).match(/"type":"ADDED"/g)?.length).toBeGreaterThanOrEqual(50)
  await works(server)
  expect(faults).toEqual([])
})

test('a server that is closed in the midst of it all leaves no handle', async () => {
  const { cluster, server, faults } = await served()
  const handles = (): number => process.getActiveResourcesInfo().filter((kind) => /TCP|TLS/.test(kind)).length
  const session = http2(server)
  await watch(session)
  const idle = await tls(server)
  const half = await tls(server)
  half.write('GET /ver')
  const busy = await tls(server)
  busy.write(`GET ${MAPS}?watch=true HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\n\r\n`)
  const plain = connectTcp(server.port, '127.0.0.1')
  plain.on('error', () => undefined)
  await soon(100)
  const ended = Promise.all([idle, half, busy, plain].map((socket) => heard(socket, 4_000)))
  const begun = performance.now()
  await server.close()
  expect(performance.now() - begun).toBeLessThan(10_000)
  await ended
  session.destroy()
  for (const socket of [idle, half, busy, plain]) socket.destroy()
  await expect.poll(handles, LONG).toBe(0)
  const next = await serve(cluster)
  await works(next)
  await next.close()
  await server.close()
  expect(faults).toEqual([])
})
