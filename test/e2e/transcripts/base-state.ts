import { readFileSync } from 'node:fs'
import { withoutKubeadm } from '../../conformance/recordings/cluster.js'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { SimCluster } from 'simcluster'
import type { ResourceName } from '../../../src/client/resources.js'
import type { UserOptions } from '../../../src/cluster/access/access.js'
import { fakeNodes, registerNode } from './fake-nodes.js'

interface BaseState {
  /** Requests of dave and eve, in base64. */
  readonly certificateRequests: Readonly<Record<string, string>>
  readonly items: readonly object[]
  readonly podStatusPatch: { readonly pod: string; readonly status: object }
}

/** The objects of the state that the commands were recorded on. */
export const base: BaseState = JSON.parse(
  readFileSync(new URL('../../fixtures/e2e/base-state.json', import.meta.url), 'utf8'),
) as BaseState

/** Who ran the recorded commands, by fixed tokens. */
export const users: readonly UserOptions[] = [
  { name: 'admin', token: 'admin-token', uid: 'u-admin', groups: ['system:masters'] },
  { name: 'jane', token: 'jane-token', uid: 'u-jane', groups: ['dev'] },
  { name: 'bob', token: 'bob-token', uid: 'u-bob' },
]

/** No provisioner ran there, and no autoscaler had been looked at when the commands were recorded. */
const without = ['simulated-storage', 'kube-controller-manager/horizontal-pod-autoscaler-controller']

/** A cluster as the recorded one was before its first command: three nodes, no pod. */
export function recordedCluster(): SimCluster {
  const cluster = withoutKubeadm(
    new SimCluster({
      version: 'v1.34',
      nodes: 0,
      users,
      components: [fakeNodes],
      seed: 34,
      disable: without,
    }),
  )
  for (const name of ['n1', 'n2', 'n3']) registerNode(cluster, name)
  return cluster.advance('20s')
}

const SHOP = 'shop'
const at = (cluster: SimCluster): string => new Date(cluster.now()).toISOString().replace(/\.\d+Z$/, 'Z')

/**
 * What happened between the first command and the others: pods ran, and what the simulator has no controller
 * for.
 */
export function completeBase(cluster: SimCluster): void {
  cluster.advance('4s')
  if (!has(cluster, 'ttl-controller')) for (const name of ['n1', 'n2', 'n3']) annotateNode(cluster, name)
  if (!has(cluster, 'persistentvolume-binder-controller')) bindVolumes(cluster)
  cluster.advance('5s')
  const { pod, status } = base.podStatusPatch
  cluster.patch(
    'pods',
    { namespace: SHOP, name: pod },
    { type: 'strategic', body: { status } },
    { subresource: 'status' },
  )
  const spec = { cronSpec: '* * * * *', replicas: 1 }
  const crontab = {
    apiVersion: 'example.com/v1',
    kind: 'CronTab',
    metadata: { name: 'one', namespace: SHOP },
    spec,
  }
  cluster.resource('crontabs.example.com').create(crontab)
  cluster.advance('1s')
}

/** What the autoscaler finds out where there are no metrics. */
export function syncAutoscaler(cluster: SimCluster): void {
  if (has(cluster, 'horizontal-pod-autoscaler-controller')) return
  const cause =
    'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics ' +
    'from resource metrics API: ' +
    'the server could not find the requested resource (get pods.metrics.k8s.io)'
  const lastTransitionTime = at(cluster)
  setStatus(cluster, 'horizontalpodautoscalers', 'web', {
    currentReplicas: 3,
    desiredReplicas: 0,
    conditions: [
      {
        type: 'AbleToScale',
        status: 'True',
        reason: 'SucceededGetScale',
        lastTransitionTime,
        message: "the HPA controller was able to get the target's current scale",
      },
      {
        type: 'ScalingActive',
        status: 'False',
        reason: 'FailedGetResourceMetric',
        lastTransitionTime,
        message: `the HPA was unable to compute the replica count: ${cause}`,
      },
    ],
  })
  const hpa = cluster.get('horizontalpodautoscalers', { namespace: SHOP, name: 'web' })
  const component = 'horizontal-pod-autoscaler'
  const about = {
    of: hpa,
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    component,
    type: 'Warning',
  }
  addEvent(cluster, { ...about, reason: 'FailedGetResourceMetric', message: cause })
  addEvent(cluster, {
    ...about,
    reason: 'FailedComputeMetricsReplicas',
    message:
      'invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ' +
      `${cause}`,
  })
}

