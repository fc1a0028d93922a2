import { quote } from '../../lang/go/quote.js'
import { distance } from '../../lang/text/nearest.js'
import type { KubectlCommand } from '../call/call.js'
import { KubectlError, NoResourceMatch } from '../call/errors.js'
import { flagsOf, isListed } from '../args/flag-table.js'
import type { FlagSpec } from '../args/flags.js'
import type { KubectlRelease } from '../call/release.js'
import { apiResources, apiVersions } from './api-resources.js'
import { apply } from './apply.js'
import { attach } from './attach.js'
import { auth } from './auth.js'
import { autoscale } from './autoscale.js'
import { certificate } from './certificate.js'
import { clusterInfo } from './cluster-info.js'
import { config } from './config.js'
import { cordon, uncordon } from './cordon.js'
import { cp } from './cp.js'
import { create } from './create.js'
import { debug } from './debug.js'
import { deleteCommand } from './delete.js'
import { describe } from './describe.js'
import { diff } from './diff.js'
import { drain } from './drain.js'
import { edit } from './edit.js'
import { events } from './events.js'
import { exec } from './exec.js'
import { explain } from './explain.js'
import { expose } from './expose.js'
import { get } from './get.js'
import { kustomize } from './kustomize.js'
import { logs } from './logs.js'
import { annotate, label } from './metadata.js'
import { patch } from './patch.js'
import { portForward } from './port-forward.js'
import { proxy } from './proxy.js'
import { replace } from './replace.js'
import { rollout } from './rollout.js'
import { run } from './run.js'
import { scale } from './scale.js'
import { set } from './set.js'
import { taint } from './taint.js'
import { top } from './top.js'
import { version } from './version.js'
import { wait } from './wait.js'
import { completion, plugin } from './plugin-and-completion.js'

/** The commands of the real kubectl, in the order of its help. */
const KNOWN =
  'create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top ' +
  'cordon uncordon drain taint describe logs attach exec ' +
  'port-forward proxy cp auth debug events diff apply patch replace wait kustomize label annotate ' +
  'completion alpha api-resources api-versions config plugin ' +
  'version help options'

/** A command that was found on a command line. */
export interface FoundCommand {
  readonly command: KubectlCommand
  /** `rollout status` */
  readonly path: string
  /** All flags that it accepts. */
  readonly flags: readonly FlagSpec[]
  /** The arguments without the command's name. */
  readonly rest: readonly string[]
}

/**
 * Finds the command that the arguments name (`get`, `rollout status`); flags may precede the words or stand
 * between them. Undefined if no argument is a name. Throws KubectlError for an unknown name. Source: cobra
 * command.go Find.
 */
export function findCommand(words: readonly string[], release: KubectlRelease): FoundCommand | undefined {
  const rest = [...words]
  if (hasNoCommand(rest)) return undefined
  const first = takeName(rest, flagsOf(''))
  if (first === undefined) return undefined
  const command = commands.find((one) => isCalled(one, first))
  if (command === undefined) throw unknownCommand(first)
  return descend(command, command.name, rest, release)
}

/**
 * Returns whether an unknown flag before all words, which takes the next word as its value, leaves no word
 * for a command. Throws if the word after that is not a command, since it may be a plugin. Source: cobra
 * command.go stripFlags; kubectl pkg/cmd NewDefaultKubectlCommandWithArgs, HandlePluginCommand.
 */
function hasNoCommand(words: readonly string[]): boolean {
  const [first = ''] = words
  const known = flagsOf('').flatMap(({ name, short }) => [`--${name}`, `-${short ?? name}`])
  const isFlag = /^--[\w-]+|^-\w$/.test(first)
  if (!isFlag || [...known, '--help', '-h'].includes(first.replace(/=.*/, ''))) return false
  const after = words.slice(first.includes('=') ? 1 : 2)
  const name = after[nameIndex(after, flagsOf(''))]
  if (name === undefined) return true
  if (commands.some((one) => isCalled(one, name))) return false
  throw new NoResourceMatch(`Error: flags cannot be placed before plugin name: ${first}`)
}

/** Descends to the subcommand that the next word names, if there is one. */
function descend(
  command: KubectlCommand,
  path: string,
  rest: readonly string[],
  release: KubectlRelease,
): FoundCommand {
  const flags = flagsFor(command, path, release)
  const at = nameIndex(rest, flags)
  const next = command.commands?.find((one) => isCalled(one, rest[at] ?? ''))
  const below = `${path} ${rest[at]}`
  if (next === undefined && isListed(below))
    throw new KubectlError(`kubectl ${below} is not part of simcluster yet`)
  return next === undefined
    ? { command, path, flags, rest }
    : descend(next, `${path} ${next.name}`, rest.toSpliced(at, 1), release)
}

const isCalled = ({ name, aliases }: KubectlCommand, word: string): boolean =>
  name === word || aliases?.includes(word) === true

/** A command's own flags replace global ones of the same name (`config set-context --namespace`). */
function flagsFor(command: KubectlCommand, path: string, release: KubectlRelease): readonly FlagSpec[] {
  return [...flagsOf(''), ...flagsOf(path), ...(command.flags?.(release) ?? [])]
}

/** Removes the first non-flag word from the words and returns it. */
function takeName(words: string[], flags: readonly FlagSpec[]): string | undefined {
  const at = nameIndex(words, flags)
  return at < words.length ? words.splice(at, 1)[0] : undefined
}

/** Index of the first word that is neither a flag nor a flag's value. */
function nameIndex(words: readonly string[], flags: readonly FlagSpec[]): number {
  const takesNext = new Set(
    flags
      .filter(({ type, bare }) => type !== 'bool' && bare === undefined)
      .flatMap(({ name, short }) => (short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`])),
  )
  let at = 0
  while (at < words.length && (words[at] as string).startsWith('-')) {
    if (words[at] === '--') return words.length
    at += takesNext.has(words[at] as string) ? 2 : 1
  }
  return at
}

/** Error for a command that kubectl does not have, or that simcluster does not have yet. */
function unknownCommand(name: string): KubectlError {
  const known = KNOWN.split(' ')
  if (known.includes(name)) return new KubectlError(`kubectl ${name} is not part of simcluster yet`)
  const near = known.filter((one) => distance(name, one) <= 2 || one.startsWith(name.toLowerCase()))
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((one) => `\t${one}\n`).join('')}`
  return new KubectlError(`unknown command ${quote(name)} for "kubectl"${hint}`)
}

/** All supported commands. */
export const commands: readonly KubectlCommand[] = [
  create,
  expose,
  run,
  set,
  edit,
  scale,
  autoscale,
  certificate,
  attach,
  portForward,
  proxy,
  cp,
  debug,
  diff,
  patch,
  replace,
  kustomize,
  explain,
  get,
  deleteCommand,
  clusterInfo,
  cordon,
  uncordon,
  drain,
  taint,
  describe,
  logs,
  exec,
  apply,
  label,
  annotate,
  apiResources,
  apiVersions,
  version,
  auth,
  events,
  rollout,
  wait,
  config,
  top,
  plugin,
  completion,
]
