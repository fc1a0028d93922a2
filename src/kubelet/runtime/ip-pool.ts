/** The allocated addresses of a pod network. Plain data. */
export interface IpPool {
  /** The last allocated address as a number; 0 before the first. */
  last: number
  readonly used: Set<number>
}

/**
 * Allocates the next free address of `cidr` (IPv4) after the last allocated one, wrapping around, like CNI's
 * host-local plugin. The first address (the bridge's own), the network's and the broadcast address are
 * skipped. Undefined if all are taken.
 */
export function allocateIp(pool: IpPool, cidr: string): string | undefined {
  const { first, last } = rangeOf(cidr)
  const from = pool.last >= first && pool.last < last ? pool.last + 1 : first
  const size = last - first + 1
  for (let step = 0; step < size; step++) {
    const address = first + ((from - first + step) % size)
    if (pool.used.has(address)) continue
    pool.used.add(address)
    pool.last = address
    return formatIp(address)
  }
  return undefined
}

/** Marks an address in use as allocated. */
export function reserveIp(pool: IpPool, ip: string): void {
  const address = parseIp(ip)
  pool.used.add(address)
  if (address > pool.last) pool.last = address
}

/** Releases an address; one that is not allocated is ignored. */
export function releaseIp(pool: IpPool, ip: string): void {
  pool.used.delete(parseIp(ip))
}

/** First and last address for pods, as text: `10.244.1.2-10.244.1.254`. */
export function poolRange(cidr: string): string {
  const { first, last } = rangeOf(cidr)
  return `${formatIp(first - 1)}-${formatIp(last)}`
}

function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', bits = '24'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const base = Math.floor(parseIp(address) / size) * size
  return { first: base + 2, last: base + size - 2 }
}

function parseIp(ip: string): number {
  return ip.split('.').reduce((value, part) => value * 256 + Number(part), 0)
}

function formatIp(value: number): string {
  return [value / 0x1_00_00_00, value / 0x1_00_00, value / 0x1_00, value]
    .map((part) => Math.floor(part) % 256)
    .join('.')
}
