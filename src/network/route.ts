import type { Node } from '../api/core/generated.js'
import type { IpRange } from '../lang/go/ip.js'
import { parseIp, parseIpRange } from '../lang/go/ip.js'
import type { Client } from '../client/client.js'
import { FollowedView } from './followed-view.js'
import type { NetworkNode, NodeDirectory, RunningPod } from './dependencies.js'

/** What an address belongs to. */
export type Destination =
  | { readonly kind: 'pod'; readonly node: NetworkNode; readonly pod: RunningPod }
  | { readonly kind: 'node'; readonly node: NetworkNode }
  /** An unused address of a node's pod range. */
  | { readonly kind: 'free'; readonly node: NetworkNode }
  | { readonly kind: 'none' }

/**
 * Finds the owner of an address: by the pod ranges of the nodes, as routes do, and then by what actually runs
 * there, whatever the API says.
 */
export class Routes {
  readonly #nodes: FollowedView<Node>
  readonly #directory: NodeDirectory
  /** The prefix lengths in use; a lookup tries each. */
  #prefixes: readonly number[] = []

  constructor(client: Client, directory: NodeDirectory) {
    this.#nodes = new FollowedView(client, 'nodes', {
      range: (node) => rangesOf(node).map((range) => this.#keyOf(range)),
    })
    this.#directory = directory
  }

  find(ip: string): Destination {
    const host = this.#directory.at(ip)
    if (host !== undefined) return { kind: 'node', node: host }
    const node = this.#nodeWithRange(ip)
    if (node === undefined) return { kind: 'none' }
    const pod = podAt(node, ip)
    return pod === undefined ? { kind: 'free', node } : { kind: 'pod', node, pod }
  }

  /** Returns the label topology.kubernetes.io/zone of a node. */
  zoneOf(node: string): string | undefined {
    return this.#nodes.now().get(node)?.metadata.labels?.['topology.kubernetes.io/zone']
  }

  node(name: string): Node | undefined {
    return this.#nodes.now().get(name)
  }

  #nodeWithRange(ip: string): NetworkNode | undefined {
    const index = this.#nodes.now()
    const address = parseIp(ip)
    if (address === undefined) return undefined
    const width = address.family === 'IPv6' ? 128 : 32
    for (const prefix of this.#prefixes) {
      if (prefix > width) continue
      const shift = BigInt(width - prefix)
      const first = (address.value >> shift) << shift
      for (const {
        metadata: { name = '' },
      } of index.byIndex('range', `${first}/${prefix}`)) {
        const node = this.#directory.get(name)
        if (node !== undefined) return node
      }
    }
    return undefined
  }

  #keyOf({ first, prefix }: IpRange): string {
    if (!this.#prefixes.includes(prefix)) this.#prefixes = [...this.#prefixes, prefix].sort((a, b) => b - a)
    return `${first}/${prefix}`
  }
}

/** Returns the pod on a node with an address. */
function podAt(node: NetworkNode, ip: string): RunningPod | undefined {
  for (const pod of node.pods())
    if ((pod.ip === ip || pod.secondIP === ip) && !pod.hostNetwork && pod.sandbox === 'ready') return pod
  return undefined
}

function rangesOf({ spec }: Node): readonly IpRange[] {
  const texts = spec.podCIDRs ?? (spec.podCIDR === undefined ? [] : [spec.podCIDR])
  return texts.flatMap((text) => parseIpRange(text) ?? [])
}
