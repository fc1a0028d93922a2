import { SimCluster } from 'simcluster'
import { serve } from 'simcluster/server'
import { expect, test, vi } from 'vitest'
import { testKey } from '../../../src/pki/keys.js'

const DAY = 86_400_000
const name = 'kube-system/extension-apiserver-authentication'

test('a served cluster publishes the authorities that it trusts, once, and mends what differs', async () => {
  const cluster = new SimCluster({ nodes: 0 })
  await (await serve(cluster)).close()
  const { data, metadata } = cluster.get('configmaps', name)
  expect(data).toEqual({
    'client-ca-file': cluster.pki.read('/etc/kubernetes/pki/ca.crt'),
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': cluster.pki.read('/etc/kubernetes/pki/front-proxy-ca.crt'),
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-uid-headers': '[]',
    'requestheader-username-headers': '["X-Remote-User"]',
  })
  await (await serve(cluster)).close()
  expect(cluster.get('configmaps', name).metadata.resourceVersion).toBe(metadata.resourceVersion)
  cluster.patch('configmaps', name, { type: 'merge', body: { data: { 'client-ca-file': 'x' } } })
  await (await serve(cluster)).close()
  expect(cluster.get('configmaps', name).data).toEqual(data)
})

test('authorities that the server trusts beside its own are published with them', async () => {
  const cluster = new SimCluster({ nodes: 0 })
  const clientCA = cluster.pki.read('/etc/kubernetes/pki/etcd/ca.crt')
  await (await serve(cluster, { clientCA })).close()
  expect(cluster.get('configmaps', name).data?.['client-ca-file']).toBe(
    cluster.pki.read('/etc/kubernetes/pki/ca.crt') + clientCA,
  )
})

test('what other apiservers have added to the published authorities stays, and expired ones go', async () => {
  const cluster = new SimCluster({ nodes: 0 })
  const theirs = cluster.pki.read('/etc/kubernetes/pki/etcd/ca.crt')
  const now = cluster.now()
  const expired = cluster.pki.sign(
    { subject: { commonName: 'old' }, notBefore: now - 2 * DAY, notAfter: now - DAY, keyUsages: [] },
    testKey(2, 'client'),
    'ca',
  )
  await (await serve(cluster)).close()
  const own = cluster.pki.read('/etc/kubernetes/pki/ca.crt')
  const data = { 'client-ca-file': theirs + expired, 'requestheader-group-headers': '["X-Teams"]' }
  cluster.patch('configmaps', name, { type: 'merge', body: { data } })
  await (await serve(cluster)).close()
  expect(cluster.get('configmaps', name).data).toMatchObject({
    'client-ca-file': theirs + own,
    'requestheader-group-headers': '["X-Teams","X-Remote-Group"]',
  })
})

test('published authorities that somebody deletes come back while the cluster is served', async () => {
  const cluster = new SimCluster({ nodes: 0 })
  await using _server = await serve(cluster)
  expect(cluster.get('configmaps', name).metadata.managedFields?.[0]?.manager).toBe('kube-apiserver')
  cluster.delete('configmaps', name)
  await vi.waitFor(() => expect(cluster.get('configmaps', name).data).toHaveProperty('client-ca-file'))
})

test('a cluster without front proxies publishes none, and headers name nobody', async () => {
  const access = { authentication: { requestHeader: false } } as const
  const cluster = new SimCluster({ nodes: 0, access })
  await (await serve(cluster)).close()
  expect(Object.keys(cluster.get('configmaps', name).data ?? {})).toEqual(['client-ca-file'])
  const clientCertificates = cluster.pki.read('/etc/kubernetes/pki/front-proxy-client.crt')
  const headers = { 'x-remote-user': 'jane' }
  expect(cluster.http.identify({ clientCertificates, headers }).user).toBeUndefined()
})

test('the headers of front proxies that the options list are published', async () => {
  const requestHeader = {
    allowedNames: [],
    usernameHeaders: ['X-Login', 'X-Remote-User'],
    uidHeaders: ['X-Login-Id'],
    extraHeaderPrefixes: ['X-More-'],
  }
  const cluster = new SimCluster({ nodes: 0, access: { authentication: { requestHeader } } })
  await (await serve(cluster)).close()
  expect(cluster.get('configmaps', name).data).toMatchObject({
    'requestheader-allowed-names': '[]',
    'requestheader-username-headers': '["X-Login","X-Remote-User"]',
    'requestheader-uid-headers': '["X-Login-Id"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-More-"]',
  })
})

test('published authorities are watched on when what the watch has not seen is compacted', async () => {
  const cluster = new SimCluster({ nodes: 0 })
  const errors: unknown[] = []
  await using _server = await serve(cluster, { onError: (error) => void errors.push(error) })
  cluster.create('configmaps', { metadata: { name: 'other', namespace: 'kube-system' } })
  const { etcd } = cluster.internals
  etcd.compact({ revision: etcd.revision })
  cluster.delete('configmaps', name)
  await vi.waitFor(() => expect(cluster.get('configmaps', name).data).toHaveProperty('client-ca-file'))
  expect(errors).toEqual([])
})
