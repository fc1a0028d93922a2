import { InputError } from '../../src/lang/input-error.js'
import { describe, expect, it } from 'vitest'
import { formatIp, parseIp, type IpAddress } from '../../src/lang/go/ip.js'
import { readWorld, resolveOptions, type NetpolOptions, type WorldPolicy } from '../../src/netpol/index.js'
import { sortForEnd, pickAddress } from '../../src/netpol/compare/addresses.js'
import { SearchBudget } from '../../src/netpol/compare/budget.js'
import {
  holdsDomain,
  portsWithin,
  SymbolicConnection,
  connectionShapes,
} from '../../src/netpol/compare/symbolic-connection.js'
import {
  both,
  openLiterals,
  outside,
  Space,
  within,
  type Cube,
  type Region,
  type Variable,
} from '../../src/netpol/compare/space.js'
import { originPath, policyTitle, formatOrigin } from '../../src/netpol/compare/describe.js'
import { UNMENTIONED, vocabularyOf, type AddressClass } from '../../src/netpol/compare/vocabulary.js'

/** Numbers below a bound, the same in every run. */
function draws(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)
const cubeOf = (space: Space, tests: readonly (readonly [string, (value: unknown) => boolean])[]): Cube =>
  tests.flatMap(([name, passes]) => space.literal(name, passes) ?? [])

describe('space', () => {
  // values fill words of 31 bits: one word, one just full, one just over, three
  const sizes = [2, 31, 32, 33, 62, 63]
  const space = new Space(sizes.map((size) => ({ name: `v${size}`, values: numbers(size), weight: size })))

  it('holds all values of each variable, and those that a test lets pass', () => {
    const whole = space.whole()
    for (const size of sizes) {
      for (const value of numbers(size)) {
        const part = within(whole, cubeOf(space, [[`v${size}`, (each) => each === value]])) as Region
        expect(space.valueIn(part, `v${size}`)).toBe(value)
        expect(space.costOf(part)).toBe(value === 0 ? 0 : size)
      }
      expect(space.valueIn(whole, `v${size}`)).toBe(0)
      expect(space.literal(`v${size}`, () => false)).toBeUndefined()
    }
    expect(space.costOf(whole)).toBe(0)
    expect(() => space.literal('w', () => true)).toThrow('bug in compare: there is no variable w')
  })

  it('cubes meet, or exclude each other', () => {
    const of = (name: string, wanted: readonly number[]): Cube =>
      cubeOf(space, [[name, (value) => wanted.includes(value as number)]])
    const valuesOf = (cube: Cube | undefined, name: string): readonly number[] =>
      numbers(63).filter((value) => {
        const part = cube && within(space.whole(), cube)
        const one = part && within(part, of(name, [value]))
        return one !== undefined && space.valueIn(one, name) === value
      })
    expect(valuesOf(both(of('v63', [0, 40, 62]), of('v63', [40, 62, 5])), 'v63')).toEqual([40, 62])
    expect(both(of('v63', [0, 40]), of('v63', [41]))).toBeUndefined()
    const two = both(of('v63', [40]), of('v2', [1])) as Cube
    expect([valuesOf(two, 'v63'), valuesOf(two, 'v2')]).toEqual([[40], [1]])
    expect(both([], of('v2', [1]))).toEqual(of('v2', [1]))
    const region = within(space.whole(), of('v63', [0, 62])) as Region
    expect([
      openLiterals(region, []),
      openLiterals(region, of('v63', [0, 62, 7])),
      openLiterals(region, of('v63', [0, 7])),
      openLiterals(region, of('v63', [7])),
      openLiterals(region, [...of('v63', [0]), ...of('v2', [0])]),
    ]).toEqual([0, 0, 1, -1, 2])
    expect(within(region, of('v63', [7]))).toBeUndefined()
    // the region itself is not changed
    expect(space.valueIn(region, 'v63')).toBe(0)
  })

  it('finds the cheapest point outside of cubes, as trying all points does', () => {
    const draw = draws(7)
    let found = 0
    for (let round = 0; round < 300; round++) {
      const variables: readonly Variable[] = numbers(4).map((at) => ({
        name: `x${at}`,
        values: numbers(2 + draw(2)),
        weight: [0.1, 1, 1, 2][at] ?? 0,
      }))
      const small = new Space(variables)
      const cubes = Array.from({ length: 3 + draw(14) }, () =>
        cubeOf(
          small,
          variables
            .filter(() => draw(3) > 0)
            .map(({ name, values }) => {
              const allowed = values.filter(() => draw(3) > 0)
              return [
                name,
                (value) => allowed.includes(value) || (allowed.length === 0 && value === 0),
              ] as const
            }),
        ),
      ).filter((cube) => cube.length > 0)
      const points = variables.reduce<readonly Region[]>(
        (regions, { name, values }) =>
          regions.flatMap((region) =>
            values.map(
              (value) => within(region, cubeOf(small, [[name, (each) => each === value]])) as Region,
            ),
          ),
        [small.whole()],
      )
      const free = points.filter((point) => cubes.every((cube) => openLiterals(point, cube) < 0))
      const least = Math.min(Infinity, ...free.map((point) => small.costOf(point)))
      const seek = (below: number, any: boolean): Region | undefined =>
        outside(small, small.whole(), cubes, { below, any, budget: new SearchBudget() })
      const best = seek(Infinity, false)
      found += Number(best !== undefined)
      expect(best === undefined ? Infinity : small.costOf(best)).toBe(least)
      if (best === undefined) continue
      expect(cubes.every((cube) => openLiterals(best, cube) < 0)).toBe(true)
      expect(seek(least, false)).toBeUndefined()
      expect(seek(least + 0.01, false)).toBeDefined()
      const some = seek(Infinity, true)
      expect(some !== undefined && cubes.every((cube) => openLiterals(some, cube) < 0)).toBe(true)
    }
    expect(found).toBeGreaterThan(50)
    expect(found).toBeLessThan(290)
  })
})

