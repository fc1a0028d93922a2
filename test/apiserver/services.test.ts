import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Service, ServicePort } from '../../src/api/core/generated.js'
import type { ServiceSpecInput } from '../../src/api/core/inputs.js'
import type { IPAddress } from '../../src/api/networking/generated.js'
import { addressesOf, nodePortsOf } from '../../src/apiserver/services/in-use.js'
import { isApiError } from '../../src/client/api-error.js'
import { harness, type Harness } from './harness.js'

type Spec = Partial<ServiceSpecInput>

function make({ client }: Pick<Harness, 'client'>, name: string, spec: Spec = {}): Service {
  return client.create('services', {
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...spec },
  })
}

const ipsOf = ({ client }: Harness): readonly IPAddress[] => client.list('ipaddresses').items
const namesOf = (all: Harness): readonly string[] => ipsOf(all).map(({ metadata }) => metadata.name ?? '')
const at = (name: string): { name: string; namespace: string } => ({ name, namespace: 'default' })

function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isApiError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'done'
}

describe('cluster IPs', () => {
  it('the Service kubernetes has the first address, and an IPAddress stands for it', () => {
    const all = harness()
    const { spec, metadata } = all.client.get('services', at('kubernetes'))
    expect(metadata.labels).toEqual({ component: 'apiserver', provider: 'kubernetes' })
    expect([spec.clusterIP, spec.clusterIPs, spec.ports]).toEqual([
      '10.96.0.1',
      ['10.96.0.1'],
      [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    ])
    expect(
      ipsOf(all).map(({ metadata: { name, labels }, spec: { parentRef } }) => [name, labels, parentRef]),
    ).toEqual([
      [
        '10.96.0.1',
        {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
        { resource: 'services', namespace: 'default', name: 'kubernetes' },
      ],
    ])
    expect(all.client.get('endpoints', at('kubernetes')).subsets).toEqual([
      { addresses: [{ ip: '10.0.0.10' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
    ])
    expect(all.client.get('servicecidrs', { name: 'kubernetes' }).spec.cidrs).toEqual(['10.96.0.0/12'])
  })

  it('chooses outside the first 256 addresses, keeps what it gave, and takes it back', () => {
    const all = harness()
    const { spec } = make(all, 'a')
    const ip = spec.clusterIP as string
    expect(ip).toMatch(/^10\.(9[6-9]|10\d|11[01])\./)
    expect(ip.startsWith('10.96.0.')).toBe(false)
    const { resourceVersion } = all.client.get('services', at('a')).metadata
    expect(Number(all.client.get('ipaddresses', { name: ip }).metadata.resourceVersion)).toBe(
      Number(resourceVersion) - 1,
    )
    // a manifest without what the server gave may be written again
    const again = all.client.update('services', { metadata: at('a'), spec: { ports: [{ port: 81 }] } })
    expect([again.spec.clusterIP, again.spec.clusterIPs]).toEqual([ip, [ip]])
    all.client.delete('services', at('a'))
    expect(namesOf(all)).toEqual(['10.96.0.1'])
  })

  it.each([
    ['10.96.0.1', 'provided IP is already allocated'],
    ['10.096.0.01', 'provided IP is already allocated'],
    [
      '10.96.0.0',
      'the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    ],
    [
      '10.111.255.255',
      'the provided IP (10.111.255.255) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    ],
    ['10.112.0.1', 'the provided network does not match the current range'],
  ])('refuses %s', (clusterIP, why) => {
    expect(refusal(() => make(harness(), 'a', { clusterIP }))).toBe(
      `422 Service "a" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to ` +
        `allocate IP ${clusterIP}: ${why}`,
    )
  })

  it(
    'an IPAddress that somebody made reserves the address; before v1.33 there are none, and the range ' +
      'is named',
    () => {
      const now = harness()
      now.client.create('ipaddresses', {
        metadata: { name: '10.96.7.7' },
        spec: { parentRef: { resource: 'things', name: 'x' } },
      } as IPAddress)
      expect(refusal(() => make(now, 'a', { clusterIP: '10.96.7.7' }))).toContain(
        'provided IP is already allocated',
      )
      const before = harness({ version: 'v1.30' })
      make(before, 'a', { clusterIP: '10.96.7.7' })
      expect(refusal(() => make(before, 'b', { clusterIP: '10.96.7.7' }))).toContain(
        'provided IP is already allocated',
      )
      expect(refusal(() => make(before, 'b', { clusterIP: '1.2.3.4' }))).toContain(
        'the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
      )
      before.client.delete('services', at('a'))
      expect(make(before, 'b', { clusterIP: '10.96.7.7' }).spec.clusterIP).toBe('10.96.7.7')
    },
  )

  it('says so when the range is full, and goes on when an address is free', () => {
    // six addresses, one of which is that of kubernetes
    const all = harness({ serviceRanges: ['10.0.0.0/29'] })
    for (const name of ['a', 'b', 'c', 'd', 'e']) make(all, name)
    expect(refusal(() => make(all, 'f'))).toBe(
      '500 Internal error occurred: failed to allocate a serviceIP: range is full',
    )
    const free = all.client.delete('services', at('c')) as Service
    expect(make(all, 'f').spec.clusterIP).toBe(free.spec.clusterIP)
  })

  it('a dry run and a refused write take nothing', () => {
    const all = harness()
    all.client.create(
      'services',
      { metadata: at('dry'), spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] } },
      { dryRun: true },
    )
    expect(refusal(() => make(all, 'bad', { sessionAffinity: 'X' as 'None' }))).toContain(
      'spec.sessionAffinity: Unsupported value',
    )
    expect(namesOf(all)).toEqual(['10.96.0.1'])
    expect(
      nodePortsOf(make(all, 'np', { type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] })),
    ).toEqual([30001])
  })

  it('does not change once set, unless by way of ExternalName', () => {
    const all = harness()
    const { clusterIP } = make(all, 'a').spec
    const patch = (body: object): unknown => all.client.patch('services', at('a'), { type: 'merge', body })
    expect(refusal(() => patch({ spec: { clusterIP: '10.96.9.9' } }))).toBe(
      '422 Service "a" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set',
    )
    expect(refusal(() => patch({ spec: { clusterIP: 'None', clusterIPs: ['None'] } }))).toContain(
      'may not change once set',
    )
    patch({ spec: { type: 'ExternalName', externalName: 'a.b' } })
    expect(namesOf(all)).toEqual(['10.96.0.1'])
    expect(addressesOf(all.client.get('services', at('a')))).toEqual([])
    patch({ spec: { type: 'ClusterIP', clusterIP: '10.96.9.9', externalName: null } })
    expect(all.client.get('services', at('a')).spec.clusterIP).toBe('10.96.9.9')
    expect(clusterIP).not.toBe('10.96.9.9')
  })
})

describe('families', () => {
  const dual = { serviceRanges: ['10.96.0.0/12', 'fd00:10:96::/108'] }

  it('one family unless two are asked for; the second comes and goes with the policy', () => {
    const all = harness(dual)
    expect(make(all, 'single').spec.ipFamilies).toEqual(['IPv4'])
    const { spec } = make(all, 'both', { ipFamilyPolicy: 'PreferDualStack' })
    expect(spec.ipFamilies).toEqual(['IPv4', 'IPv6'])
    expect(spec.clusterIPs?.[1]).toMatch(/^fd00:10:96::[0-9a-f:]+$/)
    const upgraded = all.client.patch('services', at('single'), {
      type: 'merge',
      body: { spec: { ipFamilyPolicy: 'RequireDualStack' } },
    })
    expect(upgraded.spec.clusterIPs?.length).toBe(2)
    expect(namesOf(all)).toContain(upgraded.spec.clusterIPs?.[1])
    const reduced = all.client.patch('services', at('single'), {
      type: 'merge',
      body: { spec: { ipFamilyPolicy: 'SingleStack' } },
    })
    expect([reduced.spec.clusterIPs?.length, reduced.spec.ipFamilies]).toEqual([1, ['IPv4']])
    expect(namesOf(all)).not.toContain(upgraded.spec.clusterIPs?.[1])
  })

  it('a headless service without selector may have both, whatever the cluster has', () => {
    const { spec } = make(harness(), 'h', { clusterIP: 'None' })
    expect([spec.ipFamilyPolicy, spec.ipFamilies, spec.clusterIPs]).toEqual([
      'RequireDualStack',
      ['IPv4', 'IPv6'],
      ['None'],
    ])
  })

  it.each<[Spec, string]>([
    [
      { ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for ' +
        'dual-stack services',
    ],
    [{ ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    [
      { ipFamilies: ['IPv4', 'IPv6'] },
      "spec.ipFamilyPolicy: Invalid value: null: must be 'RequireDualStack' or 'PreferDualStack' when " +
        'multiple IP families are specified',
    ],
    [
      { clusterIP: 'fd00::1' },
      'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
    ],
    [
      { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.2'] },
      'spec.clusterIPs: Invalid value: ["10.96.1.2"]: first value must match `clusterIP`',
    ],
  ])('refuses %j on a cluster of one family', (spec, why) => {
    expect(refusal(() => make(harness(), 'a', spec))).toBe(`422 Service "a" is invalid: ${why}`)
  })
})

describe('node ports', () => {
  it('chosen above the first 86, one number for TCP and UDP of a port, kept by name', () => {
    const all = harness()
    const ports = [
      { name: 't', port: 53 },
      { name: 'u', port: 53, protocol: 'UDP' },
      { name: 'h', port: 80 },
    ] as ServicePort[]
    const made = make(all, 'a', { type: 'NodePort', ports })
    const [tcp = 0, udp, http = 0] = nodePortsOf(made)
    expect(tcp).toBe(udp)
    expect(tcp).not.toBe(http)
    expect(Math.min(tcp, http)).toBeGreaterThanOrEqual(30086)
    const turned = all.client.update('services', {
      metadata: at('a'),
      spec: {
        type: 'NodePort',
        ports: [
          { name: 'h', port: 8080 },
          { name: 'new', port: 1 },
        ],
      },
    })
    expect(nodePortsOf(turned)[0]).toBe(http)
    expect(nodePortsOf(turned)[1]).not.toBe(http)
  })

  it('a taken port is refused and free again after the change of type', () => {
    const all = harness()
    make(all, 'a', { type: 'NodePort', ports: [{ port: 80, nodePort: 30100 }] })
    const other = (): Service => make(all, 'b', { type: 'NodePort', ports: [{ port: 80, nodePort: 30100 }] })
    expect(refusal(other)).toBe(
      '422 Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30100: provided port is ' +
        'already allocated',
    )
    const plain = all.client.patch('services', at('a'), {
      type: 'merge',
      body: { spec: { type: 'ClusterIP' } },
    })
    expect([nodePortsOf(plain), plain.spec.externalTrafficPolicy]).toEqual([[], undefined])
    expect(nodePortsOf(other())).toEqual([30100])
  })

  it('health checks of a local load balancer have a port of their own, which stays', () => {
    const all = harness()
    const local: Spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }
    const { spec } = make(all, 'a', { ...local, allocateLoadBalancerNodePorts: false })
    expect(spec.ports?.[0]?.nodePort).toBeUndefined()
    const port = spec.healthCheckNodePort as number
    expect(port).toBeGreaterThanOrEqual(30000)
    expect(refusal(() => make(all, 'b', { ...local, healthCheckNodePort: port }))).toBe(
      `500 Internal error occurred: failed to allocate requested HealthCheck NodePort ${port}: ` +
        'provided port is already allocated',
    )
    const patch = (body: object): Service => all.client.patch('services', at('a'), { type: 'merge', body })
    expect(refusal(() => patch({ spec: { healthCheckNodePort: 30555 } }))).toContain(
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    )
    expect(patch({ spec: { externalTrafficPolicy: 'Cluster' } }).spec.healthCheckNodePort).toBeUndefined()
  })
})

/** What a random history does to one of a few services. */
const step = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  spec: fc.constantFrom<Spec | undefined>(
    undefined,
    {},
    { clusterIP: 'None' },
    { type: 'NodePort' },
    { type: 'NodePort', ports: [{ port: 80, nodePort: 30200 }] },
    { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
    { type: 'ExternalName', externalName: 'x.y', ports: [] },
    { clusterIP: '10.96.3.3' },
  ),
})

function perform(
  { client }: Pick<Harness, 'client'>,
  { name, spec }: { name: string; spec: Spec | undefined },
): string {
  const body = { metadata: at(name), spec: { ports: [{ port: 80 }], ...spec } }
  return refusal(() =>
    spec === undefined ? client.delete('services', at(name)) : client.update('services', body),
  )
}

describe('whatever is written in whatever order', () => {
  it(
    'addresses and ports are held once, IPAddresses are those in use, and a server over a copy of the ' +
      'store goes on alike',
    () => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 25 }),
          fc.array(step, { maxLength: 5 }),
          (history, future) => {
            const all = harness()
            for (const one of history) perform(all, one)
            const { items } = all.client.list('services')
            const ips = items.flatMap(addressesOf)
            expect([...namesOf(all)].sort()).toEqual([...ips].sort())
            expect(new Set(ips).size).toBe(ips.length)
            const ports = items.flatMap(nodePortsOf)
            expect(new Set(ports).size).toBe(ports.length)
            // the copy's indexes are made from its store, the original's by its changes; neither draws a
            // different future
            const clock = all.sim.clock
            const copy = harness({ store: all.store.fork({ clock }) })
            for (const one of future) expect(perform(copy, one)).toBe(perform(all, one))
            const fixed = ({ client }: Harness): readonly string[] =>
              ['10.96.3.3', '10.96.0.1'].map((clusterIP) =>
                refusal(() =>
                  client.create(
                    'services',
                    {
                      metadata: at('probe'),
                      spec: { clusterIP, type: 'NodePort', ports: [{ port: 1, nodePort: 30200 }] },
                    },
                    { dryRun: true },
                  ),
                ),
              )
            expect(fixed(copy)).toEqual(fixed(all))
          },
        ),
        { numRuns: 60 },
      )
    },
  )
})
