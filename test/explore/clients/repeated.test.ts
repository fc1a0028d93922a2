/** Runs that are played again do the same, or it is an error that says what differs. */
import { describe, expect, test } from 'vitest'
import {
  type CounterExample,
  explore,
  narrate,
  NotRepeated,
  replay,
  storySvg,
} from '../../../src/explore/index.js'
import type { ClientProgram, ExploreClientsOptions } from '../../../src/explore/index.js'
import { SimCluster } from '../../../src/index.js'
import { programs } from '../bench/programs.js'

const MAPS = 'https://cluster/api/v1/namespaces/default/configmaps'
const headers = { 'content-type': 'application/json' }

const count = (c: SimCluster): number => c.list('configmaps', { labelSelector: 'part' }).items.length
const always = [{ name: 'at most one', holds: (c: SimCluster) => count(c) <= 1 }]
const cluster = (): SimCluster => new SimCluster({ nodes: 0 }).settle()

/** Makes as many parts as `wanted` says at each start, once somebody wishes. */
const maker =
  (wanted: () => number): ClientProgram =>
  ({ http }) => {
    const work = async (): Promise<void> => {
      const parts = wanted()
      const watch = await http.fetch(`${MAPS}?watch=true&labelSelector=wish`)
      await watch.body?.getReader().read()
      for (let nth = 0; nth < parts; nth += 1) {
        const body = JSON.stringify({ metadata: { name: `part-${nth}`, labels: { part: 'yes' } } })
        await http.fetch(MAPS, { method: 'POST', body, headers })
      }
    }
    void work().catch(() => undefined)
  }

const wish = {
  name: 'wish',
  do: (c: SimCluster) => c.create('configmaps', { metadata: { name: 'w', labels: { wish: 'yes' } } }),
}
const optionsFor = (program: ClientProgram): ExploreClientsOptions => ({
  clients: { maker: program },
  actions: [wish],
  search: { delays: 0 },
  always,
})

describe('a client that keeps something from an earlier start', () => {
  test('is an error of the exploration, which names the first step that differs', async () => {
    let starts = 0
    const program = maker(() => (starts++ === 0 ? 2 : 0))
    await expect(explore(cluster(), optionsFor(program))).rejects.toThrow(
      /^the run that violates "at most one" was played again, and it did not do the same: its step \d+ was "maker\/request create configmaps default", and now there is none\. Code must do the same in each run/,
    )
  })

  test('is an error of the replay', async () => {
    let parts = 2
    const {
      replay: again,
      counterExample,
      verdict,
    } = await explore(cluster(), optionsFor(maker(() => parts)))
    expect(verdict).toBe('violated')
    expect((await again()).state.traceHash()).toBe(counterExample?.traceHash)
    parts = 1
    await expect(again()).rejects.toThrow(
      /its step \d+ was "maker\/request create configmaps default", and now/,
    )
  })
})

describe('a counter-example of clients', () => {
  const found = async (): Promise<CounterExample> => {
    const { counterExample } = await explore(cluster(), optionsFor(maker(() => 2)))
    if (counterExample === undefined) throw new Error('there is none')
    return JSON.parse(JSON.stringify(counterExample)) as CounterExample
  }

  test('is replayed from JSON with the same trace hash', async () => {
    const one = await found()
    expect((await replay(one, optionsFor(maker(() => 2)))).state.traceHash()).toBe(one.traceHash)
  })

  test('is an error for a program that does something else, however it is played', async () => {
    const one = await found()
    const options = optionsFor(maker(() => 1))
    await expect(replay(one, options)).rejects.toThrow(NotRepeated)
    await expect(narrate(one, options)).rejects.toThrow(/its step \d+ was/)
    await expect(storySvg(one, options)).rejects.toThrow(NotRepeated)
  })

  test('may be replayed up to a decision by another program', async () => {
    const one = await found()
    expect(count(await replay(one, { ...optionsFor(maker(() => 1)), upTo: 1 }))).toBe(0)
  })
})

test('a run that is drawn at random is repeated, though a late response ended the last one', async () => {
  const [first] = programs
  if (first === undefined) throw new Error('there is none')
  const { counterExample, replay: again } = await explore(cluster(), {
    ...first.options,
    search: { pct: 2, runs: 25 },
    clients: { program: first.program(true) },
  })
  expect((await again()).state.traceHash()).toBe(counterExample?.traceHash)
})
