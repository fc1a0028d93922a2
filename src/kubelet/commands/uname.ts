import type { Program } from './command.js'
import { flagsOf } from './command.js'

/** The machine: `-a`, `-n`, `-r`, `-m`. */
export const uname: Program = {
  name: 'uname',
  run: ({ args, world, write }) => {
    const { flags } = flagsOf(args)
    const all = flags.has('a')
    const fields = [
      (all || flags.size === 0 || flags.has('s')) && 'Linux',
      (all || flags.has('n')) && world.hostname,
      (all || flags.has('r')) && '6.1.0',
      all && '#1 SMP',
      (all || flags.has('m')) && 'x86_64',
      all && 'GNU/Linux',
    ].filter((field) => field !== false)
    write(`${fields.join(' ')}\n`)
    return 0
  },
}
