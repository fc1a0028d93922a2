import type { StoredObjects } from '../stored-objects.js'

/** Returns the names of terminating namespaces, in which controllers cannot create anything. */
export function terminatingNamespaces(stored: StoredObjects): ReadonlySet<string> {
  const terminating = stored
    .list('namespaces')
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  return new Set(terminating.map(({ metadata }) => metadata.name as string))
}
