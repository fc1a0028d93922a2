import { capacityOf } from '../machine/capacity.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { MachineProcess } from '../machine/processes.js'
import { bootedAt, processesOn, shortName } from '../machine/processes.js'
import { loadOf, memoryOf, swapOf } from '../machine/memory.js'
import { clockTime, dateTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed } from './command.js'
import { MACHINE } from '../../kubelet/node/node-object.js'

const KIB = 1024

/** The kernel's release: `6.1.0-41-amd64`. */
export const kernelOf = ({ hosts, name }: HostMachine): string =>
  hosts.nodeObject(name)?.status.nodeInfo?.kernelVersion ?? MACHINE.kernelVersion

/** The architecture as uname prints it: `x86_64`. */
export const architectureOf = ({ hosts, name }: HostMachine): string => {
  const architecture = hosts.nodeObject(name)?.status.nodeInfo?.architecture ?? 'amd64'
  return { amd64: 'x86_64', arm64: 'aarch64' }[architecture] ?? architecture
}

const LONG: Readonly<Record<string, string>> = {
  all: 'a',
  'kernel-name': 's',
  nodename: 'n',
  'kernel-release': 'r',
  'kernel-version': 'v',
  machine: 'm',
  'operating-system': 'o',
}

/** `uname [-asnrvmpio]`: the machine's name and its kernel. Source: coreutils src/uname.c. */
export function uname({ args, machine }: CommandCall): CommandOutput {
  const more = "Try 'uname --help' for more information."
  const flags = new Set<string>()
  for (const arg of args) {
    if (arg.startsWith('--')) {
      const flag = LONG[arg.slice(2)]
      if (flag === undefined) return failed(`uname: unrecognized option '${arg}'\n${more}`)
      flags.add(flag)
    } else if (arg.startsWith('-') && arg !== '-') {
      const wrong = Array.from(arg.slice(1)).find((flag) => !'asnrvmpio'.includes(flag))
      if (wrong !== undefined) return failed(`uname: invalid option -- '${wrong}'\n${more}`)
      for (const flag of arg.slice(1)) flags.add(flag)
    } else return failed(`uname: extra operand '${arg}'\n${more}`)
  }
  const architecture = architectureOf(machine)
  const has = (flag: string): boolean => flags.has('a') || flags.has(flag)
  const words = [
    ...(has('s') || flags.size === 0 ? ['Linux'] : []),
    ...(has('n') ? [machine.name] : []),
    ...(has('r') ? [kernelOf(machine)] : []),
    ...(has('v') ? ['#1 SMP PREEMPT_DYNAMIC'] : []),
    ...['m', 'p', 'i'].filter(has).map(() => architecture),
    ...(has('o') ? ['GNU/Linux'] : []),
  ]
  return { stdout: `${words.join(' ')}\n` }
}

