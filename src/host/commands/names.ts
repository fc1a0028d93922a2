import type { DnsResponse, RecordType } from '../../network/index.js'
import { reverseName } from '../../shell/programs/network.js'
import { parseIp } from '../../lang/go/ip.js'
import { NODE_DNS } from '../../network/index.js'
import { dateTime } from '../machine/texts.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, joined } from './command.js'
import { askedFor, hostsFile, lookUp, resolverOf } from './resolver.js'

const TYPES = ['A', 'AAAA', 'CNAME', 'SRV', 'PTR'] as const

const typeOf = (text: string): RecordType | undefined => TYPES.find((type) => type === text.toUpperCase())

const isSilent = ({ rcode }: DnsResponse): boolean => rcode === 'TIMEOUT' || rcode === 'UNREACHABLE'

/** What bind's programs print when no server responds. Each is tried three times. */
function silence(servers: readonly string[], { rcode }: DnsResponse): string {
  const why = rcode === 'TIMEOUT' ? 'timed out' : 'connection refused'
  const tries = servers.flatMap((server) =>
    Array.from({ length: 3 }, () => `;; communications error to ${server}#53: ${why}\n`),
  )
  return `${tries.join('')};; no servers could be reached\n`
}

/** Seconds that each try waits for a response. */
const PATIENCE = 5

/** Lets the time pass that bind's programs wait for servers that do not respond. */
function waitFor({ cluster }: HostMachine, servers: readonly string[], { rcode }: DnsResponse): void {
  if (rcode === 'TIMEOUT') cluster.advance(servers.length * 3 * PATIENCE * 1000)
}

const owned = (name: string): string => `${name}.`

/** `nslookup [-type=TYPE] NAME [SERVER]` of bind: without a server the machine's own. */
export function nslookup({ args, machine }: CommandCall): CommandOutput {
  const [name, server] = args.filter((arg) => !arg.startsWith('-'))
  const option = args.find((arg) => arg.startsWith('-'))
  const [, wanted] = /^-(?:query|type|q|ty)=(\w+)$/.exec(option ?? '') ?? []
  if (option !== undefined && wanted === undefined) return failed(`*** Invalid option: ${option.slice(1)}`)
  if (name === undefined)
    return failed('nslookup: this terminal has no dialogue. Write: nslookup NAME [SERVER]')
  const type = wanted === undefined ? undefined : typeOf(wanted)
  if (wanted !== undefined && type === undefined) return failed(`unknown query type: ${wanted}`)
  const servers = server === undefined ? resolverOf(machine).nameservers : [addressOf(machine, server)]
  const [used] = servers
  if (used === undefined)
    return { stdout: `nslookup: couldn't get address for '${server ?? ''}': not found\n`, code: 1 }
  const reversed = reverseName(name)
  const kind = reversed === undefined ? (type ?? 'A') : 'PTR'
  const found = askedFor(machine, reversed ?? name, kind, servers)
  const head = `Server:\t\t${server ?? used}\nAddress:\t${used}#53\n\n`
  if (isSilent(found.response)) {
    waitFor(machine, servers, found.response)
    return { stdout: silence(servers, found.response), code: 1 }
  }
  const { rcode, records } = found.response
  if (rcode !== 'NOERROR')
    return { stdout: `${head}** server can't find ${found.name}: ${rcode}\n\n`, code: 1 }
  const more =
    type === undefined && reversed === undefined
      ? askedFor(machine, owned(found.name), 'AAAA', servers).response.records
      : []
  const all = [...records, ...more.filter(({ type: each }) => each === 'AAAA')]
  if (all.length === 0) return { stdout: `${head}*** Can't find ${name}: No answer\n\n`, code: 1 }
  const lines = all.map(({ name: owner, type: each, data }) =>
    each === 'A' || each === 'AAAA'
      ? `Name:\t${owner}\nAddress: ${data}\n`
      : `${owner}\t${SAID[each] ?? each} ${data}.\n`,
  )
  return { stdout: `${head}${lines.join('')}\n` }
}

const SAID: Readonly<Record<string, string>> = { SRV: 'service =', PTR: 'name =', CNAME: 'canonical name =' }

/** A server's address; undefined if the machine does not know its name. */
const addressOf = (machine: HostMachine, server: string): string =>
  parseIp(server) === undefined ? (lookUp(machine, server)[0] ?? server) : server

