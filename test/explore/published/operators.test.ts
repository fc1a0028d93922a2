/**
 * Bugs of operators that Sieve found (OSDI 2022) and their kin, each in a model of the operator's reconciler.
 * Over-creation (ray-project/kuberay#715) and Sieve's intermediate state are bugs of the gadget controller in
 * examples/exploration.ts.
 */
import { describe, expect, test } from 'vitest'
import type { ExplorationResult } from '../../../src/explore/index.js'
import { ignoreNotFound, SimCluster, type Component, type ComponentHost } from '../../../src/index.js'
import { expectViolated, explore } from './support.js'

const key = (name: string): { readonly namespace: string; readonly name: string } => ({
  namespace: 'default',
  name,
})

/** How many members an ensemble has, which is a ConfigMap `zk`. */
const sizeOf = (cluster: SimCluster): number => Number(cluster.get('configmaps', 'zk').data?.['size'])

const resizeTo = (size: number) => (cluster: SimCluster) =>
  cluster.patch('configmaps', 'zk', { type: 'merge', body: { data: { size: String(size) } } })

/** Keeps a pod `zk-N` and a claim `data-N` for each member; how it removes them is the case. */
function ensembleOperator(
  remove: (host: ComponentHost, size: number, pods: readonly string[]) => void,
): Component {
  return {
    name: 'ensemble-operator',
    identity: { name: 'system:serviceaccount:default:ensemble', groups: ['system:masters'] },
    setup: (host) => {
      const { client } = host
      const ensembles = host.informer('configmaps', { namespace: 'default' })
      const pods = host.informer('pods', { namespace: 'default' })
      ensembles.onChange(() => queue.add('zk'))
      pods.onChange(() => queue.add('zk'))
      const queue = host.workQueue('ensembles', () => {
        const size = Number(ensembles.get('default/zk')?.data?.['size'] ?? 0)
        for (let member = 0; member < size; member += 1) {
          if (ignoreNotFound(() => client.get('persistentvolumeclaims', key(`data-${member}`))) === undefined)
            client.create('persistentvolumeclaims', {
              metadata: key(`data-${member}`),
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            })
          if (pods.get(`default/zk-${member}`) === undefined)
            client.create('pods', {
              metadata: key(`zk-${member}`),
              spec: { containers: [{ name: 'zk', image: 'nginx' }] },
            })
        }
        remove(
          host,
          size,
          pods.list().map(({ metadata: { name = '' } }) => name),
        )
      })
    },
  }
}

const numberOf = (name: string): number => Number(name.split('-').at(-1))

/** Deletes the claims of members beyond the size, whether or not the apiserver still says that size. */
const removeClaims =
  (isCareful: boolean) =>
  ({ client }: ComponentHost, size: number, pods: readonly string[]): void => {
    const wanted = isCareful ? Number(client.get('configmaps', key('zk')).data?.['size']) : size
    const claims = client.list('persistentvolumeclaims', { namespace: 'default' }).items
    for (const {
      metadata: { name = '' },
    } of claims)
      if (numberOf(name) >= wanted) client.delete('persistentvolumeclaims', key(name))
    for (const name of pods)
      if (numberOf(name) >= wanted) ignoreNotFound(() => client.delete('pods', key(name)))
  }

describe('an operator that starts again on an apiserver whose cache lags', () => {
  const explored = (isCareful: boolean): ExplorationResult => {
    const cluster = new SimCluster({ nodes: 0, components: [ensembleOperator(removeClaims(isCareful))] })
    cluster.create('configmaps', { metadata: { name: 'zk' }, data: { size: '1' } })
    return explore(cluster.settle(), {
      search: { delays: 0 },
      actions: [{ name: 'scale up', do: resizeTo(2) }],
      faults: { timeTravel: 1, of: ['ensemble-operator'] },
      always: [
        {
          name: 'a wanted member keeps its claim',
          holds: (c) =>
            c
              .list('pods')
              .items.map(({ metadata }) => numberOf(metadata.name))
              .filter((member) => member < sizeOf(c))
              .every((member) => hasClaim(c, member)),
        },
      ],
    })
  }
  const hasClaim = (cluster: SimCluster, member: number): boolean =>
    cluster
      .list('persistentvolumeclaims')
      .items.some(
        ({ metadata }) => metadata.name === `data-${member}` && metadata.deletionTimestamp === undefined,
      )

  // pravega/zookeeper-operator#312 and #314: Sieve's stale state
  test('deletes the claim of a member that it takes for one too many', () => {
    const result = explored(false)
    expectViolated(result, 'a wanted member keeps its claim')
    expect(result.counterExample?.choices).toMatchObject([{ do: 'timeTravel' }])
  })

  test('does not when it asks the apiserver before it deletes', () => {
    expect(explored(true).verdict).toBe('holds')
  })
})

