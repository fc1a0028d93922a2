import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/index.js'
import type { ClusterOptions } from '../../src/index.js'
import type { ConnectOptions, Connection, PolicyEnforcer, ProxyHop } from '../../src/network/index.js'

const SERVER = { containers: [{ name: 'c', image: 'nginx', ports: [{ name: 'web', containerPort: 80 }] }] }
const CLIENT = { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000000'] }] }

function pod(name: string, node: string, labels: Record<string, string> = {}, spec: object = SERVER): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { nodeName: node, ...spec } }
}

function service(name: string, spec: object): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec }
}

const web = { selector: { app: 'web' }, ports: [{ name: 'http', port: 8000, targetPort: 'web' }] }

function cluster(options: ClusterOptions = {}): SimCluster {
  const made = new SimCluster({
    ...options,
    nodes: 3,
    addons: { loadBalancer: true },
    network: { outside: { 'db.example.com': { ip: '203.0.113.7', ports: [5432] } }, ...options.network },
  })
  made.apply([
    pod('web-1', 'node-1', { app: 'web' }),
    pod('web-2', 'node-2', { app: 'web' }),
    pod('client', 'node-1', {}, CLIENT),
    pod('far', 'node-3', {}, CLIENT),
    pod('host', 'node-2', { app: 'host' }, { ...SERVER, hostNetwork: true }),
    pod(
      'mapped',
      'node-3',
      {},
      { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort: 8080 }] }] },
    ),
    ...['127.0.0.1', '10.0.0.13'].map((hostIP) =>
      pod(
        `mapped-at-${hostIP.replaceAll('.', '-')}`,
        'node-3',
        {},
        {
          containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80, hostPort: 8081, hostIP }] }],
        },
      ),
    ),
    pod(
      'udp',
      'node-2',
      { app: 'udp' },
      {
        containers: [
          {
            name: 'c',
            image: 'app:1',
            ports: [
              { containerPort: 5353, protocol: 'UDP' },
              { containerPort: 7, protocol: 'SCTP' },
            ],
          },
        ],
      },
    ),
    service('web', {
      type: 'NodePort',
      ...web,
      ports: [{ ...web.ports[0], nodePort: 30_080 }],
      externalIPs: ['192.0.2.50'],
    }),
    service('inner', { ...web, internalTrafficPolicy: 'Local' }),
    service('outer', {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: { app: 'web' },
      ports: [{ port: 80, nodePort: 30_081 }],
    }),
    service('ranged', {
      type: 'LoadBalancer',
      loadBalancerSourceRanges: ['198.18.0.0/15'],
      selector: { app: 'web' },
      ports: [{ port: 80 }],
    }),
    service('sticky', {
      ...web,
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    }),
    service('headless', { clusterIP: 'None', ...web }),
    service('nobody', { selector: { app: 'nobody' }, ports: [{ port: 80 }] }),
    service('alias', { type: 'ExternalName', externalName: 'db.example.com' }),
    service('host', { selector: { app: 'host' }, ports: [{ port: 80 }] }),
    service('udp', {
      selector: { app: 'udp' },
      ports: [
        { name: 'dns', port: 53, targetPort: 5353, protocol: 'UDP' },
        { name: 'assoc', port: 7, protocol: 'SCTP' },
      ],
    }),
  ])
  made.settle()
  return made
}

const addressOf = (made: SimCluster, name: string): string =>
  made.get('services', { namespace: 'default', name }).status.loadBalancer.ingress?.[0]?.ip ?? ''
const proxyHop = ({ proof }: Connection): ProxyHop =>
  proof.find((hop): hop is ProxyHop => hop.hop === 'kube-proxy') as ProxyHop
const outside = { ip: '203.0.113.99' }

