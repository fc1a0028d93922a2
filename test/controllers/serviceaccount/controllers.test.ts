import { expect, test } from 'vitest'
import { createRootCaPublisher } from '../../../src/controllers/serviceaccount/root-ca.js'
import { createServiceAccountController } from '../../../src/controllers/serviceaccount/service-accounts.js'
import { ControllerCluster } from '../shared/controller-cluster.js'

const rootCA = '-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n'

function newCluster(): ControllerCluster {
  const components = (): ReturnType<typeof createServiceAccountController>[] => [
    createServiceAccountController(),
    createRootCaPublisher({ rootCA: () => rootCA }),
  ]
  const cluster = new ControllerCluster(components, { serviceAccounts: false })
  cluster.sim.settle()
  return cluster
}

const where = (cluster: ControllerCluster, resource: string): string[] =>
  cluster.client
    .list(resource)
    .items.map(({ metadata: { namespace, name } }) => `${namespace as string}/${name as string}`)

test('every namespace has a default account and the root CA, new ones too', () => {
  const cluster = newCluster()
  cluster.client.create('namespaces', { metadata: { name: 'office' } })
  cluster.sim.settle()
  const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'office']
  expect(where(cluster, 'serviceaccounts')).toEqual(namespaces.map((name) => `${name}/default`))
  expect(where(cluster, 'configmaps')).toEqual(namespaces.map((name) => `${name}/kube-root-ca.crt`))
  const { data, metadata } = cluster.client.get('configmaps', {
    namespace: 'office',
    name: 'kube-root-ca.crt',
  })
  expect(data).toEqual({ 'ca.crt': rootCA })
  expect(metadata.annotations?.['kubernetes.io/description']).toMatch(
    /^Contains a CA bundle that can be used to verify the kube-apiserver/,
  )
})

test('what is removed or changed is made good; a description in other words is left alone', () => {
  const cluster = newCluster()
  cluster.client.delete('serviceaccounts', { namespace: 'default', name: 'default' })
  cluster.client.delete('configmaps', { namespace: 'default', name: 'kube-root-ca.crt' })
  const patch = (namespace: string, body: object): unknown =>
    cluster.client.patch('configmaps', { namespace, name: 'kube-root-ca.crt' }, { type: 'merge', body })
  patch('kube-public', { data: { more: 'x' } })
  const annotations = { 'kubernetes.io/description': 'mine' }
  patch('kube-system', { metadata: { annotations } })
  cluster.sim.settle()
  expect(where(cluster, 'serviceaccounts')).toContain('default/default')
  expect(where(cluster, 'configmaps')).toContain('default/kube-root-ca.crt')
  expect(
    cluster.client.get('configmaps', { namespace: 'kube-public', name: 'kube-root-ca.crt' }).data,
  ).toEqual({ 'ca.crt': rootCA })
  expect(
    cluster.client.get('configmaps', { namespace: 'kube-system', name: 'kube-root-ca.crt' }).metadata
      .annotations,
  ).toEqual(annotations)
})

test('a namespace that is being deleted gets nothing', () => {
  const cluster = newCluster()
  cluster.client.create('namespaces', { metadata: { name: 'gone' } })
  cluster.client.delete('namespaces', { name: 'gone' })
  cluster.sim.settle()
  expect(
    [...where(cluster, 'serviceaccounts'), ...where(cluster, 'configmaps')].filter((name) =>
      name.startsWith('gone/'),
    ),
  ).toEqual([])
})
