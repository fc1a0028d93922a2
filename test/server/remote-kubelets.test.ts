import { createServer, request, type Server } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { SimCluster } from 'simcluster'
import { serve, type ClusterServer } from 'simcluster/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SpdyConnection, type SpdyStream } from '../../src/server/spdy/connection.js'
import { ByteChannel } from '../../src/server/streams/byte-channel.js'

/** A kubelet on this machine, which notes what it is asked and by whom. */
class FakeKubelet {
  readonly asked: string[] = []
  readonly #server: Server

  constructor({ pki }: SimCluster) {
    const [cert, key, ca] = ['apiserver.crt', 'apiserver.key', 'ca.crt'].map((name) =>
      pki.read(`/etc/kubernetes/pki/${name}`),
    )
    this.#server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false })
    this.#server.on('request', (request, response) => {
      this.#note(request)
      if (request.url?.includes('/waiting') === true) {
        response.writeHead(400).end('container "c" in pod "waiting" is waiting to start: ContainerCreating\n')
        return
      }
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end(request.url === '/healthz' ? 'ok' : 'one\ntwo\n')
    })
    this.#server.on('upgrade', (request, socket: TLSSocket, first: Buffer) => {
      this.#note(request)
      const protocol = String(request.headers['x-stream-protocol-version']).split(', ')[0] ?? ''
      const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1']
      socket.write(`${[...lines, `X-Stream-Protocol-Version: ${protocol}`].join('\r\n')}\r\n\r\n`)
      this.#stream(new SpdyConnection(ByteChannel.overSocket(socket, first)))
    })
  }

  #note({ method, url, socket }: Pick<IncomingMessage, 'method' | 'url' | 'socket'>): void {
    const { subject } = (socket as TLSSocket).getPeerCertificate()
    this.asked.push(`${method ?? ''} ${url ?? ''} ${String(subject?.CN ?? 'nobody')}`)
  }

  /** Returns the input in capitals, and ends with exit code 3; a port gives back what it gets. */
  #stream(connection: SpdyConnection): void {
    const streams = new Map<string, SpdyStream>()
    connection.onStream = (stream) => {
      const type = stream.headers['streamtype'] ?? ''
      streams.set(type, stream)
      if (type === 'data') {
        stream.onData = (data) => stream.write(data)
        stream.onEnd = () => stream.end()
      }
      if (type !== 'stdin') return
      stream.onData = (data) => streams.get('stdout')?.write(Buffer.from(data.toString().toUpperCase()))
      stream.onEnd = () => {
        const cause = { reason: 'ExitCode', message: '3' }
        const status = { status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [cause] } }
        streams.get('error')?.write(Buffer.from(JSON.stringify(status)))
        for (const one of streams.values()) one.end()
        connection.close()
      }
    }
    connection.start()
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

let server: ClusterServer
let kubelet: FakeKubelet

/** Serves a cluster with a Node whose kubelet is no part of it, and a pod there. */
beforeEach(async () => {
  const cluster = new SimCluster({ nodes: 1 })
  kubelet = new FakeKubelet(cluster)
  register(cluster, 'real-1', await kubelet.listen())
  for (const name of ['web', 'waiting'])
    cluster.create('pods', {
      metadata: { name },
      spec: { nodeName: 'real-1', containers: [{ name: 'c', image: 'busybox' }] },
    })
  server = await serve(cluster)
})
afterEach(async () => {
  kubelet.close()
  await server.close()
})

function register(cluster: SimCluster, name: string, port: number): void {
  const node = cluster.create('nodes', { metadata: { name } })
  const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }] as const
  const daemonEndpoints = { kubeletEndpoint: { Port: port } }
  cluster.client.updateStatus('nodes', { ...node, status: { ...node.status, addresses, daemonEndpoints } })
}

