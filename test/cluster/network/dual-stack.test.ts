import { describe, expect, test } from 'vitest'
import type { ServiceInput } from '../../../src/api/core/inputs.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59'
const DUAL = { podCIDR: '10.244.0.0/16,fd00:10:244::/56', serviceCIDR: '10.96.0.0/16,fd00:10:96::/112' }

type ServiceSpec = NonNullable<ServiceInput['spec']>

/** Creates a pod of agnhost's netexec, as the suite's network tests do. */
function netexec(cluster: SimCluster, name: string, node: string, hostNetwork: boolean = false): void {
  cluster.create('pods', {
    metadata: { name, labels: { app: 'netserver' } },
    spec: {
      nodeName: node,
      hostNetwork,
      containers: [
        {
          name: 'webserver',
          image: AGNHOST,
          args: ['netexec', '--http-port=8083', '--udp-port=8081', '--sctp-port=8082'],
          env: ['podIP', 'podIPs', 'hostIP', 'hostIPs'].map((name) => ({
            name,
            valueFrom: { fieldRef: { fieldPath: `status.${name}` } },
          })),
          readinessProbe: { httpGet: { path: '/healthz', port: 8083 } },
        },
      ],
    },
  })
}

function service(cluster: SimCluster, name: string, spec: Partial<ServiceSpec>): void {
  cluster.create('services', {
    metadata: { name },
    spec: {
      selector: { app: 'netserver' },
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 8083 },
        { name: 'udp', port: 90, protocol: 'UDP', targetPort: 8081 },
        { name: 'sctp', port: 95, protocol: 'SCTP', targetPort: 8082 },
      ],
      ...spec,
    },
  })
}

/** The suite's setup: endpoints on two nodes, a test pod, one on the host's network, and a node port. */
function setup(hostEndpoints: boolean = false): SimCluster {
  const cluster = new SimCluster({ nodes: 3, network: DUAL })
  netexec(cluster, 'netserver-0', 'node-1', hostEndpoints)
  netexec(cluster, 'netserver-1', 'node-2', hostEndpoints)
  const spec = { containers: [{ name: 'c', image: AGNHOST, args: ['netexec', '--http-port=9080'] }] }
  cluster.create('pods', { metadata: { name: 'test' }, spec: { ...spec, nodeName: 'node-3' } })
  cluster.create('pods', {
    metadata: { name: 'host-test' },
    spec: { ...spec, nodeName: 'node-3', hostNetwork: true },
  })
  service(cluster, 'node-port', { type: 'NodePort', ipFamilyPolicy: 'RequireDualStack' })
  service(cluster, 'affinity', { ipFamilyPolicy: 'RequireDualStack', sessionAffinity: 'ClientIP' })
  cluster.settle()
  return cluster
}

const sh = (cluster: SimCluster, pod: string, command: string): string =>
  cluster.exec(pod, ['sh', '-c', command]).stdout

const podIPs = (cluster: SimCluster, name: string): readonly string[] =>
  (cluster.get('pods', name).status.podIPs ?? []).map(({ ip }) => ip)

const secondOf = (cluster: SimCluster, name: string): string =>
  cluster.get('services', name).spec.clusterIPs?.[1] ?? ''

/** Asks a pod to dial as often as given. Returns the host names that responded. */
function dial(
  cluster: SimCluster,
  [pod, protocol, host, port]: readonly [pod: string, protocol: string, host: string, port: number],
  tries: number = 20,
): readonly string[] {
  const own = pod.startsWith('netserver') ? 8083 : 9080
  const query = `request=hostname&protocol=${protocol}&host=${host}&port=${port}&tries=${tries}`
  const reply = sh(cluster, pod, `curl -g -q -s 'http://127.0.0.1:${own}/dial?${query}'`)
  const { responses = [], errors = [] } = JSON.parse(reply) as { responses?: string[]; errors?: string[] }
  expect(errors).toEqual([])
  return [...new Set(responses)].sort()
}

const BOTH = ['netserver-0', 'netserver-1']