/** `host NAME [SERVER]` of bind. */
export function host({ args, machine }: CommandCall): CommandOutput {
  const words: string[] = []
  let wanted: RecordType | undefined
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '-t') {
      const type = args[++at] ?? ''
      wanted = typeOf(type)
      if (wanted === undefined) return failed(`host: invalid type: ${type}`, 2)
    } else if (arg.startsWith('-')) return failed(`host: illegal option -- ${arg.slice(1)}`, 2)
    else words.push(arg)
  }
  const [name, server] = words
  if (name === undefined) return failed('Usage: host [-t type] name [server]')
  const servers = server === undefined ? resolverOf(machine).nameservers : [addressOf(machine, server)]
  const reversed = reverseName(name)
  const types =
    reversed === undefined ? (wanted === undefined ? (['A', 'AAAA'] as const) : [wanted]) : (['PTR'] as const)
  const head =
    server === undefined
      ? ''
      : `Using domain server:\nName: ${server}\nAddress: ${servers[0] ?? ''}#53\nAliases: \n\n`
  const found = types.map((type) => askedFor(machine, reversed ?? name, type, servers))
  const [first] = found
  if (first === undefined) return {}
  if (isSilent(first.response)) {
    waitFor(machine, servers, first.response)
    return { stdout: silence(servers, first.response), code: 1 }
  }
  if (first.response.rcode !== 'NOERROR') {
    const { rcode } = first.response
    const number = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 }[rcode as 'NXDOMAIN'] ?? 0
    const title = reversed === undefined ? name : `${reversed}.`
    return { stdout: `${head}Host ${title} not found: ${number}(${rcode})\n`, code: 1 }
  }
  const lines = found.flatMap(({ response }) =>
    response.records.map(({ name: owner, type, data }) =>
      type === 'A'
        ? `${owner} has address ${data}\n`
        : type === 'AAAA'
          ? `${owner} has IPv6 address ${data}\n`
          : `${owner} ${HOST_SAYS[type]} ${data}.\n`,
    ),
  )
  if (lines.length > 0) return { stdout: head + [...new Set(lines)].join('') }
  return { stdout: `${head}${name} has no ${types[0]} record\n`, code: 1 }
}

const HOST_SAYS = { PTR: 'domain name pointer', SRV: 'has SRV record', CNAME: 'is an alias for' } as const

/** Seconds that CoreDNS, as kubeadm configures it, lets an answer be cached. */
const TTL = 30

/** Numbers that stay the same for the same question. */
function numberOf(text: string): number {
  let sum = 7
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521
  return sum
}

interface Question {
  readonly name: string
  readonly type: RecordType
  readonly server: string | undefined
  readonly switches: ReadonlySet<string>
}

/** `dig [@SERVER] NAME [TYPE] [-x ADDRESS] [+short] [+search] [+noall +answer]` of bind. */
export function dig({ args, machine }: CommandCall): CommandOutput {
  let [name, server]: (string | undefined)[] = []
  let type: RecordType = 'A'
  const switches = new Set<string>()
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const kind = typeOf(arg)
    if (arg.startsWith('@')) server = arg.slice(1)
    else if (arg.startsWith('+')) {
      const [word = ''] = arg.slice(1).split('=')
      if (!DIG_SWITCHES.has(word)) return failed(`Invalid option: ${arg}`)
      switches.add(word)
    } else if (arg === '-x') [name, type] = [reverseName(args[++at] ?? '') ?? args[at], 'PTR']
    else if (arg === '-t') type = typeOf(args[++at] ?? '') ?? 'A'
    else if (arg.startsWith('-') && !/^-[46]$/.test(arg)) return failed(`Invalid option: ${arg}`)
    else if (kind !== undefined && name !== undefined) type = kind
    else name ??= arg
  }
  if (name === undefined)
    return failed('dig: the root servers are not simulated. Write: dig NAME, or dig @10.96.0.10 NAME')
  return answer(machine, args, { name, type, server, switches })
}

const DIG_SWITCHES = new Set(
  (
    'short noall all answer noanswer search nosearch nocomments comments noquestion question nostats ' +
    'stats nocmd cmd tcp notcp time tries timeout retry noauthority noadditional norecurse recurse'
  ).split(' '),
)

