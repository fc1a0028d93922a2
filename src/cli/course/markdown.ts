import { padText, textWidth, wrapText } from '../../lang/text/text-width.js'

/** How a screen shows markdown: its columns, and whether it has colours. */
export interface ScreenOptions {
  readonly columns: number
  readonly colours: boolean
}

/** Puts a style on a text, if the screen has colours. */
export function styled(text: string, style: 'bold' | 'cyan' | 'dim', { colours }: ScreenOptions): string {
  const codes = { bold: [1, 22], cyan: [36, 39], dim: [2, 22] } as const
  const [on, off] = codes[style]
  return colours ? `\u{1b}[${on}m${text}\u{1b}[${off}m` : text
}

/** Formats prose (paragraphs, lists, tables, **strong**, `code`) for a terminal. */
export function formatMarkdown(text: string, options: ScreenOptions): string {
  return text
    .split('\n\n')
    .map((block) => (block.startsWith('|') ? table(block, options) : paragraph(block, options)))
    .join('\n\n')
}

function inline(text: string, options: ScreenOptions): string {
  return text
    .replaceAll(/\*\*(.+?)\*\*/g, (_, strong: string) => styled(strong, 'bold', options))
    .replaceAll(/`([^`]+)`/g, (whole, code: string) =>
      options.colours ? styled(code, 'cyan', options) : whole,
    )
}

/** A paragraph, and list items that follow it. */
function paragraph(block: string, options: ScreenOptions): string {
  const items: string[] = []
  for (const line of block.split('\n'))
    if (items.length === 0 || line.startsWith('- ')) items.push(line)
    else items[items.length - 1] += ` ${line.trim()}`
  return items
    .flatMap((item) => {
      const indent = item.startsWith('- ') ? '  ' : ''
      return wrapText(inline(item, options), options.columns - 2).map((line, at) =>
        at === 0 ? line : indent + line,
      )
    })
    .join('\n')
}

function table(block: string, options: ScreenOptions): string {
  const rows = block
    .split('\n')
    .filter((line) => !/^\|[-|]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => inline(cell.trim(), options)),
    )
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => textWidth(row[at] ?? ''))))
  return rows
    .map((row) =>
      row
        .map((cell, at) => padText(cell, widths[at] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