const v4 = (first: string, last = first): AddressClass => ({
  family: 'IPv4',
  intervals: [[(parseIp(first) as IpAddress).value, (parseIp(last) as IpAddress).value]],
})
const v6 = (first: string, last = first): AddressClass => ({
  family: 'IPv6',
  intervals: [[(parseIp(first) as IpAddress).value, (parseIp(last) as IpAddress).value]],
})
const every4 = v4('0.0.0.0', '255.255.255.255')
const every6 = v6('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')

describe('addresses that read well', () => {
  it('are those that each sort of end usually has', () => {
    const pick = (
      among: AddressClass,
      ...rest: [Parameters<typeof pickAddress>[1], Parameters<typeof pickAddress>[2]]
    ): string => formatIp(pickAddress(among, ...rest, undefined))
    const sorts = ['pod', 'hostPod', 'node', 'external'] as const
    expect(
      sorts.flatMap((sort) =>
        (['from', 'to'] as const).flatMap((role) => [pick(every4, sort, role), pick(every6, sort, role)]),
      ),
    ).toEqual([
      '10.244.0.10',
      'fd00:10::a',
      '10.244.0.11',
      'fd00:10::b',
      '192.168.0.1',
      'fd00:20::1',
      '192.168.0.2',
      'fd00:20::2',
      '192.168.0.1',
      'fd00:20::1',
      '192.168.0.2',
      'fd00:20::2',
      '203.0.113.9',
      '2001:db8::9',
      '203.0.113.10',
      '2001:db8::a',
    ])
    // else those of others, else the second of the range
    expect(pick(v4('10.0.0.0', '10.255.255.255'), 'external', 'from')).toBe('10.244.0.10')
    expect(pick(v4('192.168.0.0', '192.168.0.255'), 'external', 'to')).toBe('192.168.0.2')
    expect(pick(v4('203.0.113.0', '203.0.113.255'), 'pod', 'to')).toBe('203.0.113.10')
    expect(pick(v4('1.0.0.0', '1.255.255.255'), 'pod', 'to')).toBe('1.0.0.1')
    expect(pick(v4('1.0.0.7'), 'pod', 'to')).toBe('1.0.0.7')
    expect(pick(v6('1::', '1::ff'), 'pod', 'to')).toBe('1::1')
    // the first or last of a range, and one of several
    expect([
      pick(v4('10.244.0.10', '10.244.0.20'), 'pod', 'from'),
      pick(v4('10.244.0.0', '10.244.0.10'), 'pod', 'from'),
    ]).toEqual(['10.244.0.10', '10.244.0.10'])
    expect(
      pick(
        {
          family: 'IPv4',
          intervals: [...v4('1.0.0.0', '1.0.0.9').intervals, ...v4('10.0.0.0', '10.255.255.255').intervals],
        },
        'pod',
        'from',
      ),
    ).toBe('10.244.0.10')
  })

  it('are not those that are taken', () => {
    const taken = (among: AddressClass, address: string): string =>
      formatIp(pickAddress(among, 'pod', 'from', parseIp(address)))
    expect(taken(every4, '10.244.0.10')).toBe('192.168.0.1')
    expect(taken(every4, 'fd00:10::a')).toBe('10.244.0.10')
    expect(taken(v4('1.0.0.0', '1.0.0.2'), '1.0.0.1')).toBe('1.0.0.0')
    expect(taken(v4('1.0.0.0', '1.0.0.1'), '1.0.0.0')).toBe('1.0.0.1')
    expect(
      taken(
        { family: 'IPv4', intervals: [...v4('1.0.0.7').intervals, ...v4('2.0.0.0', '2.0.0.9').intervals] },
        '1.0.0.7',
      ),
    ).toBe('2.0.0.1')
    expect(() => taken(v4('1.0.0.7'), '1.0.0.7')).toThrow(
      'bug in compare: a class of addresses has none left',
    )
    // the same number in another family is another address
    expect(taken(v4('0.0.0.1'), '::1')).toBe('0.0.0.1')
  })

  it('come in the order in which they read well, IPv4 first', () => {
    const classes = [
      v6('2001:db8::', '2001:db8::ff'),
      v4('1.0.0.0', '1.0.0.9'),
      v4('203.0.113.0', '203.0.113.255'),
      v6('fd00:10::', 'fd00:10::ff'),
      v4('192.168.0.0', '192.168.255.255'),
      v4('10.0.0.0', '10.255.255.255'),
    ]
    const told = (sort: 'pod' | 'node' | 'external'): readonly string[] =>
      sortForEnd(classes, sort, 'from').map(({ intervals: [interval] }) => interval?.[0].toString(16) ?? '')
    expect(told('pod')).toEqual([
      'a000000',
      'c0a80000',
      'cb007100',
      '1000000',
      'fd000010000000000000000000000000',
      '20010db8000000000000000000000000',
    ])
    expect(told('node').slice(0, 2)).toEqual(['c0a80000', 'a000000'])
    expect(told('external')).toEqual([
      'cb007100',
      'a000000',
      'c0a80000',
      '1000000',
      '20010db8000000000000000000000000',
      'fd000010000000000000000000000000',
    ])
  })
})

