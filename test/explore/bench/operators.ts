/** Bugs of operators with kinds of their own, written with `defineController`. */
import { defineController, keyOf, SimCluster, type Component } from '../../../src/index.js'
import { anyTime, ApiError, at, ignoreNotFound, later, type Planted } from './kit.js'
import { badInput } from '../../support/typed.js'

const GROUP = 'example.com'
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gadgets.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}
const GADGETS = `gadgets.${GROUP}`
const admin = { name: 'operator', groups: ['system:masters'] }

interface Gadget {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly generation?: number
    readonly resourceVersion: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
  }
  readonly spec: { readonly size?: number; readonly name?: string }
  readonly status?: { readonly ready?: number; readonly observedGeneration?: number; readonly phase?: string }
}
/** Custom resources have no type of their own here. */
const asGadget = (object: unknown): Gadget => object as Gadget
const gadgetsIn = ({ items }: { readonly items: readonly unknown[] }): readonly Gadget[] =>
  items.map(asGadget)
const gadgetSize = (object: unknown): number =>
  (object === undefined ? undefined : asGadget(object).spec.size) ?? 0
const gadget = (name: string, spec: Gadget['spec']): object =>
  badInput({ apiVersion: `${GROUP}/v1`, kind: 'Gadget', metadata: { name, namespace: 'default' }, spec })
const install = (c: SimCluster): void => {
  c.apply([crd])
  c.settle()
}
const createGadget = (name: string, spec: Gadget['spec']) => ({
  name: `create ${name}`,
  do: (c: SimCluster) => c.apply([gadget(name, spec)]),
})
const resize = (name: string, size: number) => ({
  name: `resize ${name} to ${size}`,
  do: (c: SimCluster) => c.resource(GADGETS).patch(at(name), { type: 'merge', body: { spec: { size } } }),
})
const removeGadget = (name: string) => ({
  name: `delete ${name}`,
  do: (c: SimCluster) => c.resource(GADGETS).delete(at(name)),
})
const pods = (c: SimCluster): number => c.list('pods', { namespace: 'default' }).items.length
const statusOf = (c: SimCluster, name: string): NonNullable<Gadget['status']> =>
  asGadget(c.resource(GADGETS).get(at(name))).status ?? {}

/** A pod of a gadget. */
const podOf = (owner: Gadget, name: string): Parameters<SimCluster['create']>[1] => ({
  metadata: {
    name,
    namespace: 'default',
    labels: { gadget: owner.metadata.name },
    ownerReferences: [
      {
        apiVersion: owner.apiVersion,
        kind: owner.kind,
        name: owner.metadata.name,
        uid: owner.metadata.uid,
        controller: true,
      },
    ],
  },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
})

interface Parts {
  readonly host: Parameters<Component['setup']>[0]
  readonly gadgetOf: (key: string) => Gadget | undefined
  readonly podsOf: (
    name: string,
  ) => readonly {
    readonly metadata: { readonly name?: string; readonly deletionTimestamp?: string }
    readonly status?: { readonly phase?: string }
  }[]
}

/** A controller of gadgets and their pods. */
const operator = (name: string, make: (parts: Parts) => (key: string) => void): Component =>
  defineController({
    name,
    identity: admin,
    informers: {
      gadgets: { resource: GADGETS },
      pods: {
        resource: 'pods',
        namespace: 'default',
        indexers: { gadget: (pod) => [pod.metadata.labels?.['gadget'] ?? ''] },
      },
    },
    setup: ({ host, informers: { gadgets, pods: cached } }) => ({
      on: {
        gadgets: ({ object }) => [keyOf(object)],
        pods: ({ object }) => {
          const owner = object.metadata.labels?.['gadget']
          return owner === undefined ? [] : [`default/${owner}`]
        },
      },
      reconcile: make({
        host,
        gadgetOf: (key) => (gadgets.get(key) === undefined ? undefined : asGadget(gadgets.get(key))),
        podsOf: (owner) => cached.byIndex('gadget', owner),
      }),
    }),
  })

const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1)

