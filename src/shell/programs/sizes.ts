import { joinContent, sizeOf, sliceContent, zeros } from '../../lang/bytes/content.js'
import type { Content } from '../../lang/bytes/content.js'
import { DISK, absolutePath } from '../files/tree.js'
import type { Invocation, Program } from './command.js'
import { attempt, flagsOf } from './command.js'

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  kB: 1000,
  K: 1024,
  M: 1024 ** 2,
  MB: 1000 ** 2,
  G: 1024 ** 3,
}

/** Parses a size such as `4k` or `2MiB`: `otherwise` if none is given, NaN if it is none. */
export function bytesIn(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const [, amount = '', unit = ''] = /^(\d+)([A-Za-z]{0,2}?)(?:iB)?$/.exec(text) ?? []
  return amount === '' ? NaN : Number(amount) * (UNITS[unit] ?? NaN)
}

/** Changes the size of a file, which is made if there is none. Returns the exit code. */
function resize(call: Invocation, path: string, resized: (size: number) => number): number {
  const { files } = call.world
  const full = absolutePath(call.cwd, path)
  return attempt(call, path, '', () => {
    const old: Content = files.stat(full) === undefined ? '' : files.content(full)
    const [before, size] = [sizeOf(old), resized(sizeOf(old))]
    files.write(full, size <= before ? sliceContent(old, 0, size) : joinContent(old, zeros(size - before)))
  })
}

/** `fallocate -l SIZE FILE`: makes a file at least that large. */
export const fallocate: Program = {
  name: 'fallocate',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'lo')
    const size = bytesIn(flags.get('l') ?? flags.get('length'), -1)
    const [path] = rest
    if (!(size > 0) || path === undefined) {
      call.error(
        `fallocate: ${path === undefined ? 'no filename specified' : 'invalid length value specified'}\n`,
      )
      return 1
    }
    return resize(call, path, (before) => Math.max(before, bytesIn(flags.get('o'), 0) + size))
  },
}

/** `truncate -s SIZE FILE...`: sets the size of files, or changes it by `+SIZE` or `-SIZE`. */
export const truncate: Program = {
  name: 'truncate',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 's')
    const [, sign = '', amount = ''] = /^([-+]?)(.+)$/.exec(flags.get('s') ?? flags.get('size') ?? '') ?? []
    const size = bytesIn(amount, 0)
    if (Number.isNaN(size) || rest.length === 0) {
      call.error(
        rest.length === 0 ? 'truncate: missing file operand\n' : `truncate: invalid number '${amount}'\n`,
      )
      return 1
    }
    let status = 0
    for (const path of rest)
      status |= resize(call, path, (before) =>
        sign === '' ? size : Math.max(0, sign === '+' ? before + size : before - size),
      )
    return status
  },
}

/** What `blockdev` prints of a device with so many bytes. */
const BLOCK_SIZES: Readonly<Record<string, (bytes: number) => number>> = {
  '--getsize64': (bytes) => bytes,
  '--getsz': (bytes) => Math.floor(bytes / SECTOR),
  '--getsize': (bytes) => Math.floor(bytes / SECTOR),
  '--getss': () => SECTOR,
}
const SECTOR = 512

/** Prints the size of a block device. */
export const blockdev: Program = {
  name: 'blockdev',
  run: ({ args, cwd, world, write, error }) => {
    const [option = '', device] = args
    const size = Object.hasOwn(BLOCK_SIZES, option) ? BLOCK_SIZES[option] : undefined
    if (size === undefined || device === undefined) {
      error('Usage: blockdev OPTION BLOCKDEV\n')
      return 1
    }
    const path = absolutePath(cwd, device)
    const entry = world.files.stat(path)
    if (entry?.special !== 'block') {
      const why = entry === undefined ? 'No such file or directory' : 'Inappropriate ioctl for device'
      error(
        `blockdev: ${entry === undefined ? `can't open '${device}'` : 'ioctl 0x80081272 failed'}: ${why}\n`,
      )
      return 1
    }
    write(`${size(world.files.mountOf(path).limit ?? DISK)}\n`)
    return 0
  },
}
