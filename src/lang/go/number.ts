/**
 * A number in a JSON text that JavaScript would write differently: `1.0`, `1e3`, `99999999999999999999`. Go's
 * decoder sees the text, so the first two are not integers, and errors show all digits of the third.
 */
export class GoNumber {
  /** The text as the client wrote it. */
  readonly text: string
  /** The nearest double, or infinity. */
  readonly value: number

  constructor(text: string) {
    this.text = text
    this.value = Number(text)
  }
}

const MOST_INT64 = 2 ** 63

/** Returns the double of an int64. The largest ones must not be rounded up beyond int64. */
export function int64Of({ text, value }: GoNumber): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  const exact = BigInt(text)
  if (BigInt.asIntN(64, exact) !== exact) return undefined
  return value === MOST_INT64 ? MOST_INT64 - 1024 : value === 0 ? 0 : value
}

/**
 * Returns the value of an untyped number in Go: an int64 if it is one, else a float64. An int64 that a double
 * cannot hold is a bigint; a bigint is never one that a double can hold, so that `===` compares them.
 */
export function plainNumber({ text, value }: GoNumber): number | bigint {
  if (!/^-?\d+$/.test(text)) return value
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  const exact = BigInt(text)
  return BigInt.asIntN(64, exact) === exact ? exact : value
}

/** Formats a number as Go's %v: an int64 plain, a float64 with an exponent beyond -5 and 6, as `1e+19`. */
export function goNumberText(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value)
  if (Number.isInteger(value) && Math.abs(value) < MOST_INT64) return String(value)
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** Returns Go's name of the type of a JSON value, as `%T` prints it: `int64`, `map[string]interface {}`. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int64'
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < MOST_INT64 ? 'int64' : 'float64'
    default:
      return value === null || value === undefined ? '<nil>' : 'map[string]interface {}'
  }
}
