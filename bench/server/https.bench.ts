import { partial } from '../../test/support/typed.js'
import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { Pod } from '../../src/api/core/generated.js'
import { serve } from '../../src/server/index.js'
import { suite } from '../runner.js'
import { otherProcess } from './load.js'

/**
 * A pod of the size of those with which the real server was measured: bound, but no kubelet has seen it,
 * without a token (1,000 of them are 1.6 MB).
 */
const podOf = (name: string): Pod =>
  partial<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench', tier: 'backend' } },
    spec: {
      nodeName: 'node-1',
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'main',
          image: 'registry.example.com/team/app:v1',
          resources: { requests: { cpu: '10m', memory: '16Mi' } },
        },
      ],
    },
  })

async function session(
  url: string,
  authority: string,
  pki: SimCluster['pki'],
  now: number,
): Promise<ClientHttp2Session> {
  const { certificate, key } = pki.clientCertificate(
    { commonName: 'bench', organizations: ['system:masters'] },
    { notBefore: now },
  )
  const client = connect(url, {
    ca: authority,
    cert: certificate,
    key,
    settings: { initialWindowSize: 8 << 20 },
    maxSessionMemory: 1_000,
  })
  client.setMaxListeners(0)
  client.on('connect', () => client.setLocalWindowSize(64 << 20))
  await new Promise((resolve, reject) => {
    client.once('connect', resolve)
    client.once('error', reject)
  })
  return client
}

/** Answers the number of bytes of the answer. */
function ask(
  client: ClientHttp2Session,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const stream = client.request({
      ':path': path,
      ':method': method,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    })
    let size = 0
    stream.on('response', (response) => {
      if (Number(response[':status']) >= 300) reject(new Error(`${path}: ${response[':status']}`))
    })
    stream.on('data', (chunk: Buffer) => (size += chunk.length))
    stream.once('end', () => resolve(size))
    stream.once('error', reject)
    stream.end(body)
  })
}

/** `count` requests, `clients` of them at a time. */
async function all(count: number, clients: number, run: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < count) await run(next++)
    }),
  )
}

const cluster = new SimCluster({ nodes: 0, disable: ['kube-controller-manager', 'kube-scheduler'] })
for (let at = 0; at < 1000; at++) cluster.create('pods', podOf(`pod-${at}`))
const server = await serve(cluster, { time: 'virtual' })
const client = await session(server.url, server.authority, cluster.pki, cluster.now())
const PODS = '/api/v1/namespaces/default/pods'
console.log(`a list of 1,000 pods is ${await ask(client, PODS)} bytes`)

let made = 0
const create = (): Promise<number> =>
  ask(
    client,
    '/api/v1/namespaces/default/configmaps',
    JSON.stringify({ metadata: { name: `c-${made++}` }, data: { key: 'value' } }),
  )

// as the real server was measured: a client in another process
const { certificate: cert, key } = cluster.pki.clientCertificate(
  { commonName: 'bench', organizations: ['system:masters'] },
  { notBefore: cluster.now() },
)
const other = otherProcess()
const common = { url: server.url, identity: { ca: server.authority, cert, key } }
let batch = 0
const creates = (count: number, clients: number): Promise<number> =>
  other.send({
    ...common,
    count,
    clients,
    path: '/api/v1/namespaces/default/configmaps',
    body: JSON.stringify({ metadata: { name: `o-${batch++}-<n>` }, data: { key: 'value' } }),
  })
for (const [clients, said] of [
  [1, 'list 21.8 ms, create 1.27 ms, get 0.78 ms'],
  [8, 'list 13.5 ms, create 0.50 ms, get 0.25 ms'],
] as const) {
  await suite(
    `over TLS from another process, ${clients} at a time (real kube-apiserver: ${said})`,
    [
      {
        name: 'list 1,000 pods',
        ops: 40,
        run: () => other.send({ ...common, count: 40, clients, path: PODS }),
      },
      { name: 'create a ConfigMap', ops: 400, run: () => creates(400, clients) },
      {
        name: 'get a pod',
        ops: 400,
        run: () => other.send({ ...common, count: 400, clients, path: `${PODS}/pod-7` }),
      },
    ],
    { rounds: 7, minMs: 0 },
  )
}
other.close()

