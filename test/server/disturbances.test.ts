/** What a test in any language does to a client, by requests to `/simcluster/`. */
import { request, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import type { ClusterServer } from '../../src/server/index.js'

const cluster = new SimCluster({ nodes: 0 })
let server: ClusterServer
beforeAll(async () => void (server = await serve(cluster, { time: 'virtual' })))
afterAll(() => server.close())

const MAPS = '/api/v1/namespaces/default/configmaps'

/** A user with a kubeconfig. */
class User {
  readonly #at: ClusterServer
  readonly #tls: RequestOptions
  readonly #agent: string

  constructor(user: string, agent = 'test', groups: readonly string[] = ['system:masters'], at = server) {
    this.#at = at
    const text = at.kubeconfig({ user, groups })
    const pem = (name: string): Buffer =>
      Buffer.from(new RegExp(`${name}: "?([^"\\s]+)`).exec(text)?.[1] ?? '', 'base64')
    this.#tls = { ca: at.authority, cert: pem('client-certificate-data'), key: pem('client-key-data') }
    this.#agent = agent
  }

  open(method: string, path: string, body?: object): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'user-agent': this.#agent }
      const options = { ...this.#tls, method, headers, agent: false }
      const sent = request(`${this.#at.url}${path}`, options, resolve)
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async ask(method: string, path: string, body?: object): Promise<{ code: number; json: Json }> {
    const response = await this.open(method, path, body)
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return { code: response.statusCode ?? 0, json: JSON.parse(text) as Json }
  }

  /** Watches ConfigMaps. Returns what has come so far. */
  async watch(query: string): Promise<string[]> {
    const said: string[] = []
    const response = await this.open('GET', `${MAPS}?watch=true&${query}`)
    response.on('data', (chunk: Buffer) => said.push(...chunk.toString().trim().split('\n').map(eventText)))
    response.on('end', () => said.push('end'))
    return said
  }
}

interface Json {
  readonly items?: readonly { readonly metadata: { readonly name: string } }[]
  readonly metadata?: { readonly resourceVersion?: string }
  readonly message?: string
  readonly time?: string
}

function eventText(line: string): string {
  const { type, object } = JSON.parse(line) as {
    readonly type: string
    readonly object: { readonly code?: number; readonly metadata: { readonly name?: string } }
  }
  return `${type} ${object.metadata.name ?? object.code ?? ''}`
}

const admin = (): User => new User('kubernetes-admin')
const create = (name: string): unknown => cluster.create('configmaps', { metadata: { name } })
const own = ({ items = [] }: Json): readonly string[] =>
  items.map(({ metadata }) => metadata.name).filter((name) => !name.startsWith('kube-'))
const revision = (): string => cluster.list('configmaps').metadata.resourceVersion ?? ''
const control = (words: string): Promise<{ code: number; json: Json }> =>
  admin().ask(words.startsWith('quiet') ? 'GET' : 'POST', `/simcluster/${words}`)

test('events are held for one client, and arrive when it is released', async () => {
  const [held, free] = await Promise.all(
    ['gadgets', 'others'].map((name) => new User(name).watch(`resourceVersion=${revision()}`)),
  )
  await control('hold?client=gadgets')
  create('one')
  await expect.poll(() => free).toEqual(['ADDED one'])
  const late = await new User('gadgets').watch(`resourceVersion=${revision()}`)
  create('two')
  await expect.poll(() => free).toEqual(['ADDED one', 'ADDED two'])
  expect(held).toEqual([])
  await control('release?client=gadgets')
  await expect.poll(() => held).toEqual(['ADDED one', 'ADDED two'])
  await expect.poll(() => late).toEqual(['ADDED two'])
})

test('a client lists an old revision again until it is released', async () => {
  const gadgets = new User('gadgets')
  const old = revision()
  const said = await gadgets.watch(`resourceVersion=${old}`)
  create('three')
  await expect.poll(() => said).toEqual(['ADDED three'])
  await control(`relist?client=gadgets&revision=${old}`)
  await expect.poll(() => said).toEqual(['ADDED three', 'ERROR 410', 'end'])
  const { json } = await gadgets.ask('GET', MAPS)
  expect(json.metadata?.resourceVersion).toBe(old)
  expect(own(json)).toEqual(['one', 'two'])
  const streaming = `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`
  expect((await gadgets.ask('GET', streaming)).code).toBe(422)
  expect(own((await admin().ask('GET', MAPS)).json)).toEqual(['one', 'three', 'two'])
  const stale = await gadgets.watch(`resourceVersion=${old}`)
  await control('quiet?client=gadgets&ms=20')
  expect(stale).toEqual([])
  await control('release?client=gadgets')
  await expect.poll(() => stale).toEqual(['ADDED three'])
  expect(own((await gadgets.ask('GET', MAPS)).json)).toEqual(['one', 'three', 'two'])
})

test('a write is executed and its response lost, once, by verb and resource', async () => {
  const gadgets = new User('somebody', 'gadgets/v1 (linux)')
  await control('lose?client=gadgets/&verb=create&resource=configmaps')
  expect((await gadgets.ask('DELETE', `${MAPS}/three`)).code).toBe(200)
  await expect(gadgets.ask('POST', MAPS, { metadata: { name: 'lost' } })).rejects.toThrow('socket hang up')
  expect(cluster.get('configmaps', 'lost').metadata.name).toBe('lost')
  expect((await gadgets.ask('POST', MAPS, { metadata: { name: 'kept' } })).code).toBe(201)
})

test('quiet waits until a client has neither sent nor received anything for a while', async () => {
  const gadgets = new User('gadgets')
  const events = await gadgets.watch(`resourceVersion=${revision()}`)
  let isQuiet = false
  const quiet = control('quiet?client=gadgets&ms=500').then((result) => {
    isQuiet = true
    return result
  })
  for (let nth = 0; nth < 6; nth++) {
    await gadgets.ask('GET', `${MAPS}/one`)
    create(`event-${nth}`)
    await expect.poll(() => events.length, { interval: 5 }).toBe(nth + 1)
    expect(isQuiet).toBe(false)
  }
  expect((await quiet).json.time).toMatch(/^2026-/)
})

test.each([
  ['hold', 'client is missing: write ?client= and a user name or a User-Agent'],
  ['relist?client=gadgets&revision=x', 'revision=x: write a whole number'],
  ['quiet?client=gadgets&ms=soon', 'ms=soon: write a whole number'],
  // a timer of 2^31 ms and more is due at once, again and again
  ['quiet?client=gadgets&ms=2147483648', 'ms=2147483648: write 3600000 at most'],
  ['quiet?client=gadgets&ms=999999999999999', 'ms=999999999999999: write 3600000 at most'],
])('%s is refused', async (words, message) => {
  expect(await control(words)).toEqual({ code: 400, json: { message } })
})

test('a wait for the longest quiet keeps nobody busy, and ends with the server', async () => {
  const other = await serve(new SimCluster({ nodes: 0 }), { time: 'virtual' })
  const admin = new User('admin', 'test', ['system:masters'], other)
  const waiting = admin.ask('GET', '/simcluster/quiet?client=gadgets&ms=3600000').then(
    ({ code }) => code,
    () => 0,
  )
  // the request has come when the next one is responded to
  await admin.ask('GET', `${MAPS}`)
  const before = process.cpuUsage()
  await sleep(300)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(200)
  await other.close()
  await waiting
})

test('who may not use the path may not disturb', async () => {
  const jane = new User('jane', 'test', [])
  expect((await jane.ask('POST', '/simcluster/hold?client=gadgets')).code).toBe(403)
})
