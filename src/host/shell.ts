import type { Bash, Command } from 'just-bash'
import { absolutePath } from '../kubelet/files/tree.js'
import type { CommandOutput, HostCommand, Terminal } from './commands/command.js'
import { HOST_COMMANDS } from './commands/table.js'
import { BashFiles } from './files/bash-files.js'
import type { HostMachine } from './machine/host-machine.js'

type JustBash = typeof import('just-bash')

/** Where a terminal is: machine, directory, variables. */
export interface ShellLocation {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Runs a script on a machine with just-bash. Returns where the shell is afterwards. */
export async function runShell(
  machine: HostMachine,
  session: Terminal,
  script: string,
  { cwd, env }: ShellLocation,
): Promise<CommandOutput & ShellLocation> {
  const library = await load()
  machine.hosts.sync()
  const programs = new Set<string>([...library.getCommandNames(), ...Object.keys(HOST_COMMANDS)])
  const bash: Bash = new library.Bash({
    fs: new BashFiles(machine.files, programs),
    cwd,
    env: { ...environmentOf(machine), ...env, PWD: cwd },
    defenseInDepth: false,
    customCommands: Object.entries(HOST_COMMANDS).map(([name, command]) =>
      commandOf(library, name, command, machine, session),
    ),
    sleep: (ms) => {
      machine.cluster.advance(Math.round(ms))
      return Promise.resolve()
    },
    processInfo: { uid: 0, gid: 0 },
  })
  const result = await bash.exec(script)
  machine.hosts.sync(false)
  const { PWD = cwd, ...rest } = result.env
  return { stdout: result.stdout, stderr: result.stderr, code: result.exitCode, cwd: PWD, env: kept(rest) }
}

/** Returns the variables that a terminal remembers: those that the shell does not set itself. */
function kept(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        /^[A-Za-z_]\w*$/.test(name) &&
        !['OLDPWD', 'SHELLOPTS', 'BASHOPTS', 'OPTIND', 'IFS', '_'].includes(name),
    ),
  )
}

const environmentOf = ({ name }: HostMachine): Readonly<Record<string, string>> => ({
  HOME: '/root',
  USER: 'root',
  LOGNAME: 'root',
  HOSTNAME: name,
  SHELL: '/bin/bash',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
})

let loading: Promise<JustBash> | undefined

async function load(): Promise<JustBash> {
  try {
    return await (loading ??= import('just-bash'))
  } catch (error) {
    loading = undefined
    throw new Error('the shell of simulated hosts needs the package just-bash: npm install just-bash', {
      cause: error,
    })
  }
}

function commandOf(
  { defineCommand, decodeBytesToUtf8, latin1FromBytes }: JustBash,
  name: string,
  command: HostCommand,
  machine: HostMachine,
  session: Terminal,
): Command {
  return defineCommand(name, async (args, context) => {
    machine.hosts.sync(false)
    const own = machine.hosts.machine(machine.name)
    const {
      stdout = '',
      stderr = '',
      code: exitCode = 0,
    } = await command({
      args,
      machine: own,
      session,
      cwd: context.cwd,
      env: context.env,
      stdin: decodeBytesToUtf8(context.stdin),
      path: (path) => absolutePath(context.cwd, path),
      exec: async (script, words) => {
        const result = await context.exec?.(script, {
          cwd: context.cwd,
          args: [...words],
          stdin: latin1FromBytes(context.stdin),
          stdinKind: 'bytes',
        })
        return result === undefined
          ? {}
          : { stdout: result.stdout, stderr: result.stderr, code: result.exitCode }
      },
    })
    own.hosts.sync(false)
    return { stdout, stderr, exitCode }
  })
}
