import { firstNamed } from '../../../lang/bounds/named.js'
import {
  quantityMilliValue,
  quantityValue,
  formatQuantity,
  parseQuantity,
  type ResourceList,
} from '../../quantity.js'
import { podCondition } from '../conditions.js'
import type { Container, ContainerStatus, Pod, ResourceRequirements } from '../generated.js'

/**
 * Amounts by resource name: `cpu` in thousandths of a core, everything else in whole units (bytes, pieces);
 * fractions are rounded up.
 */
export type ResourceAmounts = Readonly<Record<string, number>>

/** Options of {@link podRequests}. */
export interface PodRequestsOptions {
  /**
   * Whether a container counts with the resources in its status if these exceed its spec (in-place resize),
   * as in the scheduler and the kubelet's admission. Default false.
   */
  readonly useStatusResources?: boolean
  /** Whether pod-level resources are left out. Default false. */
  readonly skipPodLevelResources?: boolean
  /** Whether the pod's overhead is left out. Default false. */
  readonly excludeOverhead?: boolean
  /** Amounts of resources that a container does not request. Default: none. */
  readonly nonMissingContainerRequests?: ResourceAmounts
}

/** Options of {@link podLimits}. */
type PodLimitsOptions = Pick<PodRequestsOptions, 'useStatusResources' | 'excludeOverhead'>

/**
 * Amounts in scheduling scores of containers that do not request cpu or memory: 100m and 200 MiB. Source:
 * pkg/scheduler/util.
 */
const NON_ZERO_CONTAINER_REQUESTS: ResourceAmounts = { cpu: 100, memory: 200 * 1024 * 1024 }

const MEMO_SIZE = 10_000
const memo = { milli: new Map<string, number>(), whole: new Map<string, number>() }

/** Converts a quantity of a resource to a number, see {@link ResourceAmounts}. */
function resourceAmount(name: string, quantity: string): number {
  const milli = name === 'cpu'
  const known = milli ? memo.milli : memo.whole
  let amount = known.get(quantity)
  if (amount === undefined) {
    amount = milli ? quantityMilliValue(quantity) : quantityValue(quantity)
    if (known.size >= MEMO_SIZE) known.clear()
    known.set(quantity, amount)
  }
  return amount
}

/** Converts a resource list to numbers. */
export function resourceAmounts(list: ResourceList | undefined): ResourceAmounts {
  const amounts: Amounts = {}
  for (const name in list) amounts[name] = resourceAmount(name, list[name] as string)
  return amounts
}

/**
 * Returns the requests of a pod: the sum over containers and sidecars, or the largest request of an init
 * container with the sidecars started before it, whichever is more. Pod-level requests replace that for cpu,
 * memory and hugepages. The overhead is added. Source: component-helpers resource/helpers.go PodRequests.
 */
export function podRequests(pod: Pod, options: PodRequestsOptions = {}): ResourceAmounts {
  const { nonMissingContainerRequests: missing } = options
  const requestsOf = options.useStatusResources ? bySpecAndStatus(pod, 'requests') : requestsBySpec
  const total = aggregate(pod, (container) => {
    const requests = requestsOf(container)
    return missing ? { ...missing, ...requests } : requests
  })
  if (options.skipPodLevelResources !== true) replaceByPodLevel(total, pod.spec.resources?.requests)
  if (options.excludeOverhead !== true) add(total, resourceAmounts(pod.spec.overhead))
  return total
}

/**
 * Returns the limits of a pod, summed as in {@link podRequests}. Overhead is added only to resources with a
 * limit. Source: PodLimits.
 */
export function podLimits(
  pod: Pod,
  { useStatusResources = false, excludeOverhead = false }: PodLimitsOptions = {},
): ResourceAmounts {
  const total = aggregate(pod, useStatusResources ? bySpecAndStatus(pod, 'limits') : limitsBySpec)
  replaceByPodLevel(total, pod.spec.resources?.limits)
  if (excludeOverhead) return total
  const overhead = resourceAmounts(pod.spec.overhead)
  // upstream leaves limits of zero alone
  for (const name in overhead)
    if ((total[name] ?? 0) !== 0) total[name] = (total[name] ?? 0) + (overhead[name] ?? 0)
  return total
}

/**
 * Returns cpu and memory of a pod for scheduling scores. A container without requests counts {@link
 * NON_ZERO_CONTAINER_REQUESTS}; with pod-level requests, only for resources that the pod does not request.
 * Source: pkg/scheduler/framework/types.go calculateResource.
 */
export function nonZeroPodRequests(pod: Pod, options: PodRequestsOptions = {}): ResourceAmounts {
  if (!hasPodLevelRequests(pod)) {
    return podRequests(pod, { nonMissingContainerRequests: NON_ZERO_CONTAINER_REQUESTS, ...options })
  }
  const requests = podRequests(pod, options)
  const missing = Object.entries(NON_ZERO_CONTAINER_REQUESTS).filter(([name]) => requests[name] === undefined)
  if (missing.length === 0) return requests
  return podRequests(pod, { nonMissingContainerRequests: Object.fromEntries(missing), ...options })
}

