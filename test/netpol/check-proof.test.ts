import { badInput } from '../support/typed.js'
import { describe, expect, it } from 'vitest'
import {
  proofErrors,
  evaluate,
  type Because,
  type PolicyQuery,
  type NetpolOptions,
  type ConnectionVerdict,
  type World,
  type WorldPod,
  type WorldPolicy,
} from '../../src/netpol/index.js'

const pod = (
  namespace: string,
  name: string,
  ips: readonly string[],
  more: WorldPod['spec'] = {},
  labels: Record<string, string> = { app: name },
): WorldPod => ({
  metadata: { namespace, name, labels },
  spec: more,
  status: { phase: 'Running', podIPs: ips.map((ip) => ({ ip })) },
})
const node = (
  name: string,
  ip: string,
  labels: Record<string, string>,
): NonNullable<World['nodes']>[number] => ({
  metadata: { name, labels },
  status: { addresses: [{ type: 'InternalIP', address: ip }] },
})
const narrow = (name: string, spec: object): WorldPolicy => ({
  kind: 'NetworkPolicy',
  metadata: { namespace: 'a', name },
  spec,
})
const wide = (kind: string, name: string, spec: object): WorldPolicy => ({
  kind,
  metadata: { name },
  spec: { subject: { namespaces: {} }, ...spec },
})
const labels = (app: string): object => ({ matchLabels: { app } })
const ports = [
  { name: 'web', containerPort: 80 },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
]

