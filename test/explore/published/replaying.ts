/**
 * In place of vitest, in a process of its own: runs the published cases to the point where they explore, and
 * replays the counter-examples that the tests have kept. Prints the trace hashes.
 */
import { existsSync, readFileSync } from 'node:fs'
import { replay } from '../../../src/explore/index.js'
import type { CounterExample, ReplayOptions } from '../../../src/explore/index.js'

/** Of a case and its fixed variant, which differ in functions only, the first is the one that fails. */
const hashes: Record<string, string> = {}

/** Replays what has been kept for these options, if there was a counter-example. */
const counterExampleReplayed = (options: ReplayOptions, file: URL): void => {
  if (!existsSync(file) || hashes[file.href] !== undefined) return
  const found = JSON.parse(readFileSync(file, 'utf8')) as CounterExample
  hashes[file.href] = replay(found, options).state.traceHash()
}
Object.assign(globalThis, { counterExampleReplayed })
process.once('exit', () => console.log(JSON.stringify(hashes)))

/** Anything may be asked of a value here: it is always right. */
const right: unknown = new Proxy(() => undefined, { get: () => right, apply: () => right })

export const describe = (_title: string, cases: () => void): void => cases()
export const expect = (): unknown => right

type Case = (...values: readonly unknown[]) => void

const run = (_title: string, body: Case, values: readonly unknown[] = []): void => {
  try {
    body(...values)
  } catch {
    // a case that looks at what an exploration has found, which there is not
  }
}

export const test: typeof run & {
  readonly each: (table: readonly unknown[]) => (title: string, body: Case) => void
} = Object.assign((title: string, body: Case): void => run(title, body), {
  each: (table: readonly unknown[]) => (title: string, body: Case) => {
    for (const row of table) run(title, body, Array.isArray(row) ? row : [row])
  },
})
