const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/**
 * The private fields of a Go resource.Quantity that was read from `text`, as go-spew prints them. Amounts of
 * more than about 15 digits are kept by Go as arbitrary-precision decimals, which are not reproduced here.
 * Source: apimachinery pkg/api/resource/quantity.go ParseQuantity (fast path).
 */
export function quantityFields(text: string | number | undefined): string {
  if (text === undefined) return fields(0n, 0, '', '')
  const source = String(text)
  const [, sign = '', digits = '0', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(source) ?? []
  const shifted = digits.replace(/^0+(?=\d)/, '') + fraction
  const amount = BigInt(shifted || '0')
  const value = sign === '-' ? -amount : amount
  const power = BINARY[suffix]
  if (power !== undefined)
    return fields(value << BigInt(power), 0, amount % 8n === 0n ? '' : source, 'BinarySI')
  const scale = exponentOf(suffix) - fraction.length
  const isCanonical = scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0')
  return fields(value, scale, isCanonical ? source : '', suffix in DECIMAL ? 'DecimalSI' : 'DecimalExponent')
}

/**
 * `text` is Go's cache of the printed form: it is filled in only where Go sees at a glance that the input is
 * in canonical form.
 */
function fields(value: bigint, scale: number, text: string, format: string): string {
  const amount = `i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}}`
  return (
    `{${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} ` +
    `Format:(resource.Format)${format}}`
  )
}

function exponentOf(suffix: string): number {
  return DECIMAL[suffix] ?? Number(suffix.slice(1))
}
