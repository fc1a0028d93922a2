import { describe, expect, it } from 'vitest'
import {
  analysePolicies,
  compare,
  policyChanges,
  readWorld,
  resolveOptions,
  StepLimitError,
  type PolicyQuery,
  type NetpolOptions,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import { SearchBudget } from '../../src/netpol/compare/budget.js'
import {
  type Clause,
  type SideClauses,
  type OrderedClause,
  pathsToAllow,
  pathsToDeny,
  type VerdictPath,
} from '../../src/netpol/compare/clauses.js'
import {
  SymbolicConnection,
  connectionShapes,
  type ConnectionShape,
} from '../../src/netpol/compare/symbolic-connection.js'
import {
  openLiterals,
  outside,
  Space,
  within,
  type Cube,
  type VariableLiteral,
  type Region,
  type Variable,
} from '../../src/netpol/compare/space.js'
import { UNMENTIONED, vocabularyOf, type AddressClass } from '../../src/netpol/compare/vocabulary.js'

const narrow = (name: string, spec: object): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace: 'default', name },
  spec,
})
const wide = (name: string, spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const into = (...from: readonly object[]): WorldPolicy =>
  narrow('in', { podSelector: {}, ingress: [{ from }] })
const pods = (matchLabels: object): object => ({ podSelector: { matchLabels } })
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** Numbers below a bound, the same in every run. */
function draws(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

const holds = (point: Region, cube: Cube): boolean => openLiterals(point, cube) === 0
const variables: readonly Variable[] = numbers(4).map((at) => ({
  name: `x${at}`,
  values: numbers(2 + (at % 2)),
  weight: 1,
}))
const space = new Space(variables)
const points = variables.reduce<readonly Region[]>(
  (regions, { name, values }) =>
    regions.flatMap((region) =>
      values.map((value) => {
        const literal = space.literal(name, (each) => each === value)
        return within(region, literal === undefined ? [] : [literal]) as Region
      }),
    ),
  [space.whole()],
)

describe('ways to a verdict', () => {
  const draw = draws(3)
  const origin = {
    policy: readWorld({ policies: [into()] }).networkPolicies.get(
      'default',
    )?.[0] as Clause['origin']['policy'],
    direction: 'ingress',
  } as const
  const clause = (): Clause => ({
    origin: { ...origin, rule: draw(1_000_000) },
    cube: variables.flatMap(({ name, values }) =>
      draw(2) === 0 ? [] : (space.literal(name, (value) => value === draw(values.length)) ?? []),
    ),
  })
  const some = <T>(make: () => T): readonly T[] => numbers(draw(4)).map(make)
  const step = (): OrderedClause => ({
    ...clause(),
    action: (['Accept', 'Deny', 'Pass'] as const)[draw(3)] ?? 'Pass',
  })

  /**
   * What comes of a point, and by which clauses: Admin, NetworkPolicy, Baseline, the first that decides; then
   * it is allowed.
   */
  function judged(
    { admin, isolates, allows, baseline }: SideClauses,
    point: Region,
  ): readonly [allowed: boolean, by: readonly (Clause | undefined)[]] {
    const first = (steps: readonly OrderedClause[]): OrderedClause | undefined =>
      steps.find(({ cube }) => holds(point, cube))
    const decided = first(admin)
    if (decided !== undefined && decided.action !== 'Pass') return [decided.action === 'Accept', [decided]]
    const selecting = isolates.filter(({ cube }) => holds(point, cube))
    const allowing = allows.filter(({ cube }) => holds(point, cube))
    if (selecting.length > 0) return allowing.length > 0 ? [true, allowing] : [false, selecting]
    const last = first(baseline)
    return [last?.action !== 'Deny', [last]]
  }

  it.each([
    ['of traffic that may be blocked', false],
    ['of traffic that no NetworkPolicy blocks', true],
  ] as const)('%s: all points of it, and those that decide', (_, isExempt) => {
    let allowed = 0
    for (let round = 0; round < 150; round++) {
      const isolates = some(clause)
      // rules of a policy hold where it selects
      const rules = some(clause)
        .flatMap((rule) =>
          isolates
            .slice(0, 1)
            .map(({ cube }): Clause => ({
              ...rule,
              cube: [...cube.filter(({ at }) => !rule.cube.some((each) => each.at === at)), ...rule.cube],
            })),
        )
        .filter(({ cube }) =>
          points.every((point) => !holds(point, cube) || isolates.some((each) => holds(point, each.cube))),
        )
      const side: SideClauses = {
        admin: some(step),
        isolates,
        allows: isExempt ? isolates : rules,
        baseline: some(step),
      }
      const [allow, deny] = [pathsToAllow(side), pathsToDeny(side)]
      for (const point of points) {
        const told = (paths: readonly VerdictPath[]): ReadonlySet<unknown> =>
          new Set(
            paths
              .filter(({ cube, avoid }) => holds(point, cube) && !avoid.some((each) => holds(point, each)))
              .map((path) => path.origin?.rule),
          )
        const [isAllowed, by] = judged(side, point)
        const expected = new Set(by.map((each) => each?.origin.rule))
        expect([told(allow), told(deny)]).toEqual(isAllowed ? [expected, new Set()] : [new Set(), expected])
        allowed += Number(isAllowed)
      }
    }
    expect(allowed).toBeGreaterThan(1_000)
    expect(allowed).toBeLessThan(150 * points.length - 1_000)
  })
})

describe('a symbolic connection', () => {
  const vocabulary = vocabularyOf([
    readWorld({
      policies: [
        into(
          {
            namespaceSelector: { matchLabels: { team: 'x', 'kubernetes.io/metadata.name': 'red' } },
            podSelector: { matchLabels: { app: 'a' } },
          },
          { ipBlock: { cidr: '10.0.0.1/32' } },
          { ipBlock: { cidr: '10.0.1.0/24' } },
          { ipBlock: { cidr: '10.9.0.0/30', except: ['10.9.0.1/32', '10.9.0.2/32'] } },
        ),
        narrow('ports', { podSelector: {}, ingress: [{ ports: [{ port: 'web' }, { port: 'admin' }] }] }),
        wide('out', {
          egress: [
            {
              action: 'Accept',
              to: [
                { nodes: { matchLabels: { zone: 'z' } } },
                { domainNames: ['*.example.com', 'www.example.com'] },
              ],
            },
          ],
        }),
      ],
    }),
  ])
  const shapes = connectionShapes(resolveOptions({ hostNetwork: 'pod' }))
  const symbolic = (from: string, to: string, more: Partial<ConnectionShape> = {}): SymbolicConnection => {
    const shape = shapes.find(
      (each) =>
        each.from === from &&
        each.to === to &&
        Object.entries(more).every(([key, value]) => each[key as keyof ConnectionShape] === value),
    )
    if (shape === undefined) throw new Error(`there is no shape ${from} ${to}`)
    return new SymbolicConnection(shape, vocabulary)
  }
  const pod = (role: string): readonly string[] => [`${role}.pod.app`, `${role}.name`, `${role}.ns.team`]
  const ports = ['named.web', 'named.admin']
  const always = ['protocol', 'port', 'domain.*.example.com', 'domain.www.example.com']
  const all = [
    ...['from', 'to'].flatMap((role) => [`${role}.address`, ...pod(role), `${role}.node.zone`]),
    'node.zone',
    ...ports,
    ...always,
  ]

  it.each([
    ['external', 'pod', {}, ['from.address', 'to.address', ...pod('to'), ...ports]],
    ['pod', 'external', {}, ['from.address', ...pod('from'), 'to.address']],
    ['node', 'pod', {}, ['from.address', 'to.address', ...pod('to'), ...ports]],
    ['pod', 'node', {}, ['from.address', ...pod('from'), 'to.address', 'node.zone']],
    [
      'pod',
      'pod',
      { sameNamespace: false },
      ['from.address', ...pod('from'), 'to.address', ...pod('to'), ...ports],
    ],
    [
      'pod',
      'pod',
      { sameNamespace: true, self: false },
      ['from.address', ...pod('from'), 'to.address', 'to.pod.app', ...ports],
    ],
    ['pod', 'pod', { self: true }, ['from.address', ...pod('from'), ...ports]],
    [
      'pod',
      'hostPod',
      { sameNamespace: false },
      ['from.address', ...pod('from'), 'to.address', ...pod('to'), 'node.zone', ...ports],
    ],
    ['hostPod', 'hostPod', { self: true }, ['from.address', ...pod('from'), 'node.zone', ...ports]],
  ] as const)('%s to %s %j has what can be told apart there', (from, to, more, expected) => {
    const there = symbolic(from, to, more)
    const known = all.filter((name) => {
      try {
        return there.space.literal(name, () => true) !== undefined
      } catch {
        return false
      }
    })
    expect(known.toSorted()).toEqual([...expected, ...always].toSorted())
  })

  const address =
    (family: string, first: bigint) =>
    (value: unknown): boolean => {
      const {
        family: own,
        intervals: [[least]],
      } = value as AddressClass
      return own === family && least === first
    }
  const six = address('IPv6', 0n)
  const four = address('IPv4', 0n)
  const lonely = address('IPv4', 0x0a000001n)
  const apart = address('IPv4', 0x0a090000n)
  const net = address('IPv4', 0x0a000100n)
  const is =
    (wanted: unknown) =>
    (value: unknown): boolean =>
      value === wanted
  const isPossible = (
    there: SymbolicConnection,
    tests: Readonly<Record<string, (value: unknown) => boolean>>,
  ): boolean => {
    const cube = Object.entries(tests).map(
      ([name, passes]) => there.space.literal(name, passes) as VariableLiteral,
    )
    return (
      outside(there.space, within(there.space.whole(), cube) as Region, there.never(), {
        below: Infinity,
        any: true,
        budget: new SearchBudget(),
      }) !== undefined
    )
  }

  it.each([
    ['both ends speak one family', { from: four, to: four }, true],
    ['and not two', { from: four, to: six }, false],
    ['the other way round', { from: six, to: four }, false],
    ['IPv6', { from: six, to: six }, true],
    ['two addresses of a range', { from: net, to: net }, true],
    ['of different ones', { from: lonely, to: net }, true],
    ['and', { from: net, to: lonely }, true],
    ['not the same one', { from: lonely, to: lonely }, false],
    ['two addresses apart', { from: apart, to: apart }, true],
  ])('%s', (_, { from, to }, expected) => {
    expect(
      isPossible(symbolic('pod', 'pod', { sameNamespace: false }), {
        'from.address': from,
        'to.address': to,
      }),
    ).toBe(expected)
  })

  it('a pod that reaches itself has its own address', () => {
    expect(isPossible(symbolic('pod', 'pod', { self: true }), { 'from.address': lonely })).toBe(true)
  })

  it('two namespaces are not called the same, unless nobody asks for the name', () => {
    const there = symbolic('pod', 'pod', { sameNamespace: false })
    const called = (from: string, to: string): boolean =>
      isPossible(there, { 'from.name': is(from), 'to.name': is(to) })
    expect([
      called('red', 'red'),
      called('red', 'default'),
      called('default', 'red'),
      called('default', 'default'),
      called(UNMENTIONED, 'red'),
      called(UNMENTIONED, UNMENTIONED),
    ]).toEqual([false, true, true, false, true, true])
    expect(isPossible(symbolic('external', 'pod'), { 'to.name': is('red') })).toBe(true)
  })

  it('who is of a domain is of those that hold it', () => {
    const there = symbolic('pod', 'external')
    const named = (wildcard: boolean, www: boolean): boolean =>
      isPossible(there, { 'domain.*.example.com': is(wildcard), 'domain.www.example.com': is(www) })
    expect([named(true, true), named(true, false), named(false, true), named(false, false)]).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  it('policies see who is there', () => {
    const there = symbolic('pod', 'hostPod', { sameNamespace: false })
    const seen = (['from', 'to'] as const).flatMap((role) =>
      (['cluster', 'NetworkPolicy'] as const).map((view) => there.sees(role, view)),
    )
    expect(seen).toEqual([true, true, false, true])
    expect(
      (['cluster', 'NetworkPolicy'] as const).map((view) => symbolic('node', 'pod').sees('from', view)),
    ).toEqual([false, false])
  })

  it('is where the destination is a node, or on its network', () => {
    expect(
      shapes
        .filter(({ toNode }) => toNode)
        .map(({ to }) => to)
        .filter((to) => to !== 'node' && to !== 'hostPod'),
    ).toEqual([])
    expect(
      shapes
        .filter(({ toNode }) => !toNode)
        .map(({ to }) => to)
        .filter((to) => to !== 'pod' && to !== 'external'),
    ).toEqual([])
  })
})

it('a variable takes as much room as its values need, and each is told from all others', () => {
  const sizes = [0, 1, 31, 32, 62, 63]
  const wideSpace = new Space(sizes.map((size) => ({ name: `v${size}`, values: numbers(size), weight: 1 })))
  expect(wideSpace.whole()).toHaveLength(1 + 1 + 1 + 2 + 2 + 3)
  for (const size of [31, 32, 62, 63]) {
    for (const value of numbers(size)) {
      const cubes = numbers(size)
        .filter((each) => each !== value)
        .map((each) => [wideSpace.literal(`v${size}`, (other) => other === each) as VariableLiteral])
      const found = outside(wideSpace, wideSpace.whole(), cubes, {
        below: Infinity,
        any: false,
        budget: new SearchBudget(),
      })
      expect(found && wideSpace.valueIn(found, `v${size}`)).toBe(value)
    }
  }
})

describe('the simplest example', () => {
  const closed = narrow('in', { podSelector: {} })
  const labelled = narrow('three', {
    podSelector: { matchLabels: { a: '1', b: '2', c: '3' } },
    ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }],
  })
  const ends = (
    a: readonly WorldPolicy[],
    b: readonly WorldPolicy[],
    options?: NetpolOptions,
  ): readonly (PolicyQuery | undefined)[] => {
    const { onlyA, onlyB } = compare(a, b, options)
    return [onlyA, onlyB].map((example) => example?.connection)
  }

  it('is the one with the fewest objects and labels, whichever kind is looked at first', () => {
    // two pods are less to read than an address and three labels
    expect(ends([closed], [closed, labelled, { ...into(pods({})), metadata: { name: 'pods' } }])).toEqual([
      undefined,
      { from: 'default/client', to: 'default/server', port: 80, protocol: 'TCP' },
    ])
    // an address and one label are less than two pods and one
    const one = narrow('one', {
      podSelector: { matchLabels: { a: '1' } },
      ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }],
    })
    expect(
      ends([closed], [closed, one, { ...into(pods({ a: '1' })), metadata: { name: 'pods' } }])[1],
    ).toMatchObject({ from: '203.0.113.9' })
    // the label that both rules ask for is changed, not one of each
    const both = into(pods({ k1: 'x', z: 'y' }), pods({ k2: 'x', z: 'y' }))
    const all = into(pods({}))
    const { onlyB } = compare(
      [
        narrow('x', {
          podSelector: {},
          ingress: [
            {
              from: [
                { podSelector: { matchExpressions: [{ key: 'k1', operator: 'NotIn', values: ['x'] }] } },
                { podSelector: { matchExpressions: [{ key: 'k2', operator: 'NotIn', values: ['x'] }] } },
              ],
            },
          ],
        }),
        both,
      ],
      [all],
    )
    expect(onlyB?.world.pods?.map(({ metadata: { labels } }) => labels)).toEqual([
      { k1: 'x', k2: 'x' },
      undefined,
    ])
  })

  it.each([
    ['both', { node: 'own-node' }],
    ['ingress', { node: 'own-node' }],
    ['none', 'default/client'],
  ] as const)('traffic of the own node, %s', (ownNode, from) => {
    // a rule that fails closed in the last tier denies everyone, until a NetworkPolicy selects the pod: then
    // what that cannot block is open
    const last = wide('last', { tier: 'Baseline', ingress: [{ action: 'Deny', from: [{ services: {} }] }] })
    expect(ends([last], [last, closed], { ownNode })).toEqual([
      undefined,
      {
        from,
        to: from === 'default/client' ? from : 'default/server',
        port: 80,
        protocol: 'TCP',
        ...(from === 'default/client' ? { service: true } : {}),
      },
    ])
  })

  it.each([
    ['both', { node: 'own-node' }],
    ['ingress', 'default/client'],
    ['none', 'default/client'],
  ] as const)('traffic to the own node, %s', (ownNode, to) => {
    const last = wide('last', { tier: 'Baseline', egress: [{ action: 'Deny', to: [{ services: {} }] }] })
    const out = narrow('out', { podSelector: {}, policyTypes: ['Egress'] })
    expect(ends([last], [last, out], { ownNode })[1]).toMatchObject({ from: 'default/client', to })
  })
})

