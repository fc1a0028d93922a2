import type { Program } from './command.js'
import { flagsOf } from './command.js'

const HEAD = 'Proto Recv-Q Send-Q Local Address           Foreign Address         State       '
const UNIX = 'Proto RefCnt Flags       Type       State         I-Node Path'

/**
 * Prints the ports on which the pod listens, like busybox: `-a`, `-l`, `-n`, `-t`, `-u`. No connection
 * outlasts a request, so that there are no others.
 */
export const netstat: Program = {
  name: 'netstat',
  run: ({ args, world, write, error }) => {
    const { flags } = flagsOf(args)
    const wrong = [...flags.keys()].find((flag) => !'alntuxrWep'.includes(flag))
    if (wrong !== undefined) {
      error(`netstat: unrecognized option: ${wrong}\nBusyBox v1.36.1 () multi-call binary.\n`)
      return 1
    }
    const shows = flags.has('a') || flags.has('l')
    const scope = flags.has('a') ? 'servers and established' : flags.has('l') ? 'only servers' : 'w/o servers'
    const isLimited = flags.has('t') || flags.has('u') || flags.has('x')
    const kinds = ['tcp', 'udp'].filter((kind) => !isLimited || flags.has(kind.charAt(0)))
    if (kinds.length > 0) {
      write(`Active Internet connections (${scope})\n${HEAD}\n`)
      for (const kind of shows ? kinds : [])
        for (const { port, protocol } of world.listening())
          if (protocol === kind) write(`${line(kind, port)}\n`)
    }
    if (!isLimited || flags.has('x')) write(`Active UNIX domain sockets (${scope})\n${UNIX}\n`)
    return 0
  },
}

const line = (protocol: string, port: number): string =>
  [
    protocol,
    '        0      0 ',
    `:::${port}`.padEnd(23),
    ' ',
    ':::*'.padEnd(23),
    ' ',
    (protocol === 'tcp' ? 'LISTEN' : '').padEnd(12),
  ].join('')
