import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve, type ClusterServer } from 'simcluster/server'
import { auditBackends, type AuditBackends } from '../../src/cli/envtest/audit-backends.js'

interface EventList {
  readonly kind: string
  readonly apiVersion: string
  readonly items: readonly { readonly stage: string; readonly requestURI: string; readonly level: string }[]
}

const folder = mkdtempSync(join(tmpdir(), 'simcluster-audit-'))
const [policy, kubeconfig] = [join(folder, 'policy.yaml'), join(folder, 'webhook.yaml')]
const lists: EventList[] = []
const notes: string[] = []
/** Codes of the next responses; 200 afterwards. */
let codes: number[] = []
let hook: Server
let cluster: SimCluster
const servers: ClusterServer[] = []

beforeAll(async () => {
  hook = createServer((incoming, response) => {
    let text = ''
    incoming.on('data', (part: Buffer) => (text += part.toString()))
    incoming.on('end', () => {
      response.statusCode = codes.shift() ?? 200
      if (response.statusCode === 200) lists.push(JSON.parse(text) as EventList)
      response.end()
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  writeFileSync(
    policy,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n' +
      '- {level: None, nonResourceURLs: [/readyz]}\n- {level: Metadata, users: [jane]}\n',
  )
  writeFileSync(
    kubeconfig,
    `clusters: [{name: c, cluster: {server: "http://127.0.0.1:${(hook.address() as AddressInfo).port}"}}]\n` +
      'contexts: [{name: x, context: {cluster: c, user: ""}}]\ncurrent-context: x\n',
  )
  const users = [{ name: 'jane', token: 'jane', groups: ['system:masters'] }]
  const without = ['kube-controller-manager', 'kube-scheduler', 'simulated-storage'] as const
  cluster = new SimCluster({ nodes: 0, time: { start: Date.now() }, users, disable: without })
})

afterAll(async () => {
  for (const server of servers) await server.close()
  hook.close()
  rmSync(folder, { recursive: true })
})

beforeEach(() => {
  lists.length = 0
  notes.length = 0
})

function backends(more: Readonly<Record<string, string>>): AuditBackends {
  const flags = { 'audit-policy-file': policy, 'audit-webhook-config-file': kubeconfig, ...more }
  const given = new Map(Object.entries(flags).map(([name, value]) => [name, [value]]))
  return auditBackends(given, (line) => void notes.push(line))
}

async function served(made: AuditBackends): Promise<ClusterServer> {
  const server = await serve(cluster, { audited: made.audited })
  servers.push(server)
  return server
}

function get({ url, authority }: ClusterServer, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization: 'Bearer jane' }, ca: authority, agent: false }
    const sent = request(`${url}${path}`, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const sentURIs = (): readonly (readonly string[])[] =>
  lists.map(({ items }) => items.map(({ requestURI }) => requestURI))

test('batches are posted when they are full, and what is left at the end', async () => {
  const made = backends({ 'audit-webhook-batch-max-size': '2', 'audit-webhook-batch-max-wait': '1h' })
  const other = cluster.fork()
  made.follow(other)
  for (const path of ['/version', '/readyz', '/api/v1/pods', '/api/v1/nodes'])
    other.http.handle({ method: 'GET', path, user: { name: 'jane', groups: ['system:masters'] } })
  await made.close()
  expect(sentURIs()).toEqual([['/version', '/api/v1/pods'], ['/api/v1/nodes']])
  expect(lists[0]).toMatchObject({
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    items: [{ level: 'Metadata', stage: 'ResponseComplete' }, {}],
  })
  expect(made.audited()).toBeUndefined()
})

test('batches wait for more only so long', async () => {
  const made = backends({ 'audit-webhook-batch-max-wait': '20ms' })
  const other = cluster.fork()
  made.follow(other)
  other.http.handle({ method: 'GET', path: '/version', user: { name: 'jane' } })
  for (let tries = 0; tries < 200 && lists.length === 0; tries++) await sleep(10)
  expect(sentURIs()).toEqual([['/version']])
})

test('in the mode blocking a response waits for its event, which is posted until it succeeds', async () => {
  const made = backends({ 'audit-webhook-mode': 'blocking', 'audit-webhook-initial-backoff': '5ms' })
  const server = await served(made)
  made.follow(cluster)
  codes = [503, 500]
  expect(await get(server, '/api/v1/namespaces/default/pods')).toBe(200)
  expect(sentURIs()).toEqual([['/api/v1/namespaces/default/pods']])
  codes = [503, 503, 503, 503, 503]
  expect(await get(server, '/version')).toBe(200)
  expect(notes).toEqual([
    "Error in audit plugin 'webhook' affecting 1 audit events: Error: webhook responded with 503\n",
  ])
})

test('without a policy it gets nothing; an unknown mode is refused', () => {
  backends({ 'audit-policy-file': '' })
  expect(notes).toEqual([
    'simcluster kube-apiserver: --audit-webhook-config-file has no effect without --audit-policy-file\n',
  ])
  expect(() => backends({ 'audit-webhook-mode': 'fast' })).toThrow('invalid audit webhook mode fast')
})
