import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { addressError, canonicalAddress, rangeFault } from '../../src/lang/go/netip.js'
import { isApiError } from '../../src/client/api-error.js'
import { harness, type Harness } from '../apiserver/harness.js'

/** What is wrong with an object, as `field: text`. */
function faults({ client }: Harness, resource: string, body: object): readonly string[] {
  try {
    client.create(resource, { metadata: { name: 'x', namespace: 'default' }, ...body } as KubeObject)
    return []
  } catch (error) {
    if (!isApiError(error, 'Invalid')) throw error
    return (error.status.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`)
  }
}

const path = (fields: object): object => ({
  spec: {
    rules: [
      {},
      {
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: 's', port: { number: 1 } } },
              ...fields,
            },
          ],
        },
      },
    ],
  },
})

describe('ingresses', () => {
  it.each<[object, readonly string[]]>([
    [{ spec: {} }, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    // upstream names the first rule whichever it is
    [
      path({ path: '/a/../b%2f' }),
      [
        'spec.rules[1].http.paths[0].path: Invalid value: "/a/../b%2f": must not contain \'/../\'',
        'spec.rules[1].http.paths[0].path: Invalid value: "/a/../b%2f": must not contain \'%2f\'',
      ],
    ],
    [
      path({ path: '/a/..' }),
      ['spec.rules[1].http.paths[0].path: Invalid value: "/a/..": cannot end with \'/..\''],
    ],
    [
      path({ path: 'x', pathType: 'ImplementationSpecific' }),
      ['spec.rules[1].http.paths[0].path: Invalid value: "x": must be an absolute path'],
    ],
    [
      path({ pathType: 'X' }),
      [
        'spec.rules[1].http.paths[0].pathType: Unsupported value: "X": supported values: "Exact", ' +
          '"ImplementationSpecific", "Prefix"',
      ],
    ],
    [
      path({ backend: {} }),
      ['spec.rules[1].http.paths[0].backend: Invalid value: "": resource or service backend is required'],
    ],
    [
      path({ backend: { resource: { kind: '', name: 'a/b' } } }),
      [
        'spec.rules[1].http.paths[0].backend.resource.kind: Required value',
        'spec.rules[1].http.paths[0].backend.resource.name: Invalid value: "a/b": may not contain \'/\'',
      ],
    ],
    [{ spec: { rules: [{ http: {} }] } }, ['spec.rules[0].http.paths: Required value']],
  ])('%j', (body, expected) => expect(faults(harness(), 'ingresses', body)).toEqual(expected))

  it('the old annotation warns where no class is named', () => {
    const { server } = harness()
    const body = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', annotations: { 'kubernetes.io/ingress.class': 'n' } },
      spec: { rules: [{}] },
    }
    const response = server.handle({
      verb: 'create',
      resource: 'ingresses',
      group: 'networking.k8s.io',
      version: 'v1',
      namespace: 'default',
      options: {},
      body,
      userAgent: 'test',
      user: { name: 'admin', groups: ['system:masters'] },
    })
    expect(response.warnings).toEqual([
      'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
    ])
  })
})

describe('ingress classes', () => {
  it.each<[object, readonly string[]]>([
    [
      { controller: 'x' },
      ['spec.controller: Invalid value: "x": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [{ controller: '' }, ['spec.controller: Required value']],
    [
      { controller: 'a.b/c', parameters: { kind: 'P', name: 'n', scope: 'Namespace' } },
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ],
    [
      { controller: 'a.b/c', parameters: { kind: 'P', name: 'n', namespace: 'x' } },
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ],
    [
      { controller: 'a.b/c', parameters: { kind: 'P', name: 'n', scope: 'X' } },
      ['spec.parameters.scope: Unsupported value: "X": supported values: "Cluster", "Namespace"'],
    ],
  ])('%j', (spec, expected) =>
    expect(faults(harness(), 'ingressclasses', { metadata: { name: 'x' }, spec })).toEqual(expected),
  )
})

describe('network policies', () => {
  it.each<[object, readonly string[]]>([
    [
      { ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
    ],
    [
      { egress: [{ to: [{ ipBlock: { cidr: '' } }] }] },
      ['spec.egress[0].to[0].ipBlock.cidr: Required value'],
    ],
    [
      {
        egress: [{ to: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48', '10.0.0.0/8'] } }] }],
      },
      [
        'spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset ' +
          'of `cidr`',
      ],
    ],
    [
      { policyTypes: ['X'] },
      ['spec.policyTypes[0]: Unsupported value: "X": supported values: "Ingress", "Egress"'],
    ],
    [
      { egress: [{ ports: [{ port: 1, endPort: 70_000 }] }] },
      ['spec.egress[0].ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ],
  ])('%j', (spec, expected) =>
    expect(faults(harness(), 'networkpolicies', { spec: { podSelector: {}, ...spec } })).toEqual(expected),
  )
})

describe('addresses and ranges of services', () => {
  it.each<[object, object, readonly string[]]>([
    [
      { name: '10.0.0.01' },
      {},
      [
        'metadata.name: Invalid value: "10.0.0.01": ParseAddr("10.0.0.01"): IPv4 field has octet with ' +
          'leading zero',
        'spec.parentRef: Required value',
      ],
    ],
    [
      { name: '2001:DB8::1' },
      { parentRef: { resource: 'services', name: 's', namespace: 'a/b' } },
      [
        'metadata.name: Invalid value: "2001:DB8::1": must be a canonical form IP address',
        'spec.parentRef.namespace: Invalid value: "a/b": may not contain \'/\'',
      ],
    ],
    [
      { name: '2001:db8::1' },
      { parentRef: {} },
      ['spec.parentRef.resource: Required value', 'spec.parentRef.name: Required value'],
    ],
  ])('%j %j', (metadata, spec, expected) =>
    expect(faults(harness(), 'ipaddresses', { metadata, spec })).toEqual(expected),
  )

  it('a range may gain one of the other family', () => {
    const lab = harness()
    expect(
      faults(lab, 'servicecidrs', { metadata: { name: 'x' }, spec: { cidrs: ['10.0.0.1/24'] } }),
    ).toEqual([
      'spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length',
    ])
    expect(
      faults(lab, 'servicecidrs', { metadata: { name: 'x' }, spec: { cidrs: ['10.0.0.0/24'] } }),
    ).toEqual([])
    const update = (cidrs: readonly string[]) => () =>
      lab.client.patch('servicecidrs', { name: 'x' }, { type: 'merge', body: { spec: { cidrs } } })
    expect(update(['10.1.0.0/24'])).toThrow('spec.cidrs[0]: Invalid value: "10.1.0.0/24": field is immutable')
    expect(update(['10.0.0.0/24', '10.1.0.0/24'])).toThrow(
      'may specify no more than one IP for each IP family',
    )
    expect(update(['10.0.0.0/24', '2001:db8::/108'])).not.toThrow()
    expect(update(['10.0.0.0/24'])).toThrow('spec.cidrs: Invalid value: ["10.0.0.0/24"]: field is immutable')
  })

  it.each([
    ['x', 'ParseAddr("x"): unable to parse IP'],
    ['1.2.3', 'ParseAddr("1.2.3"): IPv4 address too short'],
    ['1..2.3', 'ParseAddr("1..2.3"): IPv4 field must have at least one digit (at ".2.3")'],
    ['1:2', 'ParseAddr("1:2"): address string too short'],
    ['12345::', 'ParseAddr("12345::"): each group must have 4 or less digits (at "12345::")'],
    ['1::2::', 'ParseAddr("1::2::"): multiple :: in address (at ":")'],
    ['::1.2.3.4', undefined],
  ])('net/netip of %s: %s', (text, expected) => expect(addressError(text)).toBe(expected))

  it('canonical forms', () => {
    expect(canonicalAddress('::FFFF:1.2.3.4')).toBe('::ffff:1.2.3.4')
    expect(rangeFault('::ffff:10.0.0.0/104')).toBe('must not have an IPv4-mapped IPv6 address')
    expect(rangeFault('10.0.0.0/08')).toBe('must not have leading 0s in IP or prefix length')
  })
})
