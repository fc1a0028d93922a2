import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** Copies one file to another, or into a directory. */
export const cp: Program = {
  name: 'cp',
  run: (call) => {
    const { rest } = flagsOf(call.args)
    const target = rest.at(-1)
    if (target === undefined || rest.length < 2) {
      call.error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: cp [-r] SOURCE... DEST\n')
      return 1
    }
    const { files } = call.world
    let status = 0
    for (const path of rest.slice(0, -1)) {
      status |= attempt(call, path, "can't stat", () => {
        const text = files.read(absolutePath(call.cwd, path))
        const full = absolutePath(call.cwd, target)
        status |= attempt(call, target, "can't create", () =>
          files.write(files.isDirectory(full) ? `${full}/${path.split('/').at(-1) ?? ''}` : full, text),
        )
      })
    }
    return status
  },
}
