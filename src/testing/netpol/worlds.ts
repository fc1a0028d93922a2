import type { Arbitrary } from 'fast-check'
import type { Connection, EndpointRef, World, WorldNode, WorldPod, WorldPolicy } from '../../netpol/index.js'
import { defined, type Words } from './words.js'

/** Pods of a network of their own have addresses of their own; those on the host's, their node's or none that is told. */
function placed(pod: WorldPod, at: number, addresses: readonly string[]): WorldPod {
  const podIPs = pod.spec?.hostNetwork === true ? [] : addresses.map((ip) => ({ ip }))
  return { metadata: { ...pod.metadata, name: `p${at}` }, spec: pod.spec, status: { ...pod.status, podIPs } }
}

function barePod({ fc, vocabulary, some, maybe, labels }: Words): Arbitrary<WorldPod> {
  const { namespaces, nodeIPs, ports, portNames, protocols } = vocabulary
  const port = fc.record({
    containerPort: some(ports.slice(0, 2)), ...(portNames.length === 0 ? {} : { name: maybe(some(portNames)) }), protocol: maybe(some(protocols)),
  }).map(defined)
  const container = fc.record({ ports: fc.array(port, { maxLength: 2 }), restartPolicy: maybe(fc.constant('Always')) }).map(defined)
  const node = nodeIPs.length === 0 ? fc.constant(undefined) : maybe(some(nodeIPs.map((_, at) => `n${at}`)))
  return fc.record({
    metadata: fc.record({ namespace: some(namespaces), labels }),
    spec: fc.record({
      nodeName: node, hostNetwork: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      containers: fc.array(container, { maxLength: 2 }), initContainers: fc.array(container, { maxLength: 1 }),
    }).map(defined),
    status: fc.record({ phase: fc.oneof({ weight: 5, arbitrary: fc.constant('Running') }, { weight: 1, arbitrary: some(['Succeeded', 'Failed']) }) }),
  })
}

/** Gives each policy a name of its own. */
export function namedPolicies(policies: readonly WorldPolicy[]): readonly WorldPolicy[] {
  return policies.map((policy, at) => ({ ...policy, metadata: { ...policy.metadata, name: `x${policies.length - at}` } }))
}

/** A small world in which much meets. */
export function worldIn(words: Words, narrow: Arbitrary<WorldPolicy>, wide: Arbitrary<WorldPolicy>): Arbitrary<World> {
  const { fc, vocabulary, labels, some } = words
  const { namespaces, podIPs, nodeIPs, domains, addresses } = vocabulary
  const nodes = fc.tuple(...nodeIPs.map((ips, at) => labels.map((each): WorldNode => ({
    metadata: { name: `n${at}`, labels: each },
    status: { addresses: [{ type: 'Hostname', address: `n${at}` }, ...ips.map((address) => ({ type: 'InternalIP', address }))] },
  }))))
  return fc.record({
    namespaces: fc.subarray([...namespaces], { minLength: 1 }).chain((names) => fc.tuple(...names.map((name) => labels.map((each) => ({ metadata: { name, labels: each } }))))),
    pods: fc.tuple(fc.array(barePod(words), { minLength: 2, maxLength: 5 }), fc.shuffledSubarray([...podIPs], { minLength: Math.min(5, podIPs.length) }))
      .map(([pods, ips]) => pods.map((pod, at) => placed(pod, at, ips[at] ?? []))),
    nodes,
    policies: fc.tuple(fc.array(narrow, { minLength: 1, maxLength: 3 }), fc.array(wide, { minLength: 1, maxLength: 3 }))
      .map(([first, second]) => namedPolicies([...second, ...first])),
    ...(domains.length === 0 ? {} : { domains: fc.dictionary(some(domains), fc.uniqueArray(some(addresses), { maxLength: 2 }), { maxKeys: 2 }) }),
  })
}

/** A connection in a world: most often between its pods. */
export function connectionIn({ fc, vocabulary, some, maybe }: Words, { pods = [], nodes = [] }: World): Arbitrary<Connection> {
  const { addresses, ports, protocols, domains } = vocabulary
  const names = pods.map(({ metadata: { namespace = 'default', name = '' } }) => `${namespace}/${name}`)
  const end: Arbitrary<EndpointRef> = fc.oneof(
    ...(names.length === 0 ? [] : [{ weight: 6, arbitrary: some(names) }]), ...(addresses.length === 0 ? [] : [{ weight: 2, arbitrary: some(addresses) }]),
    ...(nodes.length === 0 ? [] : [{ weight: 2, arbitrary: some(nodes.map(({ metadata: { name = '' } }) => ({ node: name }))) }]),
    { weight: 1, arbitrary: fc.constant('external') }, ...(domains.length === 0 ? [] : [{ weight: 2, arbitrary: some(domains).map((domain) => ({ domain })) }]),
  )
  return fc.record({ from: end, to: end, port: some([...ports, ...ports.slice(0, 1), ...ports.slice(0, 2)]), protocol: some([...protocols, ...protocols.slice(0, 1)]), service: maybe(fc.boolean()) })
    .map(defined)
}
