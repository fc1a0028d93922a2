import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/index.js'
import type { Connection, PolicyConnection } from '../../src/index.js'
import { proofErrors, networkPolicyApiDefinitions, reachability, worldOf } from '../../src/netpol/index.js'
import type { EndpointRef, Proof } from '../../src/netpol/index.js'
import type { PolicyHop } from '../../src/network/index.js'

function pod(name: string, node: string, labels: Record<string, string> = {}): object {
  const containers = [{ name: 'c', image: 'nginx', ports: [{ name: 'web', containerPort: 80 }] }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { nodeName: node, containers } }
}

function policy(name: string, spec: object): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec }
}

const only = (name: string): readonly object[] => [{ podSelector: { matchLabels: { app: name } } }]
const denyAll = policy('deny', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] })

const start = (options: ConstructorParameters<typeof SimCluster>[0] = {}): SimCluster => {
  const made = new SimCluster({
    ...options,
    nodes: 3,
    network: { outside: { 'db.example.com': { ip: '203.0.113.7' } }, ...options.network },
  })
  made.apply([
    pod('web', 'node-1', { app: 'web' }),
    pod('near', 'node-1', { app: 'client' }),
    pod('far', 'node-2', { app: 'client' }),
    pod('other', 'node-2'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: {
        type: 'NodePort',
        selector: { app: 'web' },
        ports: [{ port: 8000, targetPort: 'web', nodePort: 30_080 }],
      },
    },
  ])
  return made.settle()
}

const isPolicy = (hop: { readonly hop: string }): hop is PolicyHop => hop.hop === 'policy'
const policies = ({ proof }: Connection): readonly PolicyHop[] => proof.filter(isPolicy)

describe('policies on the data path', () => {
  let made: SimCluster
  beforeAll(() => {
    made = start()
    made.apply([
      policy('web', {
        podSelector: { matchLabels: { app: 'web' } },
        ingress: [{ from: only('client'), ports: [{ port: 80 }] }],
      }),
      policy('client', {
        podSelector: { matchLabels: { app: 'client' } },
        policyTypes: ['Egress'],
        egress: [{ to: only('web'), ports: [{ port: 'web' }] }],
      }),
    ])
  })

  test.each<[string, Parameters<SimCluster['network']['connect']>[0], string]>([
    ['what the policies of both allow', { from: 'far', to: { pod: 'web' }, port: 80 }, 'connected'],
    [
      'a Service: they see address and port of the pod',
      { from: 'far', to: 'default/web', port: 8000 },
      'connected',
    ],
    ['who is not named', { from: 'other', to: { pod: 'web' }, port: 80 }, 'timeout'],
    ['who is not named, by the Service', { from: 'other', to: 'default/web', port: 8000 }, 'timeout'],
    ['another port', { from: 'far', to: { pod: 'web' }, port: 81 }, 'timeout'],
    ['a pod that it may not go to', { from: 'far', to: { pod: 'other' }, port: 80 }, 'timeout'],
    ['a pod that no policy selects', { from: 'other', to: { pod: 'near' }, port: 80 }, 'connected'],
    ['outside, where it may not go', { from: 'far', to: 'db.example.com', port: 80 }, 'timeout'],
    ['outside, without a policy', { from: 'other', to: 'db.example.com', port: 80 }, 'connected'],
    ['its own node', { from: 'far', to: { node: 'node-2' }, port: 10_250 }, 'connected'],
    [
      'another node: the policies of the sender are asked before the source becomes its node',
      { from: 'far', to: { node: 'node-3' }, port: 10_250 },
      'timeout',
    ],
    [
      'a node port of its own node: out it goes to the pod, in it comes from the node',
      { from: 'far', to: { node: 'node-2' }, port: 30_080 },
      'timeout',
    ],
    ['the pod from its own node', { from: { node: 'node-1' }, to: { pod: 'web' }, port: 80 }, 'connected'],
    ['the pod from another node', { from: { node: 'node-2' }, to: { pod: 'web' }, port: 80 }, 'timeout'],
    ['itself', { from: 'web', to: { pod: 'web' }, port: 80 }, 'connected'],
  ])('%s', (_, options, outcome) => {
    const connection = made.network.connect(options)
    expect(connection.outcome, JSON.stringify(connection.proof)).toBe(outcome)
    expect(JSON.parse(JSON.stringify(connection))).toEqual(connection)
    const world = worldOf(made)
    for (const { from, to, port, protocol, proof, allowed, side } of policies(connection)) {
      // an enforcer may give any proof; this one gives that of netpol
      const verdict = proof as unknown as Proof
      const whole = side === 'egress' ? verdict.egress.allowed && verdict.ingress.allowed : allowed
      const refOf = (end: string): EndpointRef => (end.includes('/') ? end : { ip: end })
      expect(
        proofErrors(
          world,
          { from: refOf(from), to: refOf(to), port, protocol, service: verdict.connection.service ?? false },
          { allowed: whole, proof: verdict },
        ),
      ).toEqual([])
    }
  })

  test('the matrix says what every pod finds', () => {
    const reach = reachability(worldOf(made), { ports: [80], outside: false })
    expect(reach.toText()).toMatchInlineSnapshot(`
      "from \\ to                              1  2  3
      1 pods app=client in default (2 pods)  -  -  *
      2 default/other                        *  *  -
      3 default/web                          *  *  -

      *  80
      -  nothing
      A pod always reaches itself.
      "
    `)
    const names = ['web', 'near', 'far', 'other']
    for (const from of names) {
      for (const to of names) {
        if (from === to) continue
        const said = reach.reach(reach.groupOf(`default/${from}`), reach.groupOf(`default/${to}`), 0)
        expect(made.network.connect({ from, to: { pod: to }, port: 80 }).outcome, `${from} ${to}`).toBe(
          said === 'allow' ? 'connected' : 'timeout',
        )
      }
    }
  })

  test('a container sees the same, and the bus is told', () => {
    const seen: (readonly [string, string, number, boolean, boolean])[] = []
    const stop = made.on('policyVerdict', ({ from, to, port, allowed, proof }) =>
      seen.push([from, to, port, allowed, proof !== undefined]),
    )
    expect(made.exec('other', 'wget -qO- -T 2 http://web:8000')).toMatchObject({
      stderr: 'wget: download timed out\n',
      exitCode: 1,
    })
    expect(made.exec('near', 'wget -qO- -T 2 http://web:8000').exitCode).toBe(0)
    stop()
    expect(seen).toEqual([
      ['default/other', 'default/web', 80, false, true],
      ['default/near', 'default/web', 80, true, true],
    ])
  })
})

