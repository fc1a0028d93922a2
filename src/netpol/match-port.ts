import type { NamedPort, PortMatch } from './model.js'
import type { Trial } from './proof.js'
import type { Protocol } from './world.js'

/** What entries of `ports` are tested against. */
export interface PortSituation {
  readonly protocol: Protocol
  /** Undefined if the destination has no port of the requested name. */
  readonly port: number | undefined
  /** The destination's named ports; empty if it is not a pod. */
  readonly named: readonly NamedPort[]
}

/** Tests one entry of `ports` or `protocols` against the destination's port. */
export function tryPort({ protocol, port, named }: PortSituation, match: PortMatch, path: string): Trial {
  const actual = port === undefined ? protocol : `${port}/${protocol}`
  if (match.kind === 'unknown') return { path, matched: false, because: 'unknownField' }
  if (match.protocol !== undefined && match.protocol !== protocol)
    return { path, matched: false, because: 'otherProtocol', actual }
  switch (match.kind) {
    case 'all':
      return { path, matched: true, because: 'everyPortOfProtocol', actual }
    case 'range': {
      const isInside = port !== undefined && port >= match.first && port <= match.last
      return { path, matched: isInside, because: isInside ? 'portMatched' : 'otherPort', actual }
    }
    case 'name': {
      const own = named.filter((each) => each.name === match.name && each.protocol === protocol)
      if (own.length === 0) return { path, matched: false, because: 'noSuchNamedPort', actual }
      const matched = own.some((each) => each.port === port)
      return { path, matched, because: matched ? 'namedPortMatched' : 'otherPort', actual }
    }
  }
}
