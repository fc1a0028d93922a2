import { parseIp } from '../../lang/go/ip.js'
import { textOfContent } from '../../lang/bytes/content.js'
import type { Invocation, Pause, Program, Served, ServedRequest } from './command.js'
import { flagsOf, inputText } from './command.js'
import { addressesOf } from './http.js'
import { joinHostPort } from '../../lang/go/host-port.js'

const SYN_TIMEOUT = 127_000

/**
 * `nc HOST PORT` sends standard input and prints the response; `-z` only connects, `-v` is verbose, `-w
 * SECONDS`, `-u`. `nc -l [-k] -p PORT` waits for a connection, prints what arrives and sends standard input;
 * it ends with the connection, unless `-k`.
 */
export const nc: Program = {
  name: 'nc',
  serve: serveConnection,
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'wpi')
    if (flags.has('l')) return listen(call)
    const [host = '', portText = ''] = rest
    const port = Number(portText)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      call.error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: nc [-l] [-p PORT] [IPADDR PORT]\n')
      return 1
    }
    const [address] = addressesOf(host, (name) => call.world.network.lookup(name)) ?? []
    if (address === undefined) {
      call.error(`nc: bad address '${host}'\n`)
      return 1
    }
    if (typeof call.memory === 'number') {
      call.error(
        flags.has('w') ? 'nc: timed out\n' : `nc: ${host} (${address}:${port}): Operation timed out\n`,
      )
      return 1
    }
    const text = flags.has('z') ? '' : inputText(call)
    if (typeof text !== 'string') return text
    const connected = call.world.network.connect(address, port, {
      protocol: flags.has('u') ? 'udp' : 'tcp',
      body: text,
    })
    // a server that has nothing to say to an empty connection was reached all the same
    if (connected.kind === 'responded' || (flags.has('z') && connected.kind === 'reset')) {
      if (flags.has('v')) call.error(`${host} (${address}:${port}) open\n`)
      if (!flags.has('z') && connected.kind === 'responded') call.write(connected.response.body)
      return 0
    }
    switch (connected.kind) {
      case 'timeout':
        return {
          until: call.world.now + (flags.has('w') ? Number(flags.get('w')) * 1000 : SYN_TIMEOUT),
          memory: 0,
        }
      default: {
        const why = {
          refused: 'Connection refused',
          unreachable: 'No route to host',
          reset: 'Connection reset by peer',
        }[connected.kind]
        call.error(`nc: ${host} (${address}:${port}): ${why}\n`)
        return 1
      }
    }
  },
}

/** The port of `nc -l`: `80`, `53/udp`; undefined if there is none. */
function listenPort(args: readonly string[]): string | undefined {
  const { flags, rest } = flagsOf(args, 'wpi')
  const port = Number(flags.get('p') ?? rest.at(-1) ?? '')
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined
  return flags.has('u') ? `${port}/udp` : String(port)
}

function listen(call: Invocation): number | Pause {
  const port = listenPort(call.args)
  if (port !== undefined) return { listens: [port], memory: null }
  call.error('nc: missing port with option -l\n')
  return 1
}

/** Prints what a client sends, and responds with what waits on standard input. */
function serveConnection(call: Invocation, { body = '', method, path = '' }: ServedRequest): Served {
  const { flags } = flagsOf(call.args, 'wpi')
  call.write(method === undefined ? body : `${method} ${path} HTTP/1.1\r\n\r\n${body}`)
  const port = listenPort(call.args) ?? ''
  const response = { body: textOfContent(call.input.take()) }
  return { response, next: flags.has('k') ? { listens: [port], memory: null } : 0 }
}

const TYPES = { a: 'A', aaaa: 'AAAA', cname: 'CNAME', srv: 'SRV', ptr: 'PTR' } as const

/** Returns the name under which DNS knows an address; undefined if `name` is none. */
export function reverseName(name: string): string | undefined {
  const address = parseIp(name)
  if (address === undefined) return undefined
  if (address.family === 'IPv4') return `${name.split('.').reverse().join('.')}.in-addr.arpa`
  const digits = address.value.toString(16).padStart(32, '0')
  return `${digits.split('').reverse().join('.')}.ip6.arpa`
}

const USAGE =
  'BusyBox v1.36.1 () multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n'

/** Queries the cluster's DNS like busybox: `-type=srv`, an address (PTR), another server. */
export const nslookup: Program = {
  name: 'nslookup',
  run: (call) => {
    const { args, world, write, error } = call
    const [name, server = world.network.dnsServer] = args.filter((word) => !word.startsWith('-'))
    const wanted = args.flatMap((word) => /^-(?:query)?type=(.*)$/.exec(word)?.[1]?.toLowerCase() ?? [])[0]
    if (name === undefined) {
      error(USAGE)
      return 1
    }
    if (wanted !== undefined && !Object.hasOwn(TYPES, wanted)) {
      error(`nslookup: invalid query type "${wanted}"\n`)
      return 1
    }
    write(`Server:\t\t${server}\nAddress:\t${joinHostPort(server, 53)}\n\n`)
    const reversed = reverseName(name)
    const type = wanted === undefined ? undefined : TYPES[wanted as keyof typeof TYPES]
    if (type === undefined && reversed === undefined && server === world.network.dnsServer)
      return lookedUp(call, name)
    return asked(call, reversed ?? name, type ?? (reversed === undefined ? 'A' : 'PTR'), server)
  },
}

/** Resolves a name through the search path. */
function lookedUp({ world: { network }, write }: Invocation, name: string): number {
  const found = network.lookup(name)
  if (found !== undefined) {
    for (const address of found.addresses) write(`Name:\t${found.full}\nAddress: ${address}\n`)
    write('\n')
    return 0
  }
  return failed(write, name, network.query(name, 'A').rcode)
}

function asked(
  { world: { network }, write }: Invocation,
  name: string,
  type: (typeof TYPES)[keyof typeof TYPES],
  server: string,
): number {
  const { rcode, records } = network.query(name, type, server)
  if (rcode !== 'NOERROR' || records.length === 0) return failed(write, name, rcode)
  for (const { name: owner, type: kind, data } of records) {
    if (kind === 'A' || kind === 'AAAA') write(`Name:\t${owner}\nAddress: ${data}\n`)
    else
      write(
        `${owner}\t${{ SRV: 'service =', PTR: 'name =', CNAME: 'canonical name =' }[kind] ?? kind} ${data}\n`,
      )
  }
  write('\n')
  return 0
}

function failed(write: Invocation['write'], name: string, rcode: string): number {
  if (rcode === 'TIMEOUT' || rcode === 'UNREACHABLE')
    write(';; connection timed out; no servers could be reached\n\n')
  else
    write(
      rcode === 'NOERROR'
        ? `*** Can't find ${name}: No answer\n\n`
        : `** server can't find ${name}: ${rcode}\n\n`,
    )
  return 1
}
