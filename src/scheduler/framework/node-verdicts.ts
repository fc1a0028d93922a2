import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import { podKind } from '../cache/pod-kind.js'
import type { Cycle } from './cycle.js'
import { KnownScores } from './known-scores.js'
import type { FilterPlugin } from './plugin.js'
import type { PluginRejection } from './rejection.js'

type Named<P> = P & { readonly name: string }

/**
 * What node-local plugins say of nodes to all pods that are alike, kept for each node until it changes: a
 * cycle asks again only where a pod has come or gone since.
 */
export class NodeVerdicts {
  readonly scores: KnownScores = new KnownScores()
  readonly #filters: readonly Named<FilterPlugin>[]
  readonly #generations: number[] = []
  readonly #rejections: (PluginRejection | undefined)[] = []
  readonly #crowded = new Map<number, Crowded>()
  /** Equal refusals are one object. */
  readonly #known = new Map<string, PluginRejection>()

  /** `filters`: the node-local ones that come before all others. */
  constructor(filters: readonly Named<FilterPlugin>[]) {
    this.#filters = filters
  }

  /**
   * The refusals of these filters, by slot, of which those are up to date whose {@link generations} are those
   * of the snapshot; {@link ask} makes one so.
   */
  get rejections(): readonly (PluginRejection | undefined)[] {
    return this.#rejections
  }

  /** By slot, the generation of the node that is known. */
  get generations(): readonly number[] {
    return this.#generations
  }

  /** The first refusal of the node-local filters. */
  ask(cycle: Cycle, node: NodeInfo): void {
    const { slot } = node
    // slots come in any order at first: without holes the arrays stay fast
    while (this.#generations.length <= slot) {
      this.#generations.push(-1)
      this.#rejections.push(undefined)
    }
    this.#generations[slot] = node.generation
    const rejection = firstRefusal(this.#filters, cycle, node)
    this.#rejections[slot] = rejection && this.#same(rejection)
  }

  /**
   * The refusal of a node with these pods on it beside its own, from memory if neither has changed; `ask` is
   * for when it is not known.
   */
  crowded(
    { slot, generation }: NodeInfo,
    pods: readonly PodInfo[],
    ask: () => PluginRejection | undefined,
  ): PluginRejection | undefined {
    const known = this.#crowded.get(slot)
    if (known?.generation === generation && isSame(known.pods, pods)) return known.rejection
    const rejection = ask()
    this.#crowded.set(slot, { generation, pods, rejection })
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

/** What is known of a node with more pods on it than it has. */
interface Crowded {
  readonly generation: number
  readonly pods: readonly PodInfo[]
  readonly rejection: PluginRejection | undefined
}

function isSame(a: readonly PodInfo[], b: readonly PodInfo[]): boolean {
  return a.length === b.length && a.every((pod, at) => pod === b[at])
}

/** The first refusal of a node by these filters that have something to check; later filters are not asked. */
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

/** Below so many nodes it is faster to ask than to tell pods apart. */
const FEW_NODES = 5
const MOST_KINDS = 64

/** The verdicts of one profile for pods of several kinds. */
export class VerdictCache {
  readonly #filters: readonly Named<FilterPlugin>[]
  readonly #byKind = new Map<string, NodeVerdicts>()
  readonly #fewNodes: number

  /** `filters`: the node-local ones that come before all others. */
  constructor(filters: readonly Named<FilterPlugin>[], fewNodes: number = FEW_NODES) {
    this.#filters = filters
    this.#fewNodes = fewNodes
  }

  /** The verdicts for pods like this one; of nothing known yet when there are few nodes. */
  for(pod: PodInfo, nodes: number): NodeVerdicts {
    if (nodes < this.#fewNodes) return new NodeVerdicts(this.#filters)
    const kind = podKind(pod)
    let verdicts = this.#byKind.get(kind)
    if (verdicts) this.#byKind.delete(kind)
    else {
      verdicts = new NodeVerdicts(this.#filters)
      if (this.#byKind.size >= MOST_KINDS) this.#byKind.delete(this.#byKind.keys().next().value as string)
    }
    // the map is in the order of use
    this.#byKind.set(kind, verdicts)
    return verdicts
  }
}
