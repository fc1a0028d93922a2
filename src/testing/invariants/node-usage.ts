import type { Node, Pod } from '../../api/core/generated.js'
import { quantityMilliValue, quantityValue } from '../../api/quantity.js'

/** What pods request of a node: cpu in millicores, memory in bytes, and their number. */
export interface Amounts {
  readonly cpu: number
  readonly memory: number
  readonly pods: number
}

export const NOTHING: Amounts = { cpu: 0, memory: 0, pods: 0 }

/**
 * Returns the requests of a pod's containers. Init containers are left out, so that the result never exceeds
 * what the scheduler counts.
 */
export function amountsOf(pod: Pod): Amounts {
  let cpu = 0
  let memory = 0
  for (const { resources } of pod.spec.containers) {
    if (resources?.requests?.cpu !== undefined) cpu += quantityMilliValue(resources.requests.cpu)
    if (resources?.requests?.memory !== undefined) memory += quantityValue(resources.requests.memory)
  }
  return { cpu, memory, pods: 1 }
}

export function sum(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory, pods: a.pods + b.pods }
}

export function difference(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu - b.cpu, memory: a.memory - b.memory, pods: a.pods - b.pods }
}

/**
 * Returns which resources of the node `used` exceeds, if any. A resource that the node does not report is
 * unlimited.
 */
export function excess(node: Node, used: Amounts): string | undefined {
  const { cpu, memory, pods } = node.status.allocatable ?? {}
  const over: string[] = []
  if (cpu !== undefined && used.cpu > quantityMilliValue(cpu)) over.push(`cpu ${used.cpu}m of ${cpu}`)
  if (memory !== undefined && used.memory > quantityValue(memory))
    over.push(`memory ${used.memory} of ${memory}`)
  if (pods !== undefined && used.pods > quantityValue(pods)) over.push(`${used.pods} pods of ${pods}`)
  return over.length === 0 ? undefined : over.join(', ')
}
