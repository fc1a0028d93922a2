import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import type { ClusterServer } from '../../src/server/index.js'
import { has, needs } from '../e2e/harness.js'

interface Review {
  readonly kind: string
  readonly apiVersion: string
  readonly request: {
    readonly uid: string
    readonly desiredAPIVersion?: string
    readonly objects?: readonly Record<string, unknown>[]
    readonly object?: {
      readonly metadata: { readonly name?: string; readonly labels?: Record<string, string> }
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'simcluster-webhooks-'))
const ADMIN = 'root'
let cluster: SimCluster
let server: ClusterServer
let hooks: Server | undefined
let url = ''
let caBundle = ''
const asked: string[] = []
/** What the webhook returns, by path. */
const behaviour = new Map<string, (review: Review) => object | Promise<object>>()

function ask(method: string, path: string, body?: object): Promise<{ code: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${ADMIN}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    }
    const sent = request(
      `${server.url}${path}`,
      { method, headers, ca: server.authority, agent: false },
      (response) => {
        let text = ''
        response.on('data', (part: Buffer) => (text += part.toString()))
        response.on('end', () => resolve({ code: response.statusCode ?? 0, body: text }))
      },
    )
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const allow = ({ request: { uid } }: Review, more: object = {}): object => ({ uid, allowed: true, ...more })

function configuration(kind: 'Mutating' | 'Validating', path: string, more: object = {}): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: path.slice(1) },
    webhooks: [
      {
        name: `${path.slice(1)}.example.com`,
        clientConfig: { url: `${url}${path}`, caBundle },
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['configmaps'],
          },
        ],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...more,
      },
    ],
  }
}

beforeAll(async () => {
  if (!has('openssl')) return // each test says so
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const words = ['req', '-x509', ...ec, '-keyout', 'key', '-out', 'crt', '-subj', '/CN=webhook']
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  execFileSync('openssl', [...words, ...names], { cwd: folder, stdio: 'ignore' })
  const [key, cert] = ['key', 'crt'].map((name) => readFileSync(join(folder, name), 'utf8'))
  const listening = createServer({ key, cert }, (asking, response) => {
    let text = ''
    asking.on('data', (part: Buffer) => (text += part.toString()))
    asking.on('end', () => {
      const { pathname } = new URL(asking.url ?? '/', 'https://webhook')
      const review = JSON.parse(text) as Review
      asked.push(`${pathname} ${review.request.object?.metadata.name ?? ''}`)
      void Promise.resolve(behaviour.get(pathname)?.(review) ?? allow(review)).then((received) =>
        response.end(
          JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: received }),
        ),
      )
    })
  })
  await new Promise<void>((resolve) => void listening.listen(0, '127.0.0.1', resolve))
  hooks = listening
  url = `https://127.0.0.1:${(listening.address() as AddressInfo).port}`
  caBundle = Buffer.from(cert ?? '').toString('base64')
})
afterAll(async () => {
  hooks?.closeAllConnections()
  await new Promise((resolve) => hooks?.close(resolve) ?? resolve(undefined))
  rmSync(folder, { recursive: true })
})
beforeEach(async (context) => {
  needs(context, 'openssl')
  asked.length = 0
  behaviour.clear()
  const users = [{ name: 'root', token: ADMIN, groups: ['system:masters'] }]
  cluster = new SimCluster({ nodes: 0, users, time: { start: Date.now() } })
  server = await serve(cluster)
  context.onTestFinished(() => server.close())
})

function install(...objects: readonly object[]): void {
  for (const object of objects) cluster.apply(JSON.stringify(object))
}

const MAPS = '/api/v1/namespaces/default/configmaps'
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

