import type { Invocation, Pause, Program } from './command.js'
import { inputContent, isPause } from './command.js'

const USAGE = 'BusyBox v1.36.1 () multi-call binary.\n\nUsage: nsenter [OPTIONS] [PROG ARGS]\n'

interface Asked {
  /** Whether the mount namespace is entered, and so the files are those of the machine. */
  readonly mounts: boolean
  readonly command: readonly string[]
}

/** Parses the options; a string is one that is unknown. */
function askedOf(args: readonly string[]): Asked | string {
  let mounts = false
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    if (word === '--') return { mounts, command: args.slice(at + 1) }
    if (!word.startsWith('-')) return { mounts, command: args.slice(at) }
    const [, long, letters = ''] = /^(?:--([a-z-]+)(?:=.*)?|-([a-zA-Z].*))$/.exec(word) ?? []
    if (long !== undefined) {
      if (!/^(?:target|mount|uts|ipc|net|pid|user|cgroup|time|all|root|wd|no-fork|setuid|setgid)$/.test(long))
        return word
      if (long === 'mount' || long === 'all') mounts = true
      if (/^(?:target|setuid|setgid)$/.test(long) && !word.includes('=')) at++
    } else if (/^[tSG]/.test(letters)) at += letters.length === 1 ? 1 : 0
    else if (/^[muinpUCTarwF]+(?:=.*)?$/.test(letters)) mounts ||= /^[^=]*[ma]/.test(letters)
    else return word
  }
  return { mounts, command: [] }
}

/**
 * `nsenter --mount=FILE -- COMMAND`, `nsenter -t 1 -m -- COMMAND`: runs a command among the files of the
 * machine, which only a privileged container that sees the machine's processes may. Other namespaces change
 * nothing for a command.
 */
export const nsenter: Program = {
  name: 'nsenter',
  run: (call) => {
    const asked = askedOf(call.args)
    if (typeof asked === 'string') {
      call.error(`nsenter: unrecognized option '${asked}'\n${USAGE}`)
      return 1
    }
    const { mounts, command } = asked
    const host = mounts ? call.world.onHost?.() : call.world
    if (host === undefined) {
      call.error("nsenter: reassociate to namespace 'ns/mnt' failed: Operation not permitted\n")
      return 1
    }
    return runIn(call, host, command.length === 0 ? ['sh'] : command)
  },
}

function runIn(call: Invocation, world: Invocation['world'], command: readonly string[]): number | Pause {
  const input = inputContent(call)
  if (isPause(input)) return input
  const result = call.spawn(command, input, world)
  if (result === undefined) {
    call.error(`nsenter: ${command.join(' ')} waits, which a command in another namespace cannot do here\n`)
    return 1
  }
  call.write(result.stdout)
  call.error(result.stderr)
  return result.exitCode
}
