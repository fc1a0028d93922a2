import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import type { ResourceClaim } from '../../src/api/resource/generated.js'
import { createResourceClaimController } from '../../src/controllers/resource-claim.js'
import { partial } from '../support/typed.js'
import { ControllerCluster } from './shared/controller-cluster.js'

const namespace = 'default'
const FINALIZER = 'resource.kubernetes.io/delete-protection'
const devices = {
  requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 } }],
}

const newCluster = (): ControllerCluster =>
  new ControllerCluster(() => [createResourceClaimController()]).advance(1)

function template(cluster: ControllerCluster, name: string, metadata: object = {}): void {
  cluster.client.create('resourceclaimtemplates', {
    metadata: { namespace, name },
    spec: { metadata, spec: { devices } },
  })
}

function pod(
  cluster: ControllerCluster,
  name: string,
  resourceClaims: readonly object[],
  spec: object = {},
): Pod {
  const wanted = { containers: [{ name: 'c', image: 'i' }], resourceClaims, ...spec }
  return cluster.client.create(
    'pods',
    partial<Pod>({ metadata: { namespace, name }, spec: wanted, status: {} }),
  )
}

const claims = (cluster: ControllerCluster): readonly ResourceClaim[] =>
  cluster.client.list('resourceclaims', { namespace }).items
const getPod = (cluster: ControllerCluster, name: string): Pod =>
  cluster.client.get('pods', { namespace, name })

/** Gives a claim a device and users, as the scheduler does. */
function allocate(cluster: ControllerCluster, name: string, ...users: readonly Pod[]): void {
  const known = cluster.client.get('resourceclaims', { namespace, name })
  const metadata = { ...known.metadata, finalizers: [FINALIZER] }
  const protectedClaim = cluster.client.update('resourceclaims', { ...known, metadata })
  const results = [{ request: 'r', driver: 'gpu.example.com', pool: 'n', device: 'gpu-0' }]
  const reservedFor = users.map((user) => ({
    resource: 'pods',
    name: user.metadata.name ?? '',
    uid: user.metadata.uid ?? '',
  }))
  const status = { allocation: { devices: { results } }, ...(users.length === 0 ? {} : { reservedFor }) }
  cluster.client.updateStatus('resourceclaims', { ...protectedClaim, status })
}

function end(cluster: ControllerCluster, name: string): void {
  const known = getPod(cluster, name)
  cluster.client.updateStatus('pods', { ...known, status: { ...known.status, phase: 'Succeeded' } })
  cluster.advance(1)
}

