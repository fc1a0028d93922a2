import { Drawing, type Look, pixels } from '../../lang/svg/drawing.js'
import type { ReachabilityGroup } from './group.js'
import type { PortClass } from './ports.js'

/** Whether one group can reach another on some ports. `ownNode`: only between a pod and its own node. */
export type ReachabilityVerdict = 'allow' | 'deny' | 'ownNode'

/** What the printers need. */
export interface ReachTable {
  readonly groups: readonly ReachabilityGroup[]
  readonly ports: readonly PortClass[]
  /** Whether policies can select the members of the group. */
  readonly governed: readonly boolean[]
  reach(from: number, to: number, port: number): ReachabilityVerdict
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
  const names = (wanted: ReachabilityVerdict): readonly string[] =>
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
const COLUMN = 72
const PADDING = 12
/** The longest text in a cell, in characters. */
const LONGEST_LABEL = 8
const looks: Readonly<Record<CellText['look'], Look>> = {
  all: 'good',
  some: 'plain',
  none: 'bad',
  node: 'plain',
  blank: 'faint',
}

const shortened = (text: string): string =>
  text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`

/**
 * Renders reachability as an SVG document with a row for each source; a pointer on a cell shows all of its
 * ports.
 */
export function renderReachability(reachability: ReachTable): string {
  const { groups, ports } = reachability
  const drawing = new Drawing()
  const labels = groups.map((group, at) => `${at + 1} ${group.name}${countText(group)}`)
  const left = Math.max(...labels.map(pixels), pixels('from \\ to')) + 2 * PADDING
  drawing.text(PADDING, ROW, 'from \\ to', 'faint')
  for (const at of groups.keys()) drawing.text(left + at * COLUMN + PADDING, ROW, `${at + 1}`, 'strong')
  for (const [from, label] of labels.entries()) {
    const y = (from + 1) * ROW + PADDING
    drawing.text(PADDING, y + ROW - 8, label, 'strong')
    for (const [to, target] of groups.entries()) {
      const { text, look } = cellText(reachability, from, to)
      const box = { x: left + to * COLUMN, y, width: COLUMN - 4, height: ROW - 3 }
      const allowed = text === '*' ? wholeText(ports) : text === '-' ? 'nothing' : text
      const said = text === '' ? 'no policy decides' : allowed
      drawing.box(box, looks[look], `${(groups[from] as ReachabilityGroup).name} to ${target.name}: ${said}`)
      if (text !== '') drawing.text(box.x + 4, y + ROW - 8, shortened(text), looks[look])
    }
  }
  return drawing.toString('who reaches whom', formatReachability(reachability))
}
