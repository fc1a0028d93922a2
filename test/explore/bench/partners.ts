/** Bugs of controllers that work together, of leaders, and of objects that come again under one name. */
import type { Component } from '../../../src/index.js'
import {
  all,
  anyTime,
  ApiError,
  at,
  cache,
  controller,
  create,
  identity,
  ignoreNotFound,
  inTheEnd,
  later,
  live,
  make,
  type ComponentHost,
  type ConfigMap,
  type Planted,
  remove,
} from './kit.js'

const OWN = 'example.com/own'
const SHARDS = ['x', 'y'] as const
const uidOf = (object: { readonly metadata: { readonly uid?: string } } | undefined): string =>
  object?.metadata.uid ?? ''
const patch = (host: ComponentHost, name: string, data: Record<string, string>): void =>
  void host.client.patch('configmaps', at(name), { type: 'merge', body: { data } })

/** Deletes a wish and creates it again, in one breath. */
const replace = (name: string, data: Record<string, string> = {}) => ({
  name: `replace ${name}`,
  do: (c: Parameters<ReturnType<typeof remove>['do']>[0]) => {
    remove(name).do(c)
    create(name, 'wish', data).do(c)
  },
})

export const partners: readonly Planted[] = [
  {
    // bounds: delays 1
    name: 'two controllers give away the same place',
    kind: 'cooperation',
    components: (isWrong) =>
      SHARDS.map((shard) =>
        controller(`places-${shard}`, (host, queue) => {
          const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
          return (name) => {
            const wish = wishes.get(`default/${name}`)
            if (wish?.data?.['shard'] !== shard || wish.data['place'] !== undefined) return
            const used = new Set(wishes.list().map(({ data }) => data?.['place']))
            for (let place = 0; ; place += 1) {
              if (used.has(String(place))) continue
              try {
                if (!isWrong) make(host, 'place', `place-${place}`)
              } catch (error) {
                if (!(error instanceof ApiError) || error.code !== 409) throw error
                continue
              }
              return patch(host, name, { place: String(place) })
            }
          }
        }),
      ),
    options: {
      actions: [create('a', 'wish', { shard: 'x' }), create('b', 'wish', { shard: 'y' })],
      search: { delays: 1 },
      always: [
        {
          name: 'each place is given away once',
          holds: (c) => {
            const places = all(c, 'wish').flatMap(({ data }) => data?.['place'] ?? [])
            return new Set(places).size === places.length || places.join()
          },
        },
      ],
    },
  },
  {
    // bounds: delays 1
    name: 'lets its object go when the other controller has been asked, not when it has cleaned up',
    kind: 'finalizers',
    prepare: (c) => {
      c.create('configmaps', {
        metadata: { name: 'a', labels: { role: 'wish' }, finalizers: [OWN] },
        data: { key: 'secret' },
      })
      create('outside', 'part').do(c)
    },
    components: (isWrong) => [
      controller('owner', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('a'))
        const parts = cache(host, 'part').onChange(() => queue().add('a'))
        return (name) => {
          if (wishes.get(`default/${name}`)?.metadata.deletionTimestamp === undefined) return
          const part = parts.get('default/outside')
          const isAsked = part?.data?.['clean'] === 'yes'
          if (part !== undefined && !isAsked) return patch(host, 'outside', { clean: 'yes' })
          if (part !== undefined && !isWrong) return
          const body = { metadata: { finalizers: [] } }
          ignoreNotFound(() => host.client.patch('configmaps', at(name), { type: 'merge', body }))
        }
      }),
      controller('cleaner', (host, queue) => {
        const parts = cache(host, 'part').onChange(() => queue().add('outside'))
        return () => {
          if (parts.get('default/outside')?.data?.['clean'] !== 'yes') return
          // the key is in the wish: without it, nothing can be cleaned up
          const wish = ignoreNotFound(() => host.client.get('configmaps', at('a')))
          if (wish?.data?.['key'] === undefined) return
          ignoreNotFound(() => host.client.delete('configmaps', at('outside')))
        }
      }),
    ],
    options: { actions: [remove('a')], search: { delays: 1 }, eventually: [inTheEnd(0, 'part')] },
  },
  {
    // bounds: no delay, one pause of 20 s, 60 s of time
    name: 'a leader believes its own clock in the middle of a reconcile',
    kind: 'leases',
    prepare: (c) => {
      c.create('leases', { metadata: { name: 'leader' }, spec: { holderIdentity: '', leaseTransitions: 0 } })
      create('state', 'state', { term: '0' }).do(c)
      create('a').do(c)
    },
    components: (isWrong) => SHARDS.map((name) => electing(name, isWrong)),
    options: {
      search: { delays: 0 },
      time: '60s',
      lag: { of: ['x', 'y'], max: '20s' },
      always: [
        {
          name: 'no older leader writes after a newer one',
          holds: (c) => all(c, 'state')[0]?.data?.['regressed'] !== 'yes',
        },
      ],
    },
  },
  {
    // bounds: delays 1
    name: 'adopts for an owner that is another one by now',
    kind: 'adoption',
    prepare: (c) => void create('a').do(c),
    components: (isWrong) => [
      controller('adopter', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('a'))
        const orphans = cache(host, 'orphan').onChange(() => queue().add('a'))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          for (const orphan of orphans.list()) {
            if (orphan.data?.['of'] !== undefined) continue
            if (!isWrong) {
              const fresh = ignoreNotFound(() => host.client.get('configmaps', at(name)))
              if (uidOf(fresh) !== uidOf(wish))
                throw new ApiError(409, 'Conflict', 'the owner is another one')
            }
            patch(host, orphan.metadata.name ?? '', { of: uidOf(wish) })
          }
        }
      }),
      controller('collector', (host, queue) => {
        const orphans = cache(host, 'orphan').onChange(() => queue().add('all'))
        const wishes = cache(host, 'wish').onChange(() => queue().add('all'))
        return () => {
          for (const { data, metadata } of orphans.list()) {
            const of = data?.['of']
            if (of === undefined || wishes.list().some((wish) => uidOf(wish) === of)) continue
            if (live(host, 'wish').some((wish) => uidOf(wish) === of)) continue
            ignoreNotFound(() => host.client.delete('configmaps', at(metadata.name ?? '')))
          }
        }
      }),
    ],
    options: {
      // the orphan is adopted by the old owner only if that is there: replaced first, then it comes
      actions: [replace('a'), create('o', 'orphan')],
      search: { delays: 1 },
      eventually: [inTheEnd(1, 'orphan')],
    },
  },
  {
    // bounds: delays 1, the user at any time, 30 s of time
    name: 'a sweep lists owners first, and then what they may own',
    kind: 'stale state',
    components: (isWrong) => [
      {
        name: 'sweep',
        identity,
        setup: (host) => {
          const tick = host.handle('tick', () => {
            const first = isWrong ? live(host, 'owner') : live(host, 'part')
            const second = isWrong ? live(host, 'part') : live(host, 'owner')
            const [owners, parts] = isWrong ? [first, second] : [second, first]
            for (const { data, metadata } of parts)
              if (!owners.some((owner) => owner.metadata.name === data?.['owner']))
                ignoreNotFound(() => host.client.delete('configmaps', at(metadata.name ?? '')))
            tick.wakeAfter('', 10_000, { class: 'watchdog' })
          })
          if (tick.dueAt('') === undefined) tick.wake('')
        },
      },
    ],
    options: {
      actions: [
        anyTime({
          name: 'create both',
          do: (c) => {
            create('o', 'owner').do(c)
            create('p', 'part', { owner: 'o' }).do(c)
          },
        }),
      ],
      search: { delays: 1 },
      time: '30s',
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    // bounds: delays 1
    name: 'cleans up by name what has come again',
    kind: 'uids',
    prepare: (c) => void create('a').do(c),
    components: (isWrong) => [
      {
        name: 'two-queues',
        identity,
        setup: (host) => {
          const wishes = cache(host, 'wish').onChange(({ type, object }) => {
            if (type === 'DELETED') gone.add(uidOf(object))
            else made.add(object.metadata.name ?? '')
          })
          const made = host.workQueue('made', (name) => {
            const wish = wishes.get(`default/${name}`)
            const parts = live(host, 'part')
            if (wish !== undefined && !parts.some(({ data }) => data?.['of'] === uidOf(wish)))
              make(host, 'part', undefined, { data: { of: uidOf(wish), name } })
            made.forget(name)
          })
          const gone = host.workQueue('gone', (uid) => {
            for (const { data, metadata } of live(host, 'part'))
              if (isWrong || data?.['of'] === uid)
                ignoreNotFound(() => host.client.delete('configmaps', at(metadata.name ?? '')))
            gone.forget(uid)
          })
        },
      },
    ],
    options: {
      actions: [remove('a'), create('a')],
      search: { delays: 1 },
      eventually: [
        {
          name: 'the part of the new one',
          holds: (c) =>
            all(c, 'part').length === 1 && all(c, 'part')[0]?.data?.['of'] === uidOf(all(c, 'wish')[0]),
          within: '5m',
        },
      ],
    },
  },
  {
    // bounds: delays 1, the user at any time
    name: 'finds the owner of a part by its name',
    kind: 'adoption',
    components: (isWrong) => [
      controller('owner', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(() => queue().add('a'))
        const parts = cache(host, 'part').onChange(({ object }) => {
          const [reference] = object.metadata.ownerReferences ?? []
          if (!isWrong || reference?.uid === uidOf(wishes.get('default/a'))) queue().add('a')
        })
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          const owned = parts
            .list()
            .filter(({ metadata: { ownerReferences: [reference] = [] } }) =>
              isWrong ? reference?.name === name : reference?.uid === uidOf(wish),
            )
          if (owned.length > 0) return
          const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid: uidOf(wish) }]
          make(host, 'part', `${name}-part`, { metadata: { ownerReferences } })
        }
      }),
    ],
    options: {
      actions: [create('a'), anyTime(replace('a'))],
      search: { delays: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    // bounds: no delay, one outage of the watches
    name: 'a filter of events takes a new object for the old one',
    kind: 'unobserved state',
    prepare: (c) => void create('a', 'wish', { ready: 'yes' }).do(c),
    components: (isWrong) => [
      controller('starter', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object, old }) => {
          const isNew = old === undefined || (!isWrong && uidOf(old) !== uidOf(object))
          if (isNew || old.data?.['ready'] !== object.data?.['ready']) queue().add(object.metadata.name ?? '')
        })
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish?.data?.['ready'] !== 'yes') return
          if (live(host, 'part').some(({ data }) => data?.['of'] === uidOf(wish))) return
          make(host, 'part', undefined, { data: { of: uidOf(wish) } })
        }
      }),
    ],
    options: {
      actions: [remove('a'), later(create('a', 'wish', { ready: 'yes' }))],
      search: { delays: 0 },
      faults: { unobserved: 1, of: ['starter'] },
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    // bounds: no delay, one crash
    name: 'relies on the event of a deletion to be told again after a start',
    kind: 'intermediate state',
    prepare: (c) => void create('a').do(c),
    components: (isWrong) => [
      controller('cleaner', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ type, object }) =>
          queue().add(type === 'DELETED' ? `gone ${uidOf(object)}` : (object.metadata.name ?? '')),
        )
        if (!isWrong) queueSoon(host, () => queue().add('orphans'))
        return (key) => {
          const parts = live(host, 'part')
          const isDead = ({ data }: ConfigMap): boolean =>
            key === 'orphans'
              ? !live(host, 'wish').some((wish) => uidOf(wish) === data?.['of'])
              : key === `gone ${data?.['of'] ?? ''}`
          for (const part of parts.filter(isDead))
            ignoreNotFound(() => host.client.delete('configmaps', at(part.metadata.name ?? '')))
          const uid = uidOf(wishes.get(`default/${key}`))
          if (uid !== '' && !parts.some(({ data }) => data?.['of'] === uid))
            make(host, 'part', undefined, { data: { of: uid } })
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
    // bounds: no delay, one crash
    name: 'the second of two controllers takes a half-made plan for a whole one',
    kind: 'cooperation',
    components: (isWrong) => [
      controller('planner', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          if (wishes.get(`default/${name}`) === undefined) return
          for (const step of ['one', 'two'])
            if (!live(host, 'step').some(({ metadata }) => metadata.name === step)) make(host, 'step', step)
          if (ignoreNotFound(() => host.client.get('configmaps', at('plan'))) === undefined)
            make(host, 'plan', 'plan')
        }
      }),
      controller('worker', (host, queue) => {
        const plans = cache(host, 'plan').onChange(() => queue().add('all'))
        const steps = cache(host, 'step').onChange(() => queue().add('all'))
        return () => {
          if (!isWrong && plans.size === 0) return
          if (steps.size === 0 || live(host, 'part').length > 0) return
          make(host, 'part', 'part', { data: { of: String(live(host, 'step').length) } })
        }
      }),
    ],
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [
        { name: 'the whole plan', holds: (c) => all(c, 'part')[0]?.data?.['of'] === '2', within: '5m' },
      ],
    },
  },
  {
    // bounds: no delay
    name: 'keeps a value whose field was taken away',
    kind: 'liveness',
    components: (isWrong) => [
      controller('copier', (host, queue) => {
        const wishes = cache(host, 'wish').onChange(({ object }) => queue().add(object.metadata.name ?? ''))
        return (name) => {
          const wish = wishes.get(`default/${name}`)
          if (wish === undefined) return
          const [part] = live(host, 'part')
          const color = wish.data?.['color'] ?? (isWrong ? part?.data?.['color'] : undefined) ?? 'none'
          if (part === undefined) make(host, 'part', 'part', { data: { color } })
          else if (part.data?.['color'] !== color) patch(host, 'part', { color })
        }
      }),
    ],
    options: {
      actions: [
        create('a', 'wish', { color: 'red' }),
        later({
          name: 'take the color away',
          do: (c) => c.kubectl(`patch configmap a --type=merge -p '{"data":{"color":null}}'`),
        }),
      ],
      search: { delays: 0 },
      eventually: [
        { name: 'none', holds: (c) => all(c, 'part')[0]?.data?.['color'] === 'none', within: '1m' },
      ],
    },
  },
]