test('a claim is made of a template for each entry of a pod, and the status of the pod names it', () => {
  const cluster = newCluster()
  template(cluster, 'gpus', { labels: { team: 'a' }, annotations: { note: 'x' } })
  const made = pod(cluster, 'web', [
    { name: 'one', resourceClaimTemplateName: 'gpus' },
    { name: 'two', resourceClaimTemplateName: 'gpus' },
  ])
  cluster.advance(1)
  const all = claims(cluster)
  expect(all).toHaveLength(2)
  const one = all.find(({ metadata }) => metadata.name?.startsWith('web-one-'))
  expect(one).toMatchObject({
    metadata: {
      labels: { team: 'a' },
      annotations: { note: 'x', 'resource.kubernetes.io/pod-claim-name': 'one' },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          name: 'web',
          uid: made.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { devices },
  })
  expect(getPod(cluster, 'web').status.resourceClaimStatuses?.map(({ name }) => name)).toEqual(['one', 'two'])
  expect(getPod(cluster, 'web').status.resourceClaimStatuses?.[0]?.resourceClaimName).toBe(one?.metadata.name)
})

test('the names of a long pod and a long entry are shortened by the same share', () => {
  const cluster = newCluster()
  template(cluster, 'gpus')
  pod(cluster, 'p'.repeat(60), [{ name: 'c'.repeat(40), resourceClaimTemplateName: 'gpus' }])
  cluster.advance(1)
  expect(claims(cluster)[0]?.metadata.name).toMatch(/^p{33}-c{22}[a-z\d]{5}$/)
})

test('a missing template is told of by an event, and waited for', () => {
  const cluster = newCluster()
  pod(cluster, 'web', [{ name: 'one', resourceClaimTemplateName: 'gpus' }])
  cluster.advance(1)
  expect(cluster.events[0]).toMatchObject({
    source: 'resource_claim',
    reason: 'FailedResourceClaimCreation',
    message:
      'PodResourceClaim one: resource claim template "gpus": ' +
      'resourceclaimtemplate.resource.k8s.io "gpus" not found',
  })
  template(cluster, 'gpus')
  cluster.advance(60)
  expect(claims(cluster)).toHaveLength(1)
})

test('a generated claim that somebody deletes is made again', () => {
  const cluster = newCluster()
  template(cluster, 'gpus')
  pod(cluster, 'web', [{ name: 'one', resourceClaimTemplateName: 'gpus' }])
  cluster.advance(1)
  const [first] = claims(cluster)
  cluster.client.delete('resourceclaims', { namespace, name: first?.metadata.name ?? '' })
  cluster.advance(1)
  const [second] = claims(cluster)
  expect(second?.metadata.name).not.toBe(first?.metadata.name)
  expect(getPod(cluster, 'web').status.resourceClaimStatuses).toEqual([
    { name: 'one', resourceClaimName: second?.metadata.name },
  ])
})

test('a claim loses users that have ended, and with the last one its devices and its finalizer', () => {
  const cluster = newCluster()
  cluster.client.create('resourceclaims', {
    metadata: { namespace, name: 'shared' },
    spec: { devices },
    status: {},
  })
  const users = ['a', 'b'].map((name) =>
    pod(cluster, name, [{ name: 'x', resourceClaimName: 'shared' }], { nodeName: 'n' }),
  )
  allocate(cluster, 'shared', ...users)
  cluster.advance(1)
  expect(claims(cluster)[0]?.status.reservedFor).toHaveLength(2)
  end(cluster, 'a')
  expect(claims(cluster)[0]?.status.reservedFor?.map(({ name }) => name)).toEqual(['b'])
  expect(claims(cluster)[0]?.status.allocation).toBeDefined()
  cluster.client.delete('pods', { namespace, name: 'b' }, { gracePeriodSeconds: 0 })
  cluster.advance(1)
  expect(claims(cluster)).toMatchObject([{ metadata: { name: 'shared' }, status: {} }])
  expect(claims(cluster)[0]?.status.allocation).toBeUndefined()
  expect(claims(cluster)[0]?.metadata.finalizers ?? []).toEqual([])
})

test('an allocated claim that never had users keeps its devices until it is deleted', () => {
  const cluster = newCluster()
  cluster.client.create('resourceclaims', {
    metadata: { namespace, name: 'idle' },
    spec: { devices },
    status: {},
  })
  allocate(cluster, 'idle')
  cluster.advance(1)
  expect(claims(cluster)[0]?.status.allocation).toBeDefined()
  cluster.client.delete('resourceclaims', { namespace, name: 'idle' })
  cluster.advance(1)
  expect(claims(cluster)).toEqual([])
})

test('a claim that is deleted while a pod uses it goes with that pod', () => {
  const cluster = newCluster()
  cluster.client.create('resourceclaims', {
    metadata: { namespace, name: 'c' },
    spec: { devices },
    status: {},
  })
  allocate(cluster, 'c', pod(cluster, 'a', [{ name: 'x', resourceClaimName: 'c' }], { nodeName: 'n' }))
  cluster.client.delete('resourceclaims', { namespace, name: 'c' })
  cluster.advance(1)
  expect(claims(cluster)[0]?.status.reservedFor).toHaveLength(1)
  end(cluster, 'a')
  expect(claims(cluster)).toEqual([])
})

test('the generated claim of a pod that has ended is deleted, though the pod stays', () => {
  const cluster = newCluster()
  template(cluster, 'gpus')
  pod(cluster, 'job', [{ name: 'one', resourceClaimTemplateName: 'gpus' }], { nodeName: 'n' })
  cluster.advance(1)
  allocate(cluster, claims(cluster)[0]?.metadata.name ?? '', getPod(cluster, 'job'))
  cluster.advance(1)
  end(cluster, 'job')
  expect(claims(cluster)).toEqual([])
  expect(getPod(cluster, 'job').status.phase).toBe('Succeeded')
})

test('an allocated claim is reserved for a pod that somebody else has placed', () => {
  const cluster = newCluster()
  cluster.client.create('resourceclaims', {
    metadata: { namespace, name: 'c' },
    spec: { devices },
    status: {},
  })
  allocate(cluster, 'c')
  pod(cluster, 'a', [{ name: 'x', resourceClaimName: 'c' }], { nodeName: 'n' })
  cluster.advance(1)
  expect(claims(cluster)[0]?.status.reservedFor?.map(({ name }) => name)).toEqual(['a'])
})

test('a user of a kind that is no pod is left alone, and tried again', () => {
  const cluster = newCluster()
  cluster.client.create('resourceclaims', {
    metadata: { namespace, name: 'c' },
    spec: { devices },
    status: {},
  })
  allocate(cluster, 'c')
  const known = cluster.client.get('resourceclaims', { namespace, name: 'c' })
  const reservedFor = [{ apiGroup: 'batch', resource: 'jobs', name: 'j', uid: 'u' }]
  cluster.client.updateStatus('resourceclaims', { ...known, status: { ...known.status, reservedFor } })
  cluster.advance(5)
  expect(claims(cluster)[0]?.status.reservedFor).toHaveLength(1)
})
