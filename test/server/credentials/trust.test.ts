import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { servingCertificate } from '../../../src/server/credentials/serving-certificate.js'
import { postOutside } from '../../../src/server/webhooks/post.js'
import { postTo } from '../../../src/server/webhooks/webhook-server.js'

/** A webhook as envtest serves it: its certificate is signed by an authority that the bundle lacks. */
let hook: Server
let port = 0
const pki = new SimCluster({ nodes: 0 }).pki
const { certificate, key, authority } = servingCertificate(pki, { hosts: [], real: Date.now() })
const other = servingCertificate(pki, { hosts: ['other'], real: Date.now(), whose: 'etcd/server' })

beforeAll(async () => {
  hook = createServer({ cert: certificate, key }, (_, response) => response.end('{}'))
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  port = (hook.address() as AddressInfo).port
})
afterAll(() => hook.close())

const post = (caBundle: string): ReturnType<typeof postOutside> =>
  postOutside({
    ip: '127.0.0.1',
    port,
    serverName: '127.0.0.1',
    path: '/',
    timeoutSeconds: 10,
    body: '{}',
    caBundle,
  })

test('a bundle may name the authority, or the certificate that the server sends, as in Go', async () => {
  expect(await post(authority)).toMatchObject({ code: 200 })
  expect(await post(certificate)).toMatchObject({ code: 200 })
  const untrusted = 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
  expect(await post(other.certificate)).toBe(untrusted)
})

test('so may the kubeconfig of an authorization or audit webhook', async () => {
  const url = `https://127.0.0.1:${port}/`
  expect(await postTo({ url, credentials: { ca: certificate } }, '{}')).toMatchObject({ code: 200 })
  await expect(postTo({ url, credentials: { ca: other.certificate } }, '{}')).rejects.toThrow('certificate')
})
