import { InputError } from '../../lang/input-error.js'
import type { PortPoint } from '../compile/cell.js'
import type { Protocol } from '../world.js'

/** A range of ports of one protocol, both ends included. */
export interface PortSpan {
  readonly protocol: Protocol
  readonly first: number
  readonly last: number
}

/** Ports that behave alike. */
export interface PortClass {
  /**
   * `80`, `53/UDP`, `8000-8100,9090`; the largest class is `every port` if it is the only one, else `other
   * ports`.
   */
  readonly name: string
  readonly spans: readonly PortSpan[]
}

/** A port or port range: `80` (TCP), `53/UDP`, or an object. */
export type PortWanted = number | string | { readonly port: number; readonly protocol?: Protocol }

const HIGHEST = 65_535
const protocolsKnown = ['TCP', 'UDP', 'SCTP'] as const

/**
 * Reads a requested port.
 * @throws InputError if it is invalid
 */
export function readPortWanted(wanted: PortWanted): PortSpan {
  const [number, protocol = 'TCP'] =
    typeof wanted === 'object'
      ? [String(wanted.port), wanted.protocol]
      : (String(wanted).split('/', 2) as [string, Protocol?])
  const port = Number(number)
  if (!/^\d+$/.test(number) || port < 1 || port > HIGHEST || !protocolsKnown.includes(protocol))
    throw new InputError(`${JSON.stringify(wanted)} is not a port such as 80 or '53/UDP'`)
  return { protocol, first: port, last: port }
}

/** Converts segments to spans, without port 0. */
export function spansOf(points: readonly PortPoint[]): readonly PortSpan[] {
  return points.flatMap(({ protocol, port }, at) => {
    const last = (points[at + 1]?.port ?? HIGHEST + 1) - 1
    const first = Math.max(port, 1)
    return first > last ? [] : [{ protocol, first, last }]
  })
}

/** Merges adjacent spans. */
export function mergeSpans(spans: readonly PortSpan[]): readonly PortSpan[] {
  const sorted = spans.toSorted(
    (a, b) => protocolsKnown.indexOf(a.protocol) - protocolsKnown.indexOf(b.protocol) || a.first - b.first,
  )
  return mergeAdjacent(
    sorted,
    (before, next) => before.protocol === next.protocol && before.last + 1 === next.first,
  )
}

const countOf = (spans: readonly PortSpan[]): number =>
  spans.reduce((sum, { first, last }) => sum + last - first + 1, 0)

function textOf(spans: readonly PortSpan[]): string {
  return protocolsKnown
    .flatMap((protocol) => {
      const own = spans.filter((span) => span.protocol === protocol)
      if (own.length === 0) return []
      const numbers = own
        .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
        .join(',')
      return [protocol === 'TCP' ? numbers : `${numbers}/${protocol}`]
    })
    .join(' ')
}

/** Names classes of ports; `isWhole` if together they are all ports. */
export function nameClasses(
  classes: readonly (readonly PortSpan[])[],
  isWhole: boolean,
): readonly PortClass[] {
  const most = Math.max(...classes.map(countOf))
  return classes.map((given) => {
    const spans = mergeSpans(given)
    const isRest = isWhole && countOf(spans) === most
    return { name: isRest ? (classes.length === 1 ? 'every port' : 'other ports') : textOf(spans), spans }
  })
}

/** Merges each span with the one before it if they are adjacent. The input must be sorted. */
export function mergeAdjacent<S extends { readonly last: unknown }>(
  spans: readonly S[],
  touches: (before: S, next: S) => boolean,
): readonly S[] {
  const result: S[] = []
  for (const span of spans) {
    const before = result.at(-1)
    if (before !== undefined && touches(before, span))
      result[result.length - 1] = { ...before, last: span.last }
    else result.push(span)
  }
  return result
}
