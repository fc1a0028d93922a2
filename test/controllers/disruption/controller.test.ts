import { describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'
import { ApiError } from '../../../src/client/api-error.js'
import type { Pod } from '../../../src/api/core/generated.js'
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../../src/api/policy/generated.js'
import { workloadCluster } from '../shared/clusters.js'
import { createDaemonSet, createDeployment, createReplicaSet, patch, pods } from '../shared/workloads.js'

type Cluster = ReturnType<typeof workloadCluster>

function createBudget({ client }: Cluster, spec: PodDisruptionBudgetSpec, name = 'b'): void {
  const object = {
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'x' } }, ...spec },
  }
  client.create('poddisruptionbudgets', object)
}

const budget = ({ client }: Cluster, name = 'b'): PodDisruptionBudget =>
  client.get('poddisruptionbudgets', { namespace: 'default', name })
const eventsOf = (cluster: Cluster): string[] => cluster.eventLines('controllermanager')

describe('a PodDisruptionBudget', () => {
  it('follows the scale of a Deployment', () => {
    const cluster = workloadCluster()
    createBudget(cluster, { maxUnavailable: '50%' })
    cluster.sim.settle()
    expect(eventsOf(cluster)).toContain('PodDisruptionBudget/b NoPods: No matching pods found')
    createDeployment(cluster, { replicas: 4 })
    cluster.sim.settle()
    expect(budget(cluster).status).toMatchObject({
      expectedPods: 4,
      desiredHealthy: 2,
      currentHealthy: 4,
      disruptionsAllowed: 2,
    })
    patch(cluster, 'deployments', { replicas: 6 })
    cluster.sim.settle()
    expect(budget(cluster).status).toMatchObject({
      expectedPods: 6,
      desiredHealthy: 3,
      currentHealthy: 6,
      disruptionsAllowed: 3,
    })
  })

  it('counts each controller of its pods once', () => {
    const cluster = workloadCluster()
    createReplicaSet(cluster, 's', {
      replicas: 2,
      selector: { matchLabels: { app: 'x', own: 's' } },
      template: {
        metadata: { labels: { app: 'x', own: 's' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    })
    createDeployment(cluster, {
      replicas: 3,
      selector: { matchLabels: { app: 'x', own: 'd' } },
      template: {
        metadata: { labels: { app: 'x', own: 'd' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    })
    cluster.sim.settle()
    createBudget(cluster, { minAvailable: '100%' })
    cluster.sim.settle()
    expect(budget(cluster).status).toMatchObject({
      expectedPods: 5,
      desiredHealthy: 5,
      disruptionsAllowed: 0,
    })
  })

  it('cannot be reckoned by percentage over DaemonSet pods, and then allows nothing', () => {
    const cluster = workloadCluster()
    createDaemonSet(cluster)
    cluster.sim.settle()
    createBudget(cluster, { maxUnavailable: 1 })
    cluster.sim.settle()
    const message = 'daemonsets.apps does not implement the scale subresource'
    expect(budget(cluster).status.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message },
    ])
    expect(eventsOf(cluster)[0]).toBe(
      'PodDisruptionBudget/b CalculateExpectedPodCountFailed: Failed to calculate the number of ' +
        `expected pods: ${message}`,
    )
    cluster.client.patch(
      'poddisruptionbudgets',
      { namespace: 'default', name: 'b' },
      { type: 'merge', body: { spec: { maxUnavailable: null, minAvailable: 1 } } },
    )
    cluster.sim.settle()
    expect(budget(cluster).status).toMatchObject({
      expectedPods: 3,
      desiredHealthy: 1,
      disruptionsAllowed: 2,
    })
    expect(budget(cluster).status.conditions?.[0]?.reason).toBe('SufficientPods')
  })

  it('whose status could not be written twice is tried again when the informers resync', () => {
    const cluster = new SimCluster({ nodes: 1 })
    let writes = 0
    cluster.internals.setGate(({ verb, resource }, send) => {
      // the second write is that of the fail-safe status
      const isRefused = resource === 'poddisruptionbudgets' && verb === 'update' && [1, 3].includes(++writes)
      if (isRefused) throw new ApiError(500, 'InternalError', 'etcdserver: request timed out')
      return send()
    })
    cluster.create('poddisruptionbudgets', {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
    })
    const reason = (): string | undefined =>
      cluster.get('poddisruptionbudgets', 'b').status.conditions?.[0]?.reason
    cluster.advance('11h')
    expect([writes, reason()]).toEqual([3, 'SyncFailed'])
    cluster.advance('14h')
    expect([writes, reason()]).toEqual([4, 'InsufficientPods'])
  })

  it('gives an eviction back that did not delete its pod within two minutes', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, { replicas: 3 })
    createBudget(cluster, { minAvailable: 2 })
    cluster.sim.settle()
    const [pod] = pods(cluster) as [Pod]
    const time = new Date(cluster.sim.clock.now()).toISOString().replace(/\.\d+/, '')
    const { status, ...rest } = budget(cluster)
    cluster.client.updateStatus('poddisruptionbudgets', {
      ...rest,
      status: { ...status, disruptionsAllowed: 0, disruptedPods: { [pod.metadata.name as string]: time } },
    })
    cluster.sim.settle()
    expect(budget(cluster).status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0 })
    cluster.advance(118)
    expect(budget(cluster).status.disruptionsAllowed).toBe(0)
    cluster.advance(4)
    expect(budget(cluster).status).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 })
    expect(budget(cluster).status).not.toHaveProperty('disruptedPods')
    expect(eventsOf(cluster).at(-1)).toBe(
      `Pod/${pod.metadata.name as string} NotDeleted: Pod was expected by PDB default/default to be ` +
        `deleted but it wasn't`,
    )
  })

  it('takes a DisruptionTarget back that came to nothing', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, { replicas: 1 })
    cluster.sim.settle()
    const [pod] = pods(cluster) as [Pod]
    const lastTransitionTime = new Date(cluster.sim.clock.now()).toISOString().replace(/\.\d+/, '')
    const target = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      lastTransitionTime,
      lastProbeTime: null,
    }
    cluster.client.updateStatus('pods', {
      ...pod,
      status: { ...pod.status, conditions: [...(pod.status.conditions ?? []), target] },
    })
    const state = (): string | undefined =>
      pods(cluster)[0]?.status.conditions?.find(({ type }) => type === 'DisruptionTarget')?.status
    cluster.advance(118)
    expect(state()).toBe('True')
    cluster.advance(3)
    expect(state()).toBe('False')
  })

  it('warns of pods that two budgets select', () => {
    const cluster = workloadCluster()
    createBudget(cluster, { minAvailable: 1 }, 'a')
    createBudget(cluster, { minAvailable: 1 }, 'b')
    createReplicaSet(cluster, 's', { replicas: 1 })
    cluster.sim.settle()
    const name = pods(cluster)[0]?.metadata.name as string
    expect(eventsOf(cluster)).toContain(
      `Pod/${name} MultiplePodDisruptionBudgets: Pod "default"/"${name}" matches multiple ` +
        'PodDisruptionBudgets.' +
        '  Chose "a" arbitrarily.',
    )
  })
})

