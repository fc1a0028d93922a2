import type { RegistryContext } from '../../registry/context.js'
import type { Resource } from '../../registry/resources.js'
import { allGroups } from './all-groups.js'
import type { DiscoveredGroup, DiscoveredVersion } from './groups.js'
import { discoveredGroups, isBuiltInGroup, listedSubresources, listedVerbs } from './groups.js'
import { storageVersionHash } from './storage-version.js'

/** `/api`: the versions of the core group. */
export function apiVersions({ scheme, resources, address }: RegistryContext): object {
  const core = discoveredGroups(scheme, resources).find(({ name }) => name === '')
  return {
    kind: 'APIVersions',
    versions: core?.versions.map(({ version }) => version) ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  }
}

/** `/apis`: all groups but the core one. */
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

/** `/api/v1` and `/apis/GROUP/VERSION`; the core group's list says no apiVersion. */
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
