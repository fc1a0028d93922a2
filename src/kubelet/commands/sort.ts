import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

/** Sorts lines: `-n`, `-r`, `-u`. */
export const sort: Program = {
  name: 'sort',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'kt')
    let text = ''
    if (rest.length === 0) {
      const read = inputText(call)
      if (typeof read !== 'string') return read
      text = read
    }
    let status = 0
    for (const path of rest)
      status |= attempt(
        call,
        path,
        '',
        () => void (text += call.world.files.read(absolutePath(call.cwd, path))),
      )
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    const compare = (a: string, b: string): number =>
      (flags.has('n') ? (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0) : 0) ||
      (a < b ? -1 : a > b ? 1 : 0)
    const sorted = flags.has('r') ? lines.sort(compare).toReversed() : lines.sort(compare)
    for (const line of flags.has('u') ? new Set(sorted) : sorted) call.write(`${line}\n`)
    return status
  },
}
