import { expect, it } from 'vitest'
import { ignoreNotFound } from '../../../src/client/api-error.js'
import { keyOf } from '../../../src/client/informers/object-index.js'
import { defineController } from '../../../src/controllers/shared/define-controller.js'
import { SimCluster } from '../../../src/index.js'

const identity = { name: 'system:serviceaccount:default:team-labeller', groups: ['system:masters'] }

/** The example of the docstring. */
const labeller = defineController({
  name: 'team-labeller',
  identity,
  informers: { namespaces: { resource: 'namespaces' } },
  setup: ({ host, informers: { namespaces } }) => ({
    on: { namespaces: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]) },
    reconcile(name) {
      if (namespaces.get(name)?.metadata.labels?.['team'] !== undefined) return
      const body = { metadata: { labels: { team: 'unknown' } } }
      ignoreNotFound(() => host.client.patch('namespaces', { name }, { type: 'merge', body }))
    },
  }),
})

/** Counts pods per namespace from the first ConfigMap `watch` on; records which handlers were called. */
const counter = (calls: string[]): ReturnType<typeof defineController> =>
  defineController({
    name: 'pod-counter',
    identity,
    informers: {
      configMaps: { resource: 'configmaps', fieldSelector: 'metadata.name=watch' },
      accounts: { resource: 'serviceaccounts' },
    },
    lazyInformers: {
      pods: { resource: 'pods', indexers: { namespace: ({ metadata }) => [metadata.namespace ?? ''] } },
    },
    queue: { name: 'counts' },
    setup: ({ host, informers: { configMaps, pods }, addQueue }) => {
      const others = addQueue({ name: 'others' }, (key) => void calls.push(`other ${key}`))
      return {
        on: {
          configMaps: ({ object }) => {
            pods.need()
            return [object.metadata.namespace ?? '']
          },
          pods: ({ type, object }) => {
            others.add(keyOf(object))
            return type === 'MODIFIED' ? undefined : [object.metadata.namespace ?? '']
          },
        },
        reconcile(namespace) {
          const map = configMaps.get(`${namespace}/watch`)
          const count = String(pods.need().byIndex('namespace', namespace).length)
          if (map && map.data?.['pods'] !== count)
            host.client.update('configmaps', { ...map, data: { pods: count } })
        },
        periodic: { name: 'tick', period: 60_000, run: () => void calls.push('tick') },
      }
    },
  })

const pod = (name: string): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name} }, ` +
  'spec: { containers: [{ name: c, image: nginx }] } }'
const watch = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: watch } }'
const countIn = (cluster: SimCluster): string | undefined =>
  cluster.get('configmaps', { name: 'watch', namespace: 'default' }).data?.['pods']

it('reconciles the keys that handlers return', () => {
  const cluster = new SimCluster({ components: [labeller] })
  cluster.settle()
  cluster.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: late } }')
  cluster.settle()
  const teams = cluster.list('namespaces').items.map(({ metadata }) => metadata.labels?.['team'])
  expect(new Set(teams)).toEqual(new Set(['unknown']))
})

it('opens a lazy informer on first use, and again in a fork', () => {
  const calls: string[] = []
  const cluster = new SimCluster({ nodes: 1, components: [counter(calls)] })
  cluster.apply(pod('one'))
  cluster.settle()
  expect(calls.filter((call) => call !== 'tick')).toEqual([])
  cluster.apply(watch)
  cluster.settle()
  expect(countIn(cluster)).toBe('1')
  expect(calls).toContain('other default/one')
  const fork = cluster.fork()
  for (const each of [cluster, fork]) {
    each.apply(pod('two'))
    each.settle()
  }
  expect(countIn(fork)).toBe('2')
  expect(fork.state.traceHash()).toBe(cluster.state.traceHash())
})

it('runs its periodic pass', () => {
  const calls: string[] = []
  const cluster = new SimCluster({ components: [counter(calls)] })
  cluster.settle()
  const before = calls.length
  cluster.advance('3m')
  expect(calls.slice(before)).toEqual(['tick', 'tick', 'tick'])
})

it.each([{ requeue: true }, { requeueAfter: '5m' }, { RequeueAfter: 300 }])(
  'a result as of controller-runtime, %j, is an error that says what to write',
  (result) => {
    const controller = defineController({
      name: 'resyncer',
      identity,
      informers: { namespaces: { resource: 'namespaces' } },
      setup: () => ({ on: { namespaces: ({ object }) => [keyOf(object)] }, reconcile: () => result }),
    })
    expect(() => new SimCluster({ components: [controller] }).settle()).toThrow(
      `resyncer: reconcile returned ${JSON.stringify(result)}, and nothing reads it. Write for example: ` +
        "queue.addAfter(key, '5m')",
    )
  },
)

it('what an arrow function happens to return is no result', () => {
  const names: string[] = []
  const controller = defineController({
    name: 'reader',
    identity,
    informers: { namespaces: { resource: 'namespaces' } },
    setup: ({ host }) => ({
      on: { namespaces: ({ object }) => [keyOf(object)] },
      reconcile: (name) => names.push(host.client.get('namespaces', { name }).metadata.name),
    }),
  })
  new SimCluster({ components: [controller] }).settle()
  expect(names).toContain('default')
})
