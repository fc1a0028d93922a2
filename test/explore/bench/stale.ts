/** Bugs of stale, unobserved and intermediate states, after Sieve. */
import {
  all,
  anyTime,
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
  at,
  remove,
  set,
} from './kit.js'

export const stale: readonly Planted[] = [
  {
    name: 'creates two in one reconcile, counted in its cache',
    kind: 'stale state',
    components: (isWrong) => [
      controller('maker', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(() => queue().add('all'))
        return () => {
          if (wishes.size === 0) return
          const there = isWrong ? parts.size : live(host, 'part').length
          for (let nth = there; nth < 2; nth += 1) make(host, 'part', undefined)
        }
      }),
    ],
    options: { actions: [create('a')], search: { delays: 1 }, always: [atMost(2, 'part')] },
  },
  {
    name: 'deletes what an old parent says is closed',
    kind: 'stale state',
    prepare: (c) => {
      c.create('configmaps', { metadata: { name: 'a', labels: { role: 'wish' } }, data: { closed: 'yes' } })
    },
    components: (isWrong) => [
      controller('closer', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (wishes.get(`default/${name}`)?.data?.['closed'] !== 'yes') {
            if (live(host, 'part').length === 0) make(host, 'part', `${name}-part`)
            return
          }
          const isClosed = isWrong || host.client.get('configmaps', at(name)).data?.['closed'] === 'yes'
          if (isClosed) ignoreNotFound(() => host.client.delete('configmaps', at(`${name}-part`)))
        }
      }),
    ],
    options: {
      actions: [
        set('a', { closed: 'no' }),
        later({
          name: 'write precious data',
          do: (c) =>
            c.patch('configmaps', at('a-part'), { type: 'merge', body: { data: { precious: 'yes' } } }),
        }),
      ],
      search: { delays: 0 },
      faults: { timeTravel: 1, of: ['closer'] },
      eventually: [
        {
          name: 'the data stay',
          holds: (c) => all(c, 'part')[0]?.data?.['precious'] === 'yes',
          within: '5m',
        },
      ],
    },
  },
  {
    name: 'writes an old size back over a new one',
    kind: 'stale state',
    components: (isWrong) => [
      controller('annotator', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || wish.data?.['seen'] === 'yes') return
          const { resourceVersion: _old, ...metadata } = wish.metadata
          const data = { ...wish.data, seen: 'yes' }
          host.client.update('configmaps', { ...wish, data, metadata: isWrong ? metadata : wish.metadata })
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { size: '1' }), anyTime(set('a', { size: '2' }))],
      search: { delays: 1 },
      eventually: [
        {
          name: 'the size is 2',
          holds: (c) => c.get('configmaps', 'a').data?.['size'] === '2',
          within: '1m',
        },
      ],
    },
  },
  {
    name: 'decides by two caches that do not agree',
    kind: 'stale state',
    components: (isWrong) => [
      controller('pruner', (host, queue) => {
        const owners = cache(host, 'owner').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(() => queue().add('all'))
        return () => {
          for (const part of parts.list()) {
            const owner = part.data?.['owner'] ?? ''
            if (owners.get(`default/${owner}`) !== undefined) continue
            const isGone =
              isWrong || ignoreNotFound(() => host.client.get('configmaps', at(owner))) === undefined
            if (isGone) ignoreNotFound(() => host.client.delete('configmaps', at(part.metadata.name ?? '')))
          }
        }
      }),
    ],
    options: {
      actions: [create('o', 'owner'), create('p', 'part', { owner: 'o' })],
      search: { delays: 1 },
      eventually: [{ ...inTheEnd(1, 'part') }],
    },
  },
  {
    name: 'removes parts only when it sees the deletion',
    kind: 'unobserved state',
    prepare: (c) => void create('a').do(c),
    components: (isWrong) => [
      controller('cleaner', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ type, object }) => {
          if (type !== 'DELETED' || !isWrong) queue().add(object.metadata.name ?? '')
          if (type === 'DELETED' && isWrong) queue().add(`gone ${object.metadata.uid ?? ''}`)
        })
        return (name) => {
          const parts = live(host, 'part')
          const [wish] = wishes.list()
          for (const part of parts) {
            const isOrphan = isWrong
              ? name === `gone ${part.data?.['of'] ?? ''}`
              : part.data?.['of'] !== wish?.metadata.uid
            if (isOrphan) host.client.delete('configmaps', at(part.metadata.name ?? ''))
          }
          const uid = wish?.metadata.uid
          if (uid !== undefined && !live(host, 'part').some((part) => part.data?.['of'] === uid))
            make(host, 'part', undefined, { data: { of: uid } })
        }
      }),
    ],
    options: {
      actions: [remove('a'), create('a')],
      search: { delays: 0 },
      faults: { unobserved: 1, of: ['cleaner'] },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'counts by events, and misses some',
    kind: 'unobserved state',
    components: (isWrong) => [
      controller('counter', (host, queue) => {
        const count = host.state('count', () => ({ value: 0 }))
        const wishes = cache(host, 'wish').onChange(({ object, old }) => {
          if (object.data?.['hit'] !== undefined && object.data['hit'] !== old?.data?.['hit'])
            count.value.value += 1
          queue().add('all')
        })
        return () => {
          const hits = isWrong ? count.value.value : Number(wishes.get('default/a')?.data?.['hit'] ?? 0)
          const [total] = live(host, 'total')
          if (total === undefined) make(host, 'total', 'total', { data: { hits: String(hits) } })
          else if (total.data?.['hits'] !== String(hits))
            host.client.update('configmaps', { ...total, data: { hits: String(hits) } })
        }
      }),
    ],
    options: {
      actions: [create('a'), later(set('a', { hit: '1' })), set('a', { hit: '2' })],
      search: { delays: 0 },
      faults: { unobserved: 1, of: ['counter'] },
      eventually: [
        { name: 'two hits', holds: (c) => all(c, 'total')[0]?.data?.['hits'] === '2', within: '5m' },
      ],
    },
  },
  {
    name: 'marks its work as done, then does it',
    kind: 'intermediate state',
    components: (isWrong) => [
      controller('marker', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || wish.data?.['done'] === 'yes') return
          const mark = (): unknown =>
            host.client.patch('configmaps', at(name), { type: 'merge', body: { data: { done: 'yes' } } })
          if (isWrong) mark()
          if (live(host, 'part').length === 0) make(host, 'part', `${name}-part`)
          if (!isWrong) mark()
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    name: 'believes that the second exists if the first does',
    kind: 'intermediate state',
    components: (isWrong) => [
      controller('pair', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined) return
          const isThere = (part: string): boolean =>
            ignoreNotFound(() => host.client.get('configmaps', at(part))) !== undefined
          if (isWrong && isThere('first')) return
          if (!isThere('first')) make(host, 'part', 'first')
          if (!isThere('second')) make(host, 'part', 'second')
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    name: 'moves: deletes the old one before the new one is there',
    kind: 'intermediate state',
    prepare: (c) => {
      create('a', 'wish', { place: 'x' }).do(c)
    },
    components: (isWrong) => [
      controller('mover', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const place = wishes.get(`default/${name}`)?.data?.['place']
          if (place === undefined) return
          const olds = live(host, 'part').filter((part) => part.data?.['place'] !== place)
          const removeOlds = (): void => {
            for (const old of olds) host.client.delete('configmaps', at(old.metadata.name ?? ''))
          }
          if (isWrong) removeOlds()
          // what is in the old one is copied
          const precious = olds[0]?.data?.['precious'] ?? 'new'
          if (!live(host, 'part').some((part) => part.data?.['place'] === place))
            make(host, 'part', `part-${place}`, { data: { place, precious } })
          if (!isWrong) removeOlds()
        }
      }),
    ],
    options: {
      actions: [
        {
          name: 'write',
          do: (c) =>
            c.patch('configmaps', at('part-x'), { type: 'merge', body: { data: { precious: 'old' } } }),
        },
        later(set('a', { place: 'y' })),
      ],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [
        {
          name: 'the data have moved',
          holds: (c) =>
            all(c, 'part').length === 1 &&
            all(c, 'part')[0]?.data?.['precious'] === 'old' &&
            all(c, 'part')[0]?.data?.['place'] === 'y',
          within: '5m',
        },
      ],
    },
  },
]
