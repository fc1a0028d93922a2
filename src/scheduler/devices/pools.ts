import type { Node, NodeSelector } from '../../api/core/generated.js'
import { matchesNodeSelector } from '../../api/core/node-affinity.js'
import type { ResourceSlice } from '../../api/resource/generated.js'
import type { DeviceView } from './device-view.js'
import type { DeviceFeatures } from './features.js'

/** The devices of a pool that a node can reach. */
export interface Pool {
  /** `driver/pool`. */
  readonly id: string
  /** Slices of the newest generation with devices for the node. */
  readonly slices: readonly ResourceSlice[]
  /** All slices of that generation. */
  readonly all: readonly ResourceSlice[]
  /** Whether its driver has not published all slices of that generation. */
  readonly isIncomplete: boolean
  /** Why no device may be taken from it. */
  readonly fault?: string
}

/** Where devices can be used. */
interface DeviceReach {
  readonly nodeName?: string
  readonly allNodes?: boolean
  readonly nodeSelector?: NodeSelector
}

/** Whether devices with that place can be used on the node. Source: structured NodeMatches. */
export function canReach(node: Node, { nodeName = '', allNodes, nodeSelector }: DeviceReach): boolean {
  if (nodeName !== '') return node.metadata.name === nodeName
  if (allNodes === true) return true
  return nodeSelector !== undefined && matchesNodeSelector(nodeSelector, node)
}

function isFor(node: Node, { spec }: ResourceSlice, features: DeviceFeatures): boolean {
  if (spec.perDeviceNodeSelection === undefined) return canReach(node, spec)
  if (!features.partitionable || !spec.perDeviceNodeSelection) return false
  return spec.devices?.some((device) => canReach(node, device)) ?? false
}

/**
 * Returns the pools with devices for a node, by driver and name. Slices of an older generation are ignored.
 * Source: structured GatherPools.
 */
export function poolsFor(node: Node, view: DeviceView, features: DeviceFeatures): readonly Pool[] {
  const found = new Map<string, ResourceSlice[]>()
  for (const slice of view.slicesFor(node.metadata.name as string)) {
    if (!isFor(node, slice, features)) continue
    const { driver, pool } = slice.spec
    const id = `${driver}/${pool.name}`
    const slices = found.get(id)
    if (slices === undefined) found.set(id, [slice])
    else slices.push(slice)
  }
  return [...found.keys()]
    .sort()
    .map((id) => poolOf(id, found.get(id) as ResourceSlice[], view))
    .filter((pool) => pool !== undefined)
}

/** Returns undefined for a pool whose newest generation has nothing for the node. */
function poolOf(id: string, mine: readonly ResourceSlice[], view: DeviceView): Pool | undefined {
  const { driver, pool } = (mine[0] as ResourceSlice).spec
  const known = view.slicesOfPool(driver, pool.name)
  const newest = Math.max(...known.map(({ spec }) => spec.pool.generation))
  const isNewest = ({ spec }: ResourceSlice): boolean => spec.pool.generation === newest
  const [slices, all] = [mine.filter(isNewest), known.filter(isNewest)]
  const [first] = slices
  if (first === undefined) return undefined
  const isIncomplete = all.length !== first.spec.pool.resourceSliceCount
  const repeated = repeatedDevice(slices)
  return {
    id,
    slices,
    all,
    isIncomplete,
    ...(repeated === undefined ? {} : { fault: `duplicate device name ${repeated}` }),
  }
}

function repeatedDevice(slices: readonly ResourceSlice[]): string | undefined {
  const seen = new Set<string>()
  for (const { spec } of slices)
    for (const { name } of spec.devices ?? []) {
      if (seen.has(name)) return name
      seen.add(name)
    }
  return undefined
}
