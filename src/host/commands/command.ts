import type { HostMachine } from '../machine/host-machine.js'
import type { ContainerShell } from '../container-shell.js'

/** Where a terminal is: a machine, or a container's shell that `kubectl exec -it` has opened there. */
export interface TerminalPlace {
  readonly machine: HostMachine
  cwd: string
  env: Readonly<Record<string, string>>
  readonly container?: ContainerShell
}

/** A terminal session: the machines that it is logged in to. */
export interface TerminalSession {
  /** The machines, and shells in containers; the innermost comes last. */
  readonly stack: TerminalPlace[]
  /** Runs a command line on another machine. */
  readonly runOn: (machine: HostMachine, script: string, stdin?: string) => Promise<CommandOutput>
}

/** One call of a command. */
export interface CommandCall {
  readonly args: readonly string[]
  readonly machine: HostMachine
  readonly session: TerminalSession
  /** Working directory. */
  readonly cwd: string
  readonly env: ReadonlyMap<string, string>
  /** Standard input as text. */
  readonly stdin: string
  /** Standard input as the bytes that it is. */
  readonly stdinBytes: () => Uint8Array
  /** Lets virtual time pass, but not longer than `timeout` lets it. */
  readonly sleep: (ms: number) => void
  /** Makes a path absolute. */
  readonly path: (path: string) => string
  /** Runs another command line on this machine. */
  readonly exec: (script: string, args: readonly string[]) => Promise<CommandOutput>
}

/** What a command prints, and its exit code. */
export interface CommandOutput {
  readonly stdout?: string
  readonly stderr?: string
  /** Both in the order of writing, if that is not stdout first. */
  readonly terminal?: string
  /** Default 0. */
  readonly code?: number
  /** Whether `stdout` is bytes, one character each, as `gzip` writes them. Default: text. */
  readonly isBytes?: boolean
}

/** A command of a host besides those of the shell. */
export type HostCommand = (call: CommandCall) => CommandOutput | Promise<CommandOutput>

/** Output of a command that failed. */
export function failed(stderr: string, code = 1): CommandOutput {
  return { stderr: stderr.endsWith('\n') || stderr === '' ? stderr : `${stderr}\n`, code }
}

/** One output of several: the texts one after the other, and the code of the last that failed. */
export function joined(outputs: readonly CommandOutput[]): CommandOutput {
  return {
    stdout: outputs.map(({ stdout = '' }) => stdout).join(''),
    stderr: outputs.map(({ stderr = '' }) => stderr).join(''),
    terminal: outputs.map(({ stdout = '', stderr = '', terminal = stdout + stderr }) => terminal).join(''),
    code: outputs.findLast(({ code = 0 }) => code !== 0)?.code ?? 0,
  }
}

/** Splits switches that were joined: `-tlnp` becomes `-t -l -n -p`. */
export const apart = (args: readonly string[]): readonly string[] =>
  args.flatMap((arg) =>
    /^-[a-zA-Z]{2,}$/.test(arg) ? Array.from(arg.slice(1)).map((letter) => `-${letter}`) : [arg],
  )

/** Virtual ms for which a command that follows something goes on: as if Ctrl-C were pressed then. */
const FOLLOWED = 60_000

/** Lets the time pass for which `-f` follows something. */
export function follow({ cluster, hosts }: HostMachine): void {
  cluster.advance(FOLLOWED)
  hosts.sync()
}

/** The first option that a program does not know; names as in {@link readOptions}. */
export const unknownOption = (
  args: readonly string[],
  valued: readonly string[],
  switches: readonly string[],
): string | undefined =>
  args.find(
    (arg, at) =>
      /^-./.test(arg) &&
      !valued.includes(args[at - 1]?.replace(/^-+/, '') ?? '') &&
      ![...valued, ...switches].includes(arg.replace(/^-+/, '').replace(/=[^]*$/, '')),
  )

const KIB = 1024

/** A size as util-linux prints it: `50G`, `1.5G`, `16K`. */
export function sizeText(bytes: number): string {
  let [rest, power] = [bytes, 0]
  while (rest >= KIB) [rest, power] = [rest / KIB, power + 1]
  return `${Math.round(rest * 10) / 10}${['B', 'K', 'M', 'G', 'T'][power] ?? ''}`
}

/** Options that were read from a command line: `--name=value`, `--name value`, `-x value`, and words. */
export interface Options {
  readonly words: readonly string[]
  readonly get: (...names: string[]) => string | undefined
  readonly all: (...names: string[]) => readonly string[]
  readonly has: (...names: string[]) => boolean
}

/** Reads options; those in `valued` take a value, the others are switches. Names are given without dashes. */
export function readOptions(args: readonly string[], valued: readonly string[]): Options {
  const found: (readonly [name: string, value: string])[] = []
  const words: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    const [, name, value] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (name === undefined || word === '-') words.push(word)
    else if (value !== undefined) found.push([name, value])
    else if (valued.includes(name)) found.push([name, args[++at] ?? ''])
    else found.push([name, 'true'])
  }
  const all = (...names: string[]): readonly string[] =>
    found.filter(([name]) => names.includes(name)).map(([, value]) => value)
  return { words, all, get: (...names) => all(...names).at(-1), has: (...names) => all(...names).length > 0 }
}
