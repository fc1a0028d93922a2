import { quote } from '../../lang/go/quote.js'
import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { Scheme } from '../../api/scheme.js'
import { schemaGroupOf } from '../../api/schemas.js'
import type { Message } from '../../api/schema/types.js'
import { KubectlError } from '../call/errors.js'

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
 * Resolves `po`, `pod`, `pods.`, `pods.v1.`, `deploy.apps`, `deployments.v1.apps`. Throws KubectlError `the
 * server doesn't have a resource type "foo"`. Source: cli-runtime pkg/resource/builder.go mappingFor.
 */
export function kindNamed(scheme: Scheme, name: string): KindDefinition {
  const bare = name.replace(/\.(?:v\d+(?:(?:alpha|beta)\d+)?\.)?$/, '')
  const found = bare.includes('.') ? kindInGroup(scheme, bare) : scheme.byName(bare)
  if (found === undefined || !isSpelled(found, bare))
    throw new KubectlError(`the server doesn't have a resource type "${name.split('.')[0]}"`)
  return found
}

/**
 * Whether a name, which the scheme takes in any case, is written as kubectl wants it: the plural, the
 * singular and the kind in any case, but short names and groups exactly. Source: apimachinery meta
 * DefaultRESTMapper coerceResourceForMatching, client-go restmapper shortcut.go.
 */
export function isSpelled({ resource, singular, kind, shortNames }: KindDefinition, name: string): boolean {
  const [word = '', ...group] = name.split('.')
  const isLong = [resource, singular, kind.toLowerCase()].includes(word.toLowerCase())
  return (isLong || shortNames.includes(word)) && group.every((part) => part === part.toLowerCase())
}

/**
 * Resolves a name with a group, or with a version and a group. The beginning of a group will do; a short name
 * with a whole group forgets the version. Source: client-go restmapper shortcut.go, apimachinery meta
 * DefaultRESTMapper.
 */
function kindInGroup(scheme: Scheme, name: string): KindDefinition | undefined {
  const [word = '', ...rest] = name.split('.')
  const isShort = ({ shortNames }: KindDefinition): boolean => shortNames.includes(word)
  const isLong = ({ resource, kind }: KindDefinition): boolean =>
    [resource, kind.toLowerCase()].includes(word.toLowerCase())
  const group = rest.join('.')
  const exact = scheme.byName(name)
  return (
    kindBelow(scheme, rest.slice(1).join('.'), isShort, rest[0]) ??
    kindBelow(scheme, group, isShort) ??
    // a version alone (`pods.v1`) is taken for a group
    (exact?.group === '' ? undefined : exact) ??
    kindBelow(scheme, group, isLong)
  )
}

/**
 * A kind whose group is, or else begins with, the given one: the preferred version, or for a beginning the
 * given one.
 */
function kindBelow(
  scheme: Scheme,
  group: string,
  isNamed: (definition: KindDefinition) => boolean,
  version?: string,
): KindDefinition | undefined {
  if (group === '') return undefined
  const named = scheme.definitions().filter(isNamed)
  const exact = named.find((one) => one.group === group)
  const found = exact ?? named.find((one) => one.group.startsWith(group))
  if (exact === undefined && found !== undefined && version !== undefined)
    return scheme.byResource(found.group, version, found.resource)
  return found && scheme.byName(groupResource(found))
}

/** Returns the kind of an object. Throws KubectlError `no matches for kind "Foo" in version "v1"`. */
export function kindOfObject(
  scheme: Scheme,
  { apiVersion = '', kind = '' }: Pick<KubeObject, 'apiVersion' | 'kind'>,
): KindDefinition {
  const found = scheme.ofObject(apiVersion, kind)
  if (found === undefined)
    throw new KubectlError(`no matches for kind ${quote(kind)} in version ${quote(apiVersion)}`)
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
