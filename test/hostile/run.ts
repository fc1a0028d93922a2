import { spawnSync } from 'node:child_process'
import type { Played } from './play.js'

/** What a run of all inputs found. */
export interface HostileFindings {
  readonly inputs: number
  /** Inputs that ended the process, or threw what is no refusal. */
  readonly crashes: readonly string[]
  /** Inputs that took more than a second of CPU, or whose time grows faster than their size. */
  readonly overBudget: readonly string[]
  /** `130 inputs, 0 crashes, 0 over budget` */
  readonly summary: string
}

const MOST_MS = 1000
/** Growth is judged only beyond this time: below it, what the engine does between runs decides. */
const JUDGED_MS = 250
/** Times that a doubled size may multiply the time; with room for the machine. */
const MOST_GROWTH = 3

/**
 * Plays all hostile inputs up to a size in child processes with 1 GB of memory; one that ends the process is
 * noted, and the next begins after it. `program` are the words of node that run `test/hostile/play.ts`.
 */
export function playHostile(program: readonly string[], mostBytes: number): HostileFindings {
  const played: Played[] = []
  const crashes: string[] = []
  let from = 0
  for (let status: number | null = 1; status !== 0;) {
    const words = ['--max-old-space-size=1000', ...program, '--from', `${from}`, '--most', `${mostBytes}`]
    const child = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 2 ** 26 })
    status = child.status
    const lines = child.stdout.split('\n').filter((line) => line.startsWith('{'))
    const parsed = lines.map((line) => JSON.parse(line) as Played | { begins: number; name: string })
    played.push(...parsed.filter((line): line is Played => 'bytes' in line))
    const last = parsed.at(-1)
    if (status === 0) break
    if (last === undefined || !('begins' in last)) throw new Error(`the child failed: ${child.stderr}`)
    crashes.push(`${last.name}: ${/(?:FATAL ERROR|Error).*/.exec(child.stderr)?.[0] ?? child.signal}`)
    from = last.begins + 1
  }
  return judged(played, crashes)
}

function judged(played: readonly Played[], died: readonly string[]): HostileFindings {
  const thrown = played.filter((one) => one.thrown !== '').map((one) => `${one.name}: ${one.thrown}`)
  const overBudget = played
    .filter(({ half, full }) => full > MOST_MS || (full > JUDGED_MS && full > MOST_GROWTH * half))
    .map(({ name, bytes, half, full }) => `${name}: ${half} ms, then ${full} ms for ${bytes} bytes`)
  const crashes = [...died, ...thrown]
  const inputs = played.length + died.length
  return {
    inputs,
    crashes,
    overBudget,
    summary: `${inputs} inputs, ${crashes.length} crashes, ${overBudget.length} over budget`,
  }
}
