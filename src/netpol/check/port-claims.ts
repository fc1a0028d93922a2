import type { Claim, Claims } from './claim.js'
import { portsNamed } from './cluster.js'
import { has, raw, text, type Raw } from './raw.js'
import type { Scene } from './scene.js'

/** What an entry of `ports` or `protocols` says, in one form. */
interface PortDemand {
  /** Undefined: any. */
  readonly protocol: string | undefined
  readonly name?: string
  /** Undefined with no name either: every port. */
  readonly bounds?: readonly [number, number]
}

function clusterPort(entry: Raw): PortDemand | undefined {
  const name = text(entry, 'destinationNamedPort') || text(entry, 'namedPort')
  if (name !== '') return { protocol: undefined, name }
  for (const field of ['portNumber', 'portRange']) {
    if (!has(entry, field)) continue
    const port = raw(entry[field])
    const bounds = field === 'portNumber' ? [port['port'], port['port']] : [port['start'], port['end']]
    return { protocol: text(port, 'protocol') || 'TCP', bounds: bounds as [number, number] }
  }
  for (const field of ['tcp', 'udp', 'sctp']) {
    if (!has(entry, field)) continue
    const protocol = field.toUpperCase()
    const attributes = raw(entry[field])
    if (!has(attributes, 'destinationPort')) return { protocol }
    const { number, range } = raw(attributes['destinationPort'])
    const bounds = number === undefined || number === null ? [raw(range)['start'], raw(range)['end']] : [number, number]
    return { protocol, bounds: bounds as [number, number] }
  }
  return undefined
}

function portDemand({ scene: { sort }, entry }: Claim): PortDemand | undefined {
  if (sort === 'cluster') return clusterPort(entry)
  const protocol = text(entry, 'protocol') || 'TCP'
  const { port, endPort } = entry
  if (port === undefined || port === null) return { protocol }
  return typeof port === 'string' ? { protocol, name: port } : { protocol, bounds: [port, endPort ?? port] as [number, number] }
}

function tellsPort({ scene: { connection: { port, protocol } }, trial: { actual } }: Claim): boolean {
  return actual === (port === undefined ? protocol : `${port}/${protocol}`)
}

function onProtocol(claim: Claim, judge: (demand: PortDemand, port: number | undefined, named: readonly number[]) => boolean): boolean {
  const { connection: { port, protocol }, targetPod } = claim.scene
  const demand = portDemand(claim)
  if (demand === undefined || !tellsPort(claim) || (demand.protocol !== undefined && demand.protocol !== protocol)) return false
  const named = demand.name === undefined || targetPod === undefined ? [] : portsNamed(targetPod, demand.name, protocol)
  return judge(demand, port, named)
}

const within = (port: number | undefined, [first, last]: readonly [number, number]): boolean => port !== undefined && first <= port && port <= last

/** Whether a port has no field that is known. */
export function isUnknownPort(entry: Raw, sort: Scene['sort']): boolean {
  return sort === 'cluster' && clusterPort(entry) === undefined
}

/** What is said of the port. */
export const portClaims: Claims<'portMatched' | 'everyPortOfProtocol' | 'namedPortMatched' | 'otherProtocol' | 'otherPort' | 'noSuchNamedPort'> = {
  portMatched: (claim) => onProtocol(claim, ({ bounds }, port) => bounds !== undefined && within(port, bounds)),
  everyPortOfProtocol: (claim) => onProtocol(claim, ({ bounds, name, protocol }) => protocol !== undefined && bounds === undefined && name === undefined),
  namedPortMatched: (claim) => onProtocol(claim, (_, port, named) => port !== undefined && named.includes(port)),
  otherProtocol: (claim) => {
    const protocol = portDemand(claim)?.protocol
    return protocol !== undefined && protocol !== claim.scene.connection.protocol && tellsPort(claim)
  },
  otherPort: (claim) => onProtocol(claim, ({ bounds, name }, port, named) =>
    (name === undefined ? bounds !== undefined && !within(port, bounds) : named.length > 0 && (port === undefined || !named.includes(port)))),
  noSuchNamedPort: (claim) => onProtocol(claim, ({ name }, _, named) => name !== undefined && named.length === 0),
}
