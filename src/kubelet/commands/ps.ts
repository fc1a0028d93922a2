import type { Program } from './command.js'

/** The processes of the container. */
export const ps: Program = {
  name: 'ps',
  run: ({ world, write }) => {
    write('PID   USER     TIME  COMMAND\n')
    for (const { pid, uid, command } of world.processes()) {
      const user = uid === 0 ? 'root' : uid === world.user.uid ? (world.userName ?? String(uid)) : String(uid)
      write(`${String(pid).padStart(5)} ${user.padEnd(8)}  0:00 ${command}\n`)
    }
    return 0
  },
}
