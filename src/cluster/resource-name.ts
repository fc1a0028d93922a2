import { nearest } from '../lang/text/nearest.js'
import type { Scheme } from '../api/scheme.js'
import { ApiError } from '../client/api-error.js'

/**
 * Returns the name under which the apiserver knows a resource, for any name that kubectl accepts: `pods`,
 * `pod`, `po`, `Pod`, `deployments.apps`.
 * @throws ApiError 404 if nothing of that name is served; it names the nearest resource
 */
export function resourceNamed(scheme: Scheme, name: string): string {
  const definition = scheme.byName(name) ?? scheme.byName(name.toLowerCase())
  if (definition === undefined) throw unknownResource(scheme, name)
  const { group, version, resource } = definition
  if (resource === name) return name
  return scheme.byName(resource) === definition ? resource : `${resource}.${version}.${group}`
}

/** Returns the names of all resources that are served, with their groups: `widgets.example.com`. */
export function servedNames(scheme: Scheme): readonly string[] {
  return scheme
    .definitions()
    .map(({ resource, group }) =>
      group === '' || resource.endsWith(`.${group}`) ? resource : `${resource}.${group}`,
    )
}

function unknownResource(scheme: Scheme, name: string): ApiError {
  const served = scheme.definitions().filter(({ verbs }) => verbs.length > 0)
  const byName = new Map(
    served.flatMap(({ resource, singular, shortNames, group }) =>
      [resource, singular, ...shortNames, `${resource}.${group}`].map((each) => [each, resource] as const),
    ),
  )
  const near = nearest(name, [...byName.keys()])
  const hint = near === undefined ? '' : `; did you mean ${byName.get(near) ?? near}?`
  return new ApiError(
    404,
    'NotFound',
    `the server could not find the requested resource: there is no resource ${name}${hint}`,
    {},
  )
}