function answer(
  machine: HostMachine,
  args: readonly string[],
  { name, type, server, switches }: Question,
): CommandOutput {
  const servers = server === undefined ? resolverOf(machine).nameservers : [addressOf(machine, server)]
  const [used = ''] = servers
  if (server !== undefined && parseIp(used) === undefined)
    return failed(`dig: couldn't get address for '${server}': not found`, 10)
  const full = switches.has('search') ? name : owned(name.replace(/\.$/, ''))
  const { response, name: asked } = askedFor(machine, full, type, servers)
  const isShort = switches.has('short')
  const head = `\n; <<>> DiG 9.18.41-1~deb12u1-Debian <<>> ${args.join(' ')}\n`
  if (isSilent(response)) {
    waitFor(machine, servers, response)
    const count = server === undefined ? '' : '; (1 server found)\n'
    const rest = isShort ? '' : `${head}${count};; global options: +cmd\n`
    return {
      stdout: `${silence(servers, response).replace(/;; no servers/, `${rest};; no servers`)}`,
      code: 9,
    }
  }
  const { rcode, records } = response
  if (isShort)
    return {
      stdout: records
        .map(({ data, type: each }) => `${data}${each === 'A' || each === 'AAAA' ? '' : '.'}\n`)
        .join(''),
    }
  const row = records.map(
    ({ name: owner, type: each, data }) =>
      `${owned(owner)}\t${TTL}\tIN\t${each}\t${data}${each === 'A' || each === 'AAAA' ? '' : '.'}\n`,
  )
  const section = row.length === 0 ? '' : `;; ANSWER SECTION:\n${row.join('')}\n`
  if (switches.has('noall')) return { stdout: switches.has('answer') ? row.join('') : '' }
  const isAuthority = used !== NODE_DNS
  return {
    stdout:
      `${head}${server === undefined ? '' : '; (1 server found)\n'};; global options: +cmd\n` +
      ';; Got answer:\n' +
      `;; ->>HEADER<<- opcode: QUERY, status: ${rcode}, id: ${numberOf(asked)}\n` +
      `;; flags: qr ${isAuthority ? 'aa rd' : 'rd ra'}; QUERY: 1, ANSWER: ${row.length}, ` +
      'AUTHORITY: 0, ADDITIONAL: 1\n' +
      `${isAuthority ? ';; WARNING: recursion requested but not available\n' : ''}\n` +
      ';; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n' +
      `;${owned(asked)}\t\tIN\t${type}\n\n${section};; Query time: 0 msec\n` +
      `;; SERVER: ${used}#53(${used}) (UDP)\n` +
      `;; WHEN: ${dateTime(machine.cluster.now()).replace(/ (\w+) (\d+)$/, ' $1 $2')}\n` +
      `;; MSG SIZE  rcvd: ${asked.length + 40 + row.length * (asked.length + 16)}\n\n`,
  }
}

/** `getent hosts NAME...` and `ahosts`: what programs of the machine resolve, /etc/hosts first. */
export function getent({ args, machine }: CommandCall): CommandOutput {
  const [database, ...names] = args
  if (database === 'passwd' || database === 'group') {
    const lines = (machine.files.text(`/etc/${database}`) ?? '').split(/(?<=\n)/)
    const found = lines.filter((line) => names.length === 0 || names.includes(line.split(':')[0] ?? ''))
    return { stdout: found.join(''), code: found.length === 0 ? 2 : 0 }
  }
  if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4')
    return failed(
      database === undefined
        ? 'getent: wrong number of arguments'
        : `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.`,
    )
  if (names.length === 0)
    return database === 'hosts'
      ? { stdout: hostsTable(machine) }
      : failed('getent: Enumeration not supported', 3)
  return joined(
    names.map((name) => {
      const addresses = lookUp(machine, name)
      const rows = addresses.map((address) =>
        database === 'hosts'
          ? `${address.padEnd(15)} ${name}\n`
          : `${address.padEnd(15)} STREAM ${name}\n${address.padEnd(15)} DGRAM\n${address.padEnd(15)} RAW\n`,
      )
      return { stdout: rows.join(''), code: rows.length === 0 ? 2 : 0 }
    }),
  )
}

const hostsTable = (machine: HostMachine): string =>
  hostsFile(machine)
    .map(({ address, names }) => `${address.padEnd(15)} ${names.join(' ')}\n`)
    .join('')