/** Nothing that a proof can say is not said of some connection of these. */
const world: World = {
  namespaces: [
    { metadata: { name: 'a', labels: { team: 'x' } } },
    { metadata: { name: 'b', labels: { team: 'y' } } },
  ],
  nodes: [
    node('n1', '172.18.0.1', { zone: 'z' }),
    node('n2', '172.18.0.2', {}),
    node('n3', '172.18.0.2', { zone: 'z' }),
  ],
  domains: { 'www.example.com': ['198.51.100.7'], 'api.example.org': ['198.51.100.7', '198.51.100.8'] },
  pods: [
    pod('a', 'p', ['10.1.0.1', 'fd00::1'], { nodeName: 'n1', containers: [{ ports }] }),
    pod('a', 'q', ['10.1.0.2'], {}, {}),
    pod('b', 'r', ['10.2.0.1', 'fd00::2'], { nodeName: 'n2', containers: [{ ports }] }),
    pod('b', 'host', [], { hostNetwork: true, nodeName: 'n1' }),
    pod('b', 'none', []),
    { ...pod('b', 'done', ['10.2.0.9']), status: { phase: 'Succeeded', podIPs: [{ ip: '10.2.0.9' }] } },
  ],
  policies: [
    narrow('in', {
      podSelector: labels('p'),
      ingress: [
        {
          from: [
            { podSelector: labels('q') },
            { namespaceSelector: { matchLabels: { team: 'z' } } },
            {
              namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['y', 'z'] }] },
              podSelector: labels('s'),
            },
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } },
            { ipBlock: { cidr: 'fd00::/8', except: ['fd00::/16'] } },
            { ipBlock: { cidr: '192.0.2.0/24' } },
            {},
          ],
        },
        {
          from: [
            { namespaceSelector: { matchLabels: { team: 'y' } } },
            { ipBlock: { cidr: '203.0.113.0/24' } },
          ],
          ports: [
            { protocol: 'SCTP' },
            { protocol: 'UDP', port: 5 },
            { port: 100, endPort: 200 },
            { port: 'dns' },
            { port: 'none' },
            { port: 'web' },
            { protocol: 'UDP' },
          ],
        },
      ],
    }),
    narrow('out', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: {} }] }, { ports: [{ protocol: 'SCTP', port: 7 }] }],
    }),
    narrow('out-too', {
      podSelector: labels('p'),
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '198.51.100.0/24' } }] }, {}],
    }),
    wide('ClusterNetworkPolicy', 'first', {
      tier: 'Admin',
      priority: 1,
      egress: [
        {
          name: 'names',
          action: 'Accept',
          to: [
            { domainNames: ['example.com', '*.example.net'] },
            { domainNames: ['none.example.com', '*.example.org'] },
          ],
          protocols: [{ tcp: { destinationPort: { number: 443 } } }],
        },
        {
          action: 'Deny',
          to: [{ nodes: { matchLabels: { zone: 'y' } } }, { networks: ['192.0.2.0/24', '172.18.0.2/32'] }],
          protocols: [
            { udp: {} },
            { tcp: { destinationPort: { range: { start: 1000, end: 2000 } } } },
            { destinationNamedPort: 'none' },
          ],
        },
        { action: 'Accept', to: [{ services: {} }] },
        {
          action: 'Pass',
          to: [
            { pods: { namespaceSelector: { matchLabels: { team: 'z' } }, podSelector: {} } },
            { pods: { namespaceSelector: {}, podSelector: labels('nobody') } },
          ],
        },
      ],
    }),
    wide('AdminNetworkPolicy', 'second', {
      priority: 2,
      ingress: [
        {
          action: 'Allow',
          from: [{ namespaces: { matchLabels: { team: 'y' } } }],
          ports: [
            { portNumber: { port: 9000 } },
            { portRange: { start: 9100, end: 9200, protocol: 'UDP' } },
            { namedPort: 'dns' },
          ],
        },
        { name: 'pass', action: 'Pass', from: [{ namespaces: {} }] },
      ],
    }),
    wide('ClusterNetworkPolicy', 'base', {
      tier: 'Baseline',
      priority: 1,
      ingress: [{ action: 'Accept', from: [{ namespaces: { matchLabels: { team: 'z' } } }] }],
      egress: [{ action: 'Deny', to: [{ nodes: { matchLabels: { zone: 'z' } } }] }],
    }),
    wide('BaselineAdminNetworkPolicy', 'default', {
      ingress: [
        {
          action: 'Deny',
          from: [{ namespaces: {} }],
          ports: [{ portNumber: { port: 6000, protocol: 'UDP' } }],
        },
      ],
      egress: [{ action: 'Deny', to: [{ networks: ['198.51.100.8/32'] }] }],
    }),
  ],
}
const closing: World = {
  ...world,
  policies: [
    wide('ClusterNetworkPolicy', 'closed', {
      tier: 'Admin',
      priority: 0,
      egress: [{ action: 'Deny', to: [{ namespaces: {} }, { unknown: {} }], protocols: [{ tcp: {} }, {}] }],
    }),
    ...(world.policies ?? []),
  ],
}

interface Question {
  readonly connection: PolicyQuery
  readonly options?: NetpolOptions
  readonly objects?: World
}

