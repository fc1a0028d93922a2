/** An IPv4 block that is cut into equal, smaller blocks. */
export interface CidrPool {
  /** First address, as an unsigned number. */
  readonly base: number
  /** Prefix length of the blocks. */
  readonly mask: number
  /** How many blocks there are. */
  readonly size: number
}

/**
 * The pool of blocks of prefix length `mask` in `clusterCIDR` (`10.244.0.0/16`).
 * @throws RangeError when that is no IPv4 CIDR, or smaller than one block.
 */
export function parsePool(clusterCIDR: string, mask: number): CidrPool {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(clusterCIDR)
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = match?.slice(1).map(Number) ?? []
  if (Math.max(a, b, c, d) > 255 || prefix > 32)
    throw new RangeError(`not an IPv4 CIDR: ${clusterCIDR} (write 10.244.0.0/16)`)
  if (mask < prefix || mask > 32) throw new RangeError(`node mask /${mask} does not fit into ${clusterCIDR}`)
  const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d
  const span = 2 ** (32 - prefix)
  return { base: Math.floor(address / span) * span, mask, size: 2 ** (mask - prefix) }
}

/** Block number `index` of the pool, as a CIDR. */
export function blockAt({ base, mask }: CidrPool, index: number): string {
  const address = base + index * 2 ** (32 - mask)
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256)
  return `${bytes.join('.')}/${mask}`
}

/** A free block and where the search goes on the next time. */
export interface Allocation {
  readonly cidr: string
  readonly next: number
}

/**
 * The first free block from number `next` on, round the pool; undefined if all are used. A block that was
 * released is therefore not used again before the others have been. Source: nodeipam/ipam/cidrset/cidr_set.go
 * AllocateNext.
 */
export function allocate(
  pool: CidrPool,
  next: number,
  isUsed: (cidr: string) => boolean,
): Allocation | undefined {
  for (let tries = 0; tries < pool.size; tries++) {
    const index = (next + tries) % pool.size
    const cidr = blockAt(pool, index)
    if (!isUsed(cidr)) return { cidr, next: (index + 1) % pool.size }
  }
  return undefined
}
