import type {
  Node,
  NodeAddress,
  NodeCondition,
  NodeStatus,
  NodeSystemInfo,
} from '../../api/core/generated.js'
import {
  formatQuantity,
  parseQuantity,
  quantityValue,
  subtractQuantities,
  type ResourceList,
} from '../../api/quantity.js'
import type { KubeletConfiguration, KubeletOptions } from '../options.js'
import { DEFAULT_EVICTION_HARD, amountOf } from './eviction.js'
import { DEFAULT_CAPACITY } from '../options.js'
import { kubeletRelease } from '../release.js'
import type { ReadonlyData } from '../../sim/data/plain-data.js'
import type { RuntimeImage } from '../runtime/state.js'
import { imageDigest } from '../runtime/image-digest.js'
import { stableHex, stableUuid } from '../stable-hex.js'
import { byText } from '../../lang/text/order.js'

/** The system of a machine, unless its options say otherwise. */
export const MACHINE = { osImage: 'Debian GNU/Linux 12 (bookworm)', kernelVersion: '6.1.0-41-amd64' } as const

/** Most images in a node's status, the largest first. Source: nodeStatusMaxImages. */
const MAX_IMAGES = 50

/** Annotation that every kubelet sets. */
export const MANAGED_ATTACH_DETACH = 'volumes.kubernetes.io/controller-managed-attach-detach'

/** Capacity with defaults. */
export function capacityOf(options: KubeletOptions): ResourceList {
  return { ...DEFAULT_CAPACITY, ...options.capacity }
}

/**
 * Capacity available to pods: less the hard eviction thresholds (by default 100Mi of memory, 10% of ephemeral
 * storage); nothing is reserved. Source: pkg/kubelet/cm/node_container_manager_linux.go
 * GetNodeAllocatableReservation.
 */
export function allocatableOf(
  capacity: ResourceList,
  { evictionHard = DEFAULT_EVICTION_HARD }: KubeletConfiguration = {},
): ResourceList {
  const allocatable: Record<string, string> = { ...capacity }
  const { memory } = capacity
  const keptMemory = evictionHard['memory.available']
  if (memory && keptMemory !== undefined) {
    const kept = keptMemory.endsWith('%') ? String(amountOf(keptMemory, quantityValue(memory))) : keptMemory
    const left = subtractQuantities(parseQuantity(memory), parseQuantity(kept))
    allocatable.memory = left.nanos < 0n ? '0' : formatQuantity(left)
  }
  const storage = capacity['ephemeral-storage']
  if (storage) {
    const bytes = quantityValue(storage)
    allocatable['ephemeral-storage'] = String(
      Math.max(bytes - amountOf(evictionHard['nodefs.available'] ?? '0', bytes), 0),
    )
  }
  return allocatable
}

/** Labels that a node registers with. */
export function nodeLabels(options: KubeletOptions): Readonly<Record<string, string>> {
  const { node, architecture = 'amd64', operatingSystem = 'linux', zone, region, labels } = options
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': operatingSystem,
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': node,
    'kubernetes.io/os': operatingSystem,
    ...(region === undefined ? {} : { 'topology.kubernetes.io/region': region }),
    ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
    ...labels,
  }
}

/** The node's state at one moment. */
export interface NodeFacts {
  readonly version: string
  readonly bootID: string
  readonly images: Iterable<ReadonlyData<RuntimeImage>>
  /** Attachable volumes that pods use, sorted. */
  readonly volumesInUse?: readonly string[]
  readonly conditions: readonly NodeCondition[]
}

/** The Node that a kubelet creates. Source: pkg/kubelet/kubelet_node_status.go initialNode. */
export function initialNode(options: KubeletOptions, facts: NodeFacts): Node {
  const { node, registerWithTaints } = options
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node, labels: nodeLabels(options), annotations: { [MANAGED_ATTACH_DETACH]: 'true' } },
    spec: registerWithTaints?.length ? { taints: registerWithTaints } : {},
    status: nodeStatus(options, facts),
  }
}

/** The part of a node's status that its kubelet owns. Source: pkg/kubelet/nodestatus/setters.go. */
export function nodeStatus(options: KubeletOptions, facts: NodeFacts): NodeStatus {
  const capacity = capacityOf(options)
  const images = imagesOf(facts.images)
  return {
    addresses: addressesOf(options),
    allocatable: allocatableOf(capacity, options),
    capacity,
    conditions: facts.conditions,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    ...(images.length > 0 ? { images } : {}),
    nodeInfo: systemInfo(options, facts),
    ...(facts.volumesInUse === undefined || facts.volumesInUse.length === 0
      ? {}
      : { volumesInUse: facts.volumesInUse }),
  }
}

/**
 * Returns capacity and allocatable with the resources that others have written to the node's status, such as
 * extended ones. Source: pkg/kubelet/nodestatus/setters.go MachineInfo.
 */
export function withForeignResources(
  { capacity: own = {}, allocatable = {} }: NodeStatus,
  current: NodeStatus,
): Pick<NodeStatus, 'capacity' | 'allocatable'> {
  const foreign = Object.entries(current.capacity ?? {}).filter(([name]) => !Object.hasOwn(own, name))
  if (foreign.length === 0) return {}
  const more = Object.fromEntries(foreign)
  return { capacity: { ...own, ...more }, allocatable: { ...allocatable, ...more } }
}

/** Whether allocatable lacks what {@link withForeignResources} would give it, or has what capacity lost. */
export function foreignResourcesDiffer(
  options: KubeletOptions,
  { capacity = {}, allocatable = {} }: NodeStatus,
): boolean {
  const own = capacityOf(options)
  return [...Object.keys(capacity), ...Object.keys(allocatable)].some(
    (name) => !Object.hasOwn(own, name) && capacity[name] !== allocatable[name],
  )
}

function addressesOf({ node, internalIP, secondIP, externalIP }: KubeletOptions): NodeAddress[] {
  const addresses = [{ type: 'InternalIP', address: internalIP }]
  if (secondIP !== undefined) addresses.push({ type: 'InternalIP', address: secondIP })
  if (externalIP !== undefined) addresses.push({ type: 'ExternalIP', address: externalIP })
  return [...addresses, { type: 'Hostname', address: node }]
}

function systemInfo(options: KubeletOptions, { version, bootID }: NodeFacts): NodeSystemInfo {
  const { node, architecture = 'amd64', operatingSystem = 'linux' } = options
  return {
    architecture,
    bootID,
    containerRuntimeVersion: options.containerRuntimeVersion ?? 'containerd://2.1.5',
    kernelVersion: options.kernelVersion ?? MACHINE.kernelVersion,
    kubeProxyVersion: kubeletRelease(version).kubeProxyVersion ? version : '',
    kubeletVersion: version,
    machineID: stableHex(`${node} machine`, 32),
    operatingSystem,
    osImage: options.osImage ?? MACHINE.osImage,
    systemUUID: stableUuid(`${node} system`),
  }
}

function imagesOf(images: Iterable<ReadonlyData<RuntimeImage>>): NonNullable<NodeStatus['images']> {
  const present = [...images].filter(({ state }) => state === 'present')
  present.sort((a, b) => b.size - a.size || byText(a.name, b.name))
  return present
    .slice(0, MAX_IMAGES)
    .map(({ name, size }) => ({ names: [imageDigest(name), name], sizeBytes: size }))
}
