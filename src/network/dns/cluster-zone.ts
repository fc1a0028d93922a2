import type { ServicePort, Service } from '../../api/core/generated.js'
import { CLUSTER_DOMAIN } from '../../api/core/pods/pod-hostname.js'
import { formatIp, parseIp } from '../../lang/go/ip.js'
import { hasClusterIP, type NamedEndpoint, type ServiceSnapshot } from '../service-view.js'

/** The record types that the cluster's DNS supports. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR'

/** A record of an answer. */
export interface DnsRecord {
  /** Without a trailing dot. */
  readonly name: string
  readonly type: RecordType
  /** An address or a name; for SRV `priority weight port target`. */
  readonly data: string
}

/** An answer of a DNS server. `NOERROR` without records: the name exists, but has no record of that type. */
export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
  readonly records: readonly DnsRecord[]
}

/** The name has no record of that type. */
export const NO_DATA: DnsAnswer = { rcode: 'NOERROR', records: [] }
/** The name does not exist. */
export const NX_DOMAIN: DnsAnswer = { rcode: 'NXDOMAIN', records: [] }

/** The maximum number of CNAMEs to follow. */
const MAX_ALIASES = 8

/** What the zone is built from. */
export interface ZoneSources {
  readonly services: ServiceSnapshot
  readonly hasNamespace: (name: string) => boolean
  /** Resolves a name outside the zone. */
  readonly forward: (name: string, type: RecordType) => DnsAnswer
}

/** What a name refers to: an address, or another name. */
interface Found {
  readonly host: string
  /** 0 if there is no port. */
  readonly port: number
  /** The target name of its SRV record. */
  readonly target: string
}

/**
 * Answers a query as CoreDNS with kubeadm's Corefile does: names of Services, of their endpoints and of pods
 * (`pods insecure`), reverse lookups; everything else is forwarded. Source: coredns plugin/kubernetes
 * (kubernetes.go, parse.go, reverse.go), the DNS specification of Kubernetes.
 */
export function answerZone(
  sources: ZoneSources,
  question: string,
  type: RecordType,
  aliases: number = 0,
): DnsAnswer {
  const name = question.toLowerCase().replace(/\.$/, '')
  if (name.endsWith('.in-addr.arpa') || name.endsWith('.ip6.arpa')) return reverse(sources, name, type)
  if (name === CLUSTER_DOMAIN) return NO_DATA
  if (!name.endsWith(`.${CLUSTER_DOMAIN}`)) return sources.forward(name, type)
  const labels = name.slice(0, -CLUSTER_DOMAIN.length - 1).split('.')
  const kind = labels.pop()
  const namespace = labels.pop()
  if (kind !== 'svc' && kind !== 'pod') return NX_DOMAIN
  if (namespace === undefined) return NO_DATA
  const first = labels.pop()
  if (first === undefined) return sources.hasNamespace(namespace) ? NO_DATA : NX_DOMAIN
  if (kind === 'pod')
    return labels.length > 0 || !sources.hasNamespace(namespace) ? NX_DOMAIN : podAnswer(name, first, type)
  const found = findService(sources, namespace, first, labels)
  if (found === undefined) return NX_DOMAIN
  return typeof found === 'string' ? alias(sources, name, found, type, aliases) : recordsOf(name, found, type)
}

/**
 * Answers `10-244-1-5.namespace.pod.cluster.local`, without checking that the pod exists (`pods insecure`).
 */
function podAnswer(name: string, dashed: string, type: RecordType): DnsAnswer {
  const ip = [dashed.replaceAll('-', '.'), dashed.replaceAll('-', ':')].find(
    (text) => parseIp(text) !== undefined,
  )
  return ip === undefined ? NX_DOMAIN : recordsOf(name, [{ host: ip, port: 0, target: name }], type)
}

/**
 * Returns what a Service's name refers to; a string is the target of an ExternalName. `labels` are those in
 * front of the name.
 */
