/** Bugs of expectations, finalizers, adoption, uids and leases. */
import type { Component } from '../../../src/index.js'
import {
  all,
  anyTime,
  ApiError,
  at,
  atMost,
  cache,
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
} from './kit.js'

const OWN = 'example.com/own'

export const bookkeeping: readonly Planted[] = [
  {
    name: 'expects a creation after it has happened',
    kind: 'expectations',
    components: (isWrong) => [
      controller('expecting', (host, queue) => {
        const expected = host.state('expected', () => ({ value: 0 }))
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(({ type }) => {
          if (type === 'ADDED' && expected.value.value > 0) expected.value.value -= 1
          queue().add('all')
        })
        return () => {
          if (expected.value.value > 0) return
          const wanted = Number(wishes.get('default/a')?.data?.['size'] ?? 0)
          if (parts.size >= wanted) return
          if (!isWrong) expected.value.value += 1
          make(host, 'part', undefined)
          if (isWrong) expected.value.value += 1
        }
      }),
    ],
    options: {
      actions: [create('a', 'wish', { size: '2' })],
      search: { delays: 1 },
      always: [atMost(2, 'part')],
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    name: 'expects a creation that has failed',
    kind: 'expectations',
    components: (isWrong) => [
      controller('expecting', (host, queue) => {
        const expected = host.state('expected', () => ({ value: 0 }))
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(({ type }) => {
          if (type === 'ADDED' && expected.value.value > 0) expected.value.value -= 1
          queue().add('all')
        })
        return () => {
          if (expected.value.value > 0 || wishes.size === 0 || parts.size > 0) return
          expected.value.value += 1
          try {
            make(host, 'part', 'part')
          } catch (error) {
            if (!isWrong) expected.value.value -= 1
            throw error
          }
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
    name: 'remembers what it has done by name, not by uid',
    kind: 'uids',
    components: (isWrong) => [
      controller('server', (host, queue) => {
        const served = host.state('served', () => new Set<string>())
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) {
            if (isWrong) return void served.value.delete(name)
            return
          }
          const id = isWrong ? name : (wish.metadata.uid ?? '')
          if (served.value.has(id)) return
          make(host, 'part', undefined, { data: { of: wish.metadata.uid ?? '' } })
          served.value.add(id)
        }
      }),
    ],
    options: {
      actions: [create('a'), later(remove('a')), anyTime(create('a'))],
      search: { delays: 1 },
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    name: 'deletes by name what is another object by now',
    kind: 'uids',
    prepare: (c) => {
      create('a', 'wish').do(c)
      create('p', 'part', { expired: 'yes' }).do(c)
    },
    components: (isWrong) => [
      controller('reaper', (host, queue) => {
        cache(host, 'wish').onChange(() => queue().add('all'))
        const parts = cache(host, 'part').onChange(() => queue().add('all'))
        return () => {
          for (const { data, metadata } of parts.list()) {
            if (data?.['expired'] !== 'now') continue
            const { name = '', uid = '' } = metadata
            const options = isWrong ? {} : { preconditions: { uid } }
            try {
              host.client.delete('configmaps', at(name), options)
            } catch (error) {
              if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error
            }
          }
        }
      }),
    ],
    options: {
      actions: [
        {
          name: 'expire',
          do: (c) => c.patch('configmaps', at('p'), { type: 'merge', body: { data: { expired: 'now' } } }),
        },
        anyTime({
          name: 'replace',
          do: (c) => {
            if (c.list('configmaps', { namespace: 'default', labelSelector: 'role=part' }).items.length > 0)
              c.delete('configmaps', at('p'))
            c.create('configmaps', {
              metadata: { name: 'p', labels: { role: 'part' } },
              data: { precious: 'yes' },
            })
          },
        }),
      ],
      search: { delays: 1 },
      eventually: [
        {
          name: 'the new one stays',
          holds: (c) => all(c, 'part').some((part) => part.data?.['precious'] === 'yes'),
          within: '1m',
        },
      ],
    },
  },
  {
    name: 'removes its finalizer before it has cleaned up',
    kind: 'finalizers',
    prepare: (c) => {
      c.create('configmaps', { metadata: { name: 'a', labels: { role: 'wish' }, finalizers: [OWN] } })
      create('outside', 'part').do(c)
    },
    components: (isWrong) => [
      controller('finalizer', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish?.metadata.deletionTimestamp === undefined) return
          const release = (): void => {
            const body = { metadata: { finalizers: [] } }
            ignoreNotFound(() => host.client.patch('configmaps', at(name), { type: 'merge', body }))
          }
          if (isWrong) release()
          ignoreNotFound(() => host.client.delete('configmaps', at('outside')))
          if (!isWrong) release()
        }
      }),
    ],
    options: {
      actions: [remove('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [inTheEnd(0, 'part')],
    },
  },
  {
    name: 'overwrites the finalizers of others',
    kind: 'finalizers',
    components: (isWrong) => [
      controller('finalizer', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          const { finalizers = [], resourceVersion } = wish?.metadata ?? {}
          if (wish === undefined || finalizers.includes(OWN)) return
          const metadata = { finalizers: [...finalizers, OWN], ...(isWrong ? {} : { resourceVersion }) }
          host.client.patch('configmaps', at(name), { type: 'merge', body: { metadata } })
        }
      }),
    ],
    options: {
      actions: [
        create('a'),
        anyTime({
          name: 'hold',
          do: (c) =>
            c.edit(
              'configmaps',
              'a',
              (draft) =>
                void (draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), 'example.com/user']),
            ),
        }),
      ],
      search: { delays: 0 },
      eventually: [
        {
          name: 'both finalizers',
          holds: (c) => c.get('configmaps', 'a').metadata.finalizers?.length === 2,
          within: '1m',
        },
      ],
    },
  },
  {
    name: 'recreates parts of what is being deleted',
    kind: 'finalizers',
    prepare: (c) => {
      c.create('configmaps', { metadata: { name: 'a', labels: { role: 'wish' }, finalizers: [OWN] } })
    },
    components: (isWrong) => [
      controller('keeper', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        cache(host, 'part').onChange(() => queue().add('a'))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          const isLeaving = wish.metadata.deletionTimestamp !== undefined
          const parts = live(host, 'part')
          if (isLeaving && parts.length > 0) {
            for (const part of parts)
              ignoreNotFound(() => host.client.delete('configmaps', at(part.metadata.name ?? '')))
            return
          }
          if (isLeaving && !isWrong) {
            const body = { metadata: { finalizers: [] } }
            ignoreNotFound(() => host.client.patch('configmaps', at(name), { type: 'merge', body }))
            return
          }
          if (parts.length === 0) make(host, 'part', undefined)
        }
      }),
    ],
    options: {
      actions: [remove('a')],
      search: { delays: 0 },
      eventually: [
        {
          name: 'it goes away',
          holds: (c) => all(c, 'wish').length === 0 && all(c, 'part').length === 0,
          within: '5m',
        },
      ],
    },
  },
  {
    name: 'adopts what belongs to another owner',
    kind: 'adoption',
    prepare: (c) => {
      create('x', 'wish').do(c)
      create('y', 'wish').do(c)
    },
    components: (isWrong) => [
      controller('adopter', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        const orphans = cache(host, 'orphan').onChange(() => {
          for (const wish of ['x', 'y']) queue().add(wish)
        })
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined) return
          for (const orphan of orphans.list()) {
            if (orphan.data?.['owner'] !== undefined) continue
            const { resourceVersion } = orphan.metadata
            const body = {
              data: { owner: name, [`by-${name}`]: 'yes' },
              ...(isWrong ? {} : { metadata: { resourceVersion } }),
            }
            try {
              host.client.patch('configmaps', at(orphan.metadata.name ?? ''), { type: 'merge', body })
            } catch (error) {
              if (!(error instanceof ApiError) || error.code !== 409) throw error
            }
          }
        }
      }),
    ],
    options: {
      actions: [create('o', 'orphan')],
      search: { delays: 1 },
      always: [
        {
          name: 'one owner',
          holds: (c) => all(c, 'orphan').every(({ data = {} }) => !('by-x' in data && 'by-y' in data)),
        },
      ],
    },
  },
  {
    name: 'writes though its lease may be lost',
    kind: 'leases',
    prepare: (c) => {
      c.create('leases', { metadata: { name: 'leader' }, spec: { holderIdentity: '' } })
      create('state', 'state').do(c)
    },
    components: (isWrong) => [leader('x', isWrong), leader('y', isWrong)],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      time: '30s',
      lag: { of: ['x', 'y'], max: '40s' },
      always: [
        {
          name: 'only the leader writes',
          holds: (c) => all(c, 'state').every(({ data = {} }) => data['term'] === data['actual']),
        },
      ],
    },
  },
]

