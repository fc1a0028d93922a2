import { execFile, execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { envtestFolder } from '../../src/cli/envtest/folder.js'
import { freePort } from '../../src/server/http/free-port.js'
import { bundleInto } from '../../scripts/bundle-into.js'
import { has, needs } from './harness.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-envtest-'))
const children = new Set<ChildProcess>()
let assets = ''
let etcdUrl = ''

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
}
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** As controller-runtime's TinyCA makes them, with today's keys on P-256. */
function makeCertificates(): void {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  for (const name of ['serving', 'client', 'sa-signer'])
    openssl('req', '-x509', ...ec, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', '/CN=envtest')
  openssl('req', ...ec, '-keyout', 'admin.key', '-out', 'admin.csr', '-subj', '/O=system:masters/CN=admin')
  openssl(
    'x509',
    '-req',
    '-in',
    'admin.csr',
    '-CA',
    'client.crt',
    '-CAkey',
    'client.key',
    '-out',
    'admin.crt',
  )
  openssl('req', ...ec, '-keyout', 'certs/apiserver.key', '-out', 'apiserver.csr', '-subj', '/CN=localhost')
  const signed = ['-CA', 'serving.crt', '-CAkey', 'serving.key', '-out', 'certs/apiserver.crt']
  openssl('x509', '-req', '-in', 'apiserver.csr', ...signed)
}

function start(program: string, flags: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...process.env, XDG_CACHE_HOME: folder, ...environment }
  const child = spawn(program, flags, { stdio: 'ignore', env })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  child.kill(signal)
  await once(child, 'exit')
  return child.exitCode
}

/** Polls as envtest does until `check` holds. */
async function until(check: () => Promise<boolean>): Promise<void> {
  for (let left = 400; !(await check()); left--) {
    if (left === 0) throw new Error('it has not come')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const responds = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const sent = get(url, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    sent.on('error', () => resolve(false))
  })

interface Answer {
  readonly code: number
  readonly body: string
}

/** A request with the administrator's certificate, or with a token. */
function ask(port: number, path: string, body?: object, token?: string): Promise<Answer> {
  const tls = { ca: read('serving.crt'), servername: 'localhost', checkServerIdentity: () => undefined }
  const own = token === undefined ? { cert: read('admin.crt'), key: read('admin.key') } : {}
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const options = { method, headers, agent: false, ...tls, ...own }
    const sent = request(`https://127.0.0.1:${port}${path}`, options, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: text }))
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const healthy = (port: number): Promise<boolean> =>
  ask(port, '/healthz').then(
    ({ code }) => code === 200,
    () => false,
  )

async function startEtcd(program: string, port: number, name: string): Promise<ChildProcess> {
  const child = start(program, [
    `--advertise-client-urls=http://127.0.0.1:${port}`,
    `--data-dir=${join(folder, name)}`,
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--listen-peer-urls=http://127.0.0.1:${await freePort('127.0.0.1')}`,
    '--unsafe-no-fsync=true',
  ])
  await until(() => responds(`http://127.0.0.1:${port}/health`))
  return child
}

/** Starts the apiserver with the flags that envtest gives. */
async function startApiserver(
  etcd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort('127.0.0.1')
  const flags = [
    '--allow-privileged=true',
    '--authorization-mode=RBAC',
    '--bind-address=127.0.0.1',
    `--cert-dir=${join(folder, 'certs')}`,
    `--client-ca-file=${join(folder, 'client.crt')}`,
    '--disable-admission-plugins=ServiceAccount',
    `--etcd-servers=${etcd}`,
    `--secure-port=${port}`,
    `--service-account-issuer=https://127.0.0.1:${port}/`,
    `--service-account-key-file=${join(folder, 'sa-signer.crt')}`,
    `--service-account-signing-key-file=${join(folder, 'sa-signer.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
  ]
  const child = start(join(assets, 'kube-apiserver'), flags, environment)
  await until(() => healthy(port))
  return { child, port }
}

const MAPS = '/api/v1/namespaces/default/configmaps'
const map = (name: string): object => ({ metadata: { name }, data: { kept: 'yes' } })

beforeAll(async () => {
  if (!has('openssl')) return // each test says so
  const names = ['etcd', 'kept-code', 'kube-apiserver'].map((name) => `src/cli/envtest/${name}`)
  // with an entry that others import, what they share is a chunk, as in the package
  const placeOf = await bundleInto('envtest', [...names, 'src/server/index'], { format: 'cjs' })
  const programs = dirname(fileURLToPath(placeOf('src/cli/envtest/etcd')))
  assets = envtestFolder({ main: 'not called', programs }, { XDG_CACHE_HOME: folder })
  mkdirSync(join(folder, 'certs'))
  makeCertificates()
  const port = await freePort('127.0.0.1')
  etcdUrl = `http://127.0.0.1:${port}`
  await startEtcd(join(assets, 'etcd'), port, 'data')
}, 60_000)

beforeEach((context) => needs(context, 'openssl'))

afterAll(async () => {
  await Promise.all([...children].map((child) => stop(child, 'SIGKILL')))
  rmSync(folder, { recursive: true })
})

