import type { KubeObject } from '../../api/kind/definition.js'
import type { ObjectList } from '../../client/client.js'
import { isApiError } from '../../client/api-error.js'
import { selectionOf } from '../selectors/selection.js'
import type { RegistryRequest, RegistryContext } from './context.js'
import { checkDeleteOptions, warnOfDeletion, deleteExisting } from './delete.js'
import { checkListOptions } from './list-options.js'
import { readAll } from './read.js'

/**
 * DELETE of a collection: deletes the selected objects one by one in key order, and returns the list as it
 * was before.
 */
export function deleteCollection(context: RegistryContext, call: RegistryRequest): ObjectList<KubeObject> {
  const { resource, request } = call
  checkListOptions(request.options, false)
  checkDeleteOptions(request.options)
  const selection = selectionOf(resource, call.namespace, request.options)
  warnOfDeletion(call)
  const items = readAll(context, call, selection, undefined)
  for (const object of items) {
    const { name = '', namespace } = object.metadata
    try {
      deleteExisting(context, { ...call, name, namespace }, object)
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
  }
  return Object.freeze({
    kind: `${resource.kind}List`,
    apiVersion: resource.apiVersion,
    metadata: Object.freeze({ resourceVersion: String(context.storage.revision) }),
    items: Object.freeze(items),
  })
}
