/** What an exploration must not get wrong: each of these was wrong once. */
import { describe, expect, test } from 'vitest'
import { type Component, type ComponentHost, defineController, keyOf, SimCluster } from '../../src/index.js'
import type { ConfigMap } from '../../src/types.js'
import {
  explore,
  type ExplorationResult,
  type ExploredAction,
  type ExploreOptions,
} from '../../src/explore/index.js'

const identity = { name: 'tester', groups: ['system:masters'] }

const mapsOf = (cluster: SimCluster, label: string): readonly ConfigMap[] =>
  cluster.list('configmaps', { namespace: 'default', labelSelector: label }).items

const create = (name: string, label = 'wish'): ExploredAction => ({
  name: `create ${name}`,
  do: (c) => c.create('configmaps', { metadata: { name, labels: { [label]: 'yes' } } }),
})

/** A component with an informer of the ConfigMaps with a label, and a work queue. */
function worker(
  name: string,
  label: string,
  reconcile: (host: ComponentHost, key: string) => void,
  queueName = 'queue',
): Component {
  return {
    name,
    identity,
    setup: (host) => {
      const wishes = host.informer('configmaps', { namespace: 'default', labelSelector: label })
      wishes.onChange(({ object }) => queue.add(object.metadata.name))
      const queue = host.workQueue(queueName, (key) => {
        reconcile(host, key)
        queue.forget(key)
      })
    },
  }
}

describe('the memory of components', () => {
  const orderly: ExploreOptions = {
    actions: [create('a'), create('b', 'other'), { ...create('serve'), at: 'rest' }],
    search: { delays: 1 },
    always: [
      {
        name: 'serves b',
        holds: (c) => mapsOf(c, 'served').every(({ metadata }) => metadata.name === 'served-b'),
      },
    ],
  }

  test('in host.state decides what two informers in another order lead to', () => {
    const component: Component = {
      name: 'first-only',
      identity,
      setup: (host) => {
        const memory = host.state<{ first: string }>('memory', () => ({ first: '' }))
        const note = (name: string): void => {
          if (name === 'serve') return queue.add(name)
          if (memory.value.first === '') memory.value.first = name
        }
        for (const label of ['wish', 'other'])
          host
            .informer('configmaps', { namespace: 'default', labelSelector: label })
            .onChange(({ object }) => note(object.metadata.name ?? ''))
        const queue = host.workQueue('queue', () => {
          host.client.create('configmaps', {
            metadata: {
              name: `served-${memory.value.first}`,
              namespace: 'default',
              labels: { served: 'yes' },
            },
          })
        })
      },
    }
    const cluster = new SimCluster({ nodes: 0, components: [component] })
    const { counterExample } = explore(cluster.settle(), orderly)
    // undisturbed, the informers run in the order of their names
    expect(counterExample).toMatchObject({ property: 'serves b', choices: [{ do: 'delay' }] })
  })
})

describe('queues', () => {
  test.each(['status', 'monitor', 'gc', 'resync', 'compact', 'clean', 'lease'])(
    'named %s are explored like others',
    (queueName) => {
      /** Counts in its cache, and creates what is missing: a stale cache makes it create one too many. */
      const greedy: Component = {
        name: 'greedy',
        identity,
        setup: (host) => {
          const wishes = host.informer('configmaps', { namespace: 'default', labelSelector: 'wish' })
          const parts = host.informer('configmaps', { namespace: 'default', labelSelector: 'part' })
          wishes.onChange(() => queue.add('all'))
          parts.onChange(() => queue.add('all'))
          const queue = host.workQueue(queueName, (key) => {
            if (parts.size < 2 && wishes.size > 0)
              for (let at = parts.size; at < 2; at += 1)
                host.client.create('configmaps', {
                  metadata: { generateName: 'part-', namespace: 'default', labels: { part: 'yes' } },
                })
            queue.forget(key)
          })
        },
      }
      const cluster = new SimCluster({ nodes: 0, components: [greedy] })
      const { counterExample } = explore(cluster.settle(), {
        actions: [create('a')],
        search: { delays: 1 },
        always: [{ name: 'two parts', holds: (c) => mapsOf(c, 'part').length <= 2 }],
      })
      expect(counterExample).toMatchObject({ property: 'two parts' })
      expect(counterExample?.choices).toHaveLength(1)
    },
  )
})

