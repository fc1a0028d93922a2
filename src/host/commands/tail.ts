import type { HostMachine } from '../machine/host-machine.js'
import { bytesOfContent } from '../../lang/bytes/content.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, follow } from './command.js'

interface Wanted {
  readonly count: number
  /** Whether the count is from the beginning: `+3`. */
  readonly fromStart: boolean
  readonly unit: 'lines' | 'bytes'
  readonly follows: boolean
  /** Whether names are printed before the texts; by default before those of several files. */
  readonly headers: boolean | undefined
  readonly files: readonly string[]
}

const TRY = "Try 'tail --help' for more information."
const LONG: Readonly<Record<string, string>> = {
  '--lines': '-n',
  '--bytes': '-c',
  '--follow': '-f',
  '--retry': '-F',
  '--quiet': '-q',
  '--silent': '-q',
  '--verbose': '-v',
}

/** Reads the command line; a text is what is wrong with it. */
function wantedBy(args: readonly string[]): Wanted | string {
  let count = '10'
  let unit: Wanted['unit'] = 'lines'
  let follows = false
  let headers: boolean | undefined
  const files: string[] = []
  const rest = args.flatMap((arg): readonly string[] => {
    const [, name = '', value] = /^(--[a-z]+)(?:=(.*))?$/.exec(arg) ?? []
    if (name === '') return [arg]
    return name === '--follow' ? ['-f'] : [LONG[name] ?? name, ...(value === undefined ? [] : [value])]
  })
  for (let at = 0; at < rest.length; at++) {
    const arg = rest[at] ?? ''
    if (arg === '--') {
      files.push(...rest.slice(at + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') files.push(arg)
    else if (arg.startsWith('--')) return `tail: unrecognized option '${arg}'\n${TRY}`
    else if (/^-\d+$/.test(arg)) count = arg.slice(1)
    else
      for (let letter = 1; letter < arg.length; letter++) {
        const sign = arg[letter] ?? ''
        if (sign === 'n' || sign === 'c') {
          count = arg.slice(letter + 1) || (rest[++at] ?? '')
          unit = sign === 'n' ? 'lines' : 'bytes'
          break
        }
        if (sign === 's') {
          if (letter === arg.length - 1) at++
          break
        }
        if (sign === 'f' || sign === 'F') follows = true
        else if (sign === 'q') headers = false
        else if (sign === 'v') headers = true
        else return `tail: invalid option -- '${sign}'\n${TRY}`
      }
  }
  if (!/^[+-]?\d+$/.test(count)) return `tail: invalid number of ${unit}: '${count}'`
  const fromStart = count.startsWith('+')
  return { count: Number(count.replace(/^[+-]/, '')), fromStart, unit, follows, headers, files }
}

/** The end of a text, or what follows a place in it. */
function ending(text: string, { count, fromStart, unit }: Wanted): string {
  const parts = unit === 'bytes' ? Array.from(text) : text.split(/(?<=\n)/).filter((line) => line !== '')
  if (fromStart) return parts.slice(Math.max(0, count - 1)).join('')
  return count === 0 ? '' : parts.slice(-count).join('')
}

const textAt = ({ files }: HostMachine, path: string): string | undefined => {
  const content = files.content(path)
  return content === undefined
    ? undefined
    : typeof content === 'string'
      ? content
      : new TextDecoder().decode(bytesOfContent(content))
}

/**
 * `tail [-n LINES] [-c BYTES] [-f|-F] [FILE...]`: with `-f` also what is written in the next minute, as if
 * Ctrl-C were pressed then. Source: coreutils src/tail.c.
 */
export function tail({ args, machine, path, stdin }: CommandCall): CommandOutput {
  const wanted = wantedBy(args)
  if (typeof wanted === 'string') return failed(wanted)
  const names = wanted.files.length === 0 ? ['-'] : wanted.files
  const hasHeaders = wanted.headers ?? names.length > 1
  let [stdout, stderr] = ['', '']
  const seen = new Map<string, string>()
  let last: string | undefined
  const show = (name: string, text: string): void => {
    const title = name === '-' ? 'standard input' : name
    if (hasHeaders && last !== name) stdout += `${last === undefined ? '' : '\n'}==> ${title} <==\n`
    last = name
    stdout += text
  }
  for (const name of names) {
    if (machine.files.stat(path(name))?.kind === 'directory' && name !== '-') {
      stderr += `tail: error reading '${name}': Is a directory\n`
      continue
    }
    const text = name === '-' ? stdin : textAt(machine, path(name))
    if (text === undefined) stderr += `tail: cannot open '${name}' for reading: No such file or directory\n`
    else {
      if (name !== '-') seen.set(name, text)
      show(name, ending(text, wanted))
    }
  }
  if (wanted.follows && seen.size > 0) {
    follow(machine)
    for (const [name, before] of seen) {
      const now = textAt(machine, path(name)) ?? ''
      const isLonger = now.startsWith(before)
      if (!isLonger && now !== '') stderr += `tail: ${name}: file truncated\n`
      const added = isLonger ? now.slice(before.length) : now
      if (added !== '') show(name, added)
    }
  } else if (wanted.follows && wanted.files.length > 0) stderr += 'tail: no files remaining\n'
  const code = seen.size + (names.includes('-') ? 1 : 0) < names.length ? 1 : 0
  return { stdout, stderr, terminal: stderr + stdout, code }
}
