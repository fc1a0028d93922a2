import { readFileSync } from 'node:fs'
import { surviveErrors } from '../survive-errors.js'

/** Ms between two looks at whether the parent is still there. */
const PARENT_MS = 250

/** The flags of a program by name, each with the values in the order in which they were given. */
export type ProgramFlags = ReadonlyMap<string, readonly string[]>

/** Bad flags of a program; the message is the real program's. */
export class FlagError extends Error {}

/**
 * Reads `--name=value`, `--name value` and `--name`, with one dash or two. `positional` returns the error for
 * a word that belongs to no flag.
 */
export function readFlags(argv: readonly string[], positional: (word: string) => string): ProgramFlags {
  const flags = new Map<string, string[]>()
  for (let at = 0; at < argv.length; at++) {
    const [, name, value] = /^--?([^=]+)(?:=([^]*))?$/.exec(argv[at] ?? '') ?? []
    if (name === undefined) throw new FlagError(positional(argv[at] ?? ''))
    const next = argv[at + 1]
    const takesNext = value === undefined && next !== undefined && !next.startsWith('-')
    flags.set(name, [...(flags.get(name) ?? []), value ?? (takesNext ? next : 'true')])
    if (takesNext) at++
  }
  return flags
}

/** Returns the last value of a flag. */
export const flagOf = (flags: ProgramFlags, name: string): string | undefined => flags.get(name)?.at(-1)

/** Returns the values of a flag that is a list, whether repeated or separated by commas. */
export const listOf = (flags: ProgramFlags, name: string): readonly string[] =>
  (flags.get(name) ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '')

/** An error of the real program's start, as it is logged. */
export const commandFailed = (message: string): FlagError =>
  new FlagError(`"command failed" err=${JSON.stringify(message)}`)

/** Returns the text of the file that a flag names; undefined without the flag. */
export function fileOf(flags: ProgramFlags, name: string): string | undefined {
  const path = flagOf(flags, name)
  if (path === undefined || path === '') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw commandFailed(`open ${path}: no such file or directory`)
  }
}

/**
 * Runs a program until it is told to stop by SIGTERM or SIGINT, or its parent is gone: `start` resolves with
 * the function that stops it. Errors are printed, with exit code 1.
 */
export function runProgram(start: () => Promise<() => Promise<void>>): void {
  run(start).catch(fail)
}

async function run(start: () => Promise<() => Promise<void>>): Promise<void> {
  exitWithParent()
  // empty until it has started
  const stops: (() => Promise<void>)[] = []
  let isTold = false
  const end = async (): Promise<void> => {
    if (isTold) process.exit(1)
    isTold = true
    for (const stop of stops) await stop()
    process.exit(0)
  }
  process.on('SIGTERM', () => void end().catch(fail))
  process.on('SIGINT', () => void end().catch(fail))
  stops.push(await start())
  surviveErrors((text) => void process.stderr.write(text))
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

/**
 * Exits when the process that has started the program is gone, even if it was killed: test suites that are
 * interrupted leave nothing behind. The script that starts the program names its parent.
 */
function exitWithParent(): void {
  const parent = Number(process.env['SIMCLUSTER_PARENT'] ?? process.ppid)
  if (parent <= 1) return
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1)
  }, PARENT_MS).unref()
}
