import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { NodeResourcesFitArgs, ResourceWeight } from '../configuration.js'

/** A node's capacity of a resource, and what would be used of it with the pod. */
export interface Share {
  readonly total: number
  readonly used: number
}

/**
 * Returns the share of a resource. `usesNonZero`: cpu and memory have a minimum for pods that request none.
 * Source: resource_allocation.go calculateResourceAllocatableRequest.
 */
export function shareOf(name: string, pod: PodInfo, node: NodeInfo, usesNonZero: boolean): Share {
  const { allocatable, requested } = node
  const { requests } = pod
  if (name === 'cpu') {
    const used = usesNonZero ? node.nonZeroMilliCpu + pod.fitMilliCpu : requested.milliCpu + requests.milliCpu
    return { total: allocatable.milliCpu, used }
  }
  if (name === 'memory') {
    const used = usesNonZero ? node.nonZeroMemory + pod.fitMemory : requested.memory + requests.memory
    return { total: allocatable.memory, used }
  }
  if (name === 'ephemeral-storage')
    return {
      total: allocatable.ephemeralStorage,
      used: requested.ephemeralStorage + requests.ephemeralStorage,
    }
  const wanted = requestOf(name, pod)
  // an extended resource that the pod does not request is ignored
  if (wanted === 0) return { total: 0, used: 0 }
  return { total: allocatable.scalars.get(name) ?? 0, used: (requested.scalars.get(name) ?? 0) + wanted }
}

/** Returns what the pod requests of a resource. */
export function requestOf(name: string, { requests }: PodInfo): number {
  if (name === 'cpu') return requests.milliCpu
  if (name === 'memory') return requests.memory
  if (name === 'ephemeral-storage') return requests.ephemeralStorage
  return requests.scalars.find(([scalar]) => scalar === name)?.[1] ?? 0
}

/**
 * Returns the configured score of NodeResourcesFit; undefined for the default strategy. Source:
 * plugins/noderesources/fit.go.
 */
export function configuredFitScore(
  args: NodeResourcesFitArgs,
): ((pod: PodInfo, node: NodeInfo) => number) | undefined {
  const { type = 'LeastAllocated', resources, requestedToCapacityRatio } = args.scoringStrategy ?? {}
  if (type === 'LeastAllocated' && resources === undefined) return undefined
  const weights = resources ?? CPU_AND_MEMORY
  if (type === 'RequestedToCapacityRatio') {
    const rate = brokenLine(
      (requestedToCapacityRatio?.shape ?? []).map(
        ({ utilization, score }) => [utilization, score * 10] as const,
      ),
    )
    const rated = ({ total, used }: Share): number =>
      rate(used > total ? 100 : Math.trunc((used * 100) / total))
    return (pod, node) => meanOf(weights, pod, node, rated, true)
  }
  const least = ({ total, used }: Share): number =>
    used > total ? 0 : Math.trunc(((total - used) * 100) / total)
  const most = ({ total, used }: Share): number => Math.trunc((Math.min(used, total) * 100) / total)
  return (pod, node) => meanOf(weights, pod, node, type === 'MostAllocated' ? most : least, false)
}

const CPU_AND_MEMORY: readonly ResourceWeight[] = [{ name: 'cpu' }, { name: 'memory' }]

/**
 * Returns the weighted mean. `onlyPositive`: resources that score 0 are ignored, and the mean is rounded to
 * the nearest integer.
 */
function meanOf(
  weights: readonly ResourceWeight[],
  pod: PodInfo,
  node: NodeInfo,
  score: (share: Share) => number,
  onlyPositive: boolean,
): number {
  let [sum, weightSum] = [0, 0]
  for (const { name, weight = 1 } of weights) {
    const share = shareOf(name, pod, node, true)
    if (share.total === 0) continue
    const rated = score(share)
    if (onlyPositive && rated <= 0) continue
    sum += rated * weight
    weightSum += weight
  }
  if (weightSum === 0) return 0
  return onlyPositive ? Math.round(sum / weightSum) : Math.trunc(sum / weightSum)
}

/**
 * Returns a piecewise linear function through the given points, constant beyond them. Source:
 * plugins/helper/shape_score.go BuildBrokenLinearFunction.
 */
function brokenLine(corners: readonly (readonly [at: number, value: number])[]): (at: number) => number {
  return (at) => {
    for (let n = 0; n < corners.length; n++) {
      const [right, high] = corners[n] as readonly [number, number]
      if (at > right) continue
      if (n === 0) return high
      const [left, low] = corners[n - 1] as readonly [number, number]
      return low + Math.trunc(((high - low) * (at - left)) / (right - left))
    }
    return corners.at(-1)?.[1] ?? 0
  }
}

/**
 * Returns how evenly the given resources would be used, 0..100. Source: balanced_allocation.go
 * balancedResourceScorer.
 */
export function balanceOf(resources: readonly ResourceWeight[], pod: PodInfo, node: NodeInfo): number {
  const shares = resources.map(({ name }) => shareOf(name, pod, node, false)).filter(({ total }) => total > 0)
  const fractions = shares.map(({ total, used }) => Math.min(1, used / total))
  let deviation = 0
  if (fractions.length === 2) deviation = Math.abs((fractions[0] as number) - (fractions[1] as number)) / 2
  else if (fractions.length > 2) {
    const mean = fractions.reduce((a, b) => a + b, 0) / fractions.length
    deviation = Math.sqrt(
      fractions.reduce((sum, fraction) => sum + (fraction - mean) ** 2, 0) / fractions.length,
    )
  }
  return Math.trunc((1 - deviation) * 100)
}
