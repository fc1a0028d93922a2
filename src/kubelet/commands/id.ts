import type { Program } from './command.js'
import { flagsOf } from './command.js'

const named = (id: number, name: string | undefined): string =>
  name === undefined ? String(id) : `${id}(${name})`

/** Who runs it: `id`, `id -u`, `id -g`, `id -un`. */
export const id: Program = {
  name: 'id',
  run: ({ args, world, write, error }) => {
    const { uid, gid, groups } = world.user
    const { flags } = flagsOf(args)
    const groupName = (group: number): string | undefined =>
      nameIn(world.files.stat('/etc/group') === undefined ? '' : world.files.read('/etc/group'), group)
    if (flags.has('u')) {
      if (flags.has('n') && world.userName === undefined) {
        error(`id: unknown ID ${uid}\n`)
        return 1
      }
      write(`${flags.has('n') ? (world.userName ?? uid) : uid}\n`)
    } else if (flags.has('g')) write(`${flags.has('n') ? (groupName(gid) ?? gid) : gid}\n`)
    else if (flags.has('G')) write(`${inOrder(gid, groups).join(' ')}\n`)
    else {
      const all = inOrder(gid, groups).map((group) => named(group, groupName(group)))
      write(`uid=${named(uid, world.userName)} gid=${named(gid, groupName(gid))} groups=${all.join(',')}\n`)
    }
    return 0
  },
}

/** As the kernel keeps them. */
const inOrder = (gid: number, groups: readonly number[]): readonly number[] =>
  [...new Set([gid, ...groups])].sort((a, b) => a - b)

/** The name that goes with a number in /etc/passwd or /etc/group. */
function nameIn(text: string, number: number): string | undefined {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(number))?.[0]
}