const setOf = (...policies: readonly WorldPolicy[]): ReturnType<typeof readWorld> => readWorld({ policies })
const narrow = (spec: object, namespace = 'default'): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { name: 'x', namespace },
  spec,
})
const wide = (spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name: 'w' },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})

it('a budget has as many steps as it is given', () => {
  const budget = new SearchBudget(2)
  budget.step()
  budget.step()
  expect(() => budget.step()).toThrow('no result after 2 steps')
  expect(() => new SearchBudget(1.5)).toThrow(new InputError('maxSteps: 1.5 is not a positive integer'))
})

describe('vocabulary', () => {
  it('is all that policies speak of', () => {
    const words = vocabularyOf([
      setOf(
        narrow(
          {
            podSelector: { matchLabels: { app: 'a' } },
            ingress: [
              {
                from: [
                  {
                    namespaceSelector: { matchLabels: { team: 'x', 'kubernetes.io/metadata.name': 'named' } },
                    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['b', 'c'] }] },
                  },
                ],
                ports: [{ port: 80 }, { port: 'web' }],
              },
            ],
            egress: [
              {
                to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
                ports: [{ port: 100, endPort: 200 }, { protocol: 'UDP' }],
              },
            ],
          },
          'home',
        ),
      ),
      setOf(
        wide({
          subject: {
            pods: {
              namespaceSelector: { matchLabels: { team: 'y' } },
              podSelector: { matchLabels: { tier: 't' } },
            },
          },
          egress: [
            {
              action: 'Accept',
              to: [{ nodes: { matchLabels: { zone: 'z' } } }, { domainNames: ['*.example.com'] }],
            },
            {
              action: 'Deny',
              to: [
                {
                  namespaces: {
                    matchExpressions: [
                      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['other', 'No_Name'] },
                    ],
                  },
                },
              ],
            },
          ],
        }),
      ),
    ])
    const told = (labels: ReadonlyMap<string, ReadonlySet<string>>): unknown =>
      Object.fromEntries([...labels].map(([key, values]) => [key, [...values]]))
    expect([told(words.podLabels), told(words.namespaceLabels), told(words.nodeLabels)]).toEqual([
      { app: ['a', 'b', 'c'], tier: ['t'] },
      { team: ['x', 'y'] },
      { zone: ['z'] },
    ])
    expect([words.namespaces, words.portNames, words.domains]).toEqual([
      ['default', 'home', 'named', 'other'],
      ['web'],
      ['*.example.com'],
    ])
    expect(words.ports).toEqual([
      { first: 80, last: 80 },
      { first: 1, last: 79 },
      { first: 81, last: 99 },
      { first: 100, last: 200 },
      { first: 201, last: 65535 },
    ])
    const range = (first: string, last: string): readonly [bigint, bigint] => [
      (parseIp(first) as IpAddress).value,
      (parseIp(last) as IpAddress).value,
    ]
    expect(words.addresses).toEqual([
      {
        family: 'IPv4',
        intervals: [range('0.0.0.0', '9.255.255.255'), range('11.0.0.0', '255.255.255.255')],
      },
      { family: 'IPv4', intervals: [range('10.0.0.0', '10.0.255.255'), range('10.2.0.0', '10.255.255.255')] },
      { family: 'IPv4', intervals: [range('10.1.0.0', '10.1.255.255')] },
      { family: 'IPv6', intervals: [range('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')] },
    ])
  })

  it('of nothing is one of each', () => {
    expect(vocabularyOf([setOf()])).toEqual({
      podLabels: new Map(),
      namespaceLabels: new Map(),
      nodeLabels: new Map(),
      namespaces: ['default'],
      portNames: [],
      domains: [],
      ports: [{ first: 1, last: 65535 }],
      addresses: [{ family: 'IPv4', intervals: [[0n, 0xffffffffn]] }],
    })
    expect(UNMENTIONED).toBe('\u0000')
  })
})