test('a webhook on this machine changes and refuses what clients write', async () => {
  const patch = [{ op: 'add', path: '/data', value: { seen: 'yes' } }]
  const more = { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
  behaviour.set('/mutate', (review) => allow(review, more))
  behaviour.set('/judge', ({ request: { uid, object } }) =>
    object?.metadata.name === 'bad'
      ? { uid, allowed: false, status: { message: 'no' } }
      : { uid, allowed: true },
  )
  install(configuration('Mutating', '/mutate'), configuration('Validating', '/judge'))
  const { code, body } = await ask('POST', MAPS, { metadata: { name: 'good' } })
  expect(code).toBe(201)
  expect(JSON.parse(body)).toMatchObject({ data: { seen: 'yes' } })
  const refused = await ask('POST', MAPS, { metadata: { name: 'bad' } })
  expect(refused.body).toContain('admission webhook \\"judge.example.com\\" denied the request: no')
  expect(asked).toEqual(['/mutate good', '/judge good', '/mutate bad', '/judge bad'])
})

test('a generated name, which each attempt draws anew, is asked about once', async () => {
  install(configuration('Validating', '/judge'))
  const { code } = await ask('POST', MAPS, { metadata: { generateName: 'drawn-' } })
  expect(code).toBe(201)
  expect(asked).toHaveLength(1)
})

test('a webhook can ask the apiserver while it is being asked', async () => {
  behaviour.set('/judge', async (review) => {
    const { code } = await ask('GET', '/api/v1/namespaces/default')
    return allow(review, { allowed: code === 200 })
  })
  install(configuration('Validating', '/judge'))
  expect((await ask('POST', MAPS, { metadata: { name: 'asked' } })).code).toBe(201)
})

test('a change by somebody else meanwhile is asked about, too', async () => {
  await ask('POST', MAPS, { metadata: { name: 'shared' } })
  behaviour.set('/judge', (review) => {
    if (asked.length === 1) cluster.kubectl('label configmap shared by=another')
    return allow(review)
  })
  const only = { matchConditions: [{ name: 'clients', expression: "request.userInfo.username == 'root'" }] }
  install(configuration('Validating', '/judge', only))
  const { code, body } = await ask('PATCH', `${MAPS}/shared`, { data: { mine: 'yes' } })
  expect(code).toBe(200)
  expect(JSON.parse(body)).toMatchObject({ metadata: { labels: { by: 'another' } }, data: { mine: 'yes' } })
  expect(asked).toEqual(['/judge shared', '/judge shared'])
})

test('a webhook that does not answer, or is not trusted, fails in the words of Go', async () => {
  install(
    configuration('Validating', '/judge', { clientConfig: { url: 'https://127.0.0.1:1/judge', caBundle } }),
  )
  const refused = await ask('POST', MAPS, { metadata: { name: 'a' } })
  expect(refused.code).toBe(500)
  expect(refused.body).toContain('dial tcp 127.0.0.1:1: connect: connection refused')
  const foreign = Buffer.from(server.authority).toString('base64')
  install(configuration('Validating', '/judge', { clientConfig: { url: `${url}/judge`, caBundle: foreign } }))
  const untrusted = await ask('POST', MAPS, { metadata: { name: 'a' } })
  expect(untrusted.body).toContain('x509: certificate signed by unknown authority')
})

test('what a controller writes is asked about when it tries again', async () => {
  cluster.addNode({ name: 'node-1' })
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }]
  install(configuration('Validating', '/judge', { rules }))
  const containers = [{ name: 'web', image: 'nginx' }]
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } }
  const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template }
  await ask('POST', '/apis/apps/v1/namespaces/default/replicasets', { metadata: { name: 'web' }, spec })
  await expect.poll(() => cluster.list('pods').items.length, { timeout: 20_000 }).toBe(1)
  expect(asked).toHaveLength(1)
})

