import type { KubeObject } from '../../api/definition.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { RegistryContext } from './context.js'
import { revisionOf } from './context.js'
import type { Resource } from './resource.js'
import { storageKey } from './resource.js'
import { ttlOf } from './ttl.js'

/** Forms of stored objects in versions other than the stored one, by version. */
const presented = new WeakMap<KubeObject, Map<Resource, KubeObject>>()

/** A stored object in the version of the resource: itself, but for versions that etcd does not keep. */
export function present(resource: Resource, object: KubeObject): KubeObject {
  const { stored } = resource.definition
  if (stored === undefined) return object
  let forms = presented.get(object)
  if (forms === undefined) presented.set(object, (forms = new Map()))
  let form = forms.get(resource)
  if (form === undefined) forms.set(resource, (form = deepFreeze(stored.decode(object))))
  return form
}

/** The stored object of that name in the version of the resource. */
export function load(
  { storage }: RegistryContext,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined {
  const object = storage.get(storageKey(resource, namespace, name))
  return object === undefined ? undefined : present(resource, object)
}

/**
 * Writes a sealed object in place of `existing` (undefined: a new one). The store is synchronous, so that the
 * revision cannot have changed since `existing` was read: a mismatch is a bug of ours.
 */
export function save(
  { storage }: Pick<RegistryContext, 'storage'>,
  resource: Resource,
  sealed: KubeObject,
  existing: KubeObject | undefined,
): void {
  const { stored } = resource.definition
  const { namespace, name } = sealed.metadata
  const object = stored === undefined ? sealed : deepFreeze(stored.encode(sealed))
  const expected = existing === undefined ? 0 : revisionOf(existing)
  if (!storage.put(storageKey(resource, namespace, name as string), object, expected, ttlOf(resource))) {
    throw new Error('assertion failed: the store changed in the middle of a write')
  }
}

/** Removes `existing`; see {@link save}. */
export function discard({ storage, hooks }: RegistryContext, resource: Resource, existing: KubeObject): void {
  const { namespace, name } = existing.metadata
  if (!storage.remove(storageKey(resource, namespace, name as string), revisionOf(existing))) {
    throw new Error('assertion failed: the store changed in the middle of a delete')
  }
  hooks.get(resource.prefix)?.afterRemove(existing)
}