describe('the programs of the folder', () => {
  test.each(['etcd', 'kube-apiserver'])('%s lists its flags, one a line', (program) => {
    const help = execFileSync(join(assets, program), ['--help'], { encoding: 'utf8' })
    expect(/^\s*--insecure-port\b/m.test(help)).toBe(false)
    expect(/^\s*--unsafe-no-fsync\b/m.test(help)).toBe(program === 'etcd')
  })

  test('kube-apiserver ends with an error for a flag that does not exist, and keeps no code', async () => {
    const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'other') }
    const run = promisify(execFile)(join(assets, 'kube-apiserver'), ['--no-such-flag'], { env })
    const stderr = 'Error: unknown flag: --no-such-flag\n'
    await expect(run).rejects.toMatchObject({ code: 1, stderr })
    expect(existsSync(env.XDG_CACHE_HOME)).toBe(false)
  })
})

describe('an apiserver with the flags of envtest', () => {
  let server: { child: ChildProcess; port: number }
  beforeAll(async () => {
    if (!has('openssl')) return
    server = await startApiserver(etcdUrl)
  })

  test('shows the certificate that it finds, and knows its users by certificates', async () => {
    // `ask` trusts the authority of the serving certificate alone
    expect(await ask(server.port, '/livez')).toEqual({ code: 200, body: 'ok' })
    expect((await ask(server.port, '/readyz', undefined, 'nobody')).code).toBe(401)
    expect((await ask(server.port, '/api/v1/namespaces/default')).code).toBe(200)
  })

  test('has no controllers', async () => {
    const containers = [{ name: 'web', image: 'nginx' }]
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers } }
    const spec = { selector: { matchLabels: { app: 'web' } }, template }
    const apps = '/apis/apps/v1/namespaces/default'
    expect((await ask(server.port, `${apps}/deployments`, { metadata: { name: 'web' }, spec })).code).toBe(
      201,
    )
    const { body } = await ask(server.port, `${apps}/replicasets`)
    expect(JSON.parse(body)).toMatchObject({ items: [] })
  })

  test('signs tokens with the key that it was given', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts'
    expect((await ask(server.port, accounts, { metadata: { name: 'robot' } })).code).toBe(201)
    const { body } = await ask(server.port, `${accounts}/robot/token`, { spec: {} })
    const { token } = (JSON.parse(body) as { status: { token: string } }).status
    const [head = ''] = token.split('.')
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ alg: 'ES256' })
    const denied = await ask(server.port, '/api/v1/nodes', undefined, token)
    expect(denied.body).toContain('User \\"system:serviceaccount:default:robot\\" cannot list')
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'has its objects again after %s and another start',
    async (signal) => {
      const { code, body } = await ask(server.port, MAPS, map(signal.toLowerCase()))
      expect(code).toBe(201)
      expect(await stop(server.child, signal)).toBe(signal === 'SIGTERM' ? 0 : null)
      server = await startApiserver(etcdUrl)
      const again = await ask(server.port, `${MAPS}/${signal.toLowerCase()}`)
      expect(JSON.parse(again.body)).toEqual(JSON.parse(body))
    },
  )

  test('keeps its compiled code, and does not need what it finds to be whole', async () => {
    const kept = join(folder, 'simcluster', 'code', `${process.version}-${process.arch}`, 'kube-apiserver')
    const files = readdirSync(kept).filter((name) => name.endsWith('.code'))
    expect(files.length).toBeGreaterThan(0)
    for (const name of files) writeFileSync(join(kept, name), 'torn')
    await stop(server.child)
    server = await startApiserver(etcdUrl)
    await stop(server.child)
    expect(files.some((name) => readFileSync(join(kept, name)).length > 1_000_000)).toBe(true)
  })

  test('has controllers, a scheduler and a node when asked to', async () => {
    await stop(server.child)
    server = await startApiserver(etcdUrl, { SIMCLUSTER_CONTROLLERS: 'all' })
    await until(async () => (await ask(server.port, '/api/v1/pods')).body.includes('"phase":"Running"'))
  })
})

test('an apiserver over the real etcd keeps its objects where the real one does', async (context) => {
  if (!existsSync('/usr/bin/etcd') && process.env['CI'] === undefined)
    context.skip('there is no /usr/bin/etcd')
  const port = await freePort('127.0.0.1')
  const etcd = await startEtcd('/usr/bin/etcd', port, 'real')
  const first = await startApiserver(`http://127.0.0.1:${port}`)
  const { body } = await ask(first.port, MAPS, map('kept'))
  await stop(first.child)
  const words = [
    '--endpoints',
    `127.0.0.1:${port}`,
    'get',
    '/registry/configmaps/default/',
    '--prefix',
    '--keys-only',
  ]
  const keys = execFileSync('etcdctl', words, { encoding: 'utf8' })
  expect(keys.trim()).toBe('/registry/configmaps/default/kept')
  const second = await startApiserver(`http://127.0.0.1:${port}`)
  expect(JSON.parse((await ask(second.port, `${MAPS}/kept`)).body)).toEqual(JSON.parse(body))
  await stop(second.child)
  await stop(etcd)
})

test('a program ends when its parent is killed, and frees its port', async () => {
  const port = await freePort('127.0.0.1')
  const flags = `--listen-client-urls=http://127.0.0.1:${port} --data-dir=${join(folder, 'orphan')}`
  const parent = start('sh', ['-c', `'${join(assets, 'etcd')}' ${flags} & wait`])
  await until(() => responds(`http://127.0.0.1:${port}/health`))
  await stop(parent, 'SIGKILL')
  await until(async () => !(await responds(`http://127.0.0.1:${port}/health`)))
})
