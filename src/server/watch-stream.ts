import type { Writable } from 'node:stream'
import { joinBytes } from '../lang/bytes/join-bytes.js'
import type { HttpWatch } from '../client/http.js'
import { setImmediate } from './real-timers.js'
import { GONE } from './stale-server.js'
import { Responses, type OutsideCalls, Suspended } from './webhooks/outside-calls.js'

/**
 * Duration of a watch without `timeoutSeconds`, in ms. Upstream: 30 minutes, plus a random time of up to as
 * much.
 */
const DEFAULT_MS = 45 * 60_000

/**
 * Characters after which nothing is added to a write: what a client does not read is kept as objects that all
 * watches share, and not as the text of each.
 */
const MOST_TEXT = 16 * 1024

/**
 * Sends one watch to its client: pulls lines when something has happened and the socket accepts more. Ends
 * with the client, after its timeout (in virtual or real time, whichever passes first) or with the server.
 */
export class HttpWatchStream {
  readonly #watch: HttpWatch
  readonly #response: Writable
  readonly #onEnd: (stream: HttpWatchStream) => void
  readonly #onError: (error: unknown) => void
  readonly #calls: OutsideCalls
  readonly #deadline: number
  readonly #realDeadline: number
  #isHeld: boolean
  #lastSent = 0
  #isDue = false
  #isBlocked = false
  #ended = false

  /** `onEnd` can be called within the constructor, for a watch that ends with its first lines. */
  constructor(
    watch: HttpWatch,
    response: Writable,
    options: {
      readonly now: number
      readonly calls: OutsideCalls
      readonly onEnd: (stream: HttpWatchStream) => void
      /** Receives an error that has ended the watch. */
      readonly onError: (error: unknown) => void
      /** Whether to deliver nothing until {@link release}. Default false. */
      readonly held?: boolean
    },
  ) {
    this.#calls = options.calls
    this.#isHeld = options.held ?? false
    this.#watch = watch
    this.#response = response
    this.#onEnd = options.onEnd
    this.#onError = options.onError
    const timeout =
      watch.timeoutSeconds === undefined || watch.timeoutSeconds <= 0
        ? DEFAULT_MS
        : watch.timeoutSeconds * 1000
    this.#deadline = options.now + timeout
    this.#realDeadline = performance.now() + timeout
    response.once('close', () => this.end())
    response.on('error', () => this.end())
    response.on('drain', () => {
      this.#isBlocked = false
      this.#schedule()
    })
    watch.onReady(() => this.#schedule())
    this.#flush()
  }

  /** Ends the watch if its timeout has passed at virtual time `now`. */
  expire(now: number): void {
    if (now < this.#deadline && performance.now() < this.#realDeadline) return
    this.#flush()
    this.end()
  }

  /** Real ms at which something was sent last; 0 if nothing was. */
  get lastSent(): number {
    return this.#lastSent
  }

  /** Delivers nothing from now on. */
  hold(): void {
    this.#isHeld = true
  }

  /** Delivers what has happened, and goes on. */
  release(): void {
    this.#isHeld = false
    this.#schedule()
  }

  /** Ends the watch with 410 Gone, without what has happened. */
  cut(): void {
    if (this.#ended) return
    this.#response.write(this.#encoded(GONE))
    this.end()
  }

  /** Whether the watch has ended. */
  get ended(): boolean {
    return this.#ended
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#watch.stop()
    if (!this.#response.writableEnded && !this.#response.destroyed) this.#response.end()
    this.#onEnd(this)
  }

  /**
   * Writes after the current step is complete: a write to the store notifies watches in the middle of the
   * step.
   */
  #schedule(): void {
    if (this.#isDue || this.#ended) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#flush()
    })
  }

  /** Returns the next line (more from a watch without limits); none while a webhook converts it. */
  #next(): readonly string[] {
    try {
      return this.#calls.run(new Responses(), () => this.#watch.next(1))
    } catch (error) {
      if (error instanceof Suspended)
        error.responded.then(
          () => this.#schedule(),
          (fault: unknown) => this.#fail(fault),
        )
      else this.#fail(error)
      return []
    }
  }

  #encoded(...lines: readonly string[]): string | Uint8Array {
    const { encode } = this.#watch
    return encode === undefined ? `${lines.join('\n')}\n` : joinBytes(lines.map(encode))
  }

  #fail(error: unknown): void {
    this.end()
    this.#onError(error)
  }

  /** Writes until nothing is left, or the client has not read what has been written. */
  #flush(): void {
    while (!this.#ended && !this.#isBlocked && !this.#isHeld) {
      const due: string[] = []
      let [size, isOver] = [0, false]
      while (size < MOST_TEXT && !isOver) {
        const lines = this.#next()
        if (lines.length === 0) break
        for (const line of lines) {
          due.push(line)
          size += line.length
        }
        isOver = lines.at(-1)?.startsWith('{"type":"ERROR"') === true
      }
      if (due.length === 0) return
      this.#lastSent = performance.now()
      if (!this.#response.write(this.#encoded(...due))) this.#isBlocked = true
      if (isOver) this.end()
    }
  }
}
