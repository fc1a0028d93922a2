import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { LabelMatcher } from '../../api/selectors/labels.js'
import { compileSelector } from '../../api/selectors/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { ApiError, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import type { Indexers } from '../../client/informers/object-index.js'

/** Index by the uid of the controlling owner. */
export const BY_CONTROLLER = 'controller'
/** Index of the objects without a controlling owner, which could be adopted, by namespace. */
export const ORPHANS = 'orphan'
/** Index by namespace. */
export const BY_NAMESPACE = 'namespace'

/** Shared by all controllers and forks, because there is one index for each function. */
const byOwnership: Indexers<KubeObject> = {
  [BY_CONTROLLER]: (object) => {
    const controller = controllerOf(object)
    return controller ? [controller.uid] : []
  },
  [ORPHANS]: (object) => (controllerOf(object) ? [] : [object.metadata.namespace ?? '']),
}

const byNamespace: Indexers<KubeObject> = { [BY_NAMESPACE]: (object) => [object.metadata.namespace ?? ''] }

/** Index of pods by node. */
export const BY_NODE = 'nodeName'

/** The index {@link BY_NODE}. */
export const byNode: Indexers<Pod> = { [BY_NODE]: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) }

/** Returns the indexes for an informer of owned objects: {@link BY_CONTROLLER} and {@link ORPHANS}. */
export function ownershipIndexers<T extends KubeObject>(): Indexers<T> {
  return byOwnership as Indexers<T>
}

/** Returns the index {@link BY_NAMESPACE}. */
export function namespaceIndexer<T extends KubeObject>(): Indexers<T> {
  return byNamespace as Indexers<T>
}

/**
 * Returns the object of `owners` that controls `object`, or undefined if the controller is of another kind,
 * unknown, or a former object of the same name. Source: resolveControllerRef, which each controller has.
 */
export function resolveControllerRef<T extends KubeObject>(
  owners: { get(key: string): T | undefined },
  kind: string,
  object: KubeObject,
): T | undefined {
  const reference = controllerOf(object)
  if (reference?.kind !== kind) return undefined
  const owner = owners.get(`${object.metadata.namespace ?? ''}/${reference.name}`)
  return owner?.metadata.uid === reference.uid ? owner : undefined
}

/** Returns the object of `owners` that controlled `old`, if it no longer controls `object`. */
export function resolveFormerController<T extends KubeObject>(
  owners: { get(key: string): T | undefined },
  kind: string,
  { object, old }: Change<KubeObject>,
): T | undefined {
  if (old === undefined || controllerOf(old)?.uid === controllerOf(object)?.uid) return undefined
  return resolveControllerRef(owners, kind, old)
}

/** A kind that selects the objects it owns. */
interface Selecting extends KubeObject {
  readonly spec: { readonly selector?: LabelSelector }
}

/**
 * Returns the objects of `owners` to reconcile after a change of an object: its former controller and its
 * controller, `owner`; for an orphan that is new, released or relabelled, all that select it. `owners` needs
 * the index {@link BY_NAMESPACE}. Source: addPod, updatePod and deletePod, which each controller has.
 */
export function ownersToSync<T extends Selecting>(
  owners: Pick<Informer<T>, 'get' | 'byIndex'>,
  kind: string,
  change: Change<KubeObject>,
  owner: T | undefined = resolveControllerRef(owners, kind, change.object),
): readonly T[] {
  const { type, object, old } = change
  const former = resolveFormerController(owners, kind, change)
  const known = [former, owner].filter((one) => one !== undefined)
  if (type === 'DELETED' || controllerOf(object)) return known
  const { namespace = '', labels } = object.metadata
  if (type === 'MODIFIED' && !former && old?.metadata.labels === labels) return known
  const adopters = owners
    .byIndex(BY_NAMESPACE, namespace)
    .filter(({ spec }) => compileSelector(spec.selector)(labels))
  return [...known, ...adopters]
}

/** An object that owns others, with its kind, which objects from lists and watches do not carry. */
export interface Owner {
  readonly object: KubeObject
  readonly apiVersion: string
  readonly kind: string
}

/** The objects that an owner controls or can adopt, by what it has to do with them. */
interface Claims<T> {
  /** Controlled and selected. */
  readonly owned: readonly T[]
  /** Selected, but without a controller: to adopt. */
  readonly adopt: readonly T[]
  /** Controlled, but no longer selected: to release. */
  readonly release: readonly T[]
}

/**
 * Decides which objects the owner owns, adopts and releases. An owner that is being deleted neither adopts
 * nor releases, and objects that are being deleted are not adopted. Source:
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
 * Carries out {@link Claims} and returns what the owner owns afterwards. Adoption first reads the owner again
 * and then patches with the uid as a precondition, so that neither a deleted owner adopts nor a replaced
 * object is adopted. `finalizers` are added by adoption and removed by release.
 * @throws ApiError if the owner has been replaced or is being deleted, or if the server refuses a patch.
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
    // NotFound: already deleted; Invalid: its owner references have changed, so that it is not ours any more
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Invalid')) throw error
  }
}
