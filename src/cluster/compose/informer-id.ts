import type { Selection } from '../../client/informer.js'
import type { ResourceName } from '../../client/resources.js'

/** Ids of informers of whole resources: each cluster has a hundred of them. */
const whole = new Map<ResourceName, string>()

/** What names an informer within its component or process: the resource, and what of it is selected. */
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
