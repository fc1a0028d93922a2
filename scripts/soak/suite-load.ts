import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseYamlText } from '../../src/lang/yaml/read.js'

/** As many clients at a time as the suite has processes. */
const CLIENTS = 32
/** Requests that the suite's conformance tests send. */
const REQUESTS = 26_000
/** Bytes of memory, and ms for which one request may keep the others waiting. */
const MIB = 1024 ** 2
const MOST_MEMORY = 600 * MIB
const MOST_MS = 1000
const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.59'

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string }
  }[]
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string }
  }[]
}

/** A client with a connection of its own. */
class Client {
  readonly #agent: Agent
  readonly #url: string
  requests = 0
  /** Longest time that one request took, in ms. */
  longest = 0

  constructor(kubeconfig: string) {
    const { clusters, users } = parseYamlText(kubeconfig) as Kubeconfig
    const [cluster, user] = [clusters[0]?.cluster, users[0]?.user]
    const text = (base64 = ''): string => Buffer.from(base64, 'base64').toString()
    this.#url = cluster?.server ?? ''
    this.#agent = new Agent({
      keepAlive: true,
      ca: text(cluster?.['certificate-authority-data']),
      cert: text(user?.['client-certificate-data']),
      key: text(user?.['client-key-data']),
    })
  }

  async ask(method: string, path: string, body?: object, type = 'application/json'): Promise<string> {
    const begun = performance.now()
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const [code, text] = await new Promise<readonly [number, string]>((resolve, reject) => {
      const headers =
        sent === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(sent) }
      const asked = request(`${this.#url}${path}`, { agent: this.#agent, method, headers }, (response) => {
        let received = ''
        response.on('data', (chunk: Buffer) => (received += chunk.toString()))
        response.once('end', () => resolve([response.statusCode ?? 0, received]))
      })
      asked.once('error', reject)
      asked.end(sent)
    })
    this.requests++
    this.longest = Math.max(this.longest, performance.now() - begun)
    if (code >= 300 && code !== 404) throw new Error(`${method} ${path}: ${code} ${text.slice(0, 200)}`)
    return code === 404 ? '' : text
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Asks again until the response satisfies, for at most 60 s. */
async function until(client: Client, path: string, isDone: (text: string) => boolean): Promise<void> {
  for (let tries = 0; !isDone(await client.ask('GET', path)); tries++) {
    if (tries > 300) throw new Error(`GET ${path} is not as wanted after a minute`)
    await sleep(200)
  }
}

/** One test of the suite in short: a namespace with a workload that is used, changed and deleted. */
async function playTest(client: Client, namespace: string): Promise<void> {
  const at = `/api/v1/namespaces/${namespace}`
  const apps = `/apis/apps/v1/namespaces/${namespace}/deployments`
  await client.ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  await until(client, `${at}/serviceaccounts/default`, (text) => text !== '')
  await client.ask('POST', `${at}/configmaps`, { metadata: { name: 'c' }, data: { key: 'x'.repeat(2000) } })
  await client.ask('POST', `${at}/services`, {
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  })
  const containers = [{ name: 'c', image: IMAGE, args: ['netexec'], ports: [{ containerPort: 8080 }] }]
  await client.ask('POST', apps, {
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  })
  const ready = (count: number) => (text: string) => text.includes(`"readyReplicas":${count}`)
  await until(client, `${apps}/web`, ready(2))
  await until(client, `${at}/services/web/proxy/hostname`, (text) => text.startsWith('web-'))
  await client.ask('GET', `${at}/pods?labelSelector=app%3Dweb`)
  await client.ask('GET', '/api/v1/nodes/node-1/proxy/stats/summary')
  await client.ask('PATCH', `${apps}/web`, { spec: { replicas: 3 } }, 'application/merge-patch+json')
  await until(client, `${apps}/web`, ready(3))
  const review = { spec: { user: 'jane', resourceAttributes: { verb: 'list', resource: 'pods', namespace } } }
  await client.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review)
  await client.ask('GET', `/apis/events.k8s.io/v1/namespaces/${namespace}/events`)
  await client.ask('DELETE', at)
  await until(client, at, (text) => text === '')
}

/** The program of the package, as `npm run build` makes it. */
const PROGRAM = 'dist/node/cli/main.cjs'

/** Starts `simcluster serve` as the suite was run against it, and waits for its kubeconfig. */
async function served(folder: string): Promise<{ readonly server: ChildProcess; readonly slow: string[] }> {
  const slow: string[] = []
  const kubeconfig = join(folder, 'kubeconfig')
  const words = ['serve', '--version', 'v1.35', '--nodes', '3', '--kubeconfig', kubeconfig]
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: npm run build`)
  const server = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
  server.stderr?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n'))
      if (line.includes('kept all others waiting')) slow.push(line)
  })
  for (let tries = 0; !existsSync(kubeconfig); tries++) {
    if (tries > 600) throw new Error('simcluster serve has not begun after a minute')
    await sleep(100)
  }
  return { server, slow }
}

const memoryOf = (pid: number | undefined, kind: 'VmHWM' | 'VmRSS'): number =>
  Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/**
 * Sends a served cluster as many requests as Kubernetes' conformance tests do, from as many clients at a
 * time: no request may keep the others waiting for a second, and memory stays below 600 MB.
 */
export async function suiteLoad(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'suite-load-'))
  const { server, slow } = await served(folder)
  try {
    const kubeconfig = readFileSync(join(folder, 'kubeconfig'), 'utf8')
    const clients = Array.from({ length: CLIENTS }, () => new Client(kubeconfig))
    const total = (): number => clients.reduce((sum, { requests }) => sum + requests, 0)
    let tests = 0
    await Promise.all(
      clients.map(async (client, at) => {
        for (let round = 0; total() < REQUESTS; round++, tests++)
          await playTest(client, `suite-${at}-${round}`)
        client.close()
      }),
    )
    const waits = slow.map((line) => Number(/for (\d+) ms/.exec(line)?.[1]))
    const blocked = Math.max(0, ...waits)
    const memory = memoryOf(server.pid, 'VmHWM')
    const longest = Math.max(...clients.map((client) => client.longest))
    const what =
      `${tests} tests, ${total()} requests from ${CLIENTS} clients, ` +
      `at most ${Math.round(memory / MIB)} MB, ` +
      `longest block ${blocked} ms, ${slow.length} over 200 ms, ` +
      `slowest response ${Math.round(longest)} ms`
    if (blocked > MOST_MS) throw new Error(`${what}\n${slow.join('\n')}`)
    if (memory > MOST_MEMORY) throw new Error(what)
    return what
  } finally {
    server.kill()
    rmSync(folder, { recursive: true })
  }
}
