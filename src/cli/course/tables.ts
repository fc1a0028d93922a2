import { columns } from '../columns.js'

/** A table: its headings, and rows of as many cells. */
export interface TextTable {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Formats a table for a terminal. */
export const text = ({ headings, rows }: TextTable): string => `${columns([headings, ...rows]).join('\n')}\n`

/** Formats a table for Markdown. */
export function markdown({ headings, rows }: TextTable): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', '<br>')).join(' | ')} |\n`
  return line(headings) + line(headings.map(() => '---')) + rows.map(line).join('')
}

/**
 * Formats a table as comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula
 * begins with an apostrophe.
 */
export function csv({ headings, rows }: TextTable): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [headings, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
