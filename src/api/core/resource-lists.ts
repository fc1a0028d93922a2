import { isHugeQuantity } from '../schema/huge-quantities.js'
import { formatQuantity, parseQuantity } from '../quantity.js'

const milli = 1_000_000n

/** Whether a canonical quantity may be finer than thousandths. */
const isFine = (text: string): boolean => /[nu]$|e-/.test(text)

/**
 * Rounds quantities up to thousandths, in place. Source: pkg/apis/core/v1/defaults.go
 * SetDefaults_ResourceList.
 */
export function roundAmounts(list: Record<string, string> | null | undefined): void {
  if (list === undefined || list === null || Object.isFrozen(list)) return
  for (const name in list) {
    const text = list[name] as string
    if (!isFine(text)) continue
    const { nanos, format } = parseQuantity(text)
    const thousandths = nanos < 0n ? (nanos - milli + 1n) / milli : (nanos + milli - 1n) / milli
    list[name] = formatQuantity({ nanos: thousandths * milli, format })
  }
}

/**
 * Whether an amount is not whole. Upstream looks at its thousandths; of more than 64 bits only the last ones
 * count. Source: the callers of Quantity.MilliValue, `% 1000`.
 */
export function isFractional(text: string): boolean {
  const { nanos, scale } = parseQuantity(text)
  if (scale !== undefined && !isHugeQuantity(text)) return nanos % 1_000_000_000n !== 0n
  return BigInt.asIntN(64, (nanos + milli - 1n) / milli) % 1000n !== 0n
}

/** Whether an amount of bytes has a fraction: suffixes of thousandths or finer make one, and huge amounts. */
export const isFractionalBytes = (text: string): boolean =>
  (/[num]$/.test(text) || isHugeQuantity(text)) && isFractional(text)
