import type { Client } from '../apiserver/client/client.js'
import type { Call, Command } from './call.js'
import { findCommand, unknownCommand } from './commands/lookup.js'
import type { KubectlEnvironment, KubectlOptions, KubectlResult } from './environment.js'
import { errorText, isFailure, KubectlError, SilentExit } from './errors.js'
import { FileSource } from './files.js'
import type { Flags } from './flags.js'
import { parseFlags } from './flags.js'
import { globalFlags } from './global-flags.js'
import { Output } from './output.js'
import { releaseOf } from './release.js'
import { CommandLineError, splitWords } from './words.js'

/** Runs one command line, given as text or as words, with or without `kubectl` in front. */
export type Kubectl = (command: string | readonly string[], options?: KubectlOptions) => KubectlResult

/**
 * The in-process kubectl of a cluster. Texts on stdout and stderr and exit codes are those of kubectl of the environment's
 * version. Commands that wait (drain, delete) move virtual time. What kubectl reports as an error is in the result; nothing
 * that a user can cause is thrown.
 */
export function createKubectl(env: KubectlEnvironment): Kubectl {
  return (command, options = {}) => {
    const out = new Output()
    const exitCode = guarded(env, out, () => {
      const { call, run } = prepareCall(env, command, options, out)
      run(call)
    })
    return { stdout: out.stdout, stderr: out.stderr, terminal: out.terminal, exitCode }
  }
}

/** Runs `work`, prints its failure, and answers the exit code. */
function guarded(env: KubectlEnvironment, out: Output, work: () => void): number {
  try {
    work()
    printWarnings(env, out)
    return 0
  } catch (error) {
    if (error instanceof CommandLineError) {
      out.errorLine(`error: ${error.message}`)
      return 1
    }
    if (!isFailure(error)) throw error
    printWarnings(env, out)
    out.error(errorText(error))
    return error instanceof SilentExit ? error.exitCode : 1
  }
}

/** Each text once, as kubectl's deduplicating warning writer does. */
function printWarnings(env: KubectlEnvironment, out: Output): void {
  for (const text of new Set(env.takeWarnings?.())) out.errorLine(`Warning: ${text}`)
}

/** A command line that has been read. */
export interface Prepared {
  readonly call: Call
  readonly run: Command['run']
}

/** Reads a command line. Throws KubectlError or CommandLineError. */
export function prepareCall(
  env: KubectlEnvironment,
  command: string | readonly string[],
  options: KubectlOptions,
  out: Output,
): Prepared {
  const words = typeof command === 'string' ? splitWords(command) : command
  const rest = words[0] === 'kubectl' ? words.slice(1) : words
  const release = releaseOf(env.clientVersion ?? env.version)
  const at = commandIndex(rest)
  const name = rest[at]
  if (name === undefined) {
    parseFlags(rest, globalFlags, '')
    throw new KubectlError('no command is given: write for example `kubectl get pods`')
  }
  const found = findCommand(name)
  if (found === undefined) throw unknownCommand(name)
  const { args, flags } = parseFlags(
    [...rest.slice(0, at), ...rest.slice(at + 1)],
    [...found.flags(release), ...globalFlags],
    found.name,
  )
  const call: Call = {
    env,
    release,
    flags,
    args,
    out,
    client: clientOf(env, flags),
    command: found.name,
    files: new FileSource(env, options),
    namespace: flags.string('namespace', env.defaultNamespace ?? 'default'),
  }
  return { call, run: found.run }
}

/** Index of the first word that is neither a flag nor a flag's value. */
function commandIndex(words: readonly string[]): number {
  const takesNext = new Set(
    globalFlags
      .filter(({ type, bare }) => type !== 'bool' && bare === undefined)
      .flatMap(({ name, short }) => (short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`])),
  )
  let at = 0
  while (at < words.length && (words[at] as string).startsWith('-')) at += takesNext.has(words[at] as string) ? 2 : 1
  return at
}

const identityFlags: readonly string[] = ['as', 'as-group', 'as-uid', 'context', 'user', 'token']

function clientOf(env: KubectlEnvironment, flags: Flags): Client {
  const used = identityFlags.find((name) => flags.has(name))
  if (used === undefined) return env.client
  if (env.clientFor === undefined) throw new KubectlError(`--${used} cannot be used: this kubectl was made for one identity only`)
  const text = (name: string): string | undefined => (flags.has(name) ? flags.string(name) : undefined)
  const [as, asUid, context, user, token] = ['as', 'as-uid', 'context', 'user', 'token'].map(text)
  return env.clientFor({
    asGroups: flags.strings('as-group'),
    ...(as === undefined ? {} : { as }),
    ...(asUid === undefined ? {} : { asUid }),
    ...(context === undefined ? {} : { context }),
    ...(user === undefined ? {} : { user }),
    ...(token === undefined ? {} : { token }),
  })
}