test('a conversion webhook on this machine converts what clients read, list and watch', async () => {
  behaviour.set('/convert', ({ request: { uid, desiredAPIVersion, objects = [] } }) => ({
    uid,
    result: { status: 'Success' },
    convertedObjects: objects.map((object) => ({ ...object, apiVersion: desiredAPIVersion })),
  }))
  const version = (name: string): object => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object' } },
  })
  install({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [version('v1'), version('v2')],
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: { url: `${url}/convert`, caBundle }, conversionReviewVersions: ['v1'] },
      },
    },
  })
  cluster.settle()
  const widgets = '/apis/example.com/v2/namespaces/default/widgets'
  const seen = new Promise<string>((resolve, reject) => {
    const headers = { authorization: `Bearer ${ADMIN}` }
    const sent = request(`${server.url}${widgets}?watch=1`, { headers, ca: server.authority }, (response) => {
      response.once('data', (part: Buffer) => {
        resolve(part.toString())
        sent.destroy()
      })
    })
    sent.on('error', reject)
    sent.end()
  })
  const widget = { apiVersion: 'example.com/v2', kind: 'Widget', metadata: { name: 'one' } }
  expect((await ask('POST', widgets, widget)).code).toBe(201)
  expect(JSON.parse(await seen)).toMatchObject({ type: 'ADDED', object: { apiVersion: 'example.com/v2' } })
  expect(JSON.parse((await ask('GET', widgets)).body)).toMatchObject({
    items: [{ apiVersion: 'example.com/v2' }],
  })
})

test.each([
  ['a port beyond 65535', 'https://127.0.0.1:70000/judge', 'dial tcp: address 70000: invalid port'],
  ['a port of 30 digits', `https://127.0.0.1:${'9'.repeat(30)}/judge`, 'invalid port'],
  ['a space in the path', 'https://127.0.0.1:1/judge me', 'connection refused'],
  ['Hangul in the path', 'https://127.0.0.1:1/판단', 'connection refused'],
  ['half a surrogate in the path', 'https://127.0.0.1:1/\uD800', 'connection refused'],
  ['a time in the path', 'https://127.0.0.1:1/judge&timeout=99999999999s', 'connection refused'],
  [
    'a bundle that is no certificate',
    'https://127.0.0.1:1/judge',
    'connection refused',
    'bm90IGEgY2VydGlmaWNhdGU=',
  ],
])(
  '%s in the URL of a webhook fails the call, and the server goes on',
  async (_, target, why, bundle = caBundle) => {
    const clientConfig = { url: target, caBundle: bundle }
    expect((await ask('POST', WEBHOOKS, configuration('Validating', '/judge', { clientConfig }))).code).toBe(
      201,
    )
    const { code, body } = await ask('POST', MAPS, { metadata: { name: 'a' } })
    expect({ code, body }).toMatchObject({
      code: 500,
      body: expect.stringContaining('failed calling webhook'),
    })
    expect(body).toContain(why)
    expect((await ask('GET', '/api/v1/namespaces/default')).code).toBe(200)
  },
)

test.each([
  'https://127.0.0.1:1/a\u0007',
  'https://a b/',
  'https://[::1/',
  'https://127.0.0.1:x/',
  'https://h/%zz',
])('the URL %j is no URL, as Go says, and is refused', async (target) => {
  const refused = await ask('POST', WEBHOOKS, {
    ...configuration('Validating', '/judge', { clientConfig: { url: target, caBundle } }),
  })
  expect(refused.code).toBe(422)
  expect(refused.body).toContain('url must be a valid URL: parse ')
})

test('a response without end is cut off, and the call fails', async () => {
  behaviour.set('/judge', (review) => allow(review, { auditAnnotations: { text: 'x'.repeat(17_000_000) } }))
  install(configuration('Validating', '/judge'))
  const { code, body } = await ask('POST', MAPS, { metadata: { name: 'a' } })
  expect(code).toBe(500)
  expect(body).toContain('the response has more than 16777216 bytes')
})

test('a webhook has the seconds of its configuration, whatever its path says', async () => {
  behaviour.set('/judge&timeout=99999999999s', () => new Promise(() => undefined))
  install(
    configuration('Validating', '/judge', {
      clientConfig: { url: `${url}/judge&timeout=99999999999s`, caBundle },
      timeoutSeconds: 1,
    }),
  )
  expect((await ask('POST', MAPS, { metadata: { name: 'a' } })).body).toContain('context deadline exceeded')
})
