import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileWorld, evaluateModel, readWorld } from '../../src/netpol/index.js'
import type { CompiledWorld, PolicyQuery, NetpolOptions, World } from '../../src/netpol/index.js'
import { connectionIn, options, world } from './arbitraries.js'

function expectSame(
  compiled: CompiledWorld,
  objects: World,
  choice: NetpolOptions,
  connections: readonly PolicyQuery[],
): void {
  const model = readWorld(objects, choice)
  for (const connection of connections) {
    const verdict = evaluateModel(model, connection)
    expect(compiled.allows(connection), JSON.stringify(connection)).toBe(verdict.allowed)
    expect(compiled.evaluate(connection)).toEqual(verdict)
  }
}

const connections = (where: World): fc.Arbitrary<readonly PolicyQuery[]> =>
  fc.array(connectionIn(where), { minLength: 15, maxLength: 20 })

it('the compiled form answers as the evaluator does', () => {
  const where = fc
    .tuple(world, options)
    .chain(([each, choice]) => fc.tuple(fc.constant(each), fc.constant(choice), connections(each)))
  fc.assert(
    fc.property(where, ([objects, choice, asked]) => {
      const compiled = compileWorld(objects, choice)
      expectSame(compiled, objects, choice, asked)
      // once more, from what it remembers
      expect(asked.map((each) => compiled.allows(each))).toEqual(
        asked.map((each) => compiled.evaluate(each).allowed),
      )
    }),
    { numRuns: 80 },
  )
})

type Change = (compiled: CompiledWorld) => void

/** What leads from one world to another, one object at a time. */
function changesBetween(before: World, after: World): readonly Change[] {
  const nameOf = ({ metadata: { name = '' } }: { metadata: { name?: string | undefined } }): string => name
  const keyOf = ({
    metadata: { namespace = 'default', name = '' },
  }: {
    metadata: { namespace?: string | undefined; name?: string | undefined }
  }): string => `${namespace}/${name}`
  const gone = <T>(
    from: readonly T[] = [],
    to: readonly T[] = [],
    key: (each: T) => string,
  ): readonly T[] => {
    const kept = new Set(to.map(key))
    return from.filter((each) => !kept.has(key(each)))
  }
  const policyKey = (policy: NonNullable<World['policies']>[number]): string =>
    `${policy.kind ?? ''} ${policy.kind === 'NetworkPolicy' ? keyOf(policy) : nameOf(policy)}`
  return [
    ...gone(before.pods, after.pods, keyOf).map(
      (pod): Change =>
        (compiled) =>
          compiled.removePod(keyOf(pod)),
    ),
    ...gone(before.namespaces, after.namespaces, nameOf).map(
      (each): Change =>
        (compiled) =>
          compiled.removeNamespace(nameOf(each)),
    ),
    ...gone(before.nodes, after.nodes, nameOf).map(
      (each): Change =>
        (compiled) =>
          compiled.removeNode(nameOf(each)),
    ),
    ...gone(before.policies, after.policies, policyKey).map(
      (each): Change =>
        (compiled) =>
          compiled.removePolicy({
            kind: each.kind as 'NetworkPolicy',
            namespace: each.metadata.namespace ?? 'default',
            name: nameOf(each),
          }),
    ),
    ...(after.pods ?? []).map(
      (each): Change =>
        (compiled) =>
          compiled.setPod(each),
    ),
    ...(after.namespaces ?? []).map(
      (each): Change =>
        (compiled) =>
          compiled.setNamespace(each),
    ),
    ...(after.nodes ?? []).map(
      (each): Change =>
        (compiled) =>
          compiled.setNode(each),
    ),
    ...(after.policies ?? []).map(
      (each): Change =>
        (compiled) =>
          compiled.setPolicy(each),
    ),
    (compiled) => compiled.setDomains(after.domains ?? {}),
  ]
}

it('after changes in any order it answers as if made anew, whatever was asked in between', () => {
  const where = fc.tuple(world, world, options).chain(([before, after, choice]) => {
    const changes = changesBetween(before, after)
    return fc.tuple(
      fc.constant([before, after, choice] as const),
      fc.shuffledSubarray([...changes], { minLength: changes.length }),
      connections(before),
      connections(after),
    )
  })
  fc.assert(
    fc.property(where, ([[before, after, choice], changes, first, last]) => {
      const compiled = compileWorld(before, choice)
      const ask = (): void =>
        last.forEach((each) => {
          try {
            compiled.allows(each)
          } catch {
            // it may speak of what is not there yet
          }
        })
      expectSame(compiled, before, choice, first)
      for (const change of changes) {
        change(compiled)
        ask()
      }
      expectSame(compiled, after, choice, last)
      expect(Object.fromEntries(compiled.model.namespaces)).toEqual(
        Object.fromEntries(readWorld(after, choice).namespaces),
      )
    }),
    { numRuns: 60 },
  )
})

