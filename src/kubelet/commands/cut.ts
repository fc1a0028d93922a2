import type { Program } from './command.js'
import { flagsOf, inputText } from './command.js'

/** Fields or characters of lines: `-d: -f1,3-4`, `-c1-5`. */
export const cut: Program = {
  name: 'cut',
  run: (call) => {
    const text = inputText(call)
    if (typeof text !== 'string') return text
    const { flags } = flagsOf(call.args, 'dfc')
    const wanted = (flags.get('f') ?? flags.get('c') ?? '').split(',').map((range) => {
      const [first = '', last] = range.split('-')
      return {
        first: Number(first || 1),
        last: last === undefined ? Number(first) : last === '' ? Infinity : Number(last),
      }
    })
    const delimiter = flags.has('c') ? '' : (flags.get('d') ?? '\t')
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      const pieces = line.split(delimiter)
      const kept = pieces.filter((_, at) =>
        wanted.some(({ first, last }) => at + 1 >= first && at + 1 <= last),
      )
      call.write(`${pieces.length === 1 && delimiter !== '' ? line : kept.join(delimiter)}\n`)
    }
    return 0
  },
}
