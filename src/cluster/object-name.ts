import { InputError } from '../lang/input-error.js'
import type { Scheme } from '../api/scheme.js'
import type { ObjectKey } from '../client/client.js'
import { splitKey } from '../client/informers/object-index.js'
import type { ClusterScopedResource } from '../client/built-in-kinds.js'
import type { BuiltInName, CustomName, PluralOf } from '../client/resources.js'

/**
 * Names an object of a namespaced resource: `web` in the current namespace, `office/web`, or any object's
 * `metadata`.
 */
export type NamespacedName = string | ObjectKey

/** Names an object of a cluster-scoped resource: `node-1`, or its `metadata`. */
export type ClusterScopedName = string | (ObjectKey & { readonly namespace?: never })

/** Names an object of a resource. */
export type NameOf<R extends BuiltInName | CustomName> = R extends BuiltInName
  ? PluralOf<R> extends ClusterScopedResource
    ? ClusterScopedName
    : NamespacedName
  : NamespacedName

/**
 * Returns the key of a named object, given the current namespace.
 * @throws InputError if the text has the form `namespace/name` and the resource is cluster-scoped
 */
export function keyOfName(
  name: NamespacedName,
  namespace: string,
  of?: { readonly scheme: Scheme; readonly resource: string },
): ObjectKey {
  if (typeof name !== 'string') return { ...name, namespace: name.namespace ?? namespace }
  const key = { namespace, ...splitKey(name) }
  if (name.includes('/') && of?.scheme.byName(of.resource)?.namespaced === false)
    throw new InputError(`${of.resource} are not namespaced: write '${key.name}' instead of '${name}'`)
  return key
}
