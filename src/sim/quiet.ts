import type { Ready } from './ready-queue.js'
import type { Timer } from './timers.js'
import type { HandlerOptions, QuietForm } from './topic.js'

/** What {@link QuietTime} remembers of one topic. */
interface Known {
  readonly quiet: QuietForm | undefined
  readonly passive: HandlerOptions['passive']
  /** The era of the last step that did no more than set its next timer. */
  idleIn: number
}

/**
 * Periodic handlers that find nothing to do, run in their quiet form: without the reads, requests and
 * wake-ups that would lead to the same result again.
 *
 * Time is divided into eras. An era ends with everything that is not known to be routine: a write (except a
 * heartbeat), a step of a topic without a quiet form, a call from outside. If a handler did
 * nothing in a step of this era but set its next timer, then it will do nothing in the next one, unless a
 * limit in time that only it knows has passed; so the kernel asks {@link QuietForm.accepts}.
 */
export class QuietTime {
  readonly #topics = new Map<string, Map<string, Known>>()
  readonly #writers: { readonly owner: string; readonly write: (deliver: () => void) => void }[] = []
  #era = 0
  #disturbed = false
  #unwritten = false
  /** Steps that the present instant would wake, in their order. */
  #followers: Ready[] = []

  /** Number of the present era. */
  get era(): number {
    return this.#era
  }

  /** Whether results of quiet handlers still have to be written, see {@link QuietTime.onWrite}. */
  get unwritten(): boolean {
    return this.#unwritten
  }

  register(owner: string, topic: string, { quiet, passive }: HandlerOptions): void {
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
   * Calls `write` before anyone can look at what quiet handlers have put off. It calls `deliver` after the
   * writes of each instant, which runs the steps that they have woken.
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

  /** Whether a step that quiet writes have woken changes nothing but an informer's view. */
  allows({ owner, topic }: Ready): boolean {
    return this.#topics.get(owner)?.get(topic)?.passive !== undefined
  }

  /** Notes a step that will run. */
  begin({ owner, topic }: Ready): void {
    const known = this.#topics.get(owner)?.get(topic)
    if (known?.quiet === undefined && known?.passive === undefined) this.#disturbed = true
  }

  /** Notes that a step has set one timer and nothing else. */
  idled({ owner, topic }: Ready): void {
    const known = this.#topics.get(owner)?.get(topic)
    if (known?.quiet !== undefined) known.idleIn = this.#era
  }

  /** Whether all these timers, which are due now, can be handled quietly. Others end the era. */
  accepts(due: readonly Timer[]): boolean {
    if (this.#disturbed) return false
    for (const { owner, topic } of due) {
      const known = this.#topics.get(owner)?.get(topic)
      if (known?.quiet === undefined && known?.passive !== 'always') this.#disturbed = true
      if (known?.idleIn !== this.#era || known.quiet?.accepts() !== true) return false
    }
    return true
  }

  /** Runs the quiet form of a handler. */
  run({ owner, topic }: Timer): void {
    this.#unwritten = true
    this.#topics.get(owner)?.get(topic)?.quiet?.run()
  }

  /** Notes a step that the present write would wake. */
  follow(step: Ready): void {
    const { owner, topic, key } = step
    const known = this.#followers.some(
      (other) => other.key === key && other.topic === topic && other.owner === owner,
    )
    if (!known) this.#followers.push(step)
  }

  /** Returns the steps that this instant would have woken, and forgets them. */
  takeFollowers(): readonly Ready[] {
    const followers = this.#followers
    if (followers.length > 0) this.#followers = []
    return followers
  }

  /** Writes what quiet handlers have put off. */
  write(deliver: () => void): void {
    this.#unwritten = false
    for (const { write } of this.#writers) write(deliver)
  }
}
