import { capacityOf } from '../machine/capacity.js'
import { bootedAt, processesOn } from '../machine/processes.js'
import { clockTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'
import { memoryOf } from '../machine/memory.js'
import { uptimeLine } from './processes.js'

/** Where somebody who reads the terminal is logged in from: the machine itself. */
const loginOf = ({ session, machine }: CommandCall): readonly [from: string, at: number] => {
  const { stack } = session
  const outer = stack.findLast((place, at) => at < stack.length - 1 && place.machine.name !== machine.name)
  return [outer?.machine.address ?? '', machine.cluster.now()]
}

const dateMinute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')

/** `who`, `who -b`: root's own terminal, the only one; or when the machine was booted. */
export function who(call: CommandCall): CommandOutput {
  const { args, machine } = call
  const [first] = args
  if (first === '-b' || first === '--boot')
    return {
      stdout: `         system boot  ${dateMinute(bootedAt(machine))}
`,
    }
  if (first !== undefined && !/^-[aHmqu]$|^am$|^i$/i.test(first))
    return failed(`who: invalid option -- '${first.replace(/^-+/, '')}'`)
  const [from, at] = loginOf(call)
  return { stdout: `root     pts/0        ${dateMinute(at)}${from === '' ? '' : ` (${from})`}\n` }
}

/** `w`: the line of uptime, and root's terminal. Source: procps-ng. */
export function w(call: CommandCall): CommandOutput {
  const [from, at] = loginOf(call)
  const processes = processesOn(call.machine)
  return {
    stdout:
      ` ${uptimeLine(call.machine, processes)}\n` +
      'USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n' +
      `root     pts/0    ${(from === '' ? '-' : from).padEnd(16)} ${clockTime(at).slice(0, 5)}    ` +
      '0.00s  0.00s  0.00s w\n',
  }
}

const CRONTAB = '/var/spool/cron/crontabs/root'

/** `crontab -l`, `-r` and `crontab FILE`: root's table. Nothing runs by it. Source: cron crontab.c. */
export function crontab({ args, machine, path, stdin }: CommandCall): CommandOutput {
  const options = readOptions(args, ['u'])
  const user = options.get('u') ?? 'root'
  if (user !== 'root') return failed(`crontab:  user \`${user}' unknown`)
  const table = machine.files.text(CRONTAB)
  if (options.has('l')) return table === undefined ? failed('no crontab for root') : { stdout: table }
  if (options.has('r')) {
    if (table === undefined) return failed('no crontab for root')
    machine.files.remove(CRONTAB)
    return {}
  }
  const [file] = options.words
  if (file === undefined)
    return failed('crontab: this terminal has no screen for an editor. Write: crontab FILE, or crontab -l')
  const text = file === '-' ? stdin : machine.files.text(path(file))
  if (text === undefined) return failed(`${file}: No such file or directory`)
  machine.files.put(CRONTAB, text, 0o600)
  return { stderr: 'crontab: saved; nothing here runs by it, use a CronJob of the cluster\n' }
}

/** `vmstat`: memory and CPU of the machine, once. Source: procps-ng. */
export function vmstat({ args, machine }: CommandCall): CommandOutput {
  const wrong = args.find((arg) => !/^\d+$|^-[nw]$/.test(arg))
  if (wrong !== undefined) return failed(`vmstat: only vmstat [DELAY [COUNT]] is simulated, not ${wrong}`)
  const processes = processesOn(machine)
  const { free, cache } = memoryOf(machine, processes)
  const { cores } = capacityOf(machine)
  const busy = Math.min(
    100,
    Math.round((100 * processes.reduce((sum, { cpu }) => sum + cpu, 0)) / Math.max(1, cores)),
  )
  const kib = (bytes: number): string => String(Math.floor(bytes / 1024))
  const [delay = 0, asked] = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
  const count = args.length === 0 ? 1 : Math.min(asked ?? 1, 60)
  const widths = [2, 2, 6, 6, 6, 6, 4, 4, 5, 5, 4, 4, 2, 2, 2, 2, 2, 2]
  const cells = ['1', '0', '0', kib(free), '0', kib(cache)].concat(
    ['0', '0', '0', '0', '0', '0'],
    [String(busy), '0', String(100 - busy), '0', '0', '0'],
  )
  const row = `${cells.map((cell, at) => cell.padStart(widths[at] ?? 2)).join(' ')}\n`
  if (count > 1) machine.cluster.advance((count - 1) * delay * 1000)
  return {
    stdout:
      'procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n' +
      ' r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n' +
      Array.from({ length: count }, () => row).join(''),
  }
}

/** `logger [-t TAG] TEXT`: writes a line to the machine's journal. Source: util-linux. */
export function logger({ args, machine, stdin }: CommandCall): CommandOutput {
  const options = readOptions(args, ['t', 'tag', 'p', 'priority'])
  const text = options.words.length === 0 ? stdin.trimEnd() : options.words.join(' ')
  for (const line of text.split('\n')) machine.journal(options.get('t', 'tag') ?? 'root', line)
  return {}
}
