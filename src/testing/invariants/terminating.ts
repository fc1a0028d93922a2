import type { StoredObjects } from '../stored-objects.js'

/** Names of the namespaces that are going away: in them controllers may create nothing. */
export function terminatingNamespaces(stored: StoredObjects): ReadonlySet<string> {
  const terminating = stored
    .list('namespaces')
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
  return new Set(terminating.map(({ metadata }) => metadata.name as string))
}
