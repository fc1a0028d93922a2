/**
 * A table with borders, as etcdctl draws it; headings in capitals in the middle of their columns, cells to
 * the left, numbers to the right. Source: olekukonko/tablewriter.
 */
export function boxed(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) =>
    Math.max(heading.length, ...rows.map((row) => (row[at] ?? '').length)),
  )
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`
  const line = (cells: readonly string[]): string => `|${cells.map((cell) => ` ${cell} `).join('|')}|\n`
  const centred = (text: string, width: number): string => {
    const left = Math.floor((width - text.length) / 2)
    return `${' '.repeat(left)}${text}`.padEnd(width)
  }
  const cell = (text: string, width: number): string =>
    /^-?\d+(?:\.\d+)?%?$/.test(text) ? text.padStart(width) : text.padEnd(width)
  return (
    border +
    line(headings.map((heading, at) => centred(heading, widths[at] ?? 0))) +
    border +
    rows.map((row) => line(row.map((text, at) => cell(text, widths[at] ?? 0)))).join('') +
    border
  )
}

/** `537 kB`, as go-humanize writes bytes. */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`
  const step = Math.floor(Math.log(bytes) / Math.log(1000))
  const value = Math.floor((bytes / 1000 ** step) * 10 + 0.5) / 10
  return (
    `${value < 10 ? value.toFixed(1) : Math.floor(value).toFixed(0)} ` +
    `${['B', 'kB', 'MB', 'GB', 'TB'][step] ?? ''}`
  )
}
