import type { DnsResponse, RecordType, ResolvConf } from '../../network/index.js'
import { candidates } from '../../network/index.js'
import { parseIp } from '../../lang/go/ip.js'
import type { HostMachine } from '../machine/host-machine.js'
import { sourceAt } from '../machine/places.js'

/** Reads the machine's /etc/resolv.conf. Without a name server the machine's own is asked. */
export function resolverOf({ files }: HostMachine): ResolvConf {
  const lines = (files.text('/etc/resolv.conf') ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  const all = (key: string): readonly string[] =>
    lines.filter(([word]) => word === key).flatMap(([, ...words]) => words)
  const nameservers = all('nameserver').filter((address) => parseIp(address) !== undefined)
  return {
    nameservers: nameservers.length === 0 ? ['127.0.0.1'] : nameservers.slice(0, 3),
    searches: lines.findLast(([word]) => word === 'search' || word === 'domain')?.slice(1) ?? [],
    options: all('options'),
  }
}

/** Asks servers one after the other, with the search path, until one knows the name. */
export function askedFor(
  machine: HostMachine,
  name: string,
  type: RecordType,
  servers: readonly string[],
): { readonly response: DnsResponse; readonly name: string } {
  const from = sourceAt(machine)
  const { network } = machine.cluster
  const names = candidates(name, resolverOf(machine))
  let last: DnsResponse = { rcode: 'TIMEOUT', records: [] }
  for (const full of names) {
    for (const server of servers) {
      last = machine.powered ? network.resolve(from, full, type, server) : last
      if (last.rcode !== 'TIMEOUT' && last.rcode !== 'UNREACHABLE') break
    }
    if (last.rcode === 'NOERROR') return { response: last, name: full }
    if (last.rcode === 'TIMEOUT' || last.rcode === 'UNREACHABLE') break
  }
  return { response: last, name: names.at(-1) ?? name }
}

/** The lines of the machine's /etc/hosts. */
export const hostsFile = ({
  files,
}: HostMachine): readonly { readonly address: string; readonly names: readonly string[] }[] =>
  (files.text('/etc/hosts') ?? '').split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return address === '' ? [] : [{ address, names }]
  })

/**
 * The addresses that a program of the machine connects to: the address itself, /etc/hosts, then DNS. Empty if
 * the name is unknown.
 */
export function lookUp(machine: HostMachine, name: string): readonly string[] {
  if (parseIp(name) !== undefined) return [name]
  const known = hostsFile(machine).find(
    ({ address, names }) => names.includes(name) && parseIp(address) !== undefined,
  )
  if (known !== undefined) return [known.address]
  const { nameservers } = resolverOf(machine)
  return askedFor(machine, name, 'A', nameservers).response.records.flatMap(({ type, data }) =>
    type === 'A' ? [data] : [],
  )
}
