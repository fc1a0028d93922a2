import { roughSizeOf } from '../../lang/bytes/content.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed } from './command.js'

interface FileSystem {
  readonly source: string
  readonly type: string
  readonly at: string
  /** Sizes in KiB, or numbers of inodes. */
  readonly total: number
  readonly used: number
}

const KIB = 1024
/** Size of the machine's disk. */
export const DISK_KIB: number = 50 * KIB ** 2
const SWITCHES: Readonly<Record<string, string>> = {
  'human-readable': 'h',
  'print-type': 'T',
  inodes: 'i',
  all: 'a',
}

/**
 * `df [-hTik] [PATH...]`: the machine's disk and its memory file systems, or those that hold the paths. Sizes
 * are those of the Node object. Source: coreutils src/df.c.
 */
export function df({ args, machine, path }: CommandCall): CommandOutput {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const flags = args.filter((arg) => arg.startsWith('-')).flatMap(switchesOf)
  const unknown = flags.find((flag) => !'hTika'.includes(flag))
  if (unknown !== undefined)
    return failed(
      `df: ${unknown.length > 1 ? `unrecognized option '${unknown}'` : `invalid option -- '${unknown}'`}\n` +
        "Try 'df --help' for more information.",
    )
  const has = (flag: string): boolean => flags.includes(flag)
  const systems = fileSystems(machine, has('i'))
  const isThere = (at: string): boolean =>
    systems.some((system) => system.at === at) || machine.files.stat(at) !== undefined
  const lost = words.filter((word) => !isThere(path(word)))
  const found = words.filter((word) => !lost.includes(word)).map((word) => holderOf(path(word), systems))
  const stderr = lost.map((word) => `df: ${word}: No such file or directory\n`).join('')
  const shown = words.length === 0 ? systems : found
  const stdout = shown.length === 0 ? '' : tableOf(shown, has)
  return { stdout, stderr, code: lost.length === 0 ? 0 : 1 }
}

const switchesOf = (arg: string): readonly string[] =>
  arg.startsWith('--') ? [SWITCHES[arg.slice(2)] ?? arg] : Array.from(arg.slice(1))

/** What is mounted on a machine; sizes in KiB, or numbers of inodes. */
export function fileSystems(machine: CommandCall['machine'], inodes: boolean): readonly FileSystem[] {
  let bytes = 0
  for (const { content } of machine.disk.values())
    if (content !== undefined && typeof content !== 'function') bytes += roughSizeOf(content)
  const disk = inodes
    ? { total: 3_276_800, used: 60_000 + machine.disk.size }
    : { total: DISK_KIB, used: 4 * KIB ** 2 + Math.ceil(bytes / KIB) }
  const memory = inodes ? { total: 524_288, used: 1 } : { total: 2 * KIB ** 2, used: 0 }
  return [
    { source: '/dev/vda1', type: 'ext4', at: '/', ...disk },
    ...['/dev/shm', '/run'].map((at) => ({ source: 'tmpfs', type: 'tmpfs', at, ...memory })),
  ]
}

/** The file system with the longest mount point above a path. */
function holderOf(path: string, systems: readonly FileSystem[]): FileSystem {
  const holds = ({ at }: FileSystem): boolean => at === '/' || path === at || path.startsWith(`${at}/`)
  return systems.filter(holds).reduce((best, one) => (one.at.length > best.at.length ? one : best))
}

/** Rounds up to three digits at most, as coreutils does: `4.1G`, `50G`. */
function human(value: number, unit: number): string {
  let [rest, power] = [value, unit]
  while (rest >= KIB) [rest, power] = [rest / KIB, power + 1]
  if (rest === 0) return '0'
  const tenths = Math.ceil(rest * 10) / 10
  const digits = tenths < 10 && power > 0 ? tenths.toFixed(1) : Math.ceil(rest)
  return `${digits}${['', 'K', 'M', 'G', 'T'][power] ?? ''}`
}

function tableOf(systems: readonly FileSystem[], has: (flag: string) => boolean): string {
  const size = (value: number): string => (has('h') ? human(value, has('i') ? 0 : 1) : `${value}`)
  const heads = has('i')
    ? ['Inodes', 'IUsed', 'IFree', 'IUse%']
    : has('h')
      ? ['Size', 'Used', 'Avail', 'Use%']
      : ['1K-blocks', 'Used', 'Available', 'Use%']
  const rows = [
    ['Filesystem', ...(has('T') ? ['Type'] : []), ...heads, 'Mounted on'],
    ...systems.map(({ source, type, at, total, used }) => [
      source,
      ...(has('T') ? [type] : []),
      size(total),
      size(used),
      size(total - used),
      `${Math.ceil((used / total) * 100)}%`,
      at,
    ]),
  ]
  const texts = has('T') ? 2 : 1
  const least = (at: number): number => (at === 0 ? 14 : at < texts ? 4 : 5)
  const widths = rows[0]?.map((_, at) =>
    Math.max(at === texts + 3 ? 4 : least(at), ...rows.map((row) => (row[at] ?? '').length)),
  )
  const last = texts + 4
  const padded = (cell: string, at: number): string =>
    at === last ? cell : at < texts ? cell.padEnd(widths?.[at] ?? 0) : cell.padStart(widths?.[at] ?? 0)
  return rows.map((row) => `${row.map(padded).join(' ')}\n`).join('')
}
