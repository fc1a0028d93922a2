import type { Arbitrary } from 'fast-check'
import type { PolicyQuery, EndpointRef, World, WorldNode, WorldPod, WorldPolicy } from '../../netpol/index.js'
import { defined, type Words } from './words.js'

/** Returns undefined for an empty value. */
function filled<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}

/**
 * Assigns addresses. A pod with its own network has its own; one on the host's network has its node's, or
 * none is reported.
 */
function placed(pod: WorldPod, at: number, addresses: readonly string[]): WorldPod {
  const podIPs = pod.spec?.hostNetwork === true ? [] : addresses.map((ip) => ({ ip }))
  return { metadata: { ...pod.metadata, name: `p${at}` }, spec: pod.spec, status: { ...pod.status, podIPs } }
}

function barePod({ fc, vocabulary, some, maybe, labels }: Words): Arbitrary<WorldPod> {
  const { namespaces, nodeIPs, ports, portNames, protocols } = vocabulary
  const port = fc
    .record({
      containerPort: some(ports.slice(0, 2)),
      ...(portNames.length === 0 ? {} : { name: maybe(some(portNames)) }),
      protocol: maybe(some(protocols)),
    })
    .map(defined)
  const container = fc
    .record({ ports: fc.array(port, { maxLength: 2 }), restartPolicy: maybe(fc.constant('Always')) })
    .map(defined)
  const node = nodeIPs.length === 0 ? fc.constant(undefined) : maybe(some(nodeIPs.map((_, at) => `n${at}`)))
  return fc.record({
    metadata: fc.record({ namespace: some(namespaces), labels: labels.map(filled) }).map(defined),
    spec: fc
      .record({
        nodeName: node,
        hostNetwork: fc.oneof(
          { weight: 4, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
        containers: fc.array(container, { maxLength: 2 }).map(filled),
        initContainers: fc.array(container, { maxLength: 1 }).map(filled),
      })
      .map(defined),
    status: fc.record({
      phase: fc.oneof(
        { weight: 5, arbitrary: fc.constant('Running') },
        { weight: 1, arbitrary: some(['Succeeded', 'Failed']) },
      ),
    }),
  })
}

/** Gives each policy a unique name. */
export function namedPolicies(policies: readonly WorldPolicy[]): readonly WorldPolicy[] {
  return policies.map((policy, at) => ({
    ...policy,
    metadata: { ...policy.metadata, name: `x${policies.length - at}` },
  }))
}

/** A small world whose parts often match. */
export function worldIn(
  words: Words,
  narrow: Arbitrary<WorldPolicy>,
  wide: Arbitrary<WorldPolicy>,
): Arbitrary<World> {
  const { fc, vocabulary, labels, some } = words
  const { namespaces, podIPs, nodeIPs, domains, addresses } = vocabulary
  // shrinks to an empty list if the elements are not needed
  const seldomNone = <T>(list: Arbitrary<readonly T[]>): Arbitrary<readonly T[]> =>
    fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant<readonly T[]>([]) },
      { weight: 12, arbitrary: list },
    )
  const nodes = fc.tuple(
    ...nodeIPs.map((ips, at) =>
      labels.map((each): WorldNode => ({
        metadata: defined({ name: `n${at}`, labels: filled(each) }),
        status: {
          addresses: [
            { type: 'Hostname', address: `n${at}` },
            ...ips.map((address) => ({ type: 'InternalIP', address })),
          ],
        },
      })),
    ),
  )
  return fc.record({
    namespaces: fc
      .subarray([...namespaces])
      .chain((names) =>
        fc.tuple(
          ...names.map((name) =>
            labels.map((each) => ({ metadata: defined({ name, labels: filled(each) }) })),
          ),
        ),
      ),
    pods: fc
      .tuple(
        fc.array(barePod(words), { minLength: 2, maxLength: 5 }),
        fc.shuffledSubarray([...podIPs], { minLength: Math.min(5, podIPs.length) }),
      )
      .map(([pods, ips]) => pods.map((pod, at) => placed(pod, at, ips[at] ?? []))),
    nodes: seldomNone(nodes),
    policies: fc
      .tuple(
        seldomNone(fc.array(narrow, { minLength: 1, maxLength: 3 })),
        seldomNone(fc.array(wide, { minLength: 1, maxLength: 3 })),
      )
      .map(([first, second]) => namedPolicies([...second, ...first])),
    ...(domains.length === 0
      ? {}
      : {
          domains: fc.dictionary(some(domains), fc.uniqueArray(some(addresses), { maxLength: 2 }), {
            maxKeys: 2,
          }),
        }),
  })
}

/** A connection that is independent of the world, so that both shrink independently. */
export type ConnectionRecipe = (world: World) => PolicyQuery

/**
 * Arbitraries for connections: usually between pods of the world. Without pods (or nodes), an end is outside.
 */
export function connectionRecipes({ fc, vocabulary, some, maybe }: Words): Arbitrary<ConnectionRecipe> {
  const { addresses, ports, protocols, domains } = vocabulary
  const at = fc.nat({ max: 59 })
  type End = (world: World) => EndpointRef
  const chosen = <T>(
    list: readonly T[] | undefined,
    place: number,
    tell: (item: T) => EndpointRef,
  ): EndpointRef => {
    const item = list?.[place % Math.max(1, list.length)]
    return item === undefined ? 'external' : tell(item)
  }
  const constant =
    (ref: EndpointRef): End =>
    () =>
      ref
  const end: Arbitrary<End> = fc.oneof(
    {
      weight: 6,
      arbitrary: at.map(
        (place): End =>
          ({ pods }) =>
            chosen(
              pods,
              place,
              ({ metadata: { namespace = 'default', name = '' } }) => `${namespace}/${name}`,
            ),
      ),
    },
    ...(addresses.length === 0 ? [] : [{ weight: 2, arbitrary: some(addresses).map(constant) }]),
    {
      weight: 2,
      arbitrary: at.map(
        (place): End =>
          ({ nodes }) =>
            chosen(nodes, place, ({ metadata: { name = '' } }) => ({ node: name })),
      ),
    },
    { weight: 1, arbitrary: fc.constant(constant('external')) },
    ...(domains.length === 0
      ? []
      : [{ weight: 2, arbitrary: some(domains).map((domain) => constant({ domain })) }]),
  )
  const port = some([...ports, ...ports.slice(0, 1), ...ports.slice(0, 2)])
  return fc.tuple(end, end, port, some([...protocols, ...protocols.slice(0, 1)]), maybe(fc.boolean())).map(
    ([from, to, number, protocol, service]): ConnectionRecipe =>
      (world) =>
        defined({ from: from(world), to: to(world), port: number, protocol, service }),
  )
}
