import { InputError } from '../lang/input-error.js'
import type { Node } from '../api/core/generated.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import { formatIpRange, parseIpRange, type IpRange } from '../lang/go/ip.js'
import type { Informer } from '../client/informers/informer.js'
import type { Slice } from '../sim/modules/module.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import type { Indexers } from '../client/informers/object-index.js'
import { recordNodeStatus } from './node-lifecycle/node-writer.js'

const BY_RANGE: Indexers<Node> = {
  podCIDR: ({ spec }) => spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : []),
}

/** Flags of kube-controller-manager about pod CIDRs (`--allocate-node-cidrs`). */
export interface NodeIpamOptions {
  /** `--cluster-cidr`: a range, or two of different families with a comma. Default `10.244.0.0/16`. */
  readonly clusterCIDR?: string
  /** `--node-cidr-mask-size-ipv4`: prefix length of each node's CIDR. Default 24. */
  readonly mask?: number
  /** `--node-cidr-mask-size-ipv6`. Default 64. */
  readonly maskIPv6?: number
}

interface IpamState {
  /** Index of the block at which the next search begins. */
  next: number
  /** The same for the second range of a dual-stack cluster. */
  nextOfSecond?: number
  /** Allocated CIDRs that the informer does not show yet, to the name of their node. */
  readonly pending: Map<string, string>
  /** The same by node, with a comma between two. */
  readonly pendingOf: Map<string, string>
  /** Nodes for which no block is left. */
  readonly waiting: Set<string>
}

/**
 * Creates the node IPAM controller, which allocates a block of each cluster CIDR for each node without a pod
 * CIDR. The nodes themselves record which blocks are in use. Source:
 * pkg/controller/nodeipam/ipam/range_allocator.go.
 * @throws InputError if a CIDR is invalid or smaller than one block, or two are of the same family.
 */
export function createNodeIpamController(options: NodeIpamOptions = {}): Component {
  const pools = parsePools(options)
  return {
    name: controllerName('node-ipam-controller'),
    identity: controllerIdentity('node-controller'),
    setup: (host) => new NodeIpam(host, pools).start(),
  }
}

class NodeIpam {
  readonly #host: ComponentHost
  readonly #pools: readonly CidrPool[]
  readonly #nodes: Informer<Node>
  readonly #state: Slice<IpamState>
  readonly #recorder: EventRecorder

  constructor(host: ComponentHost, pools: readonly CidrPool[]) {
    this.#host = host
    this.#pools = pools
    this.#nodes = host.informer('nodes', { indexers: BY_RANGE })
    this.#state = host.state('allocations', () => ({
      next: 0,
      pending: new Map(),
      pendingOf: new Map(),
      waiting: new Set(),
    }))
    this.#recorder = host.recorder({ component: 'cidrAllocator' })
  }

  start(): void {
    const queue = this.#host.workQueue('nodes', (name) => {
      const { waiting } = this.#state.value
      const node = this.#nodes.get(name)
      if (!node || node.spec.podCIDR || this.#isPending(name) || this.#allocate(node)) waiting.delete(name)
      else waiting.add(name)
      queue.forget(name)
    })
    this.#nodes.onChange(({ type, object: { metadata, spec } }) => {
      const name = metadata.name as string
      const { waiting } = this.#state.value
      if (type !== 'DELETED' && !spec.podCIDR) {
        if (!waiting.has(name)) queue.add(name)
        return
      }
      this.#clearPending(name)
      waiting.delete(name)
      // upstream tries again with every update of the node; before a block is released, that is in vain
      const [first] = waiting
      if (type === 'DELETED' && spec.podCIDR && first !== undefined) queue.add(first)
    })
  }

  /** Allocates a CIDR of each pool for the node; returns false, after an event, if none is left. */
  #allocate(node: Node): boolean {
    const state = this.#state.value
    const isUsed = (cidr: string): boolean =>
      state.pending.has(cidr) || this.#nodes.byIndex('podCIDR', cidr).length > 0
    const nexts = [state.next, state.nextOfSecond ?? 0]
    const allocations = this.#pools.flatMap((pool, at) => allocate(pool, nexts[at] ?? 0, isUsed) ?? [])
    const [first, second] = allocations
    const name = node.metadata.name as string
    if (first === undefined || allocations.length < this.#pools.length) {
      recordNodeStatus(this.#recorder, node, 'CIDRNotAvailable')
      return false
    }
    const podCIDRs = allocations.map(({ cidr }) => cidr)
    this.#host.client.patch(
      'nodes',
      { name },
      { type: 'strategic', body: { spec: { podCIDR: first.cidr, podCIDRs } } },
    )
    state.next = first.next
    if (second !== undefined) state.nextOfSecond = second.next
    for (const cidr of podCIDRs) state.pending.set(cidr, name)
    state.pendingOf.set(name, podCIDRs.join(','))
    return true
  }

  #isPending(name: string): boolean {
    return this.#state.value.pendingOf.has(name)
  }

  /** Forgets the pending CIDR of a node once the informer shows it, or the node is deleted. */
  #clearPending(name: string): void {
    const { pending, pendingOf } = this.#state.value
    const cidrs = pendingOf.get(name)
    if (cidrs === undefined) return
    pendingOf.delete(name)
    for (const cidr of cidrs.split(',')) pending.delete(cidr)
  }
}

