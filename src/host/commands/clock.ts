import { clockTime, dateTime, systemdTime } from '../machine/texts.js'
import type { HostMachine } from '../machine/host-machine.js'
import { bootedAt, firstPid } from '../machine/processes.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed } from './command.js'
import { architectureOf, kernelOf } from './processes.js'

const label = (name: string, width: number): string => `${name.padStart(width)}: `

/** `timedatectl [status]`: virtual time. It cannot be set. Source: systemd. */
export function timedatectl({ args, machine }: CommandCall): CommandOutput {
  const [verb = 'status'] = args
  if (verb === 'set-time') return failed('Failed to set time: Automatic time synchronization is enabled')
  if (verb !== 'status') return failed(`Unknown command verb '${verb}'.`)
  const now = systemdTime(machine.cluster.now())
  const rows = [
    ['Local time', now],
    ['Universal time', now],
    ['RTC time', now.replace(/ UTC$/, '')],
    ['Time zone', 'Etc/UTC (UTC, +0000)'],
    ['System clock synchronized', 'yes'],
    ['NTP service', 'active'],
    ['RTC in local TZ', 'no'],
  ]
  return { stdout: rows.map(([name = '', value]) => `${label(name, 25)}${value}\n`).join('') }
}

/** `hostnamectl [status|hostname]`: the machine's name and system. The name is fixed. Source: systemd. */
export function hostnamectl({ args, machine }: CommandCall): CommandOutput {
  const [verb = 'status', name] = args
  if (verb === 'hostname' && name === undefined) return { stdout: `${machine.name}\n` }
  if (verb === 'set-hostname' || verb === 'hostname')
    return failed('hostnamectl: the names of simulated machines are fixed')
  if (verb !== 'status') return failed(`Unknown command verb '${verb}'.`)
  const { machineID, bootID } = machine.hosts.nodeObject(machine.name)?.status.nodeInfo ?? {}
  const [, system = 'Debian GNU/Linux'] =
    /^PRETTY_NAME="(.*)"$/m.exec(machine.files.text('/etc/os-release') ?? '') ?? []
  const rows = [
    ['Static hostname', machine.name],
    ['Icon name', 'computer-vm'],
    ['Chassis', 'vm'],
    ...(machineID === undefined ? [] : [['Machine ID', machineID]]),
    ...(bootID === undefined ? [] : [['Boot ID', bootID.replaceAll('-', '')]]),
    ['Operating System', system],
    ['Kernel', `Linux ${kernelOf(machine)}`],
    ['Architecture', architectureOf(machine).replace('_', '-')],
  ]
  return { stdout: rows.map(([title = '', value]) => `${label(title, 16)}${value}\n`).join('') }
}

/** `last [reboot]`: the machine's boot. Who logs in is not recorded. Source: util-linux. */
export function last({ args, machine }: CommandCall): CommandOutput {
  const at = bootedAt(machine)
  const time = `${dateTime(at).slice(0, 10)} ${clockTime(at).slice(0, 5)}`
  const wrong = args.find((arg) => arg !== 'reboot' && !arg.startsWith('-'))
  const boot = `reboot   system boot  ${kernelOf(machine).padEnd(16)} ${time}   still running\n`
  return { stdout: `${wrong === undefined ? boot : ''}\nwtmp begins ${dateTime(at).replace(/ UTC/, '')}\n` }
}

/** Lines of the kernel: the boot, and containers that it has killed because they exceeded their memory. */
export function kernelLines(
  machine: HostMachine,
): readonly { readonly time: number; readonly text: string }[] {
  const boot = bootedAt(machine)
  const killed = [...(machine.node?.machine.pods() ?? [])].flatMap(({ name: pod, containers }) =>
    containers.flatMap(({ name, finishedAt, reason, id, image }) => {
      if (reason !== 'OOMKilled' || finishedAt === undefined || finishedAt < boot) return []
      const program = image.split('/').at(-1)?.split(/[:@]/)[0] ?? name
      const text =
        `Memory cgroup out of memory: Killed process ${firstPid(id)} (${program}), UID 0, ` +
        `container ${name} of pod ${pod}`
      return [{ time: finishedAt, text }]
    }),
  )
  return [
    { time: boot, text: `Linux version ${kernelOf(machine)}` },
    ...killed.toSorted((a, b) => a.time - b.time),
  ]
}

/** `dmesg [-T]`: what the kernel has logged since the boot. Source: util-linux. */
export function dmesg({ args, machine }: CommandCall): CommandOutput {
  const wrong = args.find((arg) => !/^-[THxkw]+$|^--ctime$|^--follow$/.test(arg))
  if (wrong !== undefined) return failed(`dmesg: unrecognized option '${wrong}'`)
  const isDated = args.some((arg) => /^-\w*[TH]|^--ctime$/.test(arg))
  const boot = bootedAt(machine)
  const stamp = (time: number): string =>
    isDated ? dateTime(time).replace(/ UTC/, '') : ((time - boot) / 1000).toFixed(6).padStart(12)
  return {
    stdout: kernelLines(machine)
      .map(({ time, text }) => `[${stamp(time)}] ${text}\n`)
      .join(''),
  }
}
