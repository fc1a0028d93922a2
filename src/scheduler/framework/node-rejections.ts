import type { NodeInfo } from '../cache/node-info.js'
import type { PluginRejection } from './rejection.js'

/**
 * Refusals by node, as a search collects them: two lists, of which a map by name is made only when somebody asks for a name. Equal refusals are often
 * one object.
 */
export class NodeRejections implements ReadonlyMap<string, PluginRejection> {
  readonly #nodes: NodeInfo[] = []
  readonly #rejections: PluginRejection[] = []
  #bySlot: (PluginRejection | undefined)[] | undefined
  #byName: Map<string, PluginRejection> | undefined

  /** Only to be called before anything is asked. */
  add(node: NodeInfo, rejection: PluginRejection): void {
    this.#nodes.push(node)
    this.#rejections.push(rejection)
  }

  get size(): number {
    return this.#nodes.length
  }

  /** The refusal of a node of the snapshot. */
  of(node: NodeInfo): PluginRejection | undefined {
    if (!this.#bySlot) {
      // as long as it becomes: filled from its middle on, a growing list would be a slow one
      const bySlot: (PluginRejection | undefined)[] = []
      bySlot.length = this.#nodes.reduce((most, { slot }) => Math.max(most, slot), 0) + 1
      for (let at = 0; at < this.#nodes.length; at++) bySlot[(this.#nodes[at] as NodeInfo).slot] = this.#rejections[at]
      this.#bySlot = bySlot
    }
    return this.#bySlot[node.slot]
  }

  get(name: string): PluginRejection | undefined {
    return this.#names().get(name)
  }

  has(name: string): boolean {
    return this.#names().has(name)
  }

  /** In the order of the search. */
  values(): MapIterator<PluginRejection> {
    return this.#rejections.values()
  }

  keys(): MapIterator<string> {
    return this.#names().keys()
  }

  entries(): MapIterator<[string, PluginRejection]> {
    return this.#names().entries()
  }

  forEach(callback: (rejection: PluginRejection, name: string, map: ReadonlyMap<string, PluginRejection>) => void): void {
    for (const [name, rejection] of this.#names()) callback(rejection, name, this)
  }

  [Symbol.iterator](): MapIterator<[string, PluginRejection]> {
    return this.entries()
  }

  #names(): Map<string, PluginRejection> {
    return (this.#byName ??= new Map(this.#nodes.map(({ name }, at) => [name, this.#rejections[at] as PluginRejection])))
  }
}

/** The refusal of a node among `nodes`, found without its name where that is possible. */
export function rejectionOf(nodes: ReadonlyMap<string, PluginRejection>, node: NodeInfo): PluginRejection | undefined {
  return nodes instanceof NodeRejections ? nodes.of(node) : nodes.get(node.name)
}
