import type { Node, Taint } from '../../api/core/generated.js'
import type { HostPort } from '../../api/core/pods/host-ports.js'
import { resourceAmounts } from '../../api/core/pods/pod-resources.js'
import type { PodInfo } from './pod-info.js'
import { resourcesFrom } from './pod-info.js'

/** Amounts that are added up in place. */
interface MutableResources {
  milliCpu: number
  memory: number
  ephemeralStorage: number
  readonly scalars: Map<string, number>
}

/** The allocatable resources of a node. */
export interface Allocatable {
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  readonly pods: number
  readonly scalars: ReadonlyMap<string, number>
}

const NO_TAINTS: readonly Taint[] = []
const NO_LABELS: Readonly<Record<string, string>> = {}
const NOTHING: Allocatable = { milliCpu: 0, memory: 0, ephemeralStorage: 0, pods: 0, scalars: new Map() }

/**
 * A counter whose values identify node states within one process. It never influences a decision, so it need
 * not be part of a snapshot.
 */
let generations = 0

/**
 * A node as plugins see it: its allocatable resources, what its pods request, and its taints by effect. A
 * node that occurs only in pods, not in the API, has no {@link NodeInfo.object} and is never a candidate.
 * Sums are of integers, so they do not depend on the order of the pods. Source:
 * pkg/scheduler/framework/types.go NodeInfo.
 */
