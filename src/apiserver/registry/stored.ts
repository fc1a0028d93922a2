import type { KubeObject } from '../../api/kind/definition.js'
import { hasHugeQuantity, storeShownQuantities } from '../../api/schema/huge-quantities.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { type RegistryContext, revisionOf, type RegistryRequest } from './context.js'
import { type Resource, storageKey } from './resources.js'
import type { Draft } from '../../api/kind/draft.js'
import { sameJson } from '../../lang/json/same-json.js'

/** Stored objects converted to versions other than the stored one, by resource. */
const presented = new WeakMap<KubeObject, Map<Resource, KubeObject>>()

/**
 * Returns a stored object in the version of the resource, which is the object itself if that is the stored
 * version.
 */
export function present(resource: Resource, object: KubeObject): KubeObject {
  const { stored } = resource.definition
  if (stored === undefined) return object
  let forms = presented.get(object)
  if (forms === undefined) presented.set(object, (forms = new Map()))
  let form = forms.get(resource)
  if (form === undefined) forms.set(resource, (form = deepFreeze(stored.decode(object))))
  return form
}

/** Returns the stored object of that name in the version of the resource. */
export function load(
  { storage }: RegistryContext,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined {
  const object = storage.get(storageKey(resource, namespace, name))
  return object === undefined ? undefined : present(resource, object)
}

/** Returns a function that reads the labels of an object's namespace; those of a missing one are none. */
export function namespaceLabels(
  context: RegistryContext,
  { metadata: { namespace = '' } }: KubeObject,
): () => Readonly<Record<string, string>> {
  return () => load(context, context.resources.get('namespaces'), undefined, namespace)?.metadata.labels ?? {}
}

/**
 * Stores a sealed object in place of `existing` (undefined on create). The store is synchronous, so the
 * revision cannot have changed since `existing` was read: a mismatch is a bug in this library.
 */
export function save(
  { storage }: Pick<RegistryContext, 'storage'>,
  resource: Resource,
  sealed: KubeObject,
  existing: KubeObject | undefined,
): void {
  const {
    stored,
    strategy: { timeToLive },
  } = resource.definition
  const { namespace, name } = sealed.metadata
  const object = stored === undefined ? sealed : deepFreeze(stored.encode(sealed))
  const expected = existing === undefined ? 0 : revisionOf(existing)
  if (!storage.put(storageKey(resource, namespace, name as string), object, expected, timeToLive)) {
    throw new Error('assertion failed: the store changed in the middle of a write')
  }
}

/** Stores an object that is built when it is first read, under a name that is free; see {@link save}. */
export function reserve(
  { storage }: Pick<RegistryContext, 'storage'>,
  resource: Resource,
  { metadata: { namespace, name = '' } }: KubeObject,
  build: () => KubeObject,
): void {
  const { timeToLive = 0 } = resource.definition.strategy
  if (!storage.reserve(storageKey(resource, namespace, name), build, timeToLive))
    throw new Error('assertion failed: the store changed in the middle of a write')
}

/** Removes `existing`; see {@link save}. */
export function discard({ storage, hooks }: RegistryContext, resource: Resource, existing: KubeObject): void {
  const { namespace, name } = existing.metadata
  if (!storage.remove(storageKey(resource, namespace, name as string), revisionOf(existing))) {
    throw new Error('assertion failed: the store changed in the middle of a delete')
  }
  hooks.get(resource.prefix)?.afterRemove(existing)
}

/**
 * Stamps a draft with the revision that its write will get and freezes it. The store is synchronous, so no
 * other write can come first. Real Kubernetes stamps an object each time it decodes it from etcd, which would
 * cost a copy for each read.
 */
export function seal(
  { storage }: { readonly storage: Pick<RegistryContext['storage'], 'revision'> },
  draft: Draft<KubeObject>,
): KubeObject {
  draft.metadata.resourceVersion = String(storage.revision + 1)
  if (hasHugeQuantity(draft)) storeShownQuantities(draft)
  return deepFreeze(draft as KubeObject)
}

/**
 * Freezes the result of a dry run: the object as it would be stored, with its present resourceVersion, if
 * any.
 */
export function sealDryRun(draft: Draft<KubeObject>, resourceVersion: string | undefined): KubeObject {
  if (resourceVersion === undefined) delete draft.metadata.resourceVersion
  else draft.metadata.resourceVersion = resourceVersion
  if (hasHugeQuantity(draft)) storeShownQuantities(draft)
  return deepFreeze(draft as KubeObject)
}

/** Whether an object is stored in another way than a write would store it now: encrypted with an old key. */
export const isStale = (
  { storage }: Pick<RegistryContext, 'storage'>,
  resource: Resource,
  { metadata: { namespace, name = '' } }: KubeObject,
): boolean => storage.isStale(storageKey(resource, namespace, name))

/**
 * Stores a changed version of an object without strategy and validation, for endpoints such as binding.
 * `change` edits a shallow copy with its own metadata; deeper parts are frozen and must be replaced, not
 * written to.
 */
export function modify<T extends KubeObject>(
  context: Pick<RegistryContext, 'storage'>,
  { dryRun }: Pick<RegistryRequest, 'dryRun'>,
  resource: Resource,
  existing: T,
  change: (draft: Draft<T>) => void,
): T {
  const draft = { ...existing, metadata: { ...existing.metadata } } as Draft<T>
  change(draft)
  if (dryRun) return sealDryRun(draft as unknown as Draft<KubeObject>, existing.metadata.resourceVersion) as T
  if (sameJson(draft, existing) && !isStale(context, resource, existing)) return existing
  const sealed = seal(context, draft as unknown as Draft<KubeObject>)
  save(context, resource, sealed, existing)
  return sealed as T
}
