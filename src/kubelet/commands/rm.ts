import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** Removes files; `-r` directories, `-f` without complaints. */
export const rm: Program = {
  name: 'rm',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const { files } = call.world
    let status = 0
    for (const path of rest) {
      const full = absolutePath(call.cwd, path)
      if (files.stat(full) === undefined && flags.has('f')) continue
      if (files.isDirectory(full) && !flags.has('r') && !flags.has('R')) {
        call.error(`rm: '${path}' is a directory\n`)
        status = 1
      } else status |= attempt(call, path, "can't remove", () => files.remove(full))
    }
    return status
  },
}
