import type { KubeObject } from '../../api/definition.js'
import type { LabelMatcher } from '../../api/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { ApiError, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Indexers } from '../../client/object-index.js'

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

/** What an owner does with the objects that it controls or could adopt. */
interface Claims<T> {
  /** Controlled already, and still selected. */
  readonly owned: readonly T[]
  /** Without controller, but selected: to be adopted. */
  readonly adopt: readonly T[]
  /** Controlled, but no longer selected: to be let go. */
  readonly release: readonly T[]
}

/**
 * Sorts out what the owner owns, adopts and releases. An owner that is being deleted neither adopts nor
 * releases, and objects that are being deleted are not adopted. Source:
 * pkg/controller/controller_ref_manager.go ClaimObject.
 */
export function sortClaims<T extends KubeObject>(
  owner: KubeObject,
  matches: LabelMatcher,
  controlled: readonly T[],
  orphans: readonly T[],
): Claims<T> {
  const isDeleted = owner.metadata.deletionTimestamp !== undefined
  const owned: T[] = []
  const release: T[] = []
  for (const object of controlled) {
    if (matches(object.metadata.labels)) owned.push(object)
    else if (!isDeleted) release.push(object)
  }
  const isAdoptable = (object: T): boolean =>
    object.metadata.deletionTimestamp === undefined && matches(object.metadata.labels)
  return { owned, release, adopt: isDeleted ? [] : orphans.filter(isAdoptable) }
}

/**
 * Carries out {@link Claims}: adopts by a patch that carries the uid as precondition, after a fresh read of
 * the owner has shown that it is still there; releases by the opposite patch. `finalizers` come and go with
 * the ownership. Answers what the owner owns afterwards. @throws ApiError when the owner has been replaced or
 * is being deleted, or the server refuses.
 */
export function settleClaims<T extends KubeObject>(
  client: Client,
  owner: Owner,
  ownerResource: string,
  resource: string,
  claims: Claims<T>,
  finalizers: readonly string[] = [],
): T[] {
  const owned = [...claims.owned]
  for (const object of claims.release) releaseObject(client, owner, resource, object, finalizers)
  if (claims.adopt.length === 0) return owned
  checkAdoption(client, owner, ownerResource)
  for (const object of claims.adopt) {
    const adopted = adoptObject<T>(client, owner, resource, object, finalizers)
    if (adopted) owned.push(adopted)
  }
  return owned
}

function checkAdoption(client: Client, owner: Owner, ownerResource: string): void {
  const { namespace, name, uid } = owner.object.metadata
  const fresh = client.get(ownerResource, owner.object.metadata)
  const label = `${namespace ?? ''}/${name ?? ''}`
  if (fresh.metadata.uid !== uid) {
    const found = `got uid ${fresh.metadata.uid ?? ''}, wanted ${uid ?? ''}`
    throw new ApiError(409, 'Conflict', `original ${owner.kind} ${label} is gone: ${found}`)
  }
  const deleted = fresh.metadata.deletionTimestamp
  if (deleted !== undefined)
    throw new ApiError(409, 'Conflict', `${label} has just been deleted at ${deleted}`)
}

function adoptObject<T extends KubeObject>(
  client: Client,
  owner: Owner,
  resource: string,
  object: T,
  finalizers: readonly string[],
): T | undefined {
  const { name, uid } = owner.object.metadata
  const reference = {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  }
  const more = finalizers.length === 0 ? {} : { finalizers }
  const body = { metadata: { ownerReferences: [reference], uid: object.metadata.uid, ...more } }
  try {
    return client.patch(resource, object.metadata, { type: 'strategic', body }) as KubeObject as T
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

function releaseObject(
  client: Client,
  owner: Owner,
  resource: string,
  object: KubeObject,
  finalizers: readonly string[],
): void {
  const more = finalizers.length === 0 ? {} : { '$deleteFromPrimitiveList/finalizers': finalizers }
  const ownerReferences = [{ $patch: 'delete', uid: owner.object.metadata.uid }]
  const body = { metadata: { ownerReferences, uid: object.metadata.uid, ...more } }
  try {
    client.patch(resource, object.metadata, { type: 'strategic', body })
  } catch (error) {
    // gone already, or its owner references have changed meanwhile: nothing left to release
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Invalid')) throw error
  }
}
