import type { IntOrString } from '../../lang/json/json.js'

/**
 * Resolves an IntOrString: returns a number as it is, a percentage of `total` rounded as requested, and 0 for
 * undefined. Source: apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent.
 */
export function scaledValue(value: IntOrString | undefined, total: number, rounding: 'up' | 'down'): number {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)?.[1]
  if (percent === undefined) throw new Error(`assertion failed: neither a number nor a percentage: ${value}`)
  const share = (Number(percent) * total) / 100
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share)
}
