/**
 * A number of a JSON text that JavaScript would write otherwise: `1.0`, `1e3`, `99999999999999999999`. Go's
 * decoder looks at the text, so that the first two are no integers and the third has all its digits in an
 * error.
 */
export class GoNumber {
  /** As the client wrote it. */
  readonly text: string
  /** The nearest double; infinite when there is none. */
  readonly value: number

  constructor(text: string) {
    this.text = text
    this.value = Number(text)
  }
}

const MOST_INT64 = 2 ** 63

/**
 * The double for a number that Go keeps as int64: the largest ones must not be rounded up to what is no
 * int64.
 */
export function int64Of({ text, value }: GoNumber): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  const exact = BigInt(text)
  if (BigInt.asIntN(64, exact) !== exact) return undefined
  return value === MOST_INT64 ? MOST_INT64 - 1024 : value === 0 ? 0 : value
}

/** What Go makes of a number without a type: an int64 if it is one, else a float64. */
export const plainNumber = (number: GoNumber): number => int64Of(number) ?? number.value
