import type { Pod } from '../../src/api/core/generated.js'
import { Agent, request } from 'node:https'
import { connect, createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { ClusterOptions } from '../../src/cluster/compose/options.js'
import { hostOf } from '../../src/host/index.js'
import { serve } from '../../src/server/index.js'
import type { ClusterServer, ServeOptions } from '../../src/server/index.js'

interface Answer {
  readonly code: number
  readonly body: string
}

/** A served cluster, and somebody who may do everything. What the server reports fails the test. */
async function served(
  options: ClusterOptions = {},
  serving: ServeOptions = {},
): Promise<{ cluster: SimCluster; server: ClusterServer; ask: Ask }> {
  const cluster = new SimCluster({
    nodes: 1,
    users: [{ name: 'root', token: 'root', groups: ['system:masters'] }],
    ...options,
  })
  const faults: unknown[] = []
  const server = await serve(cluster, {
    time: 'virtual',
    onError: (error) => void faults.push(error),
    ...serving,
  })
  onTestFinished(async () => {
    await server.close()
    expect(faults).toEqual([])
  })
  const keepAlive = new Agent({ keepAlive: true })
  onTestFinished(() => keepAlive.destroy())
  const ask: Ask = (path, { token = 'root', body, method = body === undefined ? 'GET' : 'POST' } = {}) =>
    new Promise((resolve, reject) => {
      const headers = {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
      }
      const call = request(
        `${server.url}${path}`,
        { ca: server.authority, agent: keepAlive, method, headers },
        (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => void (text += chunk.toString()))
          response.once('end', () => resolve({ code: response.statusCode ?? 0, body: text }))
          response.once('error', reject)
        },
      )
      call.once('error', reject)
      call.end(body)
    })
  return { cluster, server, ask }
}

type Ask = (
  path: string,
  options?: { readonly token?: string; readonly method?: string; readonly body?: string },
) => Promise<Answer>

/** What keeps a connection from being made. */
const fault = (ask: Ask): Promise<unknown> =>
  ask('/version').then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  )

test(
  'an apiserver that is stopped refuses connections, and ends those that are open; one that starts is ' +
    'on the same port',
  async () => {
    const { cluster, server, ask } = await served()
    const { port } = server
    expect(await ask('/api/v1/nodes')).toMatchObject({ code: 200 })
    const watch = ask('/api/v1/nodes?watch=true&resourceVersion=0')
    await ask('/api/v1/nodes')
    expect(cluster.apiserver.running).toBe(true)
    cluster.apiserver.stop()
    expect(cluster.apiserver.running).toBe(false)
    expect((await watch).body).toContain('"ADDED"')
    await expect.poll(() => fault(ask)).toBe('ECONNREFUSED')
    cluster.apiserver.start()
    await expect.poll(() => ask('/api/v1/nodes').catch(String)).toMatchObject({ code: 200 })
    expect(server.port).toBe(port)
  },
)

test('a cluster whose apiserver is down is served once it starts', async () => {
  const { cluster, server, ask } = await served({ kubeadm: { init: false }, nodes: 0 })
  expect(server.port).toBeGreaterThan(0)
  expect(await fault(ask)).toBe('ECONNREFUSED')
  await hostOf(cluster, 'master').sh('kubeadm init')
  await expect.poll(() => ask('/version', { token: '' }).catch(String)).toMatchObject({ code: 200 })
})

test('an apiserver that starts shows the certificate that lies there then', async () => {
  const { cluster, ask, server } = await served()
  const before = server.authority
  const master = hostOf(cluster, 'master')
  expect(await master.sh('kubeadm reset -f && kubeadm init')).toMatchObject({ exitCode: 0 })
  await expect.poll(() => ask('/version', { token: '' }).catch(String)).toMatchObject({ code: 200 })
  expect(server.authority).not.toBe(before)
})

test('an apiserver started with other flags does what they say; its etcd is the served one', async () => {
  const { cluster, server, ask } = await served({}, { etcd: {} })
  expect(await ask('/api/v1/nodes', { token: '' })).toMatchObject({ code: 403 })
  const watch = ask('/api/v1/nodes?watch=true&resourceVersion=0')
  await ask('/api/v1/nodes')
  await hostOf(cluster, 'master').sh(
    'sed -i s/Node,RBAC/AlwaysAllow/ /etc/kubernetes/manifests/kube-apiserver.yaml; sleep 10',
  )
  await watch
  await expect.poll(() => ask('/api/v1/nodes', { token: '' }).catch(String)).toMatchObject({ code: 200 })
  expect(server.etcd?.store).toBe(cluster.internals.etcd)
})

test('who speaks plain HTTP is told so, as by Go', async () => {
  const { server, ask } = await served()
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write('GET /api HTTP/1.1\r\nhost: x\r\n\r\n'),
    )
    let text = ''
    socket.on('data', (chunk) => void (text += chunk.toString()))
    socket.once('close', () => resolve(text))
    socket.once('error', reject)
  })
  expect(said).toBe('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')
  expect(await ask('/version')).toMatchObject({ code: 200 })
})

test('an eviction that a budget forbids: virtual time goes on to where it may be tried again', async () => {
  const { cluster, ask } = await served({ nodes: 2 })
  cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, image: nginx }] } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: default }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
`)
  cluster.settle()
  const evict = ({
    metadata: { name = '' },
  }: {
    readonly metadata: { readonly name?: string }
  }): Promise<Answer> =>
    ask(`/api/v1/namespaces/default/pods/${name}/eviction`, {
      body: JSON.stringify({
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace: 'default' },
      }),
    })
  const [first, second] = cluster.list('pods', { labelSelector: 'app=web' }).items as [Pod, Pod]
  expect(await evict(first)).toMatchObject({ code: 201 })
  expect(await evict(second)).toMatchObject({ code: 429 })
  await expect.poll(() => evict(second)).toMatchObject({ code: 201 })
})

test('an apiserver that starts again waits for its port, if somebody else has it for a moment', async () => {
  const { cluster, server, ask } = await served()
  cluster.apiserver.stop()
  const taking = createServer()
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        taking.once('error', reject)
        taking.listen(server.port, '127.0.0.1', resolve)
      }),
  )
  cluster.apiserver.start()
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect(server.listening).toBe(false)
  await new Promise((resolve) => taking.close(resolve))
  await vi.waitFor(() => expect(server.listening).toBe(true))
  expect((await ask('/readyz')).code).toBe(200)
})
