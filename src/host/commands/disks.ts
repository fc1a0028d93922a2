import { SWAP_DEVICE, SWAP_SIZE, swapsOf } from '../machine/kernel.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, sizeText } from './command.js'
import { DISK_KIB, fileSystems } from './df.js'

const VIRTUAL = [
  { source: 'sysfs', type: 'sysfs', at: '/sys' },
  { source: 'proc', type: 'proc', at: '/proc' },
  { source: 'cgroup2', type: 'cgroup2', at: '/sys/fs/cgroup' },
]

const mountsOf = (
  machine: CommandCall['machine'],
): readonly { source: string; type: string; at: string }[] => [...fileSystems(machine, false), ...VIRTUAL]

const optionsOf = (type: string): string =>
  type === 'ext4' ? 'rw,relatime,errors=remount-ro' : 'rw,nosuid,nodev,noexec,relatime'

/** `mount [-t TYPE]`: what is mounted. Nothing can be mounted by hand. Source: util-linux. */
export function mount({ args, machine }: CommandCall): CommandOutput {
  const isTyped = args[0] === '-t'
  const rest = args.slice(isTyped ? 2 : 0).filter((arg) => arg !== '-l')
  if (rest.length > 0) return failed('mount: only listing is simulated: mount, or mount -t ext4', 32)
  const shown = mountsOf(machine).filter(({ type }) => !isTyped || type === args[1])
  return {
    stdout: shown
      .map(({ source, at, type }) => `${source} on ${at} type ${type} (${optionsOf(type)})\n`)
      .join(''),
  }
}

/** `findmnt [PATH|DEVICE]`: what is mounted, as a table. Source: util-linux. */
export function findmnt({ args, machine }: CommandCall): CommandOutput {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const wrong = args.find((arg) => arg.startsWith('-') && !/^-[nlr]+$/.test(arg))
  if (wrong !== undefined) return failed(`findmnt: unrecognized option '${wrong}'`)
  const all = mountsOf(machine)
  const shown = all.filter(
    ({ at, source }) => words.length === 0 || words.includes(at) || words.includes(source),
  )
  if (shown.length === 0) return { code: 1 }
  const target = (at: string, index: number): string =>
    words.length > 0 || at === '/' ? at : `${index === all.length - 1 ? '└─' : '├─'}${at}`
  const rows = shown.map(({ at, source, type }, index) => [target(at, index), source, type, optionsOf(type)])
  const head = ['TARGET', 'SOURCE', 'FSTYPE', 'OPTIONS']
  const widths = head.map((word, at) => Math.max(word.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `${row.map((cell, at) => (at === 3 ? cell : cell.padEnd(widths[at] ?? 0))).join(' ')}\n`
  return { stdout: [...(args.includes('-n') ? [] : [head]), ...rows].map(line).join('') }
}

/** `lsblk [-f]`: the machine's disk and its partitions. Source: util-linux. */
export function lsblk({ args, machine }: CommandCall): CommandOutput {
  const wrong = args.find((arg) => !/^-(?:f|p|-fs|-paths)$/.test(arg))
  if (wrong !== undefined) return failed(`lsblk: ${wrong}: not a block device`, 32)
  const isSwap = swapsOf(machine).some(({ device }) => device === SWAP_DEVICE)
  const swap = isSwap ? '[SWAP]' : ''
  if (args.some((arg) => arg === '-f' || arg === '--fs')) {
    const last = `└─vda2 swap   ${swap}`.trimEnd()
    return { stdout: `NAME   FSTYPE MOUNTPOINTS\nvda\n├─vda1 ext4   /\n${last}\n` }
  }
  const disk = DISK_KIB * 1024
  const device = SWAP_SIZE * 1024
  const row = (name: string, minor: number, size: number, kind: string, at: string): string =>
    `${name.padEnd(6)} 254:${minor}    0  ${sizeText(size).padStart(4)}  0 ${kind} ${at}`.trimEnd()
  return {
    stdout: [
      'NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS',
      row('vda', 0, disk + device, 'disk', ''),
      row('├─vda1', 1, disk, 'part', '/'),
      row('└─vda2', 2, device, 'part', swap),
      '',
    ].join('\n'),
  }
}