describe('what happens to a connection', () => {
  let made: SimCluster
  beforeAll(() => {
    made = cluster()
  })
  const connect = (options: ConnectOptions): Connection => made.network.connect(options)

  test.each<[string, ConnectOptions, string, string?]>([
    ['a pod by its name', { from: 'client', to: 'default/web-2', port: 'web' }, 'connected', 'default/web-2'],
    [
      'a port that nobody listens on',
      { from: 'client', to: 'default/web-2', port: 81 },
      'refused',
      'default/web-2',
    ],
    [
      'a pod that listens on nothing',
      { from: 'client', to: { pod: 'far' }, port: 80 },
      'refused',
      'default/far',
    ],
    [
      'an address of the pod network that no pod has',
      { from: 'client', to: '10.244.1.200', port: 80 },
      'unreachable',
    ],
    ['an address that nothing has', { from: 'client', to: '172.16.0.1', port: 80 }, 'timeout'],
    [
      'itself, over loopback',
      { from: 'default/web-1', to: '127.0.0.1', port: 80 },
      'connected',
      'default/web-1',
    ],
    ['a Service by name', { from: 'far', to: 'web', port: 8000 }, 'connected'],
    [
      'a Service by its full name with a dot',
      { from: 'far', to: 'web.default.svc.cluster.local.', port: 8000 },
      'connected',
    ],
    ['a port that the Service does not have', { from: 'far', to: { service: 'web' }, port: 8001 }, 'timeout'],
    ['a Service without endpoints', { from: 'far', to: 'default/nobody', port: 80 }, 'refused'],
    [
      'a Service whose traffic stays on the node, with an endpoint',
      { from: 'client', to: 'default/inner' },
      'connected',
      'default/web-1',
    ],
    [
      'a Service whose traffic stays on the node, without one',
      { from: 'far', to: 'default/inner' },
      'timeout',
    ],
    ['a headless Service goes to the pod port', { from: 'far', to: 'default/headless' }, 'connected'],
    ['a headless Service on its own port', { from: 'far', to: 'default/headless', port: 8000 }, 'refused'],
    ['a name outside', { from: 'far', to: 'alias', port: 5432 }, 'connected'],
    ['a name outside, on another port', { from: 'far', to: { service: 'alias' }, port: 80 }, 'refused'],
    ['no such name', { from: 'far', to: 'nothing', port: 80 }, 'no-such-host'],
    ['a pod on the host network', { from: 'far', to: 'default/host', port: 80 }, 'connected', 'default/host'],
    ['a host port', { from: 'client', to: { node: 'node-3' }, port: 8080 }, 'connected', 'default/mapped'],
    [
      'a host port of one address of the node',
      { from: 'client', to: { node: 'node-3' }, port: 8081 },
      'connected',
      'default/mapped-at-10-0-0-13',
    ],
    [
      'the same host port of its loopback address',
      { from: { node: 'node-3' }, to: '127.0.0.1', port: 8081 },
      'connected',
      'default/mapped-at-127-0-0-1',
    ],
    ['a node where nothing listens', { from: 'client', to: { node: 'node-3' }, port: 9999 }, 'refused'],
    ['the kubelet', { from: 'client', to: { node: 'node-3' }, port: 10_250 }, 'connected'],
    [
      'a node port from a pod of the node',
      { from: 'client', to: { node: 'node-1' }, port: 30_080 },
      'connected',
    ],
    ['a node port from outside', { from: outside, to: { node: 'node-3' }, port: 30_080 }, 'connected'],
    [
      'a node port of the node with an endpoint, traffic policy Local',
      { from: outside, to: { node: 'node-2' }, port: 30_081 },
      'connected',
      'default/web-2',
    ],
    ['a node port of a node without one', { from: outside, to: { node: 'node-3' }, port: 30_081 }, 'timeout'],
    [
      'the same from the node itself',
      { from: { node: 'node-3' }, to: { node: 'node-3' }, port: 30_081 },
      'connected',
    ],
    ['the same from a pod of the node', { from: 'far', to: { node: 'node-3' }, port: 30_081 }, 'connected'],
    [
      'the same from a pod of another node',
      { from: 'client', to: { node: 'node-3' }, port: 30_081 },
      'timeout',
    ],
    ['an external IP from a pod', { from: 'client', to: '192.0.2.50', port: 8000 }, 'connected'],
    ['an external IP from outside', { from: outside, to: '192.0.2.50', port: 8000 }, 'connected'],
    ['a cluster IP from outside', { from: outside, to: 'default/web', port: 8000 }, 'timeout'],
    ['a pod from outside', { from: outside, to: 'default/web-1', port: 80 }, 'timeout'],
    ['the apiserver through its Service', { from: 'client', to: 'kubernetes', port: 443 }, 'connected'],
    ['UDP', { from: 'client', to: 'default/udp', port: 'dns' }, 'connected', 'default/udp'],
    ['SCTP', { from: 'client', to: 'default/udp', port: 'assoc' }, 'connected', 'default/udp'],
    ['TCP is not UDP', { from: 'client', to: 'default/udp', port: 53, protocol: 'TCP' }, 'timeout'],
  ])('%s', (_, options, outcome, reached) => {
    const connection = connect(options)
    expect(connection.outcome, JSON.stringify(connection.proof)).toBe(outcome)
    if (reached !== undefined) expect(connection.pod).toBe(reached)
    expect(JSON.parse(JSON.stringify(connection))).toEqual(connection)
  })

  test(
    'load balancers lead to nodes with endpoints when traffic stays there, and keep out who is not ' +
      'wanted',
    () => {
      const nodes = new Set(
        Array.from({ length: 20 }, () => {
          const connection = connect({ from: outside, to: addressOf(made, 'outer'), port: 80 })
          expect(connection.outcome).toBe('connected')
          expect(proxyHop(connection)).not.toHaveProperty('masqueraded')
          return proxyHop(connection).node
        }),
      )
      expect([...nodes].sort()).toEqual(['node-1', 'node-2'])
      expect(connect({ from: outside, to: addressOf(made, 'ranged'), port: 80 }).outcome).toBe('timeout')
      expect(connect({ from: { ip: '198.19.1.1' }, to: addressOf(made, 'ranged'), port: 80 }).outcome).toBe(
        'connected',
      )
      expect(connect({ from: outside, to: addressOf(made, 'ranged'), port: 81 }).outcome).toBe('timeout')
    },
  )

  test('endpoints are taken by chance, evenly, and the same in a fork', () => {
    const fork = made.fork()
    const taken = (one: SimCluster): readonly (string | undefined)[] =>
      Array.from({ length: 60 }, () => one.network.connect({ from: 'far', to: 'default/web' }).pod)
    const pods = taken(made)
    expect(taken(fork)).toEqual(pods)
    const share = pods.filter((name) => name === 'default/web-1').length
    expect(share).toBeGreaterThan(15)
    expect(share).toBeLessThan(45)
  })

  test('session affinity holds for its timeout after the last connection, by node', () => {
    const first = connect({ from: 'far', to: 'default/sticky' })
    expect(proxyHop(first).choice).toBe('random')
    for (let round = 0; round < 4; round++) {
      made.advance('50s')
      const next = connect({ from: 'far', to: 'default/sticky' })
      expect([proxyHop(next).choice, next.pod]).toEqual(['session affinity', first.pod])
    }
    made.advance('61s')
    expect(proxyHop(connect({ from: 'far', to: 'default/sticky' })).choice).toBe('random')
  })

  test('who does not exist is told as the API tells it; ports that cannot be are refused', () => {
    expect(() => connect({ from: 'ghost', to: 'web' })).toThrow('pods "ghost" not found')
    expect(() => connect({ from: 'client', to: { service: 'ghost' }, port: 1 })).toThrow(
      'services "ghost" not found',
    )
    expect(() => connect({ from: { node: 'ghost' }, to: 'web', port: 1 })).toThrow('there is no node ghost')
    expect(() => connect({ from: 'client', to: 'default/udp' })).toThrow('which port? There are: dns, assoc')
    expect(() => connect({ from: 'client', to: 'default/web', port: 'grpc' })).toThrow(
      'there is no port grpc',
    )
    expect(() => connect({ from: 'client', to: 'default/web', port: 70_000 })).toThrow('between 1 and 65535')
    expect(() => connect({ from: { ip: 'here' }, to: 'default/web', port: 80 })).toThrow(
      'is not an IP address',
    )
  })
})

