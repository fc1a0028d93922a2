import type { Indexers } from '../../client/object-index.js'
import type { KubeObject } from '../../api/definition.js'
import { controllerOf } from '../../api/meta/owner-references.js'

/** Index by the uid of the controller. */
export const BY_CONTROLLER = 'controller'
/** Index of the objects that have no controller, by namespace: those that could be adopted. */
export const ORPHANS = 'orphan'
/** Index by namespace. */
export const BY_NAMESPACE = 'namespace'

/** The same functions for all: controllers that share an informer share its indexes too. */
const byOwnership: Indexers<KubeObject> = {
  [BY_CONTROLLER]: (object) => {
    const controller = controllerOf(object)
    return controller ? [controller.uid] : []
  },
  [ORPHANS]: (object) => (controllerOf(object) ? [] : [object.metadata.namespace ?? '']),
}

const byNamespace: Indexers<KubeObject> = { [BY_NAMESPACE]: (object) => [object.metadata.namespace ?? ''] }

/** Indexes for informers of what controllers own: {@link BY_CONTROLLER} and {@link ORPHANS}. */
export function ownershipIndexers<T extends KubeObject>(): Indexers<T> {
  return byOwnership as Indexers<T>
}

/** Index {@link BY_NAMESPACE}. */
export function namespaceIndexer<T extends KubeObject>(): Indexers<T> {
  return byNamespace as Indexers<T>
}

/** An object that owns others, with what the object itself does not carry in lists and watches. */
export interface Owner {
  readonly object: KubeObject
  readonly apiVersion: string
  readonly kind: string
}
