import { quote } from '../../lang/go/quote.js'

/** An invalid list of index intervals; the message is upstream's. */
export class IndexError extends Error {}

/** An interval, with both ends included. */
type Interval = readonly [first: number, last: number]

const maxInt32 = 2 ** 31 - 1

function parseIndex(text: string, completions: number): number {
  if (!/^[-+]?\d+$/.test(text) || Number(text) > 2 ** 63) {
    throw new IndexError(`cannot convert string to integer for index: ${quote(text)}`)
  }
  if (Number(text) >= completions) throw new IndexError(`too large index: ${quote(text)}`)
  return Number(text)
}

const orderText = (previous: number, current: number): string =>
  `non-increasing order, previous: ${previous}, current: ${current}`

/**
 * Parses `1,3-5`: ascending intervals of indexes below `completions`. Throws IndexError. Source:
 * pkg/apis/batch/validation validateIndexesFormat.
 */
export function parseIndexes(text: string, completions: number = maxInt32): readonly Interval[] {
  if (text === '') return []
  const intervals: Interval[] = []
  for (const part of text.split(',')) {
    const ends = part.split('-')
    if (ends.length > 2) {
      const rule = "an index interval can have at most two parts separated by '-'"
      throw new IndexError(`the fragment ${quote(part)} violates the requirement that ${rule}`)
    }
    const first = parseIndex(ends[0] ?? '', completions)
    const last = ends[1] === undefined ? first : parseIndex(ends[1], completions)
    if (ends.length === 2 && first >= last) throw new IndexError(orderText(first, last))
    const before = intervals.at(-1)?.[1]
    if (before !== undefined && before >= first) throw new IndexError(orderText(before, first))
    intervals.push([first, last])
  }
  return intervals
}

/** Returns the number of indexes in the intervals. */
export function countIndexes(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}

/** Returns the first index in both lists. */
export function firstCommonIndex(a: readonly Interval[], b: readonly Interval[]): number | undefined {
  let at = 0
  for (const [first, last] of a) {
    while (at < b.length && (b[at]?.[1] ?? 0) < first) at++
    const other = b[at]
    if (other !== undefined && other[0] <= last) return Math.max(first, other[0])
  }
  return undefined
}
