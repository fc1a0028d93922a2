/** Quantities by the name of their resource, as requests, limits and quotas have them. */
export type ResourceList = Readonly<Record<string, string>>

/**
 * Resource quantities: exact decimal arithmetic on BigInt, with Kubernetes' three notations and its canonical
 * form. Source of the rules: k8s.io/apimachinery/pkg/api/resource/quantity.go. The value is `unscaled *
 * 10^-9`: finer fractions are rounded up (away from zero), as upstream does.
 */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  /** The value in units of 10^-9. */
  readonly nanos: bigint
  readonly format: QuantityFormat
  /** The text as it was sent, where upstream takes it for canonical: `+1` stays `+1`. */
  readonly text?: string
  /** The power of ten of the value's last digit, if upstream holds the value as an integer of 64 bits. */
  readonly scale?: number
}

/** An invalid quantity. The message is upstream's. */
export class QuantityError extends Error {}

const syntax = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const nano = 1_000_000_000n
const maxInt64 = (1n << 63n) - 1n
const maxNanos = maxInt64 * nano

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

/** No part can begin with what the part before it may end with, so that a text is matched in one way. */
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]+[-+]?\d*|[-+]\d*|)$/

/** Cache of parsed texts, because resource lists repeat the same few. Cleared if it grows large. */
const parsed = new Map<string, Quantity>()
const maxRemembered = 1000
/** Characters of a text that is remembered. */
const maxRememberedLength = 100
/** Digits of a quantity, as reading ten times as many would keep others waiting. */
const maxDigits = 100_000

/** Parses a quantity. Throws QuantityError with upstream's text. */
export function parseQuantity(text: string | number): Quantity {
  const source = String(text)
  const known = parsed.get(source)
  if (known !== undefined) return known
  const quantity = parse(source)
  if (source.length > maxRememberedLength) return quantity
  if (parsed.size >= maxRemembered) parsed.clear()
  parsed.set(source, quantity)
  return quantity
}

function parse(source: string): Quantity {
  if (source.length > maxDigits) throw new QuantityError('quantities have 100,000 digits at most')
  const match = source === '' ? null : pattern.exec(source)
  if (match === null) throw new QuantityError(syntax)
  const [, sign = '', digits = '', fraction = '', suffix = ''] = match
  const { exponent, format } = scaleOf(suffix)
  const whole = digits.replace(/^0+/, '') || '0'
  const number: ParsedNumber = { isNegative: sign === '-', whole, fraction, exponent, format }
  return smallQuantity(source, number) ?? largeQuantity(number)
}

interface ParsedNumber {
  readonly isNegative: boolean
  readonly whole: string
  readonly fraction: string
  /** Of ten, or of two for BinarySI. */
  readonly exponent: number
  readonly format: QuantityFormat
}

/** Beyond this power of ten a value is as good as infinite. */
const maxExponent = 4000

function scaleOf(suffix: string): { readonly exponent: number; readonly format: QuantityFormat } {
  const power = Object.hasOwn(binaryPowers, suffix) ? binaryPowers[suffix] : undefined
  if (power !== undefined) return { exponent: 10 * power, format: 'BinarySI' }
  const decimal = Object.hasOwn(decimalExponents, suffix) ? decimalExponents[suffix] : undefined
  if (decimal !== undefined) return { exponent: decimal, format: 'DecimalSI' }
  if (!/^[eE][-+]?\d+$/.test(suffix)) throw new QuantityError("unable to parse quantity's suffix")
  const exponent = Math.max(-maxExponent, Math.min(maxExponent, Number(suffix.slice(1))))
  return { exponent, format: 'DecimalExponent' }
}

/** Digits that 64 bits hold whatever they are. */
const safeDigits = 18

/** Values of few digits, which upstream holds in 64 bits. Source: the fast path of ParseQuantity. */
function smallQuantity(source: string, number: ParsedNumber): Quantity | undefined {
  const { isNegative, whole, fraction, exponent, format } = number
  const isBinary = format === 'BinarySI'
  const spare = isBinary
    ? 14 - whole.length - Math.trunc((exponent * 3) / 10)
    : safeDigits - whole.length - fraction.length
  const scale = isBinary ? 0 : exponent - fraction.length
  if (spare < 0 || scale < -9 || (isBinary && fraction !== '')) return undefined
  const digits = whole + fraction
  const value = BigInt(digits)
  const size = (isBinary ? value << BigInt(exponent) : value) * 10n ** BigInt(scale + 9)
  const isCanonical = isBinary
    ? (value & 7n) !== 0n
    : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  const nanos = isNegative ? -size : size
  return isCanonical ? { nanos, format, scale, text: source } : { nanos, format, scale }
}

