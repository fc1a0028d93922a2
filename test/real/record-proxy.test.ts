import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request as requestPlain } from 'node:http'
import { request, type RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseYamlText } from '../../src/lang/yaml/read.js'
import { recordCluster, type RealRecording } from 'simcluster/real'

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ]
  readonly users: readonly [{ readonly user: { readonly token: string } }]
}

/** What the server behind the proxy was asked. */
interface Seen {
  readonly words: readonly string[]
  readonly headers: IncomingHttpHeaders
}

const PATH = '/api/v1/namespaces/default/secrets'
const folder = mkdtempSync(join(tmpdir(), 'simcluster-record-proxy-'))
const kubectl = fileURLToPath(new URL('fake-kubectl.mjs', import.meta.url))
let recording: RealRecording
let config: Kubeconfig
let port = 0

beforeAll(async () => {
  recording = await recordCluster({ kubectl })
  config = parseYamlText(readFileSync(recording.kubeconfig, 'utf8')) as Kubeconfig
  port = Number(new URL(recording.url).port)
})
afterAll(async () => {
  await recording.close()
  rmSync(folder, { recursive: true })
})

const token = (): string => config.users[0].user.token

function ask(
  headers: Readonly<Record<string, string>>,
  more: RequestOptions = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64')
  return new Promise((resolve, reject) => {
    const options = {
      ca,
      servername: 'localhost',
      agent: false,
      headers,
      host: '127.0.0.1',
      port,
      path: PATH,
      ...more,
    }
    const sent = request(options, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text }))
    })
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ code: response.statusCode ?? 0, text: '' })
    })
    sent.on('error', reject)
    sent.end()
  })
}

test('who has the kubeconfig reaches the cluster, which never sees the token of the proxy', async () => {
  const { code, text } = await ask({ authorization: `Bearer ${token()}`, 'impersonate-user': 'joe' })
  expect(code).toBe(200)
  const { words, headers } = JSON.parse(text) as Seen
  expect(headers).toMatchObject({ host: 'localhost', 'impersonate-user': 'joe' })
  expect(headers.authorization).toBeUndefined()
  // its own checks stand
  expect(words.filter((word) => /accept|reject|filter|port|address/.test(word))).toEqual([])
})

test('a request without TLS gets no response', async () => {
  const plain = new Promise((_, reject) => {
    requestPlain({ host: '127.0.0.1', port, path: PATH }, () => reject(new Error('it responds')))
      .on('error', reject)
      .end()
  })
  await expect(plain).rejects.toThrow(/socket hang up|ECONNRESET/)
})

const own = (): string => `127.0.0.1:${port}`
const REFUSED: readonly (readonly [string, number, () => Readonly<Record<string, string>>])[] = [
  ['without a token', 401, () => ({})],
  ['with another token', 401, () => ({ authorization: `Bearer ${'x'.repeat(token().length)}` })],
  ['with the token as a password', 401, () => ({ authorization: `Basic ${btoa(`a:${token()}`)}` })],
  ['for a name that leads here', 403, () => ({ host: `evil.example:${port}` })],
  ['for a name that begins as ours', 403, () => ({ host: `${own()}.evil.example` })],
  ['for another port', 403, () => ({ host: '127.0.0.1:1' })],
  ['of another origin', 403, () => ({ origin: 'https://evil.example' })],
  ['of an origin without a name', 403, () => ({ origin: 'null' })],
  ['of a page on this machine', 403, () => ({ origin: `https://${own()}` })],
  ['that a page of another site has caused', 403, () => ({ 'sec-fetch-site': 'cross-site' })],
  ['that a page of the same site has caused', 403, () => ({ 'sec-fetch-site': 'same-site' })],
]

test.each(REFUSED)('a request %s is refused, also one to switch protocols', async (_, code, headers) => {
  const held = code === 403 ? { authorization: `Bearer ${token()}` } : {}
  const sent = { ...held, ...headers() }
  expect((await ask(sent)).code).toBe(code)
  expect((await ask({ ...sent, connection: 'upgrade', upgrade: 'websocket' })).code).toBe(code)
})

test('the kubeconfig and the socket are for their owner, and closing removes them', async () => {
  const one = await recordCluster({ kubectl })
  expect(statSync(one.kubeconfig).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(one.kubeconfig)).mode & 0o777).toBe(0o700)
  await one.close()
  expect(existsSync(dirname(one.kubeconfig))).toBe(false)
})

test('a recording is for its owner, also where a file was for everybody', () => {
  const file = join(folder, 'recording.json')
  writeFileSync(file, 'old')
  chmodSync(file, 0o666)
  recording.save(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ id: 'recording' }])
})

test('a kubectl that ends leaves no folder behind', async () => {
  const before = new Set(process.listeners('exit'))
  const ends = join(folder, 'kubectl')
  writeFileSync(ends, `#!/bin/sh\ncase " $* " in *" proxy "*) exit 3;; esac\nexec ${kubectl} "$@"\n`)
  chmodSync(ends, 0o755)
  await expect(recordCluster({ kubectl: ends })).rejects.toThrow('kubectl proxy ended')
  expect(process.listeners('exit').filter((one) => !before.has(one))).toEqual([])
})
