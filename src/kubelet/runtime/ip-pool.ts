import { InputError } from '../../lang/input-error.js'
import { formatIp, lastOf, parseIp, parseIpRange } from '../../lang/go/ip.js'

/**
 * The allocated addresses of a pod network of one family. An address counts as its low 48 bits, which differ
 * within the range of a node. Plain data.
 */
export interface IpPool {
  /** The last allocated address as a number; 0 before the first. */
  last: number
  readonly used: Set<number>
}

/** More addresses than a node ever gives to pods. */
const MOST = 2n ** 47n
const LOW_BITS = 48

/**
 * Allocates the next free address of `cidr` after the last allocated one, wrapping around, like CNI's
 * host-local plugin. The first address (the bridge's own), the network's and the broadcast address of IPv4
 * are skipped. Undefined if all are taken.
 */
export function allocateIp(pool: IpPool, cidr: string): string | undefined {
  const { first, last, textOf } = rangeOf(cidr)
  const from = pool.last >= first && pool.last < last ? pool.last + 1 : first
  const size = last - first + 1
  for (let step = 0; step < size; step++) {
    const address = first + ((from - first + step) % size)
    if (pool.used.has(address)) continue
    pool.used.add(address)
    pool.last = address
    return textOf(address)
  }
  return undefined
}

/** Returns the pool for an address or a range, of the pools of a machine. */
export function poolFor(pools: { readonly ips: IpPool; ips6?: IpPool }, text: string): IpPool {
  return text.includes(':') ? (pools.ips6 ??= { last: 0, used: new Set() }) : pools.ips
}

/** Marks an address in use as allocated. */
export function reserveIp(pool: IpPool, ip: string): void {
  const address = numberOf(ip)
  pool.used.add(address)
  if (address > pool.last) pool.last = address
}

/** Releases an address; one that is not allocated is ignored. */
export function releaseIp(pool: IpPool, ip: string): void {
  pool.used.delete(numberOf(ip))
}

/** Returns the first address of a range and its last one for pods: `10.244.1.1-10.244.1.254`. */
export function poolRange(cidr: string): string {
  const { first, last, textOf } = rangeOf(cidr)
  return `${textOf(first - 1)}-${textOf(last)}`
}

/** First and last address for pods, as their low bits, and the text of one of them. */
interface PoolRange {
  readonly first: number
  readonly last: number
  readonly textOf: (address: number) => string
}

function rangeOf(cidr: string): PoolRange {
  const range = parseIpRange(cidr)
  if (range === undefined) throw new InputError(`not a range of addresses: ${cidr} (write 10.244.1.0/24)`)
  const { family, first: network } = range
  const end = family === 'IPv4' ? lastOf(range) - 1n : lastOf(range)
  const last = end - network > MOST ? network + MOST : end
  const high = (network >> BigInt(LOW_BITS)) << BigInt(LOW_BITS)
  return {
    first: lowBits(network) + 2,
    last: lowBits(last),
    textOf: (address) => formatIp({ family, value: high + BigInt(address) }),
  }
}

const lowBits = (value: bigint): number => Number(BigInt.asUintN(LOW_BITS, value))

const numberOf = (ip: string): number => lowBits(parseIp(ip)?.value ?? 0n)
