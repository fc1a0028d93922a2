import type { PodInput, PodSpecInput } from '../../../src/api/core/inputs.js'
import type { ObjectMetaInput } from '../../../src/api/meta/inputs.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { forbiddenLabels } from '../../../src/apiserver/admission/node-restriction/nodes.js'
import type { Client } from '../../../src/client/client.js'
import { createRequest } from '../../../src/pki/index.js'
import { testKey } from '../../../src/pki/keys.js'

const audience = 'vault'
const token = (path: string, more: object = {}): object => ({ serviceAccountToken: { path, ...more } })
const manifests: readonly object[] = [
  ...['here', 'there'].map((name, at) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: {
      nodeName: `node-${at + 1}`,
      containers: [{ name: 'c', image: 'nginx' }],
      volumes: [{ name: 'tokens', projected: { sources: [token('a', { audience })] } }],
    },
  })),
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
]

let cluster: SimCluster
let node: Client

/**
 * The node authorizer lets less through than this plugin: everything is asked with every right, so that the
 * plugin alone decides.
 */
beforeAll(() => {
  cluster = new SimCluster({
    nodes: 2,
    access: {
      authorization: {
        authorize: (_user, { verb }) => ({ allowed: verb !== 'request-serviceaccounts-token-audience' }),
      },
    },
  })
  cluster.apply(manifests)
  cluster.settle()
  node = cluster.as({ user: 'system:node:node-1', groups: ['system:nodes'] }) as Client
})

const uidOf = (kind: 'pods' | 'nodes', name: string): string =>
  cluster.get(kind, kind === 'pods' ? { name, namespace: 'default' } : { name }).metadata.uid as string

function said(act: () => unknown): string {
  try {
    act()
    return 'allowed'
  } catch (error) {
    return (error as Error).message
  }
}

const mirror = (metadata: Partial<ObjectMetaInput>, spec: Partial<PodSpecInput> = {}): PodInput => ({
  metadata: {
    name: 'm',
    namespace: 'default',
    annotations: { 'kubernetes.io/config.mirror': 'x' },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: uidOf('nodes', 'node-1'), controller: true },
    ],
    ...metadata,
  },
  spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }], ...spec },
})

const owner = (more: object): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: 'node-1',
  uid: uidOf('nodes', 'node-1'),
  controller: true,
  ...more,
})

