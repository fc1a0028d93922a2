import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import { podKind } from '../cache/pod-kind.js'
import type { Cycle } from './cycle.js'
import type { FilterPlugin, ScorePlugin } from './plugin.js'
import type { PluginRejection } from './rejection.js'

type Named<P> = P & { readonly name: string }

/** The plugins whose answers can be kept, see NodeLocalPlugin. */
export interface LocalPlugins {
  /** The filters that come before all others. */
  readonly filters: readonly Named<FilterPlugin>[]
  readonly scores: readonly Named<ScorePlugin>[]
}

/**
 * What node-local plugins say of nodes to all pods that are alike, kept for each node until it changes: a cycle asks again only where a pod has
 * come or gone since.
 */
export class NodeVerdicts {
  readonly #plugins: LocalPlugins
  readonly #generations: number[] = []
  readonly #rejections: (PluginRejection | undefined)[] = []
  readonly #raw: readonly number[][]
  /** Equal refusals are one object. */
  readonly #known = new Map<string, PluginRejection>()

  constructor(plugins: LocalPlugins) {
    this.#plugins = plugins
    this.#raw = plugins.scores.map(() => [])
  }

  /** The first refusal of the node-local filters. */
  filter(cycle: Cycle, node: NodeInfo): PluginRejection | undefined {
    const { slot } = node
    if (this.#generations[slot] !== node.generation) this.#ask(cycle, node)
    return this.#rejections[slot]
  }

  /** Raw scores by slot of the plugin of that place among the node-local scores, for nodes that have passed {@link filter}. */
  scoresOf(place: number): readonly number[] {
    return this.#raw[place] as readonly number[]
  }

  #ask(cycle: Cycle, node: NodeInfo): void {
    const { slot } = node
    const { filters, scores } = this.#plugins
    // slots come in any order at first: without holes the arrays stay fast
    while (this.#generations.length <= slot) this.#grow()
    this.#generations[slot] = node.generation
    const rejection = firstRefusal(filters, cycle, node)
    this.#rejections[slot] = rejection && this.#same(rejection)
    if (rejection) return
    for (let at = 0; at < scores.length; at++) {
      const raw = this.#raw[at] as number[]
      raw[slot] = (scores[at] as Named<ScorePlugin>).score(cycle.pod, node, cycle)
    }
  }

  #grow(): void {
    this.#generations.push(-1)
    this.#rejections.push(undefined)
    for (const raw of this.#raw) raw.push(0)
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

/** The first refusal of a node by these filters that have something to check; later filters are not asked. */
export function firstRefusal(filters: readonly Named<FilterPlugin>[], cycle: Cycle, node: NodeInfo): PluginRejection | undefined {
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
  readonly #plugins: LocalPlugins
  readonly #byKind = new Map<string, NodeVerdicts>()
  readonly #fewNodes: number

  constructor(plugins: LocalPlugins, fewNodes: number = FEW_NODES) {
    this.#plugins = plugins
    this.#fewNodes = fewNodes
  }

  /** The verdicts for pods like this one; of nothing known yet when there are few nodes. */
  for(pod: PodInfo, nodes: number): NodeVerdicts {
    if (nodes < this.#fewNodes) return new NodeVerdicts(this.#plugins)
    const kind = podKind(pod)
    let verdicts = this.#byKind.get(kind)
    if (verdicts) this.#byKind.delete(kind)
    else {
      verdicts = new NodeVerdicts(this.#plugins)
      if (this.#byKind.size >= MOST_KINDS) this.#byKind.delete(this.#byKind.keys().next().value as string)
    }
    // the map is in the order of use
    this.#byKind.set(kind, verdicts)
    return verdicts
  }
}
