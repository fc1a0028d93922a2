/** What the compiled form works out once, and for whom it holds: speed is what it is for. */
import { describe, expect, it } from 'vitest'
import {
  compileWorld,
  readPolicy,
  resolveOptions,
  type CompiledWorld,
  type PolicyQuery,
  type Direction,
  type NetworkPolicyModel,
  type World,
  type WorldPolicy,
  type WorldPod,
} from '../../src/netpol/index.js'
import { makeCell, type Cell } from '../../src/netpol/compile/cell.js'
import { Tests } from '../../src/netpol/compile/peer-test.js'

const pod = (
  key: string,
  labels: Record<string, string> = {},
  ports: readonly string[] = [],
  ips: readonly string[] = [],
): WorldPod => ({
  metadata: { namespace: key.split('/')[0], name: key.split('/')[1], labels },
  status: { podIPs: ips.map((ip) => ({ ip })) },
  spec: {
    containers: [
      {
        ports: ports
          .map((each) => each.split(':'))
          .map(([name, port, protocol]) => ({ name, containerPort: Number(port), protocol })),
      },
    ],
  },
})
const narrow = (namespace: string, name: string, spec: object): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace, name },
  spec: { podSelector: {}, ...spec },
})
const wide = (name: string, spec: object): WorldPolicy => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
})
const app = (name: string): object => ({ matchLabels: { app: name } })
const deny = [{ action: 'Deny', from: [{ namespaces: {} }] }]

function cellOf(
  compiled: CompiledWorld,
  key: string,
  direction: Direction = 'ingress',
  port = 80,
  protocol: 'TCP' | 'UDP' = 'TCP',
): Cell {
  const kind = compiled.pods.get(key)?.kind
  if (kind === undefined) throw new Error(`${key} is of no kind`)
  return compiled.cell(kind, direction, compiled.placement.point(protocol, port))
}

/** Groups of pods whose cells are the same object. */
function sharing(
  compiled: CompiledWorld,
  keys: readonly string[],
  ...asked: readonly [Direction?, number?, ('TCP' | 'UDP')?]
): readonly string[] {
  const groups = new Map<Cell, string[]>()
  for (const key of keys) {
    const cell = cellOf(compiled, key, ...asked)
    expect(cellOf(compiled, key, ...asked)).toBe(cell)
    groups.set(cell, [...(groups.get(cell) ?? []), key])
  }
  return [...groups.values()].map((group) => group.join(' '))
}

