import type { Pod, Service } from '../../api/core/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import { semanticEqual } from '../../api/equal.js'
import { labelMapMatches } from '../../api/labels.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import { isEndpoint } from './desired.js'

/** Whether a Service picks its endpoints by labels. */
export function isSelecting({ spec }: Service): boolean {
  return spec.selector !== undefined && Object.keys(spec.selector).length > 0
}

/**
 * Calls for each Service whose endpoints a change of a pod may change. Source: endpointslice util
 * GetServicesToUpdateOnPodChange.
 */
export function onEndpointChange(
  services: Pick<Informer<Service>, 'byIndex'>,
  { type, object, old }: Change<Pod>,
  concerned: (key: string) => void,
): void {
  if (old !== undefined && type === 'MODIFIED' && !isEndpointChange(object, old)) return
  const states = old === undefined ? [object] : [object, old]
  for (const service of services.byIndex('namespace', object.metadata.namespace ?? '')) {
    const { selector } = service.spec
    if (isSelecting(service) && states.some(({ metadata }) => labelMapMatches(selector, metadata.labels)))
      concerned(keyOf(service))
  }
}

/** Whether anything of a pod has changed that an endpoint shows. */
function isEndpointChange(next: Pod, old: Pod): boolean {
  return (
    (next.metadata.labels !== old.metadata.labels &&
      !semanticEqual(next.metadata.labels, old.metadata.labels)) ||
    (next.metadata.deletionTimestamp === undefined) !== (old.metadata.deletionTimestamp === undefined) ||
    isPodReady(next) !== isPodReady(old) ||
    isEndpoint(next) !== isEndpoint(old) ||
    next.spec.nodeName !== old.spec.nodeName ||
    !semanticEqual(next.status.podIPs, old.status.podIPs)
  )
}