/** A CIDR that is divided into blocks of equal size. */
interface CidrPool {
  readonly range: IpRange
  /** Prefix length of the blocks. */
  readonly mask: number
  /** Number of blocks. */
  readonly size: number
}

/** The largest difference between the prefix of an IPv6 range and of its blocks. */
const MOST_BITS = 16

export function parsePools({
  clusterCIDR = '10.244.0.0/16',
  mask = 24,
  maskIPv6 = 64,
}: NodeIpamOptions): CidrPool[] {
  const pools = clusterCIDR.split(',').map((cidr) => parsePool(cidr, cidr.includes(':') ? maskIPv6 : mask))
  const families = new Set(pools.map(({ range: { family } }) => family))
  if (families.size < pools.length)
    throw new InputError(
      `expected one pod CIDR of each family, not ${clusterCIDR} (write 10.244.0.0/16,fd00:10:244::/56)`,
    )
  return pools
}

/**
 * Divides `clusterCIDR` (`10.244.0.0/16`, `fd00:10:244::/56`) into blocks of prefix length `mask`.
 * @throws InputError if it is not a CIDR, is smaller than one block, or holds more blocks than upstream can
 * count.
 */
export function parsePool(clusterCIDR: string, mask: number): CidrPool {
  const range = parseIpRange(clusterCIDR.trim())
  if (range === undefined)
    throw new InputError(`not a CIDR: ${clusterCIDR} (write 10.244.0.0/16 or fd00:10:244::/56)`)
  const { family, prefix } = range
  if (mask < prefix || mask > widthOf(family))
    throw new InputError(`node mask /${mask} does not fit into ${clusterCIDR}`)
  if (family === 'IPv6' && mask - prefix > MOST_BITS)
    throw new InputError(
      `${clusterCIDR} is too large for nodes of /${mask}: at most ${MOST_BITS} bits may lie between them`,
    )
  return { range, mask, size: 2 ** (mask - prefix) }
}

const widthOf = (family: IpRange['family']): number => (family === 'IPv4' ? 32 : 128)

/** Returns the CIDR of the pool's block with that index. */
export function blockAt({ range: { family, first }, mask }: CidrPool, index: number): string {
  const offset = BigInt(index) << BigInt(widthOf(family) - mask)
  return formatIpRange({ family, first: first + offset, prefix: mask })
}

/** A free block, and the index at which the next search begins. */
interface Allocation {
  readonly cidr: string
  readonly next: number
}

/**
 * Returns the first free block from index `next` on, wrapping around, or undefined if all are used. Thus a
 * released block is reused only after all others. Source: nodeipam/ipam/cidrset/cidr_set.go AllocateNext.
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
