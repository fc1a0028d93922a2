import type { Pod } from '../../api/core/generated.js'
import { podLimits, podRequests } from '../../api/core/pod-resources.js'
import type { ResourceAmounts } from '../../api/core/pod-resources.js'
import type { QuantityFormat } from '../../api/quantity.js'
import { formatQuantity, parseQuantity } from '../../api/quantity.js'

/**
 * Amounts of resources and the notation that each is written in (that of the first quantity which was added).
 */
export interface Totals {
  readonly amounts: ResourceAmounts
  readonly formats: Readonly<Record<string, QuantityFormat>>
}

/** What one pod requests, or its limits. */
export function podTotals(pod: Pod, which: 'requests' | 'limits'): Totals {
  const formats: Record<string, QuantityFormat> = {}
  for (const { resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const [name, quantity] of Object.entries(resources[which] ?? {}))
      formats[name] ??= parseQuantity(quantity).format
  }
  return { amounts: which === 'requests' ? podRequests(pod) : podLimits(pod), formats }
}

/** The sum of several. */
export function sumTotals(all: readonly Totals[]): Totals {
  const amounts: Record<string, number> = {}
  const formats: Record<string, QuantityFormat> = {}
  for (const one of all) {
    for (const [name, amount] of Object.entries(one.amounts)) {
      amounts[name] = (amounts[name] ?? 0) + amount
      if (amount !== 0) formats[name] ??= one.formats[name] ?? 'DecimalSI'
    }
  }
  return { amounts, formats }
}

/** The canonical quantity of one resource; `0` if there is none. */
export function totalText({ amounts, formats }: Totals, name: string): string {
  const unit = name === 'cpu' ? 1_000_000n : 1_000_000_000n
  return formatQuantity({ nanos: BigInt(amounts[name] ?? 0) * unit, format: formats[name] ?? 'DecimalSI' })
}

/** `120m (3%)` of what is there, fractions cut off. */
export function shareText(totals: Totals, name: string, allocatable: ResourceAmounts): string {
  const whole = allocatable[name] ?? 0
  const percent = whole === 0 ? 0 : Math.trunc(((totals.amounts[name] ?? 0) / whole) * 100)
  return `${totalText(totals, name)} (${percent}%)`
}
