import type { Ready } from '../ready-queue.js'
import type { Timer } from '../timers.js'
import type { HandlerOptions, QuietCalls, QuietForm, StepRole } from '../modules/topic.js'

/** A handler that found nothing to do. */
interface Idle {
  /** The era of its last step that did no more than set its next timer. */
  readonly era: number
  readonly heeds: NonNullable<QuietForm['heeds']>
  readonly subjects: readonly string[]
}

/** What a {@link QuietTime} knows, for copies of the simulation. It does not change any more. */
export interface QuietMemory {
  readonly eras: Eras
  readonly idle: ReadonlyMap<string, Idle>
  readonly subjects: ReadonlyMap<string, string>
  /** What the modules keep, see {@link QuietTime.keep}. */
  readonly kept: ReadonlyMap<string, unknown>
}

/** The numbers of eras. */
interface Eras {
  /** The present one. */
  readonly present: number
  /** The one since which nothing has happened that may concern everything. */
  readonly calmSince: number
  /** The same for what has happened to one subject only. */
  readonly bySubject: ReadonlyMap<string, number>
  /** What ends the present one. */
  readonly disturbed: Disturbed
}

/** What something has happened to: to what may be everything, or to some subjects. */
interface Disturbed {
  all: boolean
  readonly subjects: Set<string>
}

const copyOf = ({ all, subjects }: Disturbed): Disturbed => ({ all, subjects: new Set(subjects) })

function note(disturbed: Disturbed, subject: string | undefined): void {
  if (subject === undefined) disturbed.all = true
  else disturbed.subjects.add(subject)
}

const NO_SUBJECTS: readonly string[] = []

/** Returns the ID of a handler; with a key if each key of the topic is one, see `QuietForm.byKey`. */
const idOf = (owner: string, topic: string, key?: string): string =>
  key === undefined ? `${owner} ${topic}` : `${owner} ${topic} ${key}`

/**
 * Knows the periodic handlers that find nothing to do, so that their calls can be made in a {@link
 * QuietSpell}: without the reads, requests and wake-ups that would lead to the same result again.
 *
 * Time is divided into eras. An era ends with everything that is not known to be routine: a write (except a
 * heartbeat), a step of a topic without a quiet form, a look at state from outside. If a handler did nothing
 * in a step of this era but set its next timer, then it will do nothing in the next one, unless a limit in
 * time that only it knows has passed; so it is asked as well.
 *
 * Some handlers outlast the end of an era: much of what happens concerns only one subject, as the pods of a
 * node do, and a handler may say that it heeds no other subject, or none at all, see `QuietForm.heeds`.
 */
export class QuietTime {
  readonly #forms = new Map<string, Map<string, HandlerOptions>>()
  readonly #writers: { readonly owner: string; readonly write: (deliver: () => void) => void }[] = []
  /** By the module. */
  #subjects = new Map<string, string>()
  #era = 0
  #calmSince = 0
  #bySubject = new Map<string, number>()
  #idle = new Map<string, Idle>()
  /** Whether a copy has these maps, too. */
  #isShared = false
  readonly #disturbed: Disturbed
  readonly #kept: ReadonlyMap<string, unknown>
  readonly #keepers = new Map<string, () => unknown>()
  /** Whether a function or server of the user decides about requests: each call from outside ends an era. */
  asksOutside = false

  /** `memory` is that of the original, if this is a copy in which its quiet time goes on. */
  constructor(memory?: QuietMemory) {
    this.#kept = memory?.kept ?? new Map()
    this.#disturbed = copyOf(memory?.eras.disturbed ?? { all: false, subjects: new Set() })
    if (memory === undefined) return
    const { present, calmSince, bySubject } = memory.eras
    this.#era = present
    this.#calmSince = calmSince
    this.#bySubject = bySubject as Map<string, number>
    this.#idle = memory.idle as Map<string, Idle>
    this.#subjects = memory.subjects as Map<string, string>
    this.#isShared = true
  }

  /** Number of the present era. */
  get era(): number {
    return this.#era
  }