/** The line of `uptime` and `top`. Nobody else is logged in. */
export function uptimeLine(machine: HostMachine, processes: readonly MachineProcess[]): string {
  const now = machine.cluster.now()
  const minutes = Math.max(0, Math.floor((now - bootedAt(machine)) / 60_000))
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor(minutes / 60) % 24
  const rest = minutes % 60
  const clock = hours === 0 ? `${rest} min` : `${String(hours).padStart(2)}:${String(rest).padStart(2, '0')}`
  const up = `${days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `}${clock}`
  const load = loadOf(processes)
  return `${clockTime(now)} up ${up},  1 user,  load average: ${load}, ${load}, ${load}`
}

/** How long the machine has run in words, as `uptime -p` prints it: `up 2 days, 3 hours, 1 minute`. */
function prettyUptime(machine: HostMachine): string {
  const minutes = Math.max(0, Math.floor((machine.cluster.now() - bootedAt(machine)) / 60_000))
  const days = Math.floor(minutes / 1440)
  const parts: readonly (readonly [count: number, unit: string])[] = [
    [Math.floor(days / 7), 'week'],
    [days % 7, 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ]
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return `up ${words.length === 0 ? '0 minutes' : words.join(', ')}`
}

/** `uptime [-p | -s]`: since when the machine runs, and how busy it is. */
export function uptime({ args, machine }: CommandCall): CommandOutput {
  const [arg] = args
  if (arg === '-s' || arg === '--since') {
    const at = new Date(bootedAt(machine)).toISOString()
    return { stdout: `${at.slice(0, 10)} ${at.slice(11, 19)}\n` }
  }
  if (arg === '-p' || arg === '--pretty') return { stdout: `${prettyUptime(machine)}\n` }
  if (arg !== undefined)
    return failed(
      `uptime: ${wrongOption(arg)}\n\nUsage:\n uptime [options]\n\nOptions:\n` +
        ' -p, --pretty   show uptime in pretty format\n -s, --since    system up since',
    )
  return { stdout: ` ${uptimeLine(machine, processesOn(machine))}\n` }
}

const wrongOption = (arg: string): string =>
  arg.startsWith('--')
    ? `unrecognized option '${arg}'`
    : `invalid option -- '${arg.replace(/^-/, '').slice(0, 1)}'`

const UNITS: Readonly<Record<string, number>> = { b: 1, k: KIB, m: KIB ** 2, g: KIB ** 3 }
const LONG_UNITS: Readonly<Record<string, string>> = {
  bytes: 'b',
  kibi: 'k',
  mebi: 'm',
  gibi: 'g',
  human: 'h',
}

/** As `free -h` prints a size: `31Gi`, `1.2Gi`, `0B`. */
function human(bytes: number): string {
  let [rest, power] = [bytes, 0]
  while (rest >= KIB) [rest, power] = [rest / KIB, power + 1]
  const digits = rest < 10 && power > 0 ? rest.toFixed(1) : String(Math.round(rest))
  return `${digits}${['B', 'Ki', 'Mi', 'Gi', 'Ti'][power] ?? ''}`
}

/**
 * `free [-bkmgh]`: the machine's memory, and its swap, which is off as the kubelet wants it. Source:
 * procps-ng.
 */
export function free({ args, machine }: CommandCall): CommandOutput {
  let unit = 'k'
  for (const arg of args) {
    const letters = arg.startsWith('--') ? (LONG_UNITS[arg.slice(2)] ?? '?') : arg.replace(/^-/, '')
    const wrong = Array.from(letters).find((letter) => UNITS[letter] === undefined && letter !== 'h')
    if (wrong !== undefined || letters === '' || !arg.startsWith('-'))
      return failed(
        `free: ${wrongOption(arg.startsWith('--') ? arg : `-${wrong ?? ''}`)}\n\n` +
          'Usage:\n free [options]\n\nOptions:\n -b, -k, -m, -g  show output in bytes, KiB, MiB or GiB\n' +
          ' -h, --human     show human-readable output',
      )
    unit = letters.at(-1) ?? 'k'
  }
  const { total, used, free: left, cache } = memoryOf(machine, processesOn(machine))
  const swap = swapOf(machine)
  const size = (bytes: number): string =>
    unit === 'h' ? human(bytes) : String(Math.floor(bytes / (UNITS[unit] ?? 1)))
  const row = (label: string, cells: readonly string[]): string =>
    `${label.padEnd(9)}${cells.map((cell) => cell.padStart(11)).join(' ')}\n`
  return {
    stdout:
      row('', ['total', 'used', 'free', 'shared', 'buff/cache', 'available']) +
      row('Mem:', [total, used, left, 0, cache, left + cache].map(size)) +
      row('Swap:', [swap, 0, swap].map(size)),
  }
}

/** The process of the call, and the shell that it was typed in. */
function ownProcesses({ machine, args }: CommandCall, name: string): readonly MachineProcess[] {
  const usual = { user: 'root', started: machine.cluster.now(), cpu: 0, memory: 4 * KIB ** 2 }
  return [
    { ...usual, pid: 90_001, parent: 701, command: '-bash' },
    { ...usual, pid: 90_002, parent: 90_001, command: [name, ...args].join(' ') },
  ]
}

const isOwn = ({ pid }: MachineProcess): boolean => pid > 90_000

/** CPU time: what a process has taken since its start. */
const secondsOf = ({ cpu, started }: MachineProcess, now: number): number =>
  Math.floor((cpu * Math.max(0, now - started)) / 1000)

const two = (value: number): string => String(value).padStart(2, '0')

/** What `ps --sort` sorts by. */
const SORT_KEYS: Readonly<Record<string, (each: MachineProcess) => number | string>> = {
  '%cpu': ({ cpu }) => cpu,
  '%mem': ({ memory }) => memory,
  rss: ({ memory }) => memory,
  pid: ({ pid }) => pid,
  ppid: ({ parent }) => parent,
  user: ({ user }) => user,
  start_time: ({ started }) => started,
  cmd: ({ command }) => command,
}
const SORT_ALIASES: Readonly<Record<string, string>> = {
  ...{ pcpu: '%cpu', pmem: '%mem', rssize: 'rss', vsz: 'rss', vsize: 'rss', size: 'rss' },
  ...{ uname: 'user', euser: 'user', lstart: 'start_time', args: 'cmd', command: 'cmd', comm: 'cmd' },
}

/** Sorts processes by the keys of `--sort`, `-%mem,+pid`; undefined for a key that ps does not know. */
function sortedBy(keys: string, rows: readonly MachineProcess[]): readonly MachineProcess[] | undefined {
  const compares = keys.split(',').map((key) => {
    const name = key.replace(/^[-+]/, '')
    const of = SORT_KEYS[SORT_ALIASES[name] ?? name]
    if (of === undefined) return undefined
    const sign = key.startsWith('-') ? -1 : 1
    return (a: MachineProcess, b: MachineProcess): number =>
      of(a) === of(b) ? 0 : of(a) < of(b) ? -sign : sign
  })
  if (compares.includes(undefined)) return undefined
  return rows.toSorted((a, b) => compares.reduce((found, compare) => found || (compare?.(a, b) ?? 0), 0))
}

/**
 * `ps`, `ps aux`, `ps -ef`, `ps -e`, with `--sort`: the machine's processes. Source: procps-ng.
 */
export function ps(call: CommandCall): CommandOutput {
  const { machine } = call
  const at = call.args.findIndex((arg) => /^--sort(?:=|$)/.test(arg))
  const given = call.args[at] ?? ''
  const sort = at < 0 ? undefined : given === '--sort' ? (call.args[at + 1] ?? '') : given.slice(7)
  const args = call.args.filter((_, each) => at < 0 || each < at || each > at + (given === '--sort' ? 1 : 0))
  const columned = columnsIn(args)
  if (columned !== undefined) return byColumns(call, columned, sort)
  const isLong = args.some((arg) => !arg.startsWith('-') && arg.includes('u'))
  const letters = args.map((arg) => arg.replace(/^-/, '')).join('')
  if (!args.every((arg) => /^(?:-[eAfw]+|-?[auxw]+|-?axf?)$/.test(arg)))
    return failed(
      'error: unsupported option (BSD syntax)\n\nUsage:\n ps [options]\n\n' +
        'Simulated are: ps, ps aux, ps -e, ps -ef, ps -p PID, ps -C NAME, ps -eo pid,cmd, each with --sort',
    )
  const now = machine.cluster.now()
  const isAll = /[eAx]/.test(letters)
  const isFull = !isLong && /f/.test(letters)
  const found = [...(isAll ? processesOn(machine) : []), ...ownProcesses(call, 'ps')]
  const rows = sort === undefined ? found : sortedBy(sort, found)
  if (rows === undefined) return failed('error: unknown sort specifier\n\nUsage:\n ps [options]')
  if (isLong) return { stdout: aux(machine, rows, now) }
  const terminal = (each: MachineProcess): string => (isOwn(each) ? 'pts/0' : '?').padEnd(8)
  const time = (each: MachineProcess): string => {
    const seconds = secondsOf(each, now)
    return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
  }
  const head = isFull
    ? 'UID          PID    PPID  C STIME TTY          TIME CMD\n'
    : '    PID TTY          TIME CMD\n'
  const line = (each: MachineProcess): string => {
    const pid = String(each.pid).padStart(7)
    const parent = String(each.parent).padStart(7)
    const start = clockTime(each.started).slice(0, 5)
    const words = isFull
      ? [each.user.padEnd(8), pid, parent, ' 0', start, terminal(each), time(each), each.command]
      : [pid, terminal(each), time(each), shortName(each)]
    return `${words.join(' ')}\n`
  }
  return { stdout: head + rows.map(line).join('') }
}

/** What `ps -o` shows: the head of a column, its width (negative: to the left), and its cells. */
const COLUMNS: Readonly<
  Record<
    string,
    readonly [head: string, width: number, of: (each: MachineProcess, call: CommandCall) => string]
  >
> = {
  pid: ['PID', 7, ({ pid }) => String(pid)],
  ppid: ['PPID', 7, ({ parent }) => String(parent)],
  user: ['USER', -8, ({ user }) => user],
  comm: ['COMMAND', -15, (each) => shortName(each)],
  cmd: ['CMD', -1, ({ command }) => command],
  args: ['COMMAND', -1, ({ command }) => command],
  '%cpu': ['%CPU', 4, ({ cpu }) => (cpu * 100).toFixed(1)],
  '%mem': ['%MEM', 4, ({ memory }, { machine }) => ((100 * memory) / memoryOf(machine, []).total).toFixed(1)],
  rss: ['RSS', 6, ({ memory }) => String(Math.floor(memory / KIB))],
  vsz: ['VSZ', 7, ({ memory }) => String(Math.floor(memory / KIB))],
  tty: ['TT', -8, (each) => (isOwn(each) ? 'pts/0' : '?')],
  stat: ['STAT', -4, () => 'Ss'],
  ni: ['NI', 3, () => '0'],
  nlwp: ['NLWP', 4, () => '1'],
  start: ['STARTED', 8, ({ started }) => clockTime(started)],
  lstart: ['STARTED', 24, ({ started }) => dateTime(started).replace(' UTC', '')],
  etime: [
    'ELAPSED',
    11,
    ({ started }, { machine }) => elapsed(Math.floor((machine.cluster.now() - started) / 1000)),
  ],
  time: [
    'TIME',
    8,
    (each, { machine }) => {
      const seconds = secondsOf(each, machine.cluster.now())
      return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
    },
  ],
}
const COLUMN_ALIASES: Readonly<Record<string, string>> = {
  ...{
    pcpu: '%cpu',
    pmem: '%mem',
    rssize: 'rss',
    vsize: 'vsz',
    command: 'args',
    ucmd: 'comm',
    ucomm: 'comm',
  },
  ...{ uname: 'user', euser: 'user', tt: 'tty', tname: 'tty', s: 'stat', state: 'stat', nice: 'ni' },
  ...{ start_time: 'start', stime: 'start', cputime: 'time', uid: 'user' },
}

/** `05:03`, `02:05:03`, `1-02:05:03`. */
function elapsed(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor(seconds / 3600) % 24
  const rest = [Math.floor(seconds / 60) % 60, seconds % 60].map(two)
  const parts = days > 0 || hours > 0 ? [two(hours), ...rest] : rest
  return `${days > 0 ? `${days}-` : ''}${parts.join(':')}`
}

interface Columned {
  /** Names of columns, each with a head of its own or none. */
  readonly columns: readonly (readonly [name: string, head: string | undefined])[]
  readonly pids: readonly string[]
  readonly names: readonly string[]
  readonly isAll: boolean
}

/** Reads `-o COLUMNS`, `-p PIDS` and `-C NAMES`; undefined if there is none of them. */
function columnsIn(args: readonly string[]): Columned | undefined {
  const columns: (readonly [string, string | undefined])[] = []
  const pids: string[] = []
  const names: string[] = []
  let [isAll, isAsked] = [false, false]
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const [, flags = '', sign = '', attached = ''] = /^-?([eAaxfwl]*)([opC])(.*)$/.exec(arg) ?? []
    if (sign === '' || !(arg.startsWith('-') || sign === 'o')) {
      if (/^-?[eAax]+f?$/.test(arg)) isAll = true
      continue
    }
    isAsked = true
    if (/[eAax]/.test(flags)) isAll = true
    const value = attached === '' ? (args[++at] ?? '') : attached.replace(/^=/, '')
    if (sign === 'p') pids.push(...value.split(/[,\s]+/))
    else if (sign === 'C') names.push(...value.split(','))
    else
      for (const each of value.split(/[,\s]+/).filter((one) => one !== '')) {
        const [name = '', head] = each.split('=')
        columns.push([COLUMN_ALIASES[name.toLowerCase()] ?? name.toLowerCase(), head])
      }
  }
  return isAsked ? { columns, pids, names, isAll } : undefined
}

/** `ps -eo pid,comm,%mem`, `ps -p 1012 -o lstart=`, `ps -C kubelet`. */
function byColumns(call: CommandCall, asked: Columned, sort: string | undefined): CommandOutput {
  const { pids, names, isAll } = asked
  const columns =
    asked.columns.length > 0
      ? asked.columns
      : (['pid', 'tty', 'time', 'comm'] as const).map((name) => [name, undefined] as const)
  const wrong = columns.find(([name]) => !Object.hasOwn(COLUMNS, name))
  if (wrong !== undefined)
    return failed(`error: unknown user-defined format specifier "${wrong[0]}"\n\nUsage:\n ps [options]`)
  const all = [...processesOn(call.machine), ...ownProcesses(call, 'ps')]
  const isChosen = (each: MachineProcess): boolean =>
    pids.length + names.length > 0
      ? pids.includes(String(each.pid)) || names.includes(shortName(each))
      : isAll || isOwn(each)
  const chosen = all.filter(isChosen)
  const rows = sort === undefined ? chosen : sortedBy(sort, chosen)
  if (rows === undefined) return failed('error: unknown sort specifier\n\nUsage:\n ps [options]')
  const shown = columns.map(([name, head]) => {
    const [title, width, of] = COLUMNS[name] ?? ['', 1, () => '']
    return { title: head ?? title, width, of }
  })
  const lineOf = (cells: readonly string[]): string =>
    `${cells
      .map((cell, at) => {
        const width = shown[at]?.width ?? 1
        return width > 0 ? cell.padStart(width) : at === cells.length - 1 ? cell : cell.padEnd(-width)
      })
      .join(' ')}\n`
  const isHeadless =
    shown.every(({ title }) => title === '') ||
    call.args.some((arg) => arg === '--no-headers' || arg === '--no-heading' || arg === 'h')
  const head = isHeadless ? '' : lineOf(shown.map(({ title }) => title))
  const lines = rows.map((each) => lineOf(shown.map(({ of }) => of(each, call))))
  return { stdout: head + lines.join(''), code: rows.length === 0 ? 1 : 0 }
}

function aux(machine: HostMachine, rows: readonly MachineProcess[], now: number): string {
  const { total } = memoryOf(machine, rows)
  return (
    'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n' +
    rows
      .map((each) => {
        const kib = String(Math.floor(each.memory / KIB))
        const seconds = secondsOf(each, now)
        return `${[
          each.user.padEnd(8),
          String(each.pid).padStart(7),
          (each.cpu * 100).toFixed(1).padStart(4),
          ((100 * each.memory) / total).toFixed(1).padStart(4),
          kib.padStart(6),
          kib.padStart(5),
          (isOwn(each) ? 'pts/0' : '?').padEnd(8),
          'Ss  ',
          clockTime(each.started).slice(0, 5),
          `${Math.floor(seconds / 60)}:${two(seconds % 60)}`.padStart(6),
          each.command,
        ].join(' ')}\n`
      })
      .join('')
  )
}

/** `top -b [-n 1]`: the machine and its processes once, the busiest first. Source: procps-ng. */
export function top({ args, machine }: CommandCall): CommandOutput {
  const words = args.join(' ')
  if (!/^-b(?: ?-?n ?\d+)?$|^-?bn ?\d+$|^-n ?\d+ -b$/.test(words))
    return failed(
      words === ''
        ? 'top: this terminal has no screen for it. Write: top -b -n 1'
        : `top: ${wrongOption(args.find((arg) => !/^-?[bn\d]+$/.test(arg)) ?? words)}. Write: top -b -n 1`,
    )
  const rows = processesOn(machine).toSorted((a, b) => b.cpu - a.cpu || b.memory - a.memory)
  const now = machine.cluster.now()
  const { total, used, free: left, cache } = memoryOf(machine, rows)
  const { cores } = capacityOf(machine)
  const swap = swapOf(machine)
  const busy = Math.min(100, (100 * rows.reduce((sum, { cpu }) => sum + cpu, 0)) / Math.max(1, cores))
  const mib = (bytes: number): string => (bytes / KIB ** 2).toFixed(1).padStart(8)
  const head =
    `top - ${uptimeLine(machine, rows)}\n` +
    `Tasks: ${String(rows.length).padStart(3)} total,   1 running, ` +
    `${String(rows.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie\n` +
    `%Cpu(s): ${busy.toFixed(1).padStart(4)} us,  0.0 sy,  0.0 ni, ` +
    `${(100 - busy).toFixed(1).padStart(4)} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n` +
    `MiB Mem : ${mib(total)} total, ${mib(left)} free, ${mib(used)} used, ${mib(cache)} buff/cache\n` +
    `MiB Swap: ${mib(swap)} total, ${mib(swap)} free, ${mib(0)} used. ${mib(left + cache)} avail Mem\n\n` +
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n'
  const line = (each: MachineProcess): string => {
    const kib = String(Math.floor(each.memory / KIB)).padStart(7)
    const seconds = secondsOf(each, now)
    return (
      `${String(each.pid).padStart(7)} ${each.user.padEnd(8)}  20   0 ${kib} ${kib.slice(1)}      0 S ` +
      `${(each.cpu * 100).toFixed(1).padStart(5)} ${((100 * each.memory) / total).toFixed(1).padStart(5)} ` +
      `${`${Math.floor(seconds / 60)}:${two(seconds % 60)}.00`.padStart(9)} ${shortName(each)}\n`
    )
  }
  return { stdout: head + rows.map(line).join('') }
}
