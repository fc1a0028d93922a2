/** Bugs of memory: in closures, between two workers, across restarts, and of what nobody wakes. */
import { defineController, keyOf } from '../../../src/index.js'
import {
  all,
  anyTime,
  ApiError,
  at,
  atMost,
  cache,
  controller,
  create,
  ignoreNotFound,
  inTheEnd,
} from './kit.js'
import { identity, later, live, make, type Planted, remove, set } from './kit.js'

export const memory: readonly Planted[] = [
  {
    // bounds: no delay, two conflicts
    name: 'gives up after two conflicts in a row',
    kind: 'conflicts',
    components: (isWrong) => [
      controller('writer', (host, queue) => {
        const tries = host.state('tries', () => new Map<string, number>())
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || wish.data?.['done'] === 'yes') return
          if (isWrong && (tries.value.get(name) ?? 0) >= 2) return
          try {
            host.client.update('configmaps', { ...wish, data: { ...wish.data, done: 'yes' } })
            tries.value.delete(name)
          } catch (error) {
            tries.value.set(name, (tries.value.get(name) ?? 0) + 1)
            throw error
          }
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { conflict: 2 },
      eventually: [{ name: 'done', holds: (c) => all(c, 'wish')[0]?.data?.['done'] === 'yes', within: '5m' }],
    },
  },
  {
    // bounds: delays 1, the user at any time; memory in closures
    name: 'counts what is under way in a closure, and lowers the count twice',
    kind: 'expectations',
    components: (isWrong) => [
      controller('closing', (host, queue) => {
        let underWay = 0
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(({ type }) => {
          if (type === 'ADDED' || isWrong) underWay = Math.max(0, underWay - 1)
          queue().add('all')
        })
        return () => {
          if (wishes.size === 0) return
          if (parts.size + underWay >= 2) return
          underWay += 1
          make(host, 'part', undefined)
        }
      }),
    ],
    options: {
      actions: [
        create('a'),
        anyTime({
          name: 'touch the parts',
          do: (c) => {
            for (const { metadata } of all(c, 'part')) set(metadata.name ?? '', { touched: 'yes' }).do(c)
          },
        }),
      ],
      search: { delays: 1 },
      always: [atMost(2, 'part')],
    },
  },
  {
    // bounds: no delay, one crash
    name: 'starts work a second time after a crash, since its mark is in memory',
    kind: 'intermediate state',
    components: (isWrong) => [
      defineController({
        name: 'starter',
        identity,
        informers: { wishes: { resource: 'configmaps', namespace: 'default', labelSelector: 'role=wish' } },
        setup: ({ host, informers: { wishes } }) => {
          const started = host.state('started', () => new Set<string>())
          return {
            on: { wishes: ({ object }) => [keyOf(object)] },
            reconcile(key) {
              const wish = wishes.get(key)
              const uid = wish?.metadata.uid ?? ''
              if (wish === undefined || started.value.has(uid)) return
              if (isWrong) make(host, 'part', undefined)
              else
                try {
                  make(host, 'part', `part-${uid}`)
                } catch (error) {
                  if (!(error instanceof ApiError) || error.code !== 409) throw error
                }
              started.value.add(uid)
            },
          }
        },
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      always: [atMost(1, 'part')],
    },
  },
  {
    // bounds: delays 1
    name: 'reads two objects at two times, and writes what never was',
    kind: 'stale state',
    prepare: (c) => {
      create('left', 'half', { n: '0' }).do(c)
      create('right', 'half', { n: '0' }).do(c)
    },
    components: (isWrong) => [
      controller('joiner', (host, queue) => {
        cache(host, 'half').onChange(() => queue().add('all'))
        return () => {
          const halves = isWrong
            ? ['left', 'right'].map((name) => host.client.get('configmaps', at(name)))
            : live(host, 'half')
          const [left = '0', right = '0'] = halves.map(({ data }) => data?.['n'])
          const sum = `${left}-${right}`
          const [part] = live(host, 'part')
          if (part === undefined) make(host, 'part', 'part', { data: { sum } })
          else if (part.data?.['sum'] !== sum) host.client.update('configmaps', { ...part, data: { sum } })
        }
      }),
    ],
    options: {
      actions: [
        anyTime({
          name: 'both at 1',
          do: (c) => {
            set('right', { n: '1' }).do(c)
            set('left', { n: '1' }).do(c)
          },
        }),
        anyTime({
          name: 'both at 2',
          do: (c) => {
            set('right', { n: '2' }).do(c)
            set('left', { n: '2' }).do(c)
          },
        }),
      ],
      search: { delays: 0 },
      always: [
        {
          name: 'both are of one time',
          holds: (c) =>
            all(c, 'part').every(({ data }) => ['0-0', '1-1', '2-2'].includes(data?.['sum'] ?? '')),
        },
      ],
    },
  },
  {
    // bounds: no delay, one return to an old list
    name: 'deletes what its old list does not have',
    kind: 'stale state',
    components: (isWrong) => [
      controller('pruner', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        const first = host.handle('first', () => queue().add('all'))
        first.wake('')
        return () => {
          for (const { data, metadata } of live(host, 'part')) {
            const of = data?.['of'] ?? ''
            if (wishes.get(`default/${of}`) !== undefined) continue
            if (!isWrong && ignoreNotFound(() => host.client.get('configmaps', at(of))) !== undefined)
              continue
            ignoreNotFound(() => host.client.delete('configmaps', at(metadata.name ?? '')))
          }
        }
      }),
    ],
    options: {
      actions: [create('a'), later(create('p', 'part', { of: 'a', precious: 'yes' }))],
      search: { delays: 0 },
      faults: { timeTravel: 1, of: ['pruner'] },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    // bounds: no delay, the user at any time
    name: 'believes that a deletion is done when it has been asked for',
    kind: 'uids',
    prepare: (c) => {
      c.create('configmaps', {
        metadata: { name: 'old', labels: { role: 'part' }, finalizers: ['example.com/slow'] },
      })
      create('a', 'wish', { name: 'old' }).do(c)
    },
    components: (isWrong) => [
      controller('replacer', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        if (!isWrong) cache(host, 'part').onChange(() => queue().add('a'))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish?.data?.['replace'] !== 'yes' || wish.data['replaced'] === 'yes') return
          const old = ignoreNotFound(() => host.client.get('configmaps', at('old')))
          if (old !== undefined && old.data?.['new'] !== 'yes') {
            host.client.delete('configmaps', at('old'))
            if (!isWrong) return
          }
          try {
            make(host, 'part', 'old', { data: { new: 'yes' } })
          } catch (error) {
            if (!(error instanceof ApiError) || error.code !== 409) throw error
          }
          host.client.patch('configmaps', at(name), { type: 'merge', body: { data: { replaced: 'yes' } } })
        }
      }),
    ],
    options: {
      actions: [
        set('a', { replace: 'yes' }),
        later({
          name: 'release',
          do: (c) =>
            c.patch('configmaps', at('old'), { type: 'merge', body: { metadata: { finalizers: [] } } }),
        }),
      ],
      search: { delays: 0 },
      eventually: [
        { name: 'the new one', holds: (c) => all(c, 'part')[0]?.data?.['new'] === 'yes', within: '5m' },
      ],
    },
  },
  {
    // bounds: delays 1, two workers
    name: 'two workers give one budget to two keys',
    kind: 'work queues',
    prepare: (c) => void create('budget', 'budget', { left: '1' }).do(c),
    components: (isWrong) => [
      controller('spender', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || wish.data?.['granted'] !== undefined) return
          const budget = host.client.get('configmaps', at('budget'))
          const left = Number(budget.data?.['left'] ?? 0)
          const granted = left > 0 ? 'yes' : 'no'
          if (left > 0) {
            const { resourceVersion: _version, ...metadata } = budget.metadata
            const data = { left: String(left - 1) }
            host.client.update('configmaps', {
              ...budget,
              data,
              metadata: isWrong ? metadata : budget.metadata,
            })
          }
          host.client.patch('configmaps', at(name), { type: 'merge', body: { data: { granted } } })
        }
      }),
    ],
    options: {
      actions: [create('a'), create('b')],
      search: { delays: 1 },
      workers: 2,
      always: [
        {
          name: 'one is granted',
          holds: (c) => all(c, 'wish').filter(({ data }) => data?.['granted'] === 'yes').length <= 1,
        },
      ],
    },
  },
  {
    // bounds: no delay, one outage of the watches
    name: 'sees an object go and come as if nothing had happened',
    kind: 'unobserved state',
    prepare: (c) => void create('a').do(c),
    components: (isWrong) => [
      controller('tenant', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          const [part] = live(host, 'part')
          const of = isWrong ? name : (wish.metadata.uid ?? '')
          if (part?.data?.['of'] === of) return
          if (part !== undefined)
            ignoreNotFound(() => host.client.delete('configmaps', at(part.metadata.name ?? '')))
          make(host, 'part', undefined, { data: { of, uid: wish.metadata.uid ?? '' } })
        }
      }),
      controller('janitor', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ type }) => {
          if (type === 'DELETED') queue().add('all')
        })
        return () => {
          if (wishes.size > 0) return
          for (const part of live(host, 'part'))
            ignoreNotFound(() => host.client.delete('configmaps', at(part.metadata.name ?? '')))
        }
      }),
    ],
    options: {
      actions: [remove('a'), later(create('a'))],
      search: { delays: 0 },
      faults: { unobserved: 1, of: ['tenant', 'janitor'] },
      eventually: [
        {
          name: 'the part of the new one',
          holds: (c) => all(c, 'part')[0]?.data?.['uid'] === all(c, 'wish')[0]?.metadata.uid,
          within: '5m',
        },
      ],
    },
  },
]