const questions: readonly Question[] = [
  { connection: { from: 'b/r', to: 'a/p', port: 80 } },
  { connection: { from: 'b/r', to: 'a/p', port: 150 } },
  { connection: { from: 'b/r', to: 'a/p', port: 53, protocol: 'UDP' } },
  { connection: { from: 'b/r', to: 'a/p', port: 54, protocol: 'UDP' } },
  { connection: { from: 'b/r', to: 'a/p', port: 9000 } },
  { connection: { from: 'b/r', to: 'a/p', port: 9150, protocol: 'UDP' } },
  { connection: { from: 'b/r', to: 'a/p', port: 81, protocol: 'SCTP' } },
  { connection: { from: 'b/r', to: 'a/p', port: 81 } },
  { connection: { from: 'b/r', to: 'a/p', port: 'web', family: 'IPv6' } },
  { connection: { from: 'a/p', to: 'b/r', port: 'none' } },
  { connection: { from: 'a/p', to: 'b/r', port: 6000, protocol: 'UDP' } },
  { connection: { from: 'a/q', to: 'a/p', port: 80 } },
  { connection: { from: 'a/p', to: 'a/q', port: 7, protocol: 'SCTP' } },
  { connection: { from: 'a/q', to: 'b/r', port: 7, protocol: 'SCTP' } },
  { connection: { from: 'external', to: 'a/p', port: 80 } },
  { connection: { from: '2001:db8::9', to: 'a/p', port: 80 } },
  { connection: { from: { node: 'n1' }, to: 'a/p', port: 80 } },
  { connection: { from: 'b/host', to: 'a/p', port: 80 }, options: { hostNetwork: 'pod' } },
  { connection: { from: 'a/p', to: 'b/host', port: 80 } },
  { connection: { from: 'a/p', to: { node: 'n2' }, port: 1500 } },
  { connection: { from: 'a/p', to: '172.18.0.2', port: 1500 }, options: { ownNode: 'none' } },
  { connection: { from: { node: 'n1' }, to: 'a/p', port: 80 }, options: { ownNode: 'ingress' } },
  { connection: { from: 'a/p', to: { node: 'n1' }, port: 80 }, options: { ownNode: 'ingress' } },
  { connection: { from: 'a/p', to: 'a/p', port: 80 } },
  { connection: { from: 'a/p', to: 'a/p', port: 80, service: true } },
  { connection: { from: 'a/p', to: { domain: 'api.example.org' }, port: 443 } },
  { connection: { from: 'a/p', to: { domain: 'www.example.com' }, port: 80 } },
  { connection: { from: 'b/r', to: '198.51.100.8', port: 80 } },
  { connection: { from: 'b/r', to: { domain: 'WWW.other.example.com.' }, port: 443 } },
  { connection: { from: 'external', to: { node: 'n1' }, port: 80 } },
  { connection: { from: 'b/none', to: 'a/p', port: 80 } },
  { connection: { from: 'a/p', to: 'b/none', port: 80 } },
  { connection: { from: 'b/done', to: 'a/p', port: 80 } },
  { connection: { from: 'b/done', to: 'a/p', port: 80 }, options: { finishedPods: 'selected' } },
  { connection: { from: 'b/r', to: 'a/p', port: 99 }, options: { ipBlockPods: 'ignore' } },
  { connection: { from: 'b/r', to: 'a/p', port: 80 }, objects: closing },
  { connection: { from: '10.2.0.1', to: '10.1.0.1', port: 80 } },
  { connection: { from: 'b/r', to: '172.18.0.1', port: 80 } },
  { connection: { from: 'a/q', to: 'fd00::99', port: 80 } },
  { connection: { from: 'b/r', to: 'a/p', port: 80 }, options: { equalPriority: 'creation' } },
]

type Path = readonly (string | number)[]

/** Every place in a JSON value, as the keys that lead there. */
function placesIn(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [
    [key],
    ...placesIn(each).map((rest) => [key, ...rest]),
  ])
}

const changes: readonly (readonly [string, (parent: Record<string, unknown>, key: string) => boolean])[] = [
  [
    'gone',
    (parent, key) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1)
      else delete parent[key]
      return true
    },
  ],
  [
    'other',
    (parent, key) => {
      const old = parent[key]
      if (typeof old === 'object' && old !== null) return false
      parent[key] =
        typeof old === 'boolean'
          ? !old
          : typeof old === 'number'
            ? old + 1
            : old === null
              ? 'x'
              : `${old as string}x`
      return true
    },
  ],
  [
    'less',
    (parent, key) => {
      const old = parent[key]
      if (typeof old !== 'number') return false
      parent[key] = old - 1
      return true
    },
  ],
  [
    'twice',
    (parent, key) => {
      if (!Array.isArray(parent)) return false
      parent.splice(Number(key), 0, structuredClone(parent[Number(key)]))
      return true
    },
  ],
  [
    'turned',
    (parent, key) => {
      const old = parent[key]
      if (!Array.isArray(old) || old.length < 2) return false
      parent[key] = old.toReversed()
      return JSON.stringify(old) !== JSON.stringify(parent[key])
    },
  ],
  [
    'with a requirement',
    (parent, key) => {
      const old = parent[key] as Record<string, unknown> | undefined
      if (typeof old?.['because'] !== 'string' || !('path' in old) || 'requirement' in old) return false
      old['requirement'] = { key: 'app', operator: 'exists', values: [] }
      return true
    },
  ],
  [
    'with something that stands against it',
    (parent, key) => {
      const old = parent[key] as Record<string, unknown> | undefined
      if (typeof old?.['because'] !== 'string' || !('path' in old) || 'actual' in old) return false
      old['actual'] = null
      return true
    },
  ],
  [
    'empty',
    (parent, key) => {
      const old = parent[key]
      if (!Array.isArray(old) || old.length < 2) return false
      parent[key] = []
      return true
    },
  ],
]

