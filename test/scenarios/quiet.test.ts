import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { ConnectionError, type KubeObject, SimCluster, type UserInfo } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { expect, test } from 'vitest'
import { type HistoryAction as Action, performAction as perform } from 'simcluster/testing'
import { stateToJson } from '../../src/sim/state.js'
import { workloadAction } from './actions.js'

const fresh = new SimCluster({ nodes: 3, metricsServer: true }).snapshot()

/** Histories of actions with long quiet times between them. */
const history = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: workloadAction },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        ms: fc.constantFrom(10_000, 61_000, 420_000, 1_800_000, 3_700_000),
      }),
    },
  ),
  { minLength: 3, maxLength: 8, size: 'max' },
)

/** Everything that a cluster is, but for the history of its leases. */
function stateOf(cluster: SimCluster): unknown {
  const objects = cluster.state.resources().map((resource) => [resource, cluster.state.stored(resource)])
  return [
    cluster.state.traceHash(),
    cluster.internals.etcd.revision,
    objects,
    stateToJson(cluster.snapshot().simulation()),
  ]
}

/** With `forks`, each action is performed on a fork of what the last one has left. */
function play(heartbeats: 'exact' | 'quiet', actions: readonly Action[], forks = false): SimCluster {
  let cluster = SimCluster.restore(fresh, { heartbeats })
  for (const action of actions) {
    if (forks) cluster = cluster.fork()
    perform(cluster, action)
  }
  return cluster
}

test('a history with quiet heartbeats ends as with each heartbeat a step', { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(history, fc.boolean(), (actions, forks) => {
      const [exact, quiet] = [play('exact', actions), play('quiet', actions, forks)]
      if (!isDeepStrictEqual(stateOf(quiet), stateOf(exact))) expect(stateOf(quiet)).toEqual(stateOf(exact))
    }),
    { numRuns: Math.ceil(Number(process.env.SCENARIOS ?? 500) / 12) },
  )
})

test('a watch of the leases makes every heartbeat a step, and sees each renewal', () => {
  const cluster = SimCluster.restore(fresh)
  const watch = cluster.client.watch('leases', { namespace: 'kube-node-lease' })
  watch.next()
  cluster.advance('1m')
  expect(watch.next().length).toBeGreaterThanOrEqual(15)
})

test('a watch from before a quiet time sees the last renewal of each lease', () => {
  const cluster = SimCluster.restore(fresh)
  const before = cluster.client.list('leases', { namespace: 'kube-node-lease' }).metadata.resourceVersion
  cluster.advance('2m')
  const watch = cluster.client.watch('leases', { namespace: 'kube-node-lease', resourceVersion: before })
  const seen = new Map(watch.next().map(({ object }) => [object.metadata.name, object]))
  for (const lease of cluster.list('leases', { namespace: 'kube-node-lease' }).items)
    expect(seen.get(lease.metadata.name)).toEqual(lease)
})

test('until() looks at leases that are written', () => {
  const cluster = SimCluster.restore(fresh)
  const renewed = (): string | null | undefined =>
    cluster.state.stored('leases', { namespace: 'kube-node-lease' })[0]?.spec.renewTime
  const before = renewed()
  expect(cluster.until(() => renewed() !== before, { timeout: '1m' })).toBe(true)
})

