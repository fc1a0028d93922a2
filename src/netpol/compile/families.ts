import type { IpAddress, IpFamily } from '../../api/ip.js'

/** Which families a list of addresses has, and which of them first. */
export const families = { none: 0, v4: 1, v6: 2, v4First: 3, v6First: 4 } as const

/** As an index into the ends of a placed pod. */
export const NO_FAMILY = 2

const has4 = [false, true, false, true, true]
const has6 = [false, false, true, true, true]
const firstOf = [NO_FAMILY, 0, 1, 0, 1]

/**
 * What `endpoint.ts` decides, by number: the first family of the destination that the source has, else its
 * first, else the source's first.
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

/** The families of some addresses. */
export function familiesOf(addresses: readonly IpAddress[]): number {
  const first = addresses[0]?.family
  if (first === undefined) return families.none
  const isDual = addresses.some(({ family }) => family !== first)
  if (first === 'IPv4') return isDual ? families.v4First : families.v4
  return isDual ? families.v6First : families.v6
}

/** Which family a connection speaks: 0 for IPv4, 1 for IPv6, 2 where there is none. */
export function familySpoken(from: number, to: number): number {
  return spoken[from * 5 + to] as number
}

/** The index of a family. */
export function familyIndex(family: IpFamily | undefined): number {
  return family === 'IPv4' ? 0 : family === 'IPv6' ? 1 : NO_FAMILY
}
