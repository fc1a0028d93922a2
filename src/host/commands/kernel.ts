import { capacityOf } from '../machine/capacity.js'
import {
  LOADED_MODULES,
  loadedModules,
  MODULES,
  modulesText,
  PARAMETERS,
  parameterName,
  parametersOf,
  setSwaps,
  settingsFiles,
  settingsIn,
  SWAP_DEVICE,
  swapsInFstab,
  swapsOf,
} from '../machine/kernel.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, joined, sizeText } from './command.js'
import { architectureOf, kernelOf } from './processes.js'

/** `nproc [--all]`: the number of CPUs. */
export function nproc({ args, machine }: CommandCall): CommandOutput {
  const wrong = args.find((arg) => arg !== '--all')
  if (wrong !== undefined)
    return failed(`nproc: extra operand '${wrong}'\nTry 'nproc --help' for more information.`)
  return { stdout: `${capacityOf(machine).cores}\n` }
}

/** `lscpu`: architecture and number of CPUs; which model they are is not simulated. */
export function lscpu({ args, machine }: CommandCall): CommandOutput {
  if (args.length > 0) return failed(`lscpu: only the summary is simulated. Write: lscpu`)
  const { cores } = capacityOf(machine)
  const row = (label: string, value: string): string => `${`${label}:`.padEnd(26)}${value}\n`
  return {
    stdout:
      row('Architecture', architectureOf(machine)) +
      row('  Byte Order', 'Little Endian') +
      row('CPU(s)', String(cores)) +
      row('  On-line CPU(s) list', cores > 1 ? `0-${cores - 1}` : '0'),
  }
}

const dotted = (name: string): string => name.replaceAll(/[./]/g, (sign) => (sign === '/' ? '.' : '/'))

const READ_ONLY = /^kernel\/(?:ostype|osrelease|version)$/

/**
 * `sysctl NAME`, `-w NAME=VALUE`, `-n`, `-a`, `-p [FILE]`, `--system`: kernel parameters, which are files in
 * /proc/sys. Source: procps-ng.
 */
export function sysctl({ args, machine, path }: CommandCall): CommandOutput {
  const letters = args.flatMap((arg) => (/^-[a-z]+$/.test(arg) ? Array.from(arg.slice(1)) : []))
  const words = args.filter((arg) => !arg.startsWith('-'))
  const long = args.find((arg) => arg.startsWith('--') && arg !== '--system' && arg !== '--all')
  const wrong = letters.find((letter) => !'anwqepN'.includes(letter))
  if (long !== undefined) return failed(`sysctl: unrecognized option '${long}'\n\n${SYSCTL_USAGE}`)
  if (wrong !== undefined) return failed(`sysctl: invalid option -- '${wrong}'\n\n${SYSCTL_USAGE}`)
  const has = (letter: string): boolean => letters.includes(letter)
  const shown = { isValueOnly: has('n'), isNameOnly: has('N'), isQuiet: has('q') }
  if (args.includes('--system')) {
    const files = settingsFiles(machine)
    return joined(
      files.map((file) => {
        const { stdout = '', ...rest } = load(machine, file, file, shown)
        return { ...rest, stdout: `* Applying ${file} ...\n${stdout}` }
      }),
    )
  }
  if (has('p')) {
    const named = words.length === 0 ? ['/etc/sysctl.conf'] : words
    return joined(named.map((file) => load(machine, path(file), file, shown)))
  }
  if (has('a') || args.includes('--all'))
    return joined(parametersOf(machine).map((name) => read(machine, name, shown)))
  if (words.length === 0) return failed(`sysctl: no variables specified\n${SYSCTL_USAGE}`)
  return joined(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at > 0)
        return write(machine, parameterName(word.slice(0, at).trim()), word.slice(at + 1).trim(), shown)
      if (has('w')) return failed(`sysctl: "${word}" must be of the form name=value`)
      return read(machine, parameterName(word), shown)
    }),
  )
}

const SYSCTL_USAGE = 'Usage:\n sysctl [options] [variable[=value] ...]'

interface Shown {
  readonly isValueOnly: boolean
  readonly isNameOnly: boolean
  readonly isQuiet: boolean
}

const noParameter = (name: string): CommandOutput =>
  failed(`sysctl: cannot stat ${PARAMETERS}/${name}: No such file or directory`)

function read(machine: HostMachine, name: string, { isValueOnly, isNameOnly }: Shown): CommandOutput {
  const own = parametersOf(machine)
  const names = own.includes(name) ? [name] : own.filter((each) => each.startsWith(`${name}/`))
  if (names.length === 0) return noParameter(name)
  const line = (each: string): string => {
    const value = (machine.files.text(`${PARAMETERS}/${each}`) ?? '').trimEnd()
    return isNameOnly ? dotted(each) : isValueOnly ? value : `${dotted(each)} = ${value}`
  }
  return { stdout: names.map((each) => `${line(each)}\n`).join('') }
}

