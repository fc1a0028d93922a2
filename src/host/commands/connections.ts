import { joinHostPort } from '../../lang/go/host-port.js'
import type { HostMachine } from '../machine/host-machine.js'
import { listeners } from '../machine/listeners.js'
import type { MachineProcess } from '../machine/processes.js'
import { processesOn, programName } from '../machine/processes.js'
import type { CommandCall, CommandOutput } from './command.js'
import { apart, failed } from './command.js'

/** Something that listens on the machine, with its process if that is one of the machine's. */
interface Socket {
  readonly address: string
  readonly port: number
  readonly program: string
  readonly process: MachineProcess | undefined
  /** Number of its file descriptor. */
  readonly fd: number
}

function socketsOf(machine: HostMachine): readonly Socket[] {
  const processes = processesOn(machine)
  const opened = new Map<string, number>()
  return listeners(machine).map(([address, port, program]) => {
    const fd = opened.get(program) ?? 3
    opened.set(program, fd + 1)
    return { address, port, program, fd, process: processes.find((each) => programName(each) === program) }
  })
}

const isV6 = (address: string): boolean => address === '*' || address.includes(':')

const peerOf = (address: string): string =>
  address === '*' ? '*:*' : address.includes(':') ? '[::]:*' : '0.0.0.0:*'

const switchesOf = (args: readonly string[], long: Readonly<Record<string, string>>): readonly string[] =>
  apart(args.map((arg) => long[arg] ?? arg)).flatMap((arg) => (arg.startsWith('-') ? [arg.slice(1)] : []))

const LONG: Readonly<Record<string, string>> = {
  '--listening': '-l',
  '--tcp': '-t',
  '--udp': '-u',
  '--all': '-a',
  '--numeric': '-n',
  '--processes': '-p',
  '--programs': '-p',
  '--program': '-p',
  '--ipv4': '-4',
  '--ipv6': '-6',
}

/** Whether the switches of ss and netstat want what listens for TCP; connections are not listed. */
const wants = (has: (letter: string) => boolean): boolean =>
  (has('l') || has('a')) && (has('t') || !(has('u') || has('x')))

const ofFamily = (sockets: readonly Socket[], has: (letter: string) => boolean): readonly Socket[] =>
  sockets.filter(({ address }) => (has('4') ? !isV6(address) || address === '*' : !has('6') || isV6(address)))

/** `ss -tlnp`: what listens on the machine. Connections are not listed. Source: iproute2 misc/ss.c. */
export function ss({ args, machine }: CommandCall): CommandOutput {
  const flags = switchesOf(args, LONG)
  const has = (letter: string): boolean => flags.includes(letter)
  const wrong = flags.find((flag) => !/^[lantupxemios46HOrw]$/.test(flag))
  if (wrong !== undefined)
    return failed(
      wrong.startsWith('-') ? `ss: unrecognized option '-${wrong}'` : `ss: invalid option -- '${wrong}'`,
      255,
    )
  const [first = '', value] = args.filter((arg) => !arg.startsWith('-'))
  const [, wanted] = /^:?(\d+)$/.exec(value ?? '') ?? []
  if (first !== '' && !(/^s?port$/.test(first) && wanted !== undefined))
    return failed(`ss: this filter is not simulated: ${first}. Write: ss -tlnp sport :6443`)
  const rows = wants(has) ? ofFamily(socketsOf(machine), has) : []
  const process = has('p') ? '  Process' : ''
  const head = `State   Recv-Q  Send-Q  Local Address:Port    Peer Address:Port${process}\n`
  const lines = rows
    .filter(({ port }) => wanted === undefined || port === Number(wanted))
    .map(({ address, port, program, process, fd }) => {
      const own = joinHostPort(address, port).padStart(18)
      const users =
        has('p') && process !== undefined
          ? `  users:(("${program.slice(0, 15)}",pid=${process.pid},fd=${fd}))`
          : ''
      return `LISTEN  0       4096    ${own}    ${peerOf(address).padStart(17)}${users}\n`
    })
  return { stdout: (has('H') ? '' : head) + lines.join('') }
}

