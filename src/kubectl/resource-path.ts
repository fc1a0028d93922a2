import type { KindDefinition } from '../api/definition.js'
import type { ObjectKey } from '../client/client.js'

/** The path of an object, or of its subresource, on the server. */
export function resourcePath(
  { group, version, resource, namespaced }: KindDefinition,
  { name = '', namespace = '' }: ObjectKey,
  subresource = '',
): string {
  const parts = [
    ...(group === '' ? ['api', version] : ['apis', group, version]),
    ...(namespaced ? ['namespaces', namespace] : []),
    resource,
    name,
    subresource,
  ]
  return `/${parts
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/')}`
}