function largeQuantity({ isNegative, whole, fraction, exponent, format }: ParsedNumber): Quantity {
  const digits = BigInt(whole + fraction)
  const isBinary = format === 'BinarySI'
  const scaledDigits = isBinary ? digits << BigInt(exponent) : digits
  const size = scaled(scaledDigits, (isBinary ? 0 : exponent) - fraction.length + 9)
  const nanos = isBinary && size > maxNanos ? maxNanos : size
  const isFraction = isBinary && nanos < nano && nanos > 0n
  return { nanos: isNegative ? -nanos : nanos, format: isFraction ? 'DecimalSI' : format }
}

/** Returns `digits * 10^exponent`, rounded up. */
function scaled(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent)
  const divisor = 10n ** BigInt(-exponent)
  return (digits + divisor - 1n) / divisor
}

/** The canonical text: no fraction, the largest suffix that keeps the value exact, sign only if negative. */
export function formatQuantity({ nanos, format, text }: Quantity): string {
  if (text !== undefined) return text
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
  if (format === 'DecimalExponent') return exponentText(size)
  for (const [suffix, exponent] of decimalSuffixes) {
    const unit = 10n ** BigInt(exponent + 9)
    if (size % unit === 0n) return `${size / unit}${suffix}`
  }
  throw new Error('bug: a quantity in nano units is always a whole number of nano units')
}

/** `10e3`: the exponent is the largest multiple of three that leaves no fraction. */
function exponentText(size: bigint): string {
  let exponent = -9
  let value = size
  while (value % 1000n === 0n) {
    value /= 1000n
    exponent += 3
  }
  return exponent === 0 ? String(value) : `${value}e${exponent}`
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
  return result(a.nanos + b.nanos, a, b)
}

/** Returns the difference in the notation of the first operand, unless that is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return result(a.nanos - b.nanos, a, b)
}

function result(nanos: bigint, a: Quantity, b: Quantity): Quantity {
  const format = a.nanos === 0n ? b.format : a.format
  if (a.scale === undefined || b.scale === undefined) return { nanos, format }
  const scale = a.nanos === 0n ? b.scale : b.nanos === 0n ? a.scale : Math.min(a.scale, b.scale)
  return { nanos, format, scale }
}

/** Returns Quantity.Value(): units, rounded away from zero. */
export function quantityValue(text: string | number): number {
  return roundedUp(parseQuantity(text), nano)
}

/** Returns Quantity.MilliValue(): thousandths, rounded away from zero. */
export function quantityMilliValue(text: string | number): number {
  return roundedUp(parseQuantity(text), 1_000_000n)
}

function roundedUp({ nanos, scale }: Quantity, unit: bigint): number {
  if (nanos >= 0n) return Number((nanos + unit - 1n) / unit)
  // upstream rounds values that 64 bits do not hold towards plus, and one further
  if (scale === undefined) return Number(nanos / unit + (nanos % unit === 0n ? 0n : 1n))
  return Number(-((-nanos + unit - 1n) / unit))
}

/** Returns Quantity.AsInt64(): the value if upstream holds it as a whole number of 64 bits. */
export function integerOf({ nanos, scale }: Quantity): bigint | undefined {
  if (scale === undefined || scale < 0) return undefined
  const value = nanos / nano
  return value <= maxInt64 && value >= -maxInt64 - 1n ? value : undefined
}

/** Returns Quantity.AsApproximateFloat64(). */
export function approximateValue({ nanos, scale }: Quantity): number {
  if (scale === undefined || scale === 0) return scale === 0 ? Number(nanos / nano) : Number(`${nanos}e-9`)
  const digits = scale >= -9 ? nanos / 10n ** BigInt(scale + 9) : nanos
  return scale < 0 ? Number(digits) / 10 ** -scale : Number(digits) * 10 ** scale
}
