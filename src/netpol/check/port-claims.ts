import type { Claim, Claims } from './context.js'
import { portsNamed, has, raw, text } from './raw.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** An entry of `ports` or `protocols` in a common form. */
interface PortDemand {
  /** Undefined means any protocol. */
  readonly protocol: string | undefined
  readonly name?: string
  /** Undefined, without a name, means every port. */
  readonly bounds?: readonly [number, number]
}

function narrowPort(entry: JsonMap): PortDemand {
  const protocol = text(entry, 'protocol') || 'TCP'
  const { port, endPort } = entry
  if (!has(entry, 'port')) return { protocol }
  return typeof port === 'string'
    ? { protocol, name: port }
    : { protocol, bounds: [port, endPort ?? port] as [number, number] }
}

/** Reads a protocol entry of a ClusterNetworkPolicy. */
function protocolPort(entry: JsonMap): PortDemand | undefined {
  const field = ['tcp', 'udp', 'sctp'].find((each) => has(entry, each))
  if (field === undefined) return namedPort(entry, 'destinationNamedPort')
  const protocol = field.toUpperCase()
  const attributes = raw(entry[field])
  if (!has(attributes, 'destinationPort')) return { protocol }
  const { number, range } = raw(attributes['destinationPort'])
  const { start, end } = raw(range)
  return { protocol, bounds: [number ?? start, number ?? end] as [number, number] }
}

/** Reads a port entry of AdminNetworkPolicy or BaselineAdminNetworkPolicy. */
function olderPort(entry: JsonMap): PortDemand | undefined {
  const field = ['portNumber', 'portRange'].find((each) => has(entry, each))
  if (field === undefined) return namedPort(entry, 'namedPort')
  const range = raw(entry[field])
  const { port, start, end } = range
  return {
    protocol: text(range, 'protocol') || 'TCP',
    bounds: [port ?? start, port ?? end] as [number, number],
  }
}

function namedPort(entry: JsonMap, field: string): PortDemand | undefined {
  const name = text(entry, field)
  return name === '' ? undefined : { protocol: undefined, name }
}

/** Reads a port entry of any kind. Returns undefined if it has no known field. */
function portDemand(entry: JsonMap, kind: unknown): PortDemand | undefined {
  switch (kind) {
    case 'NetworkPolicy':
      return narrowPort(entry)
    case 'ClusterNetworkPolicy':
      return protocolPort(entry)
    default:
      return olderPort(entry)
  }
}

/** Returns whether a port entry has no known field. */
export function isUnknownPort(entry: JsonMap, kind: unknown): boolean {
  return portDemand(entry, kind) === undefined
}

/** Returns whether the port is in the range; an absent port is in none. */
const isWithin = ([first, last]: readonly [number, number], port = Number.NaN): boolean =>
  first <= port && port <= last

interface PortClaim {
  /** Whether the entry applies to the connection's protocol. */
  readonly isOfProtocol: boolean
  readonly demand: PortDemand
  readonly port: number | undefined
  /** The destination's ports with the name. */
  readonly named: readonly unknown[]
}

/** A claim that holds if `holds` does and the trial reports the port correctly. */
const of =
  (holds: (question: PortClaim) => boolean) =>
  ({
    context: {
      connection: { port, protocol },
      targetPod,
    },
    trial: { actual },
    entry,
    policy,
  }: Claim): boolean => {
    const demand = portDemand(entry, policy['kind'])
    if (demand === undefined || actual !== (port === undefined ? protocol : `${port}/${protocol}`))
      return false
    const named = demand.name === undefined ? [] : portsNamed(raw(targetPod), demand.name, protocol)
    return holds({
      isOfProtocol: demand.protocol === undefined || demand.protocol === protocol,
      demand,
      port,
      named,
    })
  }

/** Checks of claims about the port. */
export const portClaims: Claims<
  | 'portMatched'
  | 'everyPortOfProtocol'
  | 'namedPortMatched'
  | 'otherProtocol'
  | 'otherPort'
  | 'noSuchNamedPort'
> = {
  portMatched: of(
    ({ isOfProtocol, demand: { bounds }, port }) =>
      isOfProtocol && bounds !== undefined && isWithin(bounds, port),
  ),
  everyPortOfProtocol: of(
    ({ isOfProtocol, demand: { bounds, name } }) =>
      isOfProtocol && bounds === undefined && name === undefined,
  ),
  namedPortMatched: of(({ isOfProtocol, port, named }) => isOfProtocol && named.includes(port)),
  otherProtocol: of(({ isOfProtocol }) => !isOfProtocol),
  otherPort: of(
    ({ isOfProtocol, demand: { bounds }, port, named }) =>
      isOfProtocol &&
      (bounds === undefined ? named.length > 0 && !named.includes(port) : !isWithin(bounds, port)),
  ),
  noSuchNamedPort: of(
    ({ isOfProtocol, demand: { name }, named }) => isOfProtocol && name !== undefined && named.length === 0,
  ),
}
