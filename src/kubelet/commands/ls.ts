import { FileFault, textOf } from '../files/file-system.js'
import { absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { bytesOfText } from '../../api/byte-text.js'

/** Names in directories: `-l`, `-a`, `-1`, `-d`. Not on a terminal: one a line. */
export const ls: Program = {
  name: 'ls',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const paths = rest.length === 0 ? ['.'] : rest
    let status = 0
    for (const path of paths) {
      status |= attempt(call, path, '', () => {
        const full = absolutePath(call.cwd, path)
        if (!call.world.files.isDirectory(full) || flags.has('d'))
          return print(call, [path], (name) => absolutePath(call.cwd, name), flags.has('l'))
        const names = call.world.files
          .list(full)
          .filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'))
        if (paths.length > 1) call.write(`${path === paths[0] ? '' : '\n'}${path}:\n`)
        if (flags.has('l')) call.write('total 0\n')
        print(
          call,
          flags.has('a') ? ['.', '..', ...names] : names,
          (name) => absolutePath(full, name),
          flags.has('l'),
        )
      })
    }
    return status
  },
}

function print(
  call: Invocation,
  names: readonly string[],
  pathOf: (name: string) => string,
  long: boolean,
): void {
  for (const name of names) {
    const entry = call.world.files.stat(pathOf(name))
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (!long) {
      call.write(`${name}\n`)
      continue
    }
    const size = entry.kind === 'directory' ? 4096 : bytesOfText(textOf(entry)).length
    const owner = (id: number): string => (id === 0 ? 'root' : String(id)).padEnd(8)
    const time = new Date(entry.time)
    const when =
      `${MONTHS[time.getUTCMonth()] ?? ''} ${String(time.getUTCDate()).padStart(2)} ` +
      `${time.toISOString().slice(11, 16)}`
    call.write(
      `${modeText(entry.kind === 'directory', entry.mode)}    1 ${owner(entry.owner)} ` +
        `${owner(entry.group)} ${String(size).padStart(8)} ${when} ${name}\n`,
    )
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function modeText(directory: boolean, mode: number): string {
  const bits = [6, 3, 0].map((shift) =>
    ['r', 'w', 'x'].map((letter, at) => ((mode >> shift) & (4 >> at) ? letter : '-')).join(''),
  )
  const sticky = (mode & 0o1000) !== 0
  const setgid = (mode & 0o2000) !== 0 ? ((mode & 0o010) !== 0 ? 's' : 'S') : undefined
  if (setgid !== undefined) bits[1] = `${(bits[1] ?? '').slice(0, 2)}${setgid}`
  const text = bits.join('')
  return `${directory ? 'd' : '-'}${sticky ? `${text.slice(0, -1)}t` : text}`
}
