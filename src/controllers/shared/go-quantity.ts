/** Digits that an int64 amount may have on apimachinery's fast path. */
const MAX_DIGITS = 18
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/**
 * The private fields of a Go resource.Quantity that was read from `text`, as go-spew prints them. Amounts that need more than 18 digits
 * are kept by Go as arbitrary-precision decimals and are not reproduced digit for digit.
 * Source: apimachinery pkg/api/resource/quantity.go ParseQuantity (fast path).
 */
export function quantityFields(text: string | number | undefined): string {
  if (text === undefined) return fields(0n, 0, '', '')
  const source = String(text)
  const [, sign = '', digits = '0', fraction = '', suffix = ''] = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(source) ?? []
  const whole = digits.replace(/^0+(?=\d)/, '')
  const shift = BINARY[suffix]
  const amount = BigInt(whole + fraction || '0') * (shift === undefined ? 1n : 1n << BigInt(shift))
  const exponent = shift === undefined ? exponentOf(suffix) : 0
  const value = sign === '-' ? -amount : amount
  return fields(value, exponent - fraction.length, source.slice(0, MAX_DIGITS + 6), formatOf(suffix))
}

function fields(value: bigint, scale: number, text: string, format: string): string {
  const amount = `i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}}`
  return `{${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} Format:(resource.Format)${format}}`
}

function exponentOf(suffix: string): number {
  return DECIMAL[suffix] ?? Number(suffix.slice(1))
}

function formatOf(suffix: string): string {
  if (suffix in BINARY) return 'BinarySI'
  return suffix in DECIMAL ? 'DecimalSI' : 'DecimalExponent'
}
