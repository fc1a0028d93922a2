import type { KindDefinition } from '../api/definition.js'
import type { Scheme } from '../api/scheme.js'
import { schemaGroupOf } from '../api/schemas.js'
import type { Message } from '../api/schema/types.js'
import { KubectlError } from './errors.js'

/** The name by which a client asks for a kind: exact in version and group. */
export function resourceNameOf({ resource, version, group }: KindDefinition): string {
  return group === '' ? resource : `${resource}.${version}.${group}`
}

/** `pod`, `deployment.apps`: how kubectl names the kind of an object that it did something to. */
export function kindName({ kind, group }: KindDefinition): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
}

/** `pods`, `deployments.apps` */
export function groupResource({ resource, group }: KindDefinition): string {
  return group === '' ? resource : `${resource}.${group}`
}

/** `/v1, Resource=pods`: Go's text of a group, version and resource. */
export function resourceText({ group, version, resource }: KindDefinition): string {
  return `${group}/${version}, Resource=${resource}`
}

/**
 * The kind behind `po`, `pod`, `pods`, `deploy.apps`, `deployments.v1.apps`. Throws `the server doesn't have
 * a resource type "foo"`.
 */
export function kindNamed(scheme: Scheme, name: string): KindDefinition {
  const found = scheme.byName(name.replace(/\.v\d+(?:(?:alpha|beta)\d+)?\.$/, ''))
  if (found === undefined)
    throw new KubectlError(`the server doesn't have a resource type "${name.split('.')[0]}"`)
  return found
}

/** The kinds of a category (`all`), each in its preferred version. */
export function kindsInCategory(scheme: Scheme, category: string): readonly KindDefinition[] {
  return scheme.inCategory(category).filter((definition) => scheme.byName(definition.resource) === definition)
}

/**
 * Field table by which strategic merge patches of a kind work; custom resources have none and get JSON merge
 * patches.
 */
export function patchTableOf(scheme: Scheme, definition: KindDefinition): Message | undefined {
  const { group, version } = definition
  return schemaGroupOf(group, version) === undefined ? undefined : scheme.messageOf(definition)
}
