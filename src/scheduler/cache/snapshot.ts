import { NodeInfo } from './node-info.js'
import type { Node } from '../../api/core/generated.js'
import { zoneKeyOf } from '../../api/core/node-labels.js'
import type { PodInfo } from './pod-info.js'
import type { PodOnNode } from './pods-by-label.js'
import { TopologyIndex } from './topology-index.js'

/**
 * Returns the order in which nodes are examined: one node of each zone in turn. Upstream takes zones and
 * nodes in the order in which it first saw them; here both are sorted by name, so that the order does not
 * depend on history (docs/decisions). Source: backend/cache/node_tree.go.
 */
export function nodeOrder(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>()
  for (const node of nodes) {
    const key = zoneKeyOf(node.labels)
    const zone = zones.get(key)
    if (zone) zone.push(node)
    else zones.set(key, [node])
  }
  const groups = [...zones]
    .sort(([a], [b]) => compare(a, b))
    .map(([, zone]) => zone.sort((a, b) => compare(a.name, b.name)))
  if (groups.length === 1) return groups[0] as NodeInfo[]
  const order: NodeInfo[] = []
  const longest = Math.max(0, ...groups.map((group) => group.length))
  for (let turn = 0; turn < longest; turn++) {
    for (const group of groups) if (turn < group.length) order.push(group[turn] as NodeInfo)
  }
  return order
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

interface NodeOrder {
  readonly nodes: readonly NodeInfo[]
  readonly slots: readonly number[]
  /** Position in the order by slot. */
  readonly places: readonly number[]
}

/**
 * The scheduler's view of nodes and the pods on them, updated incrementally. All updates are idempotent and
 * no result depends on their order, so a view rebuilt after a fork equals the original.
 */
export class NodeSnapshot {
  readonly #nodes = new Map<string, NodeInfo>()
  readonly #places = new Map<string, PodOnNode>()
  readonly #byNamespace = new Map<string, Map<string, PodOnNode>>()
  readonly #freeSlots: number[] = []
  readonly #imageHolders = new Map<string, number>()
  readonly #generations: number[] = []
  readonly #softTainted = new Set<string>()
  #order: NodeOrder | undefined

  /** The distribution of pods over topology domains. */
  readonly topology: TopologyIndex = new TopologyIndex({
    nodes: () => this.#nodes.values(),
    inNamespaces: (names) => this.#inNamespaces(names),
  })

  /** Creates a view of plain objects; pods without a nodeName are left out. */
  static of(nodes: readonly Node[], pods: readonly PodInfo[] = []): NodeSnapshot {
    const snapshot = new NodeSnapshot()
    for (const node of nodes) snapshot.setNode(node)
    for (const info of pods) if (info.pod.spec.nodeName) snapshot.setPod(info, info.pod.spec.nodeName)
    return snapshot
  }

  /** All nodes of the API in the order of examination; valid until the next change of a node. */
  get nodes(): readonly NodeInfo[] {
    return this.#ordered().nodes
  }

  /** The slots of {@link nodes}. */
  get slots(): readonly number[] {
    return this.#ordered().slots
  }

  /** Returns the index of a node in {@link nodes}, or -1. */
  placeOf(name: string): number {
    const node = this.get(name)
    return node ? (this.#ordered().places[node.slot] ?? -1) : -1
  }

  /**
   * {@link NodeInfo.generation} by slot. A search that finds nothing changed reads only this list, and none
   * of the nodes.
   */
  get generations(): readonly number[] {
    return this.#generations
  }

  /** Returns the node of that name if it exists in the API. */
  get(name: string): NodeInfo | undefined {
    const node = this.#nodes.get(name)
    return node?.object ? node : undefined
  }

  /** Number of nodes with a PreferNoSchedule taint. */
  get softTaintedNodes(): number {
    return this.#softTainted.size
  }

  /** Returns the pod with that key if it is on a node. */
  podOf(key: string): PodInfo | undefined {
    return this.#places.get(key)?.pod
  }

  /** Counts the nodes that have an image of that name. */
  nodesWithImage(name: string): number {
    return this.#imageHolders.get(name) ?? 0
  }

  setNode(node: Node): void {
    const info = this.#ensure(node.metadata.name as string)
    const { object: old, images } = info
    if (!old || zoneKeyOf(info.labels) !== zoneKeyOf(node.metadata.labels)) this.#order = undefined
    info.setNode(node)
    this.#touch(info)
    if (info.softTaints.length > 0) this.#softTainted.add(info.name)
    else this.#softTainted.delete(info.name)
    if (info.images !== images) this.#countImages(images, info.images)
    if (!old || old.metadata.labels !== node.metadata.labels || old.spec !== node.spec)
      this.topology.setNode(info)
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name)
    if (!info?.object) return
    this.#countImages(info.images, NO_IMAGES)
    info.clearNode()
    this.#softTainted.delete(name)
    this.#touch(info)
    this.#order = undefined
    this.topology.setNode(info)
    if (info.pods.size === 0) this.#drop(info)
  }

  /** Puts the pod on a node, removing it from any other. */
  setPod(pod: PodInfo, nodeName: string): void {
    const before = this.#places.get(pod.key)
    if (before && before.node.name !== nodeName) this.removePod(pod.key)
    const node = this.#ensure(nodeName)
    node.addPod(pod)
    this.#touch(node)
    const place = { pod, node }
    this.#places.set(pod.key, place)
    this.#listed(pod).set(pod.key, place)
    if (before?.node === node) {
      if (isEquivalentForOthers(before.pod, pod)) return
      this.topology.podRemoved(before.pod, node)
    }
    this.topology.podAdded(pod, node)
  }

  removePod(key: string): void {
    const place = this.#places.get(key)
    if (!place) return
    const { pod, node } = place
    this.#places.delete(key)
    const namespace = pod.pod.metadata.namespace ?? ''
    const listed = this.#byNamespace.get(namespace)
    listed?.delete(key)
    if (listed?.size === 0) this.#byNamespace.delete(namespace)
    node.removePod(key)
    this.#touch(node)
    this.topology.podRemoved(pod, node)
    if (!node.object && node.pods.size === 0) this.#drop(node)
  }

  #touch({ slot, generation }: NodeInfo): void {
    this.#generations[slot] = generation
  }

  #ordered(): NodeOrder {
    if (!this.#order) {
      const nodes = nodeOrder([...this.#nodes.values()].filter(({ object }) => object !== undefined))
      const places = this.#generations.map(() => -1)
      nodes.forEach(({ slot }, place) => (places[slot] = place))
      this.#order = { nodes, slots: nodes.map(({ slot }) => slot), places }
    }
    return this.#order
  }

  #listed({ pod }: PodInfo): Map<string, PodOnNode> {
    const namespace = pod.metadata.namespace ?? ''
    let listed = this.#byNamespace.get(namespace)
    if (!listed) this.#byNamespace.set(namespace, (listed = new Map()))
    return listed
  }

  *#inNamespaces(names: ReadonlySet<string> | 'all'): Iterable<PodOnNode> {
    if (names === 'all') yield* this.#places.values()
    else for (const name of names) yield* this.#byNamespace.get(name)?.values() ?? []
  }

  #countImages(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
    for (const name of before.keys()) {
      const rest = (this.#imageHolders.get(name) ?? 0) - 1
      if (rest > 0) this.#imageHolders.set(name, rest)
      else this.#imageHolders.delete(name)
    }
    for (const name of after.keys()) this.#imageHolders.set(name, (this.#imageHolders.get(name) ?? 0) + 1)
  }

  #ensure(name: string): NodeInfo {
    let info = this.#nodes.get(name)
    if (!info) {
      info = new NodeInfo(name)
      info.slot = this.#freeSlots.pop() ?? this.#generations.length
      this.#touch(info)
      this.#nodes.set(name, info)
    }
    return info
  }

  #drop(info: NodeInfo): void {
    this.#nodes.delete(info.name)
    this.#freeSlots.push(info.slot)
  }
}

const NO_IMAGES: ReadonlyMap<string, number> = new Map()

/** Returns whether two states of a pod are equivalent for pods elsewhere. */
function isEquivalentForOthers({ pod: a }: PodInfo, { pod: b }: PodInfo): boolean {
  return (
    a.metadata.labels === b.metadata.labels &&
    a.spec.affinity === b.spec.affinity &&
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp
  )
}
