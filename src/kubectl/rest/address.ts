import type { KindDefinition } from '../../api/kind/definition.js'
import type { Scheme } from '../../api/scheme.js'
import { requestNameFault, requestNamespaceFault } from '../../api/validation/names.js'
import { KubectlError } from '../call/errors.js'

/**
 * Definitions by every name that a client may use: `pods`, `deployments`, `deployments.apps`,
 * `deployments.v1.apps`.
 */
export class Addresses {
  readonly #byName = new Map<string, KindDefinition>()

  constructor(scheme: Scheme) {
    for (const definition of scheme.definitions()) {
      const { group, version, resource, verbs } = definition
      if (verbs.length === 0) continue
      for (const name of [resource, `${resource}.${group}`, `${resource}.${version}.${group}`])
        if (!this.#byName.has(name)) this.#byName.set(name, definition)
    }
  }

  /** Throws KubectlError for an unknown name. */
  definitionOf(name: string): KindDefinition {
    const found = this.#byName.get(name)
    if (found === undefined)
      throw new KubectlError(`the server doesn't have a resource type ${JSON.stringify(name)}`)
    return found
  }
}

/** Parameters of a query; undefined and empty values are left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Encodes a query string like Go's url.Values: sorted by name. */
export function queryText(query: Query): string {
  const pairs = Object.entries(query)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      value === undefined || value === ''
        ? []
        : typeof value === 'object'
          ? value.map((one) => [name, one] as const)
          : [[name, String(value)] as const],
    )
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
}

/** No request can be sent for such a name. */
export class UnsendableAddress extends KubectlError {}

/**
 * Throws UnsendableAddress for a name or a namespace that cannot be part of a path: client-go sends no such
 * request. Source: client-go rest/request.go Namespace, Name.
 */
export function checkAddress(namespace: string | undefined, name: string | undefined): void {
  const fault =
    (namespace === undefined ? undefined : requestNamespaceFault(namespace)) ??
    (name === undefined || name === '' ? undefined : requestNameFault(name))
  if (fault !== undefined) throw new UnsendableAddress(fault)
}

/** Path of a collection, or of one object in it. Throws KubectlError. */
export function pathOf(
  { group, version, resource, namespaced }: KindDefinition,
  namespace: string | undefined,
  name = '',
  subresource = '',
): string {
  checkAddress(namespaced ? namespace : undefined, name)
  const parts = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespaced && namespace !== undefined && namespace !== '' ? ['namespaces', namespace] : []),
    resource,
    ...[name, subresource].filter((part) => part !== ''),
  ]
  return `/${parts.map(encodeURIComponent).join('/')}`
}
