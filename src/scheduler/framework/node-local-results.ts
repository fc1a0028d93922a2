import type { NodeInfo } from '../cache/node-info.js'
import { type PodInfo, podKind } from '../cache/pod-info.js'
import type { Cycle } from './cycle.js'
import { ScoreCache } from './score-cache.js'
import type { FilterPlugin } from './plugin.js'
import type { PluginRejection } from './rejection.js'

type Named<P> = P & { readonly name: string }

/**
 * The results of node-local filters for equivalent pods, cached for each node until it changes. A cycle
 * evaluates only the nodes where a pod has arrived or left since.
 */
export class NodeLocalResults {
  readonly scores: ScoreCache = new ScoreCache()
  readonly #filters: readonly Named<FilterPlugin>[]
  readonly #generations: number[] = []
  readonly #rejections: (PluginRejection | undefined)[] = []
  readonly #withAdditionalPods = new Map<number, AdditionalPodsResult>()
  /** Makes equal rejections the same object. */
  readonly #known = new Map<string, PluginRejection>()

  /** `filters` are the node-local ones that come before all others. */
  constructor(filters: readonly Named<FilterPlugin>[]) {
    this.#filters = filters
  }

  /**
   * The rejections of these filters by slot. An entry is up to date if {@link generations} has the snapshot's
   * value; {@link update} updates it.
   */
  get rejections(): readonly (PluginRejection | undefined)[] {
    return this.#rejections
  }

  /** By slot, the node generation that the entry was computed for. */
  get generations(): readonly number[] {
    return this.#generations
  }

  /** Evaluates the node-local filters for a node. */
  update(cycle: Cycle, node: NodeInfo): void {
    const { slot } = node
    // filled in order, since arrays with holes are slow and slots arrive in any order
    while (this.#generations.length <= slot) {
      this.#generations.push(-1)
      this.#rejections.push(undefined)
    }
    this.#generations[slot] = node.generation
    const rejection = firstRefusal(this.#filters, cycle, node)
    this.#rejections[slot] = rejection && this.#same(rejection)
  }

  /**
   * Returns the rejection of a node with additional pods on it. Cached until the node or the pods change;
   * `ask` computes it.
   */
  withAdditionalPods(
    { slot, generation }: NodeInfo,
    pods: readonly PodInfo[],
    ask: () => PluginRejection | undefined,
  ): PluginRejection | undefined {
    const known = this.#withAdditionalPods.get(slot)
    if (known?.generation === generation && isSame(known.pods, pods)) return known.rejection
    const rejection = ask()
    this.#withAdditionalPods.set(slot, { generation, pods, rejection })
    return rejection
  }

  #same(found: PluginRejection): PluginRejection {
    const { plugin, rejection } = found
    const key = `${plugin}\0${rejection.code}\0${rejection.reasons.join('\0')}`
    const known = this.#known.get(key)
    if (known) return known
    this.#known.set(key, found)
    return found
  }
}

/** The cached result for a node with additional pods. */
interface AdditionalPodsResult {
  readonly generation: number
  readonly pods: readonly PodInfo[]
  readonly rejection: PluginRejection | undefined
}

function isSame(a: readonly PodInfo[], b: readonly PodInfo[]): boolean {
  return a.length === b.length && a.every((pod, at) => pod === b[at])
}

/** Returns the first rejection of a node by these filters, skipping those with nothing to check. */
export function firstRefusal(
  filters: readonly Named<FilterPlugin>[],
  cycle: Cycle,
  node: NodeInfo,
): PluginRejection | undefined {
  const { pod, skipFilter } = cycle
  for (let at = 0; at < filters.length; at++) {
    const plugin = filters[at] as Named<FilterPlugin>
    if (skipFilter.has(plugin.name)) continue
    const rejection = plugin.filter(pod, node, cycle)
    if (rejection) return { plugin: plugin.name, rejection }
  }
  return undefined
}

/** With fewer nodes than this, evaluating the filters is faster than computing the pod's kind. */
const FEW_NODES = 5
const MAX_KINDS = 64

/** The node-local results of one profile for several kinds of pods. */
export class NodeLocalCache {
  readonly #filters: readonly Named<FilterPlugin>[]
  readonly #byKind = new Map<string, NodeLocalResults>()
  readonly #isKept: (pod: PodInfo) => boolean
  readonly #fewNodes: number

  /**
   * `filters` are the node-local ones that come before all others. Results for pods that `isKept` excludes
   * depend on more than pod and node.
   */
  constructor(
    filters: readonly Named<FilterPlugin>[],
    isKept: (pod: PodInfo) => boolean = () => true,
    fewNodes: number = FEW_NODES,
  ) {
    this.#filters = filters
    this.#isKept = isKept
    this.#fewNodes = fewNodes
  }

  /** Returns the results for pods equivalent to this one; empty ones if there are few nodes. */
  for(pod: PodInfo, nodes: number): NodeLocalResults {
    if (nodes < this.#fewNodes || !this.#isKept(pod)) return new NodeLocalResults(this.#filters)
    const kind = podKind(pod)
    let results = this.#byKind.get(kind)
    if (results) this.#byKind.delete(kind)
    else {
      results = new NodeLocalResults(this.#filters)
      if (this.#byKind.size >= MAX_KINDS) this.#byKind.delete(this.#byKind.keys().next().value as string)
    }
    // re-inserted because the map is in order of use
    this.#byKind.set(kind, results)
    return results
  }
}
