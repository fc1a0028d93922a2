/**
 * Controllers of kube-controller-manager that are no workloads, under the concurrency that they have in
 * reality: endpoints, garbage collection, the life of nodes, and volumes.
 */
import { expect, test } from 'vitest'
import { explore, type ExplorationResult, type ExploreOptions } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
const at = (name: string) => ({ namespace: 'default', name })

const explored = (cluster: SimCluster, controller: string, options: ExploreOptions): ExplorationResult =>
  explore(cluster, {
    underTest: [`kube-controller-manager/${controller}-controller`],
    search: { delays: 1 },
    ...options,
  })

/** A Service and a ReplicaSet of two pods. */
function served(nodes = 1): SimCluster {
  const cluster = new SimCluster({ nodes })
  cluster.create('services', { metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }] } })
  cluster.create('replicasets', {
    metadata: { name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  })
  return cluster.settle()
}

/** The addresses of the pods that are ready and stay. */
const readyIps = (c: SimCluster): readonly string[] =>
  c
    .list('pods', { namespace: 'default' })
    .items.filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    )
    .map(({ status }) => status.podIP ?? '')
    .toSorted()

const replacePod = {
  name: 'delete a pod',
  do: (c: SimCluster) => {
    const [pod] = c.list('pods', { namespace: 'default' }).items
    c.delete('pods', at(pod?.metadata.name ?? ''), { gracePeriodSeconds: 0 })
  },
}

const owned = (name: string, owner: { readonly name: string; readonly uid: string }) => ({
  metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner }] },
})

/** An owner, and what it owns. */
function owning(): SimCluster {
  const cluster = new SimCluster({ nodes: 0 }).settle()
  const { metadata } = cluster.create('configmaps', { metadata: { name: 'owner' } })
  for (const name of ['p', 'q'])
    cluster.create('configmaps', owned(name, { name: 'owner', uid: metadata.uid ?? '' }))
  return cluster.settle()
}

const namesOf = (c: SimCluster): readonly string[] =>
  c
    .list('configmaps', { namespace: 'default' })
    .items.map(({ metadata }) => metadata.name ?? '')
    .filter((name) => name !== 'kube-root-ca.crt')

const capacity = { storage: '1Gi' }
const accessModes = ['ReadWriteOnce']
const volume = (name: string, rest: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity,
    accessModes,
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'manual',
    ...rest,
  },
})
const claim = (name: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes, resources: { requests: capacity }, storageClassName: 'manual', ...rest },
})

/** Whether volumes and claims name one another, and nobody is named twice. */
function areBoundOnce(c: SimCluster): boolean | string {
  const claimed = c.list('persistentvolumeclaims', { namespace: 'default' }).items
  const volumes = c.list('persistentvolumes').items
  for (const { metadata, spec, status } of claimed) {
    if (status.phase !== 'Bound') continue
    const bound = volumes.find((one) => one.metadata.name === spec.volumeName)
    if (bound?.spec.claimRef?.uid !== metadata.uid)
      return `${metadata.name ?? ''} is bound, its volume is not`
  }
  const named = claimed.flatMap(({ spec }) => spec.volumeName ?? [])
  return new Set(named).size === named.length || `${named.join()} are claimed`
}

const driver = { driver: 'csi.example.com', volumeHandle: 'v1' }
const user = (name: string, nodeName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  },
})

/** A claim that is bound to a volume of a driver which attaches it to one node at a time. */
function attaching(): SimCluster {
  const cluster = new SimCluster({ nodes: 2 }).settle()
  cluster.apply([volume('v1', { csi: driver }), claim('data', { volumeName: 'v1' })])
  return cluster.settle()
}

const attachedTo = (c: SimCluster): readonly string[] =>
  c
    .list('volumeattachments')
    .items.filter(({ status }) => status.attached)
    .map(({ spec }) => spec.nodeName)