describe('leases', () => {
  test('are part of the state: who leads decides what happens', () => {
    const leader = (name: string): Component => ({
      name,
      identity: { name, groups: ['system:masters'] },
      setup: (host) => {
        const wishes = host.informer('configmaps', { namespace: 'default', labelSelector: 'wish' })
        wishes.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
        const queue = host.workQueue('queue', (key) => {
          queue.forget(key)
          const [lease] = host.client.list('leases', { namespace: 'default' }).items
          if (key === 'elect') {
            if (lease === undefined)
              host.client.create('leases', {
                metadata: { name: 'leader', namespace: 'default' },
                spec: { holderIdentity: name },
              })
          } else if (lease?.spec.holderIdentity === name)
            host.client.create('configmaps', {
              metadata: { name: `by-${name}`, namespace: 'default', labels: { by: 'yes' } },
            })
        })
      },
    })
    const cluster = new SimCluster({ nodes: 0, components: [leader('a'), leader('b')] })
    const result = explore(cluster.settle(), {
      actions: [create('elect'), { ...create('work'), at: 'rest' }],
      search: { delays: 1 },
      always: [
        { name: 'a leads', holds: (c) => mapsOf(c, 'by').every(({ metadata }) => metadata.name === 'by-a') },
      ],
    })
    expect(result.counterExample).toMatchObject({ property: 'a leads' })
  })
})

describe('memory in closures', () => {
  /** Creates a part for each wish once; what it has served is known to a closure. */
  const closing = (isRight: boolean): Component =>
    defineController({
      name: 'closing',
      identity,
      informers: { wishes: { resource: 'configmaps', labelSelector: 'wish' } },
      setup: ({ host, informers: { wishes } }) => {
        const served = new Set<string>()
        return {
          on: { wishes: ({ object }) => [keyOf(object)] },
          reconcile(key) {
            const wish = wishes.get(key)
            if (wish === undefined) return
            if (isRight && served.has(key)) return
            served.add(key)
            const name = `part-${wish.metadata.name}`
            const parts = host.client.list('configmaps', {
              namespace: 'default',
              labelSelector: 'part',
            }).items
            if (!isRight || !parts.some(({ metadata }) => metadata.labels?.['of'] === name))
              host.client.create('configmaps', {
                metadata: {
                  generateName: `${name}-`,
                  namespace: 'default',
                  labels: { part: 'yes', of: name },
                },
              })
          },
        }
      },
    })
  const explored = (isRight: boolean): ExplorationResult => {
    const cluster = new SimCluster({ nodes: 0, components: [closing(isRight)] })
    return explore(cluster.settle(), {
      actions: [create('a'), { name: 'label', do: (c) => c.kubectl('label configmap a x=y'), at: 'rest' }],
      search: { delays: 1 },
      always: [{ name: 'one part', holds: (c) => mapsOf(c, 'part').length <= 1 }],
    })
  }

  test('lets a right controller hold, and a wrong one be found', () => {
    expect(explored(true).verdict).toBe('holds')
    expect(explored(false)).toMatchObject({ verdict: 'violated', counterExample: { property: 'one part' } })
  })

  test('that decides what happens is told, with the component and how to use host.state', () => {
    const counting = defineController({
      name: 'counting',
      identity,
      informers: { wishes: { resource: 'configmaps', labelSelector: 'wish' } },
      setup: ({ host }) => {
        let seen = 0
        return {
          on: { wishes: ({ object }) => [keyOf(object)] },
          reconcile() {
            seen += 1
            if (seen === 2)
              host.client.create('configmaps', {
                metadata: { name: 'second', namespace: 'default', labels: { part: 'yes' } },
              })
          },
        }
      },
    })
    const cluster = new SimCluster({ nodes: 0, components: [counting] })
    const result = explore(cluster.settle(), {
      actions: [create('a'), { ...create('b'), at: 'rest' }],
      search: { delays: 0 },
      eventually: [{ name: 'second', holds: (c) => mapsOf(c, 'part').length === 1, within: '1m' }],
    })
    expect(result.verdict).toBe('holds')
    expect(result.warnings.join()).toMatch(/^counting keeps state in closures of its setup[^]*host\.state/)
  })

  test('outside of setup is refused, since runs are not repeatable', () => {
    let seen = 0
    const shared = worker('shared', 'wish', (host) => {
      seen += 1
      if (seen % 2 === 1)
        host.client.create('configmaps', { metadata: { generateName: 'odd-', namespace: 'default' } })
    })
    const cluster = new SimCluster({ nodes: 0, components: [shared] })
    const options: ExploreOptions = {
      actions: [create('a')],
      always: [{ name: 'few', holds: (c) => c.list('configmaps').items.length < 100 }],
    }
    expect(() => explore(cluster.settle(), options)).toThrow(
      /same run of shared was played twice[^]*host\.state/,
    )
  })
})

