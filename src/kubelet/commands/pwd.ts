import type { Program } from './command.js'

/** The working directory. */
export const pwd: Program = {
  name: 'pwd',
  run: ({ cwd, write }) => {
    write(`${cwd}\n`)
    return 0
  },
}
