import type { KindDefinition } from '../../api/definition.js'

/** What generic controllers know of a resource that the server serves; every KindDefinition is one. */
export type ServedResource = Pick<KindDefinition, 'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'verbs'>

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: Pick<ServedResource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}
