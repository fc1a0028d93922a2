import type { ReachabilityGroup } from './group.js'
import type { PortClass } from './ports.js'

/** Whether one group can reach another on some ports. `ownNode`: only between a pod and its own node. */
export type Reach = 'allow' | 'deny' | 'ownNode'

/** What the printers need. */
export interface ReachTable {
  readonly groups: readonly ReachabilityGroup[]
  readonly ports: readonly PortClass[]
  /** Whether policies can select the members of the group. */
  readonly governed: readonly boolean[]
  reach(from: number, to: number, port: number): Reach
}

/** The content of a cell of the table. */
export interface CellText {
  /** `*` for everything, `-` for nothing, otherwise the ports. Empty if no policy could affect the pair. */
  readonly text: string
  readonly look: 'all' | 'some' | 'none' | 'node' | 'blank'
}

/** Formats how one group reaches another in a few characters. */
export function cellText(reachability: ReachTable, from: number, to: number): CellText {
  const { ports, governed } = reachability
  if (governed[from] !== true && governed[to] !== true) return { text: '', look: 'blank' }
  const reaches = ports.map((_, port) => reachability.reach(from, to, port))
  const names = (wanted: Reach): readonly string[] =>
    ports.flatMap(({ name }, port) => (reaches[port] === wanted ? [name] : []))
  const [allowed, own, denied] = [names('allow'), names('ownNode'), names('deny')]
  if (allowed.length === ports.length) return { text: '*', look: 'all' }
  if (denied.length === ports.length) return { text: '-', look: 'none' }
  if (own.length === ports.length) return { text: 'own node', look: 'node' }
  const list = (some: readonly string[], rest: readonly string[]): string =>
    some.includes('other ports') ? `all but ${rest.join(' ')}` : some.join(' ')
  if (own.length === 0) return { text: list(allowed, denied), look: 'some' }
  const parts = [
    ...(allowed.length === 0 ? [] : [list(allowed, [...own, ...denied])]),
    `own node: ${denied.length === 0 ? 'the rest' : list(own, [...allowed, ...denied])}`,
  ]
  return { text: parts.join('; '), look: 'some' }
}

/** Returns what `*` stands for: every port, or all requested ones. */
export function wholeText(ports: readonly PortClass[]): string {
  const names = ports.map(({ name }) => name)
  return names.includes('other ports') ? 'every port' : names.join(' ')
}

/** Formats how many pods, nodes or ranges a group has: ` (3 pods)`. Empty for a single one. */
export function countText({
  sort,
  pods,
  nodes,
}: {
  readonly sort: string
  readonly pods: readonly string[]
  readonly nodes: readonly string[]
}): string {
  if (sort === 'pods') return pods.length > 1 ? ` (${pods.length} pods)` : ''
  return nodes.length > 1 ? ` (${nodes.length})` : ''
}

const LONGEST_TEXT = 24

/** Texts too long for a cell, printed below the table and referenced by a letter. */
class Notes {
  readonly #letters = new Map<string, string>()

  shorten(text: string): string {
    if (text.length <= LONGEST_TEXT) return text
    const known = this.#letters.get(text)
    if (known !== undefined) return known
    const letter = `[${this.#letters.size + 1}]`
    this.#letters.set(text, letter)
    return letter
  }

  lines(): readonly string[] {
    return [...this.#letters].map(([text, letter]) => `${letter} ${text}`)
  }
}

/** Formats reachability as a text table. */
export function formatReachability(reachability: ReachTable): string {
  const { groups, ports } = reachability
  const notes = new Notes()
  const labels = groups.map((group, at) => `${at + 1} ${group.name}${countText(group)}`)
  const cells = groups.map((_, from) =>
    groups.map((__, to) => notes.shorten(cellText(reachability, from, to).text)),
  )
  const lines = [
    ['from \\ to', ...groups.map((_, at) => String(at + 1))],
    ...labels.map((label, from) => [label, ...(cells[from] as readonly string[])]),
  ]
  const widths = ['', ...groups].map((_, column) =>
    Math.max(...lines.map((line) => (line[column] as string).length)),
  )
  const table = lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  )
  const used = cells.flat()
  const legend = [
    ...(used.includes('*') ? [`*  ${wholeText(ports)}`] : []),
    ...(used.includes('-') ? ['-  nothing'] : []),
    ...(used.some((text) => text.includes('own node'))
      ? ['own node  only between a pod and the node that it is on']
      : []),
    ...notes.lines(),
  ]
  return `${[...table, '', ...legend, 'A pod always reaches itself.'].join('\n')}\n`
}

const ROW = 22
const COLUMN = 64
const LETTER = 7
const PADDING = 8
/** The longest text in a cell, in characters. */
const LONGEST_LABEL = 8
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

const shortened = (text: string): string =>
  text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`

/**
 * Renders reachability as an SVG document with a row for each source: green for all ports, yellow for some,
 * red for none, blue for the pod's own node.
 */
export function renderReachability(reachability: ReachTable): string {
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
      const allowed = text === '*' ? wholeText(ports) : text === '-' ? 'nothing' : text
      const told =
        `${(groups[from] as ReachabilityGroup).name} to ${target.name}: ` +
        (text === '' ? 'no policy decides' : allowed)
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
