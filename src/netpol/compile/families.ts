import type { IpAddress, IpFamily } from '../../api/ip.js'

/** Which address families a list of addresses has, and which comes first. */
export const families = { none: 0, v4: 1, v6: 2, v4First: 3, v6First: 4 } as const

/** The index of "no family" among the ends of a placed pod. */
export const NO_FAMILY = 2

const has4 = [false, true, false, true, true]
const has6 = [false, false, true, true, true]
const firstOf = [NO_FAMILY, 0, 1, 0, 1]

/**
 * The family rule of `endpoint.ts` as a table: the destination's first family that the source has too, else
 * the destination's first, else the source's first.
 */
const spoken: readonly number[] = Array.from({ length: 25 }, (_, at) => {
  const from = Math.floor(at / 5)
  const to = at % 5
  const first = firstOf[to] as number
  const order = to === families.v4First ? [0, 1] : to === families.v6First ? [1, 0] : [first]
  const shared = order.find(
    (family) => (family === 0 ? has4[from] : family === 1 ? has6[from] : false) === true,
  )
  return shared ?? (first === NO_FAMILY ? (firstOf[from] as number) : first)
})

/** Returns the families of some addresses. */
export function familiesOf(addresses: readonly IpAddress[]): number {
  const first = addresses[0]?.family
  if (first === undefined) return families.none
  const isDual = addresses.some(({ family }) => family !== first)
  if (first === 'IPv4') return isDual ? families.v4First : families.v4
  return isDual ? families.v6First : families.v6
}

/** Returns the family of a connection: 0 for IPv4, 1 for IPv6, 2 for none. */
export function familySpoken(from: number, to: number): number {
  return spoken[from * 5 + to] as number
}

/** Returns the index of a family. */
export function familyIndex(family: IpFamily | undefined): number {
  return family === 'IPv4' ? 0 : family === 'IPv6' ? 1 : NO_FAMILY
}
