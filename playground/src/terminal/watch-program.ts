import type { Host } from 'simcluster/host'
import { dateTime } from '../../../src/host/machine/texts.js'
import { textWidth } from '../../../src/lang/text/text-width.js'

/** A line `watch COMMAND` that is only looked at: it runs on a fork again and again. */
export interface WatchProgram {
  /** Seconds of the cluster's time between two runs. */
  readonly seconds: number
  /** Runs it once more. */
  readonly run: (host: Host, columns: number) => Promise<WatchRun>
}

/** One run of a command that is watched. */
interface WatchRun {
  /** What the command prints. */
  readonly text: string
  /** That with the line above, which `-t` leaves out, and with what `-d` highlights. */
  readonly screen: string
  /** Whether it was the last run, because the command has printed something else (`-g`). */
  readonly isLast: boolean
}

/** The flags that are understood, by their letter. `watch` itself takes more. */
const LONG_FLAGS: Readonly<Record<string, string>> = {
  '--differences': 'd',
  '--no-title': 't',
  '--beep': 'b',
  '--color': 'c',
  '--chgexit': 'g',
}
const PERMANENT = /^--differences=(?:permanent|cumulative)$/
const SHORT_FLAGS = /^-([dtbcg]+)$/
/** `-n 5`, `-n5`, `-dn5`, `--interval 5`, `--interval=5`. */
const INTERVAL = /^(?:-([dtbcg]*)n\s*|--interval[\s=]\s*)([\d.]+)(?=\s)/

/** Commands of kubectl that change nothing. */
const READS = /^kubectl\s+(?:get|describe|top|events|logs|rollout\s+history)\b/
/** What else a shell may find in a line; a pipe is for the shell that `watch` starts, so it must be quoted. */
const [OTHER_COMMANDS, OTHER_COMMANDS_UNQUOTED] = [/[;&<>]/, /[;&<>|]/]

/** Reads `watch [-n SECONDS] kubectl get ...`; undefined for another line, which the machine itself runs. */
export function watchProgram(line: string): WatchProgram | undefined {
  const [, start] = /^watch\s+(.*)$/.exec(line.trim()) ?? []
  if (start === undefined) return undefined
  const { letters, seconds, isPermanent, rest } = flagsOf(start)
  const [, , quoted] = /^(["'])(.*)\1$/.exec(rest) ?? []
  const command = quoted ?? rest
  const others = quoted === undefined ? OTHER_COMMANDS_UNQUOTED : OTHER_COMMANDS
  if (!READS.test(command) || others.test(command) || !Number.isFinite(seconds)) return undefined
  /** What was printed before, as far as it is compared. */
  let earlier: readonly string[] = []
  return {
    seconds,
    run: async (host, columns) => {
      const left = `Every ${seconds.toFixed(1)}s: ${command}`
      const right = `${host.name}: ${dateTime(host.cluster.now())}`
      const space = ' '.repeat(Math.max(1, columns - left.length - right.length))
      const { terminal } = await host.on(host.cluster.fork()).sh(command)
      const title = letters.has('t') ? '' : `${left}${space}${right}\n\n`
      const screen = title + (isPermanent || letters.has('d') ? highlight(terminal, earlier) : terminal)
      const isLast = letters.has('g') && earlier.some((text) => text !== terminal)
      earlier = [...(isPermanent ? earlier.filter((text) => text !== terminal) : []), terminal]
      return { text: terminal, screen, isLast }
    },
  }
}

interface Flags {
  readonly letters: ReadonlySet<string>
  readonly seconds: number
  readonly isPermanent: boolean
  /** The command, behind the flags. */
  readonly rest: string
}

/** Reads flags up to the command, or up to one that is not understood. */
function flagsOf(start: string): Flags {
  const letters = new Set<string>()
  let [seconds, isPermanent, rest] = [2, false, start]
  for (;;) {
    const [interval, before = '', given] = INTERVAL.exec(rest) ?? []
    const word = interval ?? /^\S+/.exec(rest)?.[0] ?? ''
    const short = interval === undefined ? (SHORT_FLAGS.exec(word)?.[1] ?? LONG_FLAGS[word]) : before
    // as watch has it
    if (given !== undefined) seconds = Math.max(0.1, Number(given))
    if (PERMANENT.test(word)) isPermanent = true
    else if (short === undefined) return { letters, seconds, isPermanent, rest }
    for (const letter of short ?? '') letters.add(letter)
    rest = rest.slice(word.length).trimStart()
  }
}

/** Reverse video, and its end. */
const [REVERSE, FORWARD] = ['\u001b[7m', '\u001b[27m']

/** Reverses the columns of a text that differ from one of the texts to the next. */
function highlight(text: string, earlier: readonly string[]): string {
  const all = [...earlier, text].map((each) => each.split('\n').map(columnsOf))
  const height = Math.max(...all.map((lines) => lines.length))
  return Array.from({ length: height }, (_, row) => {
    const rows = all.map((lines) => lines[row] ?? [])
    const width = Math.max(...rows.map((columns) => columns.length))
    const isChanged = (column: number): boolean =>
      new Set(rows.map((columns) => columns[column] ?? ' ')).size > 1
    return Array.from({ length: width }, (__, column) => {
      const shown = rows.at(-1)?.[column] ?? ' '
      return isChanged(column) ? `${REVERSE}${shown}${FORWARD}` : shown
    }).join('')
  }).join('\n')
}

/** What stands in each column of a line: the second one of a wide character has nothing. */
function columnsOf(line: string): readonly string[] {
  return Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment).flatMap((segment) => [
    segment,
    ...Array.from({ length: Math.max(0, textWidth(segment) - 1) }, () => ''),
  ])
}
