import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/server/http/free-port.js'
import { suite } from '../runner.js'

/** The built package: what users start. */
const main = fileURLToPath(new URL('../../dist/node/cli/main.cjs', import.meta.url))
const HOST = '127.0.0.1'
const SERVERS = 10
const CLIENTS = 8
const REQUESTS = 400

/** The two programs of one test suite. */
interface Pair {
  readonly etcd: ChildProcess
  readonly apiserver?: ChildProcess
  readonly port: number
}

const folder = mkdtempSync(join(tmpdir(), 'simcluster-bench-'))
const tokens = join(folder, 'tokens.csv')
writeFileSync(tokens, 'root,root,1,system:masters\n')

async function ready(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5))
}

function isOk(send: typeof request | typeof requestPlain, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = send(url, { rejectUnauthorized: false, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    sent.on('error', () => resolve(false))
    sent.end()
  })
}

async function startEtcd(program: string): Promise<{ child: ChildProcess; url: string }> {
  const url = `http://${HOST}:${await freePort(HOST)}`
  const peers = `http://${HOST}:${await freePort(HOST)}`
  const data = mkdtempSync(join(folder, 'etcd-'))
  const flags = [`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--data-dir=${data}`]
  const words = [...flags, `--listen-peer-urls=${peers}`, '--unsafe-no-fsync=true']
  const child = spawn(program, words, { stdio: 'ignore' })
  await ready(() => isOk(requestPlain, `${url}/health`))
  return { child, url }
}

async function startPair(assets: string, etcdProgram: string): Promise<Pair> {
  const { child: etcd, url } = await startEtcd(etcdProgram)
  const port = await freePort(HOST)
  const certificates = mkdtempSync(join(folder, 'certs-'))
  const flags = [`--etcd-servers=${url}`, `--secure-port=${port}`, `--cert-dir=${certificates}`]
  const words = [...flags, '--authorization-mode=RBAC', `--token-auth-file=${tokens}`]
  const apiserver = spawn(join(assets, 'kube-apiserver'), words, { stdio: 'ignore' })
  await ready(() => isOk(request, `https://${HOST}:${port}/healthz`))
  return { etcd, apiserver, port }
}

async function stop({ etcd, apiserver }: Pair): Promise<void> {
  for (const child of [apiserver, etcd]) {
    if (child === undefined) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

/** Memory in MB: resident, and with a fair share of the pages that processes have in common (Node itself). */
function memoryOf(child: ChildProcess | undefined): { readonly resident: number; readonly share: number } {
  const text = readFileSync(`/proc/${child?.pid ?? 'self'}/smaps_rollup`, 'utf8')
  const [resident = 0, share = 0] = ['Rss', 'Pss'].map((name) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024),
  )
  return { resident, share }
}

function send(port: number, agent: Agent, method: string, path: string, body?: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer root', 'content-type': 'application/json' }
    const options = { method, headers, agent, rejectUnauthorized: false }
    const sent = request(`https://${HOST}:${port}${path}`, options, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const MAPS = '/api/v1/namespaces/default/configmaps'
let made = 0

/** Each client writes and reads in turn. */
async function load(port: number, agents: readonly Agent[]): Promise<void> {
  await Promise.all(
    agents.map(async (agent) => {
      for (let at = 0; at < REQUESTS / CLIENTS / 2; at++) {
        const name = `map-${made++}`
        await send(port, agent, 'POST', MAPS, { metadata: { name }, data: { key: 'value' } })
        await send(port, agent, 'GET', `${MAPS}/${name}`)
      }
    }),
  )
}

if (!existsSync(main)) console.log('envtest: `npm run build` first')
else {
  const assets = execFileSync(process.execPath, [main, 'envtest'], { encoding: 'utf8' }).trim()
  const own = join(assets, 'etcd')
  const real = existsSync('/usr/bin/etcd') ? '/usr/bin/etcd' : undefined

  await suite(
    'envtest: start until healthy, and stop (recorded of etcd with the real kube-apiserver: 2.6 to 15 s)',
    [
      { name: 'etcd and apiserver', run: async () => stop(await startPair(assets, own)) },
      ...(real === undefined
        ? []
        : [
            { name: 'the real etcd and apiserver', run: async () => stop(await startPair(assets, real)) },
            {
              name: 'the real etcd alone',
              run: async () => stop({ etcd: (await startEtcd(real)).child, port: 0 }),
            },
          ]),
      { name: 'etcd alone', run: async () => stop({ etcd: (await startEtcd(own)).child, port: 0 }) },
      {
        name: `${SERVERS} pairs at once, each`,
        ops: SERVERS,
        run: async () => {
          const pairs = Array.from({ length: SERVERS }, () => startPair(assets, own))
          await Promise.all((await Promise.all(pairs)).map(stop))
        },
      },
    ],
    { rounds: 5, minMs: 0 },
  )

  const agents = Array.from({ length: CLIENTS }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  const pairs = [await startPair(assets, own), ...(real === undefined ? [] : [await startPair(assets, real)])]
  await suite(
    `envtest: a request of ${CLIENTS} clients that write and read in turn`,
    pairs.map(({ port }, at) => ({
      name: at === 0 ? 'over our etcd' : 'over the real etcd',
      ops: REQUESTS,
      run: () => load(port, agents),
    })),
    { rounds: 7, minMs: 0 },
  )
  for (const [at, { etcd, apiserver }] of pairs.entries()) {
    const [server, store] = [memoryOf(apiserver), memoryOf(etcd)]
    const whose = at === 0 ? 'our' : 'the real'
    console.log(
      `memory: resident apiserver ${server.resident} MB, ${whose} etcd ${store.resident} MB; with pages ` +
        `that processes share counted once, ${server.share + store.share} MB`,
    )
  }
  for (const agent of agents) agent.destroy()
  await Promise.all(pairs.map(stop))
}
rmSync(folder, { recursive: true })