describe('Kubernetes own tests of dual stack', () => {
  test('A node has an internal address of each family.', () => {
    const cluster = setup()
    expect(cluster.get('nodes', 'node-1').status.addresses).toEqual([
      { type: 'InternalIP', address: '10.0.0.11' },
      { type: 'InternalIP', address: 'fd00::b' },
      { type: 'Hostname', address: 'node-1' },
    ])
    expect(cluster.list('nodes').items.map(({ spec }) => spec)).toEqual(
      [0, 1, 2].map((at) => {
        const six = at === 0 ? 'fd00:10:244::/64' : `fd00:10:244:${at}::/64`
        return { podCIDR: `10.244.${at}.0/24`, podCIDRs: [`10.244.${at}.0/24`, six] }
      }),
    )
  })

  test('A pod has an address of each family, of which the first is its podIP.', () => {
    const { status } = setup().get('pods', 'netserver-1')
    expect(status.podIPs).toEqual([{ ip: '10.244.1.2' }, { ip: 'fd00:10:244:1::2' }])
    expect([status.podIP, status.hostIP]).toEqual(['10.244.1.2', '10.0.0.12'])
    expect(status.hostIPs).toEqual([{ ip: '10.0.0.12' }, { ip: 'fd00::c' }])
  })

  test('Pods reach each other at addresses of both families.', () => {
    const cluster = setup()
    for (const name of BOTH)
      for (const ip of podIPs(cluster, name)) {
        const host = ip.includes(':') ? `[${ip}]` : ip
        expect(sh(cluster, 'test', `curl -g -q -s --connect-timeout 30 http://${host}:8083/hostname`)).toBe(
          name,
        )
      }
  })

  test.each([
    ['no family', {}, ['IPv4'], 'SingleStack'],
    ['IPv4', { ipFamilies: ['IPv4'] }, ['IPv4'], 'SingleStack'],
    ['IPv6', { ipFamilies: ['IPv6'] }, ['IPv6'], 'SingleStack'],
    [
      'IPv4 and IPv6',
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
      ['IPv4', 'IPv6'],
      'RequireDualStack',
    ],
    [
      'IPv6 and IPv4',
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6', 'IPv4'] },
      ['IPv6', 'IPv4'],
      'RequireDualStack',
    ],
    ['a wish for two', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4', 'IPv6'], 'PreferDualStack'],
  ] satisfies readonly (readonly [string, Partial<ServiceSpec>, readonly string[], string])[])(
    'A Service that names %s gets addresses and endpoints of its families.',
    (_name, spec, families, policy) => {
      const cluster = setup()
      service(cluster, 'web', spec)
      cluster.settle()
      const { ipFamilies, ipFamilyPolicy, clusterIPs = [], clusterIP } = cluster.get('services', 'web').spec
      expect([ipFamilies, ipFamilyPolicy]).toEqual([families, policy])
      const isV6 = families.map((family) => family === 'IPv6')
      expect(clusterIPs.map((ip) => ip.includes(':'))).toEqual(isV6)
      expect(clusterIP).toBe(clusterIPs[0])
      const [subset] = cluster.get('endpoints', 'web').subsets ?? []
      expect(subset?.addresses?.map(({ ip }) => ip.includes(':'))).toEqual([isV6[0], isV6[0]])
      const slices = cluster.list('endpointslices', { labelSelector: 'kubernetes.io/service-name=web' }).items
      expect(slices.map(({ addressType }) => addressType).sort()).toEqual([...families].sort())
      for (const { addressType, endpoints = [] } of slices)
        expect(endpoints?.map(({ addresses }) => addresses[0]?.includes(':'))).toEqual([
          addressType === 'IPv6',
          addressType === 'IPv6',
        ])
    },
  )

  test.each([
    ['pod', 'test'],
    ['node', 'host-test'],
    ['endpoint', 'netserver-0'],
  ])(
    'The %s reaches a Service at its second address, and at node ports of second addresses.',
    (_kind, pod) => {
      const cluster = setup()
      const second = secondOf(cluster, 'node-port')
      const [http = 0, udp = 0, sctp = 0] = (cluster.get('services', 'node-port').spec.ports ?? []).map(
        ({ nodePort }) => nodePort ?? 0,
      )
      for (const [host, tcp, datagrams, chunks] of [
        [second, 80, 90, 95],
        ['fd00::b', http, udp, sctp],
        ['fd00::d', http, udp, sctp],
      ] as const) {
        expect(dial(cluster, [pod, 'http', host, tcp])).toEqual(BOTH)
        expect(dial(cluster, [pod, 'udp', host, datagrams])).toEqual(BOTH)
        expect(dial(cluster, [pod, 'sctp', host, chunks])).toEqual(BOTH)
      }
    },
  )

  test('agnhost connects with SCTP, and not where nothing listens or a policy forbids it.', () => {
    const cluster = setup()
    const [first = '', second = ''] = podIPs(cluster, 'netserver-0')
    const connect = (at: string): string =>
      cluster.exec('test', ['/agnhost', 'connect', '--timeout=3s', '--protocol=sctp', at]).stderr
    expect([connect(`${first}:8082`), connect(`[${second}]:8082`)]).toEqual(['', ''])
    expect(connect(`${first}:8083`)).toBe('REFUSED\n')
    cluster.create('networkpolicies', {
      metadata: { name: 'no-sctp' },
      spec: { podSelector: {}, ingress: [{ ports: [{ protocol: 'TCP', port: 8083 }] }] },
    })
    expect(connect(`[${second}]:8082`)).toBe('TIMEOUT\n')
  })

  test('A deleted endpoint gets no traffic at the second address any more.', () => {
    const cluster = setup()
    const second = secondOf(cluster, 'node-port')
    expect(dial(cluster, ['test', 'http', second, 80])).toEqual(BOTH)
    cluster.delete('pods', 'netserver-0')
    cluster.settle()
    expect(dial(cluster, ['test', 'http', second, 80])).toEqual(['netserver-1'])
    expect(dial(cluster, ['test', 'udp', second, 90])).toEqual(['netserver-1'])
  })

  test('Session affinity keeps a client at one endpoint of the second address.', () => {
    const cluster = setup()
    const second = secondOf(cluster, 'affinity')
    expect(dial(cluster, ['test', 'http', second, 80])).toHaveLength(1)
    expect(dial(cluster, ['test', 'udp', second, 90])).toHaveLength(1)
  })

  test('Large requests arrive at the second address.', () => {
    const cluster = setup()
    const second = secondOf(cluster, 'node-port')
    const echo = (protocol: string, port: number, text: string): string => {
      const query = `request=echo?msg=${text}&protocol=${protocol}&host=${second}&port=${port}&tries=1`
      const encoded = query.replace('echo?msg=', protocol === 'udp' ? 'echo%20' : 'echo%3Fmsg%3D')
      return sh(cluster, 'test', `curl -g -q -s 'http://127.0.0.1:9080/dial?${encoded}'`)
    }
    expect(echo('http', 80, '42'.repeat(1000))).toContain('42'.repeat(1000))
    expect(echo('udp', 90, `n${'o'.repeat(1999)}`)).toContain(`n${'o'.repeat(1999)}`)
  })

  test('Endpoints on the network of their hosts have second addresses, too.', () => {
    const cluster = setup(true)
    expect(podIPs(cluster, 'netserver-0')).toEqual(['10.0.0.11', 'fd00::b'])
    const second = secondOf(cluster, 'node-port')
    const port = cluster.get('services', 'node-port').spec.ports?.[0]?.nodePort ?? 0
    for (const pod of ['test', 'host-test']) {
      expect(dial(cluster, [pod, 'http', second, 80])).toEqual(['node-1', 'node-2'])
      expect(dial(cluster, [pod, 'udp', second, 90])).toEqual(['node-1', 'node-2'])
      expect(dial(cluster, [pod, 'http', 'fd00::d', port])).toEqual(['node-1', 'node-2'])
    }
  })
})

describe('what a user sees of two families', () => {
  test('The downward API and /etc/hosts have both addresses.', () => {
    const cluster = setup()
    expect(sh(cluster, 'netserver-0', 'echo $podIP $podIPs $hostIP $hostIPs')).toBe(
      '10.244.0.2 10.244.0.2,fd00:10:244::2 10.0.0.11 10.0.0.11,fd00::b\n',
    )
    expect(sh(cluster, 'netserver-0', 'tail -2 /etc/hosts')).toBe(
      '10.244.0.2\tnetserver-0\nfd00:10:244::2\tnetserver-0\n',
    )
    expect(sh(cluster, 'netserver-0', 'ip addr')).toMatch(
      /inet 10\.244\.0\.2\/24 .*\n *inet6 fd00:10:244::2\/64/,
    )
    expect(sh(cluster, 'netserver-0', 'ip -6 route')).toContain('default via fd00:10:244::1 dev eth0')
    expect(sh(cluster, 'netserver-0', 'curl -s http://[::1]:8083/hostname')).toBe('netserver-0')
  })

  test('DNS has A and AAAA records, and names for addresses of both families.', () => {
    const cluster = setup()
    service(cluster, 'headless', { clusterIP: 'None', ipFamilyPolicy: 'PreferDualStack' })
    cluster.settle()
    const second = secondOf(cluster, 'node-port')
    expect(sh(cluster, 'test', 'dig +short node-port.default.svc.cluster.local AAAA')).toBe(`${second}\n`)
    expect(sh(cluster, 'test', 'dig +short headless.default.svc.cluster.local AAAA')).toBe(
      'fd00:10:244::2\nfd00:10:244:1::2\n',
    )
    expect(sh(cluster, 'test', `nslookup ${second}`)).toContain(
      'name = node-port.default.svc.cluster.local\n',
    )
    expect(sh(cluster, 'test', 'nslookup fd00:10:244::2')).toContain('.headless.default.svc.cluster.local\n')
  })

  test('curl takes the family that it is told, and IPv4 otherwise.', () => {
    const cluster = setup()
    const from = (flag: string): string =>
      sh(cluster, 'test', `curl -s ${flag} http://node-port/clientip`).replace(/:\d+$/, '')
    expect([from(''), from('-4'), from('-6'), from('--ipv6')]).toEqual([
      '10.244.2.2',
      '10.244.2.2',
      '[fd00:10:244:2::2]',
      '[fd00:10:244:2::2]',
    ])
  })

  test('NetworkPolicies compare the address of the family that a connection has.', () => {
    const cluster = setup()
    const second = podIPs(cluster, 'netserver-0')[1] ?? ''
    const code = (url: string): number =>
      cluster.exec('test', ['sh', '-c', `curl -g -s -m 2 http://${url}:8083/hostname`]).exitCode
    cluster.create('networkpolicies', {
      metadata: { name: 'only-six' },
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'fd00:10:244:2::/64' } }] }] },
    })
    expect([code('10.244.0.2'), code(`[${second}]`)]).toEqual([28, 0])
    cluster.patch('networkpolicies', 'only-six', {
      type: 'merge',
      body: {
        spec: {
          ingress: [
            { from: [{ ipBlock: { cidr: 'fd00:10:244::/56', except: ['fd00:10:244:2::2/128'] } }] },
            { from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] },
          ],
        },
      },
    })
    expect([code('10.244.0.2'), code(`[${second}]`)]).toEqual([0, 28])
    cluster.patch('networkpolicies', 'only-six', {
      type: 'merge',
      body: { spec: { ingress: [{ from: [{ podSelector: {} }] }] } },
    })
    expect([code('10.244.0.2'), code(`[${second}]`)]).toEqual([0, 0])
  })

  test('kubectl describes both addresses of pods, Services and nodes.', () => {
    const cluster = setup()
    expect(cluster.kubectl('describe pod netserver-0').stdout).toContain(
      'IP:               10.244.0.2\nIPs:\n  IP:  10.244.0.2\n  IP:  fd00:10:244::2\n',
    )
    const { clusterIPs = [] } = cluster.get('services', 'node-port').spec
    expect(cluster.kubectl('describe service node-port').stdout).toContain(
      `IP Families:              IPv4,IPv6\nIP:                       ${clusterIPs[0]}\n` +
        `IPs:                      ${clusterIPs.join(',')}\n`,
    )
    expect(cluster.kubectl('describe node node-1').stdout).toContain(
      '  InternalIP:  10.0.0.11\n  InternalIP:  fd00::b\n  Hostname:    node-1\n',
    )
    expect(cluster.kubectl('describe node node-1').stdout).toMatch(
      /PodCIDRs: +10\.244\.0\.0\/24,fd00:10:244::\/64\n/,
    )
  })

  test('A Service of one family is not reached at the other: neither by address nor by node port.', () => {
    const cluster = setup()
    service(cluster, 'four', { type: 'NodePort' })
    cluster.settle()
    const port = cluster.get('services', 'four').spec.ports?.[0]?.nodePort ?? 0
    expect(sh(cluster, 'test', `curl -s http://10.0.0.11:${port}/hostname`)).toMatch(/^netserver-/)
    expect(cluster.exec('test', ['sh', '-c', `curl -s http://[fd00::b]:${port}/`]).exitCode).toBe(7)
    expect(cluster.exec('test', ['sh', '-c', 'curl -s -6 http://four/']).exitCode).toBe(6)
  })

  test('A pod gives back both addresses, and a fork gives out the same ones.', () => {
    const cluster = setup()
    cluster.delete('pods', 'netserver-0')
    cluster.settle()
    const fork = cluster.fork()
    for (const each of [cluster, fork]) {
      netexec(each, 'next', 'node-1')
      each.settle()
    }
    expect(podIPs(cluster, 'next')).toEqual(['10.244.0.3', 'fd00:10:244::3'])
    expect(podIPs(fork, 'next')).toEqual(podIPs(cluster, 'next'))
    expect(podIPs(SimCluster.restore(cluster.snapshot()), 'next')).toEqual(podIPs(cluster, 'next'))
  })

  test('A Service keeps its address when it gets two families, and only the first at the end.', () => {
    const cluster = setup()
    service(cluster, 'web', {})
    const { clusterIP } = cluster.get('services', 'web').spec
    const policy = (ipFamilyPolicy: string): readonly string[] => {
      cluster.patch('services', 'web', { type: 'merge', body: { spec: { ipFamilyPolicy } } })
      cluster.settle()
      return cluster.get('services', 'web').spec.clusterIPs ?? []
    }
    expect(policy('RequireDualStack')).toEqual([clusterIP, expect.stringMatching(/^fd00:10:96::/)])
    expect(policy('SingleStack')).toEqual([clusterIP])
    const slices = cluster.list('endpointslices', { labelSelector: 'kubernetes.io/service-name=web' }).items
    expect(slices.map(({ addressType }) => addressType)).toEqual(['IPv4'])
  })
})

