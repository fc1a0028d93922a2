import type { Content } from '../../lang/bytes/content.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import type { ProcessUsage } from '../programs/command.js'

/** Variables and settings of one shell. Plain data, like everything here. */
export interface ShellState {
  vars: Map<string, string>
  /** Names of the variables that programs see. */
  exported: Set<string>
  cwd: string
  /** `$0`, `$1`, ... */
  args: readonly string[]
  functions: Map<string, { readonly text: string; readonly at: number }>
  /** Commands to run on a signal (`TERM`, `EXIT`); '' ignores it. */
  traps: Map<string, string>
  /** `$?` */
  status: number
  /** `set -e` */
  errexit: boolean
  /** How its messages begin if not with `sh`: the word that started it. */
  name?: string
}

/** Where output goes: to a file, nowhere, or to another stream of the surrounding contexts. */
export type OutputTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'stream'; readonly fd: number }
  | { readonly kind: 'main'; readonly fd: number }

/** A context of operations: a loop, a redirection, a stage of a pipe. */
export type Context =
  | {
      readonly kind: 'loop'
      readonly exit: number
      readonly next: number
      readonly items: readonly string[]
      at: number
    }
  | { readonly kind: 'capture' | 'pipe'; content: Content; readonly saved: ShellState; readonly to: number }
  | { readonly kind: 'input'; content: Content; readonly saved: ShellState; readonly to: number }
  | {
      readonly kind: 'redirect'
      readonly out: Map<string, OutputTarget>
      input?: Content
      readonly once: boolean
    }
  | { readonly kind: 'subshell'; readonly saved: ShellState; readonly to: number }

/** A command that continues later. */
export interface Paused {
  readonly words: readonly string[]
  readonly env: ReadonlyMap<string, string>
  readonly memory: PlainData
  readonly until?: number
  readonly input?: boolean
  readonly busy?: boolean
  readonly listens?: readonly string[]
  readonly uses?: ProcessUsage
}

/** A running script: its text, and the number of its next operation. */
export interface ScriptFrame {
  readonly text: string
  at: number
  /** `process` has a shell of its own; `call` runs in the shell of the frame below. */
  readonly kind: 'process' | 'call'
  readonly contexts: Context[]
  captured: string[]
  paused?: Paused
  /** The command line, as `ps` shows it. */
  readonly title: string
  /** Holds only the process' command, which no shell parses. */
  readonly outer?: boolean
  /** Virtual ms at which `timeout` ends it. */
  deadline?: number
  /** Arguments of a function's caller. */
  readonly callerArgs?: readonly string[]
}

/** The main thread of a process, or a background job. */
export interface Thread {
  readonly pid: number
  readonly frames: ScriptFrame[]
  readonly shells: ShellState[]
}

/** A process of a container that runs the built-in shell. Plain data. */
export interface ShellProcess {
  readonly pid: number
  nextPid: number
  readonly threads: Thread[]
  readonly stdin: { content: Content; closed: boolean }
  /** Signals that wait for their trap. */
  signals: string[]
  exitCode?: number
  /** Virtual ms at which a command of exec started. */
  startedAt?: number
  /** How often in a row it has used up its budget. */
  busy?: number
  /** How often in a row it has started as many programs as one may at one instant. */
  rounds?: number
  /** MiB that its programs have copied until a virtual ms, less those that time has given back. */
  copied?: { readonly left: number; readonly at: number }
}

/** The initial data of a process. */
export interface ProcessStart {
  readonly pid: number
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly stdin: boolean
}

/** Makes a new shell. */
export function newShell(env: ReadonlyMap<string, string>, cwd: string, args: readonly string[]): ShellState {
  return {
    vars: new Map(env),
    exported: new Set(env.keys()),
    cwd,
    args,
    functions: new Map(),
    traps: new Map(),
    status: 0,
    errexit: false,
  }
}

/** Copies a shell, for code that must not change it. */
export function copyShell(shell: ShellState): ShellState {
  return {
    ...shell,
    vars: new Map(shell.vars),
    exported: new Set(shell.exported),
    functions: new Map(shell.functions),
    traps: new Map(shell.traps),
  }
}

/** Environment of the programs of a shell. */
export function exportedEnv({ vars, exported }: ShellState): Map<string, string> {
  const env = new Map<string, string>()
  for (const [name, value] of vars) if (exported.has(name)) env.set(name, value)
  return env
}
