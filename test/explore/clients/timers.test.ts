/** Programs of clients have virtual time, and the concurrency of real controllers. */
import { SimCluster } from 'simcluster'
import { describe, expect, test } from 'vitest'
import { explore, replay } from '../../../src/explore/index.js'
import type { ClientProgram, ExploreClientsOptions } from '../../../src/explore/index.js'

const MAPS = '/api/v1/namespaces/default/configmaps'
const json = { 'content-type': 'application/json' }

interface Answer {
  readonly status: number
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly resourceVersion: string }
  }[]
}

type Http = Parameters<ClientProgram>[0]['http']

async function call(http: Http, method: string, path: string, body?: object): Promise<Answer> {
  const response = await http.fetch(`https://cluster${path}`, {
    method,
    headers: json,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { ...((await response.json()) as Omit<Answer, 'status'>), status: response.status }
}

/** Calls `seen` with the name of each ConfigMap of a label, as events come. */
async function watch(http: Http, label: string, seen: (type: string, name: string) => void): Promise<void> {
  const response = await http.fetch(`https://cluster${MAPS}?watch=true&labelSelector=${label}`)
  const reader = response.body?.getReader()
  let rest = ''
  for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
    const lines = (rest + new TextDecoder().decode(chunk.value)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as { type: string; object: { metadata: { name: string } } }
      seen(type, object.metadata.name)
    }
  }
}

/** Creates a part for each wish; a failed request is tried again a few seconds later. */
const retrying: ClientProgram = ({ http }) => {
  const serve = async (name: string): Promise<void> => {
    try {
      const { status } = await call(http, 'POST', MAPS, {
        metadata: { name: `part-${name}`, labels: { part: 'yes' } },
      })
      if (status === 201 || status === 409) return
    } catch {
      // it is tried again
    }
    setTimeout(() => void serve(name), 5_000)
  }
  void watch(http, 'wish', (type, name) => {
    if (type === 'ADDED') void serve(name)
  }).catch(() => undefined)
}

const partsOf = (c: SimCluster): number => c.list('configmaps', { labelSelector: 'part' }).items.length
const wish = {
  name: 'wish',
  do: (c: SimCluster) => c.create('configmaps', { metadata: { name: 'a', labels: { wish: 'yes' } } }),
}
const optionsFor = (program: ClientProgram): ExploreClientsOptions => ({
  clients: { parts: program },
  actions: [wish],
  search: { delays: 0 },
  eventually: [{ name: 'a part', holds: (c) => partsOf(c) === 1, within: '1m' }],
})

describe('the time of a program', () => {
  test('is virtual: one that tries again with setTimeout holds', async () => {
    const options: ExploreClientsOptions = { ...optionsFor(retrying), faults: { error: 1, timeout: 1 } }
    const before = performance.now()
    const result = await explore(new SimCluster({ nodes: 0 }), options)
    expect({ verdict: result.verdict, story: result.story }).toEqual({ verdict: 'holds', story: undefined })
    // it waits for five seconds of virtual time in each run with a fault
    expect(performance.now() - before).toBeLessThan(60_000)
  })

  test('is that of the cluster for Date, timers/promises and setInterval, and nobody else', async () => {
    const seen: number[] = []
    const cluster = new SimCluster({ nodes: 0 })
    const program: ClientProgram = ({ http }) => {
      const work = async (): Promise<void> => {
        const { setTimeout: sleep } = await import('node:timers/promises')
        seen.push(Date.now(), new Date().getTime())
        await sleep(3_000)
        seen.push(Date.now())
        await new Promise<void>((resolve) => {
          const timer = setInterval(() => {
            clearInterval(timer)
            resolve()
          }, 2_000)
        })
        seen.push(Date.now())
        await call(http, 'POST', MAPS, { metadata: { name: 'part', labels: { part: 'yes' } } })
      }
      void work().catch(() => undefined)
    }
    const { verdict } = await explore(cluster, { ...optionsFor(program), actions: [] })
    expect(verdict).toBe('holds')
    const start = cluster.now()
    expect(seen.slice(0, 3)).toEqual([start, start, start + 3_000])
    expect(seen[3]).toBe(start + 5_000)
    expect(Math.abs(Date.now() - start)).toBeGreaterThan(60_000)
  })

  test('that it polls in does not keep a run from coming to rest', async () => {
    const polling: ClientProgram = ({ http }) => {
      const poll = async (): Promise<void> => {
        const { items } = await call(http, 'GET', `${MAPS}?labelSelector=wish`)
        const { items: parts } = await call(http, 'GET', `${MAPS}?labelSelector=part`)
        if (items.length > 0 && parts.length === 0)
          await call(http, 'POST', MAPS, { metadata: { name: 'part', labels: { part: 'yes' } } })
        setTimeout(() => void poll().catch(() => undefined), 10_000)
      }
      void poll().catch(() => undefined)
    }
    expect((await explore(new SimCluster({ nodes: 0 }), optionsFor(polling))).verdict).toBe('holds')
  })
})

describe('a program', () => {
  test('whose list fails says nothing', async () => {
    const lost: ClientProgram = ({ http }) => {
      void call(http, 'GET', '/apis/example.com/v1/gadgets').catch(() => undefined)
    }
    const { verdict, reason } = await explore(new SimCluster({ nodes: 0 }), {
      ...optionsFor(lost),
      eventually: [],
      always: [{ name: 'few', holds: (c) => partsOf(c) < 2 }],
    })
    expect(verdict).toBe('vacuous')
    expect(reason).toMatch(/^parts did nothing: its requests failed \(list gadgets: 40[34]\)$/)
  })

  /** Counts in its cache, which a watch fills; each event makes it look again. */
  const counting =
    (isWrong: boolean): ClientProgram =>
    ({ http }) => {
      const parts = new Set<string>()
      let isBusy = false
      let isWanted = false
      const look = async (): Promise<void> => {
        if (isBusy || !isWanted) return
        isBusy = true
        const there = isWrong
          ? parts.size
          : (await call(http, 'GET', `${MAPS}?labelSelector=part`)).items.length
        for (let nth = there; nth < 2; nth += 1)
          await call(http, 'POST', MAPS, { metadata: { generateName: 'part-', labels: { part: 'yes' } } })
        isBusy = false
      }
      void watch(http, 'wish', () => {
        isWanted = true
        void look().catch(() => undefined)
      }).catch(() => undefined)
      void watch(http, 'part', (_type, name) => {
        parts.add(name)
        void look().catch(() => undefined)
      }).catch(() => undefined)
    }
  const options = (isWrong: boolean): ExploreClientsOptions => ({
    clients: { parts: counting(isWrong) },
    actions: [wish],
    search: { delays: 1 },
    always: [{ name: 'two parts', holds: (c) => partsOf(c) <= 2 || `${partsOf(c)} parts` }],
  })

  test('that counts in its cache is found with one delay, which may divide a batch of events', async () => {
    const result = await explore(new SimCluster({ nodes: 0 }), options(true))
    expect(result).toMatchObject({ verdict: 'violated', counterExample: { property: 'two parts' } })
    expect(result.counterExample?.choices).toHaveLength(1)
    expect((await result.replay()).state.traceHash()).toBe(result.counterExample?.traceHash)
    if (result.counterExample === undefined) throw new Error('there is none')
    const again = await replay(result.counterExample, options(true))
    expect(again.state.traceHash()).toBe(result.counterExample.traceHash)
  })

  test('that asks the server holds', async () => {
    const { verdict, story } = await explore(new SimCluster({ nodes: 0 }), options(false))
    expect({ verdict, story }).toEqual({ verdict: 'holds', story: undefined })
  })
})
