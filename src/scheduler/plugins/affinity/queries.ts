import type { AffinityTerm } from '../../cache/affinity-terms.js'
import type { DomainTable } from '../../cache/domain-table.js'
import type { Surroundings } from '../../cache/surroundings.js'
import type { NamespaceSet, PodQuery, TopologyIndex } from '../../cache/topology-index.js'
import { namespaceSet } from '../../cache/surroundings.js'

const ALL: NamespaceSet = { key: '*', names: 'all' }

/** Returns the current namespaces of a term. */
function namespacesOf(
  { namespaces, namespaceSelector }: AffinityTerm,
  surroundings: Surroundings,
): NamespaceSet {
  if (namespaceSelector === undefined) return { key: namespaces.join(), names: new Set(namespaces) }
  if (namespaceSelector.key === '[]') return ALL
  const matching = surroundings.namespacesMatching(namespaceSelector)
  return namespaces.length === 0
    ? matching
    : namespaceSet([...namespaces, ...(matching.names as ReadonlySet<string>)])
}

/** Returns a query for the pods that all the terms select. */
export function queryFor(terms: readonly AffinityTerm[], surroundings: Surroundings): PodQuery {
  const resolved = terms.map((term) => ({
    namespaces: namespacesOf(term, surroundings),
    selector: term.selector,
  }))
  const key = resolved.map(({ namespaces, selector }) => `${namespaces.key}\0${selector.key}`).join('\0')
  return { key: `terms\0${key}`, terms: resolved, living: false }
}

/** Returns those pods by domains of each term's topology key. */
export function tablesFor(
  query: PodQuery,
  terms: readonly AffinityTerm[],
  index: TopologyIndex,
): readonly DomainTable[] {
  const group = index.group(query)
  return terms.map(({ topologyKey }) => group.table(topologyKey))
}
