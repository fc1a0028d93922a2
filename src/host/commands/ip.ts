import {
  formatIp,
  formatIpRange,
  type IpFamily,
  type IpRange,
  parseIp,
  parseIpRange,
} from '../../lang/go/ip.js'
import type { HostMachine } from '../machine/host-machine.js'
import { type CommandCall, type CommandOutput, failed, readOptions } from './command.js'

/** A network interface with its addresses, `10.0.0.10/24`. */
interface Link {
  readonly name: string
  readonly flags: string
  readonly mtu: number
  readonly state: string
  readonly kind: string
  readonly scope: 'host' | 'global'
  readonly addresses: readonly string[]
}

const NOUNS = ['address', 'link', 'route', 'neighbour'] as const
const UP = 'BROADCAST,MULTICAST,UP,LOWER_UP'

/**
 * `ip address`, `ip link`, `ip route` and `ip neigh`, with the machine's interface and the bridge of its
 * pods.
 */
export function ip({ args, machine }: CommandCall): CommandOutput {
  const options = readOptions(args, ['f', 'family'])
  const [word = '', ...rest] = options.words
  const noun =
    word === 'addr'
      ? 'address'
      : word === 'neighbor'
        ? 'neighbour'
        : NOUNS.find((each) => word !== '' && each.startsWith(word))
  if (noun === undefined)
    return failed(
      word === ''
        ? 'Usage: ip [ OPTIONS ] { address | link | route | neigh }'
        : `Object "${word}" is unknown, try "ip help".`,
    )
  const [verb = 'show', ...words] = rest
  if (!['show', 'list', 'ls'].some((each) => each.startsWith(verb)))
    return failed(`ip: only listing is simulated: ip ${noun} show`)
  const family = familyAsked(options.get('f', 'family'), options)
  if (noun === 'route')
    return {
      stdout: routes(machine, family ?? 'IPv4')
        .map((line) => `${line}\n`)
        .join(''),
    }
  if (noun === 'neighbour') return { stdout: neighboursOf(machine).map(neighbourLine).join('') }
  const device = words[0] === 'dev' ? words[1] : words[0]
  const links = linksOf(machine)
  const shown = links.filter(({ name }) => device === undefined || name === device)
  if (shown.length === 0) return failed(`Device "${device ?? ''}" does not exist.`)
  const isBrief = options.has('br', 'brief')
  const text = (link: Link): string =>
    isBrief
      ? brief(link, noun === 'link' ? [] : ofFamily(link.addresses, family))
      : `${links.indexOf(link) + 1}: ${link.name}: <${link.flags}> mtu ${link.mtu} state ${link.state}\n` +
        `    link/${link.kind}${link.kind === 'ether' ? ` ${macOf(link)} brd ff:ff:ff:ff:ff:ff` : ''}\n` +
        (noun === 'link'
          ? ''
          : ofFamily(link.addresses, family)
              .map((each) => addressLine(link, each))
              .join(''))
  return { stdout: shown.map(text).join('') }
}

function familyAsked(
  named: string | undefined,
  options: { readonly has: (name: string) => boolean },
): IpFamily | undefined {
  if (options.has('4') || named === 'inet') return 'IPv4'
  return options.has('6') || named === 'inet6' ? 'IPv6' : undefined
}

const familyOf = (address: string): IpFamily => (address.includes(':') ? 'IPv6' : 'IPv4')

const ofFamily = (addresses: readonly string[], family: IpFamily | undefined): readonly string[] =>
  addresses.filter((each) => family === undefined || familyOf(each) === family)

const addressLine = ({ scope, name }: Link, address: string): string =>
  familyOf(address) === 'IPv4'
    ? `    inet ${address} scope ${scope} ${name}\n`
    : `    inet6 ${address} scope ${scope}\n`

const brief = ({ name, state }: Link, addresses: readonly string[]): string =>
  `${name.padEnd(16)} ${state.padEnd(14)} ${addresses.map((each) => `${each} `).join('')}\n`

/** The range of the machines' network around an address. */
const networkOf = (address: string): IpRange | undefined =>
  parseIpRange(`${address}/${familyOf(address) === 'IPv4' ? 24 : 64}`)

/** The first address of a range, which is the gateway's. */
const gatewayOf = ({ family, first }: IpRange): string => formatIp({ family, value: first + 1n })

function podRanges(machine: HostMachine): readonly IpRange[] {
  const { podCIDR, podCIDRs = podCIDR === undefined ? [] : [podCIDR] } =
    machine.hosts.nodeObject(machine.name)?.spec ?? {}
  return podCIDRs.flatMap((each) => parseIpRange(each) ?? [])
}

