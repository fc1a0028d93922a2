import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import type { ClusterServer } from '../../src/server/index.js'
import { has, needs } from '../e2e/harness.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-client-ca-'))
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
let server: ClusterServer

function openssl(...words: readonly string[]): string {
  return execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] })
}

/** Makes an authority on a curve, and a client certificate of it. */
function authority(name: string, curve: string): void {
  const ec = ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`, '-nodes']
  openssl('req', '-x509', ...ec, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', '/CN=authority')
  openssl(
    'req',
    ...ec,
    '-keyout',
    `${name}-jane.key`,
    '-out',
    'jane.csr',
    '-subj',
    '/O=system:masters/CN=jane',
  )
  const signed = ['-CA', `${name}.crt`, '-CAkey', `${name}.key`, '-out', `${name}-jane.crt`]
  openssl('x509', '-req', '-in', 'jane.csr', ...signed)
}

beforeAll(async () => {
  if (!has('openssl')) return // each test says so
  authority('known', 'P-256')
  authority('unknown', 'P-384')
  const cluster = new SimCluster({ nodes: 0, time: { start: Date.now() } })
  server = await serve(cluster, { clientCA: read('known.crt') })
})
afterAll(async () => {
  if (has('openssl')) await server.close()
  rmSync(folder, { recursive: true })
})

beforeEach((context) => needs(context, 'openssl'))

function whoAmI(name: string): Promise<{ code: number | undefined; body: string }> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const tls = { ca: server.authority, cert: read(`${name}-jane.crt`), key: read(`${name}-jane.key`) }
  return new Promise((resolve, reject) => {
    const url = `${server.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`
    const headers = { 'content-type': 'application/json' }
    const sent = request(url, { ...tls, method: 'POST', headers, agent: false }, (response) => {
      let body = ''
      response.on('data', (part: Buffer) => (body += part.toString()))
      response.on('end', () => resolve({ code: response.statusCode, body }))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(review))
  })
}

test('an ECDSA certificate of the given authority names the user and its groups', async () => {
  const { code, body } = await whoAmI('known')
  expect(code).toBe(201)
  expect(JSON.parse(body)).toMatchObject({
    status: { userInfo: { username: 'jane', groups: ['system:masters', 'system:authenticated'] } },
  })
})

test('a client with a certificate of an authority of the same name and another key is refused', async () => {
  expect((await whoAmI('unknown')).code).toBe(401)
})

test('the certificate request of the handshake names the given authority and the own one', async () => {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let shown = ''
  for await (const part of client.stdout) shown += String(part)
  const list = /client certificate CA names\n([^]*?)\nRequested Signature/.exec(shown)
  expect(list?.[1]?.split('\n')).toEqual(['CN=kubernetes', 'CN=authority'])
})
