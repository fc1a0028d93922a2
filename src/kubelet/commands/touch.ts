import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** Makes empty files. */
export const touch: Program = {
  name: 'touch',
  run: (call) => {
    let status = 0
    for (const path of flagsOf(call.args).rest)
      status |= attempt(call, path, '', () => call.world.files.write(absolutePath(call.cwd, path), '', true))
    return status
  },
}
