import type { DomainTable } from '../../cache/domain-table.js'
import type { NodeInfo } from '../../cache/node-info.js'
import type { PodInfo } from '../../cache/pod-info.js'
import type { TopologyIndex } from '../../cache/topology-index.js'
import type { CycleData } from '../../framework/cycle.js'
import type { Rejection } from '../../framework/rejection.js'
import { unresolvable, unschedulable } from '../../framework/rejection.js'
import type { SpreadConstraint } from './constraints.js'
import { groupOf, hasAllKeys, keysOf, scopesOf } from './constraints.js'

const SKEWED = unschedulable("node(s) didn't match pod topology spread constraints")
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)")

interface Hard {
  readonly constraint: SpreadConstraint
  readonly table: DomainTable
  /** 1 if the pod itself is counted. */
  readonly self: 0 | 1
  readonly admits: (node: NodeInfo) => boolean
}

/** What a trial (nominated pods, preemption) changes in the counts of one constraint, by value. */
type Changes = Map<string, number>

/**
 * The DoNotSchedule constraints of one cycle. Source: plugins/podtopologyspread/filtering.go preFilterState.
 */
export class SpreadFilter implements CycleData {
  readonly #constraints: readonly Hard[]
  readonly #changes: readonly (Changes | undefined)[]
  readonly #least: (number | undefined)[]

  private constructor(constraints: readonly Hard[], changes: readonly (Changes | undefined)[]) {
    this.#constraints = constraints
    this.#changes = changes
    this.#least = constraints.map(() => undefined)
  }

  /** Prepares the constraints of a pod. */
  static of({ pod }: PodInfo, constraints: readonly SpreadConstraint[], index: TopologyIndex): SpreadFilter {
    const keys = keysOf(constraints)
    const scopes = scopesOf(pod, keys)
    const hard = constraints.map((constraint): Hard => {
      const scope = scopes(constraint)
      const table = groupOf(index, pod.metadata.namespace ?? '', constraint).table(
        constraint.topologyKey,
        scope,
      )
      return {
        constraint,
        table,
        self: constraint.selector.matches(pod.metadata.labels) ? 1 : 0,
        admits: (node) => scope.admits(node),
      }
    })
    return new SpreadFilter(
      hard,
      hard.map(() => undefined),
    )
  }

  clone(): SpreadFilter {
    return new SpreadFilter(
      this.#constraints,
      this.#constraints.map((_, at) => new Map(this.#changes[at])),
    )
  }

  /** Returns the rejection of a node where the skew would be too large. */
  check(node: NodeInfo): Rejection | undefined {
    for (let at = 0; at < this.#constraints.length; at++) {
      const { constraint, table, self } = this.#constraints[at] as Hard
      const value = node.labels[constraint.topologyKey]
      if (value === undefined) return NO_LABEL
      const count = table.countAround(node) + (this.#changes[at]?.get(value) ?? 0)
      if (count + self - this.#leastOf(at) > constraint.maxSkew) return SKEWED
    }
    return undefined
  }

  /** Applies a trial that adds (1) or removes (-1) a pod. Call it on a clone only. */
  update(pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    if (other.pod.metadata.namespace !== pod.pod.metadata.namespace || !node.object) return
    if (
      !hasAllKeys(
        node.labels,
        this.#constraints.map(({ constraint }) => constraint),
      )
    )
      return
    this.#constraints.forEach(({ constraint, admits }, at) => {
      if (!constraint.selector.matches(other.pod.metadata.labels) || !admits(node)) return
      const value = node.labels[constraint.topologyKey] as string
      const changes = this.#changes[at]
      changes?.set(value, (changes.get(value) ?? 0) + delta)
      this.#least[at] = undefined
    })
  }

  /** Returns the global minimum; 0 if there are fewer domains than the constraint requires. */
  #leastOf(at: number): number {
    const known = this.#least[at]
    if (known !== undefined) return known
    const { constraint, table } = this.#constraints[at] as Hard
    return (this.#least[at] = table.size < constraint.minDomains ? 0 : table.least(this.#changes[at]))
  }
}
