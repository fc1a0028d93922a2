import { quantityValue } from '../../api/quantity.js'

const MEMORY = 32 * 1024 ** 3
const CORES = 4

/** What is known of a machine's size. */
interface Sized {
  readonly name: string
  readonly bare: { readonly capacity?: Capacity } | undefined
  readonly hosts: {
    nodeObject(name: string): { readonly status: { readonly capacity?: Capacity } } | undefined
  }
}

type Capacity = Readonly<Record<string, string>>

/** What a machine has: whole CPUs, and bytes of memory. */
export function capacityOf({ bare, hosts, name }: Sized): {
  readonly cores: number
  readonly memory: number
} {
  const { cpu, memory } = bare?.capacity ?? hosts.nodeObject(name)?.status.capacity ?? {}
  const cores = cpu === undefined ? CORES : Math.floor(quantityValue(cpu))
  return { cores, memory: memory === undefined ? MEMORY : quantityValue(memory) }
}
