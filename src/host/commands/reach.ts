import { machineAt, sourceAt } from '../machine/places.js'
import type { HostMachine } from '../machine/host-machine.js'
import { type CommandCall, type CommandOutput, failed } from './command.js'
import { lookUp } from './resolver.js'
import { listeners } from '../machine/listeners.js'

/** How an attempt to connect has ended. */
export type Reached = 'connected' | 'refused' | 'timeout' | 'unreachable'

/** Opens a connection from a machine to a machine, or to an address of the cluster. */
export function reach(from: HostMachine, target: string, port: number): Reached {
  const to = machineAt(from, target)
  const isOwn = to?.name === from.name
  if (to !== undefined && !to.powered) return 'unreachable'
  const isOpen = listeners(to ?? from).some(
    ([address, open]) => to !== undefined && open === port && (isOwn || !address.startsWith('127.')),
  )
  if (isOpen) return 'connected'
  const { outcome } = from.cluster.network.connect({
    from: sourceAt(from),
    to: { ip: to?.address ?? target },
    port,
  })
  return outcome === 'connected' || outcome === 'refused' || outcome === 'unreachable' ? outcome : 'timeout'
}

const NC_USAGE =
  'usage: nc [-46vz] [-w timeout] destination port\n' +
  'Only scans of TCP ports are simulated: nc -zv 10.0.0.10 6443. To send a request, use curl.\n'

const NC_FAULTS: Readonly<Record<Exclude<Reached, 'connected'>, string>> = {
  refused: 'failed: Connection refused',
  timeout: 'timed out: Operation now in progress',
  unreachable: 'failed: No route to host',
}

/** `nc -z[v] [-w SECONDS] HOST PORT|FIRST-LAST`: says which TCP ports are open, as OpenBSD's does. */
export function nc({ args, machine }: CommandCall): CommandOutput {
  const words: string[] = []
  let letters = ''
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (!word.startsWith('-')) words.push(word)
    else if (!/^-[46vzn]*w?$/.test(word)) return failed(NC_USAGE)
    else {
      letters += word.slice(1)
      if (word.endsWith('w') && !/^\d+$/.test(args[++at] ?? '')) return failed('nc: timeout is invalid')
    }
  }
  const [host, ports, ...more] = words
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(ports ?? '') ?? []
  if (host === undefined || ports === undefined || more.length > 0 || !letters.includes('z'))
    return failed(NC_USAGE)
  if (first === '' || Number(last) > 65_535) return failed(`nc: port number invalid: ${ports}`)
  const [address] = lookUp(machine, host)
  if (address === undefined)
    return failed(`nc: getaddrinfo for host "${host}" port ${ports}: Temporary failure in name resolution`)
  const lines: string[] = []
  let code = 1
  for (let port = Number(first); port <= Number(last); port++) {
    const reached = reach(machine, address, port)
    if (reached === 'connected') code = 0
    lines.push(
      reached === 'connected'
        ? `Connection to ${host} ${port} port [tcp/*] succeeded!\n`
        : `nc: connect to ${host} port ${port} (tcp) ${NC_FAULTS[reached]}\n`,
    )
  }
  return { stderr: letters.includes('v') ? lines.join('') : '', code }
}

const PING_USAGE = 'Usage: ping [-46nq] [-c count] [-i interval] [-W timeout] [-w deadline] destination\n'

/** Packets of a ping without `-c`, since there is no Ctrl-C here. */
const PINGS = 4

/** What becomes of a ping. */
export type Echo = 'replied' | 'unreachable' | 'lost'

/** Whether an address replies to a ping. ClusterIPs do not: kube-proxy's rules translate ports only. */
export function echo(from: HostMachine, address: string): Echo {
  const to = machineAt(from, address)
  if (to !== undefined) return to.powered ? 'replied' : 'unreachable'
  const pod = from.cluster.state
    .peek('pods')
    .find(({ status }) => status?.phase === 'Running' && status.podIP === address)
  const node = pod?.spec.nodeName
  return node !== undefined && from.hosts.machine(node).powered ? 'replied' : 'lost'
}

/** `ping [-c COUNT] HOST`: a packet a second; without `-c` four, as if Ctrl-C were pressed then. */
export function ping({ args, machine }: CommandCall): CommandOutput {
  let count = PINGS
  let target: string | undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    const [, letter, joined = ''] = /^-([ciWw])(.*)$/.exec(word) ?? []
    if (letter !== undefined) {
      const value = joined === '' ? (args[++at] ?? '') : joined
      if (!/^\d+(?:\.\d+)?$/.test(value) || (letter === 'c' && !(Number(value) > 0)))
        return failed(`ping: invalid argument: '${value}'`)
      if (letter === 'c') count = Math.min(Number(value), MOST_PINGS)
    } else if (/^-[46nq]+$/.test(word)) continue
    else if (word.startsWith('-'))
      return failed(`ping: invalid option -- '${word.slice(1)}'\n${PING_USAGE}`, 2)
    else target = word
  }
  if (target === undefined) return failed(`ping: usage error: Destination address required`)
  const [address] = lookUp(machine, target)
  if (address === undefined) return failed(`ping: ${target}: Name or service not known`, 2)
  const lines = [`PING ${target} (${address}) 56(84) bytes of data.`]
  let replies = 0
  let errors = 0
  for (let number = 1; number <= count; number++) {
    if (number > 1) machine.cluster.advance(1000)
    const came = echo(machine, address)
    if (came === 'replied') lines.push(`64 bytes from ${address}: icmp_seq=${number} ttl=64 time=0.300 ms`)
    else if (came === 'unreachable')
      lines.push(`From ${machine.address} icmp_seq=${number} Destination Host Unreachable`)
    if (came === 'replied') replies++
    else if (came === 'unreachable') errors++
  }
  const loss = Math.round((100 * (count - replies)) / count)
  lines.push(
    '',
    `--- ${target} ping statistics ---`,
    `${count} packets transmitted, ${replies} received, ${errors === 0 ? '' : `+${errors} errors, `}` +
      `${loss}% packet loss, time ${(count - 1) * 1000}ms`,
  )
  return { stdout: lines.map((line) => `${line}\n`).join(''), code: replies > 0 ? 0 : 1 }
}

/** As many as fit into an hour. */
const MOST_PINGS = 3600