test(
  'nothing is read before there is a policy; policies hold from when they are written until they are ' +
    'gone, in forks too',
  () => {
    const made = start()
    const lists: string[] = []
    const stop = made.on('request', ({ verb, resource }) => {
      if (verb === 'list') lists.push(resource ?? '')
    })
    const outcome = (one = made): string =>
      one.network.connect({ from: 'far', to: { pod: 'web' }, port: 80 }).outcome
    made.network.connect({ from: 'far', to: { pod: 'web' }, port: 80 })
    expect(lists).not.toContain('pods')
    expect(policies(made.network.connect({ from: 'far', to: { pod: 'web' }, port: 80 }))).toEqual([])
    made.apply(denyAll)
    expect(outcome()).toBe('timeout')
    expect(lists).toContain('pods')
    lists.length = 0
    const fork = made.fork()
    made.kubectl('label pod web app-')
    expect([outcome(), outcome(fork)]).toEqual(['connected', 'timeout'])
    made.kubectl('label pod web app=web')
    expect(outcome()).toBe('timeout')
    made.kubectl('delete networkpolicy deny')
    expect([outcome(), outcome(fork)]).toEqual(['connected', 'timeout'])
    expect(lists).not.toContain('pods')
    stop()
  },
)

test('cluster-wide kinds count while their definitions are installed', () => {
  const made = start()
  const outcome = (): string => made.network.connect({ from: 'far', to: { pod: 'web' }, port: 80 }).outcome
  made.apply(denyAll)
  made.apply(networkPolicyApiDefinitions())
  made.settle()
  const wide = (name: string, priority: number, action: string): object => ({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name },
    spec: {
      tier: 'Admin',
      priority,
      subject: { namespaces: {} },
      ingress: [{ action, from: [{ namespaces: {} }] }],
    },
  })
  expect(outcome()).toBe('timeout')
  made.apply(wide('accept', 10, 'Accept'))
  expect(outcome()).toBe('connected')
  made.apply(wide('deny', 5, 'Deny'))
  expect(outcome()).toBe('timeout')
  made.kubectl('delete networkpolicy deny')
  made.kubectl('delete cnp deny')
  expect(outcome()).toBe('connected')
  made.apply({
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name: 'old' },
    spec: {
      priority: 1,
      subject: { namespaces: {} },
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    },
  })
  expect(outcome()).toBe('timeout')
  made.kubectl('delete crd adminnetworkpolicies.policy.networking.k8s.io')
  made.settle()
  expect(outcome()).toBe('connected')
})

