import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { authorizationWebhook } from '../../src/cli/envtest/authorization-webhook.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve, type ClusterServer } from '../../src/server/index.js'
import { OutsideCalls } from '../../src/server/webhooks/outside-calls.js'

interface Review {
  readonly apiVersion: string
  readonly spec: {
    readonly user: string
    readonly group?: readonly string[]
    readonly resourceAttributes?: { readonly verb: string; readonly resource: string }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'simcluster-authorization-'))
const asked: Review[] = []
const tokens: (string | undefined)[] = []
let status: object | undefined
let hook: Server
let server: ClusterServer

beforeAll(async () => {
  hook = createServer((incoming, response) => {
    let text = ''
    incoming.on('data', (part: Buffer) => (text += part.toString()))
    incoming.on('end', () => {
      asked.push(JSON.parse(text) as Review)
      tokens.push(incoming.headers.authorization)
      response.statusCode = status === undefined ? 503 : 200
      response.end(JSON.stringify({ status }))
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  const path = join(folder, 'webhook.yaml')
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/authorize`
  writeFileSync(
    path,
    `clusters: [{name: c, cluster: {server: "${url}"}}]\nusers: [{name: u, user: {token: secret}}]\n` +
      'contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n',
  )
  const flags = new Map([
    ['authorization-webhook-config-file', [path]],
    ['authorization-webhook-cache-unauthorized-ttl', ['0s']],
  ])
  const webhook = authorizationWebhook(flags)
  const users = [
    { name: 'jane', token: 'jane', groups: ['devs'] },
    { name: 'root', token: 'root', groups: ['system:masters'] },
  ]
  const without = ['kube-controller-manager', 'kube-scheduler', 'simulated-storage'] as const
  const authorization = [webhook]
  const cluster = new SimCluster({
    nodes: 0,
    time: { start: Date.now() },
    access: { authorization },
    users,
    disable: without,
  })
  webhook.attach(OutsideCalls.of(cluster))
  server = await serve(cluster)
})

afterAll(async () => {
  await server.close()
  hook.close()
  rmSync(folder, { recursive: true })
})

beforeEach(() => {
  asked.length = 0
})

function get(path: string, token = 'jane'): Promise<{ readonly code: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization: `Bearer ${token}` }, ca: server.authority, agent: false }
    const sent = request(`${server.url}${path}`, options, (response) => {
      let body = ''
      response.on('data', (part: Buffer) => (body += part.toString()))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('a request waits for the webhook, whose answer is kept', async () => {
  status = { allowed: true }
  const path = '/api/v1/namespaces/default/pods'
  expect([(await get(path)).code, (await get(path)).code]).toEqual([200, 200])
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatchObject({
    apiVersion: 'authorization.k8s.io/v1beta1',
    spec: { user: 'jane', group: ['devs', 'system:authenticated'], resourceAttributes: { verb: 'list' } },
  })
  expect(tokens.at(-1)).toBe('Bearer secret')
})

test('what it does not allow is forbidden, with its reason', async () => {
  status = { allowed: false, reason: 'not on Sundays' }
  const { code, body } = await get('/api/v1/namespaces/default/secrets')
  expect([code, body]).toEqual([403, expect.stringContaining('not on Sundays')])
  expect((await get('/version2')).code).toBe(403)
})

test('a failed call has no opinion, and system:masters needs none', async () => {
  status = undefined
  const { code, body } = await get('/api/v1/namespaces/default/services')
  expect([code, body]).toEqual([500, expect.stringContaining('webhook responded with 503')])
  asked.length = 0
  expect((await get('/api/v1/nodes', 'root')).code).toBe(200)
  expect(asked).toEqual([])
})

test('flags that are missing or wrong are refused', () => {
  expect(() => authorizationWebhook(new Map())).toThrow('authorization config file not passed')
})