function findService(
  { services }: ZoneSources,
  namespace: string,
  name: string,
  labels: readonly string[],
): readonly Found[] | string | undefined {
  const service = services.service(namespace, name)
  if (service === undefined || labels.length > 2) return undefined
  const { type, externalName, ports = [] } = service.spec
  if (type === 'ExternalName') return labels.length > 0 ? undefined : externalName
  const [port = '', protocol = ''] = labels.length === 2 ? labels.map((label) => label.replace(/^_/, '')) : []
  const endpoint = labels.length === 1 ? labels[0] : undefined
  const isMeant = (one: { readonly name?: string; readonly protocol?: string }): boolean =>
    (port === '' || port === '*' || (one.name ?? '') === port) &&
    (protocol === '' || protocol === '*' || (one.protocol ?? 'TCP').toLowerCase() === protocol)
  const base = `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`
  const found =
    !hasClusterIP(service) || endpoint !== undefined
      ? services
          .named(service)
          .filter(({ hostname }) => endpoint === undefined || hostname === endpoint)
          .flatMap((one) => withPorts(one, isMeant, base))
      : (ports.length === 0 ? [{ port: 0 } as ServicePort] : ports)
          .filter(isMeant)
          .flatMap((one) => addressesOf(service).map((host) => ({ host, port: one.port, target: base })))
  return found.length === 0 ? undefined : found
}

function withPorts(
  { ip, hostname, ports }: NamedEndpoint,
  isMeant: (port: { readonly name?: string; readonly protocol?: string }) => boolean,
  base: string,
): readonly Found[] {
  const all: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[] =
    ports.length === 0 ? [{ port: 0 }] : ports
  return all.filter(isMeant).map(({ port }) => ({ host: ip, port, target: `${hostname}.${base}` }))
}

const addressesOf = ({ spec }: Service): readonly string[] => spec.clusterIPs ?? [spec.clusterIP ?? '']

/** Answers an ExternalName with a CNAME and, as the server does, with what it points to. */
function alias(
  sources: ZoneSources,
  name: string,
  target: string,
  type: RecordType,
  aliases: number,
): DnsAnswer {
  const record: DnsRecord = { name, type: 'CNAME', data: target }
  if (type === 'CNAME' || parseIp(target) !== undefined || aliases >= MAX_ALIASES)
    return { rcode: 'NOERROR', records: [record] }
  const { rcode, records } = answerZone(sources, target, type, aliases + 1)
  return { rcode, records: [record, ...records] }
}

function recordsOf(name: string, found: readonly Found[], type: RecordType): DnsAnswer {
  const isV6 = (host: string): boolean => host.includes(':')
  switch (type) {
    case 'A':
    case 'AAAA': {
      const hosts = new Set(found.map(({ host }) => host).filter((host) => isV6(host) === (type === 'AAAA')))
      return { rcode: 'NOERROR', records: [...hosts].map((data) => ({ name, type, data })) }
    }
    case 'SRV': {
      const targets = new Set(
        found.filter(({ port }) => port > 0).map(({ port, target }) => `${port} ${target}`),
      )
      const weight = Math.max(Math.floor(100 / Math.max(targets.size, 1)), 1)
      return {
        rcode: 'NOERROR',
        records: [...targets].map((data) => ({ name, type, data: `0 ${weight} ${data}` })),
      }
    }
    default:
      return NO_DATA
  }
}

/** Returns the names of Services and endpoints with an address. */
function reverse({ services }: ZoneSources, name: string, type: RecordType): DnsAnswer {
  const address = parseIp(addressIn(name) ?? '')
  const ip = address && formatIp(address)
  const service = ip === undefined ? undefined : services.withAddress(ip)
  const names =
    ip === undefined
      ? []
      : service !== undefined && addressesOf(service).includes(ip)
        ? [`${service.metadata.name ?? ''}.${service.metadata.namespace ?? ''}.svc.${CLUSTER_DOMAIN}`]
        : services
            .servicesOf(ip)
            .map(({ service: { metadata }, endpoint }) =>
              [endpoint.hostname, metadata.name, metadata.namespace, 'svc', CLUSTER_DOMAIN].join('.'),
            )
  if (names.length === 0) return NX_DOMAIN
  return type === 'PTR' ? { rcode: 'NOERROR', records: names.map((data) => ({ name, type, data })) } : NO_DATA
}

function addressIn(name: string): string | undefined {
  if (name.endsWith('.in-addr.arpa'))
    return name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.')
  const digits = name.slice(0, -'.ip6.arpa'.length).split('.').reverse().join('')
  return digits.length === 32 ? digits.match(/.{4}/g)?.join(':') : undefined
}
