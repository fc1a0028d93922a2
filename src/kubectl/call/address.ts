import type { KindDefinition } from '../../api/kind/definition.js'
import type { Client, ListOptions, ObjectKey } from '../../client/client.js'
import { requestNameFault, requestNamespaceFault } from '../../api/validation/names.js'
import { KubectlError } from './errors.js'

/** No request can be sent for such a name. */
export class UnsendableAddress extends KubectlError {}

/**
 * Throws UnsendableAddress for a name or a namespace that cannot be part of a path: client-go sends no such
 * request. Source: client-go rest/request.go Namespace, Name.
 */
function checkAddress(namespace: string | undefined, name: string | undefined): void {
  const fault =
    (namespace === undefined ? undefined : requestNamespaceFault(namespace)) ??
    (name === undefined || name === '' ? undefined : requestNameFault(name))
  if (fault !== undefined) throw new UnsendableAddress(fault)
}

/** Returns a client in this process that refuses, as client-go does, what cannot be part of a path. */
export function addressCheckedClient(client: Client): Client {
  const at = (key: ObjectKey): ObjectKey => {
    checkAddress(key.namespace, key.name)
    return key
  }
  const within = <T extends ListOptions | undefined>(options: T): T => {
    checkAddress(options?.namespace, undefined)
    return options
  }
  return {
    user: client.user,
    get: (resource, key, options) => client.get(resource, at(key), options),
    list: (resource, options) => client.list(resource, within(options)),
    create: (resource, object, options) => {
      checkAddress(object.metadata?.namespace, undefined)
      return client.create(resource, object, options)
    },
    update: (resource, object, options) => client.update(resource, object, options),
    updateStatus: (resource, object, options) => client.updateStatus(resource, object, options),
    patch: (resource, key, patch, options) => client.patch(resource, at(key), patch, options),
    delete: (resource, key, options) => client.delete(resource, at(key), options),
    deleteCollection: (resource, list, options) => client.deleteCollection(resource, within(list), options),
    createSubresource: (resource, key, subresource, body, options) =>
      client.createSubresource(resource, at(key), subresource, body, options),
    getSubresource: (resource, key, subresource) => client.getSubresource(resource, at(key), subresource),
    logs: (key, options) => client.logs(at(key), options),
    exec: (key, options) => client.exec(at(key), options),
    attach: (key, options) => client.attach(at(key), options),
    portForward: (key, port) => client.portForward(at(key), port),
    watch: (resource, options) => client.watch(resource, within(options)),
  }
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
