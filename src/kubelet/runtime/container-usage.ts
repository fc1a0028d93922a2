import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import { quantityValue } from '../../api/quantity.js'
import { roughSizeOf } from '../../lang/bytes/content.js'
import type { FileTree } from '../../shell/files/tree.js'
import type { ContainerBehavior } from './behavior.js'
import { usageOf } from '../../shell/interpreter/process.js'
import type { ProcessUsage } from '../../shell/programs/command.js'
import type { DeclaredUsage, RuntimeContainer, RuntimePod } from './state.js'
import { processesOf } from './state.js'

/** Usage of a container at one moment. */
export interface ContainerUsage {
  /** Cores: 0.25 is a quarter of one. */
  readonly cpu: number
  /** Bytes of the working set. */
  readonly memory: number
  /** Bytes of its writable layer and its log. */
  readonly storage: number
}

const LITTLE_CPU = 0.001
const LITTLE_MEMORY = 8 * 1024 * 1024

/**
 * Usage of a container: what was set for it, or else what its processes or its behaviour declare, or else a
 * small default. Zero if it does not run. Cost: the files of the container's own layer.
 */
export function containerUsage(container: RuntimeContainer, behavior: ContainerBehavior): ContainerUsage {
  if (container.state !== 'running') return { cpu: 0, memory: 0, storage: ownStorage(container) }
  const {
    cpu,
    memory,
    storage = 0,
  }: DeclaredUsage = { ...pick(behavior), ...usedByProcesses(container), ...container.usage }
  const limit = memoryLimit(container.resources)
  return {
    cpu: cpu ?? LITTLE_CPU,
    memory: memory ?? (limit === undefined ? LITTLE_MEMORY : Math.min(LITTLE_MEMORY, Math.floor(limit / 2))),
    storage: storage + ownStorage(container),
  }
}

/** Whether the memory limit is exceeded, so that the kernel kills the container. */
export function exceedsMemory(container: RuntimeContainer, behavior: ContainerBehavior): boolean {
  const memory = container.usage?.memory ?? usedByProcesses(container)?.memory ?? behavior.memory
  const limit = memoryLimit(container.resources)
  return memory !== undefined && limit !== undefined && memory > limit
}

/** What the processes of a container say that they use; undefined if none does. */
function usedByProcesses(container: RuntimeContainer): ProcessUsage | undefined {
  let sum: ProcessUsage | undefined
  for (const process of processesOf(container)) {
    const one = usageOf(process)
    if (one === undefined) continue
    sum = { cpu: one.cpu + (sum?.cpu ?? 0), memory: one.memory + (sum?.memory ?? 0) }
  }
  return sum
}

/** Whether a behaviour declares any usage. */
export function declaresUsage({ cpu, memory, storage }: DeclaredUsage): boolean {
  return (cpu ?? memory ?? storage) !== undefined
}

/** Whether the disk that a pod may use is limited, so that its kubelet must watch what it writes. */
export const limitsStorage = (pod: Pod | undefined): boolean =>
  pod?.spec.volumes?.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) === true ||
  pod?.spec.containers.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined) ===
    true

/** Bytes in a pod's emptyDir volume. */
export function emptyDirUsage(pod: RuntimePod, volume: string): number {
  return treeSize(pod.emptyDirs?.get(volume))
}

function pick({ cpu, memory, storage }: ContainerBehavior): DeclaredUsage {
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(storage === undefined ? {} : { storage }),
  }
}

function memoryLimit(resources: ResourceRequirements | undefined): number | undefined {
  const limit = resources?.limits?.['memory']
  return limit === undefined ? undefined : quantityValue(limit)
}

function ownStorage({ files, log }: RuntimeContainer): number {
  return treeSize(files) + (log?.size ?? 0)
}

/** Size of a tree, counting one byte for each character of a text. */
function treeSize(tree: FileTree | undefined): number {
  let size = 0
  for (const { content } of tree?.values() ?? [])
    if (content !== undefined && typeof content !== 'function') size += roughSizeOf(content)
  return size
}