describe('cells', () => {
  const keys = ['a/p', 'a/q', 'a/r', 'b/p', 'b/q', 'c/p', 'c/q']
  const pods = keys.map((key) =>
    pod(key, { app: key.slice(2), ...(key === 'c/q' ? {} : { in: key.slice(0, 1) }) }),
  )

  it.each<
    [rule: string, policies: readonly WorldPolicy[], ingress: readonly string[], egress: readonly string[]]
  >([
    ['no policy', [], ['a/p a/q a/r b/p b/q c/p c/q'], ['a/p a/q a/r b/p b/q c/p c/q']],
    [
      'one of a namespace',
      [narrow('a', 'x', {})],
      ['a/p a/q a/r', 'b/p b/q c/p c/q'],
      ['a/p a/q a/r b/p b/q c/p c/q'],
    ],
    [
      'one of each direction',
      [narrow('a', 'x', {}), narrow('b', 'x', { policyTypes: ['Egress'] })],
      ['a/p a/q a/r', 'b/p b/q c/p c/q'],
      ['a/p a/q a/r c/p c/q', 'b/p b/q'],
    ],
    [
      'by labels',
      [narrow('a', 'x', { podSelector: app('p') }), narrow('a', 'y', { podSelector: app('q') })],
      ['a/p', 'a/q', 'a/r b/p b/q c/p c/q'],
      ['a/p a/q a/r b/p b/q c/p c/q'],
    ],
    [
      'two that some share',
      [narrow('a', 'x', {}), narrow('a', 'y', { podSelector: app('q') })],
      ['a/p a/r', 'a/q', 'b/p b/q c/p c/q'],
      ['a/p a/q a/r b/p b/q c/p c/q'],
    ],
    [
      'of all namespaces',
      [wide('x', { subject: { pods: { podSelector: app('p') } }, ingress: deny })],
      ['a/p b/p c/p', 'a/q a/r b/q c/q'],
      ['a/p a/q a/r b/p b/q c/p c/q'],
    ],
    [
      'of both kinds',
      [wide('x', { subject: { pods: { podSelector: app('p') } }, ingress: deny }), narrow('a', 'x', {})],
      ['a/p', 'a/q a/r', 'b/p c/p', 'b/q c/q'],
      ['a/p a/q a/r b/p b/q c/p c/q'],
    ],
    [
      'of both tiers',
      [
        wide('x', { ingress: deny }),
        wide('y', { tier: 'Baseline', subject: { pods: { podSelector: app('p') } }, ingress: deny }),
      ],
      ['a/p b/p c/p', 'a/q a/r b/q c/q'],
      ['a/p a/q a/r b/p b/q c/p c/q'],
    ],
    [
      'without rules of the direction',
      [
        wide('x', {
          subject: { pods: { podSelector: app('p') } },
          egress: [{ action: 'Deny', to: [{ namespaces: {} }] }],
        }),
      ],
      ['a/p a/q a/r b/p b/q c/p c/q'],
      ['a/p b/p c/p', 'a/q a/r b/q c/q'],
    ],
  ])('are shared by pods that the same policies select: %s', (_, policies, ingress, egress) => {
    const compiled = compileWorld({ pods, policies })
    expect([sharing(compiled, keys, 'ingress'), sharing(compiled, keys, 'egress')]).toEqual([ingress, egress])
  })

  it('are made anew for those that a changed policy selects, or has selected, and stay for others', () => {
    const compiled = compileWorld({
      pods,
      policies: [
        narrow('a', 'x', { podSelector: app('p') }),
        narrow('b', 'x', {}),
        wide('w', {
          subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'c' } } },
          ingress: deny,
        }),
      ],
    })
    const all = (): readonly Cell[] =>
      keys.flatMap((key) => [cellOf(compiled, key), cellOf(compiled, key, 'egress')])
    const renewed = (change: () => void): string => {
      const before = all()
      change()
      return keys
        .filter((_, at) => [0, 1].some((more) => before[2 * at + more] !== all()[2 * at + more]))
        .join(' ')
    }
    expect(renewed(() => compiled.setPolicy(narrow('a', 'x', { podSelector: app('q') })))).toBe('a/p a/q')
    expect(renewed(() => compiled.removePolicy({ kind: 'NetworkPolicy', namespace: 'a', name: 'x' }))).toBe(
      'a/q',
    )
    expect(
      renewed(() =>
        compiled.setPolicy(wide('w', { subject: { pods: { podSelector: app('r') } }, ingress: deny })),
      ),
    ).toBe('a/r c/p c/q')
    expect(renewed(() => compiled.removePolicy({ kind: 'ClusterNetworkPolicy', name: 'w' }))).toBe('a/r')
    expect(renewed(() => compiled.removePolicy({ kind: 'NetworkPolicy', namespace: 'zzz', name: 'x' }))).toBe(
      '',
    )
    expect(renewed(() => compiled.setPolicy(narrow('c', 'x', { policyTypes: ['Egress'] })))).toBe('c/p c/q')
  })

  describe('of pods with named ports', () => {
    const named = [
      pod('a/web', {}, ['web:80']),
      pod('a/also', {}, ['web:80', 'dns:53:UDP']),
      pod('a/other', {}, ['web:8080']),
      pod('a/udp', {}, ['web:80:UDP']),
      pod('a/none'),
      pod('a/dns', {}, ['dns:80']),
    ]
    const all = named.map(({ metadata: { name = '' } }) => `a/${name}`)

    it.each<
      [
        rule: string,
        spec: object,
        direction: Direction,
        port: number,
        groups: readonly string[],
        protocol?: 'UDP',
      ]
    >([
      [
        'are one where no name is told',
        { ingress: [{ ports: [{ port: 80 }] }] },
        'ingress',
        80,
        ['a/web a/also a/other a/udp a/none a/dns'],
      ],
      [
        'are another where the port has a name',
        { ingress: [{ ports: [{ port: 'web' }] }] },
        'ingress',
        80,
        ['a/web a/also', 'a/other a/udp a/none', 'a/dns'],
      ],
      [
        'also where it is told among others',
        { ingress: [{}, { ports: [{ port: 5 }, { port: 'web' }] }] },
        'ingress',
        80,
        ['a/web a/also', 'a/other a/udp a/none', 'a/dns'],
      ],
      [
        'on its number',
        { ingress: [{ ports: [{ port: 'web' }] }] },
        'ingress',
        8080,
        ['a/web a/also a/udp a/none a/dns', 'a/other'],
      ],
      [
        'of its protocol',
        { ingress: [{ ports: [{ port: 'web', protocol: 'UDP' }] }] },
        'ingress',
        80,
        ['a/web a/also a/other a/none a/dns', 'a/udp'],
        'UDP',
      ],
      [
        'on a port without a name they are one',
        { ingress: [{ ports: [{ port: 'web' }] }] },
        'ingress',
        443,
        ['a/web a/also a/other a/udp a/none a/dns'],
      ],
      [
        'on the way out the name is of the other end',
        { egress: [{ ports: [{ port: 'web' }] }] },
        'egress',
        80,
        ['a/web a/also a/other a/udp a/none a/dns'],
      ],
    ])('%s', (_, spec, direction, port, groups, protocol) => {
      expect(
        sharing(
          compileWorld({ pods: named, policies: [narrow('a', 'x', spec)] }),
          all,
          direction,
          port,
          protocol,
        ),
      ).toEqual(groups)
    })

    it('so for policies of all namespaces', () => {
      const compiled = compileWorld({
        pods: named,
        policies: [
          wide('x', {
            ingress: [
              { action: 'Deny', from: [{ namespaces: {} }], protocols: [{ destinationNamedPort: 'web' }] },
            ],
          }),
          narrow('a', 'x', {}),
        ],
      })
      expect(sharing(compiled, all)).toEqual(['a/web a/also', 'a/other a/udp a/none', 'a/dns'])
      expect(sharing(compiled, all, 'egress')).toEqual(['a/web a/also a/other a/udp a/none a/dns'])
    })
  })
})

