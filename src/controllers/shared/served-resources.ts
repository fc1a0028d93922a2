import type { KindDefinition } from '../../api/kind/definition.js'

/** A resource that the server serves; every KindDefinition is one. */
export type ServedResource = Pick<
  KindDefinition,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'verbs'
>

/**
 * The resources that the server serves, one entry for each resource and version: a constant list, or a
 * function that returns the current one, including CRDs. Custom resources have their full name
 * (`crontabs.example.com`), which is unique.
 */
export type ServedResources = readonly ServedResource[] | (() => readonly ServedResource[])

/** Returns the resources that are served now. */
export function servedNow(resources: ServedResources): readonly ServedResource[] {
  return typeof resources === 'function' ? resources() : resources
}

/** Returns the plural of a resource: its name without the group. */
export function pluralOf({ resource, group }: Pick<ServedResource, 'resource' | 'group'>): string {
  return group !== '' && resource.endsWith(`.${group}`) ? resource.slice(0, -group.length - 1) : resource
}

/** Returns `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}
