import { findCommand, type FoundCommand } from '../commands/lookup.js'
import { flagsOf } from '../args/flag-table.js'
import type { FlagSpec } from '../args/flags.js'
import { parseFlags } from '../args/flags.js'
import type { KubectlRelease } from '../call/release.js'
import { commandText, GROUPS } from './command-texts.js'
import { flagText } from './flag-texts.js'
import { byName } from '../../lang/text/order.js'

const LISTS_GLOBALS =
  'Use "kubectl options" for a list of global command-line options (applies to all commands).\n'

/**
 * Returns the help that a command line asks for: by `--help` or `-h`, `help COMMAND`, `options`, or no
 * command. Undefined if it asks for none. The pages have kubectl's form, with texts of our own. Source:
 * kubectl pkg/util/templates.
 * @throws KubectlError for an unknown command, and for flags that the command does not have
 */
export function helpFor(line: readonly string[], release: KubectlRelease): string | undefined {
  const end = line.indexOf('--')
  const given = end < 0 ? line : line.slice(0, end)
  const words = given.filter((word) => !isHelpFlag(word))
  const isAsked = words.length < given.length
  if (words.length === 0 && (isAsked || line.length === 0)) return overview()
  if (words[0] === 'help') return helpFor([...words.slice(1), '--help'], release)
  if (words.length === 1 && words[0] === 'options') return options()
  const found = isAsked ? findCommand(words, release) : undefined
  if (found === undefined) return undefined
  const { flags } = parseFlags(restOf(given, words.length - found.rest.length), found.flags, found.path)
  return flags.bool('help') ? helpOf(found) : undefined
}

/** Whether a word may ask for help: in `-nshop` only the flags of the command tell. */
const isHelpFlag = (word: string): boolean => /^--help(?:=|$)|^-[A-Za-z]*h[A-Za-z]*$/.test(word)

/** The words without those that name the command, which are the first so many that ask for no help. */
function restOf(line: readonly string[], named: number): readonly string[] {
  let left = named
  return line.filter((word) => isHelpFlag(word) || left-- <= 0)
}

function overview(): string {
  const groups = GROUPS.map(([title, names]) =>
    listed(
      title,
      names.split(' ').map((name): [string, string] => [name, commandText(name).what]),
    ),
  )
  return [
    'kubectl controls the Kubernetes cluster manager.\n',
    ...groups,
    'Usage:\n  kubectl [flags] [options]\n',
    `Use "kubectl <command> --help" for more information about a given command.\n${LISTS_GLOBALS}`,
  ].join('\n')
}

function options(): string {
  return `The following options can be passed to any command:\n\n${flagList('', flagsOf(''))}`
}

/** Returns the help of a command or a group of commands. */
export function helpOf({
  command: { commands: below = [] },
  path,
}: Pick<FoundCommand, 'command' | 'path'>): string {
  const { what, usage, examples } = commandText(path)
  const flags = flagsOf(path).filter(({ deprecated }) => deprecated === undefined)
  const parts = [`${what}.\n`]
  if (examples.length > 0) parts.push(`Examples:\n${examplesOf(examples)}`)
  if (below.length > 0)
    parts.push(
      listed(
        'Available Commands',
        below.map(({ name }): [string, string] => [name, commandText(`${path} ${name}`).what]),
      ),
    )
  if (flags.length > 0) parts.push(`Options:\n${flagList(path, flags)}`)
  const name = usage === '' ? `kubectl ${path}` : `kubectl ${path} ${usage}`
  parts.push(`Usage:\n  ${name} [options]\n`)
  const more = `Use "kubectl ${path} <command> --help" for more information about a given command.\n`
  parts.push((below.length > 0 ? more : '') + LISTS_GLOBALS)
  return parts.join('\n')
}

function examplesOf(lines: readonly string[]): string {
  return lines.map((line, at) => `${at > 0 && line.startsWith('#') ? '  \n' : ''}  ${line}\n`).join('')
}

function listed(title: string, entries: readonly (readonly [name: string, what: string])[]): string {
  const width = Math.max(13, ...entries.map(([name]) => name.length))
  return `${title}:\n${entries.map(([name, what]) => `  ${name.padEnd(width)}   ${what}\n`).join('')}`
}

function flagList(command: string, flags: readonly FlagSpec[]): string {
  return flags
    .toSorted(byName)
    .map(({ name, short, value, type }) => {
      const names = short === undefined ? `    --${name}` : `    -${short}, --${name}`
      return `${names}=${shown(type, value)}:\n\t${flagText(command, name)}\n`
    })
    .join('\n')
}

function shown(type: FlagSpec['type'], value = ''): string {
  if (type === 'string') return `'${value}'`
  return type === 'strings' || type === 'array' ? `[${value}]` : value
}
