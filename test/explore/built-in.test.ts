/**
 * The controllers of kube-controller-manager under the concurrency that they have in reality: batches are
 * divided, and their requests interrupted. What they get wrong, upstream's get wrong, too:
 * docs/kubernetes-gets-wrong.md.
 */
import { describe, expect, test } from 'vitest'
import { explore, type ExplorationResult, type ExploreOptions } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'

const labels = { app: 'web' }
const selector = { matchLabels: labels }
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }

const podNames = (c: SimCluster): readonly string[] =>
  c.list('pods', { namespace: 'default' }).items.map(({ metadata }) => metadata.name ?? '')
const staying = (c: SimCluster): number =>
  c
    .list('pods', { namespace: 'default' })
    .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length
const atMost = (most: number): NonNullable<ExploreOptions['always']>[number] => ({
  name: `at most ${most} pods`,
  holds: (c) => podNames(c).length <= most || podNames(c).join(),
})
const inTheEnd = (count: number): NonNullable<ExploreOptions['eventually']>[number] => ({
  name: `${count} pods`,
  holds: (c) => staying(c) === count,
  within: '10m',
})
const scale = (what: string, replicas: number) => ({
  name: `scale to ${replicas}`,
  do: (c: SimCluster) => c.kubectl(`scale ${what} web --replicas=${replicas}`),
})

const deletion = (cascade: 'background' | 'foreground' | 'orphan') => ({
  name: `delete, ${cascade}`,
  do: (c: SimCluster) => c.kubectl(`delete replicaset web --cascade=${cascade} --wait=false`),
})
const isGone = (c: SimCluster): boolean => c.list('replicasets').items.length === 0
const isDeleted = { name: 'the ReplicaSet goes', holds: isGone, within: '10m' } as const

function clusterWith(
  kind: 'replicasets' | 'statefulsets' | 'deployments',
  replicas: number,
  nodes = 1,
): SimCluster {
  const cluster = new SimCluster({ nodes })
  const serviceName = kind === 'statefulsets' ? { serviceName: 'web' } : {}
  cluster.create(kind, { metadata: { name: 'web' }, spec: { replicas, selector, template, ...serviceName } })
  return cluster.settle()
}

const explored = (cluster: SimCluster, controller: string, options: ExploreOptions): ExplorationResult =>
  explore(cluster, {
    underTest: [`kube-controller-manager/${controller}-controller`],
    search: { delays: 1 },
    ...options,
  })

const TYPES = {
  jobs: { apiVersion: 'batch/v1', kind: 'Job' },
  daemonsets: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
}

const create = (kind: 'jobs' | 'daemonsets', spec: object) => {
  const manifest: object = { ...TYPES[kind], metadata: { name: 'web' }, spec }
  return { name: `create ${kind}`, do: (c: SimCluster) => c.apply([manifest]) }
}

describe('within one delay', () => {
  const cases: readonly (readonly [string, () => ExplorationResult])[] = [
    [
      'a ReplicaSet that is scaled up never has a pod too many',
      () =>
        explored(clusterWith('replicasets', 0), 'replicaset', {
          actions: [scale('replicaset', 2)],
          always: [atMost(2)],
          eventually: [inTheEnd(2)],
        }),
    ],
    [
      'a ReplicaSet that is scaled down keeps the pod that it should',
      () =>
        explored(clusterWith('replicasets', 2), 'replicaset', {
          actions: [scale('replicaset', 1)],
          always: [{ name: 'one stays', holds: (c) => staying(c) >= 1 }],
          eventually: [inTheEnd(1)],
        }),
    ],
    [
      'a ReplicaSet replaces a deleted pod once',
      () =>
        explored(clusterWith('replicasets', 1), 'replicaset', {
          actions: [
            { name: 'delete', do: (c) => c.delete('pods', podNames(c)[0] ?? '', { gracePeriodSeconds: 0 }) },
          ],
          always: [atMost(1)],
          eventually: [{ ...inTheEnd(1), name: 'one pod' }],
        }),
    ],
    [
      'a ReplicaSet that is deleted takes its pods with it, and leaves none that it made meanwhile',
      () =>
        explored(clusterWith('replicasets', 2), 'replicaset', {
          actions: [deletion('background')],
          always: [atMost(2)],
          eventually: [inTheEnd(0), isDeleted],
        }),
    ],
    [
      'a ReplicaSet that is deleted in the foreground goes after its pods',
      () =>
        explored(clusterWith('replicasets', 2), 'replicaset', {
          actions: [deletion('foreground')],
          always: [
            atMost(2),
            { name: 'its pods go first', holds: (c) => !isGone(c) || podNames(c).length === 0 },
          ],
          eventually: [inTheEnd(0), isDeleted],
        }),
    ],
    [
      'a ReplicaSet that is deleted as an orphan leaves its pods, and adopts none of them again',
      () =>
        explored(clusterWith('replicasets', 2), 'replicaset', {
          actions: [deletion('orphan')],
          always: [atMost(2), { name: 'no pod goes', holds: (c) => staying(c) === 2 }],
          eventually: [
            isDeleted,
            {
              name: 'no pod has an owner',
              holds: (c) => c.list('pods').items.every((pod) => pod.metadata.ownerReferences === undefined),
              within: '10m',
            },
          ],
        }),
    ],
    [
      'a Deployment rolls out with two ReplicaSets',
      () =>
        explored(clusterWith('deployments', 1), 'deployment', {
          actions: [{ name: 'image', do: (c) => c.kubectl('set image deployment web c=nginx:2') }],
          always: [{ name: 'two ReplicaSets', holds: (c) => c.list('replicasets').items.length <= 2 }],
          eventually: [
            {
              name: 'rolled out',
              holds: (c) => c.list('pods').items.every(({ spec }) => spec.containers[0]?.image === 'nginx:2'),
              within: '10m',
            },
          ],
        }),
    ],
    [
      'a Job makes as many pods as it completes',
      () => {
        const spec = {
          completions: 2,
          parallelism: 2,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } },
        }
        return explored(new SimCluster({ nodes: 1 }).settle(), 'job', {
          actions: [create('jobs', spec)],
          always: [atMost(2)],
          eventually: [
            { name: 'done', holds: (c) => c.get('jobs', 'web').status.succeeded === 2, within: '10m' },
          ],
        })
      },
    ],
    [
      'a DaemonSet has one pod on each node',
      () =>
        explored(new SimCluster({ nodes: 2 }).settle(), 'daemonset', {
          actions: [create('daemonsets', { selector, template })],
          always: [atMost(2)],
          eventually: [inTheEnd(2)],
        }),
    ],
    [
      'a StatefulSet is scaled up in order',
      () =>
        explored(clusterWith('statefulsets', 1), 'statefulset', {
          actions: [scale('statefulset', 2)],
          always: [atMost(2)],
          eventually: [inTheEnd(2)],
        }),
    ],
  ]
  test.each(cases)(
    '%s',
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
})

