import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import type { ClusterServer } from '../../src/server/index.js'
import { FakeAgents } from './fake-agents.js'

/** A served pod `box`, and whoever may do everything. */
async function served(agents: FakeAgents = new FakeAgents()): Promise<{ server: ClusterServer; open: Open }> {
  const cluster = new SimCluster({ nodes: 1, nodeAgents: agents })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box', namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'x' }] },
    },
  ])
  cluster.settle()
  const server = await serve(cluster, { time: 'virtual' })
  const { certificate, key } = cluster.pki.clientCertificate(
    { commonName: 'root', organizations: ['system:masters'] },
    { notBefore: cluster.now() },
  )
  const open: Open = (path, protocols) =>
    new WebSocket(
      `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/box/${path}`,
      [...protocols],
      { ca: server.authority, cert: certificate, key },
    )
  return { server, open }
}

type Open = (path: string, protocols: readonly string[]) => WebSocket

/** All messages until the connection ends, by channel. */
function collect(client: WebSocket, isText = false): Promise<Readonly<Record<number, string>>> {
  return new Promise((resolve, reject) => {
    const channels: Record<number, string> = {}
    client.on('message', (raw) => {
      const bytes = raw as Buffer
      const channel = isText ? Number(bytes.toString('latin1', 0, 1)) : (bytes[0] as number)
      const data = isText ? Buffer.from(bytes.toString('latin1', 1), 'base64') : bytes.subarray(1)
      channels[channel] = (channels[channel] ?? '') + data.toString('latin1')
    })
    client.once('close', () => resolve(channels))
    client.once('error', reject)
  })
}

test('the older protocols: v4, base64, the first one', async () => {
  const { server, open } = await served()
  await using _ = server
  const path = 'exec?command=fail&command=2&stdout=true&stderr=true'
  const four = open(path, ['v4.channel.k8s.io'])
  const said = await collect(four)
  expect(four.protocol).toBe('v4.channel.k8s.io')
  expect(said[2]).toBe('bad\n')
  expect(JSON.parse(said[3] ?? '')).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '2' }] },
  })
  expect(
    (await collect(open('exec?command=echo&command=hi&stdout=true', ['base64.channel.k8s.io']), true))[1],
  ).toBe('hi\n')
  expect((await collect(open('exec?command=echo&command=hi&stdout=true', [])))[1]).toBe('hi\n')
  await expect(collect(open(path, ['v9.channel.k8s.io']))).rejects.toThrow('Unexpected server response: 400')
})

test('stdin as text, half-close, resize', async () => {
  const { server, open } = await served()
  await using _ = server
  const cat = open('exec?command=cat&stdin=true&stdout=true', ['v5.channel.k8s.io', 'v4.channel.k8s.io'])
  cat.once('open', () => {
    cat.send('\0abc')
    cat.send(Buffer.from('\0def'))
    cat.send(Buffer.of(255, 0))
  })
  expect(await collect(cat)).toEqual({ 1: 'abcdef', 3: '{"metadata":{},"status":"Success"}' })
  const size = open('exec?command=size&stdin=true&stdout=true&tty=true', ['v5.channel.k8s.io'])
  size.once('open', () => size.send(Buffer.from('\x04{"Width":80,"Height":24}\n')))
  expect((await collect(size))[1]).toBe('80x24\n')
})

test('port-forward by plain channels: each opens with its port', async () => {
  const { server, open } = await served()
  await using _ = server
  const forward = open('portforward?ports=80&ports=81', ['v4.channel.k8s.io'])
  forward.once('open', () => forward.send(Buffer.from('\0GET /x HTTP/1.1\r\n\r\n')))
  const said = await collect(forward)
  expect(said[0]?.slice(0, 2)).toBe('P\0')
  expect(said[0]).toContain('port 80: GET /x HTTP/1.1')
  expect(said[1]).toBe('P\0')
  expect(said[3]).toMatch(/^Q\0failed to connect to localhost:81/)
})

test("a client that leaves stops the container's session", async () => {
  const agents = new FakeAgents()
  const { server, open } = await served(agents)
  await using _ = server
  const cat = open('exec?command=cat&stdin=true&stdout=true', ['v5.channel.k8s.io'])
  await new Promise((resolve) => cat.once('message', resolve))
  cat.terminate()
  await expect.poll(() => agents.sessions[0]?.isStopped).toBe(true)
})
