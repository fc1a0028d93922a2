import type { Call } from './call.js'
import { answerText } from './raw.js'

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

interface Aggregated {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions?: readonly { readonly version: string; readonly resources?: readonly Discovered[] }[]
  }[]
}

interface Discovered {
  readonly resource: string
  readonly responseKind?: { readonly kind: string }
  readonly scope?: string
  readonly singularResource?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly verbs?: readonly string[]
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** A group with its versions, the preferred one first, and what each of them serves. */
export interface ApiGroup {
  readonly group: string
  readonly versions: readonly { readonly version: string; readonly resources: readonly ApiResource[] }[]
}

/** What the server serves, in its own order, the core group first. Throws ApiError, ConnectionError. */
export function discover(call: Call): readonly ApiGroup[] {
  return ['/api', '/apis'].flatMap((path) => {
    const { items = [] } = JSON.parse(answerText(call.request({ method: 'GET', path, headers: { accept: ACCEPT } }))) as Aggregated
    return items.map(({ metadata, versions = [] }) => {
      const group = metadata?.name ?? ''
      return { group, versions: versions.map(({ version, resources = [] }) => ({ version, resources: resources.map((one) => resourceOf(group, version, one)) })) }
    })
  })
}

function resourceOf(group: string, version: string, one: Discovered): ApiResource {
  return {
    group, version, name: one.resource, kind: one.responseKind?.kind ?? '', namespaced: one.scope === 'Namespaced', singularName: one.singularResource ?? '',
    shortNames: one.shortNames ?? [], categories: one.categories ?? [], verbs: one.verbs ?? [],
  }
}

/** Of each group the resources of its preferred version, and those that only older versions have. */
export function preferredResources(groups: readonly ApiGroup[]): readonly ApiResource[] {
  return groups.flatMap(({ versions }) => {
    const seen = new Set<string>()
    return versions.flatMap(({ resources }) => resources.filter(({ name }) => !seen.has(name) && seen.add(name)))
  })
}
