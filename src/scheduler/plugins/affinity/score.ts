import type { DomainTable } from '../../cache/domain-table.js'
import type { NodeInfo } from '../../cache/node-info.js'
import type { PodInfo } from '../../cache/pod-info.js'
import type { RelatedObjects } from '../../cache/related-objects.js'
import type { TopologyIndex } from '../../cache/topology-index.js'
import type { CycleData } from '../../framework/cycle.js'
import { queryFor } from './queries.js'

interface Weighted {
  readonly table: DomainTable
  readonly weight: number
}

/** Options of the score. */
export interface AffinityWeights {
  /** For each required term of an existing pod that selects the incoming pod. */
  readonly hardPodAffinityWeight: number
  readonly ignorePreferredTermsOfExistingPods: boolean
}

/**
 * The preferences of one cycle, of the pod for others and of others for it. Source:
 * plugins/interpodaffinity/scoring.go preScoreState.
 */
export class AffinityScore implements CycleData {
  readonly #tables: readonly Weighted[]

  private constructor(tables: readonly Weighted[]) {
    this.#tables = tables
  }

  /** Prepares the preferences; returns undefined if none concerns any pod on a node. */
  static of(
    info: PodInfo,
    index: TopologyIndex,
    relatedObjects: RelatedObjects,
    weights: AffinityWeights,
  ): AffinityScore | undefined {
    const tables: Weighted[] = []
    const add = (table: DomainTable, weight: number): void => {
      if (table.total > 0 && weight !== 0) tables.push({ table, weight })
    }
    const labelsOf = relatedObjects.labelsOfNamespace.bind(relatedObjects)
    const { preferred = [] } = info.affinity ?? {}
    for (const { term, weight } of preferred)
      add(index.group(queryFor([term], relatedObjects)).table(term.topologyKey), weight)
    if (!weights.ignorePreferredTermsOfExistingPods || preferred.length > 0) {
      for (const { term, group } of index.termsAbout('required', info, labelsOf)) {
        add(group.table(term.topologyKey), weights.hardPodAffinityWeight)
      }
      for (const { term, weight, group } of index.termsAbout('preferred', info, labelsOf))
        add(group.table(term.topologyKey), weight)
    }
    return tables.length === 0 ? undefined : new AffinityScore(tables)
  }

  clone(): AffinityScore {
    return this
  }

  raw(node: NodeInfo): number {
    let score = 0
    for (const { table, weight } of this.#tables) score += weight * table.countAround(node)
    return score
  }
}

/** Scales scores in place: (s - min) / (max - min) x 100; all 0 if they are equal. */
export function spreadToRange(scores: number[]): void {
  let min = Number.MAX_SAFE_INTEGER
  let max = Number.MIN_SAFE_INTEGER
  for (const score of scores) {
    if (score < min) min = score
    if (score > max) max = score
  }
  const range = max - min
  for (let at = 0; at < scores.length; at++)
    scores[at] = range > 0 ? Math.trunc(100 * (((scores[at] as number) - min) / range)) : 0
}
