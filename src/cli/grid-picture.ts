import { Drawing, LINE, type Look, pixels } from '../lang/svg/drawing.js'
import { wrapText } from '../lang/text/text-width.js'

/** One place in a {@link Grid}. */
export interface GridCell {
  readonly text: string
  readonly look?: Look
}

/** A table that is drawn. */
export interface Grid {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly {
    readonly name: string
    readonly cells: readonly GridCell[]
    /** What stands below the row, in as many lines as it needs. */
    readonly note?: string
  }[]
  /** The last line. */
  readonly sum: string
}

const LEFT = 12
const TOP = 40
const GAP = 16
/** Columns of text of a note. */
const NOTE = 100

/** Draws a grid as an SVG document; its description has the same facts. */
export function gridSvg(grid: Grid): string {
  const drawing = new Drawing()
  drawing.text(LEFT, 24, grid.title, 'strong')
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(pixels))
  const names = widest(grid.rows.map(({ name }) => name))
  const widths = grid.columns.map((column, at) =>
    widest([column, ...grid.rows.map(({ cells }) => cells[at]?.text ?? '')]),
  )
  const starts = widths.map((_, at) =>
    widths.slice(0, at).reduce((x, width) => x + width + GAP, LEFT + names + GAP),
  )
  const table = (starts.at(-1) ?? LEFT) + (widths.at(-1) ?? names)
  const fitting = Math.max(NOTE, Math.floor((table - LEFT) / pixels(' ')))
  const notes = grid.rows.map(({ note }) => (note === undefined ? [] : wrapText(note, fitting)))
  const right = Math.max(table, LEFT + GAP + widest(notes.flat()))
  for (const [at, column] of grid.columns.entries())
    drawing.text(starts[at] ?? 0, TOP + LINE, column, 'faint')
  let y = TOP + LINE + 8
  for (const [row, { name, cells }] of grid.rows.entries()) {
    drawing.line([
      [LEFT, y],
      [right, y],
    ])
    drawing.text(LEFT, (y += LINE), name)
    for (const [at, { text, look }] of cells.entries()) drawing.text(starts[at] ?? 0, y, text, look)
    for (const line of notes[row] ?? []) drawing.text(LEFT + GAP, (y += LINE), line, 'faint')
    y += 6
  }
  drawing.text(LEFT, y + LINE, grid.sum, 'strong')
  return drawing.toString(grid.title, twinOf(grid))
}

function twinOf({ title, columns, rows, sum }: Grid): string {
  const lines = rows.flatMap(({ name, cells, note }) => [
    `${name}: ${columns.map((column, at) => `${column} ${cells[at]?.text ?? ''}`).join(', ')}`,
    ...(note === undefined ? [] : [`  ${note}`]),
  ])
  return [title, ...lines, sum].join('\n')
}