const at = (...ips: readonly string[]): object => ({ status: { podIPs: ips.map((ip) => ({ ip })) } })
const pod = (
  name: string,
  more: object = {},
  labels: Record<string, string> = {},
): NonNullable<World['pods']>[number] => ({ metadata: { namespace: 'default', name, labels }, ...more })
const node = (
  name: string,
  ip: string,
  labels: Record<string, string> = {},
): NonNullable<World['nodes']>[number] => ({
  metadata: { name, labels },
  status: { addresses: [{ type: 'InternalIP', address: ip }] },
})
const narrow = (spec: object, name = 'p'): NonNullable<World['policies']>[number] => ({
  kind: 'NetworkPolicy',
  metadata: { namespace: 'default', name },
  spec,
})
const wide = (egress: object): NonNullable<World['policies']>[number] => ({
  kind: 'ClusterNetworkPolicy',
  metadata: { name: 'wide' },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, egress: [egress] },
})
const from = (peer: object): object => ({ podSelector: {}, ingress: [{ from: [peer] }] })

/** Each changes the answer, or tells apart what was one before. */
const cases: readonly (readonly [string, World, Change, World, PolicyQuery])[] = [
  [
    'a node comes that a pod on its network gets its address from',
    {
      pods: [pod('h', { spec: { hostNetwork: true, nodeName: 'n' } }), pod('a')],
      policies: [narrow(from({ ipBlock: { cidr: '192.168.0.0/24' } }))],
    },
    (compiled) => compiled.setNode(node('n', '192.168.0.1')),
    { nodes: [node('n', '192.168.0.1')] },
    { from: 'default/h', to: 'default/a', port: 80 },
  ],
  [
    'a policy asks for a label that none asked for',
    { pods: [pod('a', {}, { app: 'a' }), pod('b', {}, { app: 'b' }), pod('c')], policies: [] },
    (compiled) => compiled.setPolicy(narrow(from({ podSelector: { matchLabels: { app: 'a' } } }))),
    { policies: [narrow(from({ podSelector: { matchLabels: { app: 'a' } } }))] },
    { from: 'default/a', to: 'default/c', port: 80 },
  ],
  [
    'a node gets other labels',
    {
      pods: [pod('a')],
      nodes: [node('n', '192.168.0.1')],
      policies: [wide({ action: 'Deny', to: [{ nodes: { matchLabels: { zone: 'z' } } }] })],
    },
    (compiled) => compiled.setNode(node('n', '192.168.0.1', { zone: 'z' })),
    { nodes: [node('n', '192.168.0.1', { zone: 'z' })] },
    { from: 'default/a', to: { node: 'n' }, port: 80 },
  ],
  [
    'a pod comes whose named port is no boundary yet',
    { pods: [pod('a')], policies: [narrow({ podSelector: {}, ingress: [{ ports: [{ port: 'web' }] }] })] },
    (compiled) =>
      compiled.setPod(
        pod('b', { spec: { containers: [{ ports: [{ containerPort: 8080, name: 'web' }] }] } }),
      ),
    {
      pods: [
        pod('a'),
        pod('b', { spec: { containers: [{ ports: [{ containerPort: 8080, name: 'web' }] }] } }),
      ],
    },
    { from: 'default/a', to: 'default/b', port: 8080 },
  ],
  [
    'a name leads to a pod now',
    {
      pods: [pod('a'), pod('b', at('10.0.0.2'))],
      policies: [
        wide({ action: 'Accept', to: [{ domainNames: ['b.example.com'] }] }),
        narrow({ podSelector: {}, policyTypes: ['Egress'] }),
      ],
    },
    (compiled) => compiled.setDomains({ 'b.example.com': ['10.0.0.2'] }),
    { domains: { 'b.example.com': ['10.0.0.2'] } },
    { from: 'default/a', to: 'default/b', port: 80 },
  ],
  [
    'the destination speaks IPv6 first',
    { pods: [pod('a', at('10.0.0.1', 'fd00::1')), pod('b', at('fd00::2', '10.0.0.2'))], policies: [] },
    (compiled) => compiled.setPolicy(narrow(from({ ipBlock: { cidr: 'fd00::/64' } }))),
    { policies: [narrow(from({ ipBlock: { cidr: 'fd00::/64' } }))] },
    { from: 'default/a', to: 'default/b', port: 80 },
  ],
  [
    'the destination speaks IPv4 first',
    { pods: [pod('a', at('fd00::1', '10.0.0.1')), pod('b', at('10.0.0.2', 'fd00::2'))], policies: [] },
    (compiled) => compiled.setPolicy(narrow(from({ ipBlock: { cidr: 'fd00::/64' } }))),
    { policies: [narrow(from({ ipBlock: { cidr: 'fd00::/64' } }))] },
    { from: 'default/a', to: 'default/b', port: 80 },
  ],
]

it.each(cases)('%s', (_, before, change, after, connection) => {
  const compiled = compileWorld(before)
  try {
    compiled.allows(connection)
  } catch {
    // it speaks of what is not there yet
  }
  change(compiled)
  expectSame(compiled, { ...before, ...after }, {}, [connection])
})

it('numbers are given anew before they are too many, and the answers stay', () => {
  const web = narrow(from({ ipBlock: { cidr: '10.0.0.0/8' } }))
  const compiled = compileWorld({ pods: [pod('a', at('10.0.0.1')), pod('b')], policies: [web] })
  let most = 0
  for (let round = 0; round < 12_000; round++) {
    compiled.setNamespace({ metadata: { name: 'default', labels: { round: String(round) } } })
    most = Math.max(most, compiled.placement.made)
  }
  expect(most).toBeLessThan(11_000)
  expect(compiled.allows({ from: 'default/a', to: 'default/b', port: 80 })).toBe(true)
  expect(compiled.allows({ from: '11.0.0.1', to: 'default/b', port: 80 })).toBe(false)
})