/** All that is said of a proof that was changed in one place in one way. */
function refutations({
  connection,
  options,
  objects = world,
}: Question): readonly (readonly [string, readonly string[]])[] {
  const { allowed, proof } = evaluate(objects, connection, options)
  // the options are the question's, not the proof's; the values of a requirement are a set
  const text = JSON.stringify({ allowed, proof })
  const places = placesIn({ allowed, proof }).filter(
    (path) => path[1] !== 'options' && path.join('.') !== 'proof',
  )
  return places.flatMap((path) =>
    changes.flatMap(([name, change]) => {
      if ((name === 'turned' && path.at(-1) === 'values') || (name === 'twice' && path.at(-2) === 'values'))
        return []
      const forged = JSON.parse(text) as ConnectionVerdict
      const parent = path
        .slice(0, -1)
        .reduce((each, key) => (each as Record<string, unknown>)[key] as object, forged as object)
      if (!change(parent as Record<string, unknown>, String(path.at(-1)))) return []
      return [[`${path.join('.')} ${name}`, proofErrors(objects, connection, forged)] as const]
    }),
  )
}

/** What is said of proofs that do not hold. */
const sayings: readonly RegExp[] = [
  /^(Admin|NetworkPolicy|Baseline): \S* does not come at place \d+$/,
  /^(Admin|NetworkPolicy|Baseline): not every policy was tried$/,
  /^(Admin|NetworkPolicy|Baseline): more was tried after \S+$/,
  /^NetworkPolicy: names the policies, and no rule$/,
  /^(Admin|NetworkPolicy|Baseline): exception is (self|ownNode|undefined)$/,
  /^spec\.(in|e)gress: not every rule was tried$/,
  /^\S*: comes at place \d+$/,
  /^\S+: more was tried after it matched$/,
  /^\S+: action is (Accept|Allow|Deny|Pass|undefined)$/,
  /^\S+: name$/,
  /^\S+: matched is (true|false)$/,
  /^\S+: does not fail closed$/,
  /^\S+: fails closed by \S+$/,
  /^\S+: trials of unknown entries$/,
  /^\S+: is absent, which is everything$/,
  /^\S+: not every entry was tried$/,
  /^\S+: ports were tried without need$/,
  /^\S*: comes at the place of \S+$/,
  /^\S+: \S* is claimed of the wrong field$/,
  /^\S+: \S+ is not about this list$/,
  /^\S+: \S+ is not true$/,
  /^\S+: \S+ is reported as the opposite$/,
  /^\S+: \S* says more than it can$/,
  /^(in|e)gress: (Admin|NetworkPolicy|Baseline|default|self|noSubject)$/,
  /^(in|e)gress: is reported as \S+$/,
  /^(in|e)gress: \S+ comes at the place of \S+$/,
  /^(in|e)gress: \S+ comes to (Accept|Deny|Pass|none)$/,
  /^(in|e)gress: (Admin|NetworkPolicy|Baseline) was not asked$/,
  /^the proof comes to (not )?allowed$/,
  /^the proof cannot be read: \S+/,
  /^connection: (from|to): (pod|hostNetwork|finished|node) is \S+, not \S*$/,
  /^connection: (from|to): domains are \S*$/,
  /^connection: (from|to): address is there, or is not$/,
  /^connection: (from|to): address is \S+, not \S*$/,
  /^connection: protocol is (TCP|UDP|SCTP)$/,
  /^connection: port is \S+$/,
  /^connection: (service|self)$/,
]

