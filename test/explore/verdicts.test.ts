/** What the verdict of an exploration says of what it saw. */
import { describe, expect, test } from 'vitest'
import '../../src/vitest.js'
import { explore, narrate, type ExplorationResult, type ExploreOptions } from '../../src/explore/index.js'
import { type Component, type ComponentHost, SimCluster } from '../../src/index.js'
import { badInput } from '../support/typed.js'

const admin = { name: 'tester', groups: ['system:masters'] }

/** Creates a part for each wish. */
function maker(more: Partial<Component> = {}, resource = 'configmaps'): Component {
  return {
    name: 'maker',
    identity: admin,
    setup: (host: ComponentHost) => {
      const wishes = host.informer(resource, { labelSelector: 'wish' })
      wishes.onChange(({ type, object }) => type === 'ADDED' && queue.add(object.metadata.name ?? ''))
      const queue = host.workQueue('queue', (key) => {
        const parts = host.client.list('configmaps', {
          namespace: 'default',
          labelSelector: `of=${key}`,
        }).items
        if (parts.length === 0)
          host.client.create('configmaps', {
            metadata: { generateName: `${key}-`, namespace: 'default', labels: { part: 'yes', of: key } },
          })
        queue.forget(key)
      })
    },
    ...more,
  }
}

const clusterWith = (...components: readonly Component[]): SimCluster =>
  new SimCluster({ nodes: 0, components }).settle()

const wish = {
  name: 'wish',
  do: (c: SimCluster) => c.create('configmaps', { metadata: { name: 'a', labels: { wish: 'yes' } } }),
}
const partsOf = (c: SimCluster): number =>
  c.list('configmaps', { namespace: 'default', labelSelector: 'part' }).items.length
const onePart = { name: 'at most one part', holds: (c: SimCluster) => partsOf(c) <= 1 }

const explored = (cluster: SimCluster, options: Partial<ExploreOptions> = {}): ExplorationResult =>
  explore(cluster, { actions: [wish], always: [onePart], ...options })

describe('an exploration', () => {
  test('says what it has seen', () => {
    const { verdict, coverage, warnings } = explored(clusterWith(maker()), { search: { delays: 1 } })
    expect({ verdict, warnings }).toEqual({ verdict: 'holds', warnings: [] })
    expect(coverage.components['maker']).toMatchObject({ forbidden: 0 })
    expect(coverage.components['maker']?.reconciles).toBeGreaterThan(0)
    expect(coverage.components['maker']?.writes).toBeGreaterThan(0)
    expect(coverage.actions['wish']).toBeGreaterThan(0)
    expect(coverage.properties['at most one part']).toMatchObject({
      wasFalse: false,
      wasAboutSomething: true,
    })
    expect(coverage.cut).toBe(undefined)
  })

  test('says where the budget has stopped it', () => {
    const { verdict, coverage } = explored(clusterWith(maker()), { budget: { schedules: 2 } })
    expect(verdict).toBe('budget')
    expect(coverage.cut).toMatch(/^stopped after 2 runs and [\d.]+ s$/)
  })
})

test('a matcher stops before the time of its test is up, and says where', () => {
  const grows = maker({
    setup: (host) => {
      const wishes = host.informer('configmaps', { labelSelector: 'wish' })
      wishes.onChange(() => queue.add('all'))
      const queue = host.workQueue('queue', (key) => {
        host.client.create('configmaps', {
          metadata: { generateName: 'more-', namespace: 'default', labels: { wish: 'yes' } },
        })
        queue.forget(key)
      })
    },
  })
  const always = [{ name: 'some', holds: (c: SimCluster) => c.list('configmaps').items.length > 0 }]
  expect(() => expect(clusterWith(grows)).toHoldUnder({ actions: [wish], always })).toThrow(
    /^the budget was used up: stopped after \d runs and [\d.]+ s/,
  )
}, 4_000)

