import { parseArgs } from 'node:util'
import { nearest } from '../lang/text/nearest.js'

/** A flag of a command. */
export interface Flag {
  /** What it does, in one line. */
  readonly about: string
  /** Name of the value (`FILE`); without one the flag is a switch. */
  readonly value?: string
  /** One letter: `o` for `-o`. */
  readonly short?: string
  /** Shown in the help. */
  readonly default?: string
}

/** Texts go where a program's do; a command returns its exit code. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
}

/** What the user has typed after the name of a command. */
export interface CommandArguments {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>
  readonly words: readonly string[]
}

/** A command of the program. */
export interface Command {
  /** `simcluster NAME ...` */
  readonly name: string
  readonly about: string
  /** The words after the name: `DURATION`. */
  readonly words?: string
  readonly flags: Readonly<Record<string, Flag>>
  readonly examples: readonly string[]
  run(given: CommandArguments, terminal: Terminal): number | Promise<number>
}

/** Bad use of a command: printed with a hint at its help. */
export class UsageError extends Error {}

/** Returns what was typed. @throws UsageError that names the flag and the nearest one */
export function parse(command: Command, argv: readonly string[]): CommandArguments {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true })
    return { flags: values, words: positionals }
  } catch (error) {
    throw new UsageError(usageText(command, error instanceof Error ? error.message : String(error)))
  }
}

function usageText(command: Command, message: string): string {
  const unknown = /Unknown option '(-[^']+)'/.exec(message)?.[1]
  if (unknown !== undefined) return unknownText(command, unknown)
  const [, word = '', lacks] = /^Option '(?:-\w, )?-?-([\w-]+)[^']*' (argument missing)?/.exec(message) ?? []
  const flag = Object.keys(command.flags).find((name) => command.flags[name]?.short === word) ?? word
  const value = command.flags[flag]?.value
  if (value === undefined) return flag === '' ? message : `--${flag} is a switch: write it without a value`
  // a value that begins with a dash might be the next flag
  return lacks === undefined
    ? `--${flag} needs a value; one that begins with - is written --${flag}=VALUE`
    : `--${flag} needs a value: write --${flag} ${value}`
}

function unknownText({ flags }: Command, unknown: string): string {
  const names = Object.keys(flags)
  const near = nearest(unknown.replace(/^-+/, ''), names)
  if (near !== undefined) return `unknown flag ${unknown}; did you mean --${near}?`
  if (names.length === 0) return `unknown flag ${unknown}; it has no flags: leave it out`
  return `unknown flag ${unknown}; there are: ${names.map((name) => `--${name}`).join(', ')}`
}

/** Returns the help of a command. */
export function helpOf({ name, about, words = '', flags, examples }: Command): string {
  const rows = Object.entries(flags).map(([flag, { value, short, about: what, default: standard }]) => [
    `${short === undefined ? '' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`,
    standard === undefined ? what : `${what} (default ${standard})`,
  ])
  const width = Math.max(0, ...rows.map(([flag = '']) => flag.length))
  return [
    about,
    '',
    `Usage: simcluster ${[name, words, rows.length > 0 ? '[flags]' : ''].filter(Boolean).join(' ')}`,
    ...(rows.length > 0
      ? ['', 'Flags:', ...rows.map(([flag = '', what]) => `  ${flag.padEnd(width)}  ${what}`)]
      : []),
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}