const apps = numbers(20)
const twenty = (shift: number): readonly WorldPolicy[] =>
  apps.map((at) =>
    narrow(`p${at}`, {
      podSelector: { matchLabels: { app: `a${at % 7}` } },
      policyTypes: at % 3 === 0 ? ['Ingress', 'Egress'] : ['Ingress'],
      ingress: [
        {
          from: [
            pods({ app: `a${(at + shift) % 5}` }),
            ...(at % 4 === 0 ? [{ ipBlock: { cidr: `10.${at}.0.0/16` } }] : []),
          ],
          ports: [{ port: 80 + (at % 2) }],
        },
      ],
      egress: [{ to: [pods({ tier: 'x' })] }],
    }),
  )
const tiers = (action: string): readonly WorldPolicy[] =>
  numbers(6).map((at) =>
    wide(`w${at}`, {
      priority: at,
      tier: at < 4 ? 'Admin' : 'Baseline',
      subject: { namespaces: { matchLabels: { team: `t${at % 3}` } } },
      ingress: [
        {
          action: at === 0 ? action : 'Pass',
          from: [{ namespaces: { matchLabels: { team: `t${(at + 1) % 3}` } } }],
        },
        { action: 'Deny', from: [{ namespaces: {} }] },
      ],
    }),
  )
