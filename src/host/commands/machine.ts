import { NotFoundError } from '../../client/not-found.js'
import type { HostMachine } from '../machine/host-machine.js'
import { bootKernel } from '../machine/kernel.js'
import { kubeletFault, startKubelet, stopKubelet } from '../machine/sync-node.js'
import { dateTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'
import { startUnits } from './systemctl.js'

/** Ends the login on a machine that goes down, as ssh reports it. */
function closed({ machine, session }: CommandCall): CommandOutput {
  const { stack } = session
  if (stack.length < 2 || stack.at(-1)?.machine.name !== machine.name) return {}
  stack.pop()
  return {
    stderr: `Connection to ${machine.name} closed by remote host.\nConnection to ${machine.name} closed.\n`,
  }
}

/** Ends and starts the control plane's processes, which lose what they had in memory. */
function restartControlPlane({ cluster }: HostMachine): void {
  cluster.apiserver.stop().start()
  for (const name of ['kube-controller-manager', 'kube-scheduler'] as const) {
    try {
      const handle = cluster.process(name)
      if (handle.running) handle.restart()
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error // the cluster was made without it
    }
  }
}

/** `reboot`: the machine loses its processes, and comes back. */
export function reboot(call: CommandCall): CommandOutput {
  const { machine } = call
  machine.node?.reboot()
  bootKernel(machine)
  if (kubeletFault(machine) !== undefined) {
    stopKubelet(machine)
    startKubelet(machine)
  }
  startUnits(machine)
  if (machine.isControlPlane) restartControlPlane(machine)
  return closed(call)
}

/** `poweroff`, `halt` and `shutdown now`: the machine stays off until somebody gives it power. */
export function poweroff(call: CommandCall): CommandOutput {
  const { machine, args } = call
  if (args.some((arg) => /^-(?:r|-reboot)$/.test(arg))) return reboot(call)
  if (machine.isControlPlane)
    return failed(
      'Failed to power off: this is the control plane, and nobody could switch it on again. ' +
        'To stop the control plane, move its manifests out of /etc/kubernetes/manifests.',
    )
  machine.node?.crash()
  return closed(call)
}

const LONGEST_WATCH = 60_000

/**
 * `watch [-n SECONDS] COMMAND`: runs the command again and again, until its output has changed or a minute
 * has passed, as if Ctrl-C were pressed then.
 */
export async function watch({ args, machine, exec }: CommandCall): Promise<CommandOutput> {
  let seconds = 2
  let at = 0
  for (; args[at]?.startsWith('-') === true; at++) {
    const word = args[at] ?? ''
    const [, given] = /^(?:-n|--interval=)(.*)$/.exec(word) ?? []
    if (given !== undefined) seconds = Number(given === '' ? args[++at] : given)
    else if (!/^-[dtbecgx]+$/.test(word))
      return failed(`watch: invalid option -- '${word.replace(/^-+/, '')}'`)
  }
  const [command = '', ...rest] = args.slice(at)
  if (command === '' || !(seconds > 0)) return failed('Usage:\n watch [options] command')
  const { cluster } = machine
  const end = cluster.now() + LONGEST_WATCH
  const frame = async (): Promise<string> => {
    const { stdout = '', stderr = '' } = await exec(command, rest)
    // watch runs the command with sh -c
    const errors = stderr.replace(/^bash: (?:line \d+: )?(\S+): command not found$/m, 'sh: 1: $1: not found')
    return UTF8.decode(Uint8Array.from(stdout, (byte) => byte.charCodeAt(0))) + errors
  }
  const shown = (text: string): string =>
    `Every ${seconds.toFixed(1)}s: ${[command, ...rest].join(' ')}    ` +
    `${machine.name}: ${dateTime(cluster.now())}\n\n${text}`
  const first = await frame()
  let stdout = shown(first)
  while (cluster.now() < end) {
    cluster.advance(Math.round(seconds * 1000))
    const next = await frame()
    if (next === first) continue
    stdout += `\n${shown(next)}`
    break
  }
  return { stdout }
}

const UTF8 = new TextDecoder()

/** `iptables -L [-n] [-t nat] [CHAIN]`: the chains that kube-proxy writes for Services. */
export function iptables({ args, machine }: CommandCall): CommandOutput {
  const options = readOptions(args, ['t', 'table'])
  const wantsList = args.some((arg) => /^-\w*L|^--list$/.test(arg))
  if (!wantsList)
    return failed(
      'iptables: only listing is simulated: iptables -L -n, or iptables -t nat -L KUBE-SERVICES -n',
    )
  const [wanted] = options.words
  const table = options.get('t', 'table') ?? 'filter'
  if (table !== 'filter' && table !== 'nat')
    return failed(
      `iptables v1.8.10 (nf_tables): can't initialize iptables table \`${table}': Table does not exist`,
      3,
    )
  const chains = table === 'nat' ? natChains(machine) : FILTER
  const found = [...chains].filter(([name]) => wanted === undefined || name === wanted)
  if (found.length === 0) return failed('iptables: No chain/target/match by that name.')
  const head = 'target     prot opt source               destination\n'
  return {
    stdout: found
      .map(([name, rules]) => {
        const policy = /^[A-Z]+$/.test(name) ? '(policy ACCEPT)' : '(1 references)'
        return `Chain ${name} ${policy}\n${head}${rules.map((rule) => `${rule}\n`).join('')}`
      })
      .join('\n'),
  }
}

const rule = (target: string, destination: string, comment: string): string =>
  [target.padEnd(10), 'all  -- ', '0.0.0.0/0'.padEnd(20), destination.padEnd(20), comment].join(' ').trimEnd()

const FILTER: ReadonlyMap<string, readonly string[]> = new Map([
  ['INPUT', [rule('KUBE-FIREWALL', '0.0.0.0/0', '')]],
  ['FORWARD', [rule('KUBE-FORWARD', '0.0.0.0/0', '/* kubernetes forwarding rules */')]],
  ['OUTPUT', [rule('KUBE-FIREWALL', '0.0.0.0/0', '')]],
  ['KUBE-FIREWALL', []],
  ['KUBE-FORWARD', [rule('ACCEPT', '0.0.0.0/0', '/* kubernetes forwarding rules */')]],
])

function natChains({ cluster }: HostMachine): ReadonlyMap<string, readonly string[]> {
  const portal = '/* kubernetes service portals */'
  const services = cluster.state.peek('services').flatMap(({ metadata, spec }) =>
    (spec?.ports ?? []).map((port) => {
      const name = `${metadata.namespace}/${metadata.name}${port.name === undefined ? '' : `:${port.name}`}`
      return {
        name,
        port,
        clusterIP: spec?.clusterIP ?? 'None',
        protocol: (port.protocol ?? 'TCP').toLowerCase(),
      }
    }),
  )
  return new Map([
    ['PREROUTING', [rule('KUBE-SERVICES', '0.0.0.0/0', portal)]],
    ['OUTPUT', [rule('KUBE-SERVICES', '0.0.0.0/0', portal)]],
    [
      'KUBE-SERVICES',
      services
        .filter(({ clusterIP }) => clusterIP !== 'None')
        .map(({ name, port, clusterIP, protocol }) =>
          rule('KUBE-SVC', clusterIP, `/* ${name} cluster IP */ ${protocol} dpt:${port.port}`),
        ),
    ],
    [
      'KUBE-NODEPORTS',
      services
        .filter(({ port }) => port.nodePort !== undefined)
        .map(({ name, port, protocol }) =>
          rule('KUBE-EXT', '0.0.0.0/0', `/* ${name} */ ${protocol} dpt:${port.nodePort}`),
        ),
    ],
  ])
}