/** Changes to a cluster from outside, between two calls, by name. */
const fromOutside: Readonly<Record<string, (cluster: SimCluster) => unknown>> = {
  'does nothing': () => undefined,
  'reads an object': (cluster) => cluster.list('nodes'),
  'crashes a node': (cluster) => cluster.node('node-1').crash(),
  'cuts a node off': (cluster) => cluster.node('node-1').partition(),
  'stops a kubelet': (cluster) => cluster.node('node-1').stopKubelet(),
  'shuts a machine down': (cluster) => cluster.node('node-1').shutdown(),
  'fills a disk': (cluster) => cluster.node('node-1').setSystemUsage({ storage: 2 ** 60 }),
  'takes memory': (cluster) => cluster.node('node-1').setSystemUsage({ memory: 2 ** 60 }),
  'declares usage': (cluster) =>
    cluster.metrics.setUsage({ namespace: 'default', labelSelector: 'app=a' }, { cpu: '1', memory: '1Gi' }),
  'removes certificates': (cluster) =>
    hostOf(cluster, 'node-1').sh('rm -rf /var/lib/kubelet/pki; sudo systemctl restart kubelet'),
  'removes a role': (cluster) => cluster.kubectl('delete clusterrolebinding system:node --ignore-not-found'),
  'takes the right to renew': (cluster) => cluster.kubectl('delete clusterrole system:node'),
  'edits a lease': (cluster) =>
    cluster.kubectl('-n kube-node-lease annotate lease node-1 by=someone --overwrite'),
  'stops the apiserver': (cluster) => cluster.apiserver.stop(),
  'stops a controller': (cluster) =>
    cluster.component('kube-controller-manager/node-lifecycle-controller').stop(),
  'holds requests back': (cluster) =>
    cluster.internals.setGate((request, send) => {
      if (request.component === 'kubelet/node-1') throw new ConnectionError('refused')
      return send()
    }),
  'steps on': (cluster) => cluster.step(),
  'breaks a network plugin': (cluster) => cluster.node('node-1').machine.setNetworkReady(false),
  'deletes the object of a node': (cluster) => cluster.client.delete('nodes', { name: 'node-1' }),
  'says that a node is not ready': (cluster) => {
    const conditions = [{ type: 'Ready', status: 'False', reason: 'Said', message: '' }]
    const patch = { type: 'strategic', body: { status: { conditions } } } as const
    cluster.client.patch('nodes', { name: 'node-1' }, patch, { subresource: 'status' })
  },
  'labels a node': (cluster) => cluster.kubectl('label node node-1 by=someone'),
  'posts another status': (cluster) =>
    cluster.client.patch(
      'nodes',
      { name: 'node-1' },
      { type: 'strategic', body: { status: { capacity: { 'example.com/gpu': '2' } } } },
      { subresource: 'status' },
    ),
  'forbids renewals by a policy': (cluster) => {
    cluster.apply(renewalPolicy)
    cluster.apply(renewalBinding)
  },
  'starts a workload': (cluster) => cluster.kubectl('create deployment web --image=nginx --replicas=5'),
  'starts pods that are probed': (cluster) => {
    cluster.apply(
      deployment('ready', { readinessProbe: { exec: { command: ['test', '-f', '/etc/hosts'] } } }),
    )
    cluster.apply(deployment('closed', { readinessProbe: { httpGet: { port: 81 } } }))
    cluster.apply(
      deployment('late', {
        image: 'busybox',
        command: ['sh', '-c', 'sleep 100; touch /tmp/on; sleep 100; rm /tmp/on; sleep 1000'],
        readinessProbe: { exec: { command: ['cat', '/tmp/on'] } },
      }),
    )
  },
  'starts pods that fail': (cluster) => {
    cluster.apply(deployment('loop', { image: 'busybox', command: ['sh', '-c', 'sleep 5; exit 1'] }))
    cluster.apply(deployment('lacks', { envFrom: [{ configMapRef: { name: 'none' } }] }))
    cluster.apply(deployment('large', { resources: { requests: { cpu: '100' } } }))
  },
  'starts an autoscaler': (cluster) => {
    cluster.apply(deployment('web', { resources: { requests: { cpu: '100m' } } }))
    cluster.kubectl('autoscale deployment web --min=1 --max=4 --cpu-percent=50')
    cluster.metrics.setUsage({ namespace: 'default', labelSelector: 'app=web' }, { cpu: '300m' })
  },
  'claims a volume that nobody provides': (cluster) =>
    cluster.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'default' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none',
        resources: { requests: { storage: '1Gi' } },
      },
    }),
  'deletes a namespace that stays': (cluster) => {
    cluster.kubectl('create namespace stays')
    const metadata = { name: 'held', namespace: 'stays', finalizers: ['example.com/held'] }
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
    cluster.client.delete('namespaces', { name: 'stays' })
  },
  'restarts the controllers without their rights for a while': (cluster) => {
    const name = 'system:kube-controller-manager'
    const { roleRef, subjects } = cluster.get('clusterrolebindings', name)
    cluster.client.delete('clusterrolebindings', { name })
    cluster.component('kube-controller-manager').restart()
    cluster.advance('45s')
    cluster.node('node-1').crash()
    cluster.client.create('clusterrolebindings', { metadata: { name }, roleRef, subjects })
  },
}

