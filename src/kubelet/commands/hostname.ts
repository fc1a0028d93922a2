import type { Program } from './command.js'

/** The pod's host name; `-i`: its address. */
export const hostname: Program = {
  name: 'hostname',
  run: ({ args, world, write }) => {
    if (args[0] === '-i') write(`${world.network.lookup(world.hostname)?.addresses[0] ?? '127.0.0.1'}\n`)
    else write(`${world.hostname}\n`)
    return 0
  },
}
