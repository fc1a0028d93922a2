import { absolutePath } from '../files/tree.js'
import type { Program } from './command.js'
import { attempt, flagsOf, inputText } from './command.js'

/** How often a file that is followed is looked at, in virtual ms. */
const LOOK = 1000

/** The last lines: `-n 5`, `-5`, `-c 10`, `-f` (follows one file; of /dev/null nothing ever comes). */
export const tail: Program = {
  name: 'tail',
  run: (call) => {
    const args = call.args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))
    const { flags, rest } = flagsOf(args, 'nc')
    const lines = flags.get('n') ?? '10'
    const count = Math.abs(Number(lines))
    const last = (text: string): string => {
      if (flags.has('c')) return text.slice(-Number(flags.get('c')))
      const all = text.split(/(?<=\n)/).filter((line) => line !== '')
      return (lines.startsWith('+') ? all.slice(count - 1) : count === 0 ? [] : all.slice(-count)).join('')
    }
    const follows = flags.has('f') || flags.has('F')
    const [path = ''] = rest
    if (rest.length === 0) {
      const text = inputText(call)
      if (typeof text !== 'string') return text
      call.write(last(text))
      return 0
    }
    let size = 0
    const status = attempt(call, path, "can't open", () => {
      const text = path === '/dev/null' ? '' : call.world.files.read(absolutePath(call.cwd, path))
      if (typeof call.memory === 'number') call.write(text.slice(call.memory))
      else call.write(last(text))
      size = text.length
    })
    if (status !== 0 || !follows) return status
    return path === '/dev/null' ? { memory: null } : { until: call.world.now + LOOK, memory: size }
  },
}
