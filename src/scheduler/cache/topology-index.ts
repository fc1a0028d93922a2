import type { Labels } from '../../api/selectors/labels.js'
import type { AffinityTerm, NamespaceLabels, PodAffinityTerms } from './affinity-terms.js'
import type { CompiledSelector } from './label-query.js'
import type { NodeInfo } from './node-info.js'
import { PodGroup } from './pod-group.js'
import type { PodInfo } from './pod-info.js'
import { type PodOnNode, PodsByLabel } from './pods-by-label.js'

/** The namespaces of a term, `all` or by name. Sets with the same `key` are equal. */
export interface NamespaceSet {
  readonly key: string
  readonly names: ReadonlySet<string> | 'all'
}

/** A conjunction of conditions on pods. */
export interface PodQuery {
  readonly key: string
  readonly terms: readonly { readonly namespaces: NamespaceSet; readonly selector: CompiledSelector }[]
  /** Excludes pods that are being deleted. */
  readonly excludesTerminating: boolean
}

/** Returns whether a pod matches the query, wherever it is. */
export function queryMatches(
  { terms, excludesTerminating: living }: PodQuery,
  { metadata }: PodInfo['pod'],
): boolean {
  if (living && metadata.deletionTimestamp !== undefined) return false
  return terms.every(
    ({ namespaces: { names }, selector }) =>
      (names === 'all' || names.has(metadata.namespace ?? '')) && selector.matches(metadata.labels),
  )
}

/** The kinds of terms: `requiredAnti` repels pods, the others influence scores. */
export type TermKind = 'requiredAnti' | 'required' | 'preferred'

/** The pods on nodes that share one affinity term. */
export interface TermHolders {
  readonly term: AffinityTerm
  /** For a preferred term, negative for anti-affinity; otherwise 1. */
  readonly weight: number
  readonly group: PodGroup
}

/** The pods of the snapshot as the index uses them. */
export interface Pods {
  nodes(): Iterable<NodeInfo>
  /** Visits the pods of some namespaces, or of all, with their nodes. */
  inNamespaces(names: ReadonlySet<string> | 'all'): Iterable<PodOnNode>
}

interface QueryGroup {
  readonly query: PodQuery
  readonly group: PodGroup
}

/** The maximum number of queries that are kept up to date; beyond it, the least recently used is dropped. */
const MAX_QUERIES = 2000

/**
 * The distribution of pods over topology domains, for PodTopologySpread and InterPodAffinity. A query is
 * counted by a scan the first time, and kept up to date from then on: a pod that arrives or leaves updates
 * only the queries that it matches, which are found by its labels. All of it is a cache, and no result
 * depends on earlier queries.
 */
export class TopologyIndex {
  readonly #pods: Pods
  readonly #queries = new Map<string, QueryGroup>()
  readonly #queriesByPair = new ByPair<QueryGroup>()
  readonly #byLabel = new PodsByLabel()
  readonly #holders = {
    requiredAnti: new Holders(),
    required: new Holders(),
    preferred: new Holders(),
  } as const

  constructor(pods: Pods) {
    this.#pods = pods
  }

  /** Returns the pods on nodes that match the query. */
  group(query: PodQuery): PodGroup {
    const known = this.#queries.get(query.key)
    if (known) {
      // re-inserted because the map is in order of use
      this.#queries.delete(query.key)
      this.#queries.set(query.key, known)
      return known.group
    }
    const group = new PodGroup(() => this.#pods.nodes())
    const pair = pairOf(query)
    const labelled = pair && this.#byLabel.with(pair, () => this.#pods.inNamespaces('all'))
    for (const { pod, node } of labelled ??
      this.#pods.inNamespaces(query.terms[0]?.namespaces.names ?? 'all'))
      if (queryMatches(query, pod.pod)) group.add(node, 1)
    const entry = { query, group }
    this.#queries.set(query.key, entry)
    this.#queriesByPair.add(pair, entry)
    if (this.#queries.size > MAX_QUERIES) this.#forgetOldest()
    return group
  }

  /** Returns the terms of pods on nodes that select `pod`. */
  termsAbout(kind: TermKind, { pod }: PodInfo, labelsOf: NamespaceLabels): readonly TermHolders[] {
    return this.#holders[kind].about(pod, labelsOf)
  }

  podAdded(pod: PodInfo, node: NodeInfo): void {
    this.#byLabel.add({ pod, node })
    this.#count(pod, node, 1)
  }

  podRemoved(pod: PodInfo, node: NodeInfo): void {
    this.#byLabel.remove(pod)
    this.#count(pod, node, -1)
  }

  /** Updates a node of the API that was added, removed, or changed in labels or taints. */
  setNode(node: NodeInfo): void {
    for (const { group } of this.#queries.values()) group.setNode(node)
    for (const holders of Object.values(this.#holders)) holders.setNode(node)
  }

  #count(info: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    const { labels } = info.pod.metadata
    this.#queriesByPair.visit(labels, ({ query, group }) => {
      if (queryMatches(query, info.pod)) group.add(node, delta)
    })
    if (info.affinity) this.#countTerms(info.affinity, node, delta)
  }

  #countTerms({ required, requiredAnti, preferred }: PodAffinityTerms, node: NodeInfo, delta: 1 | -1): void {
    const nodes = (): Iterable<NodeInfo> => this.#pods.nodes()
    for (const term of requiredAnti) this.#holders.requiredAnti.add(term, 1, node, delta, nodes)
    for (const term of required) this.#holders.required.add(term, 1, node, delta, nodes)
    for (const { term, weight } of preferred) this.#holders.preferred.add(term, weight, node, delta, nodes)
  }

  #forgetOldest(): void {
    const [[key, entry]] = this.#queries as unknown as Iterable<[string, QueryGroup]> & [[string, QueryGroup]]
    this.#queries.delete(key)
    this.#queriesByPair.delete(pairOf(entry.query), entry)
  }
}

