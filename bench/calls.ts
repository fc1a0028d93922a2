/**
 * `npm run bench -- calls`: the calls of functions that requests and runs take, beside those of
 * bench/calls.json, which `npm run bench -- calls --write` replaces. They are exact, so a change of more than
 * 3% is a change of the code, and the commit that makes it says why: test/bench/calls.test.ts compares them.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleInto } from '../scripts/bundle-into.js'

const TABLE = fileURLToPath(new URL('./calls.json', import.meta.url))

/** A number of calls, as it is in the repository and as it is now. */
export interface Calls {
  readonly name: string
  readonly before: number | undefined
  readonly now: number
}

/** Counts the calls of everything in the table. Takes some seconds. */
export async function countCalls(): Promise<readonly Calls[]> {
  const placeOf = await bundleInto('bench/calls', ['bench/calls-child'])
  const child = fileURLToPath(placeOf('bench/calls-child'))
  const now = JSON.parse(execFileSync(process.execPath, [child], { encoding: 'utf8' })) as Table
  const before = JSON.parse(readFileSync(TABLE, 'utf8')) as Table
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])]
  return names.map((name) => ({ name, before: before[name], now: now[name] ?? 0 }))
}

type Table = Readonly<Record<string, number>>

/** Prints the table, or writes it. */
export async function printCalls(isWritten: boolean): Promise<void> {
  const calls = await countCalls()
  const width = Math.max(...calls.map(({ name }) => name.length))
  for (const { name, before, now } of calls) {
    const change = before === undefined ? 'new' : `${((now / before - 1) * 100).toFixed(1)}%`
    console.log(`${name.padEnd(width)}  ${String(now).padStart(8)}  ${change.padStart(7)}`)
  }
  if (!isWritten) return
  const kept = calls.filter(({ now }) => now > 0).map(({ name, now }) => [name, now] as const)
  writeFileSync(TABLE, `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`)
}
