import { compileGoRegExp, isFault } from '../../lang/go/regexp.js'
import { signalNumber, signalTitle } from '../../shell/programs/system.js'
import { latestContainer } from '../../kubelet/index.js'
import { killComponent } from '../control-plane/sync.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { MachineProcess } from '../machine/processes.js'
import { processesOn, programName, shortName } from '../machine/processes.js'
import { killKubelet } from '../machine/sync-node.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, joined } from './command.js'
import { endJob, jobsOf } from '../machine/jobs.js'
import { jobNamed } from './jobs.js'
import { killRuntime } from './systemctl.js'

const SIGKILL = 9
const SIGTERM = 15
/** Signals that end a program which does not handle them: HUP, INT, QUIT, KILL, TERM. */
const ENDING: readonly number[] = [1, 2, 3, SIGKILL, SIGTERM]

/**
 * Sends a signal to a process. systemd starts its services again, and the kubelet its containers; systemd
 * itself and a listening sshd go on.
 */
function send(machine: HostMachine, { owner }: MachineProcess, signal: number): void {
  if (owner === undefined || !ENDING.includes(signal)) return
  const job = 'job' in owner ? jobsOf(machine).find(({ pid }) => pid === owner.job) : undefined
  if (job !== undefined) endJob(machine, job)
  else if ('job' in owner) return
  else if ('component' in owner) killComponent(machine, owner.component, 128 + signal)
  else if ('container' in owner) signalContainer(machine, owner.uid, owner.container, signal)
  else if (owner.unit === 'kubelet') killKubelet(machine, signal, signalTitle(signal))
  else if (owner.unit === 'containerd') killRuntime(machine, signal, signalTitle(signal))
  machine.cluster.advance(0)
  machine.hosts.sync()
}

/** A program that handles the signal may go on; one of which only its image is known ends. */
function signalContainer(machine: HostMachine, uid: string, name: string, signal: number): void {
  const runtime = machine.node?.machine
  const pod = runtime?.pod(uid)
  const container = latestContainer(pod, name)
  if (runtime === undefined || pod === undefined || container === undefined) return
  if (signal === SIGKILL) return runtime.stopContainer(uid, name, 0)
  const isHandled = runtime.processes.terminate(pod, container, signal) === 'handled'
  if (!isHandled && runtime.behavior(container.image).ignoresSigterm !== true)
    runtime.stopContainer(uid, name, GRACE, signal)
}

/** Ms within which a program ends that lets a signal end it. */
const GRACE = 30_000

const KILL_USAGE =
  'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]'

/** `kill [-SIGNAL] PID...`, as bash has it. Source: bash builtins/kill.def. */
export function kill({ args, machine }: CommandCall): CommandOutput {
  const [first = ''] = args
  if (first === '-l') return { stdout: ' 1) SIGHUP\t 2) SIGINT\t 3) SIGQUIT\t 9) SIGKILL\n15) SIGTERM\n' }
  const isSpaced = first === '-s' || first === '-n'
  const isGiven = first.startsWith('-') && first !== '--'
  const named = isSpaced ? (args[1] ?? '') : first
  const signal = isGiven ? signalNumber(isSpaced ? `-${named}` : named) : SIGTERM
  const rest = args.slice(isSpaced ? 2 : isGiven ? 1 : 0).filter((arg) => arg !== '--')
  if (signal === undefined)
    return failed(`bash: kill: ${named.replace(/^-/, '')}: invalid signal specification`)
  if (rest.length === 0) return failed(KILL_USAGE, 2)
  return joined(
    rest.map((word) => {
      if (word.startsWith('%')) {
        const job = jobNamed(machine, word)
        if (job === undefined) return failed(`bash: kill: ${word}: no such job`)
        if (ENDING.includes(signal)) endJob(machine, job)
        return { stderr: `[${job.number}]+  ${'Terminated'.padEnd(22)}  ${job.text}\n` }
      }
      if (!/^\d+$/.test(word)) return failed(`bash: kill: ${word}: arguments must be process or job IDs`)
      const process = processesOn(machine).find(({ pid }) => pid === Number(word))
      if (process === undefined) return failed(`bash: kill: (${word}) - No such process`)
      send(machine, process, signal)
      return {}
    }),
  )
}

interface Matching {
  readonly pattern: string | undefined
  readonly switches: readonly string[]
  readonly signal: number | undefined
  readonly fault?: string
}

const LONG: Readonly<Record<string, string>> = {
  '--full': 'f',
  '--exact': 'x',
  '--list-name': 'l',
  '--list-full': 'a',
  '--count': 'c',
  '--newest': 'n',
  '--oldest': 'o',
  '--ignore-case': 'i',
  '--echo': 'e',
}

