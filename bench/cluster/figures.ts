/**
 * Prints figures that are no durations of repeated runs (sizes, memory): on stderr when stdout carries JSON.
 */
export function printFigures(
  title: string,
  rows: readonly (readonly [name: string, figure: string])[],
): void {
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = [title, ...rows.map(([name, figure]) => `  ${name.padEnd(width)}  ${figure}`), '']
  if (process.argv.includes('--json')) console.error(lines.join('\n'))
  else console.log(lines.join('\n'))
}

/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN
}

/** Milliseconds of CPU that this process has used. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