describe('an exploration says nothing', () => {
  const eventually = [{ name: 'part', holds: (c: SimCluster) => partsOf(c) === 1, within: '1m' as const }]
  const user = { name: 'nobody', groups: [] }
  const cases: readonly (readonly [string, () => ExplorationResult, RegExp])[] = [
    ['without a controller', () => explored(clusterWith()), /no component wrote anything/],
    [
      'if the controller has no rights',
      () => explored(clusterWith(maker({ identity: user }))),
      /^maker never ran: its informer of configmaps has not listed; nobody may not list configmaps$/,
    ],
    [
      'if the kind of the controller is not there',
      () => explored(clusterWith(maker({}, 'gadgets.example.com'))),
      /the kind is not served when the exploration begins/,
    ],
    [
      'if nothing concerns the controller',
      () => explored(clusterWith(maker()), { actions: [] }),
      /^maker never ran: nothing that the actions do concerns what it watches$/,
    ],
    [
      'if `of` is misspelt',
      () => explored(clusterWith(maker()), { faults: { crash: 1, of: ['makr'] } }),
      /^faults.of names "makr", and there is no such component; did you mean maker\?$/,
    ],
    [
      'if a property is of nothing',
      () => {
        const holds = (c: SimCluster): boolean =>
          c.list('configmaps', { labelSelector: 'prat' }).items.length <= 1
        return explored(clusterWith(maker()), { always: [{ name: 'typo', holds }] })
      },
      /^the property "typo" says nothing: it never found an object/,
    ],
    [
      'if a property is async',
      () => {
        // as plain JavaScript may pass it
        const holds = badInput<() => boolean>(async () => false)
        return explored(clusterWith(maker()), { always: [{ name: 'async', holds }] })
      },
      /^the property "async" says nothing: it is async/,
    ],
    [
      'if what must come about is there from the start',
      () => {
        const holds = (c: SimCluster): boolean => c.list('namespaces').items.length > 0
        return explored(clusterWith(maker()), { always: [], eventually: [{ name: 'true', holds }] })
      },
      /^the property "true" says nothing: it holds from the start/,
    ],
    [
      'if a property never returns anything',
      () => {
        const holds = (c: SimCluster): void => {
          partsOf(c) // forgot to return
        }
        return explored(clusterWith(maker()), { always: [{ name: 'no return', holds }] })
      },
      /^the property "no return" says nothing: it never returns anything$/,
    ],
  ]

  const saying = (holds: (c: SimCluster) => boolean): ExplorationResult =>
    explored(clusterWith(maker()), { always: [{ name: 'p', holds }] })
  const eventual = (holds: (c: SimCluster) => boolean): ExplorationResult =>
    explored(clusterWith(maker()), { always: [], eventually: [{ name: 'p', holds, within: '1m' }] })
  const blind: typeof cases = [
    ['if a property is a constant', () => saying(() => true), /never looks at the cluster that it is given/],
    [
      'if a property looks at the cluster before the run in place of that of the run',
      () => {
        const root = clusterWith(maker())
        return explore(root, { actions: [wish], always: [{ name: 'p', holds: () => partsOf(root) <= 1 }] })
      },
      /never looks at the cluster that it is given/,
    ],
    ['if a property asks only for the time', () => saying((c) => c.now() > 0), /never looks at the cluster/],
    ['if a property asks only for the version', () => saying((c) => c.version !== ''), /never looks/],
    [
      'if a property finds nothing in another namespace',
      () => saying((c) => c.in('shop').list('configmaps').items.length <= 1),
      /never found an object: the configmaps/,
    ],
    [
      'if a property finds nothing as another user',
      () => saying((c) => c.as({ user: 'a', groups: ['system:masters'] }).list('secrets').items.length < 1),
      /never found an object: the secrets/,
    ],
    [
      'if a property finds nothing among the stored objects',
      () => saying((c) => c.state.peek('configmaps', { labelSelector: 'typo' }).length <= 1),
      /never found an object: the configmaps/,
    ],
    [
      'if a property finds nothing with kubectl',
      () => saying((c) => c.kubectl('get cm -l typo=x -o name').stdout === ''),
      /never found an object: the configmaps/,
    ],
    ['if what must come about looks at nothing', () => eventual(() => true), /never looks at the cluster/],
  ]

  test.each([...cases, ...blind])('%s', (_title, run, reason) => {
    const result = run()
    expect(result.verdict).toBe('vacuous')
    expect(result.reason).toMatch(reason)
  })

  const seeing: readonly (readonly [string, (c: SimCluster) => boolean])[] = [
    [
      'reads what the controller reads, though it stays as it is',
      (c) => c.list('configmaps').items.length > 0,
    ],
    ['reads with kubectl', (c) => c.kubectl('get cm -l part -o name').stdout.split('\n').length <= 2],
    ['reads stored objects', (c) => c.state.peek('configmaps', { labelSelector: 'part' }).length <= 1],
    [
      'reads as another user',
      (c) => c.as({ user: 'a', groups: ['system:masters'] }).list('configmaps').items.length >= 0,
    ],
    ['looks at a node or another part that is not read', (c) => c.nodes().length === 0],
    ['asks what somebody may do', (c) => !c.can('jane', 'list', 'pods').allowed],
    [
      'reads in a namespace',
      (c) => c.in('default').list('configmaps', { labelSelector: 'part' }).items.length <= 1,
    ],
  ]
  test.each(seeing)('but something of a property that %s', (_title, holds) => {
    const { verdict, reason } = saying(holds)
    expect({ verdict, reason }).toEqual({ verdict: 'holds', reason: undefined })
  })

  test('and fails the matcher, with the reason', () => {
    expect(() => expect(clusterWith()).toHoldUnder({ actions: [wish], always: [onePart] })).toThrow(
      /^the exploration says nothing: no component wrote anything/,
    )
  })

  test('or little, which is a warning, if what must come about is true in every state', () => {
    const { verdict, warnings } = eventual((c) => partsOf(c) <= 1)
    expect(verdict).toBe('holds')
    expect(warnings).toEqual([
      'the property "p" says little: it holds in every state of every run, from the start on: nothing ' +
        'had to happen for it',
    ])
  })

  const still: readonly (readonly [string, (c: SimCluster) => boolean])[] = [
    ['lists what nothing writes', (c) => c.list('namespaces').items.length > 0],
    ['gets what nothing writes', (c) => c.get('namespaces', 'default').metadata.name === 'default'],
  ]
  test.each(still)('or little, which is a warning, if a property %s', (_title, holds) => {
    const { verdict, warnings } = saying(holds)
    expect(verdict).toBe('holds')
    expect(warnings).toEqual([
      'the property "p" says little: what it reads (namespaces) never changes in any run, and no component ' +
        'under test reads or writes it',
    ])
  })

  test('of one property, which is a warning if it says something of another', () => {
    const always = [
      onePart,
      {
        name: 'typo',
        holds: (c: SimCluster) => c.list('configmaps', { labelSelector: 'prat' }).items.length <= 1,
      },
    ]
    const { verdict, warnings } = explored(clusterWith(maker()), { always, eventually })
    expect(verdict).toBe('holds')
    expect(warnings.join()).toMatch(/^the property "typo" says nothing/)
  })
})

