import type { Node } from '../api/core/generated.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Informer } from '../client/informers/informer.js'
import type { Slice } from '../sim/modules/module.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import type { Indexers } from '../client/informers/object-index.js'
import { recordNodeStatus } from './node-lifecycle/node-writer.js'

const BY_RANGE: Indexers<Node> = { podCIDR: ({ spec }) => (spec.podCIDR ? [spec.podCIDR] : []) }

/** Flags of kube-controller-manager about pod CIDRs (`--allocate-node-cidrs`). */
export interface NodeIpamOptions {
  /** `--cluster-cidr`, IPv4. Default `10.244.0.0/16`. */
  readonly clusterCIDR?: string
  /** `--node-cidr-mask-size`: prefix length of each node's CIDR. Default 24. */
  readonly mask?: number
}

interface IpamState {
  /** Index of the block at which the next search begins. */
  next: number
  /** Allocated CIDRs that the informer does not show yet, to the name of their node. */
  readonly pending: Map<string, string>
  /** The same, by node. */
  readonly pendingOf: Map<string, string>
  /** Nodes for which no block is left. */
  readonly waiting: Set<string>
}

/**
 * Creates the node IPAM controller, which allocates a block of the cluster CIDR for each node without a pod
 * CIDR. The nodes themselves record which blocks are in use. Source:
 * pkg/controller/nodeipam/ipam/range_allocator.go.
 * @throws RangeError if the CIDR is invalid or smaller than one block.
 */
export function createNodeIpamController(options: NodeIpamOptions = {}): Component {
  const pool = parsePool(options.clusterCIDR ?? '10.244.0.0/16', options.mask ?? 24)
  return {
    name: controllerName('node-ipam-controller'),
    identity: controllerIdentity('node-controller'),
    setup: (host) => new NodeIpam(host, pool).start(),
  }
}

class NodeIpam {
  readonly #host: ComponentHost
  readonly #pool: CidrPool
  readonly #nodes: Informer<Node>
  readonly #state: Slice<IpamState>
  readonly #recorder: EventRecorder

  constructor(host: ComponentHost, pool: CidrPool) {
    this.#host = host
    this.#pool = pool
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

  /** Allocates a CIDR for the node; returns false, after an event, if none is left. */
  #allocate(node: Node): boolean {
    const state = this.#state.value
    const isUsed = (cidr: string): boolean =>
      state.pending.has(cidr) || this.#nodes.byIndex('podCIDR', cidr).length > 0
    const allocation = allocate(this.#pool, state.next, isUsed)
    const name = node.metadata.name as string
    if (!allocation) {
      recordNodeStatus(this.#recorder, node, 'CIDRNotAvailable')
      return false
    }
    const { cidr, next } = allocation
    this.#host.client.patch(
      'nodes',
      { name },
      { type: 'strategic', body: { spec: { podCIDR: cidr, podCIDRs: [cidr] } } },
    )
    state.next = next
    state.pending.set(cidr, name)
    state.pendingOf.set(name, cidr)
    return true
  }

  #isPending(name: string): boolean {
    return this.#state.value.pendingOf.has(name)
  }

  /** Forgets the pending CIDR of a node once the informer shows it, or the node is deleted. */
  #clearPending(name: string): void {
    const { pending, pendingOf } = this.#state.value
    const cidr = pendingOf.get(name)
    if (cidr === undefined) return
    pendingOf.delete(name)
    pending.delete(cidr)
  }
}

/** An IPv4 CIDR that is divided into blocks of equal size. */
interface CidrPool {
  /** First address as an unsigned number. */
  readonly base: number
  /** Prefix length of the blocks. */
  readonly mask: number
  /** Number of blocks. */
  readonly size: number
}

/**
 * Divides `clusterCIDR` (`10.244.0.0/16`) into blocks of prefix length `mask`.
 * @throws RangeError if it is not an IPv4 CIDR, or smaller than one block.
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

/** Returns the CIDR of the pool's block with that index. */
export function blockAt({ base, mask }: CidrPool, index: number): string {
  const address = base + index * 2 ** (32 - mask)
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256)
  return `${bytes.join('.')}/${mask}`
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
