import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf } from './command.js'

/** Files, or standard input as it comes. */
export const cat: Program = {
  name: 'cat',
  run: (call) => {
    const { rest } = flagsOf(call.args)
    if (rest.length === 0 || (rest.length === 1 && rest[0] === '-')) {
      call.write(call.input.take())
      return call.input.ended ? 0 : { input: true, memory: null }
    }
    let status = 0
    for (const path of rest)
      status |= attempt(call, path, "can't open", () =>
        call.write(call.world.files.read(absolutePath(call.cwd, path))),
      )
    return status
  },
}