  /** Returns the era since which nothing has happened to a subject. */
  calmSince(subject: string): number {
    return Math.max(this.#calmSince, this.#bySubject.get(subject) ?? 0)
  }

  /** Sets the subject that the steps of a module concern. Default: all. */
  setSubject(owner: string, subject: string | undefined): void {
    if (this.#subjects.get(owner) === subject) return
    this.#makeOwn()
    if (subject === undefined) this.#subjects.delete(owner)
    else this.#subjects.set(owner, subject)
  }

  register(owner: string, topic: string, options: HandlerOptions): void {
    let byTopic = this.#forms.get(owner)
    if (!byTopic) this.#forms.set(owner, (byTopic = new Map<string, HandlerOptions>()))
    byTopic.set(topic, options)
  }

  /** Returns the role that the handler of a topic has declared, see `HandlerOptions.role`. */
  roleOf(owner: string, topic: string): StepRole | undefined {
    const { role, passive, quiet } = this.#forms.get(owner)?.get(topic) ?? {}
    if (role !== undefined) return role
    return passive === true ? 'informer' : quiet && 'routine'
  }

  /** Forgets the topics and writers of a stopped module. */
  forget(owner: string): void {
    this.disturbBy(owner)
    this.#forms.delete(owner)
    this.#makeOwn()
    for (const id of this.#idle.keys()) if (id.startsWith(idOf(owner, ''))) this.#idle.delete(id)
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

  /**
   * Lets copies in which the quiet time goes on have what `keep` returns. Returns what the original kept
   * under that name; undefined if this is no such copy.
   */
  keep(name: string, keep: () => unknown): unknown {
    this.#keepers.set(name, keep)
    return this.#kept.get(name)
  }

  /**
   * Returns what copies must know so that the quiet time goes on in them. The state of the `used` modules may
   * have changed from outside: that ends their quiet time in the copies.
   */
  share(used: readonly string[]): QuietMemory {
    this.#isShared = true
    const disturbed = copyOf(this.#disturbed)
    for (const owner of used) note(disturbed, this.#subjects.get(owner))
    if (this.asksOutside) disturbed.all = true
    const eras: Eras = {
      present: this.#era,
      calmSince: this.#calmSince,
      bySubject: this.#bySubject,
      disturbed,
    }
    const kept = new Map<string, unknown>()
    for (const [name, keep] of this.#keepers) kept.set(name, keep())
    return { eras, idle: this.#idle, subjects: this.#subjects, kept }
  }

  /**
   * Ends the era when all that is ready has run: something has happened to a subject, or that may concern
   * everything.
   */
  disturb(subject?: string): void {
    note(this.#disturbed, subject)
  }

  /** Ends the era because of something that a module did, or that was done to its state. */
  disturbBy(owner: string): void {
    this.disturb(this.#subjects.get(owner))
  }

  /** Begins a new era if something has disturbed the last one. Called when nothing is ready. */
  rest(): void {
    const { all, subjects } = this.#disturbed
    if (!all && subjects.size === 0) return
    this.#era++
    if (all) this.#calmSince = this.#era
    if (subjects.size > 0) this.#makeOwn()
    for (const subject of subjects) this.#bySubject.set(subject, this.#era)
    subjects.clear()
    this.#disturbed.all = false
  }

  /** Whether a step that heartbeats have woken changes nothing but an informer's view. */
  allows({ owner, topic }: Ready): boolean {
    return this.#forms.get(owner)?.get(topic)?.passive === true
  }

  /**
   * Notes a step that will run. Returns whether it may be routine: it is periodic, or a write has woken an
   * informer.
   */
  begin({ owner, topic, timed }: Ready): boolean {
    const form = this.#forms.get(owner)?.get(topic)
    const mayBeRoutine = form?.quiet !== undefined || (form?.passive === true && timed !== true)
    if (!mayBeRoutine) this.disturbBy(owner)
    return mayBeRoutine
  }

  /** Notes that a step has set one timer and nothing else. */
  idled({ owner, topic, key }: Ready): void {
    const quiet = this.#quietForm(owner, topic)
    if (quiet === undefined) return
    const id = idOf(owner, topic, quiet.byKey === true ? key : undefined)
    if (this.#idle.get(id)?.era === this.#era) return
    this.#makeOwn()
    const { heeds = 'all', subjects = NO_SUBJECTS } = quiet
    this.#idle.set(id, { era: this.#era, heeds, subjects })
  }

  /** Whether the handler of this timer did nothing the last time, and nothing has happened since. */
  isIdle({ owner, topic, key }: Timer): boolean {
    const isByKey = this.#quietForm(owner, topic)?.byKey === true
    const idle = this.#idle.get(idOf(owner, topic, isByKey ? key : undefined))
    if (idle === undefined) return false
    const { era, heeds, subjects } = idle
    if (heeds === 'none') return era >= this.#calmSince
    const subject = heeds === 'subject' ? this.#subjects.get(owner) : undefined
    if (subject === undefined) return era >= this.#era
    if (era < this.calmSince(subject)) return false
    for (const other of subjects) if (era < (this.#bySubject.get(other) ?? 0)) return false
    return true
  }

  /** Returns the calls of this timer's handler in a spell, if it can join. */
  join(timer: Timer): QuietCalls | undefined {
    if (!this.isIdle(timer)) return undefined
    return this.#quietForm(timer.owner, timer.topic)?.join()
  }

  /** Forgets what is known of a key whose timer is cancelled. */
  cancelled(owner: string, topic: string, key: string): void {
    if (this.#quietForm(owner, topic)?.byKey !== true) return
    this.#makeOwn()
    this.#idle.delete(idOf(owner, topic, key))
  }

  #quietForm(owner: string, topic: string): QuietForm | undefined {
    return this.#forms.get(owner)?.get(topic)?.quiet
  }

  /** Writes what the handlers have put off in a spell. */
  write(deliver: () => void): void {
    for (const { write } of this.#writers) write(deliver)
  }

  /** Copies the maps that copies have, too, before one is changed. */
  #makeOwn(): void {
    if (!this.#isShared) return
    this.#bySubject = new Map(this.#bySubject)
    this.#idle = new Map(this.#idle)
    this.#subjects = new Map(this.#subjects)
    this.#isShared = false
  }
}