describe('connections that exist', () => {
  test.each([
    ['keep', 'connected'],
    ['cut', 'timeout'],
  ] as const)('%s', (existingConnections, outcome) => {
    const made = start({ network: { policy: { existingConnections } } })
    const connection = made.network.connect({ from: 'far', to: 'default/web', port: 8000 })
    expect(made.network.send(connection, { path: '/' })).toMatchObject({
      outcome: 'connected',
      pod: 'default/web',
      response: { status: 200 },
    })
    made.apply(denyAll)
    expect(made.network.connect({ from: 'far', to: 'default/web', port: 8000 }).outcome).toBe('timeout')
    expect(made.network.send(connection).outcome).toBe(outcome)
    made.kubectl('delete networkpolicy deny')
    made.kubectl('delete service web')
    expect(made.network.send(connection).outcome).toBe('connected')
    made.node('node-1').partition()
    expect(made.network.send(connection).outcome).toBe('timeout')
    made.node('node-1').repair()
    made.kubectl('delete pod web --grace-period=0 --force')
    made.settle()
    expect(made.network.send(connection).outcome).toBe('unreachable')
    expect(() => made.network.send(made.network.send(connection))).toThrow('the connection was not made')
  })
})

test.each([
  ['node', 'connected', 'connected'],
  ['pod', 'timeout', 'timeout'],
] as const)('pods on the network of their node count as %s', (hostNetwork, plain, byService) => {
  const made = start({ network: { policy: { hostNetwork } } })
  const host = pod('host', 'node-3', { app: 'host' }) as { readonly spec: object }
  made.apply([
    { ...host, spec: { ...host.spec, hostNetwork: true } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'host' },
      spec: { selector: { app: 'host' }, ports: [{ port: 8000, targetPort: 80 }] },
    },
    policy('deny', { podSelector: { matchLabels: { app: 'host' } }, policyTypes: ['Ingress'] }),
  ])
  made.settle()
  expect(made.network.connect({ from: 'far', to: { pod: 'host' }, port: 80 }).outcome).toBe(plain)
  expect(made.network.connect({ from: 'far', to: 'default/host', port: 8000 }).outcome).toBe(byService)
})

test('a pod that may not ask DNS finds no names, until a policy lets it', () => {
  const made = start({ addons: { coreDNS: true } })
  made.apply(
    policy('deny-out', {
      podSelector: { matchLabels: { app: 'client' } },
      policyTypes: ['Egress'],
      egress: [{ to: only('web') }],
    }),
  )
  const get = (): string => made.exec('far', 'wget -qO- -T 2 http://web:8000 > /dev/null').stderr
  expect(get()).toBe("wget: bad address 'web:8000'\n")
  expect(made.network.connect({ from: 'far', to: 'web', port: 8000 }).outcome).toBe('dns-timeout')
  made.apply(
    policy('dns', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [{ port: 53, protocol: 'UDP' }],
        },
      ],
    }),
  )
  expect(get()).toBe('')
})

test('another enforcer takes their place, and they can be left out', () => {
  const asked: PolicyConnection[] = []
  const made = start({
    network: { policyEnforcer: { check: (connection) => ({ allowed: asked.push(connection) > 0 }) } },
  })
  made.apply(denyAll)
  expect(made.network.connect({ from: 'far', to: 'default/web', port: 8000 }).outcome).toBe('connected')
  expect(asked).toMatchObject([
    { from: { pod: 'default/far' }, to: { pod: 'default/web' }, port: 80, service: true },
  ])
  const open = start({ disable: ['NetworkPolicy'] })
  open.apply(denyAll)
  expect(open.network.connect({ from: 'far', to: { pod: 'web' }, port: 80 }).outcome).toBe('connected')
  expect(() => new SimCluster({ network: { policy: { ownNode: 'never' as 'none' } } })).toThrow(
    'network.policy.ownNode',
  )
})
