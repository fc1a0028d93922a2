import { UsageError } from '../command.js'

/** Whole numbers from `from` to `to`, both included. */
export interface SeedRange {
  readonly from: number
  readonly to: number
}

/** Returns how many numbers ranges have. */
export const sizeOf = (ranges: readonly SeedRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)

/** Returns the text of a range: `0-99`, or `7`. */
export const rangeText = ({ from, to }: SeedRange): string => (from === to ? `${from}` : `${from}-${to}`)

/** Reads `0-99` or `7`. Returns undefined for anything else. */
export function parseRange(text: string): SeedRange | undefined {
  const [, from, to = from] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? []
  return from === undefined || Number(to) < Number(from) ? undefined : { from: Number(from), to: Number(to) }
}

/** Reads the value of `--seeds`. @throws UsageError */
export function seedsOf(text: string): SeedRange {
  const range = parseRange(text)
  if (range === undefined)
    throw new UsageError(`--seeds ${text}: write the first and the last seed, such as 0-99999`)
  return range
}

/** Returns the part of a range that `--shard` names: `3/64` is the fourth of 64. @throws UsageError */
export function shardOf(range: SeedRange, text: string | undefined): readonly SeedRange[] {
  if (text === undefined) return [range]
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number)
  if (index === undefined || count === undefined || index >= count)
    throw new UsageError(`--shard ${text}: write INDEX/COUNT, from 0/64 to 63/64`)
  const size = sizeOf([range])
  const edge = (at: number): number => range.from + Math.floor((size * at) / count)
  const [from, to] = [edge(index), edge(index + 1) - 1]
  return to < from ? [] : [{ from, to }]
}

/** Returns ranges in order, those that touch joined. */
export function joined(ranges: readonly SeedRange[]): readonly SeedRange[] {
  const result: SeedRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && range.from <= last.to + 1)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else result.push(range)
  }
  return result
}

/** Returns what of `wanted` is not in `done`, in order. */
export function missing(wanted: readonly SeedRange[], done: readonly SeedRange[]): readonly SeedRange[] {
  return wanted.flatMap(({ from, to }) => {
    const left: SeedRange[] = []
    let at = from
    for (const each of joined(done)) {
      if (each.from > to) break
      if (each.to < at) continue
      if (each.from > at) left.push({ from: at, to: each.from - 1 })
      at = each.to + 1
    }
    return at > to ? left : [...left, { from: at, to }]
  })
}

/** Tells whether two lists of ranges have a number in common. */
export const overlaps = (some: readonly SeedRange[], others: readonly SeedRange[]): boolean =>
  sizeOf(missing(some, others)) < sizeOf(some)