// the real server on two cores, from the recorded anchors: lists 46/s and 74/s, creates 787/s and 1,994/s,
// gets 1,285/s and 3,964/s
await suite(
  'over TLS, one request at a time (real kube-apiserver: list 21.8 ms, create 1.27 ms, get 0.78 ms)',
  [
    { name: 'list 1,000 pods', run: () => ask(client, PODS) },
    { name: 'create a ConfigMap', run: create },
    { name: 'get a pod', run: () => ask(client, `${PODS}/pod-7`) },
  ],
  { rounds: 9 },
)
await suite(
  'over TLS, eight at a time (real kube-apiserver: list 13.5 ms, create 0.50 ms, get 0.25 ms)',
  [
    { name: 'list 1,000 pods', ops: 40, run: () => all(40, 8, () => ask(client, PODS)) },
    { name: 'create a ConfigMap', ops: 400, run: () => all(400, 8, create) },
    { name: 'get a pod', ops: 400, run: () => all(400, 8, (at) => ask(client, `${PODS}/pod-${at}`)) },
  ],
  { rounds: 7, minMs: 0 },
)

// 100 watchers of everything, 100 changes: 10,000 events delivered
const watchers = await Promise.all(
  Array.from({ length: 100 }, async (_, at) => {
    const own =
      at % 10 === 0 ? await session(server.url, server.authority, cluster.pki, cluster.now()) : undefined
    return own
  }),
)
const sessions = watchers.filter((own) => own !== undefined)
let seen = 0
let wake = (): void => undefined
for (let at = 0; at < 100; at++) {
  const stream = (sessions[Math.floor(at / 10)] as ClientHttp2Session).request({
    ':path': `/api/v1/namespaces/default/secrets?watch=true`,
  })
  stream.setEncoding('latin1')
  stream.on('data', (text: string) => {
    for (const char of text) if (char === '\n') seen++
    wake()
  })
}
await new Promise((resolve) => setTimeout(resolve, 300))
let round = 0
await suite(
  '100 watchers over TLS: time for one event to one watcher',
  [
    {
      name: '100 writes, 10,000 events',
      ops: 10_000,
      run: () =>
        new Promise<void>((resolve) => {
          const target = seen + 10_000
          wake = () => {
            if (seen >= target) resolve()
          }
          round++
          for (let at = 0; at < 100; at++)
            cluster.create('secrets', { metadata: { name: `s-${round}-${at}`, namespace: 'default' } })
        }),
    },
  ],
  { rounds: 7, minMs: 0 },
)
for (const own of sessions) own.close()

for (let at = 1000; at < 10_000; at++) cluster.create('pods', podOf(`pod-${at}`))
const TABLE = {
  accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  'accept-encoding': 'gzip',
}
await suite(
  'what `kubectl get pods -A` asks for on 10,000 pods',
  [
    {
      name: 'in pages of 500, as kubectl does',
      run: async () => {
        for (let page = '/api/v1/pods?limit=500', left = true; left;) {
          const next = await text(page)
          const token = /"continue":"([^"]+)"/.exec(next)?.[1]
          left = token !== undefined
          page = `/api/v1/pods?limit=500&continue=${encodeURIComponent(token ?? '')}`
        }
      },
    },
    { name: 'all at once', run: () => ask(client, '/api/v1/pods', undefined, TABLE) },
  ],
  { rounds: 3, minMs: 0 },
)

function text(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':path': path, accept: TABLE.accept })
    let all = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => (all += chunk))
    stream.once('end', () => resolve(all))
    stream.once('error', reject)
    stream.end()
  })
}
client.close()
await server[Symbol.asyncDispose]()
