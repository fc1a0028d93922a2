import type { Arbitrary } from 'fast-check'
import type { WorldPolicy } from '../../netpol/index.js'
import { defined, type Words } from './words.js'

/** A NetworkPolicy without a name. */
export function networkPolicyIn(words: Words): Arbitrary<WorldPolicy> {
  const { fc, vocabulary, some, maybe, selector } = words
  const { protocols, ports, portNames, portRanges, ranges, namespaces } = vocabulary
  const block = (): Arbitrary<object> =>
    some(ranges).chain(({ cidr, except }) =>
      fc
        .record({
          cidr: fc.constant(cidr),
          except: maybe(fc.subarray([...except], { minLength: Math.min(1, except.length) })),
        })
        .map(defined),
    )
  const blocks = ranges.length === 0 ? [] : [fc.record({ ipBlock: block() }), fc.record({ ipBlock: block() })]
  const peer: Arbitrary<object> = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector }),
    fc.record({ namespaceSelector: selector, podSelector: selector }),
    ...blocks,
    ...words.unknown({}),
  )
  const protocol = maybe(some(protocols))
  const number: Arbitrary<number | string> =
    portNames.length === 0 ? some(ports) : fc.oneof(some(ports), some(portNames))
  const spans =
    portRanges.length === 0
      ? []
      : [
          fc
            .tuple(protocol, some(portRanges))
            .map(([name, [port, endPort]]) => defined({ protocol: name, port, endPort })),
        ]
  const port: Arbitrary<object> = fc.oneof(
    fc.record({ protocol }).map(defined),
    fc.record({ protocol, port: number }).map(defined),
    ...spans,
  )
  const list = <T>(each: Arbitrary<T>): Arbitrary<readonly T[] | null | undefined> =>
    fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(undefined, null) },
      { weight: 4, arbitrary: fc.array(each, { maxLength: 2 }) },
    )
  const rules = (peers: 'from' | 'to'): Arbitrary<object> =>
    fc.record({ [peers]: list(peer), ports: list(port) }).map(defined)
  return fc.record({
    apiVersion: fc.constant('networking.k8s.io/v1'),
    kind: fc.constant('NetworkPolicy'),
    metadata: fc.record({ namespace: some(namespaces) }),
    spec: fc
      .record({
        podSelector: fc.oneof(fc.constant({}), selector),
        policyTypes: maybe(fc.subarray(['Ingress', 'Egress'])),
        ingress: list(rules('from')),
        egress: list(rules('to')),
      })
      .map(defined),
  })
}

/** How the versions of cluster-wide policies differ. */
interface Form {
  readonly actions: readonly string[]
  readonly portsField: string
  readonly port: Arbitrary<object>
}

/** Arbitraries of entries of `protocols` in v1alpha2, and of `ports` in v1alpha1. */
function portForms({
  fc,
  vocabulary,
  some,
  maybe,
  unknown,
}: Words): readonly [current: Arbitrary<object>, superseded: Arbitrary<object>] {
  const { protocols, ports, portNames, portRanges } = vocabulary
  const protocol = maybe(some(protocols))
  const range = portRanges.length === 0 ? [] : [some(portRanges).map(([start, end]) => ({ start, end }))]
  const names = portNames.length === 0 ? [] : [some(portNames)]
  const destination = fc.oneof(
    fc.record({ number: some(ports) }),
    ...range.map((each) => fc.record({ range: each })),
  )
  return [
    fc.oneof(
      some(protocols.map((each) => each.toLowerCase())).chain((field) =>
        fc
          .oneof(fc.constant({}), fc.record({ destinationPort: destination }))
          .map((port) => ({ [field]: port })),
      ),
      ...names.map((each) => fc.record({ destinationNamedPort: each })),
      ...unknown({ icmp: {} }),
    ),
    fc.oneof(
      fc.record({ portNumber: fc.record({ protocol, port: some(ports) }).map(defined) }),
      ...range.map((each) =>
        fc.record({
          portRange: fc.tuple(protocol, each).map(([name, bounds]) => defined({ protocol: name, ...bounds })),
        }),
      ),
      ...names.map((each) => fc.record({ namedPort: each })),
    ),
  ]
}

/** A policy of any cluster-wide kind, without a name. */
export function clusterPolicyIn(words: Words): Arbitrary<WorldPolicy> {
  const { fc, vocabulary, some, maybe, selector, unknown } = words
  const { ranges, domainPatterns } = vocabulary
  const pods = fc.record({ namespaceSelector: selector, podSelector: selector })
  const subject = fc.oneof(
    fc.constant({ namespaces: {} }),
    fc.record({ namespaces: selector }),
    fc.record({ pods }),
  )
  const inner = [fc.record({ namespaces: selector }), fc.record({ pods })]
  const ingressPeer = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...inner) },
    ...unknown({ services: {} }).map((arbitrary) => ({ weight: 1, arbitrary })),
  )
  const names = (all: readonly string[]): Arbitrary<readonly string[]> =>
    fc.uniqueArray(some(all), { minLength: 1, maxLength: 2 })
  const egressPeer = fc.oneof(
    ...inner,
    fc.record({ nodes: selector }),
    ...(ranges.length === 0 ? [] : [fc.record({ networks: names(ranges.map(({ cidr }) => cidr)) })]),
    ...(domainPatterns.length === 0 ? [] : [fc.record({ domainNames: names(domainPatterns) })]),
    ...unknown({}),
  )
  const rules = (
    direction: 'ingress' | 'egress',
    { actions, portsField, port }: Form,
  ): Arbitrary<readonly object[] | undefined> => {
    const peers: Arbitrary<readonly object[]> = fc.array<object>(
      direction === 'ingress' ? ingressPeer : egressPeer,
      { minLength: 1, maxLength: 2 },
    )
    return maybe(
      fc.array(
        fc
          .record({
            name: maybe(some(['first', 'second'])),
            action: some(actions),
            [direction === 'ingress' ? 'from' : 'to']: peers,
            [portsField]: maybe(fc.array(port, { minLength: 1, maxLength: 2 })),
          })
          .map(defined),
        { maxLength: 3 },
      ),
    )
  }
  const policy = (
    version: string,
    kind: string,
    form: Form,
    extra: Record<string, Arbitrary<unknown>>,
  ): Arbitrary<WorldPolicy> =>
    fc.record({
      apiVersion: fc.constant(`policy.networking.k8s.io/${version}`),
      kind: fc.constant(kind),
      metadata: fc
        .record({ creationTimestamp: maybe(some(['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'])) })
        .map(defined),
      spec: fc
        .record({ ...extra, subject, ingress: rules('ingress', form), egress: rules('egress', form) })
        .map(defined),
    })
  const [current, superseded] = portForms(words)
  const old: Form = { actions: ['Allow', 'Deny', 'Pass'], portsField: 'ports', port: superseded }
  const priority = some([0, 5, 1000])
  return fc.oneof(
    {
      weight: 4,
      arbitrary: policy(
        'v1alpha2',
        'ClusterNetworkPolicy',
        { actions: ['Accept', 'Deny', 'Pass'], portsField: 'protocols', port: current },
        { tier: some(['Admin', 'Baseline']), priority },
      ),
    },
    { weight: 1, arbitrary: policy('v1alpha1', 'AdminNetworkPolicy', old, { priority }) },
    {
      weight: 1,
      arbitrary: policy('v1alpha1', 'BaselineAdminNetworkPolicy', { ...old, actions: ['Allow', 'Deny'] }, {}),
    },
  )
}
