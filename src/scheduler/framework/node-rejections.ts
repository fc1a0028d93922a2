import type { NodeInfo } from '../cache/node-info.js'
import type { PluginRejection } from './rejection.js'

/** A refusal that nodes in a row got. */
export interface RejectionRun {
  readonly rejection: PluginRejection
  readonly nodes: number
}

/**
 * Refusals by node, as a search collects them: lists, of which a map by name is made only when somebody asks
 * for a name. Equal refusals are often one object, so that most searches have few runs of them.
 */
export class NodeRejections implements ReadonlyMap<string, PluginRejection> {
  readonly #nodes: NodeInfo[] = []
  readonly #rejections: PluginRejection[] = []
  readonly #runs: { readonly rejection: PluginRejection; nodes: number }[] = []
  #last: PluginRejection | undefined
  #bySlot: (PluginRejection | undefined)[] | undefined
  #byName: Map<string, PluginRejection> | undefined

  /** Only to be called before anything is asked. */
  add(node: NodeInfo, found: PluginRejection): void {
    const last = this.#last
    // a plugin's refusal is often one object, told anew of each node
    const isSame = last !== undefined && last.rejection === found.rejection && last.plugin === found.plugin
    const rejection = isSame ? last : found
    this.#nodes.push(node)
    this.#rejections.push(rejection)
    if (isSame) (this.#runs[this.#runs.length - 1] as { nodes: number }).nodes++
    else this.#runs.push({ rejection: (this.#last = rejection), nodes: 1 })
  }

  get size(): number {
    return this.#nodes.length
  }

  /** The refusals in the order of the search; what several nodes in a row got is one run. */
  get runs(): readonly RejectionRun[] {
    return this.#runs
  }

  /** The refusal of a node of the snapshot. */
  of({ slot }: NodeInfo): PluginRejection | undefined {
    if (!this.#bySlot) {
      const bySlot: (PluginRejection | undefined)[] = []
      // as long as it becomes: filled from its middle on, a growing list would be a slow one
      bySlot.length = this.#nodes.reduce((most, node) => Math.max(most, node.slot), 0) + 1
      for (let at = 0; at < this.#nodes.length; at++)
        bySlot[(this.#nodes[at] as NodeInfo).slot] = this.#rejections[at]
      this.#bySlot = bySlot
    }
    return this.#bySlot[slot]
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

  forEach(
    callback: (rejection: PluginRejection, name: string, map: ReadonlyMap<string, PluginRejection>) => void,
  ): void {
    for (const [name, rejection] of this.#names()) callback(rejection, name, this)
  }

  [Symbol.iterator](): MapIterator<[string, PluginRejection]> {
    return this.entries()
  }

  #names(): Map<string, PluginRejection> {
    return (this.#byName ??= new Map(
      this.#nodes.map(({ name }, at) => [name, this.#rejections[at] as PluginRejection]),
    ))
  }
}

/** The refusals in their order, see {@link NodeRejections.runs}. */
export function rejectionRuns(nodes: ReadonlyMap<string, PluginRejection>): readonly RejectionRun[] {
  return nodes instanceof NodeRejections
    ? nodes.runs
    : [...nodes.values()].map((rejection) => ({ rejection, nodes: 1 }))
}

/** Those of all nodes whose refusal passes; `absent` is that of nodes that have none of their own. */
export function nodesRefused(
  all: readonly NodeInfo[],
  refusals: ReadonlyMap<string, PluginRejection>,
  absent: PluginRejection | undefined,
  passes: (rejection: PluginRejection) => boolean,
): readonly NodeInfo[] {
  const isKnown = refusals instanceof NodeRejections
  // most often all nodes say the same
  if (isKnown && refusals.size === all.length && refusals.runs.every(({ rejection }) => passes(rejection)))
    return all
  return all.filter((node) => {
    const rejection = (isKnown ? refusals.of(node) : refusals.get(node.name)) ?? absent
    return rejection !== undefined && passes(rejection)
  })
}
