import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import { encode } from '../../../src/server/etcd/grpc/codec.js'
import { DualListener } from '../../../src/server/etcd/listener.js'
import type { EtcdServer } from '../../../src/server/index.js'
import { servingCertificate } from '../../../src/server/credentials/serving-certificate.js'
import { frame as message } from './raw-client.js'
import {
  callHeaders,
  END_HEADERS,
  END_STREAM,
  ends,
  field,
  Frame,
  frame,
  hello,
  PREFACE,
  rawTo,
  serveStore,
} from './raw-frames.js'

/** A listener that gives connections little time to begin. */
async function impatient(handshakeMs: number, tls?: TlsOptions): Promise<number> {
  const listener = new DualListener(tls, {
    http2: (stream) => {
      stream.on('error', () => undefined)
      stream.respond({ ':status': 200 })
      stream.end('http2')
    },
    http1: (_request, response) => void response.end('http1'),
    report: (error) => expect.fail(String(error)),
    handshakeMs,
  })
  const port = await listener.listen(0, '127.0.0.1')
  onTestFinished(() => listener.close(0))
  return port
}

describe('connections that do not begin or do not end', () => {
  test.each<readonly [what: string, bytes: Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['less than tells the protocols apart', PREFACE.subarray(0, 3)],
    ['half a preface', PREFACE.subarray(0, 12)],
    ['a preface without settings', PREFACE],
    ['half a request of HTTP/1', Buffer.from('GET /health HTTP/1.1\r\nhost:')],
  ])('%s: closed when the deadline has passed', async (_what, bytes) => {
    const connection = await rawTo(await impatient(50), bytes)
    expect(await connection.ends()).toBe(true)
  })

  test('bytes that trickle in do not extend the deadline', async () => {
    const { socket, ends: ended } = await rawTo(await impatient(150), Buffer.from('GET /health HTTP/1.1\r\n'))
    const timer = setInterval(() => socket.write('x'), 20)
    expect(await ended(1_000)).toBe(true)
    clearInterval(timer)
  })

  test('the deadline ends with the first settings', async () => {
    const connection = await rawTo(await impatient(50), hello())
    expect(await connection.ends(150)).toBe(false)
    const get = frame(Frame.Headers, END_STREAM | END_HEADERS, 1, `\x82\x86\x84${field(':authority', 'a')}`)
    connection.socket.write(get)
    await connection.ends(50)
    expect(
      connection
        .frames()
        .find(({ type }) => type === Frame.Data)
        ?.payload.toString(),
    ).toBe('http2')
  })

  test('with TLS: neither a handshake that does not end nor a silent client after it is kept', async () => {
    const { pki } = new SimCluster({ nodes: 0 })
    const { certificate, key } = servingCertificate(pki, {
      hosts: ['127.0.0.1'],
      real: Date.now(),
      whose: 'etcd/server',
    })
    const port = await impatient(100, { cert: certificate, key })
    const connection = await rawTo(port, Buffer.from('\x16\x03\x01\x02\0\x01', 'latin1'))
    expect(await connection.ends()).toBe(true)
    for (const protocol of ['h2', 'http/1.1']) {
      const silent = connectTls({ port, rejectUnauthorized: false, ALPNProtocols: [protocol] })
      silent.on('error', () => undefined)
      await once(silent, 'secureConnect')
      expect(await ends(silent.resume())).toBe(true)
    }
  })

  test('a client that closes its side of the connection is closed, also while it watches', async () => {
    const { server } = await serveStore()
    const watch = [
      frame(Frame.Headers, END_HEADERS, 1, callHeaders('/etcdserverpb.Watch/Watch')),
      frame(Frame.Data, 0, 1, message(encode('WatchRequest', { createRequest: { key: 'a' } }))),
    ]
    for (const bytes of [Buffer.alloc(0), hello(), hello(...watch)]) {
      const connection = await rawTo(server.port, bytes)
      await sleep(20)
      connection.socket.end()
      expect(await connection.ends()).toBe(true)
    }
  })
})

describe('closing', () => {
  async function sessionTo(server: EtcdServer): Promise<ClientHttp2Session> {
    const session = connectHttp2(server.url)
    session.on('error', () => undefined)
    await once(session, 'connect')
    onTestFinished(() => session.destroy())
    return session
  }

  test('open calls end with Unavailable, and the connection with a GOAWAY', async () => {
    const { server } = await serveStore()
    const session = await sessionTo(server)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/etcdserverpb.Watch/Watch',
      'content-type': 'application/grpc',
    })
    await once(stream, 'response')
    const gone = once(session, 'goaway')
    const trailers = once(stream, 'trailers')
    stream.resume()
    await server.close()
    expect((await gone)[0]).toBe(0)
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '14' })
  })

  test('idle connections do not delay it', async () => {
    const { server } = await serveStore()
    await sessionTo(server)
    await rawTo(server.port, Buffer.alloc(0))
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    await new Promise<void>((resolve) => {
      get(`${server.url}/health`, { agent }, (response) => response.resume().once('end', resolve))
    })
    const start = performance.now()
    await server.close()
    // connections that have to be destroyed take 500 ms
    expect(performance.now() - start).toBeLessThan(400)
  })
})

test('the first bytes of HTTP/1.1 can come one by one', async () => {
  const { server } = await serveStore()
  for (const method of ['GET', 'POST', 'PUT']) {
    const socket = connect(server.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    let seen = ''
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
    await once(socket, 'connect')
    for (const letter of `${method} /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`) {
      socket.write(letter)
      await sleep(1)
    }
    await ends(socket)
    expect(seen).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  }
})
