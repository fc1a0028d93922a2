import { difference, hasPath, isEmpty, singlePath } from './field-set.js'
import type { Managers } from './managers.js'
import { fieldsOf, isSameManager, newEntry, sortManagers, withFields } from './managers.js'

const SCALE_VERSION = 'autoscaling/v1'
const REPLICAS = ['f:spec', 'f:replicas']

/**
 * Returns the path elements of a kind's replicas in an API version: undefined if the version is not served
 * (its entries are dropped), null if it has no scale endpoint.
 */
export type ReplicasPath = (apiVersion: string) => readonly string[] | null | undefined

/**
 * Returns the entries of a Scale: those of the scaled object that own its replicas. Source:
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
 * Returns the entries of the scaled object after a write to its Scale. Managers that no longer own the
 * replicas lose them; new owners get an entry without a time. Update entries of the scaled object are never
 * matched, because their apiVersion differs from that of the Scale. Source: managedfields/scalehandler.go
 * ToParent.
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
