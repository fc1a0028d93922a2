import type { KindDefinition, KubeObject } from '../api/definition.js'
import type { Scheme } from '../api/scheme.js'
import { schemaGroupOf } from '../api/schemas.js'
import type { Message } from '../api/schema/types.js'
import { KubectlError } from './errors.js'

/** The name by which a client addresses a kind, exact in version and group. */
export function resourceNameOf({ resource, version, group }: KindDefinition): string {
  return group === '' ? resource : `${resource}.${version}.${group}`
}

/** `pod`, `deployment.apps`: the name of a kind in kubectl's messages about an object. */
export function kindName({ kind, group }: KindDefinition): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
}

/** Formats `pods`, `deployments.apps`. */
export function groupResource({ resource, group }: KindDefinition): string {
  return group === '' ? resource : `${resource}.${group}`
}

/** Formats a group, version and resource like Go: `/v1, Resource=pods`. */
export function resourceText({ group, version, resource }: KindDefinition): string {
  return `${group}/${version}, Resource=${resource}`
}

/**
 * Resolves `po`, `pod`, `pods`, `deploy.apps`, `deployments.v1.apps`. Throws KubectlError `the server doesn't
 * have a resource type "foo"`.
 */
export function kindNamed(scheme: Scheme, name: string): KindDefinition {
  const found = scheme.byName(name.replace(/\.v\d+(?:(?:alpha|beta)\d+)?\.$/, ''))
  if (found === undefined)
    throw new KubectlError(`the server doesn't have a resource type "${name.split('.')[0]}"`)
  return found
}

/** Returns the kind of an object. Throws KubectlError `no matches for kind "Foo" in version "v1"`. */
export function kindOfObject(
  scheme: Scheme,
  { apiVersion = '', kind = '' }: Pick<KubeObject, 'apiVersion' | 'kind'>,
): KindDefinition {
  const found = scheme.ofObject(apiVersion, kind)
  if (found === undefined)
    throw new KubectlError(
      `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
    )
  return found
}

/** The kinds of a category (`all`), each in its preferred version. */
export function kindsInCategory(scheme: Scheme, category: string): readonly KindDefinition[] {
  return scheme.inCategory(category).filter((definition) => scheme.byName(definition.resource) === definition)
}

/**
 * The field table for strategic merge patches of a kind; undefined for custom resources, which take JSON
 * merge patches.
 */
export function patchTableOf(scheme: Scheme, definition: KindDefinition): Message | undefined {
  const { group, version } = definition
  return schemaGroupOf(group, version) === undefined ? undefined : scheme.messageOf(definition)
}
