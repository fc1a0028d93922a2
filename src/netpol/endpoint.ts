import { invalid, notFound, required, type FieldError } from '../api/field-error.js'
import { formatIp, parseIp, type IpAddress, type IpFamily } from '../lang/go/ip.js'
import { addressBook } from './address-book.js'
import type { Model, NodeModel, PodModel } from './model.js'
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
  if (text.includes('/')) return podCandidate(model, text, path)
  const address = parseIp(text)
  return address === undefined
    ? fail(invalid(path, text, "must be 'namespace/pod', an IP address or 'external'"))
    : { addresses: [address], byAddress: true }
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
 */
export function resolveConnection(model: Model, connection: PolicyQuery): ResolvedConnection {
  if (typeof connection !== 'object' || (connection as unknown) === null) fail(required('connection'))
  const { protocol = 'TCP', family: asked, service = false } = connection
  if (!protocols.includes(protocol))
    fail(invalid('protocol', protocol, `policies speak of ${protocols.join(', ')} only`))
  if (asked !== undefined && asked !== 'IPv4' && asked !== 'IPv6')
    fail(invalid('family', String(asked), 'must be IPv4 or IPv6'))
  const source = candidateOf(model, connection.from, 'from')
  const destination = candidateOf(model, connection.to, 'to')
  const family = familyFor(source, destination, asked)
  const from = endOf(model, source, family, 'from')
  const to = endOf(model, destination, family, 'to')
  const self = from.pod !== undefined && from.pod === to.pod
  return { from, to, family, port: portOf(connection.port, to, protocol), protocol, self, service }
}
