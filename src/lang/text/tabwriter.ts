/** Options of a {@link TabWriter}. */
export interface TabOptions {
  readonly minWidth: number
  readonly padding: number
  /** Keeps columns at least as wide as in earlier text, as in the rows of a watch. Default false. */
  readonly rememberWidths?: boolean
}

/** Settings of kubectl's tables. Source: cli-runtime printers.GetNewTabWriter. */
export const TABLE: TabOptions = { minWidth: 6, padding: 3, rememberWidths: true }

/** Settings of `kubectl describe`. */
export const DESCRIPTION: TabOptions = { minWidth: 0, padding: 2 }

/**
 * Aligns text whose cells end in tabs, like Go's text/tabwriter: a column is a run of lines that all have
 * that cell, and is as wide as its widest cell. Follows the RememberWidths variant of liggitt/tabwriter.
 */
export class TabWriter {
  readonly #options: TabOptions
  #remembered: number[] = []

  constructor(options: TabOptions) {
    this.#options = options
  }

  /** Aligns `text`. The text after the last tab of a line belongs to no column. */
  format(text: string): string {
    const closed = text.endsWith('\n')
    const lines = (closed ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'))
    const out: string[] = []
    this.#block(lines, 0, lines.length, [], out)
    return out.join('\n') + (closed ? '\n' : '')
  }

  #block(
    lines: readonly (readonly string[])[],
    from: number,
    to: number,
    widths: readonly number[],
    out: string[],
  ): void {
    const column = widths.length
    let printed = from
    for (let at = from; at < to; at++) {
      if (!hasCell(lines, at, column)) continue
      for (; printed < at; printed++) out.push(alignLine(lines[printed] as readonly string[], widths))
      let end = at
      let width = this.#options.minWidth
      for (; end < to && hasCell(lines, end, column); end++) {
        width = Math.max(width, textWidth(lines[end]?.[column] as string) + this.#options.padding)
      }
      this.#block(lines, at, end, [...widths, this.#remember(column, width)], out)
      printed = end
      at = end
    }
    for (; printed < to; printed++) out.push(alignLine(lines[printed] as readonly string[], widths))
  }

  #remember(column: number, width: number): number {
    if (this.#options.rememberWidths !== true) return width
    const widest = Math.max(width, this.#remembered[column] ?? 0)
    this.#remembered[column] = widest
    return widest
  }
}

function hasCell(lines: readonly (readonly string[])[], at: number, column: number): boolean {
  return column < (lines[at] as readonly string[]).length - 1
}

/** Counts code points, as Go does. */
function textWidth(text: string): number {
  let width = 0
  for (const _ of text) width++
  return width
}

function alignLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => {
      const width = widths[at]
      // bounded: the width of a cell
      return width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - textWidth(cell)))
    })
    .join('')
}