function pairOf({ terms }: PodQuery): CompiledSelector['pair'] {
  return terms.find(({ selector }) => selector.pair)?.selector.pair
}

/** The holders of terms of one kind. */
class Holders {
  readonly #byKey = new Map<string, TermHolders>()
  readonly #byPair = new ByPair<TermHolders>()

  add(
    term: AffinityTerm,
    weight: number,
    node: NodeInfo,
    delta: 1 | -1,
    nodes: () => Iterable<NodeInfo>,
  ): void {
    const key = `${weight}\0${term.key}`
    let holders = this.#byKey.get(key)
    if (!holders) {
      holders = { term, weight, group: new PodGroup(nodes) }
      this.#byKey.set(key, holders)
      this.#byPair.add(term.selector.pair, holders)
    }
    holders.group.add(node, delta)
    if (!holders.group.isEmpty) return
    this.#byKey.delete(key)
    this.#byPair.delete(term.selector.pair, holders)
  }

  about({ metadata }: PodInfo['pod'], labelsOf: NamespaceLabels): readonly TermHolders[] {
    if (this.#byKey.size === 0) return NONE
    const found: TermHolders[] = []
    const namespace = metadata.namespace ?? ''
    this.#byPair.visit(metadata.labels, (holders) => {
      const { selector, namespaces, namespaceSelector } = holders.term
      if (!selector.matches(metadata.labels)) return
      if (namespaces.includes(namespace) || namespaceSelector?.matches(labelsOf(namespace)))
        found.push(holders)
    })
    return found
  }

  setNode(node: NodeInfo): void {
    for (const { group } of this.#byKey.values()) group.setNode(node)
  }
}

const NONE: readonly never[] = []

/** An index by the label that a pod must have to matter. */
class ByPair<T> {
  readonly #byKey = new Map<string, Map<string, Set<T>>>()
  readonly #others = new Set<T>()

  add(pair: CompiledSelector['pair'], item: T): void {
    if (!pair) return void this.#others.add(item)
    const [key, value] = pair
    let byValue = this.#byKey.get(key)
    if (!byValue) this.#byKey.set(key, (byValue = new Map()))
    const items = byValue.get(value)
    if (items) items.add(item)
    else byValue.set(value, new Set([item]))
  }

  delete(pair: CompiledSelector['pair'], item: T): void {
    if (!pair) return void this.#others.delete(item)
    const [key, value] = pair
    const byValue = this.#byKey.get(key)
    const items = byValue?.get(value)
    items?.delete(item)
    if (items?.size === 0) byValue?.delete(value)
    if (byValue?.size === 0) this.#byKey.delete(key)
  }

  /** Visits everything that pods with these labels may matter to. */
  visit(labels: Labels | undefined, visitor: (item: T) => void): void {
    for (const item of this.#others) visitor(item)
    if (this.#byKey.size === 0 || !labels) return
    for (const key in labels) {
      const items = this.#byKey.get(key)?.get(labels[key] as string)
      if (items) for (const item of items) visitor(item)
    }
  }
}
