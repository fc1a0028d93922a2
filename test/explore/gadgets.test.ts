import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { exploration, explore, narrate, replay, storySvg } from '../../src/explore/index.js'
import type { CounterExample, ExploredAction, ExploreOptions, Schedule } from '../../src/explore/index.js'
import '../../src/vitest.js'
import {
  asWanted,
  type Bugs,
  countParts,
  gadgetCluster,
  gadgetController,
  hunts,
  resize,
} from '../../examples/exploration.js'

const { always: neverTooMany = [] } = asWanted

const explored = (bugs: Bugs, options: ExploreOptions): ReturnType<typeof explore> =>
  explore(gadgetCluster(bugs), { ...asWanted, ...options })

describe.each(hunts)('examples/exploration.ts: %s', (_title, bugs, bounds) => {
  test('the bug is found, with few deviations', () => {
    const { counterExample, schedules } = explored(bugs, bounds)
    expect(schedules).toBeLessThan(60)
    expect(counterExample?.choices.length).toBeLessThanOrEqual(2)
  })

  test('the controller without it holds within the same bounds', () => {
    expect(explored({}, bounds).verdict).toBe('holds')
  })
})

describe('a controller that trusts its cache', () => {
  const result = explored({ staleCache: true }, { search: { delays: 1 } })

  test('creates too many parts when it is interrupted between two of its requests', () => {
    expect(result.verdict).toBe('violated')
    expect(result.counterExample?.property).toBe('never too many parts')
    expect(result.counterExample?.choices).toMatchObject([{ do: 'request', fault: 'lateResponse' }])
  })

  test('its counter-example is replayed from JSON, to the same trace hash', () => {
    const found = JSON.parse(JSON.stringify(result.counterExample)) as NonNullable<
      typeof result.counterExample
    >
    expect(found.actions).toEqual(['resize', 'label'])
    const options = {
      actions: resize,
      always: neverTooMany,
      components: [gadgetController({ staleCache: true })],
    }
    const cluster = replay(found, options)
    expect(cluster.state.traceHash()).toBe(found.traceHash)
    expect(countParts(cluster)).toBeGreaterThan(3)
    expect(narrate(found, options)).toBe(result.story)
    expect(result.story).toMatch(
      /before its response arrives[^]*does not see configmaps [^]*-> gadget-\w{5} [^]*violated: never too many parts: \d parts\n +configmaps: \d: gadget, /,
    )
    expect(result.replay().state.traceHash()).toBe(found.traceHash)
    expect(narrate(found, options)).toMatch(/^ +0\.000s {2}\* the user does: resize\n/)
    expect(() => narrate(found, { ...options, actions: [] })).toThrow(
      /needs the actions that it was found with \(resize, label\): pass the options of explore\(\)$/,
    )
    expect(() => narrate(found, { ...options, components: [] })).toThrow(
      'the counter-example needs the components that it was found with (gadget-controller)',
    )
    const picture = storySvg(found, options)
    expect(picture).toMatch(/^<svg [^]*<desc>[^]*violated: never too many parts[^]*<\/desc>[^]*<\/svg>\n$/)
    expect(picture).toMatch(/>gadget-controller<[^]*>✱ [^]*>✗ /)
    expect(picture).toBe(storySvg(found, options))
  })
})

