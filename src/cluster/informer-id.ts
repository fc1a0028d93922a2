import type { Selection } from '../apiserver/client/informer.js'
import type { ResourceName } from '../apiserver/client/resources.js'

/** What names an informer within its component or process: the resource, and what of it is selected. */
export function informerId(resource: ResourceName, { namespace = '', labelSelector = '', fieldSelector = '' }: Selection): string {
  return [resource, namespace, labelSelector, fieldSelector].join('|')
}
