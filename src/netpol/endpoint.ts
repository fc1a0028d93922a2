import { strangeKey } from './inputs.js'
import { invalid, notFound, required, type FieldError } from '../api/field-error.js'
import { formatIp, parseIp, type IpAddress, type IpFamily } from '../lang/go/ip.js'
import { addressBook } from './address-book.js'
import { compileSelectorText } from '../api/selectors/label-parser.js'
import type { Labels } from '../api/selectors/labels.js'
import { nearest } from '../lang/text/nearest.js'
import type { Model, NodeModel, PodModel, ServiceModel } from './model.js'
import type { PolicyQuery, EndpointRef, Protocol } from './world.js'
import { WorldError } from './world-error.js'
import { domainName } from './read/cluster-policy.js'
import { protocols } from './read/objects.js'

/** A resolved end of a connection. An end outside the cluster has only an address. */
export interface End {
  /** The pod, including one on the host's network. */
  readonly pod: PodModel | undefined
  /** The node whose traffic it is: the node itself, or the node of a pod on the host's network. */
  readonly node: string | undefined
  /** Undefined if a pod or node has no address of the connection's family. */
  readonly address: IpAddress | undefined
  /** Domain names that resolved to the address. */
  readonly domains: readonly string[]
}

/** A connection whose ends have been resolved. */
export interface ResolvedConnection {
  readonly from: End
  readonly to: End
  readonly family: IpFamily | undefined
  /** Undefined if the destination has no port of the requested name. */
  readonly port: number | undefined
  readonly protocol: Protocol
  /** A pod connects to itself. */
  readonly self: boolean
  readonly service: boolean
}

/** An end before the family is chosen, with all addresses that it could use. */
interface Candidate {
  readonly pod?: PodModel
  readonly node?: string | undefined
  readonly addresses: readonly IpAddress[]
  readonly domain?: string
  /** The owner is determined by the address. */
  readonly byAddress?: true
  /** The Service that leads to the pod. */
  readonly via?: ServiceModel
}

const external: readonly IpAddress[] = [
  { family: 'IPv4', value: 0xcb007101n },
  { family: 'IPv6', value: (0x20010db8n << 96n) + 1n },
]

/** Returns the node with an address. */
export function nodeAt(model: Model, address: IpAddress): NodeModel | undefined {
  return addressBook(model).nodeAt(address)
}

function fail(...faults: readonly FieldError[]): never {
  throw new WorldError('connection', faults)
}

