/** Bugs of owners and their places, of timers, batches and locks, and of what is done in the wrong order. */
import type { Component } from '../../../src/index.js'
import {
  all,
  anyTime,
  ApiError,
  at,
  cache,
  type ComponentHost,
  type ConfigMap,
  controller,
  create,
  identity,
  ignoreNotFound,
  inTheEnd,
  later,
  live,
  make,
  type Planted,
  remove,
  set,
} from './kit.js'

const OWN = 'example.com/own'
const isConflict = (error: unknown): boolean => error instanceof ApiError && error.code === 409
const patch = (host: ComponentHost, name: string, data: Record<string, string>): ConfigMap =>
  host.client.patch('configmaps', at(name), { type: 'merge', body: { data } })
const ownedBy = (name: string, uid: string) => [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid }]
const liveOf = (host: ComponentHost, name: string): ConfigMap | undefined =>
  ignoreNotFound(() => host.client.get('configmaps', at(name)))

export const orders: readonly Planted[] = [
  {
    // bounds: no delay
    name: 'keeps the uid of an owner that has been replaced',
    kind: 'uids',
    components: (isWrong) => [
      controller('owner', (host, queue) => {
        const known = host.state('known', () => new Map<string, string>())
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        cache(host, 'part').onChange(() => queue().add('a'))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined || liveOf(host, `${name}-part`) !== undefined) return
          const uid = (isWrong ? known.value.get(name) : undefined) ?? wish.metadata.uid ?? ''
          known.value.set(name, uid)
          make(host, 'part', `${name}-part`, { metadata: { ownerReferences: ownedBy(name, uid) } })
        }
      }),
    ],
    options: {
      actions: [
        create('a'),
        later({
          name: 'replace a',
          do: (c) => {
            remove('a').do(c)
            create('a').do(c)
          },
        }),
      ],
      search: { delays: 0 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    // bounds: no delay
    name: 'adopts across namespaces',
    kind: 'adoption',
    prepare: (c) => {
      c.create('namespaces', { metadata: { name: 'other' } })
      create('x').do(c)
    },
    components: (isWrong) => [
      controller('adopter', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('x'))
        const orphans = host.informer('configmaps', {
          labelSelector: 'role=orphan',
          ...(isWrong ? {} : { namespace: 'default' }),
        })
        orphans.onChange(() => queue().add('x'))
        return (name) => {
          const uid = wishes.get(`default/${name}`)?.metadata.uid
          if (uid === undefined) return
          for (const { metadata } of orphans.list()) {
            if (metadata.ownerReferences !== undefined) continue
            const { namespace = '', resourceVersion } = metadata
            const body = { metadata: { ownerReferences: ownedBy(name, uid), resourceVersion } }
            const key = { namespace, name: metadata.name ?? '' }
            host.client.patch('configmaps', key, { type: 'merge', body })
          }
        }
      }),
    ],
    options: {
      actions: [
        create('near', 'orphan'),
        {
          name: 'create one elsewhere',
          do: (c) =>
            c.create('configmaps', {
              metadata: { name: 'far', namespace: 'other', labels: { role: 'orphan' } },
            }),
        },
      ],
      search: { delays: 0 },
      eventually: [
        {
          name: 'the one elsewhere stays',
          holds: (c) => c.list('configmaps', { labelSelector: 'role=orphan' }).items.length === 2,
          within: '5m',
        },
      ],
    },
  },
  {
    // bounds: no delay, one error
    name: 'leaves to the resync what has failed',
    kind: 'liveness',
    components: (isWrong) => [
      controller('resyncing', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        const resync = host.handle('resync', () => {
          for (const { metadata } of wishes.list()) queue().add(metadata.name ?? '')
          resync.wakeAfter('', 600_000, { class: 'watchdog' })
        })
        if (resync.dueAt('') === undefined) resync.wakeAfter('', 600_000, { class: 'watchdog' })
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined) return
          try {
            if (liveOf(host, `part-${name}`) === undefined) make(host, 'part', `part-${name}`)
          } catch (error) {
            if (!isWrong || !(error instanceof ApiError)) throw error
          }
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [{ ...inTheEnd(1, 'part'), within: '1m' }],
    },
  },
  {
    // bounds: no delay
    name: 'does not move a timer that it has set',
    kind: 'work queues',
    components: (isWrong) => [
      controller('expiring', (host, queue) => {
        const scheduled = host.state('scheduled', () => new Set<string>())
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          const { creationTimestamp = '' } = wish.metadata
          const left = Date.parse(creationTimestamp) + Number(wish.data?.['ttl']) * 1_000 - host.clock.now()
          if (left <= 0) return void ignoreNotFound(() => host.client.delete('configmaps', at(name)))
          if (isWrong && scheduled.value.has(name)) return
          scheduled.value.add(name)
          queue().addAfter(name, left, { class: 'watchdog' })
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { ttl: '600' }), later(set('a', { ttl: '60' }))],
      search: { delays: 0 },
      eventually: [{ ...inTheEnd(0, 'wish'), within: '2m' }],
    },
  },
  {
    // bounds: delays 1
    name: 'gives its lease back before its last write',
    kind: 'leases',
    prepare: (c) => {
      c.create('leases', { metadata: { name: 'leader' }, spec: { holderIdentity: 'x' } })
      create('state', 'state', { by: 'x' }).do(c)
    },
    components: (isWrong) => [leaving(isWrong), following()],
    options: {
      actions: [create('stop')],
      search: { delays: 1 },
      eventually: [
        { name: 'y has written last', holds: (c) => all(c, 'state')[0]?.data?.['by'] === 'y', within: '1m' },
      ],
    },
  },
  {
    // bounds: delays 1
    name: 'two controllers count up one number without a lock',
    kind: 'conflicts',
    prepare: (c) => void create('total', 'total', { count: '0' }).do(c),
    components: (isWrong) =>
      ['x', 'y'].map((shard) =>
        controller(`counting-${shard}`, (host, queue) => {
          const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
          return (name) => {
            const wish = wishes.get(`default/${name}`)
            if (wish?.data?.['shard'] !== shard || wish.data['counted'] === 'yes') return
            const { data = {}, metadata } = host.client.get('configmaps', at('total'))
            host.client.patch('configmaps', at('total'), {
              type: 'merge',
              body: {
                data: { count: String(Number(data['count']) + 1) },
                ...(isWrong ? {} : { metadata: { resourceVersion: metadata.resourceVersion } }),
              },
            })
            patch(host, name, { counted: 'yes' })
          }
        }),
      ),
    options: {
      actions: [create('a', 'wish', { shard: 'x' }), create('b', 'wish', { shard: 'y' })],
      search: { delays: 1 },
      eventually: [
        { name: 'both are counted', holds: (c) => all(c, 'total')[0]?.data?.['count'] === '2', within: '5m' },
      ],
    },
  },
  {
    // bounds: no delay, one start on an old list
    name: 'goes back to an old level after it has started again',
    kind: 'stale state',
    prepare: (c) => void create('a', 'wish', { level: '1' }).do(c),
    components: (isWrong) => [
      controller('levelling', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('a'))
        return (name) => {
          const level = wishes.get(`default/${name}`)?.data?.['level']
          if (level === undefined) return
          const part = liveOf(host, 'part')
          const has = part?.data?.['level'] ?? '0'
          if (part === undefined) make(host, 'part', 'part', { data: { level } })
          else if (isWrong ? level !== has : Number(level) > Number(has)) patch(host, 'part', { level })
        }
      }),
    ],
    options: {
      actions: [
        set('a', { level: '2' }),
        later({
          name: 'rely on it',
          do: (c) =>
            create('reliance', 'reliance', { level: all(c, 'part')[0]?.data?.['level'] ?? '' }).do(c),
        }),
      ],
      search: { delays: 0 },
      faults: { timeTravel: 1, of: ['levelling'] },
      always: [
        {
          name: 'the level is what was relied on',
          holds: (c) => {
            const [reliance] = all(c, 'reliance')
            const [part] = all(c, 'part')
            return Number(part?.data?.['level'] ?? '1') >= Number(reliance?.data?.['level'] ?? '0')
          },
        },
      ],
    },
  },
  {
    // bounds: no delay, one error
    name: 'expects what a batch has skipped after a failure',
    kind: 'expectations',
    components: (isWrong) => [
      controller('batches', (host, queue) => {
        const expected = host.state('expected', () => ({ count: 0 }))
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(({ type }) => {
          if (type === 'ADDED') expected.value.count = Math.max(0, expected.value.count - 1)
          queue().add('all')
        })
        return () => {
          if (wishes.size === 0 || expected.value.count > 0) return
          const missing = 3 - parts.size
          expected.value.count = Math.max(0, missing)
          for (let nth = 0; nth < missing; nth += 1)
            try {
              make(host, 'part', undefined)
            } catch (error) {
              expected.value.count -= isWrong ? 1 : missing - nth
              throw error
            }
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [inTheEnd(3, 'part')],
    },
  },
  {
    // bounds: no delay
    name: 'takes what has the same hash for its own',
    kind: 'adoption',
    components: (isWrong) => [
      controller('hashing', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        const ensure = (name: string, hash: number, collisions: number): void => {
          const part = `part-${hash}-${collisions}`
          try {
            make(host, 'part', part, { data: { of: name } })
          } catch (error) {
            if (!isConflict(error)) throw error
            if (!isWrong && liveOf(host, part)?.data?.['of'] !== name) ensure(name, hash, collisions + 1)
          }
        }
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish !== undefined) ensure(name, Number(wish.data?.['size']) % 2, 0)
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { size: '1' }), create('b', 'wish', { size: '3' })],
      search: { delays: 0 },
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    // bounds: delays 1
    name: 'a second queue clears what the first has still to do',
    kind: 'work queues',
    components: (isWrong) => [
      {
        name: 'sharing',
        identity,
        setup: (host) => {
          const dirty = (['left', 'right'] as const).map((side) =>
            host.state(isWrong ? 'dirty' : `dirty-${side}`, () => new Set<string>()),
          )
          const queues = (['left', 'right'] as const).map((side, nth) => {
            const queue = host.workQueue(side, (key) => {
              const names = dirty[nth]?.value ?? new Set<string>()
              for (const name of names) {
                if (liveOf(host, `${side}-${name}`) === undefined) make(host, 'part', `${side}-${name}`)
                if (!isWrong) names.delete(name)
              }
              if (side === 'right') names.clear()
              queue.forget(key)
            })
            return queue
          })
          cache(host, 'wish').onChange(({ object }) => {
            for (const { value } of dirty) value.add(object.metadata.name ?? '')
            for (const queue of queues) queue.add('all')
          })
        },
      },
    ],
    options: { actions: [create('a')], search: { delays: 1 }, eventually: [inTheEnd(2, 'part')] },
  },
  {
    // bounds: no delay, the user at any time
    name: 'adds its finalizer after the effect that it protects',
    kind: 'finalizers',
    components: (isWrong) => [
      controller('provider', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        const finalize = (name: string, finalizers: readonly string[]): boolean =>
          ignoreNotFound(() =>
            host.client.patch('configmaps', at(name), { type: 'merge', body: { metadata: { finalizers } } }),
          ) !== undefined
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          if (wish.metadata.deletionTimestamp !== undefined) {
            ignoreNotFound(() => host.client.delete('configmaps', at('outside')))
            finalize(name, [])
            return
          }
          const isProtected = wish.metadata.finalizers !== undefined
          if (!isWrong && !isProtected && !finalize(name, [OWN])) return
          if (liveOf(host, 'outside') === undefined) make(host, 'part', 'outside')
          if (isWrong && !isProtected) finalize(name, [OWN])
        }
      }),
    ],
    options: {
      actions: [create('a'), anyTime(remove('a'))],
      search: { delays: 0 },
      eventually: [inTheEnd(0, 'part')],
    },
  },
  {
    // bounds: delays 1
    name: 'two controllers take two locks in different orders',
    kind: 'cooperation',
    components: (isWrong) => [locking('x', ['p', 'q']), locking('y', isWrong ? ['q', 'p'] : ['p', 'q'])],
    options: {
      actions: [create('a')],
      search: { delays: 1 },
      eventually: [{ ...inTheEnd(2, 'part'), within: '1m' }],
    },
  },
]

