import type { KindDefinition } from '../../api/definition.js'

/** What generic controllers know of a resource that the server serves; every KindDefinition is one. */
export type ServedResource = Pick<
  KindDefinition,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'verbs'
>

/**
 * What the server serves, one entry for each resource and version: as it was at the start, or (a function) as
 * it is now, CRDs included. The name of a custom resource is the full one (`crontabs.example.com`), which no
 * other can have.
 */
export type ServedResources = readonly ServedResource[] | (() => readonly ServedResource[])

/** What is served at the moment. */
export function servedNow(resources: ServedResources): readonly ServedResource[] {
  return typeof resources === 'function' ? resources() : resources
}

/** The plural of a resource: its name without the group. */
export function pluralOf({ resource, group }: Pick<ServedResource, 'resource' | 'group'>): string {
  return group !== '' && resource.endsWith(`.${group}`) ? resource.slice(0, -group.length - 1) : resource
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}
