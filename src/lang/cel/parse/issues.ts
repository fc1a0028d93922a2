/** A fault of an expression. */
export interface Issue {
  /** Where it is, in UTF-16 units. */
  readonly position: number
  readonly text: string
}

/** Most faults that are told of one expression. */
const MOST = 100

/**
 * `ERROR: <input>:1:5: undefined field 'x'\n | self.x\n | ....^` for each issue, by position. Source: cel-go
 * common/errors.go, common/error.go.
 */
export function issuesText(source: string, issues: readonly Issue[]): string {
  const shown = [...issues].sort((a, b) => a.position - b.position).slice(0, MOST)
  const texts = shown.map((issue) => issueText(source, issue))
  if (issues.length > MOST) texts.push(`${issues.length - MOST} more errors were truncated`)
  return texts.join('\n')
}

/** Longer lines are not shown, in bytes. */
const LONGEST_LINE = 16_384

function issueText(source: string, { position, text }: Issue): string {
  const before = source.slice(0, position)
  const line = before.split('\n').length
  const columns = Array.from(before.slice(before.lastIndexOf('\n') + 1))
  const head = `ERROR: <input>:${line}:${columns.length + 1}: ${text}`
  const snippet = (source.split('\n')[line - 1] ?? '').replaceAll('\t', ' ')
  if (new TextEncoder().encode(snippet).length > LONGEST_LINE) return head
  // characters beyond ASCII are pointed at with wide dots
  const dots = columns.map((char) => (isWide(char) ? '\uFF0E' : '.')).join('')
  const at = Array.from(snippet)[columns.length]
  return `${head}\n | ${snippet}\n | ${dots}${at !== undefined && isWide(at) ? '\uFF3E' : '^'}`
}

const isWide = (char: string): boolean => (char.codePointAt(0) ?? 0) > 0x7f
