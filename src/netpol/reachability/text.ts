import { cellText, countText, wholeText, type ReachTable } from './cell-text.js'

const LONGEST = 24

/** Texts too long for a cell, printed below the table and referenced by a letter. */
class Notes {
  readonly #letters = new Map<string, string>()

  shorten(text: string): string {
    if (text.length <= LONGEST) return text
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
export function textOf(reachability: ReachTable): string {
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
