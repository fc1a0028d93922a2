import { SimCluster } from 'simcluster'
import { serve } from 'simcluster/server'
import { expect, test } from 'vitest'

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