/** Does something as soon as the component has started, in a step of its own. */
function queueSoon(host: ComponentHost, act: () => void): void {
  host.handle('soon', act).wake('')
}

/**
 * Renews a lease of 15 s every 5 s, and counts in `state` while it leads: whoever writes with a term that is
 * older than that of the last writer leaves a mark.
 */
function electing(name: string, isWrong: boolean): Component {
  return {
    name,
    identity,
    setup: (host) => {
      const mine = host.state('mine', () => ({ term: 0, until: 0 }))
      const renew = host.handle('renew', () => {
        renew.wakeAfter('', 5_000, { class: 'watchdog' })
        const lease = ignoreNotFound(() => host.client.get('leases', at('leader')))
        if (lease === undefined) return
        const { holderIdentity, renewTime = '1970-01-01T00:00:00.000000Z', leaseTransitions = 0 } = lease.spec
        const now = host.clock.now()
        if (holderIdentity !== name && now - Date.parse(renewTime) < 15_000) return
        const term = holderIdentity === name ? leaseTransitions : leaseTransitions + 1
        const time = `${new Date(now).toISOString().slice(0, -1)}000Z`
        const spec = { ...lease.spec, holderIdentity: name, renewTime: time, leaseTransitions: term }
        try {
          host.client.update('leases', { ...lease, spec })
        } catch (error) {
          if (error instanceof ApiError && error.code === 409) return
          throw error
        }
        mine.value.term = term
        mine.value.until = now + 15_000
        work.wake('')
      })
      const work = host.handle('work', () => {
        if (host.clock.now() >= mine.value.until) return
        const state = host.client.get('configmaps', at('state'))
        const last = Number(state.data?.['term'] ?? 0)
        if (!isWrong && last > mine.value.term) return
        const { resourceVersion: _version, ...metadata } = state.metadata
        const actual = Number(host.client.get('configmaps', at('state')).data?.['term'] ?? 0)
        const data = {
          term: String(mine.value.term),
          ...(isWrong && actual > mine.value.term ? { regressed: 'yes' } : {}),
        }
        try {
          host.client.update('configmaps', { ...state, data, metadata: isWrong ? metadata : state.metadata })
        } catch (error) {
          if (!(error instanceof ApiError) || error.code !== 409) throw error
        }
      })
      if (renew.dueAt('') === undefined) renew.wake('')
    },
  }
}
