import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve, type ClusterServer } from 'simcluster/server'
import { authenticationConfig } from '../../../src/cli/envtest/authentication-config.js'
import { IssuerKeys } from '../../../src/server/credentials/issuer-keys.js'
import { servingCertificate } from '../../../src/server/credentials/serving-certificate.js'

/** An OpenID Connect provider on this machine, with keys that can change. */
let provider: Server
let issuer = ''
let ca = ''
let reads = 0
const faults: string[] = []
const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  newer: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
let published: (keyof typeof pairs)[] = ['rsa', 'ec']

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function token(key: keyof typeof pairs, claims: object, alg = key === 'ec' ? 'ES256' : 'RS256'): string {
  const exp = Math.floor(Date.now() / 1000) + 600
  const signed = `${base64({ alg, kid: key })}.${base64({ iss: issuer, aud: 'tests', exp, ...claims })}`
  const privateKey: KeyObject = pairs[key].privateKey
  const options = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  return `${signed}.${sign('sha256', Buffer.from(signed), options).toString('base64url')}`
}

let server: ClusterServer
beforeAll(async () => {
  const cluster = new SimCluster({ nodes: 0 })
  const { authority, certificate, key } = servingCertificate(cluster.pki, {
    hosts: ['127.0.0.1'],
    real: Date.now(),
  })
  ca = authority
  provider = createServer({ cert: certificate, key }, ({ url }, response) => {
    const keys = published.map((kid) => ({ ...pairs[kid].publicKey.export({ format: 'jwk' }), kid }))
    reads++
    response.end(JSON.stringify(url === '/keys' ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  issuer = `https://127.0.0.1:${(provider.address() as AddressInfo).port}`
  const onError = (error: unknown): void => void faults.push(String(error))
  const keys = new IssuerKeys({ issuer, ca, algorithms: ['RS256', 'ES256'], onError })
  const oidc = { issuer, clientID: 'tests', verify: keys.verify, groupsClaim: 'groups' }
  server = await serve(
    new SimCluster({ nodes: 0, time: { start: Date.now() }, access: { authentication: { oidc } } }),
  )
})
afterAll(async () => {
  await server.close()
  provider.close()
})

/** Returns who the apiserver takes the bearer of a token for. */
function whoIs(bearer: string): Promise<{ readonly code: number; readonly body: string }> {
  const review = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const url = `${server.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`
    const sent = request(url, { method: 'POST', headers, ca: server.authority }, (response) => {
      let body = ''
      response.on('data', (part: Buffer) => void (body += part.toString()))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body }))
    })
    sent.on('error', reject)
    sent.end(review)
  })
}

describe('keys of a provider outside of the cluster', () => {
  test('are read when the first token comes, and kept', async () => {
    const { code, body } = await whoIs(token('rsa', { sub: 'jane', groups: ['dev'] }))
    expect(code).toBe(201)
    expect(JSON.parse(body)).toMatchObject({
      status: { userInfo: { username: `${issuer}#jane`, groups: ['dev', 'system:authenticated'] } },
    })
    expect((await whoIs(token('ec', { sub: 'joe' }))).body).toContain('#joe')
    expect(reads).toBe(2)
  })

  test('are read again for a token of a new key', async () => {
    published = ['newer']
    expect((await whoIs(token('newer', { sub: 'jane' }))).code).toBe(201)
    expect((await whoIs(token('rsa', { sub: 'jane' }))).code).toBe(401)
  })

  test('do not help a token that is expired, of another audience, algorithm or signer', async () => {
    for (const bad of [
      token('newer', { sub: 'jane', exp: 1 }),
      token('newer', { sub: 'jane', aud: 'others' }),
      token('newer', { sub: 'jane' }, 'RS512'),
      `${token('newer', { sub: 'jane' }).slice(0, -8)}AAAAAAAA`,
    ])
      expect((await whoIs(bad)).code).toBe(401)
    expect(faults).toEqual([])
  })

  test('that cannot be read are told, and refuse the token', async () => {
    published = []
    const closed = `https://127.0.0.1:1`
    const errors: string[] = []
    const keys = new IssuerKeys({ issuer: closed, onError: (error) => void errors.push(String(error)) })
    const oidc = { issuer: closed, clientID: 'tests', verify: keys.verify }
    const own = await serve(
      new SimCluster({ nodes: 0, time: { start: Date.now() }, access: { authentication: { oidc } } }),
    )
    const before = server
    server = own
    expect((await whoIs(token('rsa', { iss: closed, sub: 'jane' }))).code).toBe(401)
    server = before
    await own.close()
    expect(errors).toEqual([expect.stringContaining('ECONNREFUSED')])
  })

  test('are those of an issuer in the file of --authentication-config', async () => {
    published = ['ec']
    const folder = mkdtempSync(join(tmpdir(), 'simcluster-issuer-'))
    const path = join(folder, 'config.yaml')
    const config = {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [
        {
          issuer: {
            url: issuer,
            audiences: ['x', 'tests'],
            audienceMatchPolicy: 'MatchAny',
            certificateAuthority: ca,
          },
          claimMappings: { username: { expression: "'id:' + claims.sub" } },
        },
      ],
    }
    writeFileSync(path, JSON.stringify(config))
    const authentication = authenticationConfig(new Map([['authentication-config', [path]]]), () => undefined)
    const own = await serve(
      new SimCluster({ nodes: 0, time: { start: Date.now() }, access: { authentication } }),
    )
    const before = server
    server = own
    expect((await whoIs(token('ec', { sub: 'jane' }))).body).toContain('"id:jane"')
    expect((await whoIs(token('ec', { sub: 'jane', aud: 'y' }))).code).toBe(401)
    server = before
    await own.close()
    rmSync(folder, { recursive: true })
  })
})
