import { quote } from '../../lang/go/quote.js'
import type { Container, Pod } from '../../api/core/generated.js'
import { formatQuantity, parseQuantity, quantityValue } from '../../api/quantity.js'
import { podRequests } from '../../api/core/pods/pod-resources.js'
import type { ContainerUsage } from '../runtime/container-usage.js'

/** A resource that a kubelet watches for pressure. */
export type EvictionSignal = 'memory.available' | 'nodefs.available' | 'imagefs.available' | 'pid.available'

/** Node conditions that pressure brings about. */
export type PressureType = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

/** When a node counts as under pressure. */
export interface Threshold {
  readonly signal: EvictionSignal
  /** A quantity (`100Mi`), or a share of the capacity (`10%`). */
  readonly value: string
  /** Virtual ms for which it must be met before pods are evicted: 0 for a hard threshold. */
  readonly grace: number
  readonly hard: boolean
  /** Amount to reclaim beyond the threshold: a quantity or a share. */
  readonly minReclaim?: string
}

/** Capacity and available amount of a resource, in bytes or units. */
export interface Observation {
  readonly capacity: number
  readonly available: number
}

/** Observations by signal. */
export type Observations = Readonly<Record<EvictionSignal, Observation>>

/** Default hard thresholds. Source: pkg/kubelet/apis/config/v1beta1/defaults_linux.go. */
export const DEFAULT_EVICTION_HARD: Readonly<Record<string, string>> = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'imagefs.available': '15%',
}

/** The resource of a signal. */
export const SIGNAL_RESOURCES: Readonly<Record<EvictionSignal, string>> = {
  'memory.available': 'memory',
  'nodefs.available': 'ephemeral-storage',
  'imagefs.available': 'ephemeral-storage',
  'pid.available': 'pids',
}

/** The condition of a signal. */
export const SIGNAL_CONDITIONS: Readonly<Record<EvictionSignal, PressureType>> = {
  'memory.available': 'MemoryPressure',
  'nodefs.available': 'DiskPressure',
  'imagefs.available': 'DiskPressure',
  'pid.available': 'PIDPressure',
}

/** Converts a threshold or a reclaim amount to a number. */
export function amountOf(value: string, capacity: number): number {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1]
  return share === undefined ? quantityValue(value) : Math.trunc(capacity * (Number(share) / 100))
}

/**
 * Returns what a threshold must be, if it is none. Source: pkg/kubelet/eviction/helpers.go
 * parseThresholdStatement.
 */
export function thresholdRule(value: string): string | undefined {
  const share = /^(.*)%$/.exec(value)?.[1]
  if (share !== undefined) return isShare(share) ? undefined : 'must be a share between 0% and 100%'
  return amountOrNaN(value) > 0
    ? undefined
    : "must be a quantity above 0 such as '100Mi', or a share such as '10%'"
}

/** Returns what an amount to reclaim must be, if it is none. Source: parseMinimumReclaims. */
export function reclaimRule(value: string): string | undefined {
  const share = /^(.*)%$/.exec(value)?.[1]
  const isAmount = share === undefined ? amountOrNaN(value) >= 0 : isShare(share)
  return isAmount ? undefined : "must be a quantity such as '500Mi', or a share such as '5%'"
}

const isShare = (text: string): boolean =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) >= 0 && Number(text) <= 100

function amountOrNaN(value: string): number {
  try {
    return quantityValue(value)
  } catch {
    return Number.NaN
  }
}

/** Whether less is available than the threshold allows; `withReclaim` adds the amount to reclaim. */
export function isMet(
  { signal, value, minReclaim }: Threshold,
  observations: Observations,
  withReclaim: boolean,
): boolean {
  const { capacity, available } = observations[signal]
  const reclaim = withReclaim && minReclaim !== undefined ? amountOf(minReclaim, capacity) : 0
  return available < amountOf(value, capacity) + reclaim
}

/** One pod with the usage of its containers. */
export interface PodUsage {
  readonly pod: Pod
  readonly containers: ReadonlyMap<string, ContainerUsage>
  /** Bytes of its emptyDir volumes. */
  readonly volumes: number
}

/**
 * Orders pods by eviction for a signal. Source: pkg/kubelet/eviction/helpers.go rankMemoryPressure,
 * rankDiskPressureFunc, rankPIDPressure.
 */
