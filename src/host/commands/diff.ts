import type { CommandOutput } from './command.js'
import { apart, failed } from './command.js'

/** What diff reads of a file: its text, or what is wrong with it. */
export type DiffInput = { readonly path: string; readonly text: string } | { readonly fault: string }

/** Most lines of a file that are compared: the table of the comparison grows with their product. */
const MOST_LINES = 5_000
/** Lines of context around a change in the unified format. */
const CONTEXT = 3

/**
 * diff of diffutils for two files: the normal format, `-u`, `-q` and `-s`, with `-i`, `-w` and `-b`. Any
 * other option is an error. Source: diffutils src/normal.c, src/context.c.
 */
export async function diff(
  args: readonly string[],
  read: (path: string) => Promise<DiffInput>,
  timeText: string,
): Promise<CommandOutput> {
  const words = args.filter((arg) => arg === '-' || !arg.startsWith('-'))
  const flags = new Set(
    apart(args.filter((arg) => arg !== '-' && arg.startsWith('-'))).map((flag) => LONG[flag] ?? flag),
  )
  const wrong = [...flags].find((flag) => !KNOWN.has(flag))
  if (wrong !== undefined)
    return refused(
      wrong.startsWith('--') ? `unrecognized option '${wrong}'` : `invalid option -- '${wrong.slice(1)}'`,
    )
  const [one, other, more] = words
  if (one === undefined || other === undefined || more !== undefined)
    return refused(
      more === undefined ? `missing operand after '${one ?? 'diff'}'` : `extra operand '${more}'`,
    )
  const inputs = [await read(one), await read(other)]
  const faults = inputs.flatMap((input) => ('fault' in input ? [`diff: ${input.fault}\n`] : []))
  if (faults.length > 0) return failed(faults.join(''), 2)
  const [a = [], b = []] = inputs.map((input) => linesOf('text' in input ? input.text : ''))
  if (Math.max(a.length, b.length) > MOST_LINES) return failed('diff: memory exhausted', 2)
  const key = keyOf(flags)
  const edits = editsOf(a.map(key), b.map(key))
  if (edits.length === 0)
    return flags.has('-s') ? { stdout: `Files ${one} and ${other} are identical\n` } : {}
  if (flags.has('-q')) return { stdout: `Files ${one} and ${other} differ\n`, code: 1 }
  if (!flags.has('-u')) return { stdout: edits.map((edit) => normal(edit, a, b)).join(''), code: 1 }
  const head = `--- ${one}\t${timeText}\n+++ ${other}\t${timeText}\n`
  return {
    stdout:
      head +
      hunksOf(edits)
        .map((hunk) => unified(hunk, a, b))
        .join(''),
    code: 1,
  }
}

const refused = (what: string): CommandOutput =>
  failed(`diff: ${what}\ndiff: Try 'diff --help' for more information.`, 2)

const KNOWN: ReadonlySet<string> = new Set(['-u', '-q', '-s', '-i', '-w', '-b'])

const LONG: Readonly<Record<string, string>> = {
  '--unified': '-u',
  '--brief': '-q',
  '--report-identical-files': '-s',
  '--ignore-case': '-i',
  '--ignore-all-space': '-w',
  '--ignore-space-change': '-b',
}

/** Lines with their ends: the last may have none. */
const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?<=\n)/))

/** What of a line is compared. */
const keyOf =
  (flags: ReadonlySet<string>) =>
  (line: string): string => {
    const cased = flags.has('-i') ? line.toLowerCase() : line
    if (flags.has('-w')) return cased.replaceAll(/\s/g, '')
    return flags.has('-b') ? cased.replaceAll(/[ \t]+/g, ' ').replace(/ ?\n?$/, '') : cased
  }

/** Lines of the first file that others of the second replace; ends are past the last line. */
interface Edit {
  readonly a: readonly [begin: number, end: number]
  readonly b: readonly [begin: number, end: number]
}

/** The changes between two lists: what is not in their longest common subsequence. */
function editsOf(a: readonly string[], b: readonly string[]): readonly Edit[] {
  let begin = 0
  while (begin < a.length && begin < b.length && a[begin] === b[begin]) begin++
  let [endA, endB] = [a.length, b.length]
  while (endA > begin && endB > begin && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1]
  const width = endB - begin + 1
  const longest = new Uint16Array((endA - begin + 1) * width)
  const at = (i: number, j: number): number => longest[(i - begin) * width + (j - begin)] ?? 0
  for (let i = endA - 1; i >= begin; i--)
    for (let j = endB - 1; j >= begin; j--)
      longest[(i - begin) * width + (j - begin)] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const edits: Edit[] = []
  let [i, j] = [begin, begin]
  while (i < endA || j < endB) {
    const from = [i, j] as const
    while ((i < endA || j < endB) && (i >= endA || j >= endB || a[i] !== b[j]))
      if (i < endA && (j >= endB || at(i + 1, j) >= at(i, j + 1))) i++
      else j++
    if (i > from[0] || j > from[1]) edits.push({ a: [from[0], i], b: [from[1], j] })
    while (i < endA && j < endB && a[i] === b[j]) [i, j] = [i + 1, j + 1]
  }
  return edits
}

const marked = (sign: string, lines: readonly string[]): string =>
  lines
    .map((line) => `${sign}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`)
    .join('')

/** `2,4d1`: lines are counted from 1, and of none the one before is named. */
const range = ([begin, end]: readonly [number, number]): string =>
  end - begin <= 1 ? String(end === begin ? begin : begin + 1) : `${begin + 1},${end}`

function normal(edit: Edit, a: readonly string[], b: readonly string[]): string {
  const [gone, come] = [a.slice(...edit.a), b.slice(...edit.b)]
  const letter = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c'
  const middle = letter === 'c' ? '---\n' : ''
  return `${range(edit.a)}${letter}${range(edit.b)}\n${marked('< ', gone)}${middle}${marked('> ', come)}`
}

/** Puts changes together of which the context would overlap. */
function hunksOf(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const hunks: Edit[][] = []
  for (const edit of edits) {
    const last = hunks.at(-1)
    const before = last?.at(-1)
    if (last !== undefined && before !== undefined && edit.a[0] - before.a[1] <= 2 * CONTEXT) last.push(edit)
    else hunks.push([edit])
  }
  return hunks
}

/** `@@ -1,4 +1,3 @@`: one line needs no count. */
const span = (begin: number, end: number): string =>
  end - begin === 1 ? String(begin + 1) : `${end === begin ? begin : begin + 1},${end - begin}`

function unified(hunk: readonly Edit[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [hunk[0], hunk.at(-1)]
  if (first === undefined || last === undefined) return ''
  const lead = Math.min(CONTEXT, first.a[0])
  const trail = Math.min(CONTEXT, a.length - last.a[1])
  const old = span(first.a[0] - lead, last.a[1] + trail)
  const now = span(first.b[0] - lead, last.b[1] + trail)
  let text = `@@ -${old} +${now} @@\n`
  let from = first.a[0] - lead
  for (const edit of hunk) {
    text +=
      marked(' ', a.slice(from, edit.a[0])) +
      marked('-', a.slice(...edit.a)) +
      marked('+', b.slice(...edit.b))
    from = edit.a[1]
  }
  return text + marked(' ', a.slice(from, from + trail))
}
