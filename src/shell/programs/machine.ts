import type { FileSystem } from '../files/file-system.js'
import type { Program } from './command.js'
import { formatIp, parseIp } from '../../lang/go/ip.js'
import { flagsOf, inputText } from './command.js'

/** Kernel parameters that containers may read, with their defaults. */
const SYSCTLS: Readonly<Record<string, string>> = {
  'kernel.shm_rmid_forced': '0',
  'kernel.msgmax': '8192',
  'kernel.hostname': '',
  'net.core.somaxconn': '4096',
  'net.ipv4.ip_forward': '1',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.tcp_syncookies': '1',
  'vm.max_map_count': '65530',
}

/** `sysctl NAME...` (with dots or slashes): the pod's own parameters, or the kernel's defaults. */
export const sysctl: Program = {
  name: 'sysctl',
  run: ({ args, world, write, error }) => {
    const { flags, rest } = flagsOf(args)
    let status = 0
    for (const word of rest) {
      const name = word.replaceAll('/', '.')
      const value = world.sysctl(name) ?? (Object.hasOwn(SYSCTLS, name) ? SYSCTLS[name] : undefined)
      if (value !== undefined) write(flags.has('n') ? `${value}\n` : `${name} = ${value}\n`)
      else {
        error(`sysctl: error: '${word}' is an unknown key\n`)
        status = 1
      }
    }
    return status
  },
}

/** `ip addr`, `ip route`; changes of the network need a privileged container. */
export const ip: Program = {
  name: 'ip',
  run: ({ args, world, write, error }) => {
    const words = args.filter((word) => !word.startsWith('-'))
    const [object = '', verb = 'show'] = words
    if (/^(add|del|delete|set|change|replace)$/.test(verb)) {
      if (world.isPrivileged) return 0
      error('ip: RTNETLINK answers: Operation not permitted\n')
      return 2
    }
    const own = (world.network.lookup(world.hostname)?.addresses ?? ['127.0.0.1']).filter(
      (each) => !args.includes(each.includes(':') ? '-4' : '-6'),
    )
    if ('address'.startsWith(object) && object !== '') {
      write('1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n')
      if (own.some((each) => !each.includes(':'))) write('    inet 127.0.0.1/8 scope host lo\n')
      if (own.some((each) => each.includes(':'))) write('    inet6 ::1/128 scope host \n')
      write('2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue\n')
      for (const each of own)
        write(
          each.includes(':')
            ? `    inet6 ${each}/64 scope global \n`
            : `    inet ${each}/24 scope global eth0\n`,
        )
    } else if ('route'.startsWith(object) && object !== '') {
      for (const each of own) write(routesOf(each, args.includes('-6')))
    } else if ('link'.startsWith(object) && object !== '') {
      write('1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n')
      write('2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue\n')
    } else {
      error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: ip [OPTIONS] address|route|link\n')
      return 1
    }
    return 0
  },
}

/** The lines of `ip route` for an address; those of IPv6 are shown with `-6` only. */
function routesOf(address: string, isV6: boolean): string {
  if (address.includes(':') !== isV6) return ''
  if (isV6) {
    const network = formatIp({ family: 'IPv6', value: ((parseIp(address)?.value ?? 0n) >> 64n) << 64n })
    return `${network}/64 dev eth0  metric 256 \ndefault via ${network}1 dev eth0  metric 1024 \n`
  }
  const gateway = address.replace(/\.\d+$/, '.1')
  return (
    `default via ${gateway} dev eth0 \n` +
    `${gateway.replace(/\.1$/, '.0')}/24 dev eth0 scope link  src ${address} \n`
  )
}

/** Returns the line of /etc/hosts that has a name, in words: the address, then all names. */
export function hostsEntry(files: FileSystem, name: string): readonly string[] | undefined {
  const text = files.stat('/etc/hosts') === undefined ? '' : files.read('/etc/hosts')
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .find(([, ...names]) => names.includes(name))
}

