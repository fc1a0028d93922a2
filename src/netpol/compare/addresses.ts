import type { IpAddress } from '../../lang/go/ip.js'
import type { AddressClass } from './vocabulary.js'

/** The kinds of end. `hostPod` is a pod on the host's network, where NetworkPolicy selects those. */
export type EndSort = 'pod' | 'hostPod' | 'node' | 'external'

/** Which side of the connection an end is on. */
export type Role = 'from' | 'to'

type Pair = Readonly<Record<Role, readonly IpAddress[]>>

const v4 = (a: number, b: number, c: number, d: number): IpAddress => ({
  family: 'IPv4',
  value: BigInt(((a * 256 + b) * 256 + c) * 256 + d),
})
const v6 = (head: bigint, tail: bigint): IpAddress => ({ family: 'IPv6', value: (head << 96n) + tail })

/** Realistic addresses for each kind of end, so that examples are easy to read. */
function typicalAddresses(): Readonly<Record<EndSort, Pair>> {
  const node: Pair = {
    from: [v4(192, 168, 0, 1), v6(0xfd000020n, 1n)],
    to: [v4(192, 168, 0, 2), v6(0xfd000020n, 2n)],
  }
  return {
    pod: {
      from: [v4(10, 244, 0, 10), v6(0xfd000010n, 0xan)],
      to: [v4(10, 244, 0, 11), v6(0xfd000010n, 0xbn)],
    },
    hostPod: node,
    node,
    external: {
      from: [v4(203, 0, 113, 9), v6(0x20010db8n, 9n)],
      to: [v4(203, 0, 113, 10), v6(0x20010db8n, 0xan)],
    },
  }
}

const isIn = (address: IpAddress, { family, intervals }: AddressClass): boolean =>
  address.family === family &&
  intervals.some(([first, last]) => address.value >= first && address.value <= last)

/** Returns the addresses to prefer: those of the kind itself, then all others. */
function candidates(sort: EndSort, role: Role): readonly IpAddress[] {
  const all = typicalAddresses()
  return [sort, 'pod', 'node', 'external'].flatMap((each) => all[each as EndSort][role])
}

/**
 * Sorts address classes by how readable they are for an end: those with a typical address of its kind first,
 * then IPv4.
 */
export function sortForEnd(
  classes: readonly AddressClass[],
  sort: EndSort,
  role: Role,
): readonly AddressClass[] {
  const known = candidates(sort, role)
  const place = (each: AddressClass): number => {
    const at = known.findIndex((address) => isIn(address, each))
    return (each.family === 'IPv6' ? 100 : 0) + (at < 0 ? 50 : at)
  }
  return classes
    .map((each) => [place(each), each] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, each]) => each)
}

/** Picks a free address of a class, a readable one if possible. */
export function pickAddress(
  among: AddressClass,
  sort: EndSort,
  role: Role,
  taken: IpAddress | undefined,
): IpAddress {
  const { family } = among
  const isFree = (value: bigint): boolean =>
    taken === undefined || taken.family !== family || taken.value !== value
  const known = candidates(sort, role).find((each) => isIn(each, among) && isFree(each.value))
  if (known !== undefined) return known
  for (const [first, last] of among.intervals) {
    // the first address of a range is usually the network address, so prefer the second
    const value = [first + 1n, first, first + 2n].find((each) => each <= last && isFree(each))
    if (value !== undefined) return { family, value }
  }
  throw new Error('bug in compare: a class of addresses has none left')
}
