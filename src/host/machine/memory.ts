import { capacityOf } from './capacity.js'
import type { HostMachine } from './host-machine.js'
import { swapsOf } from './kernel.js'
import { bootedAt, processesOn } from './processes.js'
import type { MachineProcess } from './processes.js'

const KIB = 1024

/** The memory of a machine, in bytes. */
export interface Memory {
  readonly total: number
  readonly used: number
  /** Pages of files. */
  readonly cache: number
  readonly free: number
}

/** What of a machine's memory is taken, and by what. */
export function memoryOf(machine: HostMachine, processes: readonly MachineProcess[]): Memory {
  const { memory: total } = capacityOf(machine)
  const taken = processes.reduce(
    (sum, { memory }) => sum + memory,
    machine.node?.machine.systemUsage.memory ?? 0,
  )
  const used = Math.min(total, taken)
  const cache = Math.min(total - used, Math.floor(total / 16))
  return { total, used, cache, free: total - used - cache }
}

/** Bytes that a machine may swap to; nothing is. */
export const swapOf = (machine: HostMachine): number =>
  swapsOf(machine).reduce((sum, { size }) => sum + size * KIB, 0)

/** How busy a machine is: `0.12`. */
export const loadOf = (processes: readonly MachineProcess[]): string =>
  processes.reduce((sum, { cpu }) => sum + cpu, 0).toFixed(2)

/** The text of a file in /proc that shows how the machine does. Source: proc(5). */
export function procText(machine: HostMachine, name: 'meminfo' | 'loadavg' | 'uptime'): string {
  const processes = processesOn(machine)
  const load = loadOf(processes)
  if (name === 'loadavg')
    return `${load} ${load} ${load} 1/${processes.length} ${processes.at(-1)?.pid ?? 1}\n`
  if (name === 'uptime') {
    const seconds = Math.max(0, machine.cluster.now() - bootedAt(machine)) / 1000
    const idle = seconds * Math.max(0, capacityOf(machine).cores - Number(load))
    return `${seconds.toFixed(2)} ${idle.toFixed(2)}\n`
  }
  const { total, free, cache } = memoryOf(machine, processes)
  const swap = swapOf(machine)
  const rows: readonly (readonly [string, number])[] = [
    ['MemTotal', total],
    ['MemFree', free],
    ['MemAvailable', free + cache],
    ['Buffers', 0],
    ['Cached', cache],
    ['SwapCached', 0],
    ['SwapTotal', swap],
    ['SwapFree', swap],
  ]
  return rows
    .map(([key, bytes]) => `${`${key}:`.padEnd(16)}${String(Math.floor(bytes / KIB)).padStart(8)} kB\n`)
    .join('')
}
