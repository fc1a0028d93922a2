import type { NamedPort, PortMatch } from './model.js'
import type { Trial } from './proof.js'
import type { Protocol } from './world.js'

/** What entries of `ports` are held against. */
export interface PortSituation {
  readonly protocol: Protocol
  /** Undefined: the destination has no port of the name that was asked for. */
  readonly port: number | undefined
  /** Named ports of the destination; none if it is no pod. */
  readonly named: readonly NamedPort[]
}

/** Holds one entry of `ports` or `protocols` against the destination's port. */
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
