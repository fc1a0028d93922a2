import type { KubeObject } from '../../api/kind/definition.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { ComponentView } from '../../cluster/compose/component-host.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Finding, Invariant, FoundObject } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import type { StoredObjects } from '../stored-objects.js'

/** Informers may lag behind the store, but not forever. */
export const cachesEqualStore: Invariant = {
  name: 'caches-equal-store',
  rule:
    'At rest, every informer of a component that can reach the apiserver has exactly the objects that a ' +
    'fresh list returns.',
  onlyAtRest: true,
  check: (cluster, stored) =>
    stored.views.flatMap((view) => (view.connected ? differences(cluster, stored, view) : [])),
}

function isWhole({ namespace, labelSelector, fieldSelector }: ComponentView['selection']): boolean {
  return namespace === undefined && labelSelector === undefined && fieldSelector === undefined
}

/** Compares by reference first, since a cache nearly always holds the very objects of the store. */
function areSame(fresh: readonly KubeObject[], objects: readonly KubeObject[]): boolean {
  if (fresh.length !== objects.length) return false
  for (let at = 0; at < fresh.length; at++) if (fresh[at] !== objects[at]) return false
  return true
}

function differences(
  cluster: SimCluster,
  stored: StoredObjects,
  { component, resource, selection, objects }: ComponentView,
): readonly Finding[] {
  const fresh = (
    isWhole(selection) ? stored.list(resource) : cluster.state.peek(resource, selection)
  ) as readonly KubeObject[]
  if (areSame(fresh, objects)) return []
  const cached = new Map(objects.map((object) => [keyOf(object), object]))
  const wrong: FoundObject[] = []
  for (const object of fresh) {
    const known = cached.get(keyOf(object))
    cached.delete(keyOf(object))
    if (known?.metadata.resourceVersion !== object.metadata.resourceVersion)
      wrong.push(referenceTo(resource, object))
  }
  for (const object of cached.values()) wrong.push(referenceTo(resource, object))
  if (wrong.length === 0) return []
  const where = `the cache of ${component} for ${resource}`
  const message = `${where} differs from the store in ${wrong.length} objects`
  return [{ message, objects: wrong }]
}
