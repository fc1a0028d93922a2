import { describe, expect, it } from 'vitest'
import {
  readNamespace,
  readNode,
  readPod,
  readPolicy,
  readWorld,
  WorldError,
  type World,
} from '../../src/netpol/index.js'

type Fields = Record<string, unknown>
type Read = (value: unknown) => unknown

const labelled = {
  matchLabels: { app: 'a', tier: '' },
  matchExpressions: [
    { key: 'team', operator: 'In', values: ['x', 'y'] },
    { key: 'old', operator: 'DoesNotExist' },
  ],
}
const pods = { namespaceSelector: labelled, podSelector: labelled }
const metadata = { name: 'x', namespace: 'a', labels: { app: 'a' } }
const old = { portNumber: { port: 80, protocol: 'UDP' } }
const rule = (peers: object): object => ({ name: 'r', action: 'Deny', ...peers })

/** An object of each kind with everything that is looked at. */
const objects: readonly (readonly [string, Read, Fields])[] = [
  ['Namespace', readNamespace, { metadata: { name: 'x', labels: { team: 'a' } } }],
  [
    'Node',
    readNode,
    {
      metadata: { name: 'x', labels: { zone: 'a' } },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'ExternalIP', address: 'fd00::1' },
        ],
      },
    },
  ],
  [
    'Pod',
    readPod,
    {
      metadata,
      spec: {
        nodeName: 'n',
        containers: [{ ports: [{ name: 'web', containerPort: 80, protocol: 'UDP' }] }],
        initContainers: [{ restartPolicy: 'Always', ports: [{ name: 'side', containerPort: 81 }] }],
      },
      status: { phase: 'Failed', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] },
    },
  ],
  [
    'NetworkPolicy',
    readPolicy,
    {
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'a' },
      spec: {
        podSelector: labelled,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }, pods],
            ports: [{ protocol: 'TCP', port: 80, endPort: 81 }, { port: 'web' }],
          },
        ],
        egress: [{ to: [{ podSelector: {} }], ports: [{ protocol: 'SCTP' }] }],
      },
    },
  ],
  [
    'ClusterNetworkPolicy',
    readPolicy,
    {
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: {
        tier: 'Baseline',
        priority: 7,
        subject: { pods },
        ingress: [
          {
            ...rule({ from: [{ namespaces: labelled }, { pods }] }),
            protocols: [
              { tcp: { destinationPort: { number: 80 } } },
              { udp: { destinationPort: { range: { start: 80, end: 81 } } } },
              { sctp: {} },
              { destinationNamedPort: 'web' },
            ],
          },
        ],
        egress: [
          rule({ to: [{ nodes: labelled }, { networks: ['10.0.0.0/8', 'fd00::/8'] }] }),
          { action: 'Accept', to: [{ domainNames: ['a.example.com', '*.b.example.com'] }] },
        ],
      },
    },
  ],
  [
    'AdminNetworkPolicy',
    readPolicy,
    {
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'x' },
      spec: {
        priority: 7,
        subject: { namespaces: labelled },
        ingress: [
          {
            ...rule({ from: [{ namespaces: labelled }] }),
            ports: [old, { portRange: { start: 1, end: 2 } }, { namedPort: 'web' }],
          },
        ],
        egress: [rule({ to: [{ pods }] })],
      },
    },
  ],
  [
    'BaselineAdminNetworkPolicy',
    readPolicy,
    {
      kind: 'BaselineAdminNetworkPolicy',
      metadata: { name: 'default' },
      spec: {
        subject: { pods },
        ingress: [rule({ from: [{ pods }] })],
        egress: [{ ...rule({ to: [{ namespaces: {} }] }), ports: [old] }],
      },
    },
  ],
]

interface Place {
  /** As faults tell it. */
  readonly path: string
  readonly keys: readonly string[]
  readonly value: unknown
  readonly isEntry: boolean
}

