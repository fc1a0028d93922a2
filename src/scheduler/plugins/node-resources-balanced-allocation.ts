import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { BalancedAllocationArgs } from '../configuration.js'
import type { Plugin } from '../framework/plugin.js'
import { balanceOf, requestOf } from './resource-scores.js'

/**
 * Prefers nodes on which resources (cpu and memory by default) would be used to equal degrees. Skipped for a
 * pod that requests none of them. Source: plugins/noderesources/balanced_allocation.go.
 */
export function nodeResourcesBalancedAllocation({ resources }: BalancedAllocationArgs = {}): Plugin {
  const names = resources?.map(({ name }) => name) ?? ['cpu', 'memory']
  return {
    name: 'NodeResourcesBalancedAllocation',
    isNodeLocal: true,
    preScore: (pod) => (names.some((name) => requestOf(name, pod) > 0) ? undefined : 'skip'),
    score: resources ? (pod, node) => balanceOf(resources, pod, node) : balancedAllocationScore,
  }
}

/**
 * Returns 100 for equal fractions, less half of their difference. Resources that the node does not have are
 * ignored.
 */
export function balancedAllocationScore({ requests }: PodInfo, { allocatable, requested }: NodeInfo): number {
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return 100
  const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu)
  const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory)
  return Math.trunc((1 - Math.abs(cpu - memory) / 2) * 100)
}
