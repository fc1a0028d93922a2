/** Bugs of generations, of back-off, of keys, and of compare-and-swap. */
import {
  all,
  anyTime,
  ApiError,
  at,
  cache,
  controller,
  create,
  identity,
  inTheEnd,
  later,
  live,
} from './kit.js'
import { ignoreNotFound, make, type Planted, set } from './kit.js'

const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === 409
const labels = { app: 'web' }

export const versions: readonly Planted[] = [
  {
    // bounds: no delay, one conflict
    name: 'remembers a status as written whose write met a conflict',
    kind: 'conflicts',
    components: (isWrong) => [
      controller('status', (host, queue) => {
        const written = host.state('written', () => new Map<string, string>())
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          const size = wish?.data?.['size'] ?? ''
          if (wish === undefined || written.value.get(name) === size) return
          try {
            host.client.update('configmaps', { ...wish, data: { ...wish.data, seen: size } })
          } catch (error) {
            if (!isConflict(error)) throw error
            if (!isWrong) throw error
          }
          written.value.set(name, size)
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { size: '1' })],
      search: { delays: 0 },
      faults: { conflict: 1 },
      eventually: [{ name: 'seen', holds: (c) => all(c, 'wish')[0]?.data?.['seen'] === '1', within: '5m' }],
    },
  },
  {
    // bounds: no delay, the user at any time
    name: 'reports a measurement of an older size as that of the newest',
    kind: 'stale state',
    components: (isWrong) => [
      {
        name: 'measuring',
        identity,
        setup: (host) => {
          const begun = host.state('begun', () => new Map<string, string>())
          cache(host, 'wish').onChange(({ object }) => {
            if (object.data?.['measured'] === object.data?.['size']) return
            const name = object.metadata.name ?? ''
            if (!begun.value.has(name)) measure.wakeAfter(name, 5_000, { class: 'work' })
            begun.value.set(name, object.data?.['size'] ?? '')
          })
          const measure = host.handle('measure', (name) => {
            const size = begun.value.get(name) ?? ''
            begun.value.delete(name)
            const wish = ignoreNotFound(() => host.client.get('configmaps', at(name)))
            if (wish === undefined) return
            const measured = isWrong ? (wish.data?.['size'] ?? '') : size
            const data = { ...wish.data, measured, result: `it is ${size}` }
            try {
              host.client.update('configmaps', { ...wish, data })
            } catch (error) {
              if (!isConflict(error)) throw error
              begun.value.set(name, size)
              measure.wakeAfter(name, 1_000, { class: 'work' })
            }
          })
        },
      },
    ],
    options: {
      actions: [create('a', 'wish', { size: '1' }), anyTime(set('a', { size: '2' }))],
      search: { delays: 0 },
      always: [
        {
          name: 'a result is of its size',
          holds: (c) =>
            all(c, 'wish').every(
              ({ data = {} }) =>
                data['result'] === undefined || data['result'] === `it is ${data['measured'] ?? ''}`,
            ),
        },
      ],
    },
  },
  {
    // bounds: no delay, one error
    name: 'takes a key out of its own list before it has served it',
    kind: 'work queues',
    components: (isWrong) => [
      controller('batching', (host, queue) => {
        const dirty = host.state('dirty', () => new Set<string>())
        cache(host, 'wish').onChange(({ object }) => {
          dirty.value.add(object.metadata.name ?? '')
          queue().add('all')
        })
        return () => {
          for (const name of dirty.value) {
            if (isWrong) dirty.value.delete(name)
            if (ignoreNotFound(() => host.client.get('configmaps', at(`part-${name}`))) === undefined)
              make(host, 'part', `part-${name}`)
            dirty.value.delete(name)
          }
        }
      }),
    ],
    options: {
      actions: [create('a'), create('b')],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    // bounds: delays 1
    name: 'takes the status of a Deployment for that of its newest generation',
    kind: 'generations',
    prepare: (c) => {
      const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } }
      c.create('deployments', {
        metadata: { name: 'web' },
        spec: { replicas: 2, selector: { matchLabels: labels }, strategy: { type: 'Recreate' }, template },
      })
    },
    components: (isWrong) => [
      controller('upgrader', (host, queue) => {
        const deployments = host.informer('deployments', { namespace: 'default' })
        deployments.onChange(() => queue().add('web'))
        return (name) => {
          const web = deployments.get(`default/${name}`)
          if (web?.spec.template.spec?.containers[0]?.image !== 'nginx:2') return
          const { observedGeneration = 0, updatedReplicas = 0 } = web.status ?? {}
          if (!isWrong && observedGeneration < (web.metadata.generation ?? 0)) return
          if (updatedReplicas !== web.spec.replicas || live(host, 'part').length > 0) return
          make(host, 'part', 'upgraded')
        }
      }),
    ],
    options: {
      actions: [{ name: 'upgrade', do: (c) => c.kubectl('set image deployment web c=nginx:2') }],
      search: { delays: 1 },
      always: [
        {
          name: 'what is upgraded runs the new image',
          holds: (c) =>
            all(c, 'part').length === 0 ||
            c
              .list('pods', { namespace: 'default' })
              .items.every(({ spec }) => spec.containers[0]?.image === 'nginx:2'),
        },
      ],
    },
  },
  {
    // bounds: no delay, one error
    name: 'keeps the length of its own back-off after a success',
    kind: 'work queues',
    components: (isWrong) => [
      controller('patient', (host, queue) => {
        const attempts = host.state('attempts', () => new Map<string, number>())
        const wishes = cache(host, 'wish').onChange(({ object }) => {
          const name = object.metadata.name ?? ''
          const failed = attempts.value.get(name) ?? 0
          queue().addAfter(name, failed === 0 ? 0 : 10_000 * 2 ** failed)
        })
        return (name) => {
          const size = wishes.get(`default/${name}`)?.data?.['size']
          if (size === undefined) return
          try {
            const [part] = live(host, 'part')
            if (part === undefined) make(host, 'part', 'part', { data: { size } })
            else if (part.data?.['size'] !== size)
              host.client.update('configmaps', { ...part, data: { size } })
            if (!isWrong) attempts.value.delete(name)
          } catch (error) {
            if (!(error instanceof ApiError)) throw error
            attempts.value.set(name, (attempts.value.get(name) ?? 0) + 1)
            queue().addAfter(name, 10_000)
          }
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { size: '1' }), later(set('a', { size: '2' }))],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [
        { name: 'size 2', holds: (c) => all(c, 'part')[0]?.data?.['size'] === '2', within: '15s' },
      ],
    },
  },
  {
    // bounds: no delay, the user at any time
    name: 'takes a value that has come back for one that was never changed',
    kind: 'conflicts',
    prepare: (c) => void create('slot', 'slot', { holder: 'nobody', taken: '0' }).do(c),
    components: (isWrong) => [
      controller('taker', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          const { data = {}, metadata } = host.client.get('configmaps', at('slot'))
          if (data['by-taker'] === 'yes') return
          const test = isWrong
            ? { op: 'test', path: '/data/holder', value: 'nobody' }
            : { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion }
          const taken = String(Number(data['taken']) + 1)
          host.client.patch('configmaps', at('slot'), {
            type: 'json',
            body: [
              test,
              { op: 'replace', path: '/data/taken', value: taken },
              { op: 'add', path: '/data/by-taker', value: 'yes' },
            ],
          })
        }
      }),
    ],
    options: {
      actions: [
        create('a'),
        anyTime({
          name: 'take and release',
          do: (c) => {
            const { data = {} } = c.get('configmaps', 'slot')
            set('slot', { holder: 'user' }).do(c)
            set('slot', { holder: 'nobody', taken: String(Number(data['taken']) + 1) }).do(c)
          },
        }),
      ],
      search: { delays: 0 },
      eventually: [
        { name: 'taken twice', holds: (c) => all(c, 'slot')[0]?.data?.['taken'] === '2', within: '5m' },
      ],
    },
  },
  {
    // bounds: delays 1, two workers
    name: 'has two keys for one object',
    kind: 'work queues',
    prepare: (c) => void create('signal', 'signal').do(c),
    components: (isWrong) => [
      controller('aliased', (host, queue) => {
        cache(host, 'wish').onChange(({ object }) => queue().add(`default/${object.metadata.name ?? ''}`))
        cache(host, 'signal').onChange(({ object }) => {
          if (object.data?.['on'] === 'yes') queue().add(isWrong ? 'a' : 'default/a')
        })
        return (key) => {
          const name = key.slice(key.indexOf('/') + 1)
          if (ignoreNotFound(() => host.client.get('configmaps', at(name))) === undefined) return
          if (live(host, 'part').length === 0) make(host, 'part', undefined)
        }
      }),
    ],
    options: {
      actions: [create('a'), set('signal', { on: 'yes' })],
      search: { delays: 1 },
      workers: 2,
      eventually: [inTheEnd(1, 'part')],
    },
  },
]
