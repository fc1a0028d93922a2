import { describe, expect, test } from 'vitest'
import { encodeProtobuf } from '../../../src/api/protobuf/protobuf.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const configMap = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { a: '1' },
})
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const post = (body: object): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

async function* lines(
  response: Response,
): AsyncGenerator<{ type: string; object: { metadata: { name: string } } }> {
  let text = ''
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk)
    const all = text.split('\n')
    text = all.pop() as string
    for (const line of all) yield JSON.parse(line)
  }
}

describe('cluster.http.fetch', () => {
  test('answers as the administrator, as someone else, and as whom the header names', async () => {
    const cluster = new SimCluster({ nodes: 1 })
    const listed = await cluster.http.fetch(new Request('https://anything/api/v1/nodes'))
    expect([listed.status, listed.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(((await listed.json()) as { items: unknown[] }).items).toHaveLength(1)
    const users: string[] = []
    cluster.internals.bus.on('request', ({ user }) => void users.push(user.name))
    await cluster.http.fetch('/api/v1/nodes', { as: { user: 'jane' } })
    const unknown = await cluster.http.fetch('/api/v1/nodes', { headers: { authorization: 'Bearer nobody' } })
    expect(users[0]).toBe('jane')
    expect(unknown.status).toBe(401)
  })

  test('reads JSON and protobuf bodies; warnings and errors are answers', async () => {
    const cluster = new SimCluster()
    expect((await cluster.http.fetch(CONFIG_MAPS, post(configMap('a')))).status).toBe(201)
    const body = encodeProtobuf(configMap('b')) as Uint8Array<ArrayBuffer>
    const made = await cluster.http.fetch(CONFIG_MAPS, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
    })
    expect([made.status, ((await made.json()) as { data: object }).data]).toEqual([201, { a: '1' }])
    const warned = await cluster.http.fetch(CONFIG_MAPS, post({ ...configMap('c'), x: 1 }))
    expect(warned.headers.get('warning')).toBe('299 - "unknown field \\"x\\""')
    expect((await cluster.http.fetch(CONFIG_MAPS, post(configMap('a')))).status).toBe(409)
    const head = await cluster.http.fetch(CONFIG_MAPS, { method: 'HEAD' })
    expect(await head.text()).toBe('')
  })

  test('a watch flows while time is moved elsewhere, ends at its timeout, and with the signal', async () => {
    const cluster = new SimCluster({ nodes: 1 })
    const abort = new AbortController()
    const watch = await cluster.http.fetch(`${CONFIG_MAPS}?watch=1`, { signal: abort.signal })
    const events = lines(watch)
    const first = events.next()
    cluster.create('configmaps', { metadata: { name: 'seen', namespace: 'default' } })
    cluster.settle()
    expect((await first).value?.object.metadata.name).toMatch(/kube-root-ca.crt|seen/)
    abort.abort(new Error('enough'))
    await expect(
      (async (): Promise<void> => {
        for await (const _ of events) {
          /* until it fails */
        }
      })(),
    ).rejects.toThrow('enough')

    const timed = await cluster.http.fetch('/api/v1/nodes?watch=1&timeoutSeconds=30')
    const names: string[] = []
    const read = (async (): Promise<void> => {
      for await (const { type } of lines(timed)) names.push(type)
    })()
    await new Promise((resolve) => setTimeout(resolve, 1))
    cluster.advance('1m')
    await read
    expect(names[0]).toBe('ADDED')
  })

  test('an apiserver that is down refuses the connection; an aborted request rejects', async () => {
    const cluster = new SimCluster()
    await expect(cluster.http.fetch('/version', { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    cluster.apiserver.stop()
    await expect(cluster.http.fetch('/version')).rejects.toThrow('fetch failed')
  })
})