describe('what a violation needs', () => {
  test('is left even if a property throws without it', () => {
    const cluster = new SimCluster({
      nodes: 0,
      components: [
        worker('idle', 'wish', (host, key) =>
          host.client.delete('configmaps', { namespace: 'default', name: key }),
        ),
      ],
    })
    const result = explore(cluster.settle(), {
      actions: [
        create('a'),
        { name: 'note', do: (c) => c.create('configmaps', { metadata: { name: 'note' } }) },
      ],
      search: { delays: 0 },
      always: [
        {
          name: 'a stays',
          holds: (c) => {
            if (c.list('configmaps', { namespace: 'default' }).items.length === 0)
              throw new Error('there is nothing')
            return mapsOf(c, 'wish').length > 0
          },
        },
      ],
    })
    expect(result.counterExample).toMatchObject({ property: 'a stays', message: 'it does not hold' })
  })

  test('are the actions that ask for what must come about', () => {
    const marksFirst = worker('marks-first', 'wish', (host, key) => {
      const wish = host.client.get('configmaps', { namespace: 'default', name: key })
      if (wish.metadata.annotations?.['done'] !== undefined) return
      host.client.patch(
        'configmaps',
        { namespace: 'default', name: key },
        { type: 'merge', body: { metadata: { annotations: { done: 'yes' } } } },
      )
      host.client.create('configmaps', {
        metadata: { name: `part-${key}`, namespace: 'default', labels: { part: 'yes' } },
      })
    })
    const cluster = new SimCluster({ nodes: 0, components: [marksFirst] })
    const { counterExample } = explore(cluster.settle(), {
      actions: [create('a'), create('note', 'other')],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [{ name: 'a part', holds: (c) => mapsOf(c, 'part').length === 1, within: '1m' }],
    })
    expect(counterExample).toMatchObject({
      property: 'a part',
      actions: ['create a'],
      choices: [{ do: 'request', fault: 'crash' }],
    })
  })
})

test('a crash of a controller of kube-controller-manager is one of its process, which lists anew', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('replicasets', {
    metadata: { name: 'web' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'nginx' }] },
      },
    },
  })
  const { verdict, story } = explore(cluster.settle(), {
    actions: [{ name: 'scale', do: (c) => c.kubectl('scale replicaset web --replicas=1') }],
    search: { delays: 0 },
    faults: { crash: 1, of: ['kube-controller-manager/replicaset-controller'] },
    always: [{ name: 'one pod', holds: (c) => c.list('pods').items.length <= 1 }],
  })
  expect({ verdict, story }).toEqual({ verdict: 'holds', story: undefined })
})