/** Every place in an object, outer ones first. */
function placesIn(value: unknown, path = '', keys: readonly string[] = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  return Object.entries(value).flatMap(([key, each]) => {
    const here = isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    return [
      { path: here, keys: [...keys, key], value: each, isEntry: isList },
      ...placesIn(each, here, [...keys, key]),
    ]
  })
}

function changed(
  object: Fields,
  keys: readonly string[],
  change: (parent: Fields, key: string) => void,
): Fields {
  const copy = structuredClone(object)
  change(
    keys.slice(0, -1).reduce((each, key) => each[key] as Fields, copy),
    keys.at(-1) ?? '',
  )
  return copy
}

/** What comes of reading, in a form that can be compared. */
function outcome(read: Read, object: Fields): string {
  try {
    return JSON.stringify(read(object), (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
  } catch (error) {
    if (error instanceof WorldError) return error.message
    throw error
  }
}

function faultFields(read: Read, object: Fields): readonly string[] {
  try {
    read(object)
    return []
  } catch (error) {
    if (error instanceof WorldError) return error.faults.map(({ field }) => field)
    throw error
  }
}

// what a kind is decides what is read at all; of an address that is of another type nothing is read
const isFree = ({ path }: Place): boolean =>
  path === 'kind' || path.endsWith('.type') || path.endsWith('.restartPolicy')

describe.each(objects)('%s', (_, read, object) => {
  it('can be read', () => {
    expect(faultFields(read, object)).toEqual([])
  })

  it('what is of another type is told by its path', () => {
    for (const place of placesIn(object)) {
      if (isFree(place)) continue
      const others =
        typeof place.value === 'string'
          ? [{}, [], true]
          : typeof place.value === 'number'
            ? [{}, [], 1.5]
            : ['x', 7, Array.isArray(place.value) ? {} : []]
      for (const other of others) {
        const wrong = changed(object, place.keys, (parent, key) => {
          parent[key] = other
        })
        expect(faultFields(read, wrong), `${place.path}: ${JSON.stringify(other)}`).toContain(place.path)
      }
    }
  })

  it('null is nothing', () => {
    for (const place of placesIn(object)) {
      if (place.isEntry || place.path === 'kind') continue
      const [isNull, isAbsent] = [null, undefined].map((nothing) =>
        changed(object, place.keys, (parent, key) => {
          if (nothing === null) parent[key] = null
          else delete parent[key]
        }),
      ) as [Fields, Fields]
      // a label that is null counts as one that is there, as the apiserver reads it
      if (/\.(labels|matchLabels)\.\w+$/.test(place.path)) continue
      expect(outcome(read, isNull), place.path).toBe(outcome(read, isAbsent))
    }
  })
})

describe.each(objects.filter(([, read]) => read === readPolicy))('%s', (_, read, object) => {
  it(
    'fields of a policy that are not known are told, but for those of peers and ports, which may come ' +
      'with a later version',
    () => {
      for (const { path, keys, value } of placesIn(object)) {
        if (
          !path.startsWith('spec') ||
          typeof value !== 'object' ||
          Array.isArray(value) ||
          /\.matchLabels$|\.(from|to|ports|protocols)\[\d+\]$/.test(path)
        )
          continue
        const wrong = changed(object, [...keys, 'strange'], (parent, key) => {
          parent[key] = 1
        })
        expect(faultFields(read, wrong), path).toContain(`${path}.strange`)
      }
    },
  )
})

describe('without a place, an object is named by its kind', () => {
  it.each([
    ['pod', readPod],
    ['node', readNode],
    ['namespace', readNamespace],
    ['policy', readPolicy],
  ] as const)('%s', (name, read) => {
    expect(() => read(null)).toThrow(`${name}: Required value`)
    expect(() => read(undefined)).toThrow(`${name}: Required value`)
  })

  it('in a world by their place', () => {
    const wrong = (world: object): string => outcome((value) => readWorld(value as World), world as Fields)
    const list = [{ metadata: { name: 'x' } }, {}]
    expect(['pods', 'nodes', 'namespaces'].map((field) => wrong({ [field]: list }))).toEqual(
      ['pods', 'nodes', 'namespaces'].map((field) => `${field}[1]: metadata.name: Required value`),
    )
    expect(wrong({ policies: [{ kind: 'NetworkPolicy', metadata: { name: 'x' } }, {}] })).toContain(
      'policies[1]: kind: ',
    )
    const twice = (field: string, object: object): void =>
      expect(
        wrong({ [field]: [object, { metadata: { name: 'other' }, kind: 'NetworkPolicy' }, object] }),
      ).toBe(
        `world: ${field}: Duplicate value: ` +
          `"${field === 'pods' ? 'default/x' : field === 'policies' ? 'NetworkPolicy default/x' : 'x'}"`,
      )
    for (const field of ['pods', 'nodes', 'namespaces', 'policies'])
      twice(field, { metadata: { name: 'x' }, kind: 'NetworkPolicy' })
    expect(wrong({ domains: { 'a.b': [], 'A.B.': [] } })).toBe('world: domains: Duplicate value: "a.b"')
    expect(wrong({ domains: 3 })).toContain('domains: ')
    expect(wrong({ domains: { a: 3 } })).toContain('domains.a: ')
    expect(() => readWorld(7 as World)).toThrow('world: Required value')
    expect(wrong({ pods: null, nodes: null, namespaces: null, policies: null, domains: null })).toBe(
      wrong({}),
    )
  })
})

describe('pods', () => {
  const podWith = (spec: object, status: object = {}): ReturnType<typeof readPod> =>
    readPod({ metadata: { name: 'x' }, spec, status })

  it('have the ports that have a name and a number, of containers and then of sidecars', () => {
    const ports = [
      { name: 'a', containerPort: 1 },
      { containerPort: 2 },
      { name: 'c' },
      { name: '', containerPort: 4 },
      { name: 'e', containerPort: 5, protocol: 'SCTP' },
    ]
    expect(
      podWith({
        containers: [{}, { ports }],
        initContainers: [
          { restartPolicy: 'Always', ports: [{ name: 's', containerPort: 6 }] },
          { ports: [{ name: 'i', containerPort: 7 }] },
        ],
      }).ports,
    ).toEqual([
      { name: 'a', protocol: 'TCP', port: 1 },
      { name: 'e', protocol: 'SCTP', port: 5 },
      { name: 's', protocol: 'TCP', port: 6 },
    ])
    expect(podWith({}).ports).toEqual([])
  })

  it('have each of their addresses once, the first first', () => {
    expect(
      podWith(
        {},
        {
          podIP: '10.0.0.1',
          podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }, { ip: '' }, {}, { ip: 'fd00::1' }],
        },
      ).addresses,
    ).toEqual([
      { family: 'IPv4', value: 0x0a000001n },
      { family: 'IPv6', value: (0xfdn << 120n) + 1n },
    ])
    // the same number in two families is two addresses
    expect(
      podWith({}, { podIPs: [{ ip: '0.0.0.1' }, { ip: '::1' }, { ip: '0.0.0.2' }] }).addresses,
    ).toHaveLength(3)
    expect(podWith({}, { podIP: '' }).addresses).toEqual([])
  })

  it('are on a node only when it has a name, and finished in two phases', () => {
    expect(podWith({ nodeName: '' }).node).toBeUndefined()
    expect(podWith({ nodeName: 'n' }).node).toBe('n')
    expect(
      ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].map(
        (phase) => podWith({}, { phase }).finished,
      ),
    ).toEqual([false, false, true, true, false])
    expect([true, false, undefined].map((hostNetwork) => podWith({ hostNetwork }).hostNetwork)).toEqual([
      true,
      false,
      false,
    ])
  })

  it('are in the namespace default when none is told', () => {
    expect(
      [undefined, '', 'a'].map((namespace) => readPod({ metadata: { name: 'x', namespace } }).key),
    ).toEqual(['default/x', 'default/x', 'a/x'])
    expect(() => readPod({ metadata: { name: '' } }, 'here')).toThrow('here: metadata.name: Required value')
  })
})

