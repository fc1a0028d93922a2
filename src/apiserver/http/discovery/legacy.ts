import type { RegistryContext } from '../../registry/context.js'
import type { Resource } from '../../registry/resources.js'
import { allGroups } from './all-groups.js'
import {
  type DiscoveredGroup,
  type DiscoveredVersion,
  discoveredGroups,
  isBuiltInGroup,
  listedSubresources,
  listedVerbs,
} from './groups.js'
import type { Minor } from '../../../api/releases.js'
import { sha256 } from '../../../lang/bytes/sha256.js'

/** `/api`: the versions of the core group. */
export function apiVersions({ scheme, resources, address }: RegistryContext): object {
  const core = discoveredGroups(scheme, resources).find(({ name }) => name === '')
  return {
    kind: 'APIVersions',
    versions: core?.versions.map(({ version }) => version) ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  }
}

/** `/apis`: all groups except the core one. */
export function apiGroupList(context: RegistryContext): object {
  const groups = allGroups(context)
    .filter(({ name }) => name !== '')
    .map(groupFields)
  return { kind: 'APIGroupList', apiVersion: 'v1', groups }
}

/** `/apis/GROUP` */
export function apiGroup(group: DiscoveredGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) }
}

function groupFields({ name, versions }: DiscoveredGroup): object {
  const listed = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: listed, preferredVersion: listed[0] }
}

/** `/api/v1` and `/apis/GROUP/VERSION`. The core group's list has no apiVersion. */
export function apiResourceList(
  { scheme }: RegistryContext,
  { name }: DiscoveredGroup,
  { version, resources }: DiscoveredVersion,
): object {
  const isBuiltIn = isBuiltInGroup(scheme, name)
  return {
    kind: 'APIResourceList',
    ...(name === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: name === '' ? version : `${name}/${version}`,
    resources: resources.flatMap((resource) => entriesOf(resource, isBuiltIn, scheme.release.minor)),
  }
}

function entriesOf(resource: Resource, isBuiltIn: boolean, minor: number): readonly object[] {
  const { definition, group } = resource
  const { version, kind, namespaced, shortNames, categories, subresources } = definition
  const hash = storageVersionHash(resource, minor)
  const main =
    definition.verbs.length === 0
      ? []
      : [
          {
            name: definition.resource,
            singularName: definition.singular,
            namespaced,
            kind,
            verbs: listedVerbs(isBuiltIn, definition.verbs),
            ...(shortNames.length === 0 ? {} : { shortNames }),
            ...(categories.length === 0 ? {} : { categories }),
            ...(hash === undefined ? {} : { storageVersionHash: hash }),
          },
        ]
  return [
    ...main,
    ...listedSubresources(isBuiltIn, subresources).map((part) => ({
      name: `${definition.resource}/${part.name}`,
      singularName: '',
      namespaced,
      ...(part.group === group && part.version === version
        ? {}
        : { group: part.group, version: part.version }),
      kind: part.kind,
      verbs: listedVerbs(isBuiltIn, part.verbs),
    })),
  ]
}

/**
 * Kinds that the real server stores in another version than this one: by `group/Kind` that version, and the
 * first minor without the difference.
 */
const KEPT_AS: Readonly<Record<string, readonly [version: string, until?: Minor]>> = {
  'apiextensions.k8s.io/CustomResourceDefinition': ['v1beta1'],
  'storage.k8s.io/VolumeAttributesClass': ['v1beta1', 35],
  'resource.k8s.io/DeviceClass': ['v1beta2', 35],
  'resource.k8s.io/ResourceClaim': ['v1beta2', 35],
  'resource.k8s.io/ResourceClaimTemplate': ['v1beta2', 35],
  'resource.k8s.io/ResourceSlice': ['v1beta2', 35],
}

/**
 * Returns the storageVersionHash of a resource, which depends on the version in etcd. Returns undefined for
 * kinds that are not stored. Source: apiserver pkg/endpoints/discovery/storageversionhash.go.
 */
function storageVersionHash({ definition, kind, group }: Resource, minor: Minor): string | undefined {
  if (!definition.verbs.includes('create') || !definition.verbs.includes('list')) return undefined
  const stored = kind === 'Event' ? { group: '', version: 'v1' } : (definition.stored ?? definition)
  const exception = Object.hasOwn(KEPT_AS, `${group}/${kind}`) ? KEPT_AS[`${group}/${kind}`] : undefined
  const version =
    exception !== undefined && minor < (exception[1] ?? Infinity) ? exception[0] : stored.version
  const digest = sha256(new TextEncoder().encode(`${stored.group}/${version}/${kind}`))
  return btoa(String.fromCharCode(...digest.slice(0, 8)))
}
