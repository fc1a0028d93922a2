import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

/** Copies standard input to files and on; `-a` appends. */
export const tee: Program = {
  name: 'tee',
  run: (call) => {
    const text = inputText(call)
    if (typeof text !== 'string') return text
    const { flags, rest } = flagsOf(call.args)
    let status = 0
    for (const path of rest)
      status |= attempt(call, path, '', () =>
        call.world.files.write(absolutePath(call.cwd, path), text, flags.has('a')),
      )
    call.write(text)
    return status
  },
}
