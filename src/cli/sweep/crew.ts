import { dirname, extname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type Range, rangeText } from './ranges.js'
import { type CaseSource, loadCase, runSeeds, type Tally } from './run-seeds.js'

/** Ms that a block of seeds should take: after each one, the sweep can be stopped and its report saved. */
const BLOCK_MS = 200

/** Plays blocks of seeds. */
interface Hand {
  play(range: Range): Promise<Tally>
  close(): void
}

/** What a crew is told. */
export interface Orders {
  readonly source: CaseSource
  /** How many threads play seeds; with one, it is this thread. */
  readonly jobs: number
  /** The program, beside which the worker's is. */
  readonly main: string
  /** Gets the outcome of each block, in no certain order. */
  readonly onTally: (tally: Tally) => void
  readonly isStopped: () => boolean
}

/** Plays all seeds, or fewer when it is stopped. @throws UsageError if there is no case to play */
export async function playAll(ranges: readonly Range[], orders: Orders): Promise<void> {
  const play = await loadCase(orders.source)
  const here: Hand = { play: (range) => runSeeds(play, range), close: () => undefined }
  const hands = orders.jobs === 1 ? [here] : Array.from({ length: orders.jobs }, () => threadFor(orders))
  const blocks = new Blocks(ranges)
  try {
    await Promise.all(hands.map((hand) => keepPlaying(hand, blocks, orders)))
  } finally {
    for (const hand of hands) hand.close()
  }
}

async function keepPlaying(hand: Hand, blocks: Blocks, { onTally, isStopped }: Orders): Promise<void> {
  for (let size = 1; ;) {
    // signals and other threads come between two blocks
    await setImmediate()
    const range = isStopped() ? undefined : blocks.next(size)
    if (range === undefined) return
    const start = performance.now()
    onTally(await hand.play(range))
    size = performance.now() - start < BLOCK_MS ? size * 2 : Math.max(1, Math.floor(size / 2))
  }
}

/** Hands out seeds in blocks. */
class Blocks {
  readonly #left: Range[]

  constructor(ranges: readonly Range[]) {
    this.#left = [...ranges]
  }

  next(size: number): Range | undefined {
    const first = this.#left.shift()
    if (first === undefined) return undefined
    const to = Math.min(first.to, first.from + size - 1)
    if (to < first.to) this.#left.unshift({ from: to + 1, to: first.to })
    return { from: first.from, to }
  }
}

/** Starts a thread that plays one block at a time. */
function threadFor({ main, source }: Orders): Hand {
  const worker = new Worker(join(dirname(main), 'sweep', `worker${extname(main)}`), { workerData: source })
  return {
    play: (range) =>
      new Promise((resolve, reject) => {
        const ended = (error: unknown): void =>
          reject(error instanceof Error ? error : new Error(`a thread ended in seeds ${rangeText(range)}`))
        worker.once('error', ended).once('exit', ended)
        worker.once('message', (tally: Tally) => {
          worker.off('error', ended).off('exit', ended)
          resolve(tally)
        })
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(range)
      }),
    close: () => void worker.terminate(),
  }
}