/** `getent hosts|ahosts NAME`, `getent passwd|group NAME`: /etc/hosts first, then DNS. */
export const getent: Program = {
  name: 'getent',
  run: ({ args: [database = '', name = ''], world, write }) => {
    const read = (path: string): string =>
      world.files.stat(path) === undefined ? '' : world.files.read(path)
    if (database === 'passwd' || database === 'group') {
      const line = read(`/etc/${database}`)
        .split('\n')
        .find((one) => one.split(':')[0] === name || one.split(':')[2] === name)
      if (line !== undefined) write(`${line}\n`)
      return line === undefined ? 2 : 0
    }
    const known = hostsEntry(world.files, name)
    const found = world.network.lookup(name)
    const rows: readonly (readonly [string, string])[] =
      known?.[0] === undefined
        ? (found?.addresses ?? []).map((address) => [address, found?.full ?? name] as const)
        : [[known[0], known.slice(1).join(' ')]]
    for (const [address, names] of rows) write(`${address.padEnd(15)} ${names}\n`)
    return rows.length === 0 ? 2 : 0
  },
}

const RECORDS = ['A', 'AAAA', 'CNAME', 'SRV', 'PTR'] as const

/**
 * `dig [@SERVER] [+short] [+noall +answer] [+search] NAME [TYPE]`, `dig -x ADDRESS`: the answer section, and
 * without `+noall` the status.
 */
export const dig: Program = {
  name: 'dig',
  run: ({ args, world: { network }, write }) => {
    const options = new Set(args.filter((word) => word.startsWith('+')))
    const server = args.find((word) => word.startsWith('@'))?.slice(1)
    const words = args.filter((word) => !/^[@+-]/.test(word))
    const isReverse = args.includes('-x')
    const type = RECORDS.find((one) => words.some((word) => word.toUpperCase() === one))
    const name = words.find((word) => !RECORDS.some((one) => one === word.toUpperCase())) ?? '.'
    const asked = isReverse ? `${name.split('.').reverse().join('.')}.in-addr.arpa` : name
    const candidates =
      options.has('+search') && !asked.endsWith('.')
        ? [...searchPath(network.resolvConf).map((domain) => `${asked}.${domain}`), asked]
        : [asked]
    let result = { rcode: 'NXDOMAIN', records: [] as readonly { name: string; type: string; data: string }[] }
    for (const one of candidates) {
      result = network.query(one.replace(/\.$/, ''), type ?? (isReverse ? 'PTR' : 'A'), server)
      if (result.records.length > 0) break
    }
    if (result.rcode === 'TIMEOUT' || result.rcode === 'UNREACHABLE') {
      write(';; connection timed out; no servers could be reached\n')
      return 9
    }
    if (!options.has('+short') && !options.has('+noall'))
      write(`;; ->>HEADER<<- opcode: QUERY, status: ${result.rcode}\n`)
    for (const { name: owner, type: kind, data } of result.records) {
      const shown = kind === 'A' || kind === 'AAAA' ? data : `${data}.`
      write(options.has('+short') ? `${shown}\n` : `${owner}.\t30\tIN\t${kind}\t${shown}\n`)
    }
    return 0
  },
}

const searchPath = (conf: string): readonly string[] =>
  conf.split('\n').flatMap((line) => (line.startsWith('search ') ? line.split(/\s+/).slice(1) : []))

/** `timeout SECONDS COMMAND...`: the shell runs it, which can end the command. */
export const timeout: Program = {
  name: 'timeout',
  run: () => {
    throw new Error('assertion failed: the shell runs timeout')
  },
}

/** `xargs [-n N] [-I TEXT] COMMAND...` */
export const xargs: Program = {
  name: 'xargs',
  run: (call) => {
    const text = inputText(call)
    if (typeof text !== 'string') return text
    const at = call.args.findIndex(
      (word, place) => !word.startsWith('-') && !/^-[nI]$/.test(call.args[place - 1] ?? ''),
    )
    const { flags } = flagsOf(at < 0 ? call.args : call.args.slice(0, at), 'nI')
    const command = at < 0 ? ['echo'] : call.args.slice(at)
    const replaced = flags.get('I')
    const words =
      replaced === undefined
        ? text.split(/\s+/).filter((word) => word !== '')
        : text.split('\n').filter((line) => line !== '')
    const size = replaced === undefined ? Number(flags.get('n') ?? Math.max(words.length, 1)) : 1
    let status = 0
    for (let from = 0; from < Math.max(words.length, 1); from += size) {
      const some = words.slice(from, from + size)
      const line =
        replaced === undefined
          ? [...command, ...some]
          : command.map((word) => word.replaceAll(replaced, some[0] ?? ''))
      const result = call.spawn(line)
      call.write(result?.stdout ?? '')
      call.error(result?.stderr ?? '')
      if (result === undefined || result.exitCode !== 0) status = 123
    }
    return status
  },
}
