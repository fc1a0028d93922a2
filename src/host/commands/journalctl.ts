import { stableHex } from '../../kubelet/stable-hex.js'
import { type HostMachine, isOfUnit } from '../machine/host-machine.js'
import { compileGoRegExp, type GoRegExp, isFault } from '../../lang/go/regexp.js'
import { bootedAt } from '../machine/processes.js'
import type { JournalLine } from '../machine/state.js'
import { syslogTime, systemdTime } from '../machine/texts.js'
import { kernelLines } from './clock.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, follow, readOptions, sizeText, unknownOption } from './command.js'

const VALUED = [
  ...['u', 'unit', 'n', 'lines', 'o', 'output', 'S', 'since', 'U', 'until', 'p', 'priority', 'g', 'grep'],
  ...['t', 'identifier', 'b', 'boot'],
]
const SWITCHES = (
  'f follow e pager-end x catalog q quiet r reverse k dmesg a all no-pager no-hostname utc no-tail l full ' +
  'm merge system list-boots disk-usage'
).split(' ')

const PRIORITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']

/** What systemd itself says of a service that failed is more than information; what services print is not. */
const priorityOf = ({ unit, text }: JournalLine): number =>
  unit !== 'systemd'
    ? 6
    : text.includes('Failed with result')
      ? 4
      : text.includes('Main process exited')
        ? 5
        : 6

const UNITS_OF_TIME: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** `1h 30min`, `5 minutes`: returns ms; undefined if the text is none. */
function spanOf(text: string): number | undefined {
  const words = text.match(/\d+|[a-z]+/g) ?? []
  if (words.length === 0 || words.length % 2 !== 0 || words.join('') !== text.replaceAll(' ', ''))
    return undefined
  let seconds = 0
  for (let at = 0; at < words.length; at += 2) {
    const unit = words[at + 1] ?? ''
    seconds +=
      Number(words[at]) * (unit.startsWith('mo') ? Number.NaN : (UNITS_OF_TIME[unit[0] ?? ''] ?? Number.NaN))
  }
  return Number.isNaN(seconds) ? undefined : seconds * 1000
}

/** Reads a time as systemd does: `2026-01-01 10:00`, `10:00`, `today`, `-5m`, `5 minutes ago`. */
function timeOf(text: string, now: number): number | undefined {
  const today = now - (now % 86_400_000)
  const named = { now, today, yesterday: today - 86_400_000, tomorrow: today + 86_400_000 }
  if (Object.hasOwn(named, text)) return named[text as keyof typeof named]
  const [, epoch] = /^@(\d+)$/.exec(text) ?? []
  if (epoch !== undefined) return Number(epoch) * 1000
  const isAgo = text.endsWith(' ago')
  if (isAgo || text.startsWith('-')) {
    const span = spanOf(isAgo ? text.slice(0, -' ago'.length) : text.slice(1))
    return span === undefined ? undefined : now - span
  }
  const [, date, clock = '00:00:00'] =
    /^(?:(\d{4}-\d\d-\d\d)[ T]?)?(\d\d:\d\d(?::\d\d)?)?(?: UTC|Z)?$/.exec(text) ?? []
  if (text === '' || (date === undefined && !text.includes(':'))) return undefined
  const day = date ?? new Date(today).toISOString().slice(0, 10)
  const at = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}Z`)
  return Number.isNaN(at) ? undefined : at
}

interface Filter {
  readonly units: readonly string[]
  readonly tags: readonly string[]
  readonly since: number
  readonly until: number
  readonly priority: number
  readonly pattern: GoRegExp | undefined
  readonly isKernel: boolean
}

/** The lines of a machine's journal that a filter lets through, oldest first. */
function linesOf(machine: HostMachine, filter: Filter): readonly JournalLine[] {
  const { units, tags, since, until, priority, pattern, isKernel } = filter
  const all: readonly JournalLine[] = isKernel
    ? kernelLines(machine).map((line) => ({ ...line, unit: 'kernel', pid: 0 }))
    : machine.state.journal
  const isOf = (line: JournalLine): boolean =>
    units.length === 0 ? !machine.isLogFile(line.unit) : units.some((unit) => isOfUnit(line, unit))
  return all.filter(
    (line) =>
      isOf(line) &&
      (tags.length === 0 || tags.includes(line.unit)) &&
      line.time >= since &&
      line.time <= until &&
      priorityOf(line) <= priority &&
      (pattern?.test(line.text) ?? true),
  )
}

const isoTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}+00:00`

