import type { AffinityTerm } from '../../cache/affinity-terms.js'
import type { DomainTable } from '../../cache/domain-table.js'
import type { RelatedObjects } from '../../cache/related-objects.js'
import type { NamespaceSet, PodQuery, TopologyIndex } from '../../cache/topology-index.js'
import { namespaceSet } from '../../cache/related-objects.js'

const ALL: NamespaceSet = { key: '*', names: 'all' }

/** Returns the current namespaces of a term. */
function namespacesOf(
  { namespaces, namespaceSelector }: AffinityTerm,
  relatedObjects: RelatedObjects,
): NamespaceSet {
  if (namespaceSelector === undefined) return { key: namespaces.join(), names: new Set(namespaces) }
  if (namespaceSelector.key === '[]') return ALL
  const matching = relatedObjects.namespacesMatching(namespaceSelector)
  return namespaces.length === 0
    ? matching
    : namespaceSet([...namespaces, ...(matching.names as ReadonlySet<string>)])
}

/** Returns a query for the pods that all the terms select. */
export function queryFor(terms: readonly AffinityTerm[], relatedObjects: RelatedObjects): PodQuery {
  const resolved = terms.map((term) => ({
    namespaces: namespacesOf(term, relatedObjects),
    selector: term.selector,
  }))
  const key = resolved.map(({ namespaces, selector }) => `${namespaces.key}\0${selector.key}`).join('\0')
  return { key: `terms\0${key}`, terms: resolved, excludesTerminating: false }
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
