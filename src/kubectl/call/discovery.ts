import type { ApiError } from '../../client/api-error.js'
import { isApiError } from '../../client/api-error.js'
import type { KubectlResponse, KubectlRequest } from './environment.js'
import { responseText, contentParameters } from '../../client/response.js'

/** One resource that the server serves. */
export interface ApiResource {
  readonly name: string
  readonly singularName: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
}

/** A group with its versions but stale ones, the preferred one first, and what each of them serves. */
export interface ApiGroup {
  readonly group: string
  readonly versions: readonly { readonly version: string; readonly resources: readonly ApiResource[] }[]
}

/** What the server serves, as far as it could be discovered. */
export interface DiscoveredApi {
  /** In the server's own order, the core group first. */
  readonly groups: readonly ApiGroup[]
  /** Group versions (`metrics.k8s.io/v1beta1`) whose resources could not be discovered. */
  readonly failed: readonly { readonly groupVersion: string; readonly error: ApiError }[]
}

type Ask = (request: KubectlRequest) => KubectlResponse

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;' +
  'g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

/**
 * Discovers what the server serves: with one request, or, on a server without aggregated discovery, with one
 * for each group version. Throws ApiError, ConnectionError. Source: client-go discovery/discovery_client.go
 * GroupsAndMaybeResources, ServerResourcesForGroupVersion.
 */
export function discover(ask: Ask): DiscoveredApi {
  const read = (path: string): { readonly body: string; readonly isAggregated: boolean } => {
    const response = ask({ method: 'GET', path, headers: { accept: AGGREGATED } })
    return { body: responseText(response, true), isAggregated: isAggregated(response) }
  }
  const [core, groups] = [read('/api'), read('/apis')]
  if (core.isAggregated && groups.isAggregated)
    return { groups: [...aggregatedGroups(core.body), ...aggregatedGroups(groups.body)], failed: [] }
  return discoverEach(ask, legacyVersions(core.body, groups.body))
}

const isAggregated = ({ headers }: KubectlResponse): boolean =>
  contentParameters(headers).get('as') === 'APIGroupDiscoveryList'

interface Aggregated {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions?: readonly {
      readonly version: string
      /** `Stale`: the server that serves the version cannot be reached. */
      readonly freshness?: string
      readonly resources?: readonly AggregatedResource[]
    }[]
  }[]
}

interface AggregatedResource {
  readonly resource: string
  readonly responseKind?: { readonly kind: string }
  readonly scope?: string
  readonly singularResource?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly verbs?: readonly string[]
}

function aggregatedGroups(body: string): readonly ApiGroup[] {
  const { items = [] } = JSON.parse(body) as Aggregated
  return items.map(({ metadata, versions = [] }) => {
    const group = metadata?.name ?? ''
    const fresh = versions.filter(({ freshness }) => freshness !== 'Stale')
    return {
      group,
      versions: fresh.map(({ version, resources = [] }) => ({
        version,
        resources: resources.map((one) => aggregatedResource(group, version, one)),
      })),
    }
  })
}

function aggregatedResource(group: string, version: string, one: AggregatedResource): ApiResource {
  return {
    group,
    version,
    name: one.resource,
    kind: one.responseKind?.kind ?? '',
    namespaced: one.scope === 'Namespaced',
    singularName: one.singularResource ?? '',
    shortNames: one.shortNames ?? [],
    categories: one.categories ?? [],
    verbs: one.verbs ?? [],
  }
}

interface Legacy {
  readonly versions?: readonly string[]
  readonly groups?: readonly {
    readonly name: string
    readonly versions?: readonly { readonly version: string }[]
  }[]
}

type Versions = readonly { readonly group: string; readonly versions: readonly string[] }[]

function legacyVersions(core: string, groups: string): Versions {
  const { versions = [] } = JSON.parse(core) as Legacy
  const named = (JSON.parse(groups) as Legacy).groups ?? []
  return [
    ...(versions.length === 0 ? [] : [{ group: '', versions }]),
    ...named.map(({ name, versions: own = [] }) => ({
      group: name,
      versions: own.map(({ version }) => version),
    })),
  ]
}

function discoverEach(ask: Ask, all: Versions): DiscoveredApi {
  const failed: { readonly groupVersion: string; readonly error: ApiError }[] = []
  const resourcesOf = (group: string, version: string): readonly ApiResource[] => {
    try {
      return legacyResources(
        group,
        version,
        responseText(
          ask({ method: 'GET', path: group === '' ? `/api/${version}` : `/apis/${group}/${version}` }),
          true,
        ),
      )
    } catch (error) {
      if (!isApiError(error)) throw error
      failed.push({ groupVersion: group === '' ? version : `${group}/${version}`, error })
      return []
    }
  }
  return {
    groups: all.map(({ group, versions }) => ({
      group,
      versions: versions.map((version) => ({ version, resources: resourcesOf(group, version) })),
    })),
    failed,
  }
}

/** Parses the resources of an APIResourceList; names of subresources contain a slash. */
function legacyResources(group: string, version: string, body: string): readonly ApiResource[] {
  const { resources = [] } = JSON.parse(body) as { readonly resources?: readonly Partial<ApiResource>[] }
  return resources
    .filter(({ name = '' }) => !name.includes('/'))
    .map((one) => ({
      singularName: '',
      kind: '',
      namespaced: false,
      shortNames: [],
      categories: [],
      verbs: [],
      name: '',
      ...one,
      group,
      version,
    }))
}

/** For each group the resources of its preferred version, and those that only older versions have. */
export function preferredResources(groups: readonly ApiGroup[]): readonly ApiResource[] {
  return groups.flatMap(({ versions }) => {
    const seen = new Set<string>()
    return versions.flatMap(({ resources }) =>
      resources.filter(({ name }) => !seen.has(name) && seen.add(name)),
    )
  })
}
