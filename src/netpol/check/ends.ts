import type { ConnectionProof, EndProof } from '../proof.js'
import type { Connection, EndpointRef } from '../world.js'
import { isSame, kindOf } from './addresses.js'
import { isFinished, isOnHost, keyOf, nameOfObject, nodeAddresses, podAddresses, portsNamed, type RawCluster } from './cluster.js'
import { raw, text } from './raw.js'

const outside = ['203.0.113.1', '2001:db8::1']

/** What an end could be, as far as what was asked for says. */
interface Asked {
  readonly pod?: string
  readonly node?: string
  readonly domain?: string
  /** The address tells whose it is. */
  readonly free: boolean
  readonly addresses: readonly string[]
}

function askedPod(cluster: RawCluster, key: string): Asked {
  const pod = cluster.pod(key)
  if (pod === undefined) return { pod: key, free: false, addresses: [] }
  const nodeName = text(raw(pod['spec']), 'nodeName')
  const isHost = isOnHost(pod) && nodeName !== ''
  const host = isHost ? cluster.nodes().find((node) => nameOfObject(node) === nodeName) : undefined
  const own = podAddresses(pod)
  const addresses = own.length > 0 || host === undefined ? own : nodeAddresses(host)
  return { pod: key, free: false, addresses, ...(isHost ? { node: nodeName } : {}) }
}

function asked(cluster: RawCluster, ref: EndpointRef): Asked {
  if (typeof ref === 'string') {
    if (ref === 'external') return { free: false, addresses: outside }
    return ref.includes('/') ? askedPod(cluster, ref) : { free: true, addresses: [ref] }
  }
  if ('pod' in ref) return askedPod(cluster, `${ref.namespace ?? 'default'}/${ref.pod}`)
  if ('domain' in ref) {
    const domain = ref.domain.toLowerCase().replace(/\.$/, '')
    const known = cluster.domains().find(([name]) => name === domain)?.[1] ?? outside
    return { free: true, domain, addresses: ref.ip === undefined ? known : [ref.ip] }
  }
  if ('ip' in ref) return { free: true, addresses: [ref.ip] }
  if ('external' in ref) return { free: false, addresses: outside }
  const node = cluster.nodes().find((each) => nameOfObject(each) === ref.node)
  return { node: ref.node, free: false, addresses: node === undefined ? [] : nodeAddresses(node) }
}

function familyOf(from: Asked, to: Asked, wanted: string | undefined): string | undefined {
  if (wanted !== undefined) return wanted
  const families = to.addresses.map(kindOf)
  const others = from.addresses.map(kindOf)
  return families.find((each) => others.includes(each)) ?? families[0] ?? others[0]
}

/** What the end must be told as. */
function expected(cluster: RawCluster, who: Asked, family: string | undefined): EndProof {
  const address = who.addresses.find((each) => kindOf(each) === family)
  const isHere = (each: string): boolean => address !== undefined && isSame(each, address)
  const owner = who.free ? cluster.pods().find((pod) => !isOnHost(pod) && !isFinished(pod) && podAddresses(pod).some(isHere)) : undefined
  const pod = owner === undefined ? who.pod : keyOf(owner)
  const host = who.free && owner === undefined
    ? cluster.nodes().filter((node) => nodeAddresses(node).some(isHere)).map(nameOfObject).toSorted()[0]
    : who.node
  const object = pod === undefined ? undefined : cluster.pod(pod)
  const names = new Set([...(who.domain === undefined ? [] : [who.domain]), ...cluster.domains().filter(([, list]) => list.some(isHere)).map(([name]) => name)])
  return {
    ...(pod === undefined ? {} : { pod }), ...(object !== undefined && isOnHost(object) ? { hostNetwork: true } : {}),
    ...(object !== undefined && isFinished(object) ? { finished: true } : {}), ...(host === undefined ? {} : { node: host }),
    ...(address === undefined ? {} : { address }), ...(names.size === 0 ? {} : { domains: [...names].toSorted() }),
  }
}

function differs(told: EndProof, right: EndProof): string | undefined {
  for (const field of ['pod', 'hostNetwork', 'finished', 'node'] as const) {
    if (told[field] !== right[field]) return `${field} is ${String(right[field])}, not ${String(told[field])}`
  }
  if ((told.domains ?? []).join(',') !== (right.domains ?? []).join(',')) return `domains are ${(right.domains ?? []).join(',')}`
  if (told.address === undefined || right.address === undefined) return told.address === right.address ? undefined : 'address is there, or is not'
  return isSame(told.address, right.address) ? undefined : `address is ${right.address}, not ${told.address}`
}

/** What is wrong with how a proof tells the connection, if anything. */
export function connectionFault(cluster: RawCluster, connection: Connection, told: ConnectionProof): string | undefined {
  const [from, to] = [asked(cluster, connection.from), asked(cluster, connection.to)]
  for (const { pod } of [from, to]) {
    if (pod !== undefined && cluster.pod(pod) === undefined) return `there is no pod ${pod}`
  }
  const family = familyOf(from, to, connection.family)
  const source = differs(told.from, expected(cluster, from, family))
  if (source !== undefined) return `from: ${source}`
  const target = expected(cluster, to, family)
  const wrong = differs(told.to, target)
  if (wrong !== undefined) return `to: ${wrong}`
  const protocol = connection.protocol ?? 'TCP'
  if (told.protocol !== protocol) return `protocol is ${protocol}`
  const pod = target.pod === undefined ? undefined : cluster.pod(target.pod)
  const port = typeof connection.port === 'number' ? connection.port : pod === undefined ? undefined : portsNamed(pod, connection.port, protocol)[0]
  if (told.port !== port) return `port is ${String(port)}`
  if ((told.service === true) !== (connection.service === true)) return 'service'
  const isSelf = told.from.pod !== undefined && told.from.pod === told.to.pod
  return (told.self === true) === isSelf ? undefined : 'self'
}
