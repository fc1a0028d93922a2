import type { Chunk, ContainerStream, SessionEnd } from '../../client/node-agent.js'
import { setImmediate, setTimeout } from '../real-timers.js'

/** Unsent bytes above which a session is not read, and ms until the next look. */
const MOST_UNSENT = 1024 * 1024
const PAUSE_MS = 5

/** The functions that a {@link SessionReader} calls. */
export interface ReaderHooks {
  /** Returns whether to continue; after false no chunk is passed until `resume()`. */
  readonly onChunk: (chunk: Chunk) => boolean
  readonly onEnd: (end: SessionEnd) => void
  /** Called instead of `onEnd` when reading has failed; the session is stopped. */
  readonly onError: (error: unknown) => void
}

/**
 * Reads a session while it runs: after each kernel step that wrote something, and no faster than its hooks
 * accept chunks.
 */
export class SessionReader {
  readonly #session: ContainerStream
  readonly #hooks: ReaderHooks
  readonly #waiting: Chunk[] = []
  #isBlocked = false
  #isDue = false
  #isOver = false

  constructor(session: ContainerStream, hooks: ReaderHooks) {
    this.#session = session
    this.#hooks = hooks
    session.onReady(() => this.#schedule())
    this.#schedule()
  }

  /** Returns whether to continue; if too much is unsent, reading resumes a little later. */
  mayContinue(unsent: number): boolean {
    if (unsent < MOST_UNSENT) return true
    setTimeout(() => this.resume(), PAUSE_MS)
    return false
  }

  resume(): void {
    this.#isBlocked = false
    this.#schedule()
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#session.stop()
    } catch (error) {
      this.#hooks.onError(error)
    }
  }

  #schedule(): void {
    if (this.#isDue || this.#isOver) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#guard(() => this.#pump())
    })
  }

  /** Passes what the client has sent to the session; an error ends both, and nothing else. */
  receive(write: (session: ContainerStream) => void): void {
    this.#guard(() => write(this.#session))
  }

  #guard(work: () => void): void {
    if (this.#isOver) return
    try {
      work()
    } catch (error) {
      this.stop()
      this.#hooks.onError(error)
    }
  }

  #pump(): void {
    // what is not read keeps the process from writing more
    if (!this.#isBlocked) for (const chunk of this.#session.read()) this.#waiting.push(chunk)
    let sent = 0
    while (sent < this.#waiting.length && !this.#isBlocked)
      this.#isBlocked = !this.#hooks.onChunk(this.#waiting[sent++] as Chunk)
    this.#waiting.splice(0, sent)
    const { end } = this.#session
    if (this.#waiting.length > 0 || end === undefined) return
    this.#isOver = true
    this.#hooks.onEnd(end)
  }
}