describe('a cell', () => {
  const told = (
    policies: readonly WorldPolicy[],
    ...asked: readonly [Direction?, number?, ('TCP' | 'UDP')?]
  ): string => {
    const { admin, isolated, accepts, baseline } = cellOf(
      compileWorld({ pods: [pod('a/p', {}, ['web:80'])], policies }),
      'a/p',
      ...asked,
    )
    const matcher = ({ everyone, peers, named }: Cell['accepts'][number]): string =>
      `${everyone ? 'everyone' : String(peers.length)}${named === undefined ? '' : ` at ${named.join('+')}`}`
    const steps = (list: Cell['admin']): string =>
      list.map((step) => `${step.action} ${matcher(step)}`).join(', ')
    return [
      steps(admin),
      `${isolated ? 'isolated' : 'open'} ${accepts.map(matcher).join(', ')}`.trim(),
      steps(baseline),
    ]
      .filter((each) => each !== '')
      .join('; ')
  }
  const [one, two, outside] = [
    { podSelector: app('1') },
    { podSelector: app('2') },
    { ipBlock: { cidr: '10.0.0.0/8' } },
  ]

  it.each<
    [
      rule: string,
      told: string,
      policies: readonly WorldPolicy[],
      ...asked: readonly [Direction?, number?, ('TCP' | 'UDP')?],
    ]
  >([
    ['has no rule of a pod that no policy selects', 'open', []],
    ['none where there is none', 'isolated', [narrow('a', 'x', {})]],
    [
      'all peers of all rules and policies together, each once',
      'isolated 3',
      [
        narrow('a', 'x', { ingress: [{ from: [one, outside] }, { from: [two] }] }),
        narrow('a', 'y', { ingress: [{ from: [one] }] }),
      ],
    ],
    [
      'nobody else where everyone may',
      'isolated everyone',
      [narrow('a', 'x', { ingress: [{ from: [one] }, {}, { from: [two] }] })],
    ],
    [
      'no rule of another port',
      'isolated 1',
      [
        narrow('a', 'x', {
          ingress: [
            { from: [one], ports: [{ port: 80 }] },
            { from: [two], ports: [{ port: 81 }] },
          ],
        }),
      ],
    ],
    [
      'nor of another protocol',
      'isolated',
      [narrow('a', 'x', { ingress: [{ from: [one], ports: [{ protocol: 'UDP' }] }] })],
    ],
    [
      'nor of peers that nobody knows',
      'isolated',
      [narrow('a', 'x', { ingress: [{ from: [{ nodes: {} }] }] })],
    ],
    [
      'also by the name of a port',
      'isolated',
      [
        narrow('a', 'x', {
          policyTypes: ['Egress'],
          egress: [{ to: [{ nodes: {} }], ports: [{ port: 'web' }] }],
        }),
      ],
      'egress',
    ],
    [
      'its own named port',
      'isolated 1',
      [narrow('a', 'x', { ingress: [{ from: [one], ports: [{ port: 'web' }] }] })],
    ],
    [
      'and no other',
      'isolated',
      [narrow('a', 'x', { ingress: [{ from: [one], ports: [{ port: 'dns' }] }] })],
    ],
    [
      'names of the other end with their peers',
      'isolated 1, 1 at web, 2 at dns+web, everyone at dns',
      [
        narrow('a', 'x', {
          policyTypes: ['Egress'],
          egress: [
            { to: [one], ports: [{ port: 'web' }] },
            { to: [one] },
            { to: [one, two], ports: [{ port: 'dns' }, { port: 'web' }] },
            { ports: [{ port: 'dns' }] },
          ],
        }),
      ],
      'egress',
    ],
    [
      'which have a protocol',
      'isolated',
      [narrow('a', 'x', { policyTypes: ['Egress'], egress: [{ to: [one], ports: [{ port: 'web' }] }] })],
      'egress',
      80,
      'UDP',
    ],
    [
      'and are nothing beside the port itself',
      'isolated 1',
      [
        narrow('a', 'x', {
          policyTypes: ['Egress'],
          egress: [{ to: [one], ports: [{ port: 'web' }, { port: 80 }] }],
        }),
      ],
      'egress',
    ],
    [
      'rules of a tier in their order',
      'Pass 1, Deny 2; open',
      [
        wide('x', {
          ingress: [
            { action: 'Pass', from: [{ namespaces: {} }] },
            { action: 'Accept', from: [{ namespaces: {} }], protocols: [{ udp: {} }] },
            { action: 'Deny', from: [{ namespaces: {} }, { pods: { podSelector: app('1') } }] },
          ],
        }),
      ],
    ],
    [
      'of the tier they are of',
      'Accept 1; open; Deny 1',
      [
        wide('x', { ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }] }),
        wide('y', { tier: 'Baseline', ingress: deny }),
      ],
    ],
    [
      'all of it denied by an entry that is not known',
      'Deny everyone, Deny everyone; open',
      [
        wide('x', {
          ingress: [
            { action: 'Deny', from: [{ services: {} }] },
            { action: 'Accept', from: [{ services: {} }] },
            { action: 'Pass', from: [{ services: {} }] },
          ],
        }),
      ],
    ],
  ])('%s', (_, text, policies, ...asked) => {
    expect(told(policies, ...asked)).toBe(text)
  })

  it('an entry of ports that is not known speaks of none', () => {
    const rule = { peers: undefined, ports: [{ kind: 'unknown' }] } as const
    const policy = {
      ...readPolicy(narrow('a', 'x', {})),
      ingress: [rule],
      egress: [rule],
    } as NetworkPolicyModel
    const policies = { admin: [], networkPolicies: [policy], baseline: [] }
    for (const direction of ['ingress', 'egress'] as const)
      expect(
        makeCell(new Tests(resolveOptions()), policies, direction, { id: 0, protocol: 'TCP', port: 80 }, [])
          .accepts,
      ).toEqual([])
  })
})