function deployment(name: string, container: object): KubeObject & { readonly spec: object } {
  const labels = { app: name }
  const spec = { containers: [{ name: 'main', image: 'nginx', ...container }] }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}

const renewalPolicy = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'renewals' },
  spec: {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: ['coordination.k8s.io'],
          apiVersions: ['v1'],
          operations: ['UPDATE'],
          resources: ['leases'],
        },
      ],
    },
    validations: [{ expression: "object.metadata.name != 'node-1'" }],
  },
} as const

const renewalBinding = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'renewals' },
  spec: { policyName: 'renewals', validationActions: ['Deny'] },
} as const

test.each(Object.keys(fromOutside))('a quiet time is as exact when somebody %s', async (what) => {
  const play = async (heartbeats: 'exact' | 'quiet', forks = false): Promise<unknown> => {
    let cluster = SimCluster.restore(fresh, { heartbeats })
    cluster.advance('2m')
    cluster.advance('2m')
    if (forks) cluster = cluster.fork()
    await fromOutside[what]?.(cluster)
    for (let times = 0; times < 7; times++) cluster.advance('10s')
    cluster.advance('7m')
    return stateOf(cluster)
  }
  const exact = await play('exact')
  for (const quiet of [await play('quiet'), await play('quiet', true)])
    if (!isDeepStrictEqual(quiet, exact)) expect(quiet).toEqual(exact)
})

test('a quiet time ends when the credentials of a kubelet expire', () => {
  const [exact, quiet] = (['exact', 'quiet'] as const).map((heartbeats) => {
    const kubelet = { rotateCertificates: false }
    const before = new SimCluster({ nodes: [{ name: 'node-1', kubelet }] })
    before.advance('364d')
    const cluster = before.fork({ heartbeats })
    cluster.advance('1d')
    return stateOf(cluster)
  })
  if (!isDeepStrictEqual(quiet, exact)) expect(quiet).toEqual(exact)
})

/** Returns how many renewals of each lease the history of etcd has, which a quiet spell leaves out. */
function renewalsSince(cluster: SimCluster, resourceVersion: string): readonly number[] {
  const watch = cluster.client.watch('leases', { namespace: 'kube-node-lease', resourceVersion })
  const counts = new Map<string, number>()
  for (const { object } of watch.next()) {
    const { name } = object.metadata as { name: string }
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts.values()]
}

test('a quiet time goes on in forks, and when somebody reads', () => {
  const original = SimCluster.restore(fresh)
  original.advance('12m')
  const cluster = original.fork()
  const forked = cluster.list('leases', { namespace: 'kube-node-lease' }).metadata.resourceVersion
  cluster.advance('1m')
  expect(renewalsSince(cluster, forked)).toEqual([1, 1, 1])
})

test('an authorizer of one’s own is asked for a heartbeat after each call', () => {
  let isAllowed = true
  const authorize = ({ name }: UserInfo): { allowed: boolean } => ({
    allowed: isAllowed || name !== 'system:node:node-1',
  })
  const cluster = new SimCluster({ nodes: 1, authorization: { authorize } })
  cluster.advance('2m')
  cluster.advance('2m')
  isAllowed = false
  cluster.advance('2m')
  expect(cluster.node('node-1').ready).toBe(false)
})