describe('what Kubernetes itself gets wrong', () => {
  test('a StatefulSet that is scaled up and down is left with ordinals 0 and 2', () => {
    const ordinals = (c: SimCluster): readonly number[] =>
      podNames(c)
        .map((name) => Number(name.slice(4)))
        .toSorted((a, b) => a - b)
    const { counterExample, story } = explored(clusterWith('statefulsets', 1), 'statefulset', {
      actions: [scale('statefulset', 3), { ...scale('statefulset', 1), at: 'any' }],
      search: { delays: 0 },
      lag: { of: ['informers'], max: '30s' },
      always: [
        {
          name: 'no gap',
          holds: (c) =>
            ordinals(c).every((ordinal, at) => ordinal === at) || `ordinals ${ordinals(c).join()}`,
        },
      ],
    })
    expect(counterExample).toMatchObject({ property: 'no gap', message: 'ordinals 0,2' })
    expect(story).toMatch(/does not see pods web-2 yet.*\n.*delete pods default\/web-1/)
  }, 120_000)

  test('kubernetes/kubernetes#129795: expectations expire while the informer of pods is behind', () => {
    const cluster = new SimCluster({ nodes: 0 })
    cluster.create('replicasets', { metadata: { name: 'web' }, spec: { replicas: 0, selector, template } })
    const { counterExample, story } = explored(cluster.settle(), 'replicaset', {
      actions: [
        scale('replicaset', 1),
        { name: 'label', do: (c) => c.kubectl('label replicaset web touched=yes'), at: 'any' },
      ],
      search: { delays: 0 },
      lag: { of: ['informers/kube-controller-manager/pods'], max: '6m' },
      always: [atMost(1)],
    })
    expect(counterExample).toMatchObject({ property: 'at most 1 pods' })
    expect(counterExample?.choices).toHaveLength(2)
    expect(story).toMatch(/does not see pods web-\w+ yet/)
  }, 120_000)

  test('a ReplicaSet whose create has no response makes a pod too many if its cache is late', () => {
    const { counterExample } = explored(clusterWith('replicasets', 0), 'replicaset', {
      actions: [scale('replicaset', 1)],
      faults: { lostResponse: 1, of: ['kube-controller-manager/replicaset-controller'] },
      always: [atMost(1)],
    })
    expect(counterExample).toMatchObject({ property: 'at most 1 pods' })
    expect(counterExample?.choices).toHaveLength(2)
  }, 120_000)

  test('a pod is lost that a ReplicaSet adopts while it is deleted as an orphan', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.create('pods', { metadata: { name: 'stray', labels }, spec: template.spec })
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web' },
      spec: { replicas: 1, selector, template },
    }
    const { counterExample, story } = explored(cluster.settle(), 'replicaset', {
      actions: [
        { name: 'create', do: (c) => c.apply([manifest]) },
        { ...deletion('orphan'), at: 'any' },
      ],
      search: { delays: 1 },
      always: [{ name: 'the stray stays', holds: (c) => podNames(c).includes('stray') }],
    })
    expect(counterExample).toMatchObject({ property: 'the stray stays' })
    expect(counterExample?.choices[0]).toMatchObject({ fault: 'action', action: 'delete, orphan' })
    expect(story).toMatch(/garbage-collector-controller: delete pods default\/stray/)
  }, 120_000)
})