const FORMATS: Readonly<Record<string, (line: JournalLine, name: string) => string>> = {
  short: (line, name) => `${syslogTime(line.time)} ${name} ${tagged(line)}`,
  'short-iso': (line, name) => `${isoTime(line.time)} ${name} ${tagged(line)}`,
  'short-precise': (line, name) =>
    `${syslogTime(line.time)}.${String(line.time % 1000).padStart(3, '0')}000 ${name} ${tagged(line)}`,
  'short-full': (line, name) => `${systemdTime(line.time)} ${name} ${tagged(line)}`,
  cat: ({ text }) => text,
  json: (line, name) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: `${line.time}000`,
      _HOSTNAME: name,
      SYSLOG_IDENTIFIER: line.unit,
      _PID: String(line.pid),
      PRIORITY: String(priorityOf(line)),
      MESSAGE: line.text,
    }),
}

const tagged = ({ unit, pid, text }: JournalLine): string =>
  `${unit}${unit === 'kernel' ? '' : `[${pid}]`}: ${text}`

/**
 * Prints the journal: `-u unit`, `-n lines`, `-f` (for a minute of virtual time, as if Ctrl-C were pressed
 * then), `-r`, `-k`, `-b`, `-p`, `-g`, `-o`, `--since`, `--until`. Source: systemd src/journal/journalctl.c.
 */
export function journalctl({ args, machine }: CommandCall): CommandOutput {
  const split = separated(args)
  const wrong = unknownOption(split, VALUED, SWITCHES)
  if (wrong !== undefined)
    return failed(
      wrong.startsWith('--')
        ? `journalctl: unrecognized option '${wrong.replace(/=[^]*$/, '')}'`
        : `journalctl: invalid option -- '${wrong.slice(1)}'`,
    )
  const options = readOptions(split, VALUED)
  const [word] = options.words
  if (word !== undefined && !/^_SYSTEMD_UNIT=./.test(word))
    return failed(`Failed to add match '${word}': Invalid argument`)
  if (options.has('disk-usage')) {
    const bytes = machine.state.journal.reduce((sum, { text }) => sum + text.length + 64, 0)
    // the journal grows by whole files of 8 MiB
    const size = sizeText(Math.max(1, Math.ceil(bytes / JOURNAL_FILE)) * JOURNAL_FILE)
    return { stdout: `Archived and active journals take up ${size} in the file system.\n` }
  }
  if (options.has('list-boots')) return { stdout: bootList(machine) }
  const filter = filterOf(machine, options)
  if (typeof filter === 'string') return failed(filter)
  const print = FORMATS[options.get('o', 'output') ?? 'short']
  if (print === undefined) return failed(`Unknown output format '${options.get('o', 'output') ?? ''}'.`)
  const follows = options.has('f', 'follow')
  let lines = linesOf(machine, filter)
  const seen = lines.length
  const isEnd = follows || options.has('e', 'pager-end')
  const count = options.get('n', 'lines') ?? (isEnd ? (follows ? '10' : '1000') : undefined)
  if (count !== undefined && count !== 'all') {
    if (!/^\d+$/.test(count)) return failed(`Failed to parse lines '${count}'`)
    lines = Number(count) === 0 ? [] : lines.slice(-Number(count))
  }
  if (follows) {
    follow(machine)
    lines = [...lines, ...linesOf(machine, filter).slice(seen)]
  }
  if (options.has('r', 'reverse')) lines = lines.toReversed()
  if (!options.has('q', 'quiet') && !follows && lines.length === 0) return { stdout: '-- No entries --\n' }
  return { stdout: lines.map((line) => `${print(line, machine.name)}\n`).join('') }
}

const JOURNAL_FILE = 8 * 1024 * 1024

