import type { Selection } from '../../client/informer.js'
import type { ResourceName } from '../../client/resources.js'

/** Ids of informers without a selector, cached because each cluster has about a hundred. */
const whole = new Map<ResourceName, string>()

/** Returns the id of an informer within its component or process: the resource and the selection. */
export function informerId(
  resource: ResourceName,
  { namespace = '', labelSelector = '', fieldSelector = '' }: Selection,
): string {
  if (namespace !== '' || labelSelector !== '' || fieldSelector !== '')
    return [resource, namespace, labelSelector, fieldSelector].join('|')
  let id = whole.get(resource)
  if (id === undefined) whole.set(resource, (id = `${resource}|||`))
  return id
}
