import type { SourceTree } from './tree.js'

/** A figure of the tree beside the figure we aim for. */
export interface Length {
  readonly name: string
  readonly value: number
  readonly goal: number
}

/** The value below which the share `part` (0 to 1) of the numbers lies; 0 for none. */
export function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

/**
 * Median and 95th percentile of files and functions. Generated files and tables are no reading matter and do
 * not count.
 */
export function measureLengths(tree: SourceTree): readonly Length[] {
  const read = [...tree].filter(([file]) => !file.endsWith('/generated.ts')).map(([, facts]) => facts)
  const files = read.map(({ lines }) => lines)
  const functions = read.flatMap((facts) => facts.functions.map(({ text }) => Number(text)))
  return [
    { name: 'file, median', value: quantile(files, 0.5), goal: 80 },
    { name: 'file, 95th percentile', value: quantile(files, 0.95), goal: 350 },
    { name: 'function, 95th percentile', value: quantile(functions, 0.95), goal: 40 },
    { name: 'function, longest', value: quantile(functions, 1), goal: 70 },
  ]
}
