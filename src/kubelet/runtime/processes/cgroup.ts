import type { ResourceRequirements } from '../../../api/core/generated.js'
import { quantityMilliValue, quantityValue } from '../../../api/quantity.js'
import type { Mount, FileTree } from '../../../shell/files/tree.js'
import { fileOf } from '../../../shell/files/tree.js'

/** The kernel's period of CPU limits, in microseconds. */
const PERIOD = 100_000
const MIN_QUOTA = 1_000
const MIN_SHARES = 2
const MAX_SHARES = 262_144

/** Returns cpu.max: quota and period. Source: kubelet cm MilliCPUToQuota. */
function cpuMax(limit: string | undefined): string {
  if (limit === undefined) return `max ${PERIOD}`
  return `${Math.max(Math.trunc((quantityMilliValue(limit) * PERIOD) / 1000), MIN_QUOTA)} ${PERIOD}`
}

/** Returns cpu.weight. Source: kubelet cm MilliCPUToShares, getCPUWeight. */
function cpuWeight(request: string | undefined): number {
  const wanted = request === undefined ? MIN_SHARES : Math.trunc((quantityMilliValue(request) * 1024) / 1000)
  const shares = Math.min(Math.max(wanted, MIN_SHARES), MAX_SHARES)
  return 1 + Math.trunc(((shares - 2) * 9999) / 262_142)
}

/** Mounts the limits of a container (cgroup v2) at /sys/fs/cgroup, as they are when a file is read. */
export function cgroupMount(resources: () => ResourceRequirements | undefined): Mount {
  const limit = (name: string): string | undefined => resources()?.limits?.[name]
  const request = (name: string): string | undefined => resources()?.requests?.[name] ?? limit(name)
  const files: Readonly<Record<string, () => string>> = {
    'cpu.max': () => cpuMax(limit('cpu')),
    'cpu.weight': () => String(cpuWeight(request('cpu'))),
    'memory.max': () => {
      const bytes = limit('memory')
      return bytes === undefined ? 'max' : String(quantityValue(bytes))
    },
    'pids.max': () => 'max',
    'cgroup.controllers': () => 'cpuset cpu io memory hugetlb pids rdma misc',
  }
  const tree: FileTree = new Map(
    Object.entries(files).map(([name, text]) => [name, fileOf(() => `${text()}\n`, 0o644)]),
  )
  return {
    path: '/sys/fs/cgroup',
    layers: [tree],
    readOnly: true,
    prefix: '',
    directory: { mode: 0o755, owner: 0, group: 0 },
    device: 'cgroup',
    type: 'cgroup2',
  }
}
