/** Bugs of programs that talk HTTP: informers of their own, timers, and requests that overlap. */
import type { ClientProgram, ExploreClientsOptions } from '../../../src/explore/index.js'
import { all, anyTime, atMost, create, inTheEnd, later, remove, set } from './kit.js'
import type { SimCluster } from '../../../src/index.js'
import type { ConfigMap } from '../../../src/types.js'

const MAPS = '/api/v1/namespaces/default/configmaps'
const OWN = 'example.com/own'

/** A bug that is planted in a program, see `Planted`. */
export interface PlantedProgram {
  readonly name: string
  readonly kind: string
  readonly program: (isWrong: boolean) => ClientProgram
  readonly prepare?: (cluster: SimCluster) => void
  readonly options: Omit<ExploreClientsOptions, 'clients'>
}

type Http = Parameters<ClientProgram>[0]['http']
type Watched = { readonly type: string; readonly object: ConfigMap }

class Failed extends Error {
  readonly code: number

  constructor(code: number) {
    super(`the server says ${code}`)
    this.code = code
  }
}

async function call(http: Http, method: string, path: string, body?: object): Promise<unknown> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const init = { method, headers: { 'content-type': type } }
  const response = await http.fetch(
    `https://cluster${MAPS}${path}`,
    body === undefined ? init : { ...init, body: JSON.stringify(body) },
  )
  if (response.status >= 400) throw new Failed(response.status)
  return response.json()
}

const get = async (http: Http, name: string): Promise<ConfigMap> =>
  (await call(http, 'GET', `/${name}`)) as ConfigMap
const list = async (
  http: Http,
  role: string,
): Promise<{
  readonly items: readonly ConfigMap[]
  readonly metadata: { readonly resourceVersion: string }
}> =>
  (await call(http, 'GET', `?labelSelector=role=${role}`)) as {
    readonly items: readonly ConfigMap[]
    readonly metadata: { readonly resourceVersion: string }
  }
const make = (http: Http, role: string, metadata: object, data: object = {}): Promise<unknown> =>
  call(http, 'POST', '', { metadata: { labels: { role }, ...metadata }, data })
const isCode = (error: unknown, code: number): boolean => error instanceof Failed && error.code === code
const ignore =
  (code: number) =>
  (error: unknown): void => {
    if (!isCode(error, code)) throw error
  }

/** An informer: lists, watches, and lists again when its watch ends. A wrong one keeps what has vanished. */
function informer(
  http: Http,
  role: string,
  onChange: (objects: ReadonlyMap<string, ConfigMap>) => void,
  keepsVanished = false,
): void {
  const objects = new Map<string, ConfigMap>()
  const follow = async (): Promise<void> => {
    const { items, metadata } = await list(http, role)
    if (!keepsVanished) objects.clear()
    for (const item of items) objects.set(item.metadata.name ?? '', item)
    onChange(objects)
    const query = `labelSelector=role=${role}&watch=true&resourceVersion=${metadata.resourceVersion}`
    const { body } = await http.fetch(`https://cluster${MAPS}?${query}`)
    const reader = body?.getReader()
    let rest = ''
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
      const lines = (rest + new TextDecoder().decode(chunk.value)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as Watched
        if (type === 'ERROR') return
        if (type === 'DELETED') objects.delete(object.metadata.name ?? '')
        else objects.set(object.metadata.name ?? '', object)
      }
      onChange(objects)
    }
  }
  const again = (): void => void setTimeout(start, 1_000)
  const start = (): void => void follow().then(again, again)
  start()
}

/** Calls `reconcile` one by one, as often as it is asked to; tries again after a failure. */
function worker(reconcile: () => Promise<void>): () => void {
  let isBusy = false
  let isAsked = false
  const work = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    while (isAsked) {
      isAsked = false
      try {
        await reconcile()
      } catch {
        setTimeout(ask, 2_000)
      }
    }
    isBusy = false
  }
  const ask = (): void => {
    isAsked = true
    void work()
  }
  return ask
}