/** Leads if nobody has renewed the lease for 15 s, and writes its term into `state`. */
function leader(name: string, isWrong: boolean): Component {
  const key = at('leader')
  return {
    name,
    identity,
    setup: (host) => {
      const wishes = cache(host, 'wish')
      const tick = host.handle('tick', () => {
        tick.wakeAfter('', 2_000, { class: 'watchdog' })
        try {
          lead()
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
        }
      })
      const lead = (): void => {
        const lease = host.client.get('leases', key)
        const {
          holderIdentity,
          renewTime = '1970-01-01T00:00:00.000000Z',
          leaseTransitions: term = 0,
        } = lease.spec
        const now = host.clock.now()
        if (holderIdentity !== name && now - Date.parse(renewTime) < 15_000) return
        const next = holderIdentity === name ? term : term + 1
        const time = `${new Date(now).toISOString().slice(0, -1)}000Z`
        const spec = { ...lease.spec, holderIdentity: name, renewTime: time, leaseTransitions: next }
        host.client.update('leases', { ...lease, spec })
        if (wishes.size === 0) return
        const state = host.client.get('configmaps', at('state'))
        const actual = host.client.get('leases', key).spec.leaseTransitions ?? 0
        if (!isWrong && actual !== next) return
        // what it writes is fenced by the version that it has read before the lease
        const { resourceVersion: _version, ...metadata } = state.metadata
        const data = {
          term: String(next),
          actual: String(isWrong ? (host.client.get('leases', key).spec.leaseTransitions ?? 0) : actual),
        }
        host.client.update('configmaps', { ...state, data, metadata: isWrong ? metadata : state.metadata })
      }
      if (tick.dueAt('') === undefined) tick.wake('')
    },
  }
}