const cases: readonly (readonly [string, () => ExplorationResult])[] = [
  ...['endpoints', 'endpointslice'].map(
    (controller) =>
      [
        `${controller} name the pods that are ready, after one was replaced`,
        () =>
          explored(served(), controller, {
            actions: [replacePod],
            eventually: [
              {
                name: 'the addresses of the ready pods',
                holds: (c) => {
                  const wanted = readyIps(c)
                  const named =
                    controller === 'endpoints'
                      ? (c.get('endpoints', 'web').subsets ?? []).flatMap(({ addresses = [] }) =>
                          addresses.map(({ ip }) => ip),
                        )
                      : c
                          .list('endpointslices', {
                            namespace: 'default',
                            labelSelector: 'kubernetes.io/service-name=web',
                          })
                          .items.flatMap(({ endpoints }) =>
                            (endpoints ?? []).filter(({ conditions }) => conditions?.ready === true),
                          )
                          .flatMap(({ addresses }) => addresses)
                  return wanted.length === 2 && named.toSorted().join() === wanted.join()
                },
                within: '5m',
              },
            ],
          }),
      ] as const,
  ),
  [
    'what an owner owned is collected in the background',
    () =>
      explored(owning(), 'garbage-collector', {
        actions: [{ name: 'delete', do: (c) => c.delete('configmaps', at('owner')) }],
        eventually: [{ name: 'all gone', holds: (c) => namesOf(c).length === 0, within: '5m' }],
      }),
  ],
  [
    'what an owner owned is collected before it, in the foreground',
    () =>
      explored(owning(), 'garbage-collector', {
        actions: [
          {
            name: 'delete',
            do: (c) => c.delete('configmaps', at('owner'), { propagationPolicy: 'Foreground' }),
          },
        ],
        eventually: [{ name: 'all gone', holds: (c) => namesOf(c).length === 0, within: '5m' }],
      }),
  ],
  [
    'orphans stay, and name their owner no more',
    () =>
      explored(owning(), 'garbage-collector', {
        actions: [
          { name: 'delete', do: (c) => c.delete('configmaps', at('owner'), { propagationPolicy: 'Orphan' }) },
        ],
        always: [
          { name: 'both stay', holds: (c) => namesOf(c).filter((name) => name !== 'owner').length === 2 },
        ],
        eventually: [
          {
            name: 'without an owner',
            holds: (c) =>
              ['p', 'q'].every(
                (name) => (c.get('configmaps', name).metadata.ownerReferences ?? []).length === 0,
              ) && !namesOf(c).includes('owner'),
            within: '5m',
          },
        ],
      }),
  ],
  [
    'what belongs to a new owner of the same name is not collected for the old one',
    () =>
      explored(owning(), 'garbage-collector', {
        actions: [
          {
            name: 'replace the owner',
            do: (c) => {
              c.delete('configmaps', at('owner'))
              const { metadata } = c.create('configmaps', { metadata: { name: 'owner' } })
              c.create('configmaps', owned('r', { name: 'owner', uid: metadata.uid ?? '' }))
            },
          },
        ],
        eventually: [
          { name: 'r alone', holds: (c) => namesOf(c).toSorted().join() === 'owner,r', within: '5m' },
        ],
      }),
  ],
  [
    'a node that is lost is tainted, and its pods are evicted',
    () => {
      // nothing is evicted where all nodes are lost
      const cluster = served(2)
      return explored(cluster, 'node-lifecycle', {
        actions: [{ name: 'crash', do: (c) => c.node('node-1').crash() }],
        time: '1m',
        eventually: [
          {
            name: 'tainted, not ready',
            holds: (c) =>
              (c.get('nodes', 'node-1').spec.taints ?? []).some(
                ({ key, effect }) => key === 'node.kubernetes.io/unreachable' && effect === 'NoExecute',
              ),
            within: '3m',
          },
          {
            name: 'evicted',
            holds: (c) =>
              c
                .list('pods', { namespace: 'default' })
                .items.filter(({ spec }) => spec.nodeName === 'node-1')
                .every(({ metadata }) => metadata.deletionTimestamp !== undefined),
            within: '10m',
          },
        ],
      })
    },
  ],
  [
    'a volume is bound to one of two claims',
    () => {
      const cluster = new SimCluster({ nodes: 0 }).settle()
      cluster.apply([volume('v1', { hostPath: { path: '/tmp/v1' } })])
      return explored(cluster.settle(), 'persistentvolume-binder', {
        actions: [
          { name: 'claim one', do: (c) => c.apply([claim('one')]) },
          { name: 'claim two', do: (c) => c.apply([claim('two')]) },
        ],
        always: [{ name: 'bound once', holds: areBoundOnce }],
        eventually: [
          {
            name: 'one is bound',
            holds: (c) =>
              c
                .list('persistentvolumeclaims', { namespace: 'default' })
                .items.filter(({ status }) => status.phase === 'Bound').length === 1,
            within: '5m',
          },
        ],
      })
    },
  ],
  [
    'a volume is attached to one node at a time, when its pod moves',
    () => {
      const cluster = attaching()
      cluster.apply([user('first', 'node-1')])
      return explored(cluster.settle(), 'persistentvolume-attach-detach', {
        actions: [
          { name: 'delete', do: (c) => c.delete('pods', at('first')) },
          { name: 'move', do: (c) => c.apply([user('second', 'node-2')]) },
        ],
        always: [
          {
            name: 'one node',
            holds: (c) => attachedTo(c).length <= 1 || `attached to ${attachedTo(c).join()}`,
          },
        ],
        eventually: [{ name: 'moved', holds: (c) => attachedTo(c).join() === 'node-2', within: '20m' }],
      })
    },
  ],
]

test.each(cases)(
  'within one delay, %s',
  (_title, run) => {
    const { verdict, story, reason, coverage } = run()
    expect({ verdict, story, reason, cut: coverage.cut }).toEqual({
      verdict: 'holds',
      story: undefined,
      reason: undefined,
      cut: undefined,
    })
  },
  120_000,
)