export const operators: readonly Planted[] = [
  {
    name: 'an operator scales up by generated names, counted in its cache',
    kind: 'stale state',
    prepare: install,
    components: (isWrong) => [
      operator('gadgets', ({ host, gadgetOf, podsOf }) => (key) => {
        const owner = gadgetOf(key)
        if (owner === undefined) return
        const wanted = owner.spec.size ?? 0
        for (let nth = podsOf(owner.metadata.name).length; nth < wanted; nth += 1) {
          const name = `${owner.metadata.name}-${isWrong ? host.random().int(0, 1e9) : nth}`
          try {
            host.client.create('pods', badInput(podOf(owner, name)))
          } catch (error) {
            if (!(error instanceof ApiError) || error.code !== 409) throw error
          }
        }
      }),
    ],
    options: {
      actions: [createGadget('g', { size: 2 })],
      search: { delays: 1 },
      always: [{ name: 'at most 2 pods', holds: (c) => pods(c) <= 2 || `${pods(c)} pods` }],
    },
  },
  {
    name: 'an operator writes a status of an older generation as the newest',
    kind: 'stale state',
    prepare: install,
    components: (isWrong) => [
      operator('gadgets', ({ host, gadgetOf }) => (key) => {
        const cached = gadgetOf(key)
        if (cached === undefined) return
        const fresh = ignoreNotFound(() => host.client.get<string>(GADGETS, at(nameOf(key)))) as unknown as
          | Gadget
          | undefined
        if (fresh === undefined) return
        const ready = cached.spec.size ?? 0
        const observedGeneration = (isWrong ? fresh : cached).metadata.generation ?? 0
        if (fresh.status?.ready === ready && fresh.status.observedGeneration === observedGeneration) return
        host.client.updateStatus<string>(
          GADGETS,
          badInput({ ...(fresh as object), status: { ready, observedGeneration } }),
        )
      }),
    ],
    options: {
      actions: [createGadget('g', { size: 1 }), anyTime(resize('g', 2))],
      search: { delays: 1 },
      always: [
        {
          name: 'a status is of its generation',
          holds: (c) => {
            const [one] = gadgetsIn(c.resource(GADGETS).list({ namespace: 'default' }))
            const { ready, observedGeneration } = one?.status ?? {}
            return (
              observedGeneration !== one?.metadata.generation ||
              ready === undefined ||
              ready === one?.spec.size
            )
          },
        },
      ],
    },
  },
  {
    name: 'an operator drops its finalizer when the deletion of a pod is asked for, not done',
    kind: 'finalizers',
    prepare: (c) => {
      install(c)
      c.create('pods', {
        metadata: { name: 'outside', finalizers: ['example.com/slow'] },
        spec: { containers: [{ name: 'c', image: 'nginx' }] },
      })
      c.apply([
        {
          apiVersion: `${GROUP}/v1`,
          kind: 'Gadget',
          spec: {},
          metadata: { name: 'g', namespace: 'default', finalizers: ['example.com/gadget'] },
        },
      ])
    },
    components: (isWrong) => [
      operator('gadgets', ({ host, gadgetOf }) => (key) => {
        const owner = gadgetOf(key)
        if (owner?.metadata.deletionTimestamp === undefined) return
        ignoreNotFound(() => host.client.delete('pods', at('outside'), { gracePeriodSeconds: 0 }))
        const isGone = ignoreNotFound(() => host.client.get('pods', at('outside'))) === undefined
        if (!isWrong && !isGone) throw new ApiError(409, 'Conflict', 'the pod is still there')
        ignoreNotFound(() =>
          host.client.patch<string>(GADGETS, at(nameOf(key)), {
            type: 'merge',
            body: { metadata: { finalizers: [] } },
          }),
        )
      }),
    ],
    options: {
      actions: [
        removeGadget('g'),
        anyTime({
          name: 'release',
          do: (c) =>
            c.patch('pods', at('outside'), { type: 'merge', body: { metadata: { finalizers: [] } } }),
        }),
      ],
      search: { delays: 0 },
      always: [
        {
          name: 'the gadget outlives its pod',
          holds: (c) =>
            pods(c) === 0 || c.resource(GADGETS).list({ namespace: 'default' }).items.length === 1,
        },
      ],
    },
  },
  {
    name: 'an operator forgets in a crash what only its memory knows',
    kind: 'intermediate state',
    prepare: install,
    components: (isWrong) => [
      operator('gadgets', ({ host, gadgetOf }) => {
        const chosen = host.state('chosen', () => new Map<string, string>())
        return (key) => {
          const owner = gadgetOf(key)
          if (owner === undefined) return
          const stored = owner.spec.name
          const name = stored ?? chosen.value.get(key) ?? `g-${host.random().int(0, 1e9)}`
          chosen.value.set(key, name)
          if (!isWrong && stored === undefined)
            host.client.patch<string>(GADGETS, at(nameOf(key)), { type: 'merge', body: { spec: { name } } })
          if (ignoreNotFound(() => host.client.get('pods', at(name))) === undefined)
            host.client.create('pods', badInput(podOf(owner, name)))
        }
      }),
    ],
    options: {
      actions: [createGadget('g', {})],
      search: { delays: 0 },
      faults: { crash: 1, of: ['gadgets'] },
      always: [{ name: 'at most one pod', holds: (c) => pods(c) <= 1 }],
    },
  },
  {
    name: 'an operator waits for a phase that it may miss',
    kind: 'unobserved state',
    prepare: (c) => {
      install(c)
      c.apply([gadget('g', { size: 1 })])
    },
    components: (isWrong) => [
      defineController({
        name: 'phases',
        identity: admin,
        informers: { gadgets: { resource: GADGETS } },
        setup: ({ host, informers: { gadgets } }) => ({
          on: {
            gadgets: ({ object, old }) => {
              const size = asGadget(object).spec.size
              const before = old === undefined ? undefined : asGadget(old).spec.size
              return isWrong && !(before === 1 && size === 2) ? [] : [keyOf(object)]
            },
          },
          reconcile(key) {
            const size = gadgetSize(gadgets.get(key))
            if (size < 2 || ignoreNotFound(() => host.client.get('configmaps', at('upgraded'))) !== undefined)
              return
            host.client.create('configmaps', { metadata: { name: 'upgraded', namespace: 'default' } })
          },
        }),
      }),
    ],
    options: {
      actions: [resize('g', 2), resize('g', 3)],
      search: { delays: 1 },
      faults: { unobserved: 1, of: ['phases'] },
      eventually: [
        {
          name: 'upgraded',
          holds: (c) =>
            c.list('configmaps', { namespace: 'default', fieldSelector: 'metadata.name=upgraded' }).items
              .length === 1,
          within: '5m',
        },
      ],
    },
  },
  {
    name: 'two controllers write one status, each the whole of it',
    kind: 'conflicts',
    prepare: install,
    components: (isWrong) =>
      (['ready', 'phase'] as const).map((field) =>
        operator(`status-${field}`, ({ host, gadgetOf }) => (key) => {
          const cached = gadgetOf(key)
          if (cached === undefined || cached.status?.[field] !== undefined) return
          const value = field === 'ready' ? 1 : 'Running'
          if (isWrong) {
            const { resourceVersion: _version, ...metadata } = cached.metadata
            host.client.updateStatus<string>(
              GADGETS,
              badInput({ ...(cached as object), metadata, status: { ...cached.status, [field]: value } }),
            )
          } else
            host.client.patch(
              GADGETS,
              at(nameOf(key)),
              { type: 'merge', body: { status: { [field]: value } } },
              { subresource: 'status' },
            )
        }),
      ),
    options: {
      actions: [createGadget('g', { size: 1 })],
      search: { delays: 1 },
      eventually: [
        {
          name: 'both',
          holds: (c) => statusOf(c, 'g').ready === 1 && statusOf(c, 'g').phase === 'Running',
          within: '1m',
        },
      ],
    },
  },
  {
    name: 'a periodic pass ends with its first failure',
    kind: 'liveness',
    prepare: install,
    components: (isWrong) => [
      {
        name: 'pass',
        identity: admin,
        setup: (host) => {
          const ended = host.state('ended', () => ({ value: false }))
          const tick = host.handle('tick', () => {
            if (ended.value.value) return
            try {
              for (const one of gadgetsIn(host.client.list<string>(GADGETS, { namespace: 'default' })))
                if (one.status?.phase === undefined)
                  host.client.patch(
                    GADGETS,
                    at(one.metadata.name),
                    { type: 'merge', body: { status: { phase: 'Seen' } } },
                    { subresource: 'status' },
                  )
            } catch (error) {
              if (!(error instanceof ApiError)) throw error
              if (isWrong) ended.value.value = true
            }
            tick.wakeAfter('', 10_000, { class: 'watchdog' })
          })
          if (tick.dueAt('') === undefined) tick.wake('')
        },
      },
    ],
    options: {
      actions: [createGadget('g', { size: 1 })],
      search: { delays: 0 },
      time: '30s',
      faults: { error: 1 },
      eventually: [{ name: 'seen', holds: (c) => statusOf(c, 'g').phase === 'Seen', within: '5m' }],
    },
  },
  {
    name: 'an ensemble scales down by its cache, and takes the claim of a live member',
    kind: 'stale state',
    prepare: (c) => {
      install(c)
      c.apply([gadget('g', { size: 1 })])
    },
    components: (isWrong) => [
      operator('ensemble', ({ host, gadgetOf }) => (key) => {
        const cached = gadgetOf(key)
        if (cached === undefined) return
        const fresh = ignoreNotFound(() => host.client.get<string>(GADGETS, at(nameOf(key)))) as unknown as
          | Gadget
          | undefined
        const size = (isWrong ? cached : fresh)?.spec.size ?? 0
        for (let nth = 0; nth < size; nth += 1)
          if (ignoreNotFound(() => host.client.get('configmaps', at(`data-${nth}`))) === undefined)
            host.client.create('configmaps', {
              metadata: { name: `data-${nth}`, namespace: 'default', labels: { data: 'yes' } },
            })
        for (const { metadata } of host.client.list('configmaps', {
          namespace: 'default',
          labelSelector: 'data',
        }).items)
          if (Number((metadata.name ?? '').slice(5)) >= size)
            host.client.delete('configmaps', at(metadata.name ?? ''))
      }),
    ],
    options: {
      actions: [
        resize('g', 2),
        later({
          name: 'write',
          do: (c) =>
            c.patch('configmaps', at('data-1'), { type: 'merge', body: { data: { precious: 'yes' } } }),
        }),
      ],
      search: { delays: 0 },
      faults: { timeTravel: 1, of: ['ensemble'] },
      eventually: [
        {
          name: 'the data stay',
          holds: (c) =>
            c
              .list('configmaps', { namespace: 'default', labelSelector: 'data' })
              .items.some((one) => one.data?.['precious'] === 'yes'),
          within: '5m',
        },
      ],
    },
  },
  {
    name: 'a second queue acts on what the first has not finished',
    kind: 'work queues',
    prepare: install,
    components: (isWrong) => [
      defineController({
        name: 'two-queues',
        identity: admin,
        informers: { gadgets: { resource: GADGETS } },
        setup: ({ host, informers: { gadgets }, addQueue }) => {
          const publish = addQueue({ name: 'publish' }, (key) => {
            if (!isWrong && ignoreNotFound(() => host.client.get('configmaps', at('built'))) === undefined)
              return
            if (
              ignoreNotFound(() => host.client.get('configmaps', at('published'))) === undefined &&
              gadgets.get(key) !== undefined
            )
              host.client.create('configmaps', { metadata: { name: 'published', namespace: 'default' } })
          })
          return {
            on: { gadgets: ({ object }) => [keyOf(object)] },
            reconcile(key) {
              if (isWrong) publish.add(key)
              if (ignoreNotFound(() => host.client.get('configmaps', at('built'))) === undefined)
                host.client.create('configmaps', { metadata: { name: 'built', namespace: 'default' } })
              publish.add(key)
            },
          }
        },
      }),
    ],
    options: {
      actions: [createGadget('g', { size: 1 })],
      search: { delays: 0 },
      faults: { error: 1 },
      always: [
        {
          name: 'published is built',
          holds: (c) => {
            const names = c
              .list('configmaps', { namespace: 'default' })
              .items.map(({ metadata }) => metadata.name)
            return !names.includes('published') || names.includes('built')
          },
        },
      ],
    },
  },
]