describe('shapes', () => {
  const shapes = (options: NetpolOptions = {}): readonly string[] =>
    connectionShapes(resolveOptions(options)).map(({ from, to, ...rest }) =>
      [from, to, ...(['sameNamespace', 'self', 'ownNode'] as const).filter((field) => rest[field])].join(' '),
    )

  it('are all who could speak to each other where policies decide', () => {
    expect(shapes()).toEqual([
      'external pod',
      'pod external',
      'node pod',
      'pod node',
      'node pod ownNode',
      'pod node ownNode',
      'pod pod sameNamespace',
      'pod pod',
      'pod pod sameNamespace self',
    ])
    const more = shapes({ hostNetwork: 'pod' })
    expect(more).toHaveLength(22)
    expect(new Set(more).size).toBe(22)
    expect(more).toContain('hostPod hostPod sameNamespace self')
  })

  it('cost what one has to read', () => {
    const costs = connectionShapes(resolveOptions({ hostNetwork: 'pod' })).map((shape) => [
      `${shape.from} ${shape.to}${shape.self ? ' self' : ''}${shape.ownNode ? ' own' : ''}`,
      new SymbolicConnection(shape, vocabularyOf([setOf()])).base,
    ])
    expect(Object.fromEntries(costs)).toMatchObject({
      'external pod': 1,
      'pod external': 1,
      'node pod': 2,
      'node pod own': 3,
      'pod pod': 2,
      'pod pod self': 4,
      'pod hostPod': 3,
      'hostPod hostPod': 4,
      'hostPod hostPod self': 5,
    })
  })

  it.each<[string, string, boolean]>([
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '*.a.example.com', true],
    ['*.example.com', '*.example.com', false],
    ['*.a.example.com', '*.example.com', false],
    ['www.example.com', 'www.example.com', false],
    ['www.example.com', '*.example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com', '*.other.com', false],
  ])('%s holds %s: %s', (whole, part, holds) => {
    expect(holdsDomain(whole, part)).toBe(holds)
  })

  it('ports lie within a range or not', () => {
    const range = { first: 10, last: 20 }
    expect(
      [
        [10, 20],
        [10, 10],
        [20, 20],
        [9, 20],
        [10, 21],
        [1, 9],
        [21, 30],
      ].map(([first = 0, last = 0]) => portsWithin({ first, last }, range)),
    ).toEqual([true, true, true, false, false, false, false])
  })
})

