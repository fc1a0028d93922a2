import type { Pod, Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import { labelMapMatches } from '../../api/selectors/labels.js'
import { type Finding, type Invariant, referenceTo } from '../invariant.js'
import { isHealthy, isLive, terminatingNamespaces } from './pods.js'

const SERVICE = 'kubernetes.io/service-name'

/** The purpose of the EndpointSlice controller: traffic goes to pods that can serve it. */
export const endpointsAsPods: Invariant = {
  name: 'endpoints-as-pods',
  rule:
    'At rest, the ready endpoints of a Service with a selector are its ready pods (all of its pods ' +
    'where it publishes those that are not), ' +
    'unless the controller of EndpointSlices does not run.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isControllerRunning('endpointslice-controller')) return []
    const terminating = terminatingNamespaces(stored)
    const slices = byService(stored.list('endpointslices'))
    return stored.list('services').flatMap((service): Finding[] => {
      const {
        metadata: { namespace = '', name = '', deletionTimestamp },
        spec,
      } = service
      if (
        deletionTimestamp !== undefined ||
        terminating.has(namespace) ||
        spec.type === 'ExternalName' ||
        spec.selector === undefined
      )
        return []
      const wanted = stored
        .list('pods')
        .filter((pod) => isReachable(service, pod))
        .map(({ metadata }) => metadata.name as string)
        .sort()
      const there = (slices.get(`${namespace}/${name}`) ?? []).flatMap(readyTargets).sort()
      if (wanted.join() === there.join()) return []
      return [
        {
          message: `its ready pods are [${wanted.join(' ')}], its ready endpoints [${there.join(' ')}]`,
          objects: [referenceTo('services', service)],
        },
      ]
    })
  },
}

function isReachable(
  { metadata: { namespace }, spec: { selector = {}, publishNotReadyAddresses = false } }: Service,
  pod: Pod,
): boolean {
  const { metadata, status } = pod
  if (metadata.namespace !== namespace || !isLive(pod) || (status.podIP ?? '') === '') return false
  return labelMapMatches(selector, metadata.labels) && (publishNotReadyAddresses || isHealthy(pod))
}

function byService(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly EndpointSlice[]> {
  const groups = new Map<string, EndpointSlice[]>()
  for (const slice of slices) {
    const { namespace = '', labels = {} } = slice.metadata
    const key = `${namespace}/${labels[SERVICE] ?? ''}`
    const group = groups.get(key)
    if (group) group.push(slice)
    else groups.set(key, [slice])
  }
  return groups
}

/** Returns the names of the pods behind ready endpoints. */
const readyTargets = ({ endpoints }: EndpointSlice): readonly string[] =>
  (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .map(({ targetRef }) => targetRef?.name ?? '')
