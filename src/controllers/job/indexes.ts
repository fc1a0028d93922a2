/** Indexes from `first` to `last`, both inclusive. */
export type IndexInterval = readonly [first: number, last: number]

/** A set of indexes, as ascending intervals that neither touch nor overlap. */
export type Intervals = readonly IndexInterval[]

/**
 * Parses a set like `1,3-5`; skips invalid parts, and drops indexes that are not below `completions`. Merges
 * neighbours that touch; as in upstream, those that overlap or are out of order stay as they are. Source:
 * pkg/controller/job/indexed_job_utils.go parseIndexesFromString.
 */
export function parseIntervals(text: string, completions: number): Intervals {
  const result: IndexInterval[] = []
  for (const part of text === '' ? [] : text.split(',')) {
    const [first = NaN, last = first] = part
      .split('-')
      .map((end) => (/^[-+]?\d+$/.test(end) ? Number(end) : NaN))
    if (first >= completions) break
    if (Number.isNaN(first) || Number.isNaN(last)) continue
    const end = Math.min(last, completions - 1)
    const before = result.at(-1)
    if (before !== undefined && before[1] === first - 1) result[result.length - 1] = [before[0], end]
    else result.push([first, end])
  }
  return result
}

/** Returns the union of two sets. */
export function mergeIntervals(a: Intervals, b: Intervals): Intervals {
  if (b.length === 0) return a
  const result: IndexInterval[] = []
  for (const interval of [...a, ...b].sort(([x], [y]) => x - y)) push(result, interval)
  return result
}

/** Returns the set of the given indexes, in any order. */
export function intervalsOf(indexes: Iterable<number>): Intervals {
  return mergeIntervals(
    [],
    [...indexes].map((index): IndexInterval => [index, index]),
  )
}

/** Appends an interval that begins no earlier than the last one, merging the two if they touch or overlap. */
function push(intervals: IndexInterval[], [first, last]: IndexInterval): void {
  const before = intervals.at(-1)
  if (before === undefined || first > before[1] + 1) intervals.push([first, last])
  else if (last > before[1]) intervals[intervals.length - 1] = [before[0], last]
}

/** Returns the number of indexes in the set. */
export function countIntervals(intervals: Intervals): number {
  return intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}

/** Whether the set contains the index. */
export function hasIndex(intervals: Intervals, index: number): boolean {
  return intervals.some(([first, last]) => first <= index && index <= last)
}

/** Returns the size of the intersection of two sets. */
export function countCommon(a: Intervals, b: Intervals): number {
  let count = 0
  for (const [first, last] of a) {
    for (const other of b) count += Math.max(0, Math.min(last, other[1]) - Math.max(first, other[0]) + 1)
  }
  return count
}

/** Formats a set as in status.completedIndexes: `0,2,3,5-9`; two neighbours are not written as a range. */
export function formatIntervals(intervals: Intervals): string {
  const join = (first: number, last: number): string => `${first}${last === first + 1 ? ',' : '-'}${last}`
  return intervals.map(([first, last]) => (last === first ? String(first) : join(first, last))).join(',')
}

/**
 * Returns the first `count` indexes below `completions` that are not in `taken`. Source: firstPendingIndexes.
 */
export function firstFreeIndexes(taken: Intervals, count: number, completions: number): readonly number[] {
  const free: number[] = []
  let candidate = 0
  for (const [first, last] of [...taken, [completions, completions] as const]) {
    for (; free.length < count && candidate < first && candidate < completions; candidate++)
      free.push(candidate)
    candidate = Math.max(candidate, last + 1)
  }
  return free
}
