import type { Program } from './command.js'

/** The user's name. */
export const whoami: Program = {
  name: 'whoami',
  run: ({ world, write, error }) => {
    const {
      user: { uid },
      userName,
    } = world
    if (userName === undefined) {
      error(`whoami: unknown uid ${uid}\n`)
      return 1
    }
    write(`${userName}\n`)
    return 0
  },
}
