import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { Agent, request as requestHttp } from 'node:https'
import { connect as connectHttp2 } from 'node:http2'
import { constants, createDeflate } from 'node:zlib'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { partial } from '../support/typed.js'
import { parseYamlText } from '../../src/lang/yaml/read.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import { readBody } from '../../src/server/http/request.js'
import type { NodeRequest } from '../../src/server/http/request.js'
import type { ByteChannel } from '../../src/server/streams/byte-channel.js'
import { SpdyConnection } from '../../src/server/spdy/connection.js'
import { spdyDictionary } from '../../src/server/spdy/dictionary.js'
import { HeaderCodec } from '../../src/server/spdy/header-codec.js'

/** A header block as a client compresses it. */
async function deflated(block: Buffer): Promise<Buffer> {
  const stream = createDeflate({ dictionary: spdyDictionary(), flush: constants.Z_SYNC_FLUSH })
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
  await new Promise((resolve) => stream.write(block, resolve))
  await new Promise(setImmediate)
  return Buffer.concat(chunks)
}

describe('SPDY', () => {
  test('inflates a header block up to 64 KiB', async () => {
    const bomb = await deflated(Buffer.alloc(256 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(1024 * 1024)
    const before = process.memoryUsage.rss()
    await expect(new HeaderCodec().read(bomb)).rejects.toThrow('spdy: header block too large')
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024)
  })

  test('reads a frame that comes byte by byte, with work that grows with its size', async () => {
    const sent: Buffer[] = []
    let receive: (data: Buffer) => void = () => undefined
    const channel = {
      listen: (onData: (data: Buffer) => void) => void (receive = onData),
      write: (data: Uint8Array) => void sent.push(Buffer.from(data)),
      close: () => expect.fail('closed'),
    }
    const connection = new SpdyConnection(partial<ByteChannel>(channel))
    connection.start()
    const ping = Buffer.concat([Buffer.from([0x80, 3, 0, 6, 0, 8, 0, 0]), Buffer.alloc(512 * 1024, 7)])
    for (const byte of ping) receive(Buffer.from([byte]))
    await new Promise(setImmediate)
    expect(Buffer.concat(sent).equals(ping)).toBe(true)
  })
})

describe('HTTPS', () => {
  test('a body that does not end is closed', async () => {
    const request = new PassThrough()
    let taken = false
    readBody(partial<NodeRequest>(request), () => (taken = true), 20)
    request.write('{')
    await once(request, 'close')
    expect(taken).toBe(false)
  })

  const manyHeaders = (bytes: number): Readonly<Record<string, string>> =>
    Object.fromEntries(Array.from({ length: bytes / 1_000 }, (_, at) => [`x-${at}`, 'a'.repeat(1_000)]))

  test('heads of up to 1 MB are read, and larger ones refused', async () => {
    const cluster = new SimCluster()
    const server = await serve(cluster, { time: 'virtual' })
    onTestFinished(() => server.close())
    const code = (headers: Readonly<Record<string, string>>): Promise<number | string> =>
      new Promise((resolve) => {
        const options = { ca: server.authority, headers, agent: false }
        requestHttp(`${server.url}/version`, options, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
          .end()
      })
    expect(await code(manyHeaders(500_000))).toBe(200)
    // a client reads its response even while it sends the rest of the head
    for (let sent = 0; sent < 20; sent++) expect(await code(manyHeaders(6_000_000))).toBe(431)
    expect(await code({})).toBe(200)
  })

  test('a certificate that expires during a connection is refused from then on', async () => {
    const cluster = new SimCluster({ nodes: 0, disable: ['kube-controller-manager'] })
    const server = await serve(cluster, { time: 'virtual' })
    onTestFinished(() => server.close())
    const config = parseYamlText(server.kubeconfig()) as {
      readonly users: readonly { readonly user: Readonly<Record<string, string>> }[]
    }
    const pem = (field: string): Buffer => Buffer.from(config.users[0]?.user[field] ?? '', 'base64')
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const sockets = new Set<unknown>()
    const code = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const options = {
          ca: server.authority,
          cert: pem('client-certificate-data'),
          key: pem('client-key-data'),
          agent,
        }
        const sent = requestHttp(`${server.url}/api/v1/nodes`, options, (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0))
        })
        sent.on('socket', (socket) => void sockets.add(socket)).on('error', reject)
        sent.end()
      })
    expect(await code()).toBe(200)
    cluster.advance('400d')
    expect([await code(), sockets.size]).toEqual([401, 1])
  })

  test('has 250 streams over HTTP/2', async () => {
    const server = await serve(new SimCluster({ nodes: 0 }), { time: 'virtual' })
    onTestFinished(() => server.close())
    const session = connectHttp2(server.url, { ca: server.authority })
    await once(session, 'remoteSettings')
    expect(session.remoteSettings.maxConcurrentStreams).toBe(250)
    session.destroy()
  })

  test('is taken from this machine at 127.0.0.1 only, unless a host is named', async () => {
    const server = await serve(new SimCluster({ nodes: 0 }), { time: 'virtual', etcd: { plain: true } })
    onTestFinished(() => server.close())
    const ports = [server.port, Number(new URL(server.etcd?.url ?? '').port)]
    const reached = (host: string, port: number): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connectTcp({ host, port, timeout: 2_000 })
        const end = (is: boolean): void => {
          socket.destroy()
          resolve(is)
        }
        socket
          .on('connect', () => end(true))
          .on('error', () => end(false))
          .on('timeout', () => end(false))
      })
    for (const port of ports)
      expect([await reached('127.0.0.1', port), await reached('127.0.0.2', port)]).toEqual([true, false])
  })

  test('over HTTP/2 they are as large as nghttp2 takes: eight frames after the first', async () => {
    const server = await serve(new SimCluster(), { time: 'virtual' })
    onTestFinished(() => server.close())
    const session = connectHttp2(server.url, { ca: server.authority, maxSendHeaderBlockLength: 4_000_000 })
    session.on('error', () => undefined)
    const stream = session.request({ ':path': '/version', ...manyHeaders(100_000) })
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect(headers[':status']).toBe(200)
    session.destroy()
  })
})