function addressOf(text: unknown, path: string): IpAddress {
  const address = typeof text === 'string' ? parseIp(text) : undefined
  return (
    address ??
    fail(
      invalid(
        path,
        typeof text === 'string' ? text : typeof text,
        'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ),
    )
  )
}

function podCandidate(model: Model, key: string, path: string): Candidate {
  const pod = model.pods.get(key) ?? fail(notFound(path, key))
  if (!pod.hostNetwork) return { pod, addresses: pod.addresses }
  const own = model.nodes.get(pod.node ?? '')
  const addresses = pod.addresses.length > 0 ? pod.addresses : (own?.addresses ?? [])
  return { pod, addresses, node: pod.node }
}

function textCandidate(model: Model, text: string, path: string): Candidate {
  if (text === 'external') return { addresses: external }
  if (text.includes('/')) return namedCandidate(model, text, path)
  const address = parseIp(text)
  return address === undefined
    ? fail(
        invalid(
          path,
          text,
          "must be 'namespace/pod', 'namespace/deploy/name', 'namespace/label=value', an IP address or " +
            "'external'",
        ),
      )
    : { addresses: [address], byAddress: true }
}

/** A pod, workload, label or Service by its text. */
function namedCandidate(model: Model, text: string, path: string): Candidate {
  if (model.pods.has(text)) return podCandidate(model, text, path)
  const [, namespace = '', selector] = /^([^/]+)\/([^/]*[=!][^/]*|[^/=]*\/[^/=]+=.*)$/.exec(text) ?? []
  if (selector !== undefined) {
    const matches = compileSelectorText(selector)
    return oneOf(model, { namespace, matches }, path, text)
  }
  const service = model.services.get(text)
  if (service === undefined) return fail(unknownEnd(model, text, path))
  if (path !== 'to') return fail(invalid(path, text, 'is a Service, from which no connection begins'))
  const wanted = Object.entries(service.selector ?? {})
  if (wanted.length === 0) return fail(invalid(path, text, 'is a Service without a selector; name a pod'))
  const matches = (labels: Labels): boolean => wanted.every(([name, value]) => labels[name] === value)
  return { ...oneOf(model, { namespace: service.namespace, matches }, path, text), via: service }
}

/** The pods with labels: policies must not be able to tell them apart. */
function oneOf(
  model: Model,
  { namespace, matches }: { readonly namespace: string; readonly matches: (labels: Labels) => boolean },
  path: string,
  text: string,
): Candidate {
  const found = [...model.pods.values()].filter((pod) => pod.namespace === namespace && matches(pod.labels))
  const [first] = found
  if (first === undefined) {
    const near = [
      ...new Set(
        [...model.pods.values()]
          .filter((pod) => pod.namespace === namespace)
          .flatMap(({ labels }) => Object.entries(labels).map(([name, value]) => `${name}=${value}`)),
      ),
    ]
    const meant = nearest(text.slice(text.indexOf('/') + 1), near)
    const hint = meant === undefined ? '' : `; did you mean ${namespace}/${meant}?`
    return fail(invalid(path, text, `selects no pod or workload${hint}`))
  }
  const same = JSON.stringify(first.labels)
  const other = found.find(({ labels }) => JSON.stringify(labels) !== same)
  if (other !== undefined)
    return fail(
      invalid(path, text, `selects ${first.key} and ${other.key}, which have different labels; name one`),
    )
  return podCandidate(model, first.key, path)
}

function unknownEnd(model: Model, text: string, path: string): FieldError {
  const known = [...model.pods.keys(), ...model.services.keys()]
  const meant = nearest(text, known)
  const error = notFound(path, text)
  return meant === undefined ? error : { ...error, body: `${error.body}; did you mean ${meant}?` }
}

/** The port of the pod behind a port of a Service. */
function targetOf({ key, ports }: ServiceModel, port: number | string, protocol: Protocol): number | string {
  const found = ports.find((each) => each.protocol === protocol && (each.port === port || each.name === port))
  if (found !== undefined) return found.targetPort
  const listed = ports.map((each) => `${each.port}/${each.protocol}`).join(', ')
  return fail(invalid('port', port, `the Service ${key} has ${listed === '' ? 'no ports' : listed}`))
}

function domainCandidate(
  model: Model,
  { domain, ip }: { readonly domain: string; readonly ip?: string | undefined },
  path: string,
): Candidate {
  if (typeof domain !== 'string' || domain === '')
    return fail(invalid(`${path}.domain`, typeof domain, 'must be a domain name'))
  const name = domainName(domain)
  const addresses = ip === undefined ? (model.domains.get(name) ?? external) : [addressOf(ip, `${path}.ip`)]
  return { addresses, domain: name, byAddress: true }
}

function candidateOf(model: Model, ref: EndpointRef | null | undefined, path: string): Candidate {
  if (ref === undefined || ref === null) return fail(required(path))
  if (typeof ref !== 'string' && typeof ref !== 'object')
    return fail(invalid(path, typeof ref, 'must be a string or an object'))
  if (typeof ref === 'string') return textCandidate(model, ref, path)
  if ('pod' in ref) return podCandidate(model, `${ref.namespace ?? 'default'}/${ref.pod}`, path)
  if ('domain' in ref) return domainCandidate(model, ref, path)
  if ('ip' in ref) return { addresses: [addressOf(ref.ip, `${path}.ip`)], byAddress: true }
  if ('node' in ref) {
    const node = model.nodes.get(ref.node) ?? fail(notFound(`${path}.node`, ref.node))
    return { node: node.name, addresses: node.addresses }
  }
  if ('external' in ref) return { addresses: external }
  return fail(invalid(path, Object.keys(ref), 'must have one of pod, node, ip, domain, external'))
}

function familyFor(from: Candidate, to: Candidate, asked: IpFamily | undefined): IpFamily | undefined {
  if (asked !== undefined) {
    for (const [path, { addresses, byAddress, domain }] of [
      ['from', from],
      ['to', to],
    ] as const) {
      const isFixed = byAddress === true && domain === undefined
      const stranger = isFixed ? addresses.find(({ family }) => family !== asked) : undefined
      if (stranger !== undefined) fail(invalid(path, formatIp(stranger), `is not an ${asked} address`))
    }
    return asked
  }
  const shared = to.addresses.find(({ family }) => from.addresses.some((other) => other.family === family))
  return (shared ?? to.addresses[0] ?? from.addresses[0])?.family
}

function endOf(model: Model, candidate: Candidate, family: IpFamily | undefined, path: string): End {
  const address = candidate.addresses.find((each) => each.family === family)
  const book = addressBook(model)
  const known = address === undefined ? [] : book.domainsAt(address)
  const { domain } = candidate
  const domains = domain === undefined || known.includes(domain) ? known : [...known, domain].sort()
  if (candidate.byAddress !== true || address === undefined)
    return { pod: candidate.pod, node: candidate.node, address, domains }
  const [pod, other] = book.podsAt(address)
  if (other !== undefined && pod !== undefined)
    fail(invalid(path, formatIp(address), `is the address of both ${pod.key} and ${other.key}`))
  return { pod, node: pod === undefined ? book.nodeAt(address)?.name : undefined, address, domains }
}

function portOf(port: unknown, to: End, protocol: Protocol): number | undefined {
  if (typeof port === 'string' && port !== '') {
    if (to.pod === undefined) return fail(invalid('port', port, 'only pods have ports with names'))
    return to.pod.ports.find((each) => each.name === port && each.protocol === protocol)?.port
  }
  if (Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535) return port as number
  return fail(
    invalid(
      'port',
      typeof port === 'number' ? String(port) : typeof port,
      'must be between 1 and 65535, inclusive, or a name',
    ),
  )
}

/**
 * Resolves the ends of a connection and chooses their addresses.
 * @throws WorldError if the connection is invalid
 * @example resolveConnection(readWorld(cluster), { from: 'shop/web', to: 'shop/db', port: 5432 })
 */
export function resolveConnection(model: Model, connection: PolicyQuery): ResolvedConnection {
  if (typeof connection !== 'object' || (connection as unknown) === null) fail(required('connection'))
  const stranger = strangeKey(connection)
  if (stranger !== undefined) fail(invalid(stranger.key, '', stranger.hint))
  const { protocol = 'TCP', family: wanted, service = false } = connection
  if (!protocols.includes(protocol))
    fail(invalid('protocol', protocol, `policies speak of ${protocols.join(', ')} only`))
  if (wanted !== undefined && wanted !== 'IPv4' && wanted !== 'IPv6')
    fail(invalid('family', String(wanted), 'must be IPv4 or IPv6'))
  const source = candidateOf(model, connection.from, 'from')
  const destination = candidateOf(model, connection.to, 'to')
  const family = familyFor(source, destination, wanted)
  const from = endOf(model, source, family, 'from')
  const to = endOf(model, destination, family, 'to')
  const self = from.pod !== undefined && from.pod === to.pod
  const { via } = destination
  const asked = via === undefined ? connection.port : targetOf(via, connection.port, protocol)
  const isThroughService = service || via !== undefined
  return { from, to, family, port: portOf(asked, to, protocol), protocol, self, service: isThroughService }
}
