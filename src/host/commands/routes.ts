import type { HostMachine } from '../machine/host-machine.js'
import { machineAt } from '../machine/places.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed } from './command.js'
import { echo, reach } from './reach.js'
import { lookUp } from './resolver.js'

/** `telnet HOST PORT`: connects, and ends at once, since nothing is typed here. Source: netkit telnet. */
export function telnet({ args, machine }: CommandCall): CommandOutput {
  const [host, text = '23', ...more] = args.filter((arg) => !/^-[46E]$/.test(arg))
  if (host === undefined || more.length > 0 || host.startsWith('-'))
    return failed('telnet: this terminal has no dialogue. Write: telnet HOST PORT')
  if (!/^\d+$/.test(text) || Number(text) > 65_535)
    return failed(`telnet: could not resolve ${host}/${text}: Servname not supported for ai_socktype`)
  const [address] = lookUp(machine, host)
  if (address === undefined)
    return failed(`telnet: could not resolve ${host}/${text}: Name or service not known`)
  const reached = reach(machine, address, Number(text))
  const trying = `Trying ${address}...\n`
  if (reached === 'connected')
    return {
      stdout: `${trying}Connected to ${host}.\nEscape character is '^]'.\n`,
      stderr: 'Connection closed by foreign host.\n',
      code: 1,
    }
  if (reached === 'timeout') machine.cluster.advance(LONGEST_CONNECT)
  const why = {
    refused: 'Connection refused',
    timeout: 'Connection timed out',
    unreachable: 'No route to host',
  }
  return { stdout: trying, stderr: `telnet: Unable to connect to remote host: ${why[reached]}\n`, code: 1 }
}

/** Ms until Linux gives up on a connection that gets no response. */
const LONGEST_CONNECT = 134_000

const MOST_HOPS = 30

/** The addresses on the way to an address: machines are neighbours, and pods are behind their node. */
function hopsTo(machine: HostMachine, address: string): readonly string[] {
  if (machineAt(machine, address) !== undefined) return [address]
  const pod = machine.cluster.state.peek('pods').find(({ status }) => status?.podIP === address)
  const node = pod?.spec.nodeName
  if (node === undefined || node === machine.name) return [address]
  return [machine.hosts.machine(node).address, address]
}

/** `traceroute [-n] HOST`: the machines on the way to an address, as far as they reply. */
export function traceroute({ args, machine }: CommandCall): CommandOutput {
  const words = args.filter((arg) => !/^-[nIT46]$/.test(arg))
  const [host, ...more] = words
  if (host === undefined || host.startsWith('-') || more.length > 0)
    return failed('Usage:\n  traceroute [ -46nIT ] host', 2)
  const [address] = lookUp(machine, host)
  if (address === undefined)
    return failed(`${host}: Name or service not known\nCannot handle "host" cmdline arg \`${host}'`, 2)
  const isNumeric = args.includes('-n')
  const titled = (ip: string): string => {
    const name = machineAt(machine, ip)?.name ?? ip
    return isNumeric ? ip : `${name} (${ip})`
  }
  const lines = [`traceroute to ${host} (${address}), ${MOST_HOPS} hops max, 60 byte packets`]
  const hops = hopsTo(machine, address)
  const isThere = hops.every((hop) => echo(machine, hop) === 'replied')
  for (const [at, hop] of hops.entries()) {
    if (echo(machine, hop) !== 'replied') break
    lines.push(`${String(at + 1).padStart(2)}  ${titled(hop)}  0.300 ms  0.300 ms  0.300 ms`)
  }
  if (!isThere)
    for (let hop = lines.length; hop <= MOST_HOPS; hop++) lines.push(`${String(hop).padStart(2)}  * * *`)
  return { stdout: lines.map((line) => `${line}\n`).join('') }
}