type Amounts = Record<string, number>

function aggregate(pod: Pod, amountsOf: (container: Container) => ResourceAmounts): Amounts {
  const total: Amounts = {}
  for (const container of pod.spec.containers) add(total, amountsOf(container))
  const { initContainers } = pod.spec
  if (!initContainers?.length) return total
  const sidecars: Amounts = {}
  const init: Amounts = {}
  for (const container of initContainers) {
    const amounts = amountsOf(container)
    if (container.restartPolicy === 'Always') {
      add(total, amounts)
      add(sidecars, amounts)
      raise(init, sidecars)
    } else {
      const needed = { ...sidecars }
      add(needed, amounts)
      raise(init, needed)
    }
  }
  raise(total, init)
  return total
}

/** Returns a container's resources, which objects without the apiserver's defaults may lack. */
function resourcesOf(container: Container): ResourceRequirements | undefined {
  return container.resources
}

function requestsBySpec(container: Container): ResourceAmounts {
  return resourceAmounts(resourcesOf(container)?.requests)
}

function limitsBySpec(container: Container): ResourceAmounts {
  return resourceAmounts(resourcesOf(container)?.limits)
}

/**
 * Returns the requests or limits of a container during a resize. If the resize is infeasible, only the status
 * counts. Source: determineContainerReqs, determineContainerLimits.
 */
function bySpecAndStatus(pod: Pod, kind: 'requests' | 'limits'): (container: Container) => ResourceAmounts {
  const bySpec = kind === 'requests' ? requestsBySpec : limitsBySpec
  // handwritten objects may lack a status
  const { containerStatuses = [], initContainerStatuses = [] } =
    (pod.status as Pod['status'] | undefined) ?? {}
  if (containerStatuses.length === 0 && initContainerStatuses.length === 0) return bySpec
  const infeasible = podCondition(pod, 'PodResizePending')?.reason === 'Infeasible'
  const named = (statuses: readonly ContainerStatus[], name: string): ContainerStatus | undefined =>
    firstNamed(statuses, name)
  return (container) => {
    const restartable = container.restartPolicy === 'Always'
    const ofSidecar = restartable ? named(initContainerStatuses, container.name) : undefined
    const status = named(containerStatuses, container.name) ?? ofSidecar
    if (!status?.resources) return bySpec(container)
    const largest: Amounts = infeasible ? {} : { ...bySpec(container) }
    raise(largest, resourceAmounts(status.resources[kind]))
    if (kind === 'requests') raise(largest, resourceAmounts(status.allocatedResources))
    return largest
  }
}

const POD_LEVEL = /^(?:cpu|memory|hugepages-.*)$/

/** Whether a pod as a whole may have the resource. Source: IsSupportedPodLevelResource. */
export const isPodLevelResource = (name: string): boolean => POD_LEVEL.test(name)

/** Whether a pod has resources of its own. Source: IsPodLevelResourcesSet. */
export function hasPodLevelResources({ spec: { resources } }: Pod): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).some((name) => POD_LEVEL.test(name))
}

function hasPodLevelRequests(pod: Pod): boolean {
  return Object.keys(pod.spec.resources?.requests ?? {}).some((name) => POD_LEVEL.test(name))
}

function replaceByPodLevel(total: Amounts, list: ResourceList | undefined): void {
  for (const name in list) if (POD_LEVEL.test(name)) total[name] = resourceAmount(name, list[name] as string)
}

function add(total: Amounts, amounts: ResourceAmounts): void {
  for (const name in amounts) total[name] = (total[name] ?? 0) + (amounts[name] as number)
}

function raise(total: Amounts, amounts: ResourceAmounts): void {
  for (const name in amounts) total[name] = Math.max(total[name] ?? 0, amounts[name] as number)
}

/** Nanos in a unit of a {@link ResourceAmounts} value. */
const NANOS_OF_MILLI = 1_000_000n
const NANOS_OF_ONE = 1_000_000_000n

/**
 * Returns the sums as quantities, each in the notation of the first container with that resource, as in Go's
 * additions.
 */
function asList(amounts: ResourceAmounts, { spec }: Pod, kind: 'requests' | 'limits'): ResourceList {
  const lists = [spec, ...spec.containers, ...(spec.initContainers ?? [])].map(
    ({ resources }) => resources?.[kind],
  )
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => {
      const written = lists.find((list) => list !== undefined && Object.hasOwn(list, name))?.[name] ?? '0'
      const nanos = BigInt(amount) * (name === 'cpu' ? NANOS_OF_MILLI : NANOS_OF_ONE)
      return [name, formatQuantity({ nanos, format: parseQuantity(written).format })]
    }),
  )
}

/** {@link podRequests} as quantities. */
export function podRequestList(pod: Pod, options: PodRequestsOptions = {}): ResourceList {
  return asList(podRequests(pod, options), pod, 'requests')
}

/** {@link podLimits} as quantities. */
export function podLimitList(pod: Pod, options: PodLimitsOptions = {}): ResourceList {
  return asList(podLimits(pod, options), pod, 'limits')
}
