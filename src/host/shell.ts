import type { Bash, Command, CommandContext } from 'just-bash'
import { absolutePath } from '../shell/files/tree.js'
import type { CommandOutput, HostCommand, TerminalSession } from './commands/command.js'
import { HOST_COMMAND_NAMES } from './command-names.js'
import { BashFiles } from './files/bash-files.js'
import type { HostMachine } from './machine/host-machine.js'
import {
  arraysIn,
  functionsIn,
  hasArrays,
  recalled,
  remembered,
  rememberedArrays,
  variablesIn,
} from './shell-memory.js'
import { BACKGROUND, GUARD, KEEP_ARRAYS, ScriptReader, SHOW_FUNCTION, TIME } from './shell-script.js'
import { terminalText } from './terminal-order.js'
import { diff, type DiffInput } from './commands/diff.js'
import { TimeLimits } from './time-limits.js'
import { findByTime, testsTime } from './find-by-time.js'
import { longListing } from './long-listing.js'

/** Commands of just-bash's that a node has not. */
const ABSENT = ['python3', 'python', 'sqlite3', 'js-exec', 'node', 'html-to-markdown', 'xan']

type JustBash = typeof import('just-bash')

/** Where a terminal is: machine, directory, variables. */
export interface ShellLocation {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Runs a script on a machine with just-bash; `stdin` is text. Returns where the shell is afterwards. */
export async function runShell(
  machine: HostMachine,
  session: TerminalSession,
  script: string,
  { cwd, env }: ShellLocation,
  stdin = '',
): Promise<CommandOutput & ShellLocation> {
  // together, so that a page that loads them with the first line waits once
  const [library, { HOST_COMMANDS, background }] = await Promise.all([load(), import('./commands/table.js')])
  machine.hosts.sync()
  const written: CommandOutput[] = []
  let arrays = rememberedArrays(env)
  const limits = new TimeLimits(machine.cluster)
  const ownNames = [GUARD, KEEP_ARRAYS, SHOW_FUNCTION, BACKGROUND, TIME, ...ABSENT]
  const programs = new Set<string>([...library.getCommandNames(), ...HOST_COMMAND_NAMES, ...ownNames])
  const bash: Bash = new library.Bash({
    fs: new BashFiles(machine.files, programs),
    cwd,
    env: { ...environmentOf(machine), ...variablesIn(env), PWD: cwd },
    defenseInDepth: false,
    customCommands: [
      library.defineCommand(KEEP_ARRAYS, ([code = '0', declared = '']) => {
        arrays = arraysIn(declared)
        return Promise.resolve({ stdout: '', stderr: '', exitCode: Number(code) })
      }),
      library.defineCommand(SHOW_FUNCTION, ([program, ...names]) => {
        const stdout = names
          .map(
            (name) => `${program === 'type' ? `${name} is a function\n` : ''}${reader.shown.get(name) ?? ''}`,
          )
          .join('')
        written.push({ stdout })
        return Promise.resolve({ stdout, stderr: '', exitCode: 0 })
      }),
      guardCommand(library, machine, written),
      library.defineCommand(TIME, ([code]) => {
        const own = limits.time(code)
        written.push(own)
        return Promise.resolve({ stdout: '', stderr: own.stderr ?? '', exitCode: own.code ?? 0 })
      }),
      ...ABSENT.map((name) =>
        library.defineCommand(name, () => {
          const own = { stderr: `bash: ${name}: command not found\n`, code: 127 }
          written.push(own)
          return Promise.resolve({ stdout: '', stderr: own.stderr, exitCode: own.code })
        }),
      ),
      commandOf(library, BACKGROUND, background, machine, session, written, limits),
      ...Object.entries(HOST_COMMANDS).map(([name, command]) =>
        commandOf(library, name, command, machine, session, written, limits),
      ),
    ],
    sleep: (ms) => {
      limits.sleep(ms)
      return Promise.resolve()
    },
    processInfo: { uid: 0, gid: 0 },
  })
  recordOwn(bash, machine, HOST_COMMANDS, written, limits)
  const reader = new ScriptReader(
    functionsIn(env),
    (path) => {
      const text = machine.files.text(absolutePath(cwd, path))
      return text === undefined ? undefined : bash.transform(text).ast
    },
    (name) => env[`BASH_ALIAS_${name}`],
  )
  bash.registerTransformPlugin(reader)
  const keeping = hasArrays(env, script) ? `\n${KEEP_ARRAYS} $? "$(declare -p)"` : ''
  const text = recalled(env, cwd) + withAliases(withHereStrings(script), env) + keeping
  const result = await bash.exec(text, { stdin, stdinKind: 'text' })
  machine.hosts.sync(false)
  const { PWD = cwd, ...rest } = result.env
  const { stdout, stderr, exitCode: code } = result
  const terminal = terminalText({ stdout, stderr, code }, written)
  return { stdout, stderr, terminal, code, cwd: PWD, env: remembered(rest, reader.functions, arrays) }
}

/** Records what just-bash's own commands write, so that a terminal shows all in the order of writing. */
function recordOwn(
  bash: Bash,
  machine: HostMachine,
  known: object,
  written: CommandOutput[],
  limits: TimeLimits,
): void {
  // just-bash keeps them to itself, and has no event for what a command has written
  const { commands } = bash as unknown as { readonly commands?: Map<string, Command> }
  for (const [name, command] of commands ?? []) {
    if (Object.hasOwn(known, name)) continue
    const execute: Command['execute'] = async (args, context) => {
      const run = async (words: readonly string[]): Promise<CommandOutput> => {
        const line = words.map(quoted).join(' ')
        const done = await context.exec?.(line, { cwd: context.cwd })
        return { stdout: done?.stdout ?? '', stderr: done?.stderr ?? '', code: done?.exitCode ?? 0 }
      }
      const own =
        name === 'find' && testsTime(args)
          ? await findByTime(args, machine, context.cwd, run)
          : name === 'diff'
            ? await diff(args, async (path) => diffInput(path, context), diffTime(machine))
            : name === 'timeout'
              ? await limits.run(args, run)
              : ownAnswer(name, args)
      if (own !== undefined) {
        written.push(own)
        return { stdout: own.stdout ?? '', stderr: own.stderr ?? '', exitCode: own.code ?? 0 }
      }
      const words = name === 'xargs' ? args.flatMap(apartXargs) : args
      const output = await command.execute(words, context)
      const result = name === 'ls' ? { ...output, ...listing(output, args, context.cwd, machine) } : output
      const { stdout, stderr, exitCode: code } = result
      const isThere = (arg: string): boolean =>
        machine.files.stat(absolutePath(context.cwd, arg)) !== undefined
      const isErrorFirst = name === 'ls' || failsFirst(args, stderr, isThere)
      written.push({ stdout, stderr, code, ...(isErrorFirst ? { terminal: stderr + stdout } : {}) })
      return result
    }
    // registerCommand would hand it the context of a command of one's own
    commands?.set(name, { ...command, execute })
  }
}

/** A file of diff's, or its input, as the shell has it: also what a process substitution prints. */
async function diffInput(path: string, { fs, cwd, stdin }: CommandContext): Promise<DiffInput> {
  // text at run time
  if (path === '-') return { path, text: stdin as unknown as string }
  const full = absolutePath(cwd, path)
  try {
    if ((await fs.stat(full)).isDirectory) return { fault: `${path}: Is a directory` }
    return { path, text: await fs.readFile(full) }
  } catch {
    return { fault: `${path}: No such file or directory` }
  }
}

/** The time that diff writes behind a file's name. */
const diffTime = ({ cluster }: HostMachine): string =>
  `${new Date(cluster.now()).toISOString().replace('T', ' ').replace('Z', '000000')} +0000`

/** Whether the first of the files that a command goes through is the one that it names in its error. */
function failsFirst(args: readonly string[], stderr: string, isThere: (arg: string) => boolean): boolean {
  const first = args.find((arg) => isThere(arg) || (arg.length > 1 && stderr.includes(arg)))
  return first !== undefined && !isThere(first)
}

/** What just-bash's own programs do not know: their versions, and that a node has no such program. */
function ownAnswer(name: string, args: readonly string[]): CommandOutput | undefined {
  if (/^(?:jq|yq)$/.test(name) && /^(?:-V|--version)$/.test(args[0] ?? ''))
    return {
      stdout: name === 'jq' ? 'jq-1.7.1\n' : 'yq (https://github.com/mikefarah/yq/) version v4.44.3\n',
    }
  return undefined
}

/** Splits an option of xargs from a value that stands behind it: `-n1`, `-I{}`. */
const apartXargs = (word: string): readonly string[] => {
  const [, option = '', value = ''] = /^(-[nILPds])(.+)$/s.exec(word) ?? []
  return option === '' ? [word] : [option, value]
}

/** What ls of coreutils prints for root, where just-bash has a text of its own. */
function listing(
  { stdout, stderr }: Pick<CommandOutput, 'stdout' | 'stderr'>,
  args: readonly string[],
  cwd: string,
  machine: HostMachine,
): { readonly stdout: string; readonly stderr: string } {
  const rows = longListing(stdout ?? '', args, cwd, machine).replaceAll(
    /^([-bcdlps][-rwxsStT]{9}\s+\d+) user user /gm,
    '$1 root root ',
  )
  return {
    // only folders stand apart, each below its name
    stdout: /:$/m.test(rows) ? rows : rows.replaceAll(/\n\n+/g, '\n'),
    stderr: (stderr ?? '').replaceAll(/^ls: (?!cannot )(.+): ([A-Z][^:]*)$/gm, "ls: cannot access '$1': $2"),
  }
}

/** The {@link GUARD}: whether a shell can write to files, of which it prints what is wrong as bash does. */
function guardCommand({ defineCommand }: Shell, machine: HostMachine, written: CommandOutput[]): Command {
  return defineCommand(GUARD, (paths, { cwd }) => {
    const lost = paths.find((path) => {
      const folder = absolutePath(cwd, path).replace(/\/[^/]*$/, '')
      return !path.startsWith('/dev/') && folder !== '' && machine.files.stat(folder)?.kind !== 'directory'
    })
    if (lost === undefined) return Promise.resolve({ stdout: '', stderr: '', exitCode: 0 })
    const isFile = machine.files.stat(absolutePath(cwd, lost).replace(/\/[^/]*$/, '')) !== undefined
    const stderr = `bash: ${lost}: ${isFile ? 'Not a directory' : 'No such file or directory'}\n`
    written.push({ stderr, code: 1 })
    return Promise.resolve({ stdout: '', stderr, exitCode: 1 })
  })
}

/** just-bash takes the word of a here-string for an assignment if it has a `=`: `<<< aGk=`. */
const withHereStrings = (script: string): string =>
  script.replaceAll(/<<<[ \t]*([A-Za-z_][\w/+.-]*=[\w/+=.-]*)/g, "<<< '$1'")

/** An alias is known from the next line on; a terminal remembers it. */
function withAliases(script: string, env: Readonly<Record<string, string>>): string {
  const knowsSome = Object.keys(env).some((name) => name.startsWith('BASH_ALIAS_'))
  if (!knowsSome && !/^[ \t]*alias\s/m.test(script)) return script
  return `shopt -s expand_aliases\n${script.replaceAll(/^([ \t]*alias[ \t][^;&|\n]+);/gm, '$1\n')}`
}

const environmentOf = ({ name }: HostMachine): Readonly<Record<string, string>> => ({
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  HOSTNAME: name,
  SHELL: '/bin/bash',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
})

/** What the package's entries for Node and for browsers have in common. */
type Shell = Pick<JustBash, 'Bash' | 'defineCommand' | 'getCommandNames'>

let loading: Promise<Shell> | undefined

/** In a browser, package.json's `imports` name the copy of just-bash that the package carries. */
async function load(): Promise<Shell> {
  try {
    return await (loading ??= import('#shell'))
  } catch (error) {
    loading = undefined
    throw new Error(
      'the shell of simulated hosts needs the package just-bash beside simcluster: npm install just-bash, ' +
        'or npx -p simcluster -p just-bash simcluster play',
      { cause: error },
    )
  }
}

function commandOf(
  { defineCommand }: Shell,
  name: string,
  command: HostCommand,
  machine: HostMachine,
  session: TerminalSession,
  written: CommandOutput[],
  limits: TimeLimits,
): Command {
  return defineCommand(name, async (args, context) => {
    machine.hosts.sync(false)
    const own = machine.hosts.machine(machine.name)
    // just-bash's bytes are a string at run time, one character a byte; its browser entry has no function
    // that says so
    const bytes = context.stdin as unknown as string
    const output = await command({
      args,
      machine: own,
      session,
      cwd: context.cwd,
      env: context.env,
      stdin: textOf(bytes),
      stdinBytes: () => bytesOf(bytes),
      sleep: (ms) => limits.sleep(ms),
      path: (path) => absolutePath(context.cwd, path),
      exec: async (script, words) => {
        const line = [script, ...words.map(quoted)].join(' ')
        // the shell decodes what a line prints: bytes come whole in base64 only
        const result = await context.exec?.(`${line} | base64 -w0; exit \${PIPESTATUS[0]}`, {
          cwd: context.cwd,
          stdin: bytes,
          stdinKind: 'bytes',
        })
        if (result === undefined) return {}
        return { stdout: atob(result.stdout), stderr: result.stderr, code: result.exitCode, isBytes: true }
      },
    })
    own.hosts.sync(false)
    const { stdout = '', stderr = '', code: exitCode = 0, isBytes = false } = output
    if (!isBytes) written.push(output)
    return { stdout, stderr, exitCode, stdoutKind: isBytes ? 'bytes' : 'text' }
  })
}

const bytesOf = (bytes: string): Uint8Array => Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** Decodes bytes, one character each, as UTF-8; what is not UTF-8 stays as it is. */
function textOf(bytes: string): string {
  try {
    return UTF8.decode(bytesOf(bytes))
  } catch {
    return bytes
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
