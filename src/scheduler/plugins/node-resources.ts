import { NodeInfo, type Allocatable } from '../cache/node-info.js'
import { type PodInfo, podInfoOf } from '../cache/pod-info.js'
import type { NodeResourcesFitArgs, BalancedAllocationArgs } from '../configuration.js'
import type { NodeEvent, PodEvent } from '../framework/cluster-event.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import type { Rejection } from '../framework/rejection.js'
import type { SchedulerRelease } from '../texts.js'
import { isByDevices, needsDevices } from '../devices/extended-resources.js'
import { configuredFitScore, balanceOf, requestOf } from './resource-scores.js'

/**
 * Rejects nodes without room (pod count, cpu, memory, ephemeral storage, extended resources), and prefers
 * those with the most left (LeastAllocated over cpu and memory). Source:
 * plugins/noderesources/{fit,least_allocated}.go.
 */
export function nodeResourcesFit(args: NodeResourcesFitArgs = {}): PluginFactory {
  const counts = withoutIgnored(args)
  return ({ release, devices }): Plugin => {
    // what devices give is up to DynamicResources
    const counted = (pod: PodInfo, node: NodeInfo): PodInfo =>
      release.extendedResources && needsDevices(pod, devices)
        ? without(counts(pod), (name) => isByDevices(name, node, devices))
        : counts(pod)
    const fitsEmpty = (pod: PodInfo, { object }: NodeEvent): boolean => {
      const node = new NodeInfo('', object)
      return fits(counted(pod, node), node, release) === undefined
    }
    return {
      name: 'NodeResourcesFit',
      isNodeLocal: true,
      filter: (pod, node) => fits(counted(pod, node), node, release),
      score: configuredFitScore(args) ?? leastAllocatedScore,
      eventsToRegister: {
        'AssignedPod/Delete': 'queue',
        'AssignedPod/UpdateScaleDown': freesWhatIsRequested,
        'Pod/UpdateScaleDown': 'queue',
        'Node/Add': fitsEmpty,
        'Node/UpdateAllocatable': (pod, event) => fitsEmpty(pod, event) && growsWhatIsRequested(pod, event),
        ...(release.extendedResources ? { 'DeviceClass/Add': 'queue', 'DeviceClass/Update': 'queue' } : {}),
      },
    }
  }
}

/** Returns the pod without requests for ignored resources. */
function withoutIgnored({
  ignoredResources = [],
  ignoredResourceGroups = [],
}: NodeResourcesFitArgs): (pod: PodInfo) => PodInfo {
  if (ignoredResources.length + ignoredResourceGroups.length === 0) return (pod) => pod
  const isIgnored = (name: string): boolean =>
    ignoredResources.includes(name) ||
    (name.includes('/') && ignoredResourceGroups.includes(name.slice(0, name.indexOf('/'))))
  return (pod) => without(pod, isIgnored)
}

function without(pod: PodInfo, isLeftOut: (resource: string) => boolean): PodInfo {
  const scalars = pod.requests.scalars.filter(([name]) => !isLeftOut(name))
  return scalars.length === pod.requests.scalars.length
    ? pod
    : { ...pod, requests: { ...pod.requests, scalars } }
}

/**
 * Returns what a node lacks for a pod. The rejection is unresolvable if even the empty node would lack it.
 * Source: fit.go fitsRequest.
 */
export function fits(
  pod: PodInfo,
  node: NodeInfo,
  release: Pick<SchedulerRelease, 'tooManyPods'>,
): Rejection | undefined {
  return hasRoom(pod, node) ? undefined : lacks(pod, node, release)
}

/** Returns only whether the pod fits: the fast path, run for every node. */
function hasRoom({ requests, hasRequests }: PodInfo, { allocatable, requested, pods }: NodeInfo): boolean {
  if (pods.size + 1 > allocatable.pods) return false
  if (!hasRequests) return true
  if (requests.milliCpu > 0 && requests.milliCpu > allocatable.milliCpu - requested.milliCpu) return false
  if (requests.memory > 0 && requests.memory > allocatable.memory - requested.memory) return false
  const storage = requests.ephemeralStorage
  if (storage > 0 && storage > allocatable.ephemeralStorage - requested.ephemeralStorage) return false
  for (const [name, wanted] of requests.scalars) {
    if (wanted > 0 && wanted > (allocatable.scalars.get(name) ?? 0) - (requested.scalars.get(name) ?? 0))
      return false
  }
  return true
}

function lacks(
  { requests }: PodInfo,
  node: NodeInfo,
  release: Pick<SchedulerRelease, 'tooManyPods'>,
): Rejection {
  const { allocatable, requested, pods } = node
  const reasons = pods.size + 1 > allocatable.pods ? [release.tooManyPods] : []
  let hopeless = false
  const check = (name: string, wanted: number, total: number, used: number): void => {
    if (wanted <= 0 || wanted <= total - used) return
    reasons.push(`Insufficient ${name}`)
    if (wanted > total) hopeless = true
  }
  check('cpu', requests.milliCpu, allocatable.milliCpu, requested.milliCpu)
  check('memory', requests.memory, allocatable.memory, requested.memory)
  check(
    'ephemeral-storage',
    requests.ephemeralStorage,
    allocatable.ephemeralStorage,
    requested.ephemeralStorage,
  )
  for (const [name, wanted] of requests.scalars)
    check(name, wanted, allocatable.scalars.get(name) ?? 0, requested.scalars.get(name) ?? 0)
  return { code: hopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons }
}

/**
 * Returns the mean of what would be left of cpu and memory, 0..100. Resources that the node does not have are
 * ignored.
 */
export function leastAllocatedScore(pod: PodInfo, node: NodeInfo): number {
  const { milliCpu, memory } = node.allocatable
  let sum = 0
  let count = 0
  if (milliCpu > 0) {
    sum += left(node.nonZeroMilliCpu + pod.fitMilliCpu, milliCpu)
    count++
  }
  if (memory > 0) {
    sum += left(node.nonZeroMemory + pod.fitMemory, memory)
    count++
  }
  return count === 0 ? 0 : Math.floor(sum / count)
}

function left(used: number, total: number): number {
  return used > total ? 0 : Math.floor(((total - used) * 100) / total)
}

function growsWhatIsRequested(pod: PodInfo, { object, old }: NodeEvent): boolean {
  if (!old) return true
  const { allocatable: after } = new NodeInfo('', object)
  const { allocatable: before } = new NodeInfo('', old)
  return after.pods > before.pods || exceedsIn(pod, after, before)
}

function freesWhatIsRequested(pod: PodInfo, { object, old }: PodEvent): boolean {
  if (!old) return true
  const [before, after] = [podInfoOf(old).requests, podInfoOf(object).requests]
  return exceedsIn(
    pod,
    { ...before, scalars: new Map(before.scalars) },
    { ...after, scalars: new Map(after.scalars) },
  )
}

/** Returns whether `a` has more than `b` of any resource that the pod requests. */
function exceedsIn({ requests }: PodInfo, a: Amounts, b: Amounts): boolean {
  return (
    (requests.milliCpu > 0 && a.milliCpu > b.milliCpu) ||
    (requests.memory > 0 && a.memory > b.memory) ||
    (requests.ephemeralStorage > 0 && a.ephemeralStorage > b.ephemeralStorage) ||
    requests.scalars.some(([name]) => (a.scalars.get(name) ?? 0) > (b.scalars.get(name) ?? 0))
  )
}

type Amounts = Omit<Allocatable, 'pods'>

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
