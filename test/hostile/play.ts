/**
 * Plays hostile inputs in this process, which they may end. Prints a line of JSON before each input and one
 * after it: `node play.mjs [--from INDEX] [--only WORD] [--most BYTES] [--runs N]`.
 */
import { parseArgs } from 'node:util'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { type HostileInput, hostileInputs, MOST_BODY, slowestRequest, startTiming } from './requests.js'

/** What one input did. */
export interface Played {
  readonly name: string
  /** The largest size that was played, in bytes. */
  readonly bytes: number
  /** Ms of CPU of the slowest request, the least of all runs, at half that size and at that size. */
  readonly half: number
  readonly full: number
  /** What was thrown that is no refusal; '' if nothing. */
  readonly thrown: string
}

/** Ms of CPU beyond which a larger size is not tried. */
const ENOUGH = 1000
/** Ms of CPU beyond which an input is played again: the machine may have been busy. */
const SLOW = 200
/** The first size of an input, of those that double. */
const FIRST = 16_000

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    most: { type: 'string', default: String(MOST_BODY) },
    runs: { type: 'string', default: '2' },
  },
})

let cluster = new SimCluster()

/**
 * Plays an input at one size. Returns the ms of CPU of its slowest request in the fastest run, and what was
 * thrown.
 */
function measure(
  play: HostileInput['play'],
  bytes: number,
): { readonly ms: number; readonly thrown: string } {
  let best = Infinity
  for (let run = 0; run < Number(values.runs); run++) {
    startTiming()
    try {
      play(cluster, bytes)
    } catch (error) {
      return { ms: 0, thrown: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    best = Math.min(best, slowestRequest())
    if (best < SLOW) break
  }
  return { ms: best, thrown: '' }
}

/** Doubles the size of an input until it is slow, fails, or is as large as it can be. */
function grow({ name, play, most = MOST_BODY }: HostileInput): Played {
  const largest = Math.min(most, Number(values.most))
  let bytes = Math.min(largest, FIRST)
  let half = 0
  let { ms, thrown } = measure(play, bytes)
  for (; bytes < largest && ms < ENOUGH && thrown === ''; { ms, thrown } = measure(play, bytes)) {
    half = ms
    bytes = Math.min(largest, bytes * 2)
  }
  return { name, bytes, half, full: ms, thrown: thrown.slice(0, 700) }
}

for (const [index, input] of hostileInputs.entries()) {
  if (index < Number(values.from) || !input.name.includes(values.only)) continue
  console.log(JSON.stringify({ begins: index, name: input.name }))
  const played = grow(input)
  console.log(JSON.stringify(played))
  if (played.thrown !== '') cluster = new SimCluster()
}
