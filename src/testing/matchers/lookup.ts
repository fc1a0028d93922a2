import type { KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { BuiltInName, CustomName, StoredOf } from '../../client/resources.js'
import { keyOfName, type NameOf, type NamespacedName } from '../../cluster/object-name.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { MatcherResult } from './result.js'

/** Most names that are listed. */
const MOST = 20

type JudgedBy<R extends BuiltInName | CustomName> = R extends BuiltInName ? StoredOf<R> : KubeObject

/** Names an object as a matcher was given it: `pods office/web`. */
export const titleOf = (resource: string, name: NamespacedName): string =>
  `${resource} ${typeof name === 'string' ? name : (name.name ?? '')}`

/**
 * Judges the object that a matcher is about. One that does not exist fails the expectation; so does its
 * opposite, of which it says nothing either: `not.toBeReady` means an object that is there and not ready.
 */
export function aboutObject<R extends BuiltInName | CustomName>(
  cluster: SimCluster,
  resource: R,
  name: NameOf<R>,
  judge: (object: JudgedBy<R>) => MatcherResult,
  isNot: boolean,
): MatcherResult {
  const found = ignoreNotFound(() => cluster.get(resource as BuiltInName, name))
  if (found !== undefined) return judge(found as JudgedBy<R>)
  // at once: an unknown resource is an error, whatever is expected of it
  const instead = insteadOf(cluster, resource, name)
  return { pass: isNot, message: () => `${titleOf(resource, name)} does not exist; ${instead}` }
}

/**
 * Returns what there is instead of a missing object: the names in its namespace, and the other namespaces
 * that have its name. @throws ApiError if there is no such resource
 */
export function insteadOf(cluster: SimCluster, resource: string, wanted: NamespacedName): string {
  const { items } = cluster.list(resource as BuiltInName)
  const { namespace = '', name } = keyOfName(wanted, cluster.namespace)
  if (items.every(({ metadata }) => metadata.namespace === undefined))
    return `there are${listed(items.map(({ metadata }) => metadata.name))}`
  const here = items.filter(({ metadata }) => metadata.namespace === namespace)
  const elsewhere = items.filter(({ metadata }) => metadata.name === name)
  const names = listed(here.map(({ metadata }) => metadata.name))
  const isNamespace = cluster.list('namespaces').items.some(({ metadata }) => metadata.name === namespace)
  return [
    isNamespace ? `in ${namespace} there are${names}` : `there is no namespace ${namespace}`,
    ...elsewhere
      .map(({ metadata }) => `there is ${metadata.namespace ?? ''}/${metadata.name}`)
      .slice(0, MOST),
  ].join('; ')
}

/** The end of a sentence that begins with `there are`. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return ' none'
  const shown = names.slice(0, MOST).join(', ')
  return names.length > MOST ? `: ${shown}, and ${names.length - MOST} more` : `: ${shown}`
}