describe('a proof that was changed', () => {
  it.each(
    questions.map((question) => [JSON.stringify([question.connection, question.options]), question] as const),
  )('%s', (_, question) => {
    const { connection, options, objects = world } = question
    expect(proofErrors(objects, connection, evaluate(objects, connection, options))).toEqual([])
    const said = refutations(question)
    expect(said.filter(([, faults]) => faults.length !== 1)).toEqual([])
    const texts = [...new Set(said.flatMap(([, faults]) => faults))]
    expect(texts.filter((text) => sayings.filter((saying) => saying.test(text)).length !== 1)).toEqual([])
  })

  it('can say everything here that a proof can say', () => {
    const seen = new Set<Because>()
    for (const { connection, options, objects = world } of questions) {
      const {
        proof: { egress, ingress },
      } = evaluate(objects, connection, options)
      for (const { tiers } of [egress, ingress])
        for (const { policies } of tiers)
          for (const { rules } of policies)
            for (const { trials } of rules) for (const { because } of trials) seen.add(because)
    }
    expect([...seen].sort()).toEqual([
      'addressExcepted',
      'addressInRange',
      'addressOfPod',
      'addressOutOfRange',
      'domainMatched',
      'everyPeer',
      'everyPort',
      'everyPortOfProtocol',
      'namedPortMatched',
      'namespaceLabels',
      'noAddress',
      'noDomain',
      'noSuchNamedPort',
      'nodeLabels',
      'nodeSelected',
      'notANode',
      'notAPod',
      'otherDomain',
      'otherFamily',
      'otherNamespace',
      'otherPort',
      'otherProtocol',
      'podLabels',
      'podSelected',
      'portMatched',
      'unknownField',
    ])
  })
})

it('a proof of another connection or world does not hold', () => {
  const connection: PolicyQuery = { from: 'b/r', to: 'a/p', port: 80 }
  const verdict = evaluate(world, connection)
  for (const other of [
    { ...connection, port: 81 },
    { ...connection, protocol: 'UDP' as const },
    { ...connection, from: 'a/q' },
    { ...connection, to: 'a/q' },
    { ...connection, service: true },
    { ...connection, family: 'IPv6' as const },
  ]) {
    expect(proofErrors(world, other, verdict), JSON.stringify(other)).toHaveLength(1)
  }
  for (const [at] of (world.policies ?? []).entries()) {
    const less = { ...world, policies: world.policies?.toSpliced(at, 1) }
    const isTold = JSON.stringify(verdict.proof).includes(
      `"name":"${world.policies?.[at]?.metadata.name ?? ''}"`,
    )
    expect(proofErrors(less, connection, verdict).length > 0, world.policies?.[at]?.metadata.name).toBe(
      isTold,
    )
  }
  expect(proofErrors(world, { ...connection, from: 'a/none' }, verdict)).toEqual([
    'connection: there is no pod a/none',
  ])
  expect(proofErrors(world, connection, { allowed: true } as ConnectionVerdict)[0]).toMatch(
    /^the proof cannot be read: TypeError/,
  )
  expect(
    proofErrors(world, connection, {
      ...verdict,
      proof: { ...verdict.proof, egress: badInput<ConnectionVerdict['proof']['egress']>(undefined) },
    })[0],
  ).toMatch(/^the proof cannot be read: TypeError/)
})
