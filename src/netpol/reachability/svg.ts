import { cellText, countText, wholeText, type CellText, type ReachTable } from './cell-text.js'
import type { ReachabilityGroup } from './group.js'

const ROW = 22
const COLUMN = 64
const LETTER = 7
const PADDING = 8
/** The longest text in a cell, in characters. */
const LONGEST = 8
const colours: Readonly<Record<CellText['look'], string>> = {
  all: '#b7e1b0',
  some: '#fbe7a1',
  none: '#f3b8b0',
  node: '#c3d7f2',
  blank: '#f4f4f4',
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  // leaves out characters that XML cannot represent
  return text
    .replace(/[&<>"]/g, (character) => names[character] ?? character)
    .replace(/[\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu, '')
}

const shortened = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`)

/**
 * Renders reachability as an SVG document with a row for each source: green for all ports, yellow for some,
 * red for none, blue for the pod's own node.
 */
export function svgOf(reachability: ReachTable): string {
  const { groups, ports } = reachability
  const labels = groups.map((group, at) => `${at + 1} ${group.name}${countText(group)}`)
  const left = Math.max(...labels.map(({ length }) => length), 10) * LETTER + 2 * PADDING
  const width = left + groups.length * COLUMN + PADDING
  const height = (groups.length + 2) * ROW + PADDING
  const heads = groups.map(
    (group, to) =>
      `<text x="${left + to * COLUMN + COLUMN / 2}" y="${ROW}" ` +
      `text-anchor="middle">${to + 1}<title>${escaped(group.name)}</title></text>`,
  )
  const rows = labels.map((label, from) => {
    const top = (from + 1) * ROW + PADDING
    const cells = groups.map((target, to) => {
      const { text, look } = cellText(reachability, from, to)
      const x = left + to * COLUMN
      const told =
        `${(groups[from] as ReachabilityGroup).name} to ${target.name}: ` +
        `${text === '' ? 'no policy decides' : text === '*' ? wholeText(ports) : text === '-' ? 'nothing' : text}`
      return (
        `<g><title>${escaped(told)}</title><rect x="${x}" y="${top}" width="${COLUMN - 2}" ` +
        `height="${ROW - 2}" fill="${colours[look]}"/>` +
        `<text x="${x + COLUMN / 2 - 1}" y="${top + ROW - 8}" ` +
        `text-anchor="middle">${escaped(shortened(text))}</text></g>`
      )
    })
    return `<text x="${PADDING}" y="${top + ROW - 8}">${escaped(label)}</text>${cells.join('')}`
  })
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ` +
    `${width} ${height}" font-family="monospace" font-size="11">` +
    `<rect width="100%" height="100%" fill="white"/><text x="${PADDING}" y="${ROW}">from \\ ` +
    `to</text>${heads.join('')}${rows.join('')}</svg>\n`
  )
}