export class NodeInfo {
  readonly name: string
  /** Index in the tables of the snapshot; -1 outside of one. A clone keeps the slot of its original. */
  slot = -1
  /** Changes with everything that node-local filters and scores depend on. */
  generation = 0
  object: Node | undefined
  labels: Readonly<Record<string, string>> = NO_LABELS
  unschedulable = false
  /** Taints with effect NoSchedule or NoExecute. */
  hardTaints: readonly Taint[] = NO_TAINTS
  /** Taints with effect PreferNoSchedule. */
  softTaints: readonly Taint[] = NO_TAINTS
  allocatable: Allocatable = NOTHING
  readonly requested: MutableResources = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: new Map() }
  nonZeroMilliCpu = 0
  nonZeroMemory = 0
  /** Pods by key, in order of arrival; sort them where the order could matter. */
  readonly pods: Map<string, PodInfo>
  readonly #ports: Map<string, readonly HostPort[]> = new Map()
  #images: ReadonlyMap<string, number> | undefined

  /** `pods` are copied, but not counted. */
  constructor(name: string, object?: Node, pods?: ReadonlyMap<string, PodInfo>) {
    this.name = name
    this.pods = new Map(pods)
    if (object) this.setNode(object)
  }

  /** The API object. Asserts that there is one. */
  get node(): Node {
    if (!this.object) throw new Error(`assertion failed: node ${this.name} is not known to the API`)
    return this.object
  }

  /** Returns the host ports in use by pods on the node. */
  usedPorts(): Iterable<readonly HostPort[]> {
    return this.#ports.values()
  }

  /** Sizes in bytes of the node's images, by each of their names. */
  get images(): ReadonlyMap<string, number> {
    return (this.#images ??= imagesOf(this.object))
  }

  setNode(node: Node): void {
    this.generation = ++generations
    const { images } = (this.object?.status as Node['status'] | undefined) ?? {}
    if (images !== (node.status as Node['status'] | undefined)?.images) this.#images = undefined
    this.object = node
    this.labels = node.metadata.labels ?? NO_LABELS
    // nodes written by hand may lack spec or status
    const { unschedulable, taints = NO_TAINTS } = (node.spec as Node['spec'] | undefined) ?? {}
    this.unschedulable = unschedulable ?? false
    this.hardTaints =
      taints.length === 0 ? NO_TAINTS : taints.filter(({ effect }) => effect !== 'PreferNoSchedule')
    this.softTaints =
      taints.length === 0 ? NO_TAINTS : taints.filter(({ effect }) => effect === 'PreferNoSchedule')
    const amounts = resourceAmounts((node.status as Node['status'] | undefined)?.allocatable)
    const { milliCpu, memory, ephemeralStorage, scalars } = resourcesFrom(amounts)
    const pods = amounts['pods'] ?? 0
    this.allocatable = { milliCpu, memory, ephemeralStorage, pods, scalars: new Map(scalars) }
  }

  /** Marks the node as removed from the API; its pods may remain. */
  clearNode(): void {
    this.generation = ++generations
    this.object = undefined
    this.#images = undefined
  }

  /** Adds a pod, replacing the one with its key. */
  addPod(pod: PodInfo): void {
    const old = this.pods.get(pod.key)
    if (old === pod) return
    this.pods.set(pod.key, pod)
    if (old && usesSameResources(old, pod)) return
    this.generation = ++generations
    if (old) this.#count(old, -1)
    this.#count(pod, 1)
    if (pod.hostPorts.length > 0) this.#ports.set(pod.key, pod.hostPorts)
    else if (old) this.#ports.delete(pod.key)
  }

  removePod(key: string): void {
    const old = this.pods.get(key)
    if (!old) return
    this.generation = ++generations
    this.pods.delete(key)
    this.#ports.delete(key)
    this.#count(old, -1)
  }

  /** Returns a copy for a trial. Copied member by member for speed, because preemption makes thousands. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name, undefined, this.pods)
    const { requested } = copy
    copy.slot = this.slot
    copy.object = this.object
    copy.labels = this.labels
    copy.unschedulable = this.unschedulable
    copy.hardTaints = this.hardTaints
    copy.softTaints = this.softTaints
    copy.allocatable = this.allocatable
    copy.nonZeroMilliCpu = this.nonZeroMilliCpu
    copy.nonZeroMemory = this.nonZeroMemory
    requested.milliCpu = this.requested.milliCpu
    requested.memory = this.requested.memory
    requested.ephemeralStorage = this.requested.ephemeralStorage
    for (const [name, amount] of this.requested.scalars) requested.scalars.set(name, amount)
    for (const [key, ports] of this.#ports) copy.#ports.set(key, ports)
    copy.#images = this.#images
    return copy
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    const { requested } = this
    const { requests } = pod
    requested.milliCpu += sign * requests.milliCpu
    requested.memory += sign * requests.memory
    requested.ephemeralStorage += sign * requests.ephemeralStorage
    for (const [name, amount] of requests.scalars) {
      requested.scalars.set(name, (requested.scalars.get(name) ?? 0) + sign * amount)
    }
    this.nonZeroMilliCpu += sign * pod.nonZeroMilliCpu
    this.nonZeroMemory += sign * pod.nonZeroMemory
  }
}

/**
 * Returns whether two states of a pod use the same resources of the node, as they do except after a resize,
 * and can be preempted by the same pods.
 */
function usesSameResources(a: PodInfo, b: PodInfo): boolean {
  return (
    a.requests.milliCpu === b.requests.milliCpu &&
    a.requests.memory === b.requests.memory &&
    a.requests.ephemeralStorage === b.requests.ephemeralStorage &&
    a.nonZeroMilliCpu === b.nonZeroMilliCpu &&
    a.nonZeroMemory === b.nonZeroMemory &&
    a.pod.status.startTime === b.pod.status.startTime &&
    a.hostPorts.length + b.hostPorts.length + a.requests.scalars.length + b.requests.scalars.length === 0
  )
}

const NO_IMAGES: ReadonlyMap<string, number> = new Map()

function imagesOf(node: Node | undefined): ReadonlyMap<string, number> {
  const images = (node?.status as Node['status'] | undefined)?.images
  if (!images || images.length === 0) return NO_IMAGES
  return new Map(
    images.flatMap(({ names, sizeBytes = 0 }) => (names ?? []).map((name) => [name, sizeBytes] as const)),
  )
}
