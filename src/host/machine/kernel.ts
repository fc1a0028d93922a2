import type { HostFiles } from '../files/host-files.js'

/** A machine, as far as its kernel is concerned: its state is in files. */
interface KernelMachine {
  readonly files: HostFiles
}

/** Where the kernel shows its parameters. */
export const PARAMETERS = '/proc/sys'

/** Kernel parameters that only exist while a module is loaded, by the beginning of their path. */
const BRIDGE = 'net/bridge'

/** Parameters of a machine that was prepared for Kubernetes; the kubelet and kube-proxy set some of them. */
const USUAL: Readonly<Record<string, string>> = {
  'fs/file-max': '9223372036854775807',
  'fs/inotify/max_user_instances': '128',
  'fs/inotify/max_user_watches': '1048576',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/pid_max': '4194304',
  [`${BRIDGE}/bridge-nf-call-ip6tables`]: '1',
  [`${BRIDGE}/bridge-nf-call-iptables`]: '1',
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_forward': '1',
  'net/ipv4/ip_local_port_range': '32768\t60999',
  'net/ipv4/ip_unprivileged_port_start': '1024',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv6/conf/all/disable_ipv6': '0',
  'net/ipv6/conf/all/forwarding': '1',
  'net/netfilter/nf_conntrack_max': '131072',
  'vm/max_map_count': '65530',
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'vm/swappiness': '60',
}

/** Parameters that have another value after a boot unless a file in /etc/sysctl.d sets them. */
const AT_BOOT: Readonly<Record<string, string>> = {
  [`${BRIDGE}/bridge-nf-call-ip6tables`]: '1',
  [`${BRIDGE}/bridge-nf-call-iptables`]: '1',
  'net/ipv4/ip_forward': '0',
  'net/ipv6/conf/all/forwarding': '0',
}

/** Modules that are loaded on a machine that was prepared for Kubernetes. */
const LOADED = [
  'overlay',
  'br_netfilter',
  'bridge',
  'stp',
  'llc',
  'nf_conntrack',
  'nf_nat',
  'nf_tables',
  'xt_comment',
]

/** Modules that can be loaded. */
export const MODULES: ReadonlySet<string> = new Set([
  ...LOADED,
  ...['ip_tables', 'ip_vs', 'ip_vs_rr', 'ip_vs_sh', 'ip_vs_wrr', 'iptable_filter', 'iptable_nat', 'nbd'],
  ...['nfs', 'rbd', 'sctp', 'tun', 'veth', 'vxlan', 'wireguard', 'xt_conntrack', 'xt_mark', 'dummy'],
])

export const LOADED_MODULES = '/proc/modules'
export const SWAPS = '/proc/swaps'
export const FSTAB = '/etc/fstab'

/** The machine's partition for swap, which is not used, and its size in KiB. */
export const SWAP_DEVICE = '/dev/vda2'
export const SWAP_SIZE: number = 2 * 1024 * 1024

export const SWAPS_HEAD = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'

const moduleLine = (name: string): string => `${name} 16384 0 - Live 0x0000000000000000\n`

/** The text of /proc/modules for the names of modules. */
export const modulesText = (names: readonly string[]): string => names.map(moduleLine).join('')

/** Returns what the kernel and the files that it reads at boot look like, by path without a leading slash. */
export function kernelFiles(): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(Object.entries(USUAL).map(([name, value]) => [`proc/sys/${name}`, `${value}\n`])),
    'proc/modules': modulesText(LOADED),
    'proc/swaps': SWAPS_HEAD,
    'etc/fstab': `/dev/vda1 / ext4 errors=remount-ro 0 1\n#${SWAP_DEVICE} none swap sw 0 0\n`,
    'etc/modules-load.d/k8s.conf': 'overlay\nbr_netfilter\n',
    'etc/sysctl.d/k8s.conf':
      'net.bridge.bridge-nf-call-iptables  = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\n' +
      'net.ipv4.ip_forward                 = 1\nnet.ipv6.conf.all.forwarding        = 1\n',
  }
}

/** Names of the loaded modules. */
export const loadedModules = ({ files }: KernelMachine): readonly string[] =>
  (files.text(LOADED_MODULES) ?? '').split('\n').flatMap((line) => line.split(' ')[0] || [])

