import type { Container, ContainerExtendedResourceRequest, Pod } from '../../api/core/generated.js'
import { isExtendedResource } from '../../api/core/validation/resources.js'
import { quantityValue } from '../../api/quantity.js'
import type { DeviceRequest } from '../../api/resource/generated.js'
import { newControllerRef } from '../../api/meta/owner-references.js'
import { DEVICE_CLASS_PREFIX, EXTENDED_CLAIM } from '../../api/resource/pod-claims.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { DeviceView, ExtendedRequests } from './device-view.js'

/**
 * Extended resources that devices satisfy (DRAExtendedResource): a container that requests the resource of a
 * DeviceClass gets devices of that class on nodes that do not have the resource themselves. One special claim
 * holds the devices of a pod; the scheduler makes it. Source:
 * plugins/dynamicresources/extendeddynamicresources.go.
 */

/** The claim of a pod that exists in memory only, until its pod is bound. */
const IN_MEMORY = '<extended-resources>'

/** Returns whether a DeviceClass may stand behind a resource of that name. */
export const mayBeDevice = (name: string): boolean =>
  name.startsWith(DEVICE_CLASS_PREFIX) || isExtendedResource(name)

/** Returns whether a pod requests a resource that a DeviceClass may stand behind. */
export const mayNeedDevices = ({ requests }: PodInfo): boolean =>
  requests.scalars.some(([name, amount]) => amount > 0 && mayBeDevice(name))

/** Returns whether the pod requests a resource that a DeviceClass stands behind. */
export const needsDevices = ({ requests }: PodInfo, devices: DeviceView): boolean =>
  requests.scalars.some(([name, amount]) => amount > 0 && devices.classBehind(name) !== undefined)

/** Returns whether devices have to satisfy a resource on a node, which does not have it itself. */
export function isByDevices(name: string, { allocatable }: NodeInfo, devices: DeviceView): boolean {
  return (allocatable.scalars.get(name) ?? 0) === 0 && devices.classBehind(name) !== undefined
}

/** Returns the UID under which the claim of a pod is being allocated before it exists. */
export const pendingUid = ({ metadata }: Pod): string => `${IN_MEMORY}/${metadata.uid ?? ''}`

/** Returns what a node has to give a pod by devices; undefined if nothing. */
export function extendedRequests(
  { pod, requests }: PodInfo,
  node: NodeInfo,
  devices: DeviceView,
): ExtendedRequests | undefined {
  const names = requests.scalars.flatMap(([name, amount]) =>
    amount > 0 && isByDevices(name, node, devices) ? [name] : [],
  )
  if (names.length === 0) return undefined
  const all = names
    .sort()
    .map((name) => requestsOf(pod, name, devices.classBehind(name)?.metadata.name ?? ''))
  const wanted = all.flatMap((one) => one.requests).sort((a, b) => (a.name < b.name ? -1 : 1))
  const { name = '', namespace = '' } = pod.metadata
  return {
    claim: {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: {
        namespace,
        name: IN_MEMORY,
        generateName: `${name}-extended-resources-`,
        ownerReferences: [ownerOf(pod)],
        annotations: { [EXTENDED_CLAIM]: 'true' },
      },
      spec: { devices: { requests: wanted } },
      status: {},
    },
    mappings: all.flatMap((one) => one.mappings),
  }
}

function ownerOf(pod: Pod): ReturnType<typeof newControllerRef> {
  const { blockOwnerDeletion: _, ...owner } = newControllerRef(pod, 'v1', 'Pod')
  return owner
}

interface Requested {
  readonly requests: readonly DeviceRequest[]
  readonly mappings: readonly ContainerExtendedResourceRequest[]
}

/** A container with its index among all containers of its pod, and what it requests of one resource. */
interface Wish {
  readonly container: Container
  readonly request: DeviceRequest & { readonly exactly: { readonly count: number } }
}

/**
 * Returns the requests for one resource. Init containers that end use the devices of the containers that come
 * after them; what the largest of them needs beyond is one more request, which they share.
 */
function requestsOf({ spec }: Pod, resource: string, deviceClassName: string): Requested {
  const { initContainers = [], containers } = spec
  const all = [...initContainers, ...containers]
  const isShort = (at: number): boolean => at < initContainers.length && all[at]?.restartPolicy !== 'Always'
  const wishes = all.map((container, at) => wishOf(container, at, resource, deviceClassName))
  const long = wishes.map((wish, at) => (isShort(at) ? undefined : wish))
  const map = (container: Container, requestName: string): ContainerExtendedResourceRequest => ({
    containerName: container.name,
    resourceName: resource,
    requestName,
  })
  const mappings = long.flatMap((wish) => (wish ? [map(wish.container, wish.request.name)] : []))
  const shared: { wish: Wish; beyond: number; used: readonly string[] }[] = []
  let largest: Wish | undefined
  let most = 0
  for (const [at, wish] of wishes.entries()) {
    if (wish === undefined || !isShort(at)) continue
    const { count } = wish.request.exactly
    let sum = 0
    const used: string[] = []
    for (const later of long.slice(at)) {
      if (later === undefined || sum >= count) continue
      sum += later.request.exactly.count
      used.push(later.request.name)
    }
    const beyond = Math.max(count - sum, 0)
    if (beyond > most) [most, largest] = [beyond, wish]
    shared.push({ wish, beyond, used })
  }
  for (const { wish, beyond, used } of shared) {
    for (const name of used) mappings.push(map(wish.container, name))
    if (beyond > 0 && largest !== undefined) mappings.push(map(wish.container, largest.request.name))
  }
  const kept = long.flatMap((wish) => (wish ? [wish.request] : []))
  if (largest === undefined) return { requests: kept, mappings }
  const { name, exactly } = largest.request
  return { requests: [{ name, exactly: { ...exactly, count: most } }, ...kept], mappings }
}

function wishOf(
  container: Container,
  at: number,
  resource: string,
  deviceClassName: string,
): Wish | undefined {
  const requests = container.resources?.requests ?? {}
  const count = quantityValue(requests[resource] ?? '0')
  if (count === 0) return undefined
  // the index of the resource among all that the container requests, by name
  const index = Object.keys(requests).sort().indexOf(resource)
  return {
    container,
    request: {
      name: `container-${at}-request-${index}`,
      exactly: { deviceClassName, allocationMode: 'ExactCount', count },
    },
  }
}