export function rank<P extends PodUsage>(pods: readonly P[], signal: EvictionSignal): readonly P[] {
  const priority = ({ pod }: P): number => pod.spec.priority ?? 0
  if (signal === 'pid.available')
    return pods.toSorted((a, b) => priority(a) - priority(b) || b.containers.size - a.containers.size)
  const excess = new Map(pods.map((usage) => [usage, excessOf(usage, SIGNAL_RESOURCES[signal])]))
  const of = (usage: P): number => excess.get(usage) ?? 0
  return pods.toSorted(
    (a, b) => Number(of(b) > 0) - Number(of(a) > 0) || priority(a) - priority(b) || of(b) - of(a),
  )
}

/** Usage of a pod beyond its requests. */
function excessOf({ pod, containers, volumes }: PodUsage, resource: string): number {
  let used = resource === 'memory' ? 0 : volumes
  for (const { memory, storage } of containers.values()) used += resource === 'memory' ? memory : storage
  return used - (podRequests(pod)[resource] ?? 0)
}

/** Formats bytes like Kubernetes: `50Mi`. */
export function binaryQuantity(bytes: number): string {
  const negative = bytes < 0 ? '-' : ''
  let value = Math.abs(Math.trunc(bytes))
  for (const unit of ['', 'Ki', 'Mi', 'Gi', 'Ti']) {
    if (value === 0 || value % 1024 !== 0 || unit === 'Ti')
      return `${negative}${value}${value === 0 ? '' : unit}`
    value /= 1024
  }
  return String(bytes)
}

/** Message of an eviction. Source: pkg/kubelet/eviction/helpers.go evictionMessage. */
export function evictionMessage(
  signal: EvictionSignal,
  { pod, containers }: PodUsage,
  met: readonly Threshold[],
  observations: Observations,
): string {
  const resource = SIGNAL_RESOURCES[signal]
  let message = `The node was low on resource: ${resource}. `
  const threshold = met.find((one) => SIGNAL_RESOURCES[one.signal] === resource)
  if (threshold) {
    const { capacity, available } = observations[threshold.signal]
    const quantity = threshold.value.endsWith('%')
      ? binaryQuantity(amountOf(threshold.value, capacity))
      : formatQuantity(parseQuantity(threshold.value))
    message += `Threshold quantity: ${quantity}, available: ${binaryQuantity(available)}. `
  }
  if (resource === 'pids') return message
  for (const container of pod.spec.containers) {
    const usage = containers.get(container.name)
    if (!usage) continue
    const used = resource === 'memory' ? usage.memory : usage.storage
    const request = requestOf(container, resource)
    if (used <= quantityValue(request)) continue
    message +=
      `Container ${container.name} was using ${binaryQuantity(used)}, request is ${request}, has larger ` +
      `consumption of ${resource}. `
  }
  return message
}

function requestOf({ resources }: Container, resource: string): string {
  return resources?.requests?.[resource] ?? '0'
}

/**
 * Returns why a pod is evicted for its own disk usage, independent of the node: an emptyDir over its limit,
 * then the whole pod, then a container. Source: eviction_manager.go localStorageEviction.
 */
export function localStorageFault(
  usage: PodUsage,
  emptyDirs: (volume: string) => number,
): string | undefined {
  const { spec } = usage.pod
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit
    if (limit === undefined || quantityValue(limit) <= 0 || emptyDirs(name) <= quantityValue(limit)) continue
    return `Usage of EmptyDir volume ${quote(name)} exceeds the limit ${quote(limit)}. `
  }
  const limits = spec.containers.flatMap(({ resources }) => resources?.limits?.['ephemeral-storage'] ?? [])
  if (limits.length === 0) return undefined
  const total = limits.reduce((sum, limit) => sum + quantityValue(limit), 0)
  const used = [...usage.containers.values()].reduce((sum, { storage }) => sum + storage, usage.volumes)
  if (used > total)
    return (
      'Pod ephemeral local storage usage exceeds the total limit of containers ' +
      `${binaryQuantity(total)}. `
    )
  for (const { name, resources } of spec.containers) {
    const limit = resources?.limits?.['ephemeral-storage']
    if (
      limit === undefined ||
      quantityValue(limit) === 0 ||
      (usage.containers.get(name)?.storage ?? 0) <= quantityValue(limit)
    )
      continue
    return `Container ${name} exceeded its local ephemeral storage limit ${quote(limit)}. `
  }
  return undefined
}
