import type { Invocation, Pause } from '../programs/command.js'
import { signalNumber } from '../programs/system.js'
import { absolutePath } from '../files/tree.js'
import type { ShellState } from './state.js'

/** What a builtin may use in addition to a program. */
export interface BuiltinCall extends Invocation {
  readonly shell: ShellState
  /** Process ids of background jobs. */
  readonly jobs: readonly number[]
  readonly isKnown: (program: string) => boolean
  readonly exit: (status: number) => undefined
  /** Leaves or continues the `depth`-th enclosing loop. */
  readonly leave: (depth: number, again: boolean) => undefined
  readonly return: (status: number) => undefined
  /** Runs a script in this shell. */
  readonly evaluate: (text: string) => undefined
  /** Replaces the shell by a command. */
  readonly execute: (words: readonly string[]) => undefined
}

/** Returns a status, a pause, or undefined if the builtin itself has moved the script. */
type Builtin = (call: BuiltinCall) => number | Pause | undefined

const NAME = /^[A-Za-z_]\w*$/

/** Finds a builtin by name. */
export function builtinOf(name: string): Builtin | undefined {
  return Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined
}

const numberOf = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise

function assign({ args, shell, error, name }: BuiltinCall, isExported: boolean): number {
  for (const word of args) {
    if (word.startsWith('-')) continue
    const [variable = '', ...rest] = word.split('=')
    if (!NAME.test(variable)) {
      error(`${shell.name ?? 'sh'}: ${name}: ${variable}: bad variable name\n`)
      return 2
    }
    if (rest.length > 0) shell.vars.set(variable, rest.join('='))
    if (isExported) shell.exported.add(variable)
  }
  return 0
}

function read({ args, input, shell, error }: BuiltinCall): number | Pause {
  const names = args.filter((word) => !word.startsWith('-'))
  const bad = names.find((name) => !NAME.test(name))
  if (bad !== undefined) {
    error(`${shell.name ?? 'sh'}: read: '${bad}': bad variable name\n`)
    return 2
  }
  const line = input.takeLine()
  if (line === undefined && !input.ended) return { input: true, memory: null }
  const text = (line ?? '').replace(/\n$/, '')
  const isWhole = names.length <= 1
  const words = isWhole ? [text] : text.trim().split(/[ \t]+/)
  for (const [at, name] of (names.length === 0 ? ['REPLY'] : names).entries()) {
    shell.vars.set(name, at === names.length - 1 && !isWhole ? words.slice(at).join(' ') : (words[at] ?? ''))
  }
  return line === undefined ? 1 : 0
}

function set({ args, shell }: BuiltinCall): number {
  for (const [at, word] of args.entries()) {
    if (word === '--') {
      shell.args = [shell.args[0] ?? 'sh', ...args.slice(at + 1)]
      return 0
    }
    if (/^[-+]/.test(word)) {
      if (word.includes('e')) shell.errexit = word.startsWith('-')
    } else if (args[at - 1]?.endsWith('o') !== true) {
      shell.args = [shell.args[0] ?? 'sh', ...args.slice(at)]
      return 0
    }
  }
  return 0
}

function trap({ args, shell, error }: BuiltinCall): number {
  const [action, ...signals] = args[0] === '--' ? args.slice(1) : args
  if (action === undefined) return 0
  for (const signal of signals) {
    const number = signal === 'EXIT' || signal === '0' ? 0 : signalNumber(signal)
    if (number === undefined) {
      error(`${shell.name ?? 'sh'}: trap: ${signal}: invalid signal specification\n`)
      return 1
    }
    const name = number === 0 ? 'EXIT' : (SIGNAL_NAMES[number] ?? String(number))
    if (action === '-') shell.traps.delete(name)
    else shell.traps.set(name, action)
  }
  return 0
}

const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  9: 'KILL',
  10: 'USR1',
  12: 'USR2',
  15: 'TERM',
}

/** Name of a signal: 15 is `TERM`. */
export function signalName(number: number): string {
  return SIGNAL_NAMES[number] ?? String(number)
}

function find({ name, args, isKnown, write, error, shell }: BuiltinCall): number {
  const programs = args.filter((word) => !word.startsWith('-'))
  let status = 0
  for (const program of programs) {
    if (isKnown(program)) write(name === 'type' ? `${program} is /bin/${program}\n` : `/bin/${program}\n`)
    else {
      status = name === 'command' ? 127 : 1
      if (name === 'type') error(`${shell.name ?? 'sh'}: type: ${program}: not found\n`)
    }
  }
  return status
}

const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  cd: ({ args, shell, world, error }) => {
    const path = absolutePath(shell.cwd, args[0] ?? shell.vars.get('HOME') ?? '/')
    if (!world.files.isDirectory(path)) {
      error(
        `${shell.name ?? 'sh'}: cd: can't cd to ${args[0] ?? path}: ` +
          `${world.files.stat(path) ? 'Not a directory' : 'No such file or directory'}\n`,
      )
      return 2
    }
    shell.cwd = path
    return 0
  },
  export: (call) => assign(call, true),
  readonly: (call) => assign(call, false),
  local: (call) => assign(call, false),
  unset: ({ args, shell }) => {
    for (const name of args) {
      shell.vars.delete(name)
      shell.exported.delete(name)
      shell.functions.delete(name)
    }
    return 0
  },
  exit: ({ args, shell, exit }) => exit(numberOf(args[0], shell.status) & 0xff),
  return: ({ args, shell, return: leave }) => leave(numberOf(args[0], shell.status) & 0xff),
  break: ({ args, leave }) => leave(Math.max(numberOf(args[0], 1), 1), false),
  continue: ({ args, leave }) => leave(Math.max(numberOf(args[0], 1), 1), true),
  read,
  set,
  trap,
  shift: ({ args, shell }) => {
    shell.args = [shell.args[0] ?? 'sh', ...shell.args.slice(1 + numberOf(args[0], 1))]
    return 0
  },
  eval: ({ args, evaluate }) => evaluate(args.join(' ')),
  '.': sourceFile,
  source: sourceFile,
  exec: ({ args, execute }) => (args.length === 0 ? 0 : execute(args)),
  wait: ({ args, jobs }) => {
    const wanted = args.length === 0 ? jobs : jobs.filter((pid) => args.includes(String(pid)))
    return wanted.length === 0 ? 0 : { memory: null }
  },
  umask: () => 0,
  command: (call) =>
    call.args[0] === '-v'
      ? find(call)
      : call.evaluate(call.args.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')),
  type: find,
  which: find,
}

function sourceFile({ args, world, cwd, error, evaluate, shell }: BuiltinCall): number | undefined {
  const path = absolutePath(cwd, args[0] ?? '')
  if (world.files.stat(path)?.kind !== 'file') {
    error(`${shell.name ?? 'sh'}: .: can't open '${args[0] ?? ''}': No such file or directory\n`)
    return 2
  }
  return evaluate(world.files.read(path))
}
