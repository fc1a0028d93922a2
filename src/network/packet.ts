import type { Connection, Hop, Outcome, Payload } from './connection.js'
import type { Protocol } from '../netpol/world.js'
import type { Accepted, NetworkNode, PolicyEnd, RunningPod } from './dependencies.js'

/** The sender of a connection. `apiserver` is the control plane's own machine. */
export type Source =
  | { readonly kind: 'pod'; readonly node: NetworkNode; readonly pod: RunningPod }
  | { readonly kind: 'node'; readonly node: NetworkNode }
  | { readonly kind: 'apiserver' }
  | { readonly kind: 'outside'; readonly ip: string }

/** The destination and payload. Without a payload the connection is only opened. */
export interface ConnectionRequest {
  readonly ip: string
  readonly port: number
  readonly protocol: Protocol
  readonly payload?: Payload
}

/** A packet on its way: where it is, and its current source. */
export interface InFlightPacket {
  readonly hops: Hop[]
  readonly request: ConnectionRequest
  /** The node that it is on; undefined outside the nodes. */
  readonly at: NetworkNode | undefined
  /** The sender as the receiver sees it. */
  readonly from: PolicyEnd
  /** The sender, until its own policies have been evaluated. */
  readonly sender: PolicyEnd | undefined
  /** It was translated from a Service's address. */
  readonly service: boolean
  /** It belongs to an established connection. */
  readonly exists: boolean
  readonly fromPod: boolean
}

/** Returns the one of some addresses that has the family of `other`, else the first. */
function sameFamily(addresses: readonly string[], other: string): string {
  const isV6 = other.includes(':')
  return addresses.find((address) => address.includes(':') === isV6) ?? addresses[0] ?? ''
}

/** Returns the address of a node for traffic with `other`. */
export const nodeAddress = ({ addresses }: NetworkNode, other: string): string => sameFamily(addresses, other)

/** Returns the addresses of a pod on the pod network, the first family first. */
export const podAddresses = ({ ip, secondIP }: RunningPod): readonly string[] =>
  [ip, secondIP].filter((address) => address !== undefined)

/** Returns the address of a pod on the pod network for traffic with `other`. */
export const podAddress = (pod: RunningPod, other: string): string => sameFamily(podAddresses(pod), other)

/** Returns `namespace/name`. */
export const nameOf = ({ namespace, name }: RunningPod): string => `${namespace}/${name}`

/** Returns whether the sender can send: its machine has power, and a pod its network. */
export function isRunning(source: Source): boolean {
  if (source.kind === 'pod') return source.node.powered && source.pod.sandbox === 'ready'
  return source.kind !== 'node' || source.node.powered
}

/** Returns what prevents traffic between two machines, if anything. */
export function obstacleBetween(at: NetworkNode | undefined, to: NetworkNode): string | undefined {
  if (!to.powered) return `${to.name} is down`
  if (at === to) return undefined
  if (at?.isolated === true) return `${at.name} is cut off`
  return to.isolated ? `${to.name} is cut off` : undefined
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** Returns the container port behind a port of one of the host's addresses (CNI's portmap plugin). */
export function hostPortOf(
  { pod }: RunningPod,
  ip: string,
  port: number,
  protocol: Protocol,
): number | undefined {
  for (const { ports = [] } of pod?.spec.containers ?? []) {
    const found = ports.find(
      (one) =>
        one.hostPort === port &&
        (one.protocol ?? 'TCP') === protocol &&
        (ANY_ADDRESS.has(one.hostIP ?? '') || one.hostIP === ip),
    )
    if (found !== undefined) return found.containerPort
  }
  return undefined
}

/** Returns the connection with a process's response. */
export function accepted(hops: Hop[], response: Accepted, reached: Partial<Connection>): Connection {
  if (response.kind === 'responded')
    return endedAt(hops, 'connected', { ...reached, response: response.response })
  return endedAt(hops, response.kind, reached)
}

/** Returns the connection as reset, because the receiver does not know it (any more). */
export function asReset(connection: Connection): Connection {
  return connection.outcome === 'refused' ? { ...connection, outcome: 'reset' } : connection
}

/** Returns the connection that ends with the last hop. */
export function endedAt(hops: readonly Hop[], outcome: Outcome, more: Partial<Connection> = {}): Connection {
  return { outcome, connected: outcome === 'connected', ...more, proof: hops }
}
