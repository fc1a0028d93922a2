import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import {
  type ClusterSnapshot,
  type ClusterSnapshotJson,
  ConnectionError,
  type KubeObject,
  SimCluster,
} from 'simcluster'
import { hostOf } from 'simcluster/host'
import { type HistoryAction, performAction } from 'simcluster/testing'
import { expect } from 'vitest'
import { stateToJson } from '../../src/sim/state.js'
import { workloadAction } from './actions.js'

/** A settled cluster of three nodes, with which histories begin. */
export const fresh: ClusterSnapshot = new SimCluster({ nodes: 3, addons: { metricsServer: true } }).snapshot()

/** Returns everything that a cluster is, but for the history of its leases. */
export function stateOf(cluster: SimCluster): unknown {
  const objects = cluster.state.resources().map((resource) => [resource, cluster.state.peek(resource)])
  return [
    cluster.state.traceHash(),
    cluster.internals.etcd.revision,
    objects,
    stateToJson(cluster.snapshot().simulation()),
  ]
}

/** Fails if the clusters differ; compares first in the way that is fast. */
export function expectSame(one: unknown, other: unknown): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toEqual(other)
}

/** Changes to a cluster from outside, between two calls, by name. */
export const fromOutside: Readonly<Record<string, (cluster: SimCluster) => unknown>> = {
  'does nothing': () => undefined,
  'reads an object': (cluster) => cluster.list('nodes'),
  'crashes a node': (cluster) => cluster.node('node-1').crash(),
  'cuts a node off': (cluster) => cluster.node('node-1').partition(),
  'stops a kubelet': (cluster) => cluster.node('node-1').kubelet.stop(),
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
  'changes ConfigMaps that pods mount': (cluster) => {
    const make = (name: string): void => {
      const volumeMounts = [{ name: 'config', mountPath: '/etc/config' }]
      const volumes = [{ name: 'config', configMap: { name } }]
      cluster.kubectl(`create configmap ${name} --from-literal=a=1`)
      cluster.apply(deployment(name, { volumeMounts }, { volumes }))
      cluster.advance('17s')
    }
    make('one')
    make('two')
    cluster.advance('5m')
    cluster.kubectl(`patch configmap two --type=merge -p '{"data":{"a":"2"}}'`)
    cluster.advance('70s')
    cluster.node('node-1').kubelet.restart()
    cluster.kubectl('delete configmap one')
  },
  'starts a probed pod on the network of its node': (cluster) => {
    const livenessProbe = { httpGet: { path: '/livez', port: 10_257, host: '127.0.0.1' } }
    cluster.apply(deployment('static', { livenessProbe }, { hostNetwork: true }))
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
    cluster.process('kube-controller-manager').restart()
    cluster.advance('45s')
    cluster.node('node-1').crash()
    cluster.client.create('clusterrolebindings', { metadata: { name }, roleRef, subjects })
  },
}

function deployment(
  name: string,
  container: object,
  pod: object = {},
): KubeObject & { readonly spec: object } {
  const labels = { app: name }
  const spec = { containers: [{ name: 'main', image: 'nginx', ...container }], ...pod }
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

/** What else happens to a cluster: that which is not in a copy is left out. */
const outside = Object.keys(fromOutside).filter((what) => what !== 'holds requests back')

type Happening =
  | { readonly kind: 'action'; readonly action: HistoryAction }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'outside'; readonly what: string }

/** Long quiet times, and what ends them. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: workloadAction.map((action): Happening => ({ kind: 'action', action })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(10_000, 61_000, 420_000, 1_800_000, 3_700_000)
      .map((ms): Happening => ({ kind: 'advance', ms })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...outside).map((what): Happening => ({ kind: 'outside', what })) },
)

/** Lets something happen. Returns the text of its error: what is not possible must not be so either way. */
async function happen(cluster: SimCluster, what: Happening): Promise<string | undefined> {
  try {
    if (what.kind === 'action') performAction(cluster, what.action)
    else if (what.kind === 'advance') cluster.advance(what.ms)
    else await fromOutside[what.what]?.(cluster)
    return undefined
  } catch (error) {
    return String(error)
  }
}

/** Lets a cluster have another future for a while, of which its copies and its original must see nothing. */
async function goAstray(cluster: SimCluster): Promise<void> {
  cluster.advance('3m')
  await happen(cluster, { kind: 'outside', what: 'crashes a node' })
  cluster.kubectl('create deployment astray --image=nginx --replicas=4')
  cluster.advance('90s')
}

/** Ways to go on with a copy, or beside one. */
const copies = {
  none: (cluster: SimCluster) => cluster,
  fork: (cluster: SimCluster) => cluster.fork(),
  'fork of an original that goes astray': async (cluster: SimCluster) => {
    const fork = cluster.fork()
    await goAstray(cluster)
    return fork
  },
  'original of a fork that goes astray': async (cluster: SimCluster) => {
    await goAstray(cluster.fork())
    return cluster
  },
  rewind: async (cluster: SimCluster) => {
    const snapshot = cluster.snapshot()
    await goAstray(cluster)
    return cluster.rewind(snapshot)
  },
  JSON: (cluster: SimCluster) =>
    SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster.toJSON())) as ClusterSnapshotJson),
} as const

type Copy = keyof typeof copies

type Step = readonly [copy: Copy, what: Happening]

/** JSON does not keep who listens to a cluster, so the journals of its machines would have a gap. */
const hasAllInCopies = (steps: readonly Step[]): boolean =>
  !steps.some(([copy]) => copy === 'JSON') ||
  !steps.some(([, what]) => what.kind === 'outside' && what.what === 'removes certificates')

/**
 * Plays random histories twice, once with each heartbeat a step and once with quiet times on copies of every
 * kind, which must end the same.
 */
export async function playQuiet(seed: number, numRuns: number): Promise<void> {
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom<Copy>('none', 'none', 'none', ...(Object.keys(copies) as Copy[])),
    happening,
  )
  const history = fc.array(step, { minLength: 3, maxLength: 8, size: 'max' }).filter(hasAllInCopies)
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const exact = SimCluster.restore(fresh, { time: { heartbeats: 'exact' } })
      const errors: (string | undefined)[] = []
      for (const [, what] of steps) errors.push(await happen(exact, what))
      let quiet = SimCluster.restore(fresh)
      const quietErrors: (string | undefined)[] = []
      for (const [copy, what] of steps) {
        quiet = await copies[copy](quiet)
        quietErrors.push(await happen(quiet, what))
      }
      expect(quietErrors).toEqual(errors)
      expectSame(stateOf(quiet), stateOf(exact))
    }),
    { seed, numRuns },
  )
}
