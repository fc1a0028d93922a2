import { difference, hasPath, isEmpty, singlePath } from './field-set.js'
import type { Managers } from './managers.js'
import { fieldsOf, isSameManager, newEntry, sortManagers, withFields } from './managers.js'

const SCALE_VERSION = 'autoscaling/v1'
const REPLICAS = ['f:spec', 'f:replicas']

/**
 * Where a kind keeps its replicas, as path elements, in an API version: undefined for a version that is not
 * served (its entries are dropped), null for one that has no scale endpoint.
 */
export type ReplicasPath = (apiVersion: string) => readonly string[] | null | undefined

/**
 * Entries of the scaled object as those of its scale: who owns the replicas. Source:
 * managedfields/scalehandler.go ToSubresource.
 */
export function scaleManagers(managers: Managers, pathOf: ReplicasPath): Managers {
  return sortManagers(
    managers.flatMap((entry) => {
      const path = pathOf(entry.apiVersion as string)
      if (path === undefined || path === null || !hasPath(fieldsOf(entry), path)) return []
      return [newEntry({ ...entry, apiVersion: SCALE_VERSION }, singlePath(REPLICAS), entry.time)]
    }),
  )
}

/**
 * Entries of the scaled object after a write to its scale: who owned the replicas and does no more loses
 * them, who does now gets an entry, which has no time. Updaters of the scaled object itself are not known
 * again, since the version of their entry is another. Source: managedfields/scalehandler.go ToParent.
 */
export function parentManagers(
  parent: Managers,
  scale: Managers,
  apiVersion: string,
  pathOf: ReplicasPath,
): Managers {
  const taken = new Set<unknown>()
  const kept = parent.flatMap((entry) => {
    const path = pathOf(entry.apiVersion as string)
    if (path === undefined) return []
    if (path === null || !hasPath(fieldsOf(entry), path)) return [entry]
    const again = scale.find((other) => isSameManager(other, entry))
    if (again !== undefined) {
      taken.add(again)
      return [entry]
    }
    const rest = difference(fieldsOf(entry), singlePath(path))
    return isEmpty(rest) ? [] : [withFields(entry, rest)]
  })
  const path = pathOf(apiVersion) ?? REPLICAS
  const added = scale
    .filter((entry) => !taken.has(entry) && hasPath(fieldsOf(entry), REPLICAS))
    .map((entry) => newEntry({ ...entry, apiVersion }, singlePath(path), undefined))
  return sortManagers([...kept, ...added])
}