function matching(program: 'pgrep' | 'pkill', args: readonly string[]): Matching {
  const allowed = program === 'pgrep' ? 'fxlacnoi' : 'fxnoie'
  const switches: string[] = []
  const words: string[] = []
  let signal: number | undefined
  let fault: string | undefined
  for (const arg of args) {
    const found = program === 'pkill' ? signalNumber(arg) : undefined
    if (!arg.startsWith('-')) words.push(arg)
    else if (found !== undefined && /^-(?:\d+|[A-Z]+\d?)$/.test(arg)) signal = found
    else if (LONG[arg] !== undefined) switches.push(LONG[arg] ?? '')
    else if (arg.startsWith('--')) fault = `unrecognized option '${arg}'`
    else
      for (const letter of arg.slice(1))
        if (allowed.includes(letter)) switches.push(letter)
        else fault = `invalid option -- '${letter}'`
  }
  if (fault === undefined && words.length === 0) fault = 'no matching criteria specified'
  if (words.length > 1) fault = 'only one pattern can be provided'
  const more = `Try \`${program} --help' for more information.`
  return {
    pattern: words[0],
    switches,
    signal,
    ...(fault === undefined ? {} : { fault: `${program}: ${fault}\n${more}` }),
  }
}

/** The kernel keeps 15 characters of a program's name: a longer pattern finds nothing without `-f`. */
const tooLong = (program: string, { pattern = '', switches }: Matching): CommandOutput | undefined =>
  /^[\w-]{16,}$/.test(pattern) && !switches.includes('f')
    ? failed(
        `${program}: pattern that searches for process name longer than 15 characters will result in zero ` +
          `matches\nTry \`${program} -f' option to match against the complete command line.`,
      )
    : undefined

/** Returns the processes that `pgrep` and `pkill` mean; a text if the pattern is none. */
function matched(
  machine: HostMachine,
  { pattern = '', switches }: Matching,
): readonly MachineProcess[] | string {
  const has = (letter: string): boolean => switches.includes(letter)
  const source = `${has('i') ? '(?i)' : ''}${has('x') ? `^(?:${pattern})$` : pattern}`
  const expression = compileGoRegExp(source)
  if (isFault(expression)) return `${pattern}: Invalid regular expression`
  const text = (process: MachineProcess): string => (has('f') ? process.command : shortName(process))
  const found = processesOn(machine).filter((process) => expression.test(text(process)))
  const byStart = found.toSorted((a, b) => a.started - b.started || a.pid - b.pid)
  if (has('n')) return byStart.slice(-1)
  return has('o') ? byStart.slice(0, 1) : found
}

/** `pgrep [-flaxcnoi] PATTERN`: numbers of processes by their name. Source: procps-ng. */
export function pgrep({ args, machine }: CommandCall): CommandOutput {
  const asked = matching('pgrep', args)
  if (asked.fault !== undefined) return failed(asked.fault, 2)
  const long = tooLong('pgrep', asked)
  if (long !== undefined) return long
  const found = matched(machine, asked)
  if (typeof found === 'string') return failed(`pgrep: ${found}`, 2)
  const has = (letter: string): boolean => asked.switches.includes(letter)
  const code = found.length === 0 ? 1 : 0
  if (has('c')) return { stdout: `${found.length}\n`, code }
  const line = (process: MachineProcess): string => {
    if (has('a')) return `${process.pid} ${process.command}\n`
    return has('l') ? `${process.pid} ${programName(process)}\n` : `${process.pid}\n`
  }
  return { stdout: found.map(line).join(''), code }
}

/** `pkill [-SIGNAL] [-fxnoie] PATTERN`: sends a signal to processes by their name. Source: procps-ng. */
export function pkill({ args, machine }: CommandCall): CommandOutput {
  const asked = matching('pkill', args)
  if (asked.fault !== undefined) return failed(asked.fault, 2)
  const long = tooLong('pkill', asked)
  if (long !== undefined) return long
  const found = matched(machine, asked)
  if (typeof found === 'string') return failed(`pkill: ${found}`, 2)
  for (const process of found) send(machine, process, asked.signal ?? SIGTERM)
  const told = asked.switches.includes('e')
    ? found.map((process) => `${programName(process)} killed (pid ${process.pid})\n`).join('')
    : ''
  return { stdout: told, code: found.length === 0 ? 1 : 0 }
}

/** `killall [-SIGNAL] NAME...`: sends a signal to processes of exactly that name. Source: psmisc. */
export function killall({ args, machine }: CommandCall): CommandOutput {
  const [first = ''] = args
  const signal = first.startsWith('-') ? signalNumber(first) : SIGTERM
  if (signal === undefined)
    return failed(`${first.replace(/^-/, '')}: unknown signal; killall -l lists signals.`)
  const names = args.filter((arg) => !arg.startsWith('-'))
  if (names.length === 0) return failed('Usage: killall [OPTION]... [--] NAME...')
  return joined(
    names.map((name) => {
      const found = processesOn(machine).filter((process) => programName(process) === name)
      for (const process of found) send(machine, process, signal)
      return found.length === 0 ? failed(`${name}: no process found`) : {}
    }),
  )
}

/** `pidof NAME...`: numbers of the processes of programs, the newest first. Source: sysvinit. */
export function pidof({ args, machine }: CommandCall): CommandOutput {
  const isOne = args.includes('-s')
  const names = args.filter((arg) => !arg.startsWith('-'))
  const found = processesOn(machine)
    .filter((process) => names.includes(programName(process)))
    .map(({ pid }) => pid)
    .toSorted((a, b) => b - a)
  const shown = isOne ? found.slice(0, 1) : found
  return { stdout: shown.length === 0 ? '' : `${shown.join(' ')}\n`, code: shown.length === 0 ? 1 : 0 }
}
