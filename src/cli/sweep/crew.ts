import { dirname, extname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type SeedRange, rangeText } from './ranges.js'

/** Ms that a block should take: after each one, the sweep can be stopped and its report saved. */
const BLOCK_MS = 200

/** Plays blocks of numbers: seeds, or scenarios. */
interface Hand<T> {
  play(range: SeedRange): Promise<T>
  close(): void
}

/** What a crew is told. */
export interface Orders<T> {
  /** Plays a block in this thread: what one job does. */
  readonly play: (range: SeedRange) => Promise<T>
  /** The program of each thread, beside {@link main}, and its `workerData`. It plays one block a message. */
  readonly thread: { readonly program: string; readonly data: unknown }
  /** How many threads play; with one, it is this thread. */
  readonly jobs: number
  /** The program, beside which the threads' is. */
  readonly main: string
  /** Gets the outcome of each block, in no certain order. */
  readonly onOutcome: (outcome: T) => void
  readonly isStopped: () => boolean
}

/** Plays all blocks, or fewer when it is stopped. */
export async function playAll<T>(ranges: readonly SeedRange[], orders: Orders<T>): Promise<void> {
  const here: Hand<T> = { play: orders.play, close: () => undefined }
  const hands = orders.jobs === 1 ? [here] : Array.from({ length: orders.jobs }, () => threadFor(orders))
  const blocks = new Blocks(ranges)
  try {
    await Promise.all(hands.map((hand) => keepPlaying(hand, blocks, orders)))
  } finally {
    for (const hand of hands) hand.close()
  }
}

async function keepPlaying<T>(
  hand: Hand<T>,
  blocks: Blocks,
  { onOutcome, isStopped }: Orders<T>,
): Promise<void> {
  for (let size = 1; ;) {
    // signals and other threads come between two blocks
    await setImmediate()
    const range = isStopped() ? undefined : blocks.next(size)
    if (range === undefined) return
    const start = performance.now()
    onOutcome(await hand.play(range))
    size = performance.now() - start < BLOCK_MS ? size * 2 : Math.max(1, Math.floor(size / 2))
  }
}

/** Hands out numbers in blocks. */
class Blocks {
  readonly #left: SeedRange[]

  constructor(ranges: readonly SeedRange[]) {
    this.#left = [...ranges]
  }

  next(size: number): SeedRange | undefined {
    const first = this.#left.shift()
    if (first === undefined) return undefined
    const to = Math.min(first.to, first.from + size - 1)
    if (to < first.to) this.#left.unshift({ from: to + 1, to: first.to })
    return { from: first.from, to }
  }
}

/** Starts a thread that plays one block at a time. */
function threadFor<T>({ main, thread }: Orders<T>): Hand<T> {
  const path = join(dirname(main), `${thread.program}${extname(main)}`)
  const worker = new Worker(path, { workerData: thread.data })
  return {
    play: (range) =>
      new Promise((resolve, reject) => {
        const ended = (error: unknown): void =>
          reject(error instanceof Error ? error : new Error(`a thread ended in ${rangeText(range)}`))
        worker.once('error', ended).once('exit', ended)
        worker.once('message', (outcome: T) => {
          worker.off('error', ended).off('exit', ended)
          resolve(outcome)
        })
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(range)
      }),
    close: () => void worker.terminate(),
  }
}
