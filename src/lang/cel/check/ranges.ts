/** A size or a cost between two bounds, which do not grow beyond 64 bits. Source: cel-go checker/cost.go. */
export interface Range {
  readonly min: bigint
  readonly max: bigint
}

/** The largest bound. */
export const MOST: bigint = 2n ** 64n - 1n

const capped = (value: bigint): bigint => (value > MOST ? MOST : value)

/** Ranges of small values, which nearly all literals have. */
const SMALL: readonly Range[] = Array.from({ length: 64 }, (_, at) => ({ min: BigInt(at), max: BigInt(at) }))

/** A range of one value. */
export function exactly(value: bigint | number): Range {
  const small = typeof value === 'number' ? SMALL[value] : undefined
  if (small !== undefined) return small
  const bound = BigInt(value)
  return { min: bound, max: bound }
}

export const UNKNOWN: Range = { min: 0n, max: MOST }
export const NOTHING: Range = exactly(0)
export const ONE: Range = exactly(1)

/** The sum of ranges. */
export function sum(...ranges: readonly Range[]): Range {
  let total = NOTHING
  for (const range of ranges) {
    if (range === NOTHING) continue
    total =
      total === NOTHING ? range : { min: capped(total.min + range.min), max: capped(total.max + range.max) }
  }
  return total
}

/** The product of two ranges. */
export function product(a: Range, b: Range): Range {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) }
}

/** A range times a factor, rounded up as float64 does. */
export function scaled({ min, max }: Range, factor: number): Range {
  return { min: scaledValue(min, factor), max: scaledValue(max, factor) }
}

function scaledValue(value: bigint, factor: number): bigint {
  if (value === 0n) return value
  const result = Math.ceil(Number(value) * factor)
  return result >= 2 ** 64 ? MOST : BigInt(result)
}

/** The range around two ranges. */
export function around(a: Range, b: Range): Range {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max }
}
