import { formatQuantity, parseQuantity } from '../quantity.js'

const milli = 1_000_000n

/** Whether a canonical quantity may be finer than thousandths. */
const isFine = (text: string): boolean => /[nu]$|e-/.test(text)

/**
 * Rounds quantities up to thousandths, in place. Source: pkg/apis/core/v1/defaults.go
 * SetDefaults_ResourceList.
 */
export function roundAmounts(list: Record<string, string> | undefined): void {
  if (list === undefined) return
  for (const name in list) {
    const text = list[name] as string
    if (!isFine(text)) continue
    const { nanos, format } = parseQuantity(text)
    const thousandths = nanos < 0n ? (nanos - milli + 1n) / milli : (nanos + milli - 1n) / milli
    list[name] = formatQuantity({ nanos: thousandths * milli, format })
  }
}

/** Whether an amount of bytes has a fraction: only suffixes of thousandths or finer make one. */
export const isFractionalBytes = (text: string): boolean =>
  /[num]$/.test(text) && parseQuantity(text).nanos % 1_000_000_000n !== 0n
