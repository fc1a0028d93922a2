import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../command.js'
import { exploreSeed, isExplored } from '../explored-module.js'
import type { SeedRange } from './ranges.js'

/** Plays one seed. It throws if the seed shows a fault; numbers that it returns are summed. */
export type SweepCase = (seed: number) => unknown

/** Where the case of a sweep is. */
export interface CaseSource {
  readonly file: string
  /** The name of the exported function. */
  readonly name: string
}

/** A seed that shows a fault. */
export interface FailedSeed {
  readonly seed: number
  readonly error: string
}

/** The outcome of seeds. */
export interface Tally {
  readonly done: readonly SeedRange[]
  readonly counts: Readonly<Record<string, number>>
  readonly failures: readonly FailedSeed[]
}

/** Characters that are kept of an error, so that reports fit the logs of a pod. */
const MOST_ERROR = 4_000

/** Returns the hash of the text of the file: reports of different texts do not go together. */
export const hashOf = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)

/** Loads the function that a module exports. @throws UsageError that names what is missing */
export async function loadCase({ file, name }: CaseSource): Promise<SweepCase> {
  const exported = await loadModule(file)
  const found = exported[name]
  if (typeof found === 'function') return found as SweepCase
  if (isExplored(found)) return (seed) => exploreSeed(found, seed)
  const functions = Object.keys(exported).filter((key) => typeof exported[key] === 'function')
  throw new UsageError(
    `${basename(file)} exports no function or exploration ${name}` +
      (functions.length === 0 ? '' : `; --export can be: ${functions.join(', ')}`),
  )
}

/** Loads a module of the user. @throws UsageError that says why it cannot be loaded */
export async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`there is no file ${file}`)
  const url = pathToFileURL(resolve(file)).href
  return (await import(url).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be loaded: ${textOf(error)}${hintFor(file, error)}`)
  })) as Readonly<Record<string, unknown>>
}

function hintFor(file: string, error: unknown): string {
  const { code } = error as { readonly code?: string }
  return code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file)
    ? `\nthis Node does not run TypeScript: use Node 24, or NODE_OPTIONS='--import tsx'`
    : ''
}

/** Plays all seeds of a range in order. */
export async function runSeeds(play: SweepCase, range: SeedRange): Promise<Tally> {
  const counts: Record<string, number> = {}
  const failures: FailedSeed[] = []
  for (let seed = range.from; seed <= range.to; seed++) {
    try {
      addNumbers(counts, await play(seed))
    } catch (error) {
      failures.push({ seed, error: textOf(error).slice(0, MOST_ERROR) })
    }
  }
  return { done: [range], counts, failures }
}

/** Adds the numbers that a case has returned, such as `{ runs: 12 }`. Anything else is ignored. */
export function addNumbers(counts: Record<string, number>, returned: unknown): void {
  if (typeof returned !== 'object' || returned === null) return
  for (const [key, value] of Object.entries(returned))
    if (typeof value === 'number' && Number.isFinite(value)) counts[key] = (counts[key] ?? 0) + value
}

/** Without the stack, which differs from machine to machine. */
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
