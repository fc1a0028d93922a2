import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import type { ClusterServer } from '../../src/server/index.js'
import { FakeAgents } from './fake-agents.js'

/** A served pod `box`, and whoever may do everything. */
async function served(agents: FakeAgents = new FakeAgents()): Promise<Served> {
  return servedPod(new SimCluster({ nodes: 1, extensions: { nodeAgents: agents } }), { image: 'x' })
}

interface Served {
  readonly cluster: SimCluster
  readonly server: ClusterServer
  readonly open: Open
}

async function servedPod(
  cluster: SimCluster,
  container: { readonly image: string; readonly command?: readonly string[] },
): Promise<Served> {
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box', namespace: 'default' },
      spec: { restartPolicy: 'Never', containers: [{ ...container, name: 'main' }] },
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
      `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods${path}`,
      [...protocols],
      { ca: server.authority, cert: certificate, key },
    )
  return { cluster, server, open }
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
  const path = '/box/exec?command=fail&command=2&stdout=true&stderr=true'
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
    (
      await collect(open('/box/exec?command=echo&command=hi&stdout=true', ['base64.channel.k8s.io']), true)
    )[1],
  ).toBe('hi\n')
  expect((await collect(open('/box/exec?command=echo&command=hi&stdout=true', [])))[1]).toBe('hi\n')
  await expect(collect(open(path, ['v9.channel.k8s.io']))).rejects.toThrow('Unexpected server response: 400')
})

test('stdin as text, half-close, resize', async () => {
  const { server, open } = await served()
  await using _ = server
  const cat = open('/box/exec?command=cat&stdin=true&stdout=true', ['v5.channel.k8s.io', 'v4.channel.k8s.io'])
  cat.once('open', () => {
    cat.send('\0abc')
    cat.send(Buffer.from('\0def'))
    cat.send(Buffer.of(255, 0))
  })
  expect(await collect(cat)).toEqual({ 1: 'abcdef', 3: '{"metadata":{},"status":"Success"}' })
  const size = open('/box/exec?command=size&stdin=true&stdout=true&tty=true', ['v5.channel.k8s.io'])
  size.once('open', () => size.send(Buffer.from('\x04{"Width":80,"Height":24}\n')))
  expect((await collect(size))[1]).toBe('80x24\n')
})

test('port-forward by plain channels: each opens with its port', async () => {
  const { server, open } = await served()
  await using _ = server
  const forward = open('/box/portforward?ports=80&ports=81', ['v4.channel.k8s.io'])
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
  const cat = open('/box/exec?command=cat&stdin=true&stdout=true', ['v5.channel.k8s.io'])
  await new Promise((resolve) => cat.once('message', resolve))
  cat.terminate()
  await expect.poll(() => agents.sessions[0]?.isStopped).toBe(true)
})

/** All messages of a client until the connection ends. */
function messages(client: WebSocket): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const all: string[] = []
    client.on('message', (raw) => all.push((raw as Buffer).toString()))
    client.once('close', () => resolve(all))
    client.once('error', reject)
  })
}

test('logs come as messages: bytes, or base64', async () => {
  const command = ['sh', '-c', 'echo alive; sleep 3600; echo done']
  const { cluster, server, open } = await servedPod(new SimCluster({ nodes: 1 }), {
    image: 'busybox',
    command,
  })
  await using _ = server
  expect((await messages(open('/box/log', ['binary.k8s.io']))).join('')).toBe('alive\n')
  expect((await messages(open('/box/log', []))).join('')).toBe('alive\n')
  const encoded = await messages(open('/box/log', ['base64.binary.k8s.io']))
  expect(encoded.map((text) => atob(text)).join('')).toBe('alive\n')
  const followed = open('/box/log?follow=true', ['binary.k8s.io'])
  const all = messages(followed)
  await new Promise((resolve) => followed.once('message', resolve))
  cluster.advance('61m')
  expect((await all).join('')).toBe('alive\ndone\n')
  await expect(messages(open('/box/log', ['v9']))).rejects.toThrow('Unexpected server response: 400')
  await expect(messages(open('/box/log?tailLines=-1', []))).rejects.toThrow('response: 422')
})

test('each event of a watch is a message', async () => {
  const { cluster, server, open } = await served()
  await using _ = server
  const watch = open('?watch=true', [])
  const all = messages(watch)
  await new Promise((resolve) => watch.once('message', resolve))
  cluster.kubectl('label pod box a=b')
  cluster.kubectl('label pod box c=d')
  await new Promise((resolve) => watch.once('message', resolve))
  watch.close()
  const events = (await all).map((text) => JSON.parse(text) as { readonly type: string })
  expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['ADDED', 'MODIFIED'])
})
