import type { ConnectionProof, EndProof } from '../proof.js'
import type { PolicyQuery, EndpointRef } from '../world.js'
import { isSame, kindOf } from './addresses.js'
import {
  isFinished,
  isOnHost,
  keyOf,
  labelsOf,
  nameOfObject,
  namespaceOfObject,
  nodeAddresses,
  podAddresses,
  portsNamed,
  portsOf,
  type RawCluster,
  raw,
  selectorOf,
  text,
} from './raw.js'

const outside = ['203.0.113.1', '2001:db8::1']

/** An end as it was requested, with what is known about it. */
interface RequestedEnd {
  readonly pod?: string
  readonly node?: string
  readonly domain?: string
  /** The owner is determined by the address. */
  readonly free?: true
  readonly addresses: readonly string[]
}

/** Returns what a pod reference resolves to, or an error text if the pod does not exist. */
function requestedPod(cluster: RawCluster, key: string): RequestedEnd | string {
  const pod = cluster.pod(key)
  if (pod === undefined) return `there is no pod ${key}`
  const nodeName = text(raw(pod['spec']), 'nodeName')
  const isHost = isOnHost(pod) && nodeName !== ''
  const host = isHost ? cluster.nodes().find((node) => nameOfObject(node) === nodeName) : undefined
  const own = podAddresses(pod)
  const addresses = own.length > 0 || host === undefined ? own : nodeAddresses(host)
  return { pod: key, addresses, ...(isHost ? { node: nodeName } : {}) }
}

/** Returns what a name resolves to: a pod, the pods with a label, or those of a Service. */
function requestedName(cluster: RawCluster, name: string): RequestedEnd | string {
  const service = cluster.pod(name) === undefined ? cluster.service(name) : undefined
  const at = name.indexOf('/')
  const [, key = '', value = ''] = /^([^=]+)=(.*)$/.exec(name.slice(at + 1)) ?? []
  const wanted = service === undefined ? (key === '' ? undefined : { [key]: value }) : selectorOf(service)
  if (wanted === undefined) return requestedPod(cluster, name)
  const found = cluster
    .pods()
    .filter((pod) => namespaceOfObject(pod) === name.slice(0, at))
    .filter((pod) => Object.entries(wanted).every(([label, is]) => labelsOf(pod)[label] === is))
    .map(keyOf)
    .toSorted()
  return found[0] === undefined ? `${name} selects no pod` : requestedPod(cluster, found[0])
}

/** Returns the port of the pod that a port of the Service leads to; undefined if the end is no Service. */
function targetPort(
  cluster: RawCluster,
  to: EndpointRef,
  asked: number | string,
  protocol: string,
): number | string {
  const service = typeof to === 'string' && cluster.pod(to) === undefined ? cluster.service(to) : undefined
  const port = portsOf(service).find(
    (each) =>
      (each['port'] === asked || each['name'] === asked) && (text(each, 'protocol') || 'TCP') === protocol,
  )
  return port === undefined ? asked : ((port['targetPort'] ?? port['port']) as number | string)
}

function requestedEnd(cluster: RawCluster, ref: EndpointRef): RequestedEnd | string {
  if (typeof ref === 'string') {
    if (ref === 'external') return { addresses: outside }
    return ref.includes('/') ? requestedName(cluster, ref) : { free: true, addresses: [ref] }
  }
  if ('pod' in ref) return requestedPod(cluster, `${ref.namespace ?? 'default'}/${ref.pod}`)
  if ('domain' in ref) {
    const domain = ref.domain.toLowerCase().replace(/\.$/, '')
    const known = cluster.domains().find(([name]) => name === domain)?.[1] ?? outside
    return { free: true, domain, addresses: ref.ip === undefined ? known : [ref.ip] }
  }
  if ('ip' in ref) return { free: true, addresses: [ref.ip] }
  if ('external' in ref) return { addresses: outside }
  const node = cluster.nodes().find((each) => nameOfObject(each) === ref.node)
  return node === undefined
    ? `there is no node ${ref.node}`
    : { node: ref.node, addresses: nodeAddresses(node) }
}