/** `journalctl --list-boots`: the boots of which there are lines. */
function bootList(machine: HostMachine): string {
  const boot = bootedAt(machine)
  const { journal } = machine.state
  const parts = [journal.filter(({ time }) => time < boot), journal.filter(({ time }) => time >= boot)]
  const head = `IDX ${'BOOT ID'.padEnd(32)} ${'FIRST ENTRY'.padEnd(27)} LAST ENTRY\n`
  const rows = parts.flatMap((lines, at) => {
    if (lines.length === 0) return []
    const times = lines.map(({ time }) => time)
    const id = stableHex(`${machine.name} boot ${at === 1 ? boot : 'before'}`, 32)
    const span = [Math.min(...times), Math.max(...times)].map(systemdTime).join(' ')
    return [`${String(at - 1).padStart(3)} ${id} ${span}\n`]
  })
  return head + rows.join('')
}

/** Reads what is asked for; a text is what is wrong with it. */
function filterOf(machine: HostMachine, options: ReturnType<typeof readOptions>): Filter | string {
  const now = machine.cluster.now()
  const boot = bootedAt(machine)
  const limits: number[] = []
  for (const text of [options.get('S', 'since'), options.get('U', 'until')]) {
    const at = text === undefined ? undefined : timeOf(text, now)
    if (text !== undefined && at === undefined) return `Failed to parse timestamp: ${text}`
    limits.push(at ?? Number.NaN)
  }
  const [since = Number.NaN, until = Number.NaN] = limits
  const priority = options.get('p', 'priority')
  const level =
    priority === undefined
      ? 7
      : /^[0-7]$/.test(priority)
        ? Number(priority)
        : PRIORITIES.indexOf(priority.replace(/^.*\.\./, ''))
  if (level < 0) return `Unknown log level ${priority ?? ''}`
  const asked = options.get('b', 'boot')
  if (asked !== undefined && !['', '0', '-1'].includes(asked))
    return `Data from the specified boot (${asked}) is not available: No such boot ID in journal`
  const previous = asked === '-1'
  if (previous && !machine.state.journal.some(({ time }) => time < boot))
    return 'Data from the specified boot (-1) is not available: No such boot ID in journal'
  const first = asked === undefined || previous ? Number.NEGATIVE_INFINITY : boot
  const grep = options.get('g', 'grep')
  const pattern = grep === undefined ? undefined : patternOf(grep)
  if (grep !== undefined && pattern === undefined) return `Bad pattern "${grep}"`
  return {
    units: [
      ...options.all('u', 'unit'),
      ...options.words.map((word) => word.replace(/^_SYSTEMD_UNIT=/, '')),
    ].map((unit) => unit.replace(/\.service$/, '')),
    tags: options.all('t', 'identifier'),
    since: Math.max(first, Number.isNaN(since) ? Number.NEGATIVE_INFINITY : since),
    until: Math.min(
      previous ? boot - 1 : Number.POSITIVE_INFINITY,
      Number.isNaN(until) ? Number.POSITIVE_INFINITY : until,
    ),
    priority: level,
    pattern,
    isKernel: options.has('k', 'dmesg'),
  }
}

/** A pattern in small letters matches capitals, too; undefined if it is none. */
function patternOf(text: string): GoRegExp | undefined {
  const compiled = compileGoRegExp(/[A-Z]/.test(text) ? text : `(?i)${text}`)
  return isFault(compiled) ? undefined : compiled
}

/**
 * Separates combined short options: `-fu kubelet`, `-xeu kubelet`, `-n20`, `-ukubelet`; `-b` may stand alone.
 */
function separated(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, at) => {
    if (arg === '-b' || arg === '--boot') return /^-?\d+$/.test(args[at + 1] ?? '') ? [arg] : ['-b', '']
    if (!/^-[a-zA-Z]{1,}/.test(arg) || arg.startsWith('--')) return [arg]
    const parts: string[] = []
    for (let letter = 1; letter < arg.length; letter++) {
      const sign = arg[letter] ?? ''
      const rest = arg.slice(letter + 1)
      parts.push(`-${sign}`)
      if (sign === 'b') {
        const [number = ''] = /^-?\d+/.exec(rest) ?? []
        parts.push(number)
        letter += number.length
      } else if (VALUED.includes(sign)) {
        if (rest !== '') parts.push(rest)
        break
      }
    }
    return parts
  })
}