describe('wrong options', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ serach: { delays: 1 } }, 'explore(): unknown option serach (did you mean search?)'],
    [{ faults: { crsh: 1 } }, 'unknown option faults.crsh (did you mean faults.crash?)'],
    [{ always: [] }, 'explore() has nothing to check'],
    [{ search: { delay: 1 } }, 'unknown option search.delay (did you mean search.delays?)'],
    [{ search: 'exhaustve' }, "must be an object or 'exhaustive'"],
    [{ search: { pct: 0, runs: 5 } }, 'search.pct must be at least 1, not 0'],
    [{ search: { patterns: ['stal'] } }, "did you mean 'stale'?"],
    [{ faults: { crash: '1' } }, 'faults.crash must be a number, not "1"'],
    [{ actions: [{ name: 'a', do: 'kubectl' }] }, 'actions[0].do must be a function, not "kubectl"'],
    [
      { actions: [{ nme: 'a', do: () => 1 }] },
      'unknown option actions[0].nme (did you mean actions[0].name?)',
    ],
    [
      { eventually: [{ holds: () => true, within: '5 minutes' }] },
      "eventually[0].within must be a duration such as '5m'",
    ],
    [{ always: [{ name: 'a', hold: () => true }] }, 'did you mean always[0].holds?'],
    [{ events: 'single' }, "events must be one of 'batch', 'one', not \"single\""],
    [{ lag: { of: ['maker'] } }, 'lag.max must be a duration'],
    [{ always: [onePart, onePart] }, 'explore(): always has two properties "at most one part"'],
    [{ clients: {} }, 'clients must have a function for each client'],
  ]
  test.each(cases)('%o are refused', (options, message) => {
    expect(() => explored(clusterWith(maker()), options)).toThrow(message)
  })

  test('that no option can show are refused when they are seen', () => {
    const failing = { name: 'restart', do: (c: SimCluster) => c.kubectl('rollout restrat deployment web') }
    expect(() => explored(clusterWith(maker()), { actions: [failing] })).toThrow(
      /^the action "restart" failed: kubectl rollout restrat deployment web: error: unknown command/,
    )
    const inBlock = {
      name: 'restart',
      do: (c: SimCluster) => {
        c.kubectl('rollout restrat deployment web')
      },
    }
    expect(() => explored(clusterWith(maker()), { actions: [inBlock] })).toThrow(/unknown command/)
    // as plain JavaScript may pass it
    const text = { name: 'part', holds: badInput<() => boolean>(() => 'one part') }
    expect(() => explored(clusterWith(maker()), { eventually: [text] })).toThrow(
      'explore(): eventually "part" returned "one part"; it must return true or false',
    )
    // and this, too
    const number = { name: 'parts', holds: badInput<() => boolean>((c: SimCluster) => partsOf(c)) }
    expect(() => explored(clusterWith(maker()), { always: [number] })).toThrow(
      'explore(): always "parts" returned 0',
    )
  })
})

