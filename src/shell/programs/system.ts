import type { Invocation, Program } from './command.js'
import { flagsOf } from './command.js'
import { hostsEntry } from './machine.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Prints virtual time: `date`, `date -u`, `date +%s`, `date -Iseconds`. */
export const date: Program = {
  name: 'date',
  run: ({ args, world, write }) => {
    const format = args.find((word) => word.startsWith('+'))?.slice(1)
    if (args.some((word) => word.startsWith('-I')))
      write(`${formatDate('%Y-%m-%dT%H:%M:%S+00:00', world.now)}\n`)
    else write(`${formatDate(format ?? '%a %b %e %H:%M:%S UTC %Y', world.now)}\n`)
    return 0
  },
}

/** strftime in UTC, in English. */
function formatDate(format: string, ms: number): string {
  const time = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const fields: Readonly<Record<string, string>> = {
    Y: String(time.getUTCFullYear()),
    m: two(time.getUTCMonth() + 1),
    d: two(time.getUTCDate()),
    H: two(time.getUTCHours()),
    M: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
    e: String(time.getUTCDate()).padStart(2),
    a: DAYS[time.getUTCDay()] ?? '',
    b: MONTHS[time.getUTCMonth()] ?? '',
    s: String(Math.floor(ms / 1000)),
    N: `${String(ms % 1000).padStart(3, '0')}000000`,
    Z: 'UTC',
    z: '+0000',
    y: two(time.getUTCFullYear() % 100),
    j: String(Math.floor((ms - Date.UTC(time.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    n: '\n',
    t: '\t',
    '%': '%',
  }
  const whole = format
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replaceAll('%R', '%H:%M')
    .replaceAll('%D', '%m/%d/%y')
  return whole.replaceAll(/%(.)/g, (all, field: string) => fields[field] ?? all)
}

/** Prints the environment, one variable a line, or one variable (`printenv NAME`). */
function print({ args, env, write }: Invocation): number {
  if (args.length === 0) {
    for (const [name, value] of Object.entries(env)) write(`${name}=${value}\n`)
    return 0
  }
  const found = args.filter((name) => Object.hasOwn(env, name))
  for (const name of found) write(`${env[name]}\n`)
  return found.length === args.length ? 0 : 1
}

export const env: Program = { name: 'env', run: (call) => print({ ...call, args: [] }) }

export const printenv: Program = { name: 'printenv', run: print }

/** Does nothing and fails. */
export const falseProgram: Program = { name: 'false', run: () => 1 }

/** Prints the host name: `-f` in full, `-s` or `-d` what is before or after its dot, `-i` its address. */
export const hostname: Program = {
  name: 'hostname',
  run: ({ args, world, write }) => {
    const { hostname: name, network, files } = world
    const full = (): string => hostsEntry(files, name)?.[1] ?? name
    const { flags } = flagsOf(args)
    if (flags.has('i')) write(`${network.lookup(name)?.addresses[0] ?? '127.0.0.1'}\n`)
    else if (flags.has('f')) write(`${full()}\n`)
    else if (flags.has('d')) write(`${full().split('.').slice(1).join('.')}\n`)
    else write(`${flags.has('s') ? (name.split('.')[0] ?? '') : name}\n`)
    return 0
  },
}

const named = (id: number, name: string | undefined): string =>
  name === undefined ? String(id) : `${id}(${name})`

/** Prints the user's ids: `id`, `id -u`, `id -g`, `id -un`. */
export const id: Program = {
  name: 'id',
  run: ({ args, world, write, error }) => {
    const { flags, rest } = flagsOf(args)
    const [asked] = rest
    const known = asked === undefined ? { ...world.user, name: world.userName } : account(world, asked)
    if (known === undefined) {
      error(`id: unknown user ${asked}\n`)
      return 1
    }
    const { uid, gid, groups, name } = known
    const groupName = (group: number): string | undefined =>
      nameIn(world.files.stat('/etc/group') === undefined ? '' : world.files.read('/etc/group'), group)
    if (flags.has('u')) {
      if (flags.has('n') && name === undefined) {
        error(`id: unknown ID ${uid}\n`)
        return 1
      }
      write(`${flags.has('n') ? (name ?? uid) : uid}\n`)
    } else if (flags.has('g')) write(`${flags.has('n') ? (groupName(gid) ?? gid) : gid}\n`)
    else if (flags.has('G')) write(`${inOrder(gid, groups).join(' ')}\n`)
    else {
      const all = inOrder(gid, groups).map((group) => named(group, groupName(group)))
      write(`uid=${named(uid, name)} gid=${named(gid, groupName(gid))} groups=${all.join(',')}\n`)
    }
    return 0
  },
}

/** Finds a user by name in /etc/passwd, with the groups of /etc/group. */
function account(
  { files }: Invocation['world'],
  wanted: string,
):
  | { readonly uid: number; readonly gid: number; readonly groups: readonly number[]; readonly name: string }
  | undefined {
  const linesOf = (path: string): readonly (readonly string[])[] =>
    files.stat(path) === undefined
      ? []
      : files
          .read(path)
          .split('\n')
          .map((line) => line.split(':'))
  const [, , uid, gid] = linesOf('/etc/passwd').find(([name]) => name === wanted) ?? []
  if (uid === undefined || gid === undefined) return undefined
  const groups = linesOf('/etc/group')
    .filter(([, , , members = '']) => members.split(',').includes(wanted))
    .map(([, , group]) => Number(group))
  return { uid: Number(uid), gid: Number(gid), groups, name: wanted }
}

/** Sorts groups as the kernel stores them. */
const inOrder = (gid: number, groups: readonly number[]): readonly number[] =>
  [...new Set([gid, ...groups])].sort((a, b) => a - b)

/** Finds the name of an id in /etc/passwd or /etc/group. */
function nameIn(text: string, number: number): string | undefined {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(number))?.[0]
}

/** Signals by name. */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  USR1: 10,
  USR2: 12,
  TERM: 15,
}

/** Parses a signal written as `9`, `KILL`, `SIGKILL` or `-9`; undefined if there is none. */
export function signalNumber(text: string): number | undefined {
  const name = text
    .replace(/^-/, '')
    .replace(/^s(?=[A-Z])/, '')
    .replace(/^SIG/, '')
    .toUpperCase()
  return /^\d+$/.test(name) ? Number(name) : SIGNALS[name]
}

/** Name of a signal without SIG, or its number if it has no name here. */
export const signalTitle = (number: number): string =>
  Object.entries(SIGNALS).find(([, each]) => each === number)?.[0] ?? String(number)

/** Sends signals to processes of the container: `kill 7`, `kill -9 7`, `kill -TERM 1`, `kill -s TERM 1`. */
export const kill: Program = {
  name: 'kill',
  run: ({ args, world, error }) => {
    let rest = args
    let signal = 15
    if (args[0]?.startsWith('-') === true) {
      const text = args[0] === '-s' ? (args[1] ?? '') : args[0]
      rest = args.slice(args[0] === '-s' ? 2 : 1)
      const number = signalNumber(text)
      if (number === undefined) {
        error(`sh: bad signal name '${text.replace(/^-/, '')}'\n`)
        return 1
      }
      signal = number
    }
    let status = 0
    for (const word of rest) {
      if (!/^\d+$/.test(word)) {
        error(`sh: invalid number '${word}'\n`)
        status = 1
      } else if (!world.kill(Number(word), signal)) {
        error(`sh: can't kill pid ${word}: No such process\n`)
        status = 1
      }
    }
    return status
  },
}

/** Lists the processes of the container. */
export const ps: Program = {
  name: 'ps',
  run: ({ world, write }) => {
    write('PID   USER     TIME  COMMAND\n')
    for (const { pid, uid, command } of world.processes()) {
      const user = uid === 0 ? 'root' : uid === world.user.uid ? (world.userName ?? String(uid)) : String(uid)
      write(`${String(pid).padStart(5)} ${user.padEnd(8)}  0:00 ${command}\n`)
    }
    return 0
  },
}

/** Prints the working directory. */
export const pwd: Program = {
  name: 'pwd',
  run: ({ cwd, write }) => {
    write(`${cwd}\n`)
    return 0
  },
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** Parses `5`, `0.5`, `1m`, `2d` to seconds; undefined if the text is invalid. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 1)
}

/** `sleep 5`, `sleep 0.5`, `sleep 1m 30s`, `sleep infinity`. */
export const sleep: Program = {
  name: 'sleep',
  run: ({ args, world, memory, error }) => {
    if (typeof memory === 'number') return world.now >= memory ? 0 : { until: memory, memory }
    if (args.length === 0) {
      error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: sleep [N]...\n')
      return 1
    }
    let seconds = 0
    for (const word of args) {
      if (word === 'infinity' || word === 'inf') return { memory: null }
      const part = secondsOf(word)
      if (part === undefined) {
        error(`sleep: invalid number '${word}'\n`)
        return 1
      }
      seconds += part
    }
    const until = world.now + Math.round(seconds * 1000)
    return Number.isSafeInteger(until) ? { until, memory: until } : { memory: null }
  },
}

/** Does nothing and succeeds. */
export const trueProgram: Program = { name: 'true', run: () => 0 }

/** Prints the machine's name and release: `-a`, `-n`, `-r`, `-m`. */
export const uname: Program = {
  name: 'uname',
  run: ({ args, world, write }) => {
    const { flags } = flagsOf(args)
    const all = flags.has('a')
    const fields = [
      (all || flags.size === 0 || flags.has('s')) && 'Linux',
      (all || flags.has('n')) && world.hostname,
      (all || flags.has('r')) && '6.1.0',
      all && '#1 SMP',
      (all || flags.has('m')) && 'x86_64',
      all && 'GNU/Linux',
    ].filter((field) => field !== false)
    write(`${fields.join(' ')}\n`)
    return 0
  },
}

/** Prints the user's name. */
export const whoami: Program = {
  name: 'whoami',
  run: ({ world, write, error }) => {
    const {
      user: { uid },
      userName,
    } = world
    if (userName === undefined) {
      error(`whoami: unknown uid ${uid}\n`)
      return 1
    }
    write(`${userName}\n`)
    return 0
  },
}
