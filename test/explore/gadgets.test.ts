import { describe, expect, test } from 'vitest'
import { explore, narrate, replay, toSvg } from '../../src/explore/index.js'
import type { Always, Eventually, ExploredAction, ExploreOptions } from '../../src/explore/index.js'
import { type Bugs, countParts, gadgetCluster, gadgetController } from './gadgets.js'

const resize: readonly ExploredAction[] = [
  {
    name: 'resize',
    do: (cluster) =>
      cluster.edit('configmaps', 'gadget', (draft) => void (draft.data = { ...draft.data, size: '3' })),
  },
  { name: 'label', do: (cluster) => cluster.kubectl('label configmap gadget team=a'), at: 'any' },
]

const neverTooMany: readonly Always[] = [
  {
    name: 'never too many parts',
    holds: (cluster) => countParts(cluster) <= 3 || `${countParts(cluster)} parts`,
  },
]

const enough: readonly Eventually[] = [
  { name: 'enough parts', holds: (cluster) => countParts(cluster) >= 3, within: '10m' },
]

function explored(bugs: Bugs, options: ExploreOptions): ReturnType<typeof explore> {
  return explore(gadgetCluster(bugs), {
    actions: resize,
    always: neverTooMany,
    eventually: enough,
    ...options,
  })
}

describe('a controller that trusts its cache', () => {
  const result = explored({ staleCache: true }, { search: { delays: 1 } })

  test('creates too many parts after one delay and a change in between', () => {
    expect(result.verdict).toBe('violated')
    expect(result.counterExample?.property).toBe('never too many parts')
    expect(result.counterExample?.choices).toHaveLength(2)
  })

  test('its counter-example is replayed from JSON, to the same trace hash', () => {
    const found = JSON.parse(JSON.stringify(result.counterExample)) as NonNullable<
      typeof result.counterExample
    >
    const options = {
      actions: resize,
      always: neverTooMany,
      components: [gadgetController({ staleCache: true })],
    }
    const cluster = replay(found, options)
    expect(cluster.state.traceHash()).toBe(found.traceHash)
    expect(countParts(cluster)).toBeGreaterThan(3)
    expect(narrate(found, options)).toMatch(
      /is delayed until nothing else is ready[^]*violated: never too many parts/,
    )
    expect(toSvg(found, options)).toMatch(/^<svg [^]*gadget-controller[^]*<\/svg>$/)
  })

  test('one that asks the apiserver holds within the same bounds', () => {
    expect(explored({}, { search: { delays: 1 } }).verdict).toBe('holds within bounds')
  })
})

describe('a controller that marks its work before it does it', () => {
  test('never finishes after a crash between the two', () => {
    const result = explored(
      { marksFirst: true },
      { search: { delays: 0 }, faults: { crash: 1, of: ['gadget-controller'] } },
    )
    expect(result.counterExample).toMatchObject({
      property: 'enough parts',
      choices: [{ do: 'request', fault: 'crash' }],
    })
  })

  test('one that does not holds under a crash, a lost response, a conflict and a timeout', () => {
    const faults = { crash: 1, lostAnswer: 1, conflict: 1, timeout: 1, of: ['gadget-controller'] }
    const result = explored({}, { search: { delays: 0 }, faults, budget: { schedules: 400 } })
    expect(['holds within bounds', 'budget']).toContain(result.verdict)
  })
})
