import { parseQuantity } from '../../quantity.js'
import type { Container, Pod } from '../generated.js'

/** Quality of service class of a pod. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const counted = ['cpu', 'memory'] as const

type Sums = Map<string, bigint>

interface Resources {
  readonly limits?: Readonly<Record<string, string>>
  readonly requests?: Readonly<Record<string, string>>
}

/**
 * Returns the QoS class of a pod by its requests and limits. Source: pkg/apis/core/helper/qos ComputePodQOS.
 */
export function computeQosClass({ spec }: Pick<Pod, 'spec'>): QosClass {
  const requests: Sums = new Map()
  const limits: Sums = new Map()
  const podLevel = spec.resources
  const all: readonly Resources[] =
    podLevel === undefined
      ? [...spec.containers, ...(spec.initContainers ?? [])].map(resourcesOf)
      : [podLevel]
  let bounded = true
  for (const resources of all) {
    addTo(requests, resources.requests)
    if (addTo(limits, resources.limits) < counted.length) bounded = false
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  const equal =
    requests.size === limits.size && counted.every((name) => requests.get(name) === limits.get(name))
  return bounded && equal ? 'Guaranteed' : 'Burstable'
}

const resourcesOf = ({ resources }: Pick<Container, 'resources'>): Resources => resources ?? {}

/** Adds the cpu and memory of a list, and returns how many of the two it has. */
function addTo(sums: Sums, list: Readonly<Record<string, string>> | undefined): number {
  let found = 0
  for (const name of counted) {
    const text = list?.[name]
    if (text === undefined) continue
    const { nanos } = parseQuantity(text)
    if (nanos <= 0n) continue
    sums.set(name, (sums.get(name) ?? 0n) + nanos)
    found++
  }
  return found
}