describe('a counter-example', () => {
  const twice: Component = maker({
    setup: (host) => {
      const wishes = host.informer('configmaps', { labelSelector: 'wish' })
      wishes.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
      const parts = host.informer('configmaps', { labelSelector: 'part' })
      parts.onChange(({ object }) => queue.add(object.metadata.labels?.['of'] ?? ''))
      const queue = host.workQueue('queue', (key) => {
        if (parts.list().length === 0)
          host.client.create('configmaps', {
            metadata: { generateName: `${key}-`, namespace: 'default', labels: { part: 'yes', of: key } },
          })
        queue.forget(key)
      })
    },
  })
  const label = {
    name: 'label',
    do: (c: SimCluster) => c.kubectl('label configmap a x=y'),
    at: 'any' as const,
  }
  const always = [onePart]
  const options: ExploreOptions = { actions: [wish, label], always, search: { delays: 1 } }

  test('tells what caches did not show, generated names, and the state that violates', () => {
    const { story, counterExample, replay } = explore(clusterWith(twice), options)
    expect(story).toMatch(/maker does not see configmaps a-\w{5} yet/)
    expect(story).toMatch(/maker: create configmaps in default -> a-\w{5} {3}\(step \d+: queue a\)/)
    expect(story).toMatch(/violated: at most one part: it does not hold\n {12}configmaps: \d: .*a-\w{5}/)
    expect(replay().state.traceHash()).toBe(counterExample?.traceHash)
  })

  test('is refused where what it needs is missing', () => {
    const { counterExample } = explore(clusterWith(twice), options)
    if (counterExample === undefined) throw new Error('there is none')
    expect(() => narrate(counterExample, { always, actions: [wish, label] })).toThrow(
      /needs the components .*maker/,
    )
    expect(() => narrate(counterExample, { always, components: [twice] })).toThrow(
      /needs the actions .*wish, label/,
    )
    expect(() => narrate(counterExample, { components: [twice], actions: [wish, label] })).toThrow(
      /needs the property .*at most one part/,
    )
  })

  test('tells how requests ended', () => {
    const careless = maker({
      setup: (host) => {
        const wishes = host.informer('configmaps', { labelSelector: 'wish' })
        wishes.onChange(({ object }) => queue.add(object.metadata.name ?? ''))
        const queue = host.workQueue('queue', (key) => {
          const object = host.client.get('configmaps', { namespace: 'default', name: key })
          try {
            host.client.update('configmaps', { ...object, data: { done: 'yes' } })
          } catch {
            // it is lost
          }
          queue.forget(key)
        })
      },
    })
    const { story } = explore(clusterWith(careless), {
      actions: [wish],
      search: { delays: 0 },
      faults: { conflict: 1 },
      eventually: [
        { name: 'done', holds: (c) => c.get('configmaps', 'a').data?.['done'] === 'yes', within: '1m' },
      ],
    })
    expect(story).toMatch(/maker: update configmaps default\/a -> 409 Conflict/)
  })
})