function write(machine: HostMachine, name: string, value: string, shown: Shown): CommandOutput {
  if (!parametersOf(machine).includes(name)) return noParameter(name)
  if (READ_ONLY.test(name)) return failed(`sysctl: permission denied on key "${dotted(name)}"`)
  const old = machine.files.text(`${PARAMETERS}/${name}`) ?? ''
  if (/^-?[\d\s]+$/.test(old) && !/^-?\d+(?:\s+\d+)*$/.test(value))
    return failed(`sysctl: setting key "${dotted(name)}": Invalid argument`)
  machine.files.write(`${PARAMETERS}/${name}`, `${value}\n`)
  if (shown.isQuiet) return {}
  return { stdout: `${shown.isValueOnly ? value : `${dotted(name)} = ${value}`}\n` }
}

function load(machine: HostMachine, file: string, named: string, shown: Shown): CommandOutput {
  const text = machine.files.text(file)
  if (text === undefined) return failed(`sysctl: cannot open "${named}": No such file or directory`)
  return joined(settingsIn(text).map(([name, value]) => write(machine, name, value, shown)))
}

/** `modprobe [-r] NAME...`: loads or removes modules of the kernel. Source: kmod. */
export function modprobe({ args, machine }: CommandCall): CommandOutput {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const wrong = args.find((arg) => arg.startsWith('-') && !/^-[raqv]+$|^--(?:remove|all)$/.test(arg))
  if (wrong !== undefined) return failed(`modprobe: unrecognized option '${wrong}'`)
  if (words.length === 0) return failed('modprobe: ERROR: missing parameters. See -h.')
  const loaded = new Set(loadedModules(machine))
  const removes = args.some((arg) => /^-\w*r|^--remove$/.test(arg))
  for (const word of words) {
    const name = word.replaceAll('-', '_')
    if (!MODULES.has(name))
      return failed(
        `modprobe: FATAL: Module ${word} not found` +
          (removes ? '.' : ` in directory /lib/modules/${kernelOf(machine)}`),
      )
    if (removes) loaded.delete(name)
    else loaded.add(name)
  }
  machine.files.write(LOADED_MODULES, modulesText([...loaded]))
  return {}
}

/** `lsmod`: the loaded modules. */
export function lsmod({ machine }: CommandCall): CommandOutput {
  const row = (name: string): string => `${name.padEnd(22)} 16384  0\n`
  return {
    stdout: `Module                  Size  Used by\n${loadedModules(machine).toReversed().map(row).join('')}`,
  }
}

/** `swapon [-a|--show|-s] [DEVICE]`: the machine's partition for swap, /dev/vda2. Source: util-linux. */
export function swapon({ args, machine }: CommandCall): CommandOutput {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const wrong = args.find((arg) => arg.startsWith('-') && !/^(?:-a|--all|--show|-s|--summary)$/.test(arg))
  if (wrong !== undefined) return failed(`swapon: unrecognized option '${wrong}'`)
  const used = swapsOf(machine).map(({ device }) => device)
  if (args.includes('-s') || args.includes('--summary'))
    return { stdout: used.length === 0 ? '' : (machine.files.text('/proc/swaps') ?? '') }
  if (args.length === 0 || args.includes('--show')) return { stdout: swapTable(machine) }
  const isAll = args.includes('-a') || args.includes('--all')
  const wanted = isAll ? swapsInFstab(machine) : words
  const bad = wanted.find((device) => device !== SWAP_DEVICE)
  if (bad !== undefined)
    return machine.files.stat(bad) === undefined
      ? failed(`swapon: cannot open ${bad}: No such file or directory`, 255)
      : failed(`swapon: ${bad}: read swap header failed`, 255)
  if (!isAll && wanted.some((device) => used.includes(device)))
    return failed(`swapon: ${SWAP_DEVICE}: swapon failed: Device or resource busy`, 255)
  setSwaps(machine, [...new Set([...used, ...wanted])])
  return {}
}

function swapTable(machine: HostMachine): string {
  const swaps = swapsOf(machine)
  if (swaps.length === 0) return ''
  const rows = swaps.map(
    ({ device, size }, at) =>
      `${device.padEnd(9)} partition ${sizeText(size * 1024).padStart(4)}   0B ` +
      `${String(-2 - at).padStart(4)}\n`,
  )
  return `NAME      TYPE      SIZE USED PRIO\n${rows.join('')}`
}

/** `swapoff -a` or `swapoff DEVICE`. Without swap, `-a` has nothing to do. Source: util-linux. */
export function swapoff({ args, machine }: CommandCall): CommandOutput {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const wrong = args.find((arg) => arg.startsWith('-') && !/^(?:-a|-v|--all|--verbose)$/.test(arg))
  if (wrong !== undefined) return failed(`swapoff: unrecognized option '${wrong}'`)
  const used = swapsOf(machine).map(({ device }) => device)
  if (args.includes('-a') || args.includes('--all')) {
    if (used.length > 0) setSwaps(machine, [])
    return {}
  }
  if (words.length === 0) return failed("swapoff: bad usage\nTry 'swapoff --help' for more information.")
  const bad = words.find((device) => !used.includes(device))
  if (bad !== undefined) return failed(`swapoff: ${bad}: swapoff failed: Invalid argument`, 4)
  setSwaps(
    machine,
    used.filter((device) => !words.includes(device)),
  )
  return {}
}