function has(cluster: SimCluster, controller: string): boolean {
  return cluster.process('kube-controller-manager').names.some((name) => name.endsWith(`/${controller}`))
}

function annotateNode(cluster: SimCluster, name: string): void {
  cluster.patch(
    'nodes',
    { name },
    { type: 'merge', body: { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': '0' } } } },
  )
}

function bindVolumes(cluster: SimCluster): void {
  const claim = cluster.get('persistentvolumeclaims', { namespace: SHOP, name: 'data' })
  const { uid, resourceVersion } = claim.metadata
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    namespace: SHOP,
    name: 'data',
    uid,
    resourceVersion,
  }
  const byController = { 'pv.kubernetes.io/bound-by-controller': 'yes' }
  const disk = { name: 'disk-1' }
  cluster.patch('persistentvolumes', disk, {
    type: 'merge',
    body: { metadata: { annotations: byController }, spec: { claimRef } },
  })
  cluster.patch(
    'persistentvolumes',
    disk,
    { type: 'merge', body: { status: { phase: 'Bound' } } },
    { subresource: 'status' },
  )
  const key = { namespace: SHOP, name: 'data' }
  const annotations = { ...byController, 'pv.kubernetes.io/bind-completed': 'yes' }
  cluster.patch('persistentvolumeclaims', key, {
    type: 'merge',
    body: { metadata: { annotations }, spec: { volumeName: 'disk-1' } },
  })
  setStatus(cluster, 'persistentvolumeclaims', 'data', {
    phase: 'Bound',
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '2Gi' },
  })
  const provisioner = 'example.com/none'
  const waiting = {
    'volume.beta.kubernetes.io/storage-provisioner': provisioner,
    'volume.kubernetes.io/storage-provisioner': provisioner,
  }
  const body = { metadata: { annotations: waiting } }
  const pending = cluster.patch(
    'persistentvolumeclaims',
    { namespace: SHOP, name: 'waiting' },
    { type: 'merge', body },
  )
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or ` +
    'manually by the system ' +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and ' +
    'correctly registered.'
  const about = {
    of: pending,
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    component: 'persistentvolume-controller',
  }
  addEvent(cluster, { ...about, reason: 'ExternalProvisioning', message, count: 3 })
}

function setStatus(cluster: SimCluster, resource: ResourceName, name: string, status: object): void {
  cluster.client.patch(
    resource,
    { namespace: SHOP, name },
    { type: 'merge', body: { status } },
    { subresource: 'status' },
  )
}

interface Said {
  readonly of: KubeObject
  readonly kind: string
  readonly apiVersion: string
  readonly component: string
  readonly type?: string
  readonly reason: string
  readonly message: string
  readonly count?: number
}

function addEvent(
  cluster: SimCluster,
  { of, kind, apiVersion, component, type = 'Normal', reason, message, count = 1 }: Said,
): void {
  const { name, namespace, uid, resourceVersion } = of.metadata
  const time = at(cluster)
  cluster.create('events', {
    metadata: {
      name: `${name}.${cluster.list('events').items.length.toString(16).padStart(16, '1')}`,
      namespace: SHOP,
    },
    involvedObject: { apiVersion, kind, name, namespace, uid, resourceVersion },
    source: { component },
    reportingComponent: component,
    type,
    reason,
    message,
    firstTimestamp: time,
    lastTimestamp: time,
    count,
  })
}

/** What is left of the Jobs' pods after node n1 was drained, as the recorded placement had it: one of pi. */
export function removeDrainedPods(cluster: SimCluster): void {
  const pods = cluster.list('pods', { namespace: SHOP, labelSelector: 'job-name in (pi,fail)' }).items
  const kept = pods.find(({ metadata }) => metadata.labels?.['job-name'] === 'pi')
  for (const pod of pods) if (pod !== kept) cluster.delete('pods', pod.metadata, { gracePeriodSeconds: 0 })
}