describe('a counter-example', () => {
  const web = (cluster: SimCluster): SimCluster => {
    cluster.create('deployments', {
      metadata: { name: 'web' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx' }] },
        },
      },
    })
    return cluster.settle()
  }
  const act: readonly ExploredAction[] = [
    { name: 'label', do: (cluster) => cluster.kubectl('label deployment web a=b') },
    { name: 'restart', do: (cluster) => cluster.kubectl('rollout restart deployment web') },
  ]
  const root = web(new SimCluster({ nodes: 3 }))
  const options: ExploreOptions = {
    actions: act,
    search: { delays: 0 },
    faults: { crash: 1, nodeCrash: 1, of: ['kube-scheduler'] },
    always: [
      { name: 'never a second ReplicaSet', holds: (cluster) => cluster.list('replicasets').items.length < 2 },
    ],
  }
  const { counterExample } = explore(root, options)

  test('has only what the violation needs: choices, actions, nodes, replicas', () => {
    const found = counterExample as CounterExample
    expect([found.choices, found.actions]).toEqual([[], ['restart']])
    const cluster = SimCluster.fromJSON(found.root)
    expect(cluster.nodes()).toHaveLength(1)
    expect(cluster.get('deployments', 'web').spec.replicas).toBe(1)
    expect(replay(found, options).state.traceHash()).toBe(found.traceHash)
  })

  test.each(['start', 'rest'] as const)('tells what the user does at its default time: %s', (at) => {
    const timed = { ...options, actions: act.map((action) => ({ ...action, at })) }
    const found = explore(root, timed).counterExample as CounterExample
    const told = narrate(found, timed).match(/\* the user does: .*/g)
    expect(told).toEqual(['* the user does: restart'])
    expect(storySvg(found, timed)).toContain('✱ the user does: restart')
  })

  test('of a run that ends elsewhere is shrunk, too: against its own undisturbed run', () => {
    const note: ExploredAction = {
      name: 'note',
      do: (cluster) => cluster.create('configmaps', { metadata: { name: 'note' } }),
    }
    const stale = gadgetCluster({ staleCache: true })
    const elsewhere: ExploreOptions = { actions: [note, ...resize], sameAs: 'faultless' }
    expect(explore(stale, elsewhere).counterExample).toMatchObject({
      property: 'same as faultless',
      actions: ['resize'],
    })
  })

  test('is what a failed toHoldUnder tells', () => {
    expect(() => expect(root).toHoldUnder(options)).toThrow(
      /^expected "never a second ReplicaSet" to hold, but it does not hold\n\n[^]*create replicasets[^]*violated/,
    )
    const always = [{ name: 'pods', holds: (c: SimCluster) => c.list('pods').items.length > 0 }]
    expect(root).toHoldUnder({ actions: act, search: { delays: 0 }, always })
    const budget = { schedules: 1 }
    expect(() => expect(root).toHoldUnder({ ...options, always, budget })).toThrow(
      /stopped after 1 runs and .* s \(.*raise `budget`/,
    )
  })
})

describe('an arbitrary schedule', () => {
  const [{ do: grow }, label] = resize as readonly [ExploredAction, ExploredAction]
  const isRight = (bugs: Bugs): fc.RunDetails<[Schedule]> =>
    fc.check(
      fc.property(
        exploration(fc, gadgetCluster(bugs), { actions: [label] }),
        (schedule) => countParts(schedule.run(grow)) === 3,
      ),
      { numRuns: 300 },
    )

  test('finds the order that breaks a controller, and shrinks to few steps out of turn', () => {
    const { failed, counterexample } = isRight({ staleCache: true })
    expect(failed).toBe(true)
    const deviations = counterexample?.[0].toString().split('; ') ?? []
    expect(deviations.length).toBeLessThanOrEqual(5)
    expect(deviations[0]).toMatch(/^\d+: (?:.* runs first|the user does: label)/)
  })

  test('finds nothing in one that asks the apiserver', () => {
    expect(isRight({}).failed).toBe(false)
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
    const faults = { crash: 1, lostResponse: 1, conflict: 1, timeout: 1, of: ['gadget-controller'] }
    const result = explored({}, { search: { delays: 0 }, faults, budget: { schedules: 400 } })
    expect(['holds', 'budget']).toContain(result.verdict)
  })
})

describe('a search at random', () => {
  const search = { pct: 2, runs: 60 }

  test('has the faults that are allowed, and its counter-example is replayed', () => {
    const bugs = { marksFirst: true }
    const options = { ...asWanted, search, faults: { crash: 1, of: ['gadget-controller'] } }
    const { counterExample, verdict } = explore(gadgetCluster(bugs), options)
    expect(verdict).toBe('violated')
    const found = counterExample as CounterExample
    const cluster = replay(found, { ...options, components: [gadgetController(bugs)] })
    expect(cluster.state.traceHash()).toBe(found.traceHash)
    expect(explore(gadgetCluster({}), { ...options, search: { pct: 2, runs: 20 } }).verdict).toBe('sampled')
  })
})
