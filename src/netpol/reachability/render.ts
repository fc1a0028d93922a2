import { Drawing, type Look, pixels } from '../../lang/svg/drawing.js'
import type { Language } from '../../lang/text/phrases.js'
import { padText, textWidth } from '../../lang/text/text-width.js'
import { say, tell } from '../words.js'
import { groupText, type ReachabilityGroup } from './group.js'
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

type Speak = (line: Parameters<typeof tell>[0]) => string

const speaker =
  (lang?: Language): Speak =>
  (line) =>
    tell(line, lang)

/** The name of a class of ports, which is a phrase if it is about all or the rest. */
function portText(name: string, speak: Speak): string {
  if (name === 'every port') return speak(say('everyPortText'))
  return name === 'other ports' ? speak(say('otherPorts')) : name
}

/** Formats how one group reaches another in a few characters. */
export function cellText(
  reachability: ReachTable,
  from: number,
  to: number,
  speak: Speak = speaker(),
): CellText {
  const { ports, governed } = reachability
  if (governed[from] !== true && governed[to] !== true) return { text: '', look: 'blank' }
  const reaches = ports.map((_, port) => reachability.reach(from, to, port))
  const names = (wanted: ReachabilityVerdict): readonly string[] =>
    ports.flatMap(({ name }, port) => (reaches[port] === wanted ? [portText(name, speak)] : []))
  const ownNode = speak(say('ownNode'))
  const [allowed, own, denied] = [names('allow'), names('ownNode'), names('deny')]
  if (allowed.length === ports.length) return { text: '*', look: 'all' }
  if (denied.length === ports.length) return { text: '-', look: 'none' }
  if (own.length === ports.length) return { text: ownNode, look: 'node' }
  const list = (some: readonly string[], rest: readonly string[]): string =>
    some.includes(speak(say('otherPorts'))) ? speak(say('allBut', rest.join(' '))) : some.join(' ')
  if (own.length === 0) return { text: list(allowed, denied), look: 'some' }
  const parts = [
    ...(allowed.length === 0 ? [] : [list(allowed, [...own, ...denied])]),
    `${ownNode}: ${denied.length === 0 ? speak(say('rest')) : list(own, [...allowed, ...denied])}`,
  ]
  return { text: parts.join('; '), look: 'some' }
}

/** Returns what `*` stands for: every port, or all requested ones. */
function wholeText(ports: readonly PortClass[], speak: Speak): string {
  const names = ports.map(({ name }) => name)
  return names.includes('other ports')
    ? speak(say('everyPortText'))
    : names.map((name) => portText(name, speak)).join(' ')
}

/** Formats a group, with how many pods or nodes it has if there is more than one. */
function labelText(group: ReachabilityGroup, speak: Speak): string {
  const { sort, pods, nodes } = group
  const text = groupText(group)
  const count = sort === 'pods' ? pods.length : nodes.length
  return speak(count > 1 ? say(sort === 'pods' ? 'counted' : 'numbered', text, count) : text)
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
export function formatReachability(reachability: ReachTable, lang?: Language): string {
  const { groups, ports } = reachability
  const speak = speaker(lang)
  const notes = new Notes()
  const labels = groups.map((group, at) => `${at + 1} ${labelText(group, speak)}`)
  const cells = groups.map((_, from) =>
    groups.map((__, to) => notes.shorten(cellText(reachability, from, to, speak).text)),
  )
  const lines = [
    [speak(say('fromTo')), ...groups.map((_, at) => String(at + 1))],
    ...labels.map((label, from) => [label, ...(cells[from] as readonly string[])]),
  ]
  const widths = ['', ...groups].map((_, column) =>
    Math.max(...lines.map((line) => textWidth(line[column] as string))),
  )
  const table = lines.map((line) =>
    line
      .map((text, column) => padText(text, widths[column] as number))
      .join('  ')
      .trimEnd(),
  )
  const used = cells.flat()
  const ownNode = speak(say('ownNode'))
  const legend = [
    ...(used.includes('*') ? [`*  ${wholeText(ports, speak)}`] : []),
    ...(used.includes('-') ? [`-  ${speak(say('nothing'))}`] : []),
    ...(used.some((text) => text.includes(ownNode)) ? [speak(say('onlyOwnNode', ownNode))] : []),
    ...notes.lines(),
  ]
  return `${[...table, '', ...legend, speak(say('always'))].join('\n')}\n`
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
export function renderReachability(reachability: ReachTable, lang?: Language): string {
  const { groups, ports } = reachability
  const speak = speaker(lang)
  const corner = speak(say('fromTo'))
  const drawing = new Drawing()
  const labels = groups.map((group, at) => `${at + 1} ${labelText(group, speak)}`)
  const left = Math.max(...labels.map(pixels), pixels(corner)) + 2 * PADDING
  drawing.text(PADDING, ROW, corner, 'faint')
  for (const at of groups.keys()) drawing.text(left + at * COLUMN + PADDING, ROW, `${at + 1}`, 'strong')
  for (const [from, label] of labels.entries()) {
    const y = (from + 1) * ROW + PADDING
    drawing.text(PADDING, y + ROW - 8, label, 'strong')
    for (const [to, target] of groups.entries()) {
      const { text, look } = cellText(reachability, from, to, speak)
      const box = { x: left + to * COLUMN, y, width: COLUMN - 4, height: ROW - 3 }
      const allowed = text === '*' ? wholeText(ports, speak) : text === '-' ? speak(say('nothing')) : text
      const said = text === '' ? say('default') : allowed
      const ends = [groups[from] as ReachabilityGroup, target].map(groupText)
      drawing.box(box, looks[look], speak(say('whoToWhom', ...ends, said)))
      if (text !== '') drawing.text(box.x + 4, y + ROW - 8, shortened(text), looks[look])
    }
  }
  const title = speak(say('whoReaches'))
  return drawing.toString(title, formatReachability(reachability, lang), lang === undefined ? {} : { lang })
}
