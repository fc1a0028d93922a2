import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** Makes directories; `-p` with those above. */
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
