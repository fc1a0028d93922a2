import type { AffinityTerm, NamespaceLabels } from '../../cache/affinity-terms.js'
import { termMatches } from '../../cache/affinity-terms.js'
import type { DomainTable } from '../../cache/domain-table.js'
import type { NodeInfo } from '../../cache/node-info.js'
import type { PodInfo } from '../../cache/pod-info.js'
import type { RelatedObjects } from '../../cache/related-objects.js'
import type { PodQuery, TopologyIndex } from '../../cache/topology-index.js'
import { queryMatches } from '../../cache/topology-index.js'
import type { CycleData } from '../../framework/cycle.js'
import type { Rejection } from '../../framework/rejection.js'
import { unresolvable, unschedulable } from '../../framework/rejection.js'
import { queryFor, tablesFor } from './queries.js'

const NO_AFFINITY = unresolvable("node(s) didn't match pod affinity rules")
const ANTI_AFFINITY = unschedulable("node(s) didn't match pod anti-affinity rules")
const ANTI_AFFINITY_OF_OTHERS = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")

/** What trials (nominated pods, preemption) add to the counts, by topology key and value. */
class Changes {
  readonly #byKey = new Map<string, Map<string, number>>()

  copy(): Changes {
    const copy = new Changes()
    for (const [key, byValue] of this.#byKey) copy.#byKey.set(key, new Map(byValue))
    return copy
  }

  get(key: string, value: string): number {
    return this.#byKey.get(key)?.get(value) ?? 0
  }

  add(key: string, node: NodeInfo, delta: number): void {
    const value = node.labels[key]
    if (value === undefined) return
    let byValue = this.#byKey.get(key)
    if (!byValue) this.#byKey.set(key, (byValue = new Map()))
    byValue.set(value, (byValue.get(value) ?? 0) + delta)
  }

  /** Yields the changed keys, each with the sum over its values. */
  *sums(): Iterable<readonly [key: string, sum: number]> {
    for (const [key, byValue] of this.#byKey) yield [key, [...byValue.values()].reduce((a, b) => a + b, 0)]
  }
}

interface Required {
  readonly terms: readonly AffinityTerm[]
  readonly query: PodQuery
  /** One for each term. */
  readonly tables: readonly DomainTable[]
  /** Whether the pod matches its own terms. */
  readonly matchesItself: boolean
}

interface Anti {
  readonly term: AffinityTerm
  readonly query: PodQuery
  readonly table: DomainTable
}

interface AffinityRules {
  readonly required: Required | undefined
  readonly anti: readonly Anti[]
  /** Pods by those of their terms that repel the pod. */
  readonly others: readonly DomainTable[]
  readonly labelsOf: NamespaceLabels
}

/** Changes of a trial to what the three checks count. */
interface Trial {
  readonly near: Changes
  readonly anti: Changes
  readonly others: Changes
}

const NO_TRIAL: Trial = { near: new Changes(), anti: new Changes(), others: new Changes() }

/** The required affinity rules of one cycle. Source: plugins/interpodaffinity/filtering.go preFilterState. */
export class AffinityFilter implements CycleData {
  readonly #rules: AffinityRules
  readonly #trial: Trial | undefined

  private constructor(parts: AffinityRules, trial?: Trial) {
    this.#rules = parts
    this.#trial = trial
  }

  /** Prepares the rules for a pod; returns undefined if neither it nor other pods have any. */
  static of(info: PodInfo, index: TopologyIndex, relatedObjects: RelatedObjects): AffinityFilter | undefined {
    const labelsOf = relatedObjects.labelsOfNamespace.bind(relatedObjects)
    const others = index
      .termsAbout('requiredAnti', info, labelsOf)
      .map(({ term, group }) => group.table(term.topologyKey))
    const { required = [], requiredAnti = [] } = info.affinity ?? {}
    if (others.every(({ total }) => total === 0) && required.length === 0 && requiredAnti.length === 0)
      return undefined
    const anti = requiredAnti.map((term): Anti => {
      const query = queryFor([term], relatedObjects)
      return { term, query, table: index.group(query).table(term.topologyKey) }
    })
    return new AffinityFilter({
      required: requiredOf(info, required, index, relatedObjects),
      anti,
      others,
      labelsOf,
    })
  }

  clone(): AffinityFilter {
    const { near, anti, others } = this.#trial ?? NO_TRIAL
    return new AffinityFilter(this.#rules, { near: near.copy(), anti: anti.copy(), others: others.copy() })
  }

  /** Returns the rejection of a node, if any. */
  check(node: NodeInfo): Rejection | undefined {
    if (this.#rules.required && !this.#isNear(this.#rules.required, node)) return NO_AFFINITY
    if (!this.#repels(node)) return ANTI_AFFINITY
    return this.#isWelcome(node) ? undefined : ANTI_AFFINITY_OF_OTHERS
  }

  /** Applies a trial that adds (1) or removes (-1) a pod. Call it on a clone only. */
  update(pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    const trial = this.#trial
    if (!trial) return
    const { required, anti, labelsOf } = this.#rules
    for (const term of other.affinity?.requiredAnti ?? []) {
      if (termMatches(term, pod.pod, labelsOf)) trial.others.add(term.topologyKey, node, delta)
    }
    if (required && queryMatches(required.query, other.pod)) {
      for (const { topologyKey } of required.terms) trial.near.add(topologyKey, node, delta)
    }
    for (const { term, query } of anti)
      if (queryMatches(query, other.pod)) trial.anti.add(term.topologyKey, node, delta)
  }

  /**
   * Returns whether every term has a matching pod in the node's domain. The first pod of a group whose
   * members match each other may go anywhere.
   */
  #isNear({ terms, tables, matchesItself }: Required, node: NodeInfo): boolean {
    let all = true
    for (let at = 0; at < terms.length; at++) {
      const { topologyKey } = terms[at] as AffinityTerm
      const value = node.labels[topologyKey]
      if (value === undefined) return false
      const count =
        (tables[at] as DomainTable).countAround(node) + (this.#trial?.near.get(topologyKey, value) ?? 0)
      if (count <= 0) all = false
    }
    return all || (matchesItself && this.#isFirst(tables))
  }

  #isFirst(tables: readonly DomainTable[]): boolean {
    const changed = new Map(this.#trial?.near.sums() ?? [])
    return tables.every(({ topologyKey, total }) => total + (changed.get(topologyKey) ?? 0) === 0)
  }

  #repels(node: NodeInfo): boolean {
    for (const { term, table } of this.#rules.anti) {
      const value = node.labels[term.topologyKey]
      if (
        value !== undefined &&
        table.countAround(node) + (this.#trial?.anti.get(term.topologyKey, value) ?? 0) > 0
      )
        return false
    }
    return true
  }

  #isWelcome(node: NodeInfo): boolean {
    const { others } = this.#rules
    if (!this.#trial) {
      for (const table of others) if (table.countAround(node) > 0) return false
      return true
    }
    const keys = new Set(others.map(({ topologyKey }) => topologyKey))
    for (const [key] of this.#trial.others.sums()) keys.add(key)
    for (const key of keys) {
      const value = node.labels[key]
      if (value === undefined) continue
      let count = this.#trial.others.get(key, value)
      for (const table of others) if (table.topologyKey === key) count += table.countAround(node)
      if (count > 0) return false
    }
    return true
  }
}

function requiredOf(
  info: PodInfo,
  terms: readonly AffinityTerm[],
  index: TopologyIndex,
  relatedObjects: RelatedObjects,
): Required | undefined {
  if (terms.length === 0) return undefined
  const query = queryFor(terms, relatedObjects)
  return {
    terms,
    query,
    tables: tablesFor(query, terms, index),
    matchesItself: queryMatches(query, info.pod),
  }
}
