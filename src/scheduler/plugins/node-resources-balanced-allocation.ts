import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { Plugin } from '../framework/plugin.js'

/**
 * Prefers nodes on which cpu and memory would be used to equal degrees; has nothing to say about a pod that requests nothing.
 * Source: plugins/noderesources/balanced_allocation.go.
 */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  isNodeLocal: true,
  preScore: ({ requests }) => (requests.milliCpu === 0 && requests.memory === 0 ? 'skip' : undefined),
  score: balancedAllocationScore,
}

/** 100 for equal fractions, less by half of their difference; a resource that the node does not have does not count. */
export function balancedAllocationScore({ requests }: PodInfo, { allocatable, requested }: NodeInfo): number {
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return 100
  const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu)
  const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory)
  return Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100)
}
