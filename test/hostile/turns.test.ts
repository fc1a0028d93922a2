import { once } from 'node:events'
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve, type ClusterServer } from '../../src/server/index.js'

/** Ms that a request of the flood takes. */
const WORK_MS = 1

/** A server whose requests take some ms each, and the paths that it has handled, in order. */
async function slowServer(): Promise<{ readonly server: ClusterServer; readonly handled: string[] }> {
  const handled: string[] = []
  const server = await serve(
    new SimCluster({ nodes: 0, users: [{ name: 'root', token: 'root', groups: ['system:masters'] }] }),
    {
      time: 'virtual',
      gateway: (request, next) => {
        handled.push(request.path)
        const end = performance.now() + WORK_MS
        while (performance.now() < end);
        return next(request)
      },
    },
  )
  onTestFinished(() => server.close())
  return { server, handled }
}

async function socketTo({ port, authority }: ClusterServer): Promise<TLSSocket> {
  const socket = connect({ port, ca: authority, servername: 'localhost', ALPNProtocols: ['http/1.1'] })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

function sessionTo({ url, authority }: ClusterServer): ClientHttp2Session {
  const session = connectHttp2(url, { ca: authority })
  session.on('error', () => undefined)
  onTestFinished(() => session.destroy())
  return session
}

const head = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer root\r\n\r\n`

/** How many requests were handled before the one of another client, which came after the first of them. */
async function positionOfAnother(server: ClusterServer, handled: readonly string[]): Promise<number> {
  const other = await socketTo(server)
  while (!handled.includes('/flood')) await sleep(1)
  other.write(head('/other'))
  await once(other, 'data')
  return handled.indexOf('/other')
}

describe('a client that sends many requests at once', () => {
  test('keeps others waiting for one request over HTTP/1.1, and gets all responses in order', async () => {
    const { server, handled } = await slowServer()
    const flood = await socketTo(server)
    let received = ''
    flood.on('data', (data: Buffer) => void (received += data.toString('latin1')))
    const count = 2_000
    const position = positionOfAnother(server, handled)
    await sleep(50)
    flood.write(head('/flood').repeat(count - 1) + head('/last'))
    expect(await position).toBeLessThan(200)
    while (!handled.includes('/last')) await sleep(20)
    while ([...received.matchAll(/^HTTP\/1\.1 /gm)].length < count) await sleep(20)
    expect(handled.filter((path) => path !== '/other').indexOf('/last')).toBe(count - 1)
  }, 60_000)

  test('keeps others waiting for one request over HTTP/2, with bodies or without', async () => {
    const { server, handled } = await slowServer()
    const session = sessionTo(server)
    await once(session, 'remoteSettings')
    const position = positionOfAnother(server, handled)
    await sleep(50)
    for (let at = 0; at < 200; at++) {
      const stream = session.request({ ':path': '/flood', ':method': at % 2 === 0 ? 'GET' : 'POST' })
      stream.on('error', () => undefined)
      stream.resume()
      stream.end(at % 2 === 0 ? undefined : '{}')
    }
    expect(await position).toBeLessThan(100)
  }, 60_000)

  test('and leaves is not served any more', async () => {
    const { server, handled } = await slowServer()
    const socket = await socketTo(server)
    socket.write(head('/api/v1/namespaces?watch=true').repeat(50))
    await once(socket, 'data')
    socket.destroy()
    const session = sessionTo(server)
    for (let at = 0; at < 50; at++) {
      const stream = session.request({ ':path': '/cancelled' })
      stream.on('error', () => undefined)
      setImmediate(() => stream.close(8))
    }
    await once(session.request({ ':path': '/last' }), 'response')
    expect(handled.filter((path) => path === '/api/v1/namespaces')).toHaveLength(1)
    expect(handled.filter((path) => path === '/cancelled').length).toBeLessThan(25)
  })
})