export const programs: readonly PlantedProgram[] = [
  {
    // bounds: no delay, one lost response
    name: 'a program tries a create with a generated name again',
    kind: 'lost responses',
    program:
      (isWrong) =>
      ({ http }) => {
        const made = new Set<string>()
        let wishes: ReadonlyMap<string, ConfigMap> = new Map()
        const ask = worker(async () => {
          for (const name of wishes.keys()) {
            if (made.has(name)) continue
            await make(http, 'part', isWrong ? { generateName: 'part-' } : { name: `part-${name}` }).catch(
              ignore(409),
            )
            made.add(name)
          }
        })
        informer(http, 'wish', (objects) => {
          wishes = objects
          ask()
        })
      },
    options: {
      actions: [create('a')],
      search: { delays: 0 },
      faults: { lostResponse: 1 },
      always: [atMost(1, 'part')],
    },
  },
  {
    // bounds: no delay, one outage of the watches
    name: 'an informer keeps what has vanished between two lists',
    kind: 'unobserved state',
    prepare: (c) => void create('a').do(c),
    program:
      (isWrong) =>
      ({ http }) => {
        let wishes: ReadonlyMap<string, ConfigMap> = new Map()
        const ask = worker(async () => {
          const { items } = await list(http, 'part')
          for (const name of wishes.keys())
            await make(http, 'part', { name: `part-${name}` }, { of: name }).catch(ignore(409))
          for (const { data, metadata } of items)
            if (!wishes.has(data?.['of'] ?? ''))
              await call(http, 'DELETE', `/${metadata.name ?? ''}`).catch(ignore(404))
        })
        informer(
          http,
          'wish',
          (objects) => {
            wishes = objects
            ask()
          },
          isWrong,
        )
      },
    options: {
      actions: [remove('a'), create('b')],
      search: { delays: 0 },
      faults: { unobserved: 1 },
      eventually: [inTheEnd(1, 'part')],
    },
  },
  {
    // bounds: no delay, one error
    name: 'a debounced program never comes back after a failure',
    kind: 'liveness',
    program:
      (isWrong) =>
      ({ http }) => {
        let timer: ReturnType<typeof setTimeout> | undefined
        let names: readonly string[] = []
        const flush = async (): Promise<void> => {
          try {
            for (const name of names) await make(http, 'part', { name: `part-${name}` }).catch(ignore(409))
            timer = undefined
          } catch {
            if (isWrong) return
            timer = setTimeout(() => void flush(), 1_000)
          }
        }
        informer(http, 'wish', (objects) => {
          names = [...objects.keys()]
          if (names.length > 0) timer ??= setTimeout(() => void flush(), 500)
        })
      },
    options: {
      actions: [create('a'), later(create('b'))],
      search: { delays: 0 },
      faults: { error: 1 },
      eventually: [inTheEnd(2, 'part')],
    },
  },
  {
    // bounds: no delay, the user at any time
    name: 'a program writes back what it has read some time ago',
    kind: 'conflicts',
    program:
      (isWrong) =>
      ({ http }) => {
        let wishes: ReadonlyMap<string, ConfigMap> = new Map()
        const ask = worker(async () => {
          for (const name of wishes.keys()) {
            const { data = {}, metadata } = await get(http, name)
            if (data['seen'] === 'yes') continue
            const { resourceVersion, ...others } = metadata
            const body = {
              metadata: isWrong ? others : { ...others, resourceVersion },
              data: { ...data, seen: 'yes' },
            }
            await call(http, 'PUT', `/${name}`, body)
          }
        })
        informer(http, 'wish', (objects) => {
          wishes = objects
          ask()
        })
      },
    options: {
      actions: [create('a', 'wish', { size: '1' }), anyTime(set('a', { size: '2' }))],
      search: { delays: 0 },
      eventually: [{ name: 'size 2', holds: (c) => all(c, 'wish')[0]?.data?.['size'] === '2', within: '5m' }],
    },
  },
  {
    // bounds: no delay, one crash
    name: 'a program drops its finalizer before it has cleaned up',
    kind: 'finalizers',
    prepare: (c) => {
      c.create('configmaps', { metadata: { name: 'a', labels: { role: 'wish' }, finalizers: [OWN] } })
      create('outside', 'part').do(c)
    },
    program:
      (isWrong) =>
      ({ http }) => {
        let wishes: ReadonlyMap<string, ConfigMap> = new Map()
        const ask = worker(async () => {
          if (wishes.get('a')?.metadata.deletionTimestamp === undefined) return
          const release = async (): Promise<void> =>
            void (await call(http, 'PATCH', '/a', { metadata: { finalizers: [] } }).catch(ignore(404)))
          if (isWrong) await release()
          await call(http, 'DELETE', '/outside').catch(ignore(404))
          if (!isWrong) await release()
        })
        informer(http, 'wish', (objects) => {
          wishes = objects
          ask()
        })
      },
    options: {
      actions: [remove('a')],
      search: { delays: 0 },
      faults: { crash: 1 },
      eventually: [inTheEnd(0, 'part')],
    },
  },
  {
    // bounds: delays 1
    name: 'two handlers of one program work on the same object',
    kind: 'work queues',
    prepare: (c) => void create('signal', 'signal').do(c),
    program:
      (isWrong) =>
      ({ http }) => {
        const reconcile = async (): Promise<void> => {
          const [{ items: wishes }, { items: parts }] = [await list(http, 'wish'), await list(http, 'part')]
          if (wishes.length > 0 && parts.length === 0) await make(http, 'part', { generateName: 'part-' })
        }
        const first = worker(reconcile)
        const second = isWrong ? worker(reconcile) : first
        informer(http, 'wish', first)
        informer(http, 'signal', second)
      },
    options: {
      actions: [create('a'), set('signal', { on: 'yes' })],
      search: { delays: 1 },
      always: [atMost(1, 'part')],
    },
  },
  {
    // bounds: no delay, the user at any time
    name: 'a program that polls lists owners first, and then what they may own',
    kind: 'stale state',
    program:
      (isWrong) =>
      ({ http }) => {
        const poll = async (): Promise<void> => {
          const first = (await list(http, isWrong ? 'owner' : 'part')).items
          const second = (await list(http, isWrong ? 'part' : 'owner')).items
          const [owners, parts] = isWrong ? [first, second] : [second, first]
          for (const { data, metadata } of parts)
            if (!owners.some((owner) => owner.metadata.name === data?.['owner']))
              await call(http, 'DELETE', `/${metadata.name ?? ''}`).catch(ignore(404))
        }
        setInterval(() => void poll().catch(() => undefined), 10_000)
      },
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
      search: { delays: 0 },
      time: '30s',
      eventually: [inTheEnd(1, 'part')],
    },
  },
]