/** Names of the kernel parameters that exist: `net/ipv4/ip_forward`. */
export function parametersOf(machine: KernelMachine): readonly string[] {
  const { files } = machine
  const hasBridge = loadedModules(machine).includes('br_netfilter')
  const below = (path: string): readonly string[] =>
    files.list(path).flatMap((name) => {
      const full = `${path}/${name}`
      return files.stat(full)?.kind === 'directory' ? below(full) : [full.slice(PARAMETERS.length + 1)]
    })
  return below(PARAMETERS).filter((name) => hasBridge || !name.startsWith(`${BRIDGE}/`))
}

/** A file or partition that the machine swaps to. */
export interface Swap {
  readonly device: string
  /** KiB. */
  readonly size: number
}

/** What the machine swaps to, as /proc/swaps says. */
export const swapsOf = ({ files }: KernelMachine): readonly Swap[] =>
  (files.text(SWAPS) ?? '')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device = '', , size] = line.split(/\s+/)
      return device === '' ? [] : [{ device, size: Number(size) }]
    })

/** Sets what the machine swaps to. */
export function setSwaps({ files }: KernelMachine, devices: readonly string[]): void {
  const row = (device: string, at: number): string =>
    `${device.padEnd(40)}partition\t${SWAP_SIZE}\t\t0\t\t${-2 - at}\n`
  files.write(SWAPS, SWAPS_HEAD + devices.map(row).join(''))
}

/** Devices that /etc/fstab names for swap. */
export const swapsInFstab = ({ files }: KernelMachine): readonly string[] =>
  (files.text(FSTAB) ?? '').split('\n').flatMap((line) => {
    const [device = '', , type] = line.trim().split(/\s+/)
    return type === 'swap' && !device.startsWith('#') ? [device] : []
  })

/** A setting of a file such as /etc/sysctl.d/k8s.conf: `net/ipv4/ip_forward` and its value. */
export type Setting = readonly [name: string, value: string]

/** Reads the settings of a file of sysctl's. Source: sysctl.conf(5). */
export const settingsIn = (text: string): readonly Setting[] =>
  text.split('\n').flatMap((line): readonly Setting[] => {
    const at = line.indexOf('=')
    const name = line.slice(0, Math.max(0, at)).trim().replace(/^-/, '')
    return /^[\w./-]+$/.test(name) ? [[parameterName(name), line.slice(at + 1).trim()]] : []
  })

/** `net.ipv4.ip_forward` and `net/ipv4/ip_forward` are the same: the first separator decides. */
export function parameterName(name: string): string {
  const isSlashed = /^[^.]*\//.test(name)
  return isSlashed ? name : name.replaceAll(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))
}

/** The files that set kernel parameters at boot, in the order in which they are read. */
export function settingsFiles({ files }: KernelMachine): readonly string[] {
  const folder = '/etc/sysctl.d'
  const names = files.stat(folder)?.kind === 'directory' ? files.list(folder) : []
  const own = names.filter((name) => name.endsWith('.conf')).toSorted()
  return [...own.map((name) => `${folder}/${name}`), '/etc/sysctl.conf'].filter(
    (path) => files.stat(path)?.kind === 'file',
  )
}

/**
 * Sets the kernel up as a boot does: modules of /etc/modules-load.d, parameters of /etc/sysctl.d, and swap of
 * /etc/fstab. What was set by hand is lost.
 */
export function bootKernel(machine: KernelMachine): void {
  const { files } = machine
  const folder = '/etc/modules-load.d'
  const lists = files.stat(folder)?.kind === 'directory' ? files.list(folder) : []
  const asked = lists
    .filter((name) => name.endsWith('.conf'))
    .flatMap((name) => (files.text(`${folder}/${name}`) ?? '').split('\n'))
    .map((line) => line.trim())
    .filter((name) => MODULES.has(name))
  // the kubelet's programs load the others themselves
  const others = LOADED.filter((name) => name !== 'br_netfilter' && name !== 'overlay')
  files.write(LOADED_MODULES, modulesText([...new Set([...asked, ...others])]))
  const set = new Map<string, string>([...Object.entries(USUAL), ...Object.entries(AT_BOOT)])
  for (const path of settingsFiles(machine))
    for (const [name, value] of settingsIn(files.text(path) ?? '')) if (set.has(name)) set.set(name, value)
  for (const [name, value] of set) {
    const path = `${PARAMETERS}/${name}`
    if (files.text(path) !== `${value}\n`) files.put(path, `${value}\n`)
  }
  const swaps = swapsInFstab(machine).filter((device) => device === SWAP_DEVICE)
  if (swaps.length !== swapsOf(machine).length) setSwaps(machine, swaps)
}