describe('what is told of policies', () => {
  const [model] = [
    ...setOf(
      narrow({
        podSelector: { matchLabels: { app: 'a' } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {},
          {
            from: [
              { podSelector: {} },
              {
                podSelector: { matchLabels: { app: 'b', tier: 't' } },
                namespaceSelector: { matchLabels: { team: 'x' } },
              },
            ],
            ports: [{ port: 80 }, { port: 90, endPort: 95, protocol: 'UDP' }, { port: 'web' }, {}],
          },
          { from: [{}] },
        ],
        egress: [
          {
            to: [
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } },
              { namespaceSelector: {} },
            ],
          },
        ],
      }),
    ).networkPolicies.values(),
  ].flat()
  const [cluster] = setOf(
    wide({
      ingress: [
        {
          action: 'Deny',
          from: [{ namespaces: { matchLabels: { team: 'x' } } }],
          protocols: [{ destinationNamedPort: 'web' }, { icmp: {} }],
        },
      ],
      egress: [
        {
          action: 'Accept',
          to: [
            { nodes: {} },
            { nodes: { matchLabels: { zone: 'z' } } },
            { networks: ['10.0.0.0/8', 'fd00::/8'] },
            { domainNames: ['a.b', '*.c.d'] },
          ],
        },
      ],
    }),
  ).admin
  if (model === undefined || cluster === undefined) throw new Error('they cannot be read')

  it('is who they are, which field, and whom it speaks of', () => {
    expect([policyTitle(model), policyTitle(cluster)]).toEqual([
      'NetworkPolicy default/x',
      'ClusterNetworkPolicy w',
    ])
    const origins = [
      { policy: model, direction: 'ingress' },
      ...numbers(3).map((rule) => ({ policy: model, direction: 'ingress' as const, rule })),
      { policy: model, direction: 'egress', rule: 0 },
      { policy: cluster, direction: 'egress' },
      { policy: cluster, direction: 'ingress', rule: 0 },
      { policy: cluster, direction: 'egress', rule: 0 },
    ] as const
    expect(origins.map((origin) => `${originPath(origin)}: ${formatOrigin(origin)}`)).toMatchInlineSnapshot(`
      [
        "spec.podSelector: to pods app=a in namespace default",
        "spec.ingress[0]: to pods app=a in namespace default from anyone, all ports",
        "spec.ingress[1]: to pods app=a in namespace default from pods in namespace default or pods app=b,tier=t in namespaces team=x, TCP 80, UDP 90-95, TCP "web", TCP",
        "spec.ingress[2]: to pods app=a in namespace default from a peer without a known field, all ports",
        "spec.egress[0]: from pods app=a in namespace default to 10.0.0.0/8 except 10.1.0.0/16, 10.2.0.0/16 or pods in any namespace, all ports",
        "spec.subject: from pods in any namespace",
        "spec.ingress[0]: to pods in any namespace from pods in namespaces team=x, "web", a port without a known field",
        "spec.egress[0]: from pods in any namespace to nodes or nodes zone=z or 10.0.0.0/8, fd00::/8 or a.b, *.c.d, all ports",
      ]
    `)
  })
})