describe('an operator that pauses while a pod ends', () => {
  /** Deletes the pods beyond the size, and the claims of the pods that it sees terminating. */
  const bySight = ({ client }: ComponentHost, size: number, pods: readonly string[]): void => {
    for (const name of pods) {
      if (numberOf(name) < size) continue
      const { metadata } = ignoreNotFound(() => client.get('pods', key(name))) ?? {}
      if (metadata?.deletionTimestamp === undefined) ignoreNotFound(() => client.delete('pods', key(name)))
      else ignoreNotFound(() => client.delete('persistentvolumeclaims', key(`data-${numberOf(name)}`)))
    }
  }
  const explored = (remove: Parameters<typeof ensembleOperator>[0]): ExplorationResult => {
    const cluster = new SimCluster({ nodes: 1, components: [ensembleOperator(remove)] })
    cluster.create('configmaps', { metadata: { name: 'zk' }, data: { size: '2' } })
    return explore(cluster.settle(), {
      search: { delays: 0 },
      actions: [{ name: 'scale down', do: resizeTo(1) }],
      lag: { of: ['ensemble-operator'], max: '2m' },
      eventually: [
        {
          name: 'no claim is left over',
          holds: (c) => c.list('persistentvolumeclaims').items.length === 1,
          within: '5m',
        },
      ],
    })
  }

  // instaclustr/cassandra-operator#398: Sieve's unobserved state
  test('leaves its claim behind when it only knows pods that it has seen terminating', () => {
    const result = explored(bySight)
    expectViolated(result, 'no claim is left over')
    expect(result.counterExample?.choices).toMatchObject([{ do: 'lag' }])
  })

  test('does not when it looks for claims that no member needs', () => {
    expect(explored(removeClaims(false)).verdict).toBe('holds')
  })
})

describe('a finalizer that is added by merge patch', () => {
  const OWN = 'example.com/operator'
  const USERS = 'example.com/user'

  /** Puts its finalizer on ConfigMaps; `isCareful` sends the resourceVersion that it has read, too. */
  const finalizing = (isCareful: boolean): Component => ({
    name: 'finalizing-operator',
    identity: { name: 'system:serviceaccount:default:finalizing', groups: ['system:masters'] },
    setup: (host) => {
      const objects = host.informer('configmaps', { namespace: 'default', labelSelector: 'finalized' })
      objects.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
      const queue = host.workQueue('objects', (name) => {
        const object = objects.get(`default/${name}`)
        const { finalizers = [], resourceVersion } = object?.metadata ?? {}
        if (object === undefined || finalizers.includes(OWN)) return queue.forget(name)
        const metadata = { finalizers: [...finalizers, OWN], ...(isCareful ? { resourceVersion } : {}) }
        host.client.patch('configmaps', key(name), { type: 'merge', body: { metadata } })
      })
    },
  })
  const explored = (isCareful: boolean): ExplorationResult => {
    const cluster = new SimCluster({ nodes: 0, components: [finalizing(isCareful)] })
    cluster.create('configmaps', { metadata: { name: 'shared' } })
    return explore(cluster.settle(), {
      search: { delays: 1 },
      actions: [
        { name: 'label', do: (c) => c.kubectl('label configmap shared finalized=yes') },
        {
          name: 'hold',
          at: 'any',
          do: (c) =>
            c.edit('configmaps', 'shared', (draft) => {
              draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), USERS]
            }),
        },
      ],
      eventually: [
        {
          name: 'both finalizers stay',
          holds: (c) => {
            const { finalizers = [] } = c.get('configmaps', 'shared').metadata
            return finalizers.includes(OWN) && finalizers.includes(USERS)
          },
          within: '1m',
        },
      ],
    })
  }

  // RFC 7386: a merge patch replaces lists; controller-runtime has MergeFromWithOptimisticLock for this
  test('loses the finalizer of another, which is found in ten runs', () => {
    const result = explored(false)
    expectViolated(result, 'both finalizers stay')
    expect(result.schedules).toBeLessThanOrEqual(10)
  })

  test('loses none with the resourceVersion that was read', () => {
    expect(explored(true).verdict).toBe('holds')
  })
})