describe('faults', () => {
  test(
    'a kube-proxy that is stopped keeps its rules: new endpoints are unknown to it, old ones are still ' +
      'tried',
    () => {
      const made = cluster()
      made.component('kube-proxy/node-3').stop()
      made.delete('pods', { namespace: 'default', name: 'web-1' }, { gracePeriodSeconds: 0 })
      made.delete('pods', { namespace: 'default', name: 'web-2' }, { gracePeriodSeconds: 0 })
      made.apply([
        pod('web-3', 'node-3', { app: 'web' }),
        service('late', { selector: { app: 'web' }, ports: [{ port: 80 }] }),
      ])
      made.settle()
      const outcomes = (from: string): ReadonlySet<string> =>
        new Set(Array.from({ length: 12 }, () => made.network.connect({ from, to: 'default/web' }).outcome))
      expect(outcomes('client')).toEqual(new Set(['connected']))
      expect(outcomes('far')).toEqual(new Set(['unreachable']))
      expect(proxyHop(made.network.connect({ from: 'far', to: 'default/web' })).staleSince).toMatch(/^\d+$/)
      expect(made.network.connect({ from: 'far', to: 'default/late', port: 80 }).outcome).toBe('timeout')
      const fork = made.fork()
      made.advance('11m')
      expect(outcomes('far')).toEqual(new Set(['unreachable']))
      expect(fork.network.connect({ from: 'far', to: 'default/late', port: 80 }).outcome).toBe('timeout')
      made.component('kube-proxy/node-3').start()
      expect(made.network.connect({ from: 'far', to: 'default/late', port: 80 }).pod).toBe('default/web-3')
      made.component('kube-proxy/node-3').stop()
      made.node('node-3').reboot()
      made.settle()
      expect(made.network.connect({ from: { node: 'node-3' }, to: 'default/web', port: 8000 }).outcome).toBe(
        'timeout',
      )
    },
  )

  test('a node that is cut off or down loses what is between it and others, not what is on it', () => {
    const made = cluster()
    const reach = (from: string, to: string): string =>
      made.network.connect({ from, to: `default/${to}`, port: 80 }).outcome
    made.node('node-1').partition()
    expect([
      reach('client', 'web-1'),
      reach('client', 'web-2'),
      reach('far', 'web-1'),
      reach('far', 'web-2'),
    ]).toEqual(['connected', 'timeout', 'timeout', 'connected'])
    expect(made.network.connect({ from: 'client', to: 'kubernetes', port: 443 }).outcome).toBe('dns-timeout')
    expect(made.network.connect({ from: 'client', to: { service: 'kubernetes' }, port: 443 }).outcome).toBe(
      'timeout',
    )
    made.node('node-1').repair()
    expect(reach('client', 'web-2')).toBe('connected')
    made.node('node-2').crash()
    expect([reach('client', 'web-2'), reach('far', 'web-1')]).toEqual(['timeout', 'connected'])
    made.apiserver.stop()
    expect(made.network.connect({ from: { node: 'node-3' }, to: '10.0.0.10', port: 6443 }).outcome).toBe(
      'refused',
    )
  })

  test('pods that end are used only when nothing else is left; pods that are not ready never', () => {
    const made = new SimCluster({ nodes: 2, disable: ['events'] })
    const lasting = {
      terminationGracePeriodSeconds: 600,
      containers: [{ name: 'c', image: 'nginx', lifecycle: { preStop: { sleep: { seconds: 300 } } } }],
    }
    made.apply([
      pod('web-1', 'node-1', { app: 'web' }, lasting),
      pod('client', 'node-2', {}, CLIENT),
      service('web', { selector: { app: 'web' }, ports: [{ port: 80 }] }),
    ])
    made.settle()
    made.delete('pods', { namespace: 'default', name: 'web-1' })
    made.advance('5s')
    const alone = made.network.connect({ from: 'client', to: 'default/web' })
    expect([alone.outcome, proxyHop(alone).endpoints[0]]).toEqual([
      'connected',
      expect.objectContaining({ ready: false, serving: true, terminating: true, used: true }),
    ])
    made.apply([pod('web-2', 'node-1', { app: 'web' })])
    made.advance('20s')
    const both = made.network.connect({ from: 'client', to: 'default/web' })
    expect([
      both.pod,
      proxyHop(both)
        .endpoints.filter(({ used }) => used)
        .map(({ pod: name }) => name),
    ]).toEqual(['default/web-2', ['default/web-2']])
  })

  test('policies are asked with addresses and ports of pods, and what they deny is lost', () => {
    const asked: unknown[] = []
    const policyEnforcer: PolicyEnforcer = {
      check: (connection) => {
        asked.push(connection)
        return { allowed: connection.from.pod !== 'default/far', proof: ['by the test'] }
      },
    }
    const made = cluster({ network: { policyEnforcer } })
    const heard: unknown[] = []
    made.on('policyVerdict', (event) => void heard.push(event))
    expect(made.network.connect({ from: 'client', to: { service: 'inner' } }).outcome).toBe('connected')
    expect(made.network.connect({ from: 'far', to: { pod: 'web-1' }, port: 80 })).toMatchObject({
      outcome: 'timeout',
      proof: [{}, {}, { hop: 'policy', allowed: false, proof: ['by the test'] }],
    })
    expect(asked).toMatchObject([
      {
        from: { pod: 'default/client', node: 'node-1' },
        to: { pod: 'default/web-1', node: 'node-1' },
        port: 80,
        protocol: 'TCP',
      },
      { from: { pod: 'default/far' }, to: { pod: 'default/web-1' }, port: 80 },
    ])
    expect(heard).toMatchObject([
      { from: 'default/client', to: 'default/web-1', port: 80, allowed: true },
      { from: 'default/far', allowed: false },
    ])
  })
})

test("kube-proxy's own ports: health for all, its mode on the loopback address only", () => {
  const of = new SimCluster({ nodes: 1 })
  of.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'host' },
    spec: {
      hostNetwork: true,
      containers: [{ name: 'c', image: 'curlimages/curl', command: ['sleep', '1000'] }],
    },
  })
  of.settle()
  const curl = (url: string): string => of.exec('host', ['curl', '-s', url]).stdout
  expect(['healthz', 'proxyMode', 'x'].map((path) => curl(`http://localhost:10249/${path}`))).toEqual([
    'ok',
    'iptables',
    '404 page not found\n',
  ])
  const { address = '' } = of.get('nodes', { name: 'node-1' }).status.addresses?.[0] ?? {}
  expect(of.exec('host', ['curl', '-s', `http://${address}:10249/proxyMode`]).exitCode).toBe(7)
})
