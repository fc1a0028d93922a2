import type { Machine } from '../../kubelet/index.js'
import { emptyDirUsage } from '../../kubelet/index.js'

/** Cores, core-seconds since the start, and bytes. */
export type KubeletUsage = { cpu: number; seconds: number; memory: number; storage: number }

type Sandbox = ReturnType<Machine['pods']> extends Iterable<infer One> ? One : never

/** A container with its usage. */
interface MeasuredContainer {
  readonly name: string
  readonly started: number
  readonly usage: KubeletUsage
  /** Bytes of its log, which are part of its storage. */
  readonly logs: number
}

/** A pod with what it uses as a whole. */
export interface MeasuredPod {
  readonly sandbox: Sandbox
  readonly containers: readonly MeasuredContainer[]
  readonly volumes: readonly { readonly name: string; readonly usedBytes: number }[]
  readonly sum: KubeletUsage
}

/**
 * Measures a pod at virtual milliseconds `now`. Cumulative CPU is what its containers would have used with
 * their present usage since their start.
 */
export function measuredPod(machine: Machine, sandbox: Sandbox, now: number): MeasuredPod {
  const containers = [...machine.usage(sandbox.uid)].flatMap(([name, { cpu, memory, storage }]) => {
    const found = sandbox.containers.findLast((one) => one.name === name)
    if (found?.startedAt === undefined) return []
    const { startedAt: started, log } = found
    const seconds = (cpu * (now - started)) / 1000
    return [{ name, started, usage: { cpu, seconds, memory, storage }, logs: log?.size ?? 0 }]
  })
  const volumes = (sandbox.pod?.spec.volumes ?? []).flatMap(({ name, emptyDir }) =>
    emptyDir === undefined ? [] : [{ name, usedBytes: emptyDirUsage(sandbox, name) }],
  )
  const sum = { cpu: 0, seconds: 0, memory: 0, storage: 0 }
  for (const { usage } of containers) addUsage(sum, usage)
  for (const { usedBytes } of volumes) sum.storage += usedBytes
  return { sandbox, containers, volumes, sum }
}

/** Adds `other` to `sum`. */
export function addUsage(sum: KubeletUsage, other: KubeletUsage): void {
  for (const key of ['cpu', 'seconds', 'memory', 'storage'] as const) sum[key] += other[key]
}