it('nodes have their internal and external addresses, not their names', () => {
  const { addresses } = readNode({
    metadata: { name: 'n' },
    status: {
      addresses: [
        { type: 'Hostname', address: 'n' },
        { type: 'ExternalIP', address: '10.0.0.2' },
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'InternalIP', address: '' },
      ],
    },
  })
  expect(addresses.map(({ value }) => value)).toEqual([0x0a000002n, 0x0a000001n])
  expect(readNode({ metadata: { name: 'n' } }).addresses).toEqual([])
})

describe('cluster-wide policies', () => {
  const read = (spec: object, more: object = {}): ReturnType<typeof readPolicy> =>
    readPolicy({
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'x', ...more },
      spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec },
    })
  const egress = (to: object, more: object = {}): object => ({
    egress: [{ action: 'Accept', to: [to], ...more }],
  })
  const times = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

  it('have 25 of everything at most, the superseded kinds 100 rules, peers and ports', () => {
    const namespaces = times(25).map(() => ({ namespaces: {} }))
    const deny = { action: 'Deny', to: [{ namespaces: {} }] }
    for (const [isRight, wrong, path] of [
      [
        egress({ networks: times(25).map((at) => `10.${at}.0.0/16`) }),
        egress({ networks: times(26).map((at) => `10.${at}.0.0/16`) }),
        'spec.egress[0].to[0].networks',
      ],
      [
        egress({ domainNames: times(25).map((at) => `a${at}.example.com`) }),
        egress({ domainNames: times(26).map((at) => `a${at}.example.com`) }),
        'spec.egress[0].to[0].domainNames',
      ],
      [
        { egress: [{ action: 'Deny', to: namespaces }] },
        { egress: [{ action: 'Deny', to: [...namespaces, { namespaces: {} }] }] },
        'spec.egress[0].to',
      ],
      [{ egress: times(25).map(() => deny) }, { egress: times(26).map(() => deny) }, 'spec.egress'],
      [
        { egress: [{ ...deny, protocols: times(25).map(() => ({ tcp: {} })) }] },
        { egress: [{ ...deny, protocols: times(26).map(() => ({ tcp: {} })) }] },
        'spec.egress[0].protocols',
      ],
    ] as const) {
      expect(read(isRight)).toBeDefined()
      expect(() => read(wrong)).toThrow(
        `ClusterNetworkPolicy x: ${path}: Too many: 26: must have at most 25 items`,
      )
    }
    const older = (count: number): unknown =>
      readPolicy({
        kind: 'AdminNetworkPolicy',
        metadata: { name: 'x' },
        spec: { priority: 1, subject: { namespaces: {} }, egress: times(count).map(() => deny) },
      })
    expect(older(100)).toBeDefined()
    expect(() => older(101)).toThrow('spec.egress: Too many: 101')
  })

  it.each(['example.com', '*.example.com', 'example.com.', 'a.b-c.d_e.f0', 'A.Example.COM', '1.2', 'a--b.c'])(
    '%s is a domain name',
    (name) => {
      const policy = read(egress({ domainNames: [name] }))
      expect(policy.kind === 'NetworkPolicy' || policy.egress[0]?.peers).toEqual([
        { kind: 'domains', domains: [name.toLowerCase().replace(/\.$/, '')] },
      ])
    },
  )

  it.each([
    'com',
    '*',
    '*.com',
    '.example.com',
    'example..com',
    '-a.com',
    'a-.com',
    'a.-com',
    'a.com-',
    'a.*.com',
    '*.',
    '**.example.com',
    '*example.com',
    '_a.com',
    'a_.com',
    'a b.com',
    'example.com..',
    'example.com/',
    'é.com',
    '',
  ])('"%s" is none', (name) => {
    expect(() => read(egress({ domainNames: [name] }))).toThrow(
      'must be a domain name, or one with the prefix "*."',
    )
  })

  it('fail closed by what is empty, unknown or in the wrong place', () => {
    const closed = (spec: object): unknown => {
      const policy = read(spec)
      return (
        policy.kind === 'NetworkPolicy' ||
        [...policy.ingress, ...policy.egress].map(({ failsClosed }) => failsClosed)
      )
    }
    expect(closed(egress({ namespaces: {} }, { protocols: [{ destinationNamedPort: '' }] }))).toEqual([true])
    expect(closed(egress({ namespaces: {} }, { protocols: [{ destinationNamedPort: 'web' }] }))).toEqual([
      false,
    ])
    expect(closed(egress({ namespaces: {} }, { protocols: [{}] }))).toEqual([true])
    expect(closed(egress({ namespaces: {} }, { protocols: [] }))).toEqual([false])
    for (const field of [{ nodes: {} }, { networks: ['10.0.0.0/8'] }, { domainNames: ['a.example.com'] }]) {
      expect(closed(egress(field))).toEqual([false])
      expect(closed({ ingress: [{ action: 'Accept', from: [field] }] })).toEqual([true])
    }
    const named = (namedPort: string): unknown => {
      const policy = readPolicy({
        kind: 'AdminNetworkPolicy',
        metadata: { name: 'x' },
        spec: {
          priority: 1,
          subject: { namespaces: {} },
          ingress: [{ action: 'Deny', from: [{ namespaces: {} }], ports: [{ namedPort }] }],
        },
      })
      return policy.kind === 'NetworkPolicy' || policy.ingress[0]?.failsClosed
    }
    expect([named(''), named('web')]).toEqual([true, false])
  })

  it('have a priority from 0 to 1000 that must be told, and are of the time at which they were made', () => {
    expect([0, 1000].map((priority) => (read({ priority }) as { priority: number }).priority)).toEqual([
      0, 1000,
    ])
    for (const priority of [-1, 1001])
      expect(() => read({ priority })).toThrow('spec.priority: Invalid value')
    expect(() =>
      readPolicy({
        kind: 'AdminNetworkPolicy',
        metadata: { name: 'x' },
        spec: { subject: { namespaces: {} } },
      }),
    ).toThrow('AdminNetworkPolicy x: spec.priority: Required value')
    expect(read({}, { creationTimestamp: '1970-01-01T00:00:02Z' })).toMatchObject({ created: 2000 })
    expect(read({})).toMatchObject({ created: 0, tier: 'Admin' })
    expect(() => read({ tier: undefined })).toThrow('spec.tier: ')
  })

  it('have ranges of ports in order', () => {
    const range = (start: number, end: number): object =>
      egress({ namespaces: {} }, { protocols: [{ tcp: { destinationPort: { range: { start, end } } } }] })
    expect(read(range(1, 2))).toBeDefined()
    expect(() => read(range(2, 2))).toThrow('Start port must be less than End port')
    for (const [start, end, bound] of [
      [0, 5, 'start'],
      [5, 65536, 'end'],
      [0, 0, 'start'],
    ] as const) {
      expect(outcome((value) => read(value as object), range(start, end) as Fields)).toMatch(
        new RegExp(
          '^ClusterNetworkPolicy x: ' +
            `spec.egress\\[0\\].protocols\\[0\\].tcp.destinationPort.range.${bound}: Invalid value: ` +
            `${bound === 'start' ? start : end}`,
        ),
      )
      expect(outcome((value) => read(value as object), range(start, end) as Fields)).not.toContain(
        'less than',
      )
    }
  })
})

