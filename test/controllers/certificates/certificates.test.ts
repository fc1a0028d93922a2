import { expect, test } from 'vitest'
import type { CertificateSigningRequest } from '../../../src/api/certificates/generated.js'
import { createRequest, parseCertificates } from '../../../src/pki/index.js'
import { testKey } from '../../../src/pki/keys.js'
import { SimCluster } from 'simcluster'

const CLIENT = 'kubernetes.io/kube-apiserver-client'
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet'
const DAY = 86_400_000

function request(commonName: string, organizations: readonly string[]): string {
  return btoa(createRequest({ commonName, organizations }, testKey(9, 'user/csr')))
}

function ask(
  cluster: SimCluster,
  name: string,
  spec: Partial<CertificateSigningRequest['spec']>,
  as = cluster.client,
): void {
  const usages = ['digital signature', 'key encipherment', 'client auth']
  as.create('certificatesigningrequests', {
    metadata: { name },
    spec: { usages, ...spec },
  } as CertificateSigningRequest)
  cluster.settle()
}

function approve(cluster: SimCluster, name: string): CertificateSigningRequest['status'] {
  const csr = cluster.get('certificatesigningrequests', { name })
  const conditions = [{ type: 'Approved', status: 'True', reason: 'R', message: 'M' }]
  cluster.update(
    'certificatesigningrequests',
    { ...csr, status: { ...csr.status, conditions } },
    { subresource: 'approval' },
  )
  return cluster.settle().get('certificatesigningrequests', { name }).status
}

test('an approved request is signed by the cluster, for as long as it asks', () => {
  const cluster = new SimCluster({ nodes: 0 })
  ask(cluster, 'ok', { request: request('dave', ['dev']), signerName: CLIENT })
  expect(cluster.get('certificatesigningrequests', { name: 'ok' }).status).toEqual({})
  const [certificate] = parseCertificates(atob(approve(cluster, 'ok').certificate ?? ''))
  expect(certificate).toMatchObject({
    subject: { commonName: 'dave', organizations: ['dev'] },
    issuer: { commonName: 'kubernetes' },
    purposes: ['client auth'],
    isCa: false,
  })
  expect((certificate?.notAfter ?? 0) - (certificate?.notBefore ?? 0)).toBe(365 * DAY)
  ask(cluster, 'short', { request: request('dave', ['dev']), signerName: CLIENT, expirationSeconds: 3600 })
  const [short] = parseCertificates(atob(approve(cluster, 'short').certificate ?? ''))
  expect((short?.notAfter ?? 0) - cluster.now()).toBeCloseTo(3_600_000, -4)
})

test('what a signer does not sign fails with its reason', () => {
  const cluster = new SimCluster({ nodes: 0 })
  ask(cluster, 'usage', { request: request('dave', ['dev']), signerName: CLIENT, usages: ['server auth'] })
  expect(approve(cluster, 'usage').conditions?.[1]).toMatchObject({
    type: 'Failed',
    reason: 'SignerValidationFailure',
    message: 'invalid usage for client certificate: server auth',
  })
  ask(cluster, 'serving', {
    request: request('system:node:n9', ['system:nodes']),
    signerName: 'kubernetes.io/kubelet-serving',
    usages: ['digital signature', 'server auth'],
  })
  expect(approve(cluster, 'serving').conditions?.[1]?.message).toBe('DNS or IP subjectAltName is required')
  ask(cluster, 'foreign', { request: request('dave', ['dev']), signerName: 'example.com/mine' })
  expect(approve(cluster, 'foreign').certificate).toBeUndefined()
})

test('kubelets are approved when they may ask; requests are cleaned up in time', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const node = cluster.as({ user: 'system:node:n9', groups: ['system:nodes'] })
  cluster.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'renew' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:nodes' }],
  })
  ask(cluster, 'self', { request: request('system:node:n9', ['system:nodes']), signerName: KUBELET }, node)
  expect(cluster.get('certificatesigningrequests', { name: 'self' }).status).toMatchObject({
    certificate: expect.any(String) as string,
    conditions: [
      {
        type: 'Approved',
        reason: 'AutoApproved',
        message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
      },
    ],
  })
  expect(() =>
    ask(
      cluster,
      'other',
      { request: request('system:node:n8', ['system:nodes']), signerName: KUBELET },
      node,
    ),
  ).toThrow('can only create a node CSR with CN=system:node:n9')
  ask(cluster, 'other', { request: request('jane', []), signerName: 'example.com/own' })
  expect(cluster.get('certificatesigningrequests', { name: 'other' }).status).toEqual({})
  const left = (): readonly (string | undefined)[] =>
    cluster.list('certificatesigningrequests').items.map(({ metadata }) => metadata.name)
  cluster.advance('2h')
  expect(left()).toEqual(['other'])
  cluster.advance('24h')
  expect(left()).toEqual([])
})
