import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { flagsOf } from './command.js'

/** Blocks of 1 KiB that every file system is said to have. */
const BLOCKS = 102_400_000

/** Space of the file systems: of all, or of those of the paths. */
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
    for (const { path, device } of shown) {
      const sizes = human
        ? ['97.7G', '9.8G', '87.9G']
        : [BLOCKS, BLOCKS / 10, BLOCKS - BLOCKS / 10].map(String)
      write(
        `${device.padEnd(20)} ${sizes.map((size) => size.padStart(9)).join(' ')}  10% ` +
          `${path === '' ? '/' : path}\n`,
      )
    }
    return 0
  },
}