/** Leads, and stops when it is told to: it writes for the last time, and gives the lease back. */
function leaving(isWrong: boolean): Component {
  return controller('x', (host, queue) => {
    cache(host, 'wish').onChange(() => queue().add('stop'))
    return () => {
      const lease = host.client.get('leases', at('leader'))
      if (lease.spec.holderIdentity !== 'x') return
      const release = (): void =>
        void host.client.update('leases', { ...lease, spec: { ...lease.spec, holderIdentity: '' } })
      if (isWrong) release()
      patch(host, 'state', { by: 'x', closed: 'yes' })
      if (!isWrong) release()
    }
  })
}

/** Takes the lease as soon as nobody has it, and writes. */
function following(): Component {
  return controller('y', (host, queue) => {
    host.informer('leases', { namespace: 'default' }).onChange(() => queue().add('leader'))
    return () => {
      const lease = host.client.get('leases', at('leader'))
      const { holderIdentity } = lease.spec
      if (holderIdentity === 'x') return
      if (holderIdentity === '')
        host.client.update('leases', { ...lease, spec: { ...lease.spec, holderIdentity: 'y' } })
      if (host.client.get('configmaps', at('state')).data?.['by'] !== 'y') patch(host, 'state', { by: 'y' })
    }
  })
}

/** Works as soon as it has all locks, and gives them back. */
function locking(name: string, locks: readonly string[]): Component {
  return controller(name, (host, queue) => {
    const wishes = cache(host, 'wish').onChange(() => queue().add('work'))
    const take = (lock: string): boolean => {
      try {
        make(host, 'lock', `lock-${lock}`, { data: { holder: name } })
        return true
      } catch (error) {
        if (!isConflict(error)) throw error
        return liveOf(host, `lock-${lock}`)?.data?.['holder'] === name
      }
    }
    return (key) => {
      if (wishes.size === 0 || live(host, 'part').some(({ data }) => data?.['by'] === name)) return
      if (!locks.every(take)) return queue().addAfter(key, 1_000)
      make(host, 'part', `part-${name}`, { data: { by: name } })
      for (const lock of locks) host.client.delete('configmaps', at(`lock-${lock}`))
    }
  })
}