describe('a node may not', () => {
  const pods = (why: string, name = 'm'): string => `pods "${name}" is forbidden: ${why}`
  const volume = (source: object): object => ({ volumes: [{ name: 'v', ...source }] })
  test('make pods other than its own mirror pods', () => {
    const cases: readonly (readonly [object, object, string])[] = [
      [
        { annotations: {} },
        { serviceAccountName: 'default' },
        'pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create ' +
          'mirror pods',
      ],
      [{}, { nodeName: 'node-2' }, 'node "node-1" can only create pods with spec.nodeName set to itself'],
      [
        { ownerReferences: [] },
        {},
        'node "node-1" can only create pods with an owner reference set to itself',
      ],
      [
        { ownerReferences: [owner({ name: 'node-2' })] },
        {},
        'node "node-1" can only create pods with an owner reference set to itself',
      ],
      [
        { ownerReferences: [owner({}), owner({ name: 'x', controller: false })] },
        {},
        'node "node-1" can only create pods with a single owner reference set to itself',
      ],
      [
        { ownerReferences: [owner({ controller: false })] },
        {},
        'node "node-1" can only create pods with a controller owner reference set to itself',
      ],
      [
        { ownerReferences: [owner({ blockOwnerDeletion: true })] },
        {},
        'node "node-1" must not set blockOwnerDeletion on an owner reference',
      ],
      [
        { ownerReferences: [owner({ uid: 'u' })] },
        {},
        `node node-1 UID mismatch: expected u got ${uidOf('nodes', 'node-1')}`,
      ],
      [{}, { imagePullSecrets: [{ name: 's' }] }, 'node "node-1" can not create pods that reference secrets'],
      [
        {},
        volume({ configMap: { name: 'c' } }),
        'node "node-1" can not create pods that reference configmaps',
      ],
      [
        {},
        volume({ persistentVolumeClaim: { claimName: 'data' } }),
        'node "node-1" can not create pods that reference persistentvolumeclaims',
      ],
      [
        {},
        volume({ csi: { driver: 'd' } }),
        'node "node-1" can not create pods that reference csidrivers (via CSI volumes)',
      ],
      [
        {},
        volume({ projected: { sources: [{ clusterTrustBundle: { path: 'p', name: 'b' } }] } }),
        'node "node-1" can not create pods that reference clustertrustbundles',
      ],
    ]
    for (const [metadata, spec, why] of cases) {
      expect(said(() => node.create('pods', mirror(metadata, spec), { dryRun: true }))).toBe(pods(why))
    }
    expect(said(() => node.create('pods', mirror({}), { dryRun: true }))).toBe('allowed')
  })

  test('touch pods of other nodes, or more of its own than their status', () => {
    const [here, there] = ['here', 'there'].map((name) => cluster.get('pods', { name, namespace: 'default' }))
    const [own, other] = [here as NonNullable<typeof here>, there as NonNullable<typeof there>]
    const dry = { dryRun: true }
    expect(said(() => node.delete('pods', { name: 'there', namespace: 'default' }, dry))).toBe(
      pods('node "node-1" can only delete pods with spec.nodeName set to itself', 'there'),
    )
    expect(said(() => node.update('pods', { ...own, metadata: { ...own.metadata, labels: {} } }, dry))).toBe(
      pods('unexpected operation "UPDATE", node "node-1" can only create and delete mirror pods', 'here'),
    )
    expect(said(() => node.updateStatus('pods', other, dry))).toBe(
      pods('node "node-1" can only update pod status for pods with spec.nodeName set to itself', 'there'),
    )
    expect(
      said(() =>
        node.updateStatus('pods', { ...own, metadata: { ...own.metadata, labels: { app: 'x' } } }, dry),
      ),
    ).toBe(pods('node "node-1" cannot update labels through pod status', 'here'))
    expect(
      said(() =>
        node.updateStatus(
          'pods',
          { ...own, status: { ...own.status, resourceClaimStatuses: [{ name: 'r' }] } },
          dry,
        ),
      ),
    ).toBe(pods('node "node-1" cannot update resource claim statues', 'here'))
    expect(said(() => node.updateStatus('pods', own, dry))).toBe('allowed')
    const evict = (name: string): string =>
      said(() =>
        node.createSubresource(
          'pods',
          { name, namespace: 'default' },
          'eviction',
          { metadata: { name } },
          dry,
        ),
      )
    expect(evict('there')).toBe(
      pods('node node-1 can only evict pods with spec.nodeName set to itself', 'there'),
    )
    expect(evict('here')).toBe('allowed')
    const bind = said(() =>
      node.createSubresource('pods', { name: 'here', namespace: 'default' }, 'binding', {
        metadata: { name: 'here' },
        target: { kind: 'Node', name: 'node-1' },
      }),
    )
    expect(bind).toBe(
      pods(`unexpected pod subresource "binding", only 'status' and 'eviction' are allowed`, 'here'),
    )
  })

  test('touch other Nodes, its own taints, owners or reserved labels', () => {
    const nodes = (why: string, name = 'node-1'): string => `nodes "${name}" is forbidden: ${why}`
    const dry = { dryRun: true }
    const patch = (body: object, name = 'node-1'): string =>
      said(() => node.patch('nodes', { name }, { type: 'strategic', body }, dry))
    expect(patch({ metadata: { labels: { a: 'b' } } }, 'node-2')).toBe(
      nodes('node "node-1" is not allowed to modify node "node-2"', 'node-2'),
    )
    expect(patch({ spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })).toBe(
      nodes('node "node-1" is not allowed to modify taints'),
    )
    expect(
      patch({ metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'x', uid: 'u' }] } }),
    ).toBe(nodes('node "node-1" is not allowed to modify ownerReferences'))
    const labels = {
      'node-role.kubernetes.io/control-plane': '',
      'x.node-restriction.kubernetes.io/y': '',
      a: 'b',
      'node.kubernetes.io/z': '',
      'kubernetes.io/hostname': 'h',
    }
    const forbidden = 'node-role.kubernetes.io/control-plane, x.node-restriction.kubernetes.io/y'
    expect(patch({ metadata: { labels } })).toBe(nodes(`is not allowed to modify labels: ${forbidden}`))
    expect(patch({ metadata: { labels: { a: 'b', 'kubelet.kubernetes.io/x': '' } } })).toBe('allowed')
    const newcomer = cluster.as({ user: 'system:node:node-9', groups: ['system:nodes'] })
    const made = said(() => newcomer.create('nodes', { metadata: { name: 'node-9', labels } }, dry))
    expect(made).toBe(
      nodes(`node "node-9" is not allowed to set the following labels: ${forbidden}`, 'node-9'),
    )
    const nobody = cluster.as({ user: 'system:node:', groups: ['system:nodes'] })
    expect(said(() => nobody.patch('nodes', { name: 'node-1' }, { type: 'merge', body: {} }, dry))).toBe(
      nodes('could not determine node from user "system:node:"'),
    )
  })

  test('ask for tokens and certificates of others, or write the leases of others', () => {
    const ask = (boundObjectRef: object | undefined, audiences: readonly string[] = [audience]): string =>
      said(() =>
        node.createSubresource('serviceaccounts', { name: 'default', namespace: 'default' }, 'token', {
          spec: { audiences, boundObjectRef },
        }),
      )
    const pod = (name: string, uid = uidOf('pods', name)): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      name,
      uid,
    })
    const accounts = (why: string): string => `serviceaccounts "default" is forbidden: ${why}`
    expect(ask(undefined)).toBe(accounts('node requested token not bound to a pod'))
    expect(ask(pod('here', ''))).toBe(accounts('node requested token with a pod binding without a uid'))
    expect(ask(pod('gone', 'u'))).toBe('pods "gone" not found')
    expect(ask(pod('here', 'u'))).toBe(
      accounts(
        'the UID in the bound object reference (u) does not match the UID in record. The object might ' +
          'have been deleted and then recreated',
      ),
    )
    expect(ask(pod('there'))).toBe(
      accounts('node requested token bound to a pod scheduled on a different node'),
    )
    expect(ask(pod('here'), ['a', 'b'])).toBe(accounts('node may only request 0 or 1 audiences'))
    expect(ask(pod('here'), ['else'])).toBe(
      accounts(
        'audience "else" not found in pod spec volume, system:node:node-1 is not authorized to ' +
          'request tokens for this audience',
      ),
    )
    expect(ask(pod('here'))).toBe('allowed')
    expect(ask(pod('here'), [])).toBe('allowed') // its volume kube-api-access

    const lease = (name: string, namespace: string): string =>
      said(() => node.create('leases', { metadata: { name, namespace } }, { dryRun: true }))
    expect(lease('node-1', 'default')).toBe(
      'leases.coordination.k8s.io "node-1" is forbidden: can only access leases in the ' +
        '"kube-node-lease" system namespace',
    )
    expect(lease('node-2', 'kube-node-lease')).toBe(
      'leases.coordination.k8s.io "node-2" is forbidden: can only access node lease with the same ' +
        'name as the requesting node',
    )
    const csi = said(() =>
      node.create('csinodes', { metadata: { name: 'node-2' }, spec: { drivers: [] } }, { dryRun: true }),
    )
    expect(csi).toBe(
      'csinodes.storage.k8s.io "node-2" is forbidden: can only access CSINode with the same name as ' +
        'the requesting node',
    )

    const request = (commonName: string): string =>
      said(() =>
        node.create(
          'certificatesigningrequests',
          {
            metadata: { name: 'r' },
            spec: {
              request: btoa(requestOf(commonName)),
              signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
              usages: ['digital signature', 'client auth'],
            },
          },
          { dryRun: true },
        ),
      )
    expect(request('system:node:node-2')).toBe(
      'certificatesigningrequests.certificates.k8s.io "r" is forbidden: can only create a node CSR ' +
        'with CN=system:node:node-1',
    )
    expect(request('system:node:node-1')).toBe('allowed')
    const claim = cluster.get('persistentvolumeclaims', { name: 'data', namespace: 'default' })
    expect(
      said(() =>
        node.updateStatus(
          'persistentvolumeclaims',
          { ...claim, status: { ...claim.status, capacity: { storage: '2Gi' } } },
          { dryRun: true },
        ),
      ),
    ).toBe('allowed')
    expect(
      said(() =>
        node.updateStatus(
          'persistentvolumeclaims',
          { ...claim, status: { ...claim.status, phase: 'Lost' } },
          { dryRun: true },
        ),
      ),
    ).toContain(
      'persistentvolumeclaims "data" is forbidden: node "node-1" is not allowed to update fields ' +
        'other than status.quantity and status.conditions',
    )
    expect(said(() => node.update('persistentvolumeclaims', claim, { dryRun: true }))).toBe(
      'persistentvolumeclaims "data" is forbidden: may only update PVC status',
    )
  })
})

test('labels that a node may not give itself come from the administrator', () => {
  const labels = { 'node-role.kubernetes.io/control-plane': '', disk: 'ssd' }
  const one = new SimCluster({ nodes: [{ name: 'cp', labels }] })
  const [found] = one.list('nodes').items
  expect(found?.metadata.labels).toMatchObject(labels)
  one.edit(
    'nodes',
    { name: 'cp' },
    (draft) => void delete draft.metadata.labels?.['node-role.kubernetes.io/control-plane'],
  )
  one.node('cp').kubelet.stop()
  one.advance('1m')
  one.node('cp').kubelet.start()
  one.settle()
  expect(one.get('nodes', { name: 'cp' }).metadata.labels).toMatchObject({ disk: 'ssd' })
})

test('old servers forbade less at creation', () => {
  expect(forbiddenLabels({ 'a.k8s.io/x': '' }, undefined, 'restricted')).toEqual([])
  expect(forbiddenLabels({ 'node-restriction.kubernetes.io/x': '' }, undefined, 'restricted')).toEqual([
    'node-restriction.kubernetes.io/x',
  ])
})

function requestOf(commonName: string): string {
  return createRequest({ commonName, organizations: ['system:nodes'] }, testKey(2, 'r'))
}
