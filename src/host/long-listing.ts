import { absolutePath } from '../shell/files/tree.js'
import type { HostMachine } from './machine/host-machine.js'
import { lsTime } from './machine/texts.js'

const ROW = /^([-bcdlps])[rwxsStT-]{9}(\s+\d+ \S+ +\S+ +\S+) \w{3} +\d+ +[\d:]+ (.*)$/

const BITS = 'rwxrwxrwx'

/** `rw-r--r--` for 0644. */
const bitsOf = (mode: number): string =>
  Array.from(BITS, (letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-')).join('')

/**
 * What `ls -l` prints with the modes and times of the machine's files: just-bash shows the same mode for all,
 * and judges times by the clock of the computer. `args` are the words of the call.
 */
export function longListing(
  text: string,
  args: readonly string[],
  cwd: string,
  { files, cluster }: HostMachine,
): string {
  const given = args.find(
    (arg) => !arg.startsWith('-') && files.stat(absolutePath(cwd, arg))?.kind === 'directory',
  )
  const marks = args.some((arg) => /^-\w*[Fp]/.test(arg) || arg === '--classify')
  let folder = args.some((arg) => !arg.startsWith('-')) ? '' : '.'
  return text
    .split('\n')
    .map((line) => {
      const [, header] = /^(.+):$/.exec(line) ?? []
      if (header !== undefined) folder = header
      if (/^total \d+/.test(line) && folder === '') folder = given ?? ''
      const [, kind, middle = '', name = ''] = ROW.exec(line) ?? []
      if (kind === undefined) return line
      const [bare = name] = name.replace(/[*/]$/, '').split(' -> ')
      const entry = files.stat(absolutePath(absolutePath(cwd, folder === '' ? '.' : folder), bare))
      if (entry === undefined) return line
      // a directory that was there from the beginning has no time of its own
      const time = entry.time === 0 ? cluster.pki.config.created : entry.time
      const shown = kind === 'd' && !marks ? name.replace(/\/$/, '') : name
      return `${kind}${bitsOf(entry.mode)}${middle} ${lsTime(time, cluster.now())} ${shown}`
    })
    .join('\n')
}
