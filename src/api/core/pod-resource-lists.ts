import { formatQuantity, parseQuantity } from '../quantity.js'
import type { Pod } from './generated.js'
import {
  podLimits,
  podRequests,
  type PodRequestsOptions,
  type ResourceAmounts,
  type ResourceList,
} from './pod-resources.js'

/** Nanos in a unit of a {@link ResourceAmounts} value. */
const NANOS_OF_MILLI = 1_000_000n
const NANOS_OF_ONE = 1_000_000_000n

/**
 * Sums as quantities, each in the form in which the first container writes that resource, as Go's additions
 * keep it.
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
export function podLimitList(pod: Pod): ResourceList {
  return asList(podLimits(pod), pod, 'limits')
}
