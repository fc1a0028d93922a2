import type { SimCluster } from '../cluster/sim-cluster.js'
import { clearInterval, setImmediate, setInterval } from './real-timers.js'

/**
 * How a served cluster's time moves: by its users only, by real time at a speed, or as the clock of this
 * machine, for clients that compare timestamps of the server with it. A cluster that is behind that clock is
 * brought up to it, and one that is ahead stands still until then. With `from: 'clock'` this holds when
 * serving begins; what its users add by `advance` later stays.
 */
export type ServeTime = 'virtual' | 'clock' | { readonly speed: number; readonly from?: 'clock' }

/** Real ms for which virtual time moves at once. */
const PIECE_MS = 50
/** Virtual time after which work that never ends is given up, as by `settle()`. */
const MOST_SETTLE = '24h'

/** Ms of real time between two updates of the cluster. */
const TICK_MS = 10

/**
 * Moves a served cluster's time. With a speed or the clock, real time drives it: a request sees the cluster
 * as of its arrival, and between requests the cluster is brought up to date every 10 ms. Virtual time stands
 * still, except for {@link advance} and while a client waits (an open watch or stream, or a client that has
 * read an object with a deletion timestamp): then everything in flight completes at once, as with `settle()`.
 */
export class TimeDriver {
  readonly #cluster: SimCluster
  readonly #time: ServeTime
  readonly #onError: (error: unknown) => void
  readonly #afterMove: () => void
  readonly #during: (move: () => void) => void
  #timer: ReturnType<typeof setInterval> | undefined
  #last: number = performance.now()
  /** Virtual ms by which the cluster is behind (ahead, if negative), besides those since `#last`. */
  #left = 0
  #waiting = 0
  #isDue = false
  #stopped = false

  constructor(
    cluster: SimCluster,
    time: ServeTime,
    hooks: {
      readonly onError: (error: unknown) => void
      readonly afterMove: () => void
      /** Runs each move of time. Default: as it is. */
      readonly during?: (move: () => void) => void
    },
  ) {
    this.#cluster = cluster
    this.#time = time
    if (typeof time === 'object' && time.from === 'clock') this.#left = Date.now() - cluster.now()
    this.#onError = hooks.onError
    this.#afterMove = hooks.afterMove
    this.#during = hooks.during ?? ((move) => move())
    this.#timer = setInterval(() => this.catchUp(), TICK_MS)
  }

  /** To be called before a request: brings the cluster up to the present, if real time drives it. */
  catchUp(): void {
    if (this.#stopped) return
    const passed = this.#passed()
    if (passed > 0) this.#run(() => this.#advance(passed))
    this.#run(this.#afterMove)
  }

  /**
   * Moves time by what has passed, tick by tick. What takes too long is left for later, between requests:
   * a cluster that is slower than its time would be busy for ever longer.
   */
  #advance(passed: number): void {
    const end = performance.now() + PIECE_MS
    const tick = TICK_MS * (typeof this.#time === 'object' ? Math.max(1, this.#time.speed) : 1)
    let left = passed
    do {
      const step = Math.min(left, Math.ceil(tick))
      this.#cluster.advance(step)
      left -= step
    } while (left > 0 && performance.now() < end)
    if (typeof this.#time === 'object') this.#left += left
  }

  /** Returns the whole virtual ms by which the cluster is behind. */
  #passed(): number {
    if (this.#time === 'virtual') return 0
    if (this.#time === 'clock') return Date.now() - this.#cluster.now()
    const now = performance.now()
    const elapsed = (now - this.#last) * this.#time.speed + this.#left
    this.#last = now
    const whole = Math.max(0, Math.floor(elapsed))
    this.#left = elapsed - whole
    return whole
  }

  /** To be called after a request: runs what the request has caused, once the response has been written. */
  afterRequest(): void {
    if (this.#isDue || this.#stopped) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      if (this.#stopped) return
      const settles = this.#time === 'virtual' && this.#waiting > 0
      if (settles) this.#run(() => this.#settle())
      else this.#run(() => this.#cluster.advance(0))
    })
  }

  /** Completes what is in flight; the rest of what takes long in later turns, between requests of others. */
  #settle(): void {
    const end = performance.now() + PIECE_MS
    let isOver = false
    this.#cluster.until(
      ({ state }) => {
        isOver = performance.now() > end
        return isOver || state.atRest
      },
      { timeout: MOST_SETTLE },
    )
    if (isOver) this.afterRequest()
  }

  /** Registers a waiting client; returns a function to call when the client stops waiting. */
  wait(): () => void {
    this.#waiting++
    this.afterRequest()
    let isOver = false
    return () => {
      if (!isOver) this.#waiting--
      isOver = true
    }
  }

  /** Registers a client that polls for something to complete, which counts as waiting once. */
  poke(): void {
    const done = this.wait()
    setImmediate(done)
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Reports an error that has ended the stream of a client. */
  report(error: unknown): void {
    this.#onError(error)
  }

  #run(move: () => unknown): void {
    try {
      this.#during(move)
    } catch (error) {
      this.#onError(error)
    }
  }
}
