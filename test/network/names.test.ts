import { partial } from '../support/typed.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/index.js'
import { candidates, resolvConfOf, resolvConfText } from '../../src/network/dns/resolv-conf.js'
import type { Pod } from '../../src/api/core/generated.js'

const CLIENT = { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000000'] }] }
const SERVER = {
  containers: [
    {
      name: 'c',
      image: 'nginx',
      ports: [
        { name: 'web', containerPort: 80 },
        { name: 'more', containerPort: 81 },
      ],
    },
  ],
}

const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'client' }, spec: CLIENT },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db-0', namespace: 'shop', labels: { app: 'db' } },
    spec: { ...SERVER, hostname: 'db-0', subdomain: 'db' },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'plain', namespace: 'shop', labels: { app: 'db' } },
    spec: SERVER,
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db', namespace: 'shop' },
    spec: {
      clusterIP: 'None',
      selector: { app: 'db' },
      ports: [
        { name: 'sql', port: 5432, targetPort: 'web' },
        { name: 'more', port: 1, targetPort: 'more' },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      clusterIP: '10.96.7.7',
      selector: { app: 'db' },
      ports: [{ name: 'http', port: 80, targetPort: 80 }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'bare', namespace: 'shop' },
    spec: { clusterIP: 'None', selector: { app: 'none' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'out', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'db.example.com' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'chain', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'lost', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'gone.example.com' },
  },
]

describe('what the cluster answers', () => {
  let cluster: SimCluster
  let ips: Record<string, string>
  beforeAll(() => {
    cluster = new SimCluster({ nodes: 1, network: { outside: { 'db.example.com': { ip: '203.0.113.7' } } } })
    cluster.apply(objects)
    cluster.settle()
    ips = Object.fromEntries(
      ['db-0', 'plain'].map((name) => [
        name,
        cluster.get('pods', { namespace: 'shop', name }).status.podIP ?? '',
      ]),
    )
  })
  const dashed = (name: string): string => (ips[name] ?? '').replaceAll('.', '-')
  const filled = (text: string): string =>
    text
      .replace('DB0', ips['db-0'] ?? '')
      .replace('PLAIN', ips['plain'] ?? '')
      .replace('DASHED', dashed('plain'))

  test.each<[string, 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME', string, readonly string[]]>([
    ['web.shop.svc.cluster.local', 'A', 'NOERROR', ['10.96.7.7']],
    ['WEB.shop.svc.cluster.local.', 'A', 'NOERROR', ['10.96.7.7']],
    ['web.shop.svc.cluster.local', 'AAAA', 'NOERROR', []],
    ['_http._tcp.web.shop.svc.cluster.local', 'SRV', 'NOERROR', ['0 100 80 web.shop.svc.cluster.local']],
    ['_http._tcp.web.shop.svc.cluster.local', 'A', 'NOERROR', ['10.96.7.7']],
    ['_http._udp.web.shop.svc.cluster.local', 'SRV', 'NXDOMAIN', []],
    ['_grpc._tcp.web.shop.svc.cluster.local', 'SRV', 'NXDOMAIN', []],
    ['db.shop.svc.cluster.local', 'A', 'NOERROR', ['DB0', 'PLAIN']],
    ['db-0.db.shop.svc.cluster.local', 'A', 'NOERROR', ['DB0']],
    ['DASHED.db.shop.svc.cluster.local', 'A', 'NOERROR', ['PLAIN']],
    ['DASHED.web.shop.svc.cluster.local', 'A', 'NOERROR', ['PLAIN']],
    ['plain.db.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['a.b.c.db.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    [
      '_sql._tcp.db.shop.svc.cluster.local',
      'SRV',
      'NOERROR',
      ['0 50 80 db-0.db.shop.svc.cluster.local', '0 50 80 DASHED.db.shop.svc.cluster.local'],
    ],
    ['bare.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['nothing.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['shop.svc.cluster.local', 'A', 'NOERROR', []],
    ['nowhere.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['svc.cluster.local', 'A', 'NOERROR', []],
    ['cluster.local', 'A', 'NOERROR', []],
    ['web.shop.cluster.local', 'A', 'NXDOMAIN', []],
    ['10-1-2-3.shop.pod.cluster.local', 'A', 'NOERROR', ['10.1.2.3']],
    ['10-1-2-3.nowhere.pod.cluster.local', 'A', 'NXDOMAIN', []],
    ['10-1-2-300.shop.pod.cluster.local', 'A', 'NXDOMAIN', []],
    ['out.shop.svc.cluster.local', 'CNAME', 'NOERROR', ['db.example.com']],
    ['out.shop.svc.cluster.local', 'A', 'NOERROR', ['db.example.com', '203.0.113.7']],
    ['chain.shop.svc.cluster.local', 'A', 'NOERROR', ['web.shop.svc.cluster.local', '10.96.7.7']],
    ['lost.shop.svc.cluster.local', 'A', 'NXDOMAIN', ['gone.example.com']],
    ['db.example.com', 'A', 'NOERROR', ['203.0.113.7']],
    ['example.com', 'A', 'NXDOMAIN', []],
    ['7.7.96.10.in-addr.arpa', 'PTR', 'NOERROR', ['web.shop.svc.cluster.local']],
    ['1.1.1.1.in-addr.arpa', 'PTR', 'NXDOMAIN', []],
    ['__proto__.shop.svc.cluster.local', 'A', 'NXDOMAIN', []],
    ['', 'A', 'NXDOMAIN', []],
  ])('%s %s', (name, type, rcode, data) => {
    const reply = cluster.network.resolve('client', filled(name), type)
    expect([reply.rcode, reply.records.map((record) => record.data).sort()]).toEqual([
      rcode,
      data.map(filled).sort(),
    ])
  })

  test('reverse names of endpoints are those of their Services', () => {
    const names = cluster.network
      .resolve('client', `${(ips['db-0'] ?? '').split('.').reverse().join('.')}.in-addr.arpa`, 'PTR')
      .records.map(({ data }) => data)
    expect([...names].sort()).toEqual([
      `${dashed('db-0')}.web.shop.svc.cluster.local`,
      'db-0.db.shop.svc.cluster.local',
    ])
  })

  test('programs in containers see the same', () => {
    expect(
      cluster.exec('client', 'nslookup -type=srv _http._tcp.web.shop.svc.cluster.local').stdout,
    ).toContain('service = 0 100 80 web.shop.svc.cluster.local\n')
    expect(cluster.exec('client', 'nslookup 10.96.7.7').stdout).toContain(
      '7.7.96.10.in-addr.arpa\tname = web.shop.svc.cluster.local\n',
    )
    expect(cluster.exec('client', 'nslookup web').stdout).toContain("** server can't find web: NXDOMAIN")
    expect(cluster.exec('client', 'nslookup web.shop').stdout).toContain(
      'Name:\tweb.shop.svc.cluster.local\nAddress: 10.96.7.7\n',
    )
    expect(cluster.exec('client', 'wget -qO- http://web.shop | grep -c nginx').stdout).not.toBe('0\n')
  })
})

test('CoreDNS as an addon answers only while one of its pods can be reached', () => {
  const cluster = new SimCluster({ nodes: 2, addons: { coreDNS: true }, disable: ['events'] })
  cluster.apply(objects)
  cluster.settle()
  const lookup = (): string => cluster.exec('client', 'nslookup web.shop').stdout
  expect(lookup()).toContain('10.96.7.7')
  const way = cluster.network.connect({ from: 'client', to: 'web.shop', port: 80 })
  expect(way.outcome).toBe('connected')
  cluster.edit('deployments', { namespace: 'kube-system', name: 'coredns' }, (draft) => {
    draft.spec.replicas = 0
  })
  cluster.settle()
  expect(lookup()).toContain(';; connection timed out; no servers could be reached')
  const failed = cluster.network.connect({ from: 'client', to: 'web.shop', port: 80 })
  expect([failed.outcome, failed.proof.map(({ hop }) => hop)]).toEqual([
    'dns-timeout',
    ['source', 'kube-proxy', 'dns'],
  ])
  expect(cluster.exec('client', 'wget -T 2 -qO- http://web.shop').stderr).toContain("bad address 'web.shop'")
})

test.each<[object, string]>([
  [
    {},
    'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  ],
  [{ hostNetwork: true }, 'nameserver 10.0.0.2\n'],
  [
    { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  ],
  [{ dnsPolicy: 'Default' }, 'nameserver 10.0.0.2\n'],
  [
    {
      dnsPolicy: 'None',
      dnsConfig: {
        nameservers: ['1.2.3.4'],
        searches: ['my.dns'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
      },
    },
    'search my.dns\nnameserver 1.2.3.4\noptions ndots:2 edns0\n',
  ],
  [
    {
      dnsConfig: {
        nameservers: ['1.2.3.4', '10.96.0.10'],
        searches: ['cluster.local', 'my.dns'],
        options: [{ name: 'ndots', value: '1' }],
      },
    },
    'search shop.svc.cluster.local svc.cluster.local cluster.local my.dns\nnameserver ' +
      '10.96.0.10\nnameserver 1.2.3.4\noptions ndots:1\n',
  ],
])('resolv.conf of %j', (spec, text) => {
  const pod = partial<Pod>({ metadata: { namespace: 'shop' }, spec: { containers: [], ...spec } })
  expect(resolvConfText(resolvConfOf(pod, '10.96.0.10'))).toBe(text)
})

test('the search path is tried before the name itself unless it has enough dots', () => {
  const conf = { nameservers: [], searches: ['a.local', 'b.local.'], options: ['ndots:2'] }
  expect(candidates('web', conf)).toEqual(['web.a.local', 'web.b.local', 'web'])
  expect(candidates('web.x.y', conf)).toEqual(['web.x.y', 'web.x.y.a.local', 'web.x.y.b.local'])
  expect(candidates('web.x.', conf)).toEqual(['web.x'])
})