/** A cluster with a kind whose plural is not what its name suggests, an object, and a pod of that object. */
function clusterWithFleet(subresources: object): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  const replicas = { type: 'object', properties: { replicas: { type: 'integer' } } }
  const openAPIV3Schema = { type: 'object', properties: { spec: replicas, status: replicas } }
  cluster
    .resource('customresourcedefinitions')
    .create({
      metadata: { name: 'armada.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'armada', kind: 'Fleet' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, subresources }],
      },
    })
  cluster.settle()
  const metadata = { name: 'f', namespace: 'default' }
  const fleet = { apiVersion: 'example.com/v1', kind: 'Fleet', metadata, spec: { replicas: 3 } }
  const { uid = '' } = cluster.resource('armada.example.com').create(fleet).metadata
  cluster.create('pods', {
    metadata: {
      name: 'p',
      namespace: 'default',
      labels: { app: 'x' },
      ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Fleet', name: 'f', uid, controller: true }],
    },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  })
  cluster.create('poddisruptionbudgets', {
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'x' } }, maxUnavailable: 1 },
  })
  cluster.settle()
  return cluster
}

const statusOf = (cluster: SimCluster): PodDisruptionBudget['status'] =>
  cluster.get('poddisruptionbudgets', { namespace: 'default', name: 'b' }).status

describe('a PodDisruptionBudget over pods of a custom resource', () => {
  it('follows its scale, whatever its plural', () => {
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }
    expect(statusOf(clusterWithFleet({ scale }))).toMatchObject({ expectedPods: 3, desiredHealthy: 2 })
  })

  it('cannot be calculated without a scale, or when its definition is gone', () => {
    const cluster = clusterWithFleet({})
    const message = 'armada.example.com does not implement the scale subresource'
    expect(statusOf(cluster).conditions).toMatchObject([{ reason: 'SyncFailed', message }])
    cluster.component('kube-controller-manager/garbage-collector-controller').stop()
    cluster.delete('customresourcedefinitions', { name: 'armada.example.com' })
    cluster.settle()
    const key = { namespace: 'default', name: 'p' }
    cluster.patch('pods', key, { type: 'merge', body: { metadata: { labels: { more: 'yes' } } } })
    cluster.settle()
    expect(statusOf(cluster).conditions).toMatchObject([
      { reason: 'SyncFailed', message: 'no matches for kind "Fleet" in version "example.com/v1"' },
    ])
  })
})

it('a PodDisruptionBudget follows the ReplicaSet of a Deployment that is gone', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.component('kube-controller-manager/garbage-collector-controller').stop()
  const labels = { app: 'x' }
  cluster.create('deployments', {
    metadata: { name: 'd', namespace: 'default' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  cluster.settle()
  cluster.delete('deployments', { namespace: 'default', name: 'd' })
  cluster.create('poddisruptionbudgets', {
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: labels }, maxUnavailable: 1 },
  })
  cluster.settle()
  expect(statusOf(cluster)).toMatchObject({ expectedPods: 2, desiredHealthy: 1, currentHealthy: 2 })
})