const [holes, pigeons] = [numbers(3), numbers(4)]
const asks = (...labels: readonly (readonly [key: string, operator: string])[]): object => ({
  podSelector: { matchExpressions: labels.map(([key, operator]) => ({ key, operator })) },
})
/** All pods but those whose labels put four pigeons into three holes. */
const pigeonholes = into(
  ...pigeons.map((pigeon) => asks(...holes.map((hole) => [`p${pigeon}h${hole}`, 'DoesNotExist'] as const))),
  ...holes.flatMap((hole) =>
    pigeons.flatMap((one) =>
      pigeons
        .filter((other) => other > one)
        .map((other) => asks([`p${one}h${hole}`, 'Exists'], [`p${other}h${hole}`, 'Exists'])),
    ),
  ),
)

it.each<[string, number, (maxSteps: number) => unknown]>([
  ['twenty policies, each changed', 3912, (maxSteps) => compare(twenty(0), twenty(1), { maxSteps })],
  [
    'twenty policies, in another order',
    3028,
    (maxSteps) => compare(twenty(0), twenty(0).toReversed(), { maxSteps }),
  ],
  ['what opens and closes', 3964, (maxSteps) => policyChanges(twenty(0), twenty(1), { maxSteps })],
  ['what is in vain', 1720, (maxSteps) => analysePolicies(twenty(0).slice(0, 8), { maxSteps })],
  // what is found first is the simplest: nothing else is looked at
  [
    'what anyone can do',
    139,
    (maxSteps) => compare([narrow('closed', { podSelector: {} }), ...twenty(0)], [], { maxSteps }),
  ],
  ['tiers', 119, (maxSteps) => compare(tiers('Deny'), tiers('Accept'), { maxSteps })],
  ['tiers, what is in vain', 822, (maxSteps) => analysePolicies(tiers('Deny'), { maxSteps })],
  ['what is hard', 50, (maxSteps) => compare([pigeonholes], [into(pods({}))], { maxSteps })],
])('%s: takes no more steps than it once did', (_, most, ask) => {
  expect(() => ask(most)).not.toThrow()
  expect(() => ask(1)).toThrow(StepLimitError)
})
