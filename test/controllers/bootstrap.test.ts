import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import type { Secret } from '../../src/api/core/generated.js'

function token(cluster: SimCluster, id: string, data: Readonly<Record<string, string>>): void {
  cluster.create('secrets', {
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': id, 'token-secret': '0123456789abcdef', ...data },
  } as Secret)
  cluster.settle()
}

const signing = { 'usage-bootstrap-signing': 'true' }

test('cluster-info is signed by every token that signs, as the real signer does it', () => {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.create('configmaps', {
    metadata: { name: 'cluster-info', namespace: 'kube-public' },
    data: { kubeconfig: 'apiVersion: v1\nkind: Config\n' },
  })
  token(cluster, 'aaaaaa', signing)
  token(cluster, 'bbbbbb', {})
  token(cluster, 'eeeeee', signing)
  const data = (): Readonly<Record<string, string>> | undefined =>
    cluster.settle().get('configmaps', { namespace: 'kube-public', name: 'cluster-info' }).data
  expect(data()).toEqual({
    kubeconfig: 'apiVersion: v1\nkind: Config\n',
    'jws-kubeconfig-aaaaaa':
      'eyJhbGciOiJIUzI1NiIsImtpZCI6ImFhYWFhYSJ9..izXnHpTVwI5ymXSs_HpQOFsjrXZPgkTlyxLFftVNqd4',
    'jws-kubeconfig-eeeeee':
      'eyJhbGciOiJIUzI1NiIsImtpZCI6ImVlZWVlZSJ9..9VXWLj8A5Ur-P2hXYEeC7fUA4k9yh4p8wF6Rzwn3gTo',
  })
  cluster.delete('secrets', { namespace: 'kube-system', name: 'bootstrap-token-aaaaaa' })
  expect(Object.keys(data() ?? {}).sort()).toEqual(['jws-kubeconfig-eeeeee', 'kubeconfig'])
})

test('a token goes when its time is over', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const names = (): readonly (string | undefined)[] =>
    cluster.list('secrets', { namespace: 'kube-system' }).items.map(({ metadata }) => metadata.name)
  token(cluster, 'ffffff', { expiration: '2001-01-01T00:00:00Z' })
  token(cluster, 'dddddd', {
    expiration: new Date(cluster.now() + 3_600_000).toISOString().replace('.000', ''),
  })
  token(cluster, 'cccccc', {})
  expect(names()).toEqual(['bootstrap-token-cccccc', 'bootstrap-token-dddddd'])
  cluster.advance('61m')
  expect(names()).toEqual(['bootstrap-token-cccccc'])
})

test('a token Secret is filled in, and goes with its account', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const names = (): readonly (string | undefined)[] =>
    cluster
      .settle()
      .list('secrets', { namespace: 'default' })
      .items.map(({ metadata }) => metadata.name)
  const secret = (name: string, annotations: Readonly<Record<string, string>>): void =>
    void cluster.create('secrets', {
      metadata: { name, namespace: 'default', annotations },
      type: 'kubernetes.io/service-account-token',
    })
  cluster.create('serviceaccounts', { metadata: { name: 'bot', namespace: 'default' } })
  secret('t', { 'kubernetes.io/service-account.name': 'bot' })
  secret('ghost', { 'kubernetes.io/service-account.name': 'nosuch' })
  secret('wrong', {
    'kubernetes.io/service-account.name': 'bot',
    'kubernetes.io/service-account.uid': '11111111-1111-1111-1111-111111111111',
  })
  expect(names()).toEqual(['t'])
  const { data = {} } = cluster.get('secrets', { namespace: 'default', name: 't' })
  expect([atob(data['namespace'] ?? ''), atob(data['ca.crt'] ?? '')]).toEqual([
    'default',
    cluster.pki.authority().pem,
  ])
  const claims = JSON.parse(
    atob((atob(data['token'] ?? '').split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')),
  ) as object
  expect(claims).toMatchObject({
    iss: 'kubernetes/serviceaccount',
    sub: 'system:serviceaccount:default:bot',
    'kubernetes.io/serviceaccount/secret.name': 't',
  })
  cluster.delete('serviceaccounts', { namespace: 'default', name: 'bot' })
  expect(names()).toEqual([])
})
