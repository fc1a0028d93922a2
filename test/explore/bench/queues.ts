/** Bugs of conflicts, lost responses, work queues, workers and liveness. */
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
  later,
  live,
  make,
  type Planted,
  set,
} from './kit.js'

const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === 409

export const queues: readonly Planted[] = [
  {
    name: 'swallows a conflict',
    kind: 'conflicts',
    components: (isWrong) => [
      controller('writer', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || wish.data?.['done'] === 'yes') return
          try {
            host.client.update('configmaps', { ...wish, data: { ...wish.data, done: 'yes' } })
          } catch (error) {
            if (!isWrong || !isConflict(error)) throw error
          }
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { conflict: 1 },
      eventually: [{ name: 'done', holds: (c) => all(c, 'wish')[0]?.data?.['done'] === 'yes', within: '5m' }],
    },
  },
  {
    name: 'tries again once, and no more',
    kind: 'conflicts',
    components: (isWrong) => [
      controller('writer', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (wishes.get(`default/${name}`)?.data?.['done'] === 'yes') return
          for (let tries = 0; tries < (isWrong ? 2 : 5); tries += 1) {
            const wish = ignoreNotFound(() => host.client.get('configmaps', at(name)))
            if (wish === undefined) return
            try {
              host.client.update('configmaps', { ...wish, data: { ...wish.data, done: 'yes' } })
              return
            } catch (error) {
              if (!isConflict(error)) throw error
            }
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
    name: 'tries for ever with the object that it has read once',
    kind: 'conflicts',
    components: (isWrong) => [
      controller('writer', (host, queue) => {
        const read = host.state('read', () => ({ version: '' }))
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || wish.data?.['done'] === 'yes') return
          const { resourceVersion = '' } = wish.metadata
          if (read.value.version === '' || !isWrong) read.value.version = resourceVersion
          const metadata = { ...wish.metadata, resourceVersion: read.value.version }
          host.client.update('configmaps', { ...wish, metadata, data: { ...wish.data, done: 'yes' } })
        }
      }),
    ],
    options: {
      actions: [create('a'), anyTime(set('a', { size: '2' }))],
      search: { delays: 1 },
      eventually: [{ name: 'done', holds: (c) => all(c, 'wish')[0]?.data?.['done'] === 'yes', within: '5m' }],
    },
  },
  {
    name: 'creates again what it has no answer for',
    kind: 'lost responses',
    components: (isWrong) => [
      controller('maker', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        const made = host.state('made', () => new Set<string>())
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined || made.value.has(name)) return
          if (isWrong) make(host, 'part', undefined)
          else if (live(host, 'part').length === 0) make(host, 'part', `${name}-part`)
          made.value.add(name)
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { lostResponse: 1 },
      always: [atMost(1, 'part')],
    },
  },
  {
    name: 'swallows an error',
    kind: 'work queues',
    components: (isWrong) => [
      controller('maker', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined || live(host, 'part').length > 0) return
          try {
            make(host, 'part', 'part')
          } catch (error) {
            if (!isWrong) throw error
          }
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { timeout: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'never forgets a failure',
    kind: 'work queues',
    components: (isWrong) => [
      {
        name: 'maker',
        identity: { name: 'maker', groups: ['system:masters'] },
        setup: (host) => {
          const wishes = cache(host, 'wish').onChange(({ object }) => queue.add(object.metadata.name ?? ''))
          const queue = host.workQueue('queue', (name) => {
            if (wishes.get(`default/${name}`) !== undefined && live(host, 'part').length === 0)
              make(host, 'part', 'part')
            if (!isWrong) queue.forget(name)
          })
        },
      },
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'keeps a key as busy after a failure',
    kind: 'work queues',
    components: (isWrong) => [
      controller('maker', (host, queue) => {
        const busy = host.state('busy', () => new Set<string>())
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (busy.value.has(name) || wishes.get(`default/${name}`) === undefined) return
          busy.value.add(name)
          try {
            if (live(host, 'part').length === 0) make(host, 'part', 'part')
          } catch (error) {
            if (!isWrong) busy.value.delete(name)
            throw error
          }
          busy.value.delete(name)
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'forgets a key that is added while it is handled',
    kind: 'work queues',
    components: (isWrong) => [
      controller('maker', (host, queue) => {
        const pending = host.state('pending', () => new Set<string>())
        const wishes = cache(host, 'wish').onChange(({ object }) => {
          pending.value.add(object.metadata.name ?? '')
          queue().add('all')
        })
        return () => {
          const names = [...pending.value]
          if (!isWrong) pending.value.clear()
          for (const name of names) {
            const size = wishes.get(`default/${name}`)?.data?.['size']
            if (size === undefined) continue
            const [part] = live(host, 'part')
            if (part === undefined) make(host, 'part', 'part', { data: { size } })
            else host.client.update('configmaps', { ...part, data: { size } })
          }
          if (isWrong) pending.value.clear()
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { size: '1' }), anyTime(set('a', { size: '2' }))],
      search: { delays: 1 },
      eventually: [{ name: 'size 2', holds: (c) => all(c, 'part')[0]?.data?.['size'] === '2', within: '1m' }],
    },
  },
  {
    name: 'two workers take the last place',
    kind: 'work queues',
    components: (isWrong) => [
      controller('places', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined) return
          if (isWrong) {
            if (live(host, 'part').length === 0) make(host, 'part', `part-${name}`)
            return
          }
          // the name is the lock
          try {
            make(host, 'part', 'part')
          } catch (error) {
            if (!isConflict(error)) throw error
          }
        }
      }),
    ],
    options: {
      actions: [create('a'), create('b')],
      search: { delays: 1 },
      workers: 2,
      always: [atMost(1, 'part')],
    },
  },
  {
    name: 'waits for an event that has come already',
    kind: 'liveness',
    components: (isWrong) => [
      controller('joiner', (host, queue) => {
        const lefts = cache(host, 'left').onChange(() => queue().add('all'))
        const rights = cache(host, 'right').onChange(() => {
          if (!isWrong) queue().add('all')
        })
        return () => {
          if (lefts.size > 0 && rights.size > 0 && live(host, 'part').length === 0) make(host, 'part', 'part')
        }
      }),
    ],
    options: {
      actions: [create('r', 'right'), create('l', 'left')],
      search: { delays: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'two controllers want different sizes',
    kind: 'liveness',
    components: (isWrong) =>
      ['x', 'y'].map((name) =>
        controller(name, (host, queue) => {
          const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
          return (key) => {
            const wish = wishes.get(`default/${key}`)
            const field = isWrong ? 'size' : `size-${name}`
            if (wish === undefined || wish.data?.[field] === name) return
            host.client.patch('configmaps', at(key), { type: 'merge', body: { data: { [field]: name } } })
          }
        }),
      ),
    options: { actions: [create('a')], search: { delays: 0 }, always: [atMost(1, 'wish')] },
  },
  {
    name: 'wakes itself until something happens that it waits for',
    kind: 'liveness',
    components: (isWrong) => [
      controller('waiter', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        cache(host, 'signal').onChange(() => queue().add('a'))
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined) return
          if (live(host, 'signal').length > 0) {
            if (live(host, 'part').length === 0) make(host, 'part', 'part')
          } else if (isWrong) queue().add(name)
        }
      }),
    ],
    options: {
      actions: [create('a'), later(create('s', 'signal'))],
      search: { delays: 0 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'keeps what it has done in a closure, and forgets it in a crash',
    kind: 'closures',
    components: (isWrong) => [
      controller('closing', (host, queue) => {
        const made = new Set<string>()
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (made.has(name) || wishes.get(`default/${name}`) === undefined) return
          if (isWrong || live(host, 'part').length === 0) make(host, 'part', undefined)
          made.add(name)
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      always: [atMost(1, 'part')],
    },
  },
]