function familyOf(from: RequestedEnd, to: RequestedEnd, wanted: string | undefined): string | undefined {
  if (wanted !== undefined) return wanted
  const families = to.addresses.map(kindOf)
  const others = from.addresses.map(kindOf)
  return families.find((each) => others.includes(each)) ?? families[0] ?? others[0]
}

type Expected = { readonly [K in keyof EndProof]-?: EndProof[K] | undefined }

/** Returns how the proof has to describe the end. */
function expected(cluster: RawCluster, who: RequestedEnd, family: string | undefined): Expected {
  const address = who.addresses.find((each) => kindOf(each) === family)
  const isHere = (each: string): boolean => address !== undefined && isSame(each, address)
  const owner =
    who.free === true
      ? cluster.pods().find((pod) => !isOnHost(pod) && !isFinished(pod) && podAddresses(pod).some(isHere))
      : undefined
  const pod = owner === undefined ? who.pod : keyOf(owner)
  const node =
    who.free === true && owner === undefined
      ? cluster
          .nodes()
          .filter((each) => nodeAddresses(each).some(isHere))
          .map(nameOfObject)
          .toSorted()[0]
      : who.node
  const object = raw(cluster.pod(pod))
  const domains = [
    who.domain,
    ...cluster
      .domains()
      .filter(([, list]) => list.some(isHere))
      .map(([name]) => name),
  ].filter((each) => each !== undefined)
  return {
    pod,
    hostNetwork: isOnHost(object) || undefined,
    finished: isFinished(object) || undefined,
    node,
    address,
    domains: domains.length === 0 ? undefined : [...new Set(domains)].toSorted(),
  }
}

function differs(told: EndProof, right: Expected): string | undefined {
  for (const field of ['pod', 'hostNetwork', 'finished', 'node'] as const) {
    if (told[field] !== right[field]) return `${field} is ${String(right[field])}, not ${String(told[field])}`
  }
  if (JSON.stringify(told.domains) !== JSON.stringify(right.domains))
    return `domains are ${String(right.domains)}`
  if (told.address === undefined || right.address === undefined)
    return told.address === right.address ? undefined : 'address is there, or is not'
  return isSame(told.address, right.address) ? undefined : `address is ${right.address}, not ${told.address}`
}

/** Returns what is wrong with a proof's description of the connection, if anything. */
export function connectionFault(
  cluster: RawCluster,
  connection: PolicyQuery,
  told: ConnectionProof,
): string | undefined {
  const [from, to] = [requestedEnd(cluster, connection.from), requestedEnd(cluster, connection.to)]
  if (typeof from === 'string') return from
  if (typeof to === 'string') return to
  const family = familyOf(from, to, connection.family)
  const [source, target] = [expected(cluster, from, family), expected(cluster, to, family)]
  for (const [end, fault] of [
    ['from', differs(told.from, source)],
    ['to', differs(told.to, target)],
  ] as const) {
    if (fault !== undefined) return `${end}: ${fault}`
  }
  const protocol = connection.protocol ?? 'TCP'
  if (told.protocol !== protocol) return `protocol is ${protocol}`
  const asked = targetPort(cluster, connection.to, connection.port, protocol)
  const port =
    typeof asked === 'number' ? asked : portsNamed(raw(cluster.pod(target.pod)), asked, protocol)[0]
  if (told.port !== port) return `port is ${String(port)}`
  const isService =
    typeof connection.to === 'string' &&
    cluster.pod(connection.to) === undefined &&
    cluster.service(connection.to) !== undefined
  if ((told.service === true) !== (connection.service === true || isService)) return 'service'
  const isSelf = source.pod !== undefined && source.pod === target.pod
  return (told.self === true) === isSelf ? undefined : 'self'
}
