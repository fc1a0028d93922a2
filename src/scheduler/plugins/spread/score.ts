import type { Domain, DomainTable } from '../../cache/domain-table.js'
import type { NodeInfo } from '../../cache/node-info.js'
import type { PodGroup } from '../../cache/pod-group.js'
import type { PodInfo } from '../../cache/pod-info.js'
import type { TopologyIndex } from '../../cache/topology-index.js'
import type { CycleData } from '../../framework/cycle.js'
import type { SpreadConstraint } from './constraints.js'
import { groupOf, hasAllKeys, keysOf, scopesOf } from './constraints.js'

const HOSTNAME = 'kubernetes.io/hostname'

interface Soft {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly group: PodGroup
  /** Undefined for the hostname, where each node is its own domain. */
  readonly table: DomainTable | undefined
  /** ln(domains + 2), because many domains hold few pods each. */
  weight: number
}

/**
 * The ScheduleAnyway constraints of one cycle. Source: plugins/podtopologyspread/scoring.go preScoreState.
 */
export class SpreadScore implements CycleData {
  readonly #constraints: readonly Soft[]
  /** Nodes that lack a topology key; they get the lowest score. */
  readonly #ignored: ReadonlySet<NodeInfo>

  private constructor(constraints: readonly Soft[], ignored: ReadonlySet<NodeInfo>) {
    this.#constraints = constraints
    this.#ignored = ignored
  }

  /**
   * Prepares the constraints of a pod for feasible nodes. `needsAllKeys`: a node without one of the keys is
   * not scored.
   */
  static of(
    { pod }: PodInfo,
    constraints: readonly SpreadConstraint[],
    index: TopologyIndex,
    nodes: readonly NodeInfo[],
    needsAllKeys: boolean,
  ): SpreadScore {
    const keys = needsAllKeys ? keysOf(constraints) : []
    const scopes = scopesOf(pod, keys)
    const soft = constraints.map((constraint): Soft => {
      const { topologyKey, maxSkew } = constraint
      const group = groupOf(index, pod.metadata.namespace ?? '', constraint)
      const table = topologyKey === HOSTNAME ? undefined : group.table(topologyKey, scopes(constraint))
      return { topologyKey, maxSkew, group, table, weight: 0 }
    })
    const ignored = needsAllKeys ? nodes.filter(({ labels }) => !hasAllKeys(labels, constraints)) : []
    const score = new SpreadScore(soft, new Set(ignored))
    for (const constraint of soft) {
      const domains = constraint.table
        ? score.#countDomains(constraint.table, nodes)
        : nodes.length - ignored.length
      constraint.weight = Math.log(domains + 2)
    }
    return score
  }

  clone(): SpreadScore {
    return this
  }

  /** Returns the raw score, which increases with the number of matching pods around the node. */
  raw(node: NodeInfo): number {
    if (this.#ignored.size > 0 && this.#ignored.has(node)) return 0
    let score = 0
    for (const { topologyKey, maxSkew, group, table, weight } of this.#constraints) {
      if (node.labels[topologyKey] === undefined) continue
      const count = table ? table.countAround(node) : group.countOn(node.slot)
      score += count * weight + (maxSkew - 1)
    }
    return Math.round(score)
  }

  /** Normalizes in place: 100 x (max + min - s) / max; nodes that are not scored get 0. */
  normalize(scores: number[], nodes: readonly NodeInfo[]): void {
    let min = Number.MAX_SAFE_INTEGER
    let max = 0
    const isIgnored = (at: number): boolean =>
      this.#ignored.size > 0 && this.#ignored.has(nodes[at] as NodeInfo)
    for (let at = 0; at < scores.length; at++) {
      if (isIgnored(at)) continue
      const score = scores[at] as number
      if (score < min) min = score
      if (score > max) max = score
    }
    for (let at = 0; at < scores.length; at++) {
      if (isIgnored(at)) scores[at] = 0
      else scores[at] = max === 0 ? 100 : Math.trunc((100 * (max + min - (scores[at] as number))) / max)
    }
  }

  /**
   * Counts the domains. Nodes without the label, which only the system defaults permit, form one domain
   * together.
   */
  #countDomains(table: DomainTable, nodes: readonly NodeInfo[]): number {
    const domains = new Set<Domain>()
    let others: Set<string> | undefined
    let last: Domain | undefined
    for (const node of nodes) {
      if (this.#ignored.size > 0 && this.#ignored.has(node)) continue
      const domain = table.domainOf(node)
      if (domain === undefined) (others ??= new Set()).add(node.labels[table.topologyKey] ?? '')
      else if (domain !== last) domains.add((last = domain))
    }
    if (others) for (const { value } of domains) others.delete(value)
    return domains.size + (others?.size ?? 0)
  }
}
