import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'
import { bytesOfText } from '../../api/byte-text.js'

/** Counts: `-l`, `-w`, `-c`. */
export const wc: Program = {
  name: 'wc',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args)
    const wanted = ['l', 'w', 'c'].filter((flag) => flags.size === 0 || flags.has(flag))
    const print = (text: string, name: string): void => {
      const counts: Readonly<Record<string, number>> = {
        l: text.split('\n').length - 1,
        w: text.split(/\s+/).filter((word) => word !== '').length,
        c: bytesOfText(text).length,
      }
      const fields = wanted.map((flag) => String(counts[flag]))
      const columns = fields.length === 1 ? fields : fields.map((field) => field.padStart(9))
      call.write(`${columns.join(' ')}${name}\n`)
    }
    if (rest.length === 0) {
      const text = inputText(call)
      if (typeof text !== 'string') return text
      print(text, '')
      return 0
    }
    let status = 0
    for (const path of rest)
      status |= attempt(call, path, "can't open", () =>
        print(call.world.files.read(absolutePath(call.cwd, path)), ` ${path}`),
      )
    return status
  },
}