describe('other clusters', () => {
  test('A cluster of IPv6 alone has no address of IPv4.', () => {
    const cluster = new SimCluster({
      nodes: 2,
      network: { podCIDR: 'fd00:10:244::/56', serviceCIDR: 'fd00:10:96::/112' },
    })
    netexec(cluster, 'netserver-0', 'node-1')
    service(cluster, 'web', { ipFamilyPolicy: 'PreferDualStack' })
    cluster.settle()
    expect(podIPs(cluster, 'netserver-0')).toEqual(['fd00:10:244::2'])
    expect(cluster.get('services', 'web').spec.ipFamilies).toEqual(['IPv6'])
    expect(cluster.get('endpoints', 'kubernetes').subsets?.[0]?.addresses).toEqual([{ ip: 'fd00::a' }])
    expect(sh(cluster, 'netserver-0', 'curl -s http://web/hostname')).toBe('netserver-0')
    expect(sh(cluster, 'netserver-0', 'curl -sk https://kubernetes/version')).toContain('"minor": "35"')
    expect(sh(cluster, 'netserver-0', 'ip addr')).not.toContain('inet ')
  })

  test('In a cluster that names IPv6 first, the first addresses are of IPv6.', () => {
    const cluster = new SimCluster({
      like: 'kubeadm',
      nodes: 1,
      network: { podCIDR: 'fd00:10:244::/56,10.244.0.0/16', serviceCIDR: 'fd00:10:96::/112,10.96.0.0/16' },
    })
    netexec(cluster, 'netserver-0', 'node-1')
    cluster.settle()
    const six = /^fd00:10:244:1::/
    expect(podIPs(cluster, 'netserver-0')).toEqual([
      expect.stringMatching(six),
      expect.stringMatching(/^10\./),
    ])
    expect(cluster.get('services', 'kubernetes').spec.clusterIPs).toEqual(['fd00:10:96::1'])
    expect(cluster.list('nodes').items.map(({ status }) => status.addresses?.[1]?.address)).toEqual([
      '10.0.0.10',
      '10.0.0.11',
    ])
    expect(sh(cluster, 'netserver-0', 'curl -sk https://kubernetes/version')).toContain('"minor": "35"')
  })

  test.each([
    ['two ranges of one family', '10.244.0.0/16,10.32.0.0/16', /one pod CIDR of each family/],
    ['no range', '10.244.0.0/16,', /not a CIDR/],
    ['a range with too many blocks', 'fd00::/40', /too large for nodes of \/64/],
    ['a range smaller than a block', 'fd00::/80', /node mask \/64 does not fit/],
  ])('%s is an error that names it.', (_what, podCIDR, text) => {
    expect(() => new SimCluster({ network: { podCIDR } })).toThrow(text)
  })

  test('The apiserver does not start with Services of another family than its own address.', () => {
    expect(
      () =>
        new SimCluster({
          network: { serviceCIDR: 'fd00:10:96::/112' },
          kubeadm: { advertiseAddress: '10.0.0.1:6443' },
        }),
    ).toThrow('service IP family "IPv6" must match public address family "IPv4"')
  })

  test('A node whose address is given has no other family.', () => {
    const cluster = new SimCluster({
      nodes: [
        { name: 'a', internalIP: '192.0.2.1' },
        { name: 'b', internalIP: '192.0.2.2,2001:db8::2' },
      ],
      network: DUAL,
    })
    cluster.settle()
    const addresses = (name: string): readonly string[] =>
      (cluster.get('nodes', name).status.addresses ?? []).map(({ address }) => address)
    expect([addresses('a'), addresses('b')]).toEqual([
      ['192.0.2.1', 'a'],
      ['192.0.2.2', '2001:db8::2', 'b'],
    ])
  })
})
