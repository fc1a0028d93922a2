import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { Message } from '../../api/schema/types.js'

/** A served resource: the definition of its kind with what the registry derives from it once. */
export interface Resource {
  readonly definition: KindDefinition
  readonly message: Message
  readonly group: string
  readonly resource: string
  readonly kind: string
  /** The kind as validation errors name it: other versions are those of the stored kind. */
  readonly groupKind: { readonly group: string; readonly kind: string }
  /** `v1`, `apps/v1` */
  readonly apiVersion: string
  readonly namespaced: boolean
  /** `/registry/pods/` */
  readonly prefix: string
}

/** Makes the {@link Resource} of a definition. */
export function resourceOf(definition: KindDefinition, message: Message): Resource {
  const { group, version, resource, kind, namespaced, storagePrefix } = definition
  return {
    definition, message, group, resource, kind, namespaced,
    groupKind: { group: definition.stored?.group ?? group, kind },
    apiVersion: group === '' ? version : `${group}/${version}`,
    prefix: `${storagePrefix}/`,
  }
}

/** etcd key of an object. */
export function storageKey(resource: Resource, namespace: string | undefined, name: string): string {
  return resource.namespaced ? `${resource.prefix}${namespace as string}/${name}` : resource.prefix + name
}

/** etcd key of a stored object. */
export function keyOfObject(resource: Resource, { metadata }: KubeObject): string {
  return storageKey(resource, metadata.namespace, metadata.name as string)
}

/** Prefix of the keys of one namespace, or of all when none is given. */
export function listPrefix(resource: Resource, namespace: string | undefined): string {
  return resource.namespaced && namespace !== undefined && namespace !== '' ? `${resource.prefix}${namespace}/` : resource.prefix
}