/** `netstat -tlnp`: what listens on the machine. Connections are not listed. Source: net-tools. */
export function netstat({ args, machine }: CommandCall): CommandOutput {
  const flags = switchesOf(args, LONG)
  const has = (letter: string): boolean => flags.includes(letter)
  const wrong = flags.find((flag) => !/^[lantupxeoWw46]$/.test(flag))
  if (wrong !== undefined) return failed(`netstat: invalid option -- '${wrong}'`, 4)
  const kind = has('l') ? '(only servers)' : has('a') ? '(servers and established)' : '(w/o servers)'
  const head =
    `Active Internet connections ${kind}\n` +
    'Proto Recv-Q Send-Q Local Address           Foreign Address         State      ' +
    `${has('p') ? ' PID/Program name    ' : ' '}\n`
  const rows = wants(has) ? ofFamily(socketsOf(machine), has) : []
  const lines = rows.map(({ address, port, program, process }) => {
    const own = `${address === '*' ? '::' : address}:${port}`
    const peer = isV6(address) ? ':::*' : '0.0.0.0:*'
    const user = process === undefined ? '-' : `${process.pid}/${program}`
    return (
      `${(isV6(address) ? 'tcp6' : 'tcp').padEnd(5)}      0      0 ${own.padEnd(23)} ${peer.padEnd(23)} ` +
      `LISTEN      ${has('p') ? user.padEnd(20) : ''}\n`
    )
  })
  return { stdout: head + lines.join('') }
}

/** `lsof -i [-P] [-n]`, `lsof -i :PORT`, `-t`: which process listens on a port. Source: lsof 4. */
export function lsof({ args, machine }: CommandCall): CommandOutput {
  const spread = args.flatMap((arg) => (/^-i.+/.test(arg) ? ['-i', arg.slice(2)] : apart([arg])))
  const at = spread.indexOf('-i')
  const next = spread[at + 1]
  const filter = at >= 0 && next !== undefined && !next.startsWith('-') ? next : ''
  const wrong = spread.find((arg) => arg !== filter && !/^-(?:[inPt]|sTCP:LISTEN)$/.test(arg))
  if (at < 0 || wrong !== undefined)
    return failed(
      `lsof: only sockets are simulated${wrong === undefined ? '' : `, not ${wrong}`}. Write: lsof -i :6443`,
    )
  const [, family, protocol, port] = /^([46])?(tcp|udp)?(?::(\d+))?$/i.exec(filter) ?? []
  if (filter !== '' && family === undefined && protocol === undefined && port === undefined)
    return failed(`lsof: unacceptable port specification in: -i ${filter}`)
  const rows = socketsOf(machine).flatMap((socket) => {
    const { process, address } = socket
    const isMeant =
      (port === undefined || socket.port === Number(port)) &&
      protocol?.toLowerCase() !== 'udp' &&
      (family === undefined || isV6(address) === (family === '6'))
    return process !== undefined && isMeant ? [{ ...socket, process }] : []
  })
  if (rows.length === 0) return { code: 1 }
  if (spread.includes('-t'))
    return { stdout: [...new Set(rows.map(({ process }) => `${process.pid}\n`))].join('') }
  const line = ({ process, address, port: own, fd, program }: (typeof rows)[number]): string =>
    `${program.slice(0, 9).padEnd(9)} ${String(process.pid).padStart(6)} ${process.user.padStart(4)} ` +
    `${`${fd}u`.padStart(4)}  ${isV6(address) ? 'IPv6' : 'IPv4'} ` +
    `${String(20_000 + own).padStart(6)}      0t0  ` +
    `TCP ${joinHostPort(address, own)} (LISTEN)\n`
  return { stdout: `COMMAND      PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n${rows.map(line).join('')}` }
}
