import { ignoreNotFound } from '../../client/api-error.js'
import type { BuiltInResource, StoredOf } from '../../client/resources.js'
import { keyOfName, type NameOf, type NamespacedName } from '../../cluster/object-name.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'

/** Most names that are listed. */
const MOST = 20

/** Names an object as a matcher was given it: `pods office/web`. */
export const titleOf = (resource: string, name: NamespacedName): string =>
  `${resource} ${typeof name === 'string' ? name : (name.name ?? '')}`

/**
 * Returns the object that a matcher is about. @throws Error that says what there is instead, since neither an
 * expectation nor its opposite can hold for an object that does not exist
 */
export function lookUp<R extends BuiltInResource>(
  cluster: SimCluster,
  resource: R,
  name: NameOf<R>,
): StoredOf<R> {
  const found = ignoreNotFound(() => cluster.get(resource, name))
  if (found === undefined)
    throw new Error(`${titleOf(resource, name)} does not exist; ${insteadOf(cluster, resource, name)}`)
  return found
}

/**
 * Returns what there is instead of a missing object: the names in its namespace, and the other namespaces
 * that have its name. @throws ApiError if there is no such resource
 */
export function insteadOf(cluster: SimCluster, resource: BuiltInResource, wanted: NamespacedName): string {
  const { items } = cluster.list(resource)
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
