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
  /**
   * What every request is warned of: `v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1
   * EndpointSlice`.
   */
  readonly deprecation: string | undefined
}

/** Makes the {@link Resource} of a definition in a minor. */
export function resourceOf(definition: KindDefinition, message: Message, minor: number): Resource {
  const { group, version, resource, kind, namespaced, storagePrefix } = definition
  return {
    deprecation: deprecationOf(definition, minor),
    definition,
    message,
    group,
    resource,
    kind,
    namespaced,
    groupKind: { group: definition.stored?.group ?? group, kind },
    apiVersion: group === '' ? version : `${group}/${version}`,
    prefix: `${storagePrefix}/`,
  }
}

/**
 * Source: k8s.io/apiserver pkg/endpoints/deprecation WarningMessage. Servers before v1.19 warn of nothing.
 */
function deprecationOf(
  { group, version, kind, deprecated }: KindDefinition,
  minor: number,
): string | undefined {
  if (deprecated === undefined || minor < Math.max(deprecated.since, 19)) return undefined
  const { since, removed, use, text } = deprecated
  if (text !== undefined) return text
  const name = `${group === '' ? version : `${group}/${version}`} ${kind}`
  return (
    `${name} is deprecated in v1.${since}+${removed === undefined ? '' : `, unavailable in v1.${removed}+`}` +
    (use === undefined ? '' : `; use ${use}`)
  )
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
  return resource.namespaced && namespace !== undefined && namespace !== ''
    ? `${resource.prefix}${namespace}/`
    : resource.prefix
}
