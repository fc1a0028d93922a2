import type { Node } from '../../api/core/generated.js'
import { NodeInfo } from './node-info.js'
import { nodeOrder, zoneKeyOf } from './node-order.js'
import type { PodInfo } from './pod-info.js'

/**
 * The scheduler's view of nodes and of the pods on them, kept up by small steps. Everything is idempotent and no answer depends
 * on the order of the calls, so a view built anew after a fork equals the one it was copied from.
 */
export class Snapshot {
  readonly #nodes = new Map<string, NodeInfo>()
  readonly #nodeOfPod = new Map<string, string>()
  #order: readonly NodeInfo[] | undefined

  /** A view of plain objects: pods without nodeName are left out. */
  static of(nodes: readonly Node[], pods: readonly PodInfo[] = []): Snapshot {
    const snapshot = new Snapshot()
    for (const node of nodes) snapshot.setNode(node)
    for (const info of pods) if (info.pod.spec.nodeName) snapshot.setPod(info, info.pod.spec.nodeName)
    return snapshot
  }

  /** All nodes of the API in the order in which they are examined; valid until the next change of a node. */
  get nodes(): readonly NodeInfo[] {
    return (this.#order ??= nodeOrder([...this.#nodes.values()].filter(({ object }) => object !== undefined)))
  }

  /** The node of that name, if the API has it. */
  get(name: string): NodeInfo | undefined {
    const node = this.#nodes.get(name)
    return node?.object ? node : undefined
  }

  setNode(node: Node): void {
    const info = this.#ensure(node.metadata.name as string)
    if (!info.object || zoneKeyOf(info.labels) !== zoneKeyOf(node.metadata.labels ?? {})) this.#order = undefined
    info.setNode(node)
  }

  removeNode(name: string): void {
    const info = this.#nodes.get(name)
    if (!info) return
    info.clearNode()
    this.#order = undefined
    if (info.pods.size === 0) this.#nodes.delete(name)
  }

  /** Puts the pod on that node, from wherever it was. */
  setPod(pod: PodInfo, nodeName: string): void {
    const before = this.#nodeOfPod.get(pod.key)
    if (before !== undefined && before !== nodeName) this.removePod(pod.key)
    this.#nodeOfPod.set(pod.key, nodeName)
    this.#ensure(nodeName).addPod(pod)
  }

  removePod(key: string): void {
    const nodeName = this.#nodeOfPod.get(key)
    if (nodeName === undefined) return
    this.#nodeOfPod.delete(key)
    const info = this.#nodes.get(nodeName)
    info?.removePod(key)
    if (info && !info.object && info.pods.size === 0) this.#nodes.delete(nodeName)
  }

  #ensure(name: string): NodeInfo {
    let info = this.#nodes.get(name)
    if (!info) this.#nodes.set(name, (info = new NodeInfo(name)))
    return info
  }
}