describe('kinds', () => {
  it('are pods with the same labels, as far as policies ask, and the same named ports', () => {
    const kinds = (policies: readonly WorldPolicy[]): number => {
      const compiled = compileWorld({
        pods: [
          pod('a/1', { app: 'x', tier: '1' }),
          pod('a/2', { app: 'x', tier: '2' }),
          pod('a/3', { app: 'y' }),
          pod('a/4', { app: 'y' }, ['web:80']),
          pod('b/1', { app: 'x' }),
        ],
        policies,
      })
      return [...compiled.placement.kinds()].length
    }
    expect([
      kinds([]),
      kinds([narrow('a', 'x', { podSelector: app('x') })]),
      kinds([
        narrow('c', 'x', {
          ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }] }],
        }),
      ]),
    ]).toEqual([3, 4, 5])
    expect(
      kinds([wide('x', { egress: [{ action: 'Deny', to: [{ pods: { podSelector: app('x') } }] }] })]),
    ).toBe(4)
  })
})

describe('verdicts take the short way', () => {
  const world: World = {
    pods: [
      pod('a/p', {}, [], ['10.0.0.1', 'fd00::1']),
      pod('b/r', {}, [], ['10.0.0.2']),
      { metadata: { name: 'host', namespace: 'a' }, spec: { hostNetwork: true, nodeName: 'n' } },
    ],
    nodes: [
      { metadata: { name: 'n' }, status: { addresses: [{ type: 'InternalIP', address: '172.18.0.1' }] } },
    ],
  }

  /** Whether the ends of the connection are looked up in the model, as `evaluate` does. */
  function takesTheLongWay(connection: PolicyQuery): boolean {
    const compiled = compileWorld(world)
    let count = 0
    for (const map of [compiled.model.pods, compiled.model.nodes]) {
      const get = map.get.bind(map)
      map.get = (key) => {
        count++
        return get(key)
      }
    }
    compiled.allows(connection)
    return count > 0
  }

  it.each<[PolicyQuery, boolean]>([
    [{ from: 'a/p', to: 'b/r', port: 80 }, false],
    [{ from: 'a/p', to: 'a/p', port: 1, protocol: 'UDP' }, false],
    [{ from: 'a/p', to: 'a/host', port: 65535, protocol: 'SCTP', service: true }, false],
    [{ from: '10.0.0.1', to: 'b/r', port: 80, protocol: 'TCP' }, false],
    [{ from: 'a/p', to: 'b/r', port: 80, family: 'IPv4' }, true],
    [{ from: { pod: 'p', namespace: 'a' }, to: 'b/r', port: 80 }, true],
    [{ from: 'a/p', to: { node: 'n' }, port: 80 }, true],
    [{ from: 'external', to: 'b/r', port: 80 }, true],
  ])('%o: %s', (connection, isLong) => {
    expect(takesTheLongWay(connection)).toBe(isLong)
  })
})