describe('NetworkPolicy', () => {
  const read = (spec: object): ReturnType<typeof readPolicy> =>
    readPolicy({ kind: 'NetworkPolicy', metadata: { name: 'x' }, spec })

  it('says of blocks all that is wrong with them', () => {
    const block = (cidr: unknown, except: unknown): readonly string[] =>
      faultFields((value) => read(value as object), { ingress: [{ from: [{ ipBlock: { cidr, except } }] }] })
    expect(block('10.0.0.0/8', ['10.1.0.0/16', 'x', ''])).toEqual([
      'spec.ingress[0].from[0].ipBlock.except[1]',
      'spec.ingress[0].from[0].ipBlock.except[2]',
    ])
    // of what is no part of nothing one need not be told
    expect(block('x', ['10.1.0.0/16'])).toEqual(['spec.ingress[0].from[0].ipBlock.cidr'])
    expect(block('10.0.0.0/8', 'x')).toEqual(['spec.ingress[0].from[0].ipBlock.except'])
    expect(
      read({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }] }),
    ).toMatchObject({
      ingress: [
        {
          peers: [
            {
              kind: 'blocks',
              blocks: [
                {
                  range: { family: 'IPv4', first: 0x0a000000n, prefix: 8 },
                  except: [{ first: 0x0a010000n, prefix: 16 }],
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('has the directions of its types, else those that the apiserver gives to it', () => {
    const directions = (spec: object): unknown => {
      const policy = read(spec)
      return (['ingress', 'egress'] as const).filter((direction) => policy[direction] !== undefined)
    }
    expect(
      [
        {},
        { egress: [] },
        { egress: [{}] },
        { policyTypes: [] },
        { policyTypes: ['Egress'] },
        { policyTypes: ['Ingress'], egress: [{}] },
        { policyTypes: ['Egress', 'Ingress'] },
      ].map(directions),
    ).toEqual([
      ['ingress'],
      ['ingress'],
      ['ingress', 'egress'],
      ['ingress'],
      ['egress'],
      ['ingress'],
      ['ingress', 'egress'],
    ])
  })

  it('has ports with bounds or names', () => {
    const port = (entry: object): unknown =>
      (read({ ingress: [{ ports: [entry] }] }) as { ingress: readonly { ports: readonly unknown[] }[] })
        .ingress[0]?.ports[0]
    expect(
      [
        {},
        { port: 80 },
        { port: 80, endPort: 80 },
        { port: 80, endPort: 90, protocol: 'UDP' },
        { port: 'web' },
      ].map(port),
    ).toEqual([
      { kind: 'all', protocol: 'TCP' },
      { kind: 'range', protocol: 'TCP', first: 80, last: 80 },
      { kind: 'range', protocol: 'TCP', first: 80, last: 80 },
      { kind: 'range', protocol: 'UDP', first: 80, last: 90 },
      { kind: 'name', protocol: 'TCP', name: 'web' },
    ])
  })

  it('has selectors that are as they are written', () => {
    const wrong = (podSelector: object): string => outcome((value) => read(value as object), { podSelector })
    expect(wrong({ matchExpressions: [{}] })).toContain('spec.podSelector.matchExpressions[0].operator: ')
    expect(wrong({ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] })).toContain(
      'spec.podSelector.matchExpressions[0].values: Forbidden',
    )
    expect(wrong({ matchExpressions: [{ operator: 'Exists' }] })).toContain(
      'spec.podSelector.matchExpressions[0].key: ',
    )
    expect(wrong({ matchExpressions: [{ key: 'a', operator: 'In', values: [null] }] })).not.toContain(
      'Invalid',
    )
    expect(
      read({ podSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] } })
        .pods.requirements,
    ).toEqual([
      { key: 'a', operator: '=', values: ['b'] },
      { key: 'c', operator: 'exists', values: [] },
    ])
  })

  it('is of its version, and of no other', () => {
    const of = (apiVersion: unknown, kind: unknown = 'NetworkPolicy'): unknown =>
      readPolicy({
        apiVersion,
        kind,
        metadata: { name: 'x' },
        spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} } },
      })
    expect(() =>
      readPolicy({ apiVersion: 'extensions/v1beta1', kind: 'NetworkPolicy', metadata: { name: 'x' } }),
    ).not.toThrow()
    expect(() => of('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy')).not.toThrow()
    expect(() => of('policy.networking.k8s.io/v1alpha1', 'ClusterNetworkPolicy')).toThrow(
      'policy: apiVersion: Unsupported value: "policy.networking.k8s.io/v1alpha1": supported values: ' +
        '"policy.networking.k8s.io/v1alpha2"',
    )
    expect(() => of(7)).toThrow('apiVersion: Unsupported value: "number"')
    for (const [kind, told] of [
      [undefined, 'null'],
      [null, 'null'],
      [7, '"number"'],
      ['toString', '"toString"'],
      ['Pod', '"Pod"'],
    ] as const) {
      expect(outcome((value) => readPolicy(value), { kind, metadata: { name: 'x' } })).toContain(
        `policy: kind: Unsupported value: ${told}: supported`,
      )
    }
  })
})

it('policies of a tier come by priority, then by name or age, then by kind', () => {
  const wide = (kind: string, name: string, priority: number | undefined, second: number): object => ({
    kind,
    metadata: { name, creationTimestamp: `1970-01-01T00:00:0${second}Z` },
    spec: {
      ...(kind === 'ClusterNetworkPolicy' ? { tier: 'Admin' } : {}),
      priority,
      subject: { namespaces: {} },
    },
  })
  const policies = [
    wide('ClusterNetworkPolicy', 'b', 2, 1),
    wide('AdminNetworkPolicy', 'b', 2, 1),
    wide('ClusterNetworkPolicy', 'c', 2, 0),
    wide('ClusterNetworkPolicy', 'a', 2, 3),
    wide('ClusterNetworkPolicy', 'z', 1, 9),
  ]
  const order = (equalPriority: 'name' | 'creation', all = policies): readonly string[] =>
    readWorld({ policies: all as World['policies'] }, { equalPriority }).admin.map(
      ({ kind, name }) => `${kind[0] ?? ''}${name}`,
    )
  expect(order('name')).toEqual(['Cz', 'Ca', 'Ab', 'Cb', 'Cc'])
  expect(order('name', policies.toReversed())).toEqual(order('name'))
  expect(order('creation')).toEqual(['Cz', 'Cc', 'Ab', 'Cb', 'Ca'])
  expect(order('creation', policies.toReversed())).toEqual(order('creation'))
})

it('maps are sorted, and a namespace of pods needs no object', () => {
  const names = ['c', 'a', 'b']
  const {
    pods: read,
    nodes,
    namespaces,
    networkPolicies,
    domains,
  } = readWorld({
    pods: names.map((name) => ({ metadata: { name, namespace: 'n' } })),
    nodes: names.map((name) => ({ metadata: { name } })),
    namespaces: names.map((name) => ({ metadata: { name } })),
    policies: names.map((name) => ({ kind: 'NetworkPolicy', metadata: { name, namespace: 'n' } })),
    domains: { c: [], a: [], b: [] },
  })
  const sorted = names.toSorted()
  expect([
    [...read.keys()],
    [...nodes.keys()],
    [...domains.keys()],
    networkPolicies.get('n')?.map(({ name }) => name),
  ]).toEqual([sorted.map((name) => `n/${name}`), sorted, sorted, sorted])
  expect([...namespaces]).toEqual(
    [...sorted, 'n'].map((name) => [name, { 'kubernetes.io/metadata.name': name }]),
  )
  expect(
    readWorld({
      namespaces: [{ metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'lie', team: 'x' } } }],
    }).namespaces.get('a'),
  ).toEqual({ 'kubernetes.io/metadata.name': 'a', team: 'x' })
})
