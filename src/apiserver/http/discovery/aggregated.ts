import type { DiscoveredResource } from '../../extensions/aggregator.js'
import type { RegistryContext } from '../../registry/context.js'
import type { Resource } from '../../registry/resources.js'
import { sha256Hex } from '../../../lang/bytes/sha256.js'
import { allGroups } from './all-groups.js'
import type { DiscoveredGroup } from './groups.js'
import { isBuiltInGroup, listedSubresources, listedVerbs } from './groups.js'

/** A discovery document with the hash for its revalidation. */
export interface AggregatedDiscovery {
  readonly document: object
  /** Without quotes. */
  readonly etag: string
}

/** Versions of apidiscovery.k8s.io. */
export type DiscoveryVersion = 'v2' | 'v2beta1'

const known = new WeakMap<object, Map<string, AggregatedDiscovery>>()

/**
 * apidiscovery.k8s.io APIGroupDiscoveryList: the core group for `/api`, all others for `/apis`.
 * Source: apiserver pkg/endpoints/discovery/aggregated/handler.go.
 */
export function aggregatedDiscovery(
  context: RegistryContext,
  root: 'api' | 'apis',
  version: DiscoveryVersion,
): AggregatedDiscovery {
  const { scheme } = context
  const all = allGroups(context)
  let responses = known.get(all)
  if (responses === undefined) known.set(all, (responses = new Map()))
  const id = `${root} ${version}`
  let response = responses.get(id)
  if (response === undefined) {
    const groups = all.filter(({ name }) => (name === '') === (root === 'api'))
    const document = {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${version}`,
      metadata: {},
      items: groups.map((group) => groupOf(group, isBuiltInGroup(scheme, group.name))),
    }
    responses.set(id, (response = { document, etag: sha256Hex(JSON.stringify(document)) }))
  }
  return response
}

function groupOf({ name, versions }: DiscoveredGroup, isBuiltIn: boolean): object {
  return {
    metadata: name === '' ? {} : { name },
    versions: versions.map(({ version, resources, elsewhere, isStale = false }) =>
      isStale
        ? { version, freshness: 'Stale' }
        : {
            version,
            resources:
              elsewhere === undefined
                ? resources.map((resource) => resourceOf(resource, isBuiltIn))
                : listedElsewhere(name, version, elsewhere),
            freshness: 'Current',
          },
    ),
  }
}

/**
 * Returns the resources that another server lists in the old form. Source: apiserver
 * pkg/endpoints/discovery/aggregated ConvertGroupVersionIntoToDiscovery.
 */
function listedElsewhere(
  group: string,
  version: string,
  listed: readonly DiscoveredResource[],
): readonly object[] {
  const partsOf = new Map<string, object[]>()
  for (const { name, kind, verbs = [] } of listed) {
    const at = name.indexOf('/')
    if (at < 0) continue
    const part = { subresource: name.slice(at + 1), responseKind: { group, version, kind }, verbs }
    const known = partsOf.get(name.slice(0, at))
    if (known === undefined) partsOf.set(name.slice(0, at), [part])
    else known.push(part)
  }
  return listed
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, singularName = '', verbs = [], shortNames = [], categories = [] }) => {
      const parts = partsOf.get(name) ?? []
      return {
        resource: name,
        responseKind: { group, version, kind },
        scope: namespaced === true ? 'Namespaced' : 'Cluster',
        singularResource: singularName,
        verbs,
        ...(shortNames.length === 0 ? {} : { shortNames }),
        ...(categories.length === 0 ? {} : { categories }),
        ...(parts.length === 0 ? {} : { subresources: parts }),
      }
    })
}

function resourceOf({ group, definition }: Resource, isBuiltIn: boolean): object {
  const { version, kind, namespaced, shortNames, categories, subresources } = definition
  const parts = listedSubresources(isBuiltIn, subresources).map((part) => ({
    subresource: part.name,
    responseKind:
      part.group === group && part.version === version
        ? kindOf(part.kind)
        : { group: part.group, version: part.version, kind: part.kind },
    verbs: listedVerbs(isBuiltIn, part.verbs),
  }))
  return {
    resource: definition.resource,
    responseKind: kindOf(kind),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: listedVerbs(isBuiltIn, definition.verbs),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(parts.length === 0 ? {} : { subresources: parts }),
  }
}

/** Returns a kind in the group version of its resource, which upstream writes as empty texts. */
const kindOf = (kind: string): object => ({ group: '', version: '', kind })
