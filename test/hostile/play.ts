/**
 * Plays hostile inputs in this process, which they may end: for each, prints its name before, and after it a
 * line of JSON. `node play.mjs [--from INDEX] [--only WORD]`
 */
import { parseArgs } from 'node:util'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { hostileInputs } from './requests.js'

/** What one input did. */
export interface Played {
  readonly name: string
  readonly bytes: number
  /** Ms of CPU, the least of some runs, at half the size and at full size. */
  readonly half: number
  readonly full: number
  /** What was thrown, if anything. */
  readonly thrown?: string
}

const MOST = 3 * 1024 * 1024 - 1024
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
    runs: { type: 'string', default: '2' },
  },
})
const runs = Number(values.runs)

function cpuOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

let cluster = new SimCluster()
for (const [index, { name, play, most = MOST }] of hostileInputs.entries()) {
  if (index < Number(values.from) || (values.only !== undefined && !name.includes(values.only))) continue
  process.stdout.write(`${JSON.stringify({ begins: index, name })}\n`)
  let thrown: string | undefined
  const least = (bytes: number): number => {
    let best = Infinity
    for (let run = 0; run < runs && thrown === undefined; run++) {
      const ms = cpuOf(() => {
        try {
          play(cluster, bytes)
        } catch (error) {
          thrown ??= error instanceof Error ? (error.stack ?? String(error)).slice(0, 700) : String(error)
        }
      })
      best = Math.min(best, ms)
      if (ms > 1500) break
    }
    return best
  }
  // small sizes first: what is too slow need not be played larger
  let at = Math.min(most, 2_000)
  let [half, full] = [0, least(at)]
  while (at < most && full < 1000 && thrown === undefined) {
    half = full
    at = Math.min(most, at * 2)
    full = least(at)
  }
  process.stdout.write(`${JSON.stringify({ name, bytes: at, half, full, thrown })}\n`)
  if (thrown !== undefined) cluster = new SimCluster()
}
