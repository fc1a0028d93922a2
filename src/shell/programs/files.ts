import { roughSizeOf, sizeOf } from '../../lang/bytes/content.js'
import { FileFault, contentOfEntry } from '../files/file-system.js'
import type { FileEntry, FileTree } from '../files/tree.js'
import { DISK, absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { inSlices } from './slices.js'

/** Prints the last part of a path. */
export const basename: Program = {
  name: 'basename',
  run: ({ args, write }) => {
    const [path = '', suffix = ''] = args
    const name =
      path
        .replace(/(?<!\/)\/+$/, '')
        .split('/')
        .at(-1) ?? ''
    write(
      `${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
    )
    return 0
  },
}

/** Prints files, or standard input as it arrives. */
export const cat: Program = {
  name: 'cat',
  run: (call) =>
    inSlices<null>(call, flagsOf(call.args).rest, "can't open", {
      begin: () => null,
      add: (_, slice) => {
        call.write(slice)
        return null
      },
      finish: () => undefined,
    }),
}

/** Size of a disk in blocks of 1 KiB. */
const BLOCKS = DISK / 1024

/** Prints the space of all file systems, or of those of the given paths. */
export const df: Program = {
  name: 'df',
  run: ({ args, world, write, cwd }) => {
    const { flags, rest } = flagsOf(args)
    const wanted = rest.map((path) => absolutePath(cwd, path))
    const human = flags.has('h')
    write(`Filesystem           ${human ? '     Size' : '1K-blocks'}      Used Available Use% Mounted on\n`)
    const mounts = world.files.mounts
    const shown =
      wanted.length === 0
        ? mounts.toReversed()
        : wanted.flatMap(
            (path) => mounts.find(({ path: at }) => path === at || path.startsWith(`${at}/`)) ?? [],
          )
    for (const { path, device, limit, writable } of shown) {
      const size = limit === undefined ? BLOCKS : pages(limit)
      const used = limit === undefined ? BLOCKS / 10 : usedBlocks(writable?.())
      const sizes = [size, used, size - used].map((blocks) =>
        (human ? humanSize(blocks) : String(blocks)).padStart(9),
      )
      const share = `${Math.ceil((used / size) * 100)}%`.padStart(4)
      write(`${device.padEnd(20)} ${sizes.join(' ')} ${share} ${path === '' ? '/' : path}\n`)
    }
    return 0
  },
}

/** Blocks of 1 KiB in whole pages, as a tmpfs counts. */
const pages = (bytes: number): number => Math.ceil(bytes / 4096) * 4

function usedBlocks(tree: FileTree | undefined): number {
  let used = 0
  for (const { content } of tree?.values() ?? [])
    if (content !== undefined && typeof content !== 'function') used += pages(roughSizeOf(content))
  return used
}

/** Formats blocks of 1 KiB as busybox does: one digit after the point. */
function humanSize(blocks: number): string {
  if (blocks === 0) return '0'
  let size = blocks
  let unit = 0
  for (; size >= 1024; unit++) size /= 1024
  return `${size.toFixed(1)}${'KMGT'.charAt(unit)}`
}

/** Lists directories: `-l`, `-a`, `-1`, `-d`; one name a line, since this is not a terminal. */
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
    const target = call.world.files.linkAt(pathOf(name))
    const entry = call.world.files.stat(pathOf(name)) ?? (target === undefined ? undefined : BROKEN)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (!long) {
      call.write(`${name}\n`)
      continue
    }
    const size = entry.kind === 'directory' ? 4096 : sizeOf(contentOfEntry(entry))
    const owner = (id: number): string => (id === 0 ? 'root' : String(id)).padEnd(8)
    const time = new Date(entry.time)
    const when =
      `${MONTHS[time.getUTCMonth()] ?? ''} ${String(time.getUTCDate()).padStart(2)} ` +
      `${time.toISOString().slice(11, 16)}`
    const mode = target === undefined ? modeOf(entry) : 'lrwxrwxrwx'
    const shown = target === undefined ? name : `${name} -> ${target}`
    call.write(
      `${mode}    1 ${owner(entry.owner)} ` +
        `${owner(entry.group)} ${String(size).padStart(8)} ${when} ${shown}\n`,
    )
  }
}

function modeOf({ kind, special, mode }: FileEntry): string {
  const text = modeText(kind === 'directory', mode)
  return special === undefined ? text : `${special.charAt(0)}${text.slice(1)}`
}

/** What is shown of a link that leads nowhere. */
const BROKEN: FileEntry = { kind: 'file', mode: 0o777, owner: 0, group: 0, time: 0 }

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Returns a mode as `ls -l` shows it: `drwxr-xr-x`. */
export function modeText(directory: boolean, mode: number): string {
  const bits = [6, 3, 0].map((shift) =>
    ['r', 'w', 'x'].map((letter, at) => ((mode >> shift) & (4 >> at) ? letter : '-')).join(''),
  )
  const sticky = (mode & 0o1000) !== 0
  const setgid = (mode & 0o2000) !== 0 ? ((mode & 0o010) !== 0 ? 's' : 'S') : undefined
  if (setgid !== undefined) bits[1] = `${(bits[1] ?? '').slice(0, 2)}${setgid}`
  const text = bits.join('')
  return `${directory ? 'd' : '-'}${sticky ? `${text.slice(0, -1)}t` : text}`
}

/** Creates directories; `-p` also creates missing parents. */
export const mkdir: Program = {
  name: 'mkdir',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'm')
    let status = 0
    for (const path of rest) {
      status |= attempt(call, path, "can't create directory", () => {
        const { files } = call.world
        const full = absolutePath(call.cwd, path)
        if (!flags.has('p')) return files.makeDirectory(full)
        const parts = full.split('/').slice(1)
        for (const at of parts.keys()) {
          const above = `/${parts.slice(0, at + 1).join('/')}`
          if (!files.isDirectory(above)) files.makeDirectory(above)
        }
      })
    }
    return status
  },
}

/**
 * Prints the mounts, or mounts an empty file system of memory: `mount -t tmpfs NAME DIRECTORY`. Other types
 * cannot be mounted.
 */
export const mount: Program = {
  name: 'mount',
  run: (call) => {
    const { world, write, error } = call
    const { flags, rest } = flagsOf(call.args, 'to')
    const [source, target = source] = rest
    if (source === undefined || target === undefined) {
      for (const { path, device, type, readOnly } of world.files.mounts.toReversed())
        write(`${device} on ${path === '' ? '/' : path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`)
      return 0
    }
    if (!mayMount(call)) return 1
    const path = world.files.real(absolutePath(call.cwd, target))
    const type = flags.get('t') ?? flags.get('types')
    const fault =
      type !== 'tmpfs' || world.mount === undefined
        ? 'Operation not supported'
        : world.files.isDirectory(path)
          ? undefined
          : world.files.stat(path) === undefined
            ? 'No such file or directory'
            : 'Not a directory'
    if (fault === undefined) world.mount?.(path, source)
    else error(`mount: mounting ${source} on ${target} failed: ${fault}\n`)
    return fault === undefined ? 0 : 255
  },
}

/** Takes mounts away that were made by `mount`. */
export const umount: Program = {
  name: 'umount',
  run: (call) => {
    const { world, error } = call
    const { rest } = flagsOf(call.args, 'tO')
    if (!mayMount(call)) return 1
    let status = 0
    for (const target of rest) {
      try {
        if (world.unmount === undefined) throw new FileFault('Operation not supported')
        world.unmount(world.files.real(absolutePath(call.cwd, target)))
      } catch (fault) {
        if (!(fault instanceof FileFault)) throw fault
        error(`umount: can't unmount ${target}: ${fault.message}\n`)
        status = 1
      }
    }
    return status
  },
}

function mayMount({ name, world, error }: Invocation): boolean {
  if (world.isPrivileged && world.user.uid === 0) return true
  error(`${name}: permission denied (are you root?)\n`)
  return false
}

/** Removes files; `-r` removes directories, `-f` ignores missing ones. */
export const rm: Program = {
  name: 'rm',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const { files } = call.world
    let status = 0
    for (const path of rest) {
      const full = absolutePath(call.cwd, path)
      const isLink = files.linkAt(full) !== undefined
      if (!isLink && files.stat(full) === undefined && flags.has('f')) continue
      if (!isLink && files.isDirectory(full) && !flags.has('r') && !flags.has('R')) {
        call.error(`rm: '${path}' is a directory\n`)
        status = 1
      } else status |= attempt(call, path, "can't remove", () => files.remove(full))
    }
    return status
  },
}

/** Creates empty files. */
export const touch: Program = {
  name: 'touch',
  run: (call) => {
    let status = 0
    for (const path of flagsOf(call.args).rest)
      status |= attempt(call, path, '', () => call.world.files.write(absolutePath(call.cwd, path), '', true))
    return status
  },
}
