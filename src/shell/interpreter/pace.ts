import { SLICE as SLICE_BYTES } from '../programs/slices.js'
import type { ProcessHost } from './shell-call.js'
import type { ShellProcess } from './state.js'

/** Most operations in one step; an endless loop continues a little later. */
const MOST_OPERATIONS = 8_000
/** Steps of programs and expansions after which a process continues later, too. */
const ENOUGH_STEPS = 80_000
/** Number of steps after which a process that never waits gets only a part of that, and the part. */
const PATIENCE = 12
const LATER = 0.1
/**
 * Virtual ms after which a process that has used up its budget continues. It doubles each time, so that an
 * endless loop is cheap.
 */
const SLICE = 10
const LONGEST_SLICE = 60_000
/** Programs that a process starts at one instant. Then each has taken a virtual ms. */
const MOST_STARTS = 50
const START_MS = 1
/** Rounds of so many programs after which a process that never waits counts as an endless loop. */
const MOST_ROUNDS = 200
/** Bytes that a process writes to its client before others run. */
const MOST_WRITTEN = 4 * 1024 * 1024
/**
 * MiB that a process may copy as fast as it can, and virtual ms until it may copy one more: a loop that
 * copies for ever is cheap, too. So is one that sleeps for a millisecond, as waking up costs a part of that.
 */
const MOST_COPIED = 2_048
const COPY_AGAIN_MS = 2_000
const COST_OF_WAKE = 1 / 20

/**
 * When a process goes on: it stops for others once it has done enough at one instant, and waits the longer,
 * the longer it has not waited by itself. What it remembers is in the process' state.
 */
export class ProcessPace {
  readonly #process: ShellProcess
  readonly #host: ProcessHost
  readonly #share: number
  #operations = 0
  #starts = 0

  constructor(process: ShellProcess, host: ProcessHost) {
    this.#process = process
    this.#host = host
    this.#share = (process.busy ?? 0) < PATIENCE ? 1 : LATER
  }

  /** Counts an operation of the step. */
  noteOperation(): void {
    this.#operations++
  }

  /** Counts a program that the step has started. */
  noteStart(): void {
    this.#starts++
  }

  /** Whether the step ends here, given the steps of its budget and the bytes that its client has to read. */
  isOver(steps: number, written: number): boolean {
    return (
      this.#operations >= MOST_OPERATIONS * this.#share ||
      steps > ENOUGH_STEPS * this.#share ||
      this.#isFull(written)
    )
  }

  /** Whether it has started, or written, as much as it may at one instant. */
  #isFull(written: number): boolean {
    if (this.#host.isUninterrupted === true) return false
    return this.#starts >= MOST_STARTS || written >= MOST_WRITTEN
  }

  /** Returns when the process goes on (virtual ms); undefined if only input can let it. */
  next(steps: number, written: number): number | undefined {
    const process = this.#process
    const { now } = this.#host.world
    if (written >= MOST_WRITTEN) return this.#mayCopyAt(written / SLICE_BYTES)
    if (this.#starts >= MOST_STARTS) {
      process.rounds = (process.rounds ?? 0) + 1
      const wait = MOST_STARTS * START_MS * 2 ** Math.max(0, process.rounds - MOST_ROUNDS)
      return now + Math.min(wait, LONGEST_SLICE)
    }
    if (this.isOver(steps, written)) {
      process.busy = (process.busy ?? 0) + 1
      return now + Math.min(SLICE * 2 ** process.busy, LONGEST_SLICE)
    }
    delete process.busy
    delete process.rounds
    return this.#wakesAt()
  }

  /** Returns when a pause of its threads, or the time of a `timeout`, is over; a copy goes on when it may. */
  #wakesAt(): number | undefined {
    const { threads } = this.#process
    const next = Math.min(
      ...threads.flatMap(({ frames }) => [
        frames.at(-1)?.paused?.until ?? Infinity,
        ...frames.map(({ deadline = Infinity }) => deadline),
      ]),
    )
    const copying = threads.filter(({ frames }) => frames.at(-1)?.paused?.busy).length
    if (copying > 0) return Math.max(next, this.#mayCopyAt(copying))
    const isShort = next - this.#host.world.now < COST_OF_WAKE * COPY_AGAIN_MS
    if (isShort) return Math.max(next, this.#mayCopyAt(COST_OF_WAKE))
    return next === Infinity ? undefined : next
  }

  /** Charges the process for so many MiB that it has copied. Returns when it may copy more. */
  #mayCopyAt(size: number): number {
    const { now } = this.#host.world
    const { left = 0, at = now } = this.#process.copied ?? {}
    const copied = Math.max(0, left - (now - at) / COPY_AGAIN_MS) + size
    this.#process.copied = { left: copied, at: now }
    return now + Math.ceil(Math.max(size, (copied - MOST_COPIED) * COPY_AGAIN_MS))
  }
}
