/**
 * Resource quantities: exact decimal arithmetic on BigInt, with Kubernetes' three notations and its canonical
 * form. Source of the rules: k8s.io/apimachinery/pkg/api/resource/quantity.go. The value is `unscaled *
 * 10^-9`: finer fractions are rounded up (away from zero), as upstream does. Values beyond 2^63-1 are capped
 * like upstream's.
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  /** The value in units of 10^-9. */
  readonly nanos: bigint
  readonly format: QuantityFormat
}

/** An invalid quantity. The message is upstream's. */
export class QuantityError extends Error {}

const syntax = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const nano = 1_000_000_000n
const maxNanos = ((1n << 63n) - 1n) * nano

const decimalExponents: Readonly<Record<string, number>> = {
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
const binaryPowers: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 }
const decimalSuffixes = Object.entries(decimalExponents).sort(([, a], [, b]) => b - a)
const binarySuffixes = Object.entries(binaryPowers).sort(([, a], [, b]) => b - a)

const numberPattern = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/s
const suffixPattern = /^(?:[numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d+)$/

/** Cache of parsed texts, because resource lists repeat the same few. Cleared if it grows large. */
const parsed = new Map<string, Quantity>()
const maxRemembered = 1000

/** Parses a quantity. Throws QuantityError with upstream's text. */
export function parseQuantity(text: string | number): Quantity {
  const source = String(text)
  const known = parsed.get(source)
  if (known !== undefined) return known
  const quantity = parse(source)
  if (parsed.size >= maxRemembered) parsed.clear()
  parsed.set(source, quantity)
  return quantity
}

function parse(source: string): Quantity {
  const match = numberPattern.exec(source)
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match ?? []
  if (match === null || (whole === '' && fraction === '') || !/^[eEinumkKMGTP]*[-+]?\d*$/.test(suffix)) {
    throw new QuantityError(syntax)
  }
  if (!suffixPattern.test(suffix)) throw new QuantityError("unable to parse quantity's suffix")
  const digits = BigInt(whole + fraction)
  const { numerator, exponent, format } = scaleOf(suffix, fraction.length)
  const nanos = capped(scaled(digits * numerator, exponent + 9))
  return { nanos: sign === '-' ? -nanos : nanos, format }
}

function scaleOf(
  suffix: string,
  decimals: number,
): { numerator: bigint; exponent: number; format: QuantityFormat } {
  const power = binaryPowers[suffix]
  if (power !== undefined)
    return { numerator: 1n << BigInt(10 * power), exponent: -decimals, format: 'BinarySI' }
  const decimal = decimalExponents[suffix]
  if (decimal !== undefined) return { numerator: 1n, exponent: decimal - decimals, format: 'DecimalSI' }
  return { numerator: 1n, exponent: Number(suffix.slice(1)) - decimals, format: 'DecimalExponent' }
}

/**
 * Returns `digits * 10^exponent`, rounded up. Huge exponents are cut, because the result is capped anyway.
 */
function scaled(digits: bigint, exponent: number): bigint {
  if (digits === 0n) return 0n
  if (exponent >= 0) return digits * 10n ** BigInt(Math.min(exponent, 40))
  const divisor = 10n ** BigInt(Math.min(-exponent, 1000))
  return (digits + divisor - 1n) / divisor
}

const capped = (nanos: bigint): bigint => (nanos > maxNanos ? maxNanos : nanos)

/** The canonical text: no fraction, the largest suffix that keeps the value exact, sign only if negative. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const size = nanos < 0n ? -nanos : nanos
  return sign + (format === 'BinarySI' ? binaryText(size) : decimalText(size, format))
}

function binaryText(size: bigint): string {
  // Fractions and values below 1024 have no binary form: upstream falls back to the decimal one.
  if (size % nano !== 0n || size < 1024n * nano) return decimalText(size, 'DecimalSI')
  const value = size / nano
  for (const [suffix, power] of binarySuffixes) {
    const unit = 1n << BigInt(10 * power)
    if (value % unit === 0n) return `${value / unit}${suffix}`
  }
  return String(value)
}

function decimalText(size: bigint, format: QuantityFormat): string {
  for (const [suffix, exponent] of decimalSuffixes) {
    const unit = 10n ** BigInt(exponent + 9)
    if (size % unit !== 0n) continue
    if (format !== 'DecimalExponent') return `${size / unit}${suffix}`
    return exponent === 0 ? String(size / unit) : `${size / unit}e${exponent}`
  }
  throw new Error('bug: a quantity in nano units is always a whole number of nano units')
}

const canonical = new Map<string, string>()

/**
 * Returns the canonical form of a quantity's text, cached because resource lists repeat the same few. Throws
 * QuantityError.
 */
export function canonicalQuantity(text: string | number): string {
  const source = String(text)
  const known = canonical.get(source)
  if (known !== undefined) return known
  const result = formatQuantity(parseQuantity(source))
  if (canonical.size >= maxRemembered) canonical.clear()
  canonical.set(source, result)
  return result
}

/** -1, 0 or 1. */
export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
}

/** Returns the sum in the notation of the first operand, unless that is zero (as upstream's Add). */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format }
}

/** Returns the difference in the notation of the first operand, unless that is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format }
}

/** Returns Quantity.Value(): units, rounded away from zero. */
export function quantityValue(text: string | number): number {
  return roundedUp(parseQuantity(text).nanos, nano)
}

/** Returns Quantity.MilliValue(): thousandths, rounded away from zero. */
export function quantityMilliValue(text: string | number): number {
  return roundedUp(parseQuantity(text).nanos, 1_000_000n)
}

function roundedUp(nanos: bigint, unit: bigint): number {
  return Number(nanos < 0n ? -((-nanos + unit - 1n) / unit) : (nanos + unit - 1n) / unit)
}
