import type { RandomStream } from '../../sim/random.js'
import { formatIp, lastOf, type IpAddress, type IpRange } from '../../api/ip.js'

/** Beyond this many addresses a random start is drawn among the first so many only. */
const MOST_DRAWN = 2n ** 31n

interface Span {
  readonly from: bigint
  readonly to: bigint
}

/** First and last address that may be given out: neither the network's own nor the IPv4 broadcast address. */
export function usableSpan(range: IpRange): Span {
  const last = lastOf(range)
  return { from: range.first + 1n, to: range.family === 'IPv4' ? last - 1n : last }
}

/**
 * Addresses at the start of a range that are only given out when the rest is full, so that fixed addresses
 * find room there. Source: pkg/registry/core/service/ipallocator calculateRangeOffset.
 */
function staticBand({ from, to }: Span): bigint {
  const size = to - from + 1n
  if (size <= 16n) return 0n
  const offset = size / 16n
  return offset < 16n ? 16n : offset > 256n ? 256n : offset
}

/**
 * A free address: the first from a random one on, in the dynamic band, then in the static one. Undefined when
 * all are taken.
 */
export function freeAddress(
  range: IpRange,
  random: RandomStream,
  isTaken: (ip: string) => boolean,
): string | undefined {
  const { from, to } = usableSpan(range)
  const middle = from + staticBand({ from, to })
  return (
    freeWithin(range, { from: middle, to }, random, isTaken) ??
    freeWithin(range, { from, to: middle - 1n }, random, isTaken)
  )
}

function freeWithin(
  { family }: IpRange,
  { from, to }: Span,
  random: RandomStream,
  isTaken: (ip: string) => boolean,
): string | undefined {
  const size = to - from + 1n
  if (size <= 0n) return undefined
  const start = BigInt(random.int(0, Number(size < MOST_DRAWN ? size : MOST_DRAWN) - 1))
  for (let step = 0n; step < size; step++) {
    const address: IpAddress = { family, value: from + ((start + step) % size) }
    const text = formatIp(address)
    if (!isTaken(text)) return text
  }
  return undefined
}