/** How the administrator connects. */
function credentials(): { ca: string; cert: string; key: string } {
  const subject = { commonName: 'root', organizations: ['system:masters'] }
  const { cluster, authority } = server
  const { certificate, key } = cluster.pki.clientCertificate(subject, { notBefore: cluster.now() })
  return { ca: authority, cert: certificate, key }
}

function get(path: string): Promise<readonly [code: number | undefined, text: string]> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/api/v1/${path}`, credentials())
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.on('data', (part: Buffer) => void (text += part.toString()))
      response.on('end', () => resolve([response.statusCode, text]))
    })
    sent.end()
  })
}

/** Opens a WebSocket, sends messages, and resolves with the text of each channel when it ends. */
function talk(path: string, protocol: string, messages: readonly Buffer[]): Promise<Record<number, string>> {
  return new Promise((resolve, reject) => {
    const client = new WebSocket(
      `${server.url.replace('https', 'wss')}/api/v1/${path}`,
      [protocol],
      credentials(),
    )
    const texts: Record<number, string> = {}
    client.on('error', reject)
    client.on('open', () => messages.forEach((message) => client.send(message)))
    client.on('message', (data: Buffer) => {
      const [channel = 0] = data
      texts[channel] = (texts[channel] ?? '') + data.subarray(1).toString('latin1')
      if (texts[channel].endsWith('ping')) client.close()
    })
    client.on('close', () => resolve(texts))
  })
}

describe('the kubelet of a node that is not simulated', () => {
  const pod = 'namespaces/default/pods/web'

  test('sends logs, to the apiserver under its own name', async () => {
    expect(await get(`${pod}/log?tailLines=2&timestamps=true`)).toEqual([200, 'one\ntwo\n'])
    expect(kubelet.asked).toEqual([
      'GET /containerLogs/default/web/c?tailLines=2&timestamps=true kube-apiserver-kubelet-client',
    ])
  })

  test('refuses logs with its own words', async () => {
    const [code, text] = await get('namespaces/default/pods/waiting/log')
    expect([code, JSON.parse(text)]).toMatchObject([
      400,
      {
        reason: 'BadRequest',
        message: 'container "c" in pod "waiting" is waiting to start: ContainerCreating',
      },
    ])
  })

  test('runs commands with input, output and an exit code', async () => {
    const path = `${pod}/exec?command=cat&command=a+b&stdin=true&stdout=true`
    const input = [Buffer.from('\0hello'), Buffer.from([255, 0])]
    const texts = await talk(path, 'v5.channel.k8s.io', input)
    expect(texts[1]).toBe('HELLO')
    expect(JSON.parse(texts[3] ?? '')).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    })
    expect(kubelet.asked).toEqual([
      'POST /exec/default/web/c?command=cat&command=a+b&input=1&output=1 kube-apiserver-kubelet-client',
    ])
  })

  test('forwards ports', async () => {
    const texts = await talk(`${pod}/portforward?ports=80`, 'v4.channel.k8s.io', [Buffer.from('\0ping')])
    expect(texts[0]).toMatch(/ping$/)
  })

  test('answers requests to its node', async () => {
    expect(await get('nodes/real-1/proxy/healthz')).toEqual([200, 'ok'])
  })

  test('that has gone is an error of the connection, and others are served on', async () => {
    kubelet.close()
    const [code, text] = await get(`${pod}/log`)
    expect([code, text]).toEqual([
      500,
      expect.stringMatching(/dial tcp 127.0.0.1:\d+: connect: connection refused/),
    ])
    const texts = await talk(`${pod}/exec?command=cat&stdout=true`, 'v5.channel.k8s.io', [])
    expect(texts[3]).toMatch(/error dialing backend: dial tcp 127.0.0.1:\d+: connect: connection refused/)
    expect((await get('nodes'))[0]).toBe(200)
  })

  test('is not looked for where the node is simulated, though it is down', async () => {
    server.cluster.node('node-1').crash()
    const [code] = await get('nodes/node-1/proxy/healthz')
    expect(code).toBe(503)
    expect(kubelet.asked).toEqual([])
  })
})
