import type { Ready } from './ready-queue.js'
import type { Timer } from './timers.js'
import type { HandlerOptions, QuietCalls, QuietForm } from './topic.js'

/** What {@link QuietTime} remembers of one topic. */
interface Known {
  readonly quiet: QuietForm | undefined
  readonly passive: boolean
  /** The era of the last step that did no more than set its next timer. */
  idleIn: number
}

/**
 * Knows the periodic handlers that find nothing to do, so that their calls can be made in a {@link
 * QuietSpell}: without the reads, requests and wake-ups that would lead to the same result again.
 *
 * Time is divided into eras. An era ends with everything that is not known to be routine: a write (except a
 * heartbeat), a step of a topic without a quiet form, a look at state from outside. If a handler did nothing
 * in a step of this era but set its next timer, then it will do nothing in the next one, unless a limit in
 * time that only it knows has passed; so it is asked as well.
 */
export class QuietTime {
  readonly #topics = new Map<string, Map<string, Known>>()
  readonly #writers: { readonly owner: string; readonly write: (deliver: () => void) => void }[] = []
  #era = 0
  #disturbed = false
  /** Whether a function or server of the user decides about requests: each call from outside ends an era. */
  asksOutside = false

  /** Number of the present era. */
  get era(): number {
    return this.#era
  }

  register(owner: string, topic: string, { quiet, passive = false }: HandlerOptions): void {
    let byTopic = this.#topics.get(owner)
    if (!byTopic) this.#topics.set(owner, (byTopic = new Map<string, Known>()))
    byTopic.set(topic, { quiet, passive, idleIn: -1 })
  }

  /** Forgets the topics and writers of a stopped module. */
  forget(owner: string): void {
    this.#topics.delete(owner)
    for (let at = this.#writers.length - 1; at >= 0; at--)
      if (this.#writers[at]?.owner === owner) this.#writers.splice(at, 1)
  }

  /**
   * Calls `write` at the end of each spell, to write what the handlers have put off. It calls `deliver` after
   * the writes of each instant, which runs the steps that they have woken.
   */
  onWrite(owner: string, write: (deliver: () => void) => void): void {
    this.#writers.push({ owner, write })
  }

  /** Ends the era when all that is ready has run. */
  disturb(): void {
    this.#disturbed = true
  }

  /** Begins a new era if something has disturbed the last one. Called when nothing is ready. */
  rest(): void {
    if (!this.#disturbed) return
    this.#era++
    this.#disturbed = false
  }

  /** Whether a step that heartbeats have woken changes nothing but an informer's view. */
  allows({ owner, topic }: Ready): boolean {
    return this.#topics.get(owner)?.get(topic)?.passive === true
  }

  /**
   * Notes a step that will run. Returns whether it may be routine: it is periodic, or a write has woken an
   * informer.
   */
  begin({ owner, topic, timed }: Ready): boolean {
    const known = this.#topics.get(owner)?.get(topic)
    const mayBeRoutine = known?.quiet !== undefined || (known?.passive === true && timed !== true)
    if (!mayBeRoutine) this.#disturbed = true
    return mayBeRoutine
  }

  /** Notes that a step has set one timer and nothing else. */
  idled({ owner, topic }: Ready): void {
    const known = this.#topics.get(owner)?.get(topic)
    if (known?.quiet !== undefined) known.idleIn = this.#era
  }

  /** Whether the handler of this timer did nothing the last time, and nothing has happened since. */
  isIdle({ owner, topic }: Timer): boolean {
    return this.#topics.get(owner)?.get(topic)?.idleIn === this.#era
  }

  /** Returns the calls of this timer's handler in a spell, if it can join. */
  join(timer: Timer): QuietCalls | undefined {
    if (!this.isIdle(timer)) return undefined
    return this.#topics.get(timer.owner)?.get(timer.topic)?.quiet?.join()
  }

  /** Writes what the handlers have put off in a spell. */
  write(deliver: () => void): void {
    for (const { write } of this.#writers) write(deliver)
  }
}