function linksOf(machine: HostMachine): readonly Link[] {
  const bridges = podRanges(machine).map((range) => `${gatewayOf(range)}/${range.prefix}`)
  const own = machine.addresses.map((each) => `${each}/${networkOf(each)?.prefix ?? 0}`)
  const lo: Link = {
    name: 'lo',
    flags: 'LOOPBACK,UP,LOWER_UP',
    mtu: 65_536,
    state: 'UNKNOWN',
    kind: 'loopback',
    scope: 'host',
    addresses: ['127.0.0.1/8', '::1/128'],
  }
  const ethernet = { flags: UP, mtu: 1500, state: 'UP', kind: 'ether', scope: 'global' } as const
  return [
    lo,
    { ...ethernet, name: 'eth0', addresses: own },
    ...(bridges.length === 0 ? [] : [{ ...ethernet, name: 'cni0', addresses: bridges }]),
  ]
}

function routes(machine: HostMachine, family: IpFamily): readonly string[] {
  const { hosts, name } = machine
  const isThat = (address: string): boolean => familyOf(address) === family
  const own = machine.addresses.find(isThat)
  const network = own === undefined ? undefined : networkOf(own)
  if (own === undefined || network === undefined) return []
  const source = family === 'IPv4' ? ` proto kernel scope link src ${own}` : ' proto kernel metric 256'
  const bridges = podRanges(machine)
    .filter((range) => range.family === family)
    .map(
      (range) =>
        `${formatIpRange(range)} dev cni0 proto kernel ` +
        (family === 'IPv4' ? `scope link src ${gatewayOf(range)}` : 'metric 256'),
    )
  const others = hosts
    .names()
    .filter((each) => each !== name)
    .map((each) => hosts.machine(each))
    .flatMap((other) =>
      podRanges(other)
        .filter((range) => range.family === family)
        .map((range) => `${formatIpRange(range)} via ${other.addresses.find(isThat) ?? ''} dev eth0`),
    )
  return [
    `default via ${gatewayOf(network)} dev eth0`,
    `${formatIpRange(network)} dev eth0${source}`,
    ...bridges,
    ...others,
  ]
}

/** The hardware address of an interface, which is made from its first address. */
const macOf = ({ addresses: [first = ''] }: Pick<Link, 'addresses'>): string =>
  hardwareOf(first.split('/')[0] ?? '')

function hardwareOf(address: string): string {
  const bytes = parseIp(address)?.value ?? 0n
  const digits = (bytes & 0xffffffffn).toString(16).padStart(8, '0')
  return `02:42:${digits.match(/../g)?.join(':') ?? ''}`
}

/** A machine or a pod that is reached without a router. */
interface Neighbour {
  readonly address: string
  readonly device: string
  readonly isUp: boolean
}

/** The other machines, and the pods on the machine's bridge. */
function neighboursOf({ hosts, name, cluster }: HostMachine): readonly Neighbour[] {
  const others = hosts
    .names()
    .filter((each) => each !== name)
    .map((each) => hosts.machine(each))
    .map(({ address, powered }) => ({ address, device: 'eth0', isUp: powered }))
  const pods = cluster.state
    .peek('pods')
    .filter(
      ({ spec, status }) =>
        spec.nodeName === name && spec.hostNetwork !== true && status?.phase === 'Running',
    )
    .flatMap(({ status }) =>
      status?.podIP === undefined ? [] : [{ address: status.podIP, device: 'cni0', isUp: true }],
    )
  return [...others, ...pods]
}

const neighbourLine = ({ address, device, isUp }: Neighbour): string =>
  isUp
    ? `${address} dev ${device} lladdr ${hardwareOf(address)} REACHABLE\n`
    : `${address} dev ${device} FAILED\n`

/** `arp [-n] [-a]`: the machine's neighbours. Source: net-tools. */
export function arp({ args, machine }: CommandCall): CommandOutput {
  const wrong = args.find((arg) => !/^-[nae]+$/.test(arg))
  if (wrong !== undefined) return failed(`arp: invalid option -- '${wrong.replace(/^-+/, '')}'`, 255)
  const rows = neighboursOf(machine)
  if (args.some((arg) => arg.includes('a')))
    return {
      stdout: rows
        .map(({ address, device, isUp }) =>
          isUp
            ? `? (${address}) at ${hardwareOf(address)} [ether] on ${device}\n`
            : `? (${address}) at <incomplete> on ${device}\n`,
        )
        .join(''),
    }
  const line = ({ address, device, isUp }: Neighbour): string =>
    isUp
      ? `${address.padEnd(24)} ether   ${hardwareOf(address)}   C                     ${device}\n`
      : `${address.padEnd(24)}         (incomplete)                              ${device}\n`
  return {
    stdout:
      'Address                  HWtype  HWaddress           Flags Mask            Iface\n' +
      rows.map(line).join(''),
  }
}
