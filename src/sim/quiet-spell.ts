import type { VirtualClock } from './clock.js'
import { stepId } from './ready-queue.js'
import type { Timer, Timers } from './timers.js'
import { TimerWheel, WHEEL_SPAN } from './timer-wheel.js'
import type { QuietCalls } from './topic.js'

/** What a spell needs from the kernel. */
export interface QuietSpellDependencies {
  readonly timers: Timers
  readonly clock: VirtualClock
  /** Returns the calls of a timer's handler; undefined if it may find something to do. */
  readonly join: (timer: Timer) => QuietCalls | undefined
}

/** A periodic handler that takes part in a spell. */
interface Member {
  readonly timer: Timer
  readonly calls: QuietCalls
  /** Of its next call. */
  due: number
  seq: number
  /** Whether the next call waits in the wheel; else it waits as a timer, or is being made. */
  isNear: boolean
}

/** In place of an index. */
const NONE = -1

/** Shared by all spells: there is one at a time, and it is empty between them. */
const wheel = new TimerWheel()

/**
 * A time in which nothing happens but calls of periodic handlers that find nothing to do. Their timers are
 * numbers in a wheel as long as it lasts, so that a call costs a fraction of a step. Afterwards time, timers
 * and sequence numbers are as the steps would have left them.
 */
export class QuietSpell {
  readonly #ports: QuietSpellDependencies
  readonly #members: Member[] = []
  /** The members whose next call waits as a timer, by {@link stepId}. */
  readonly #far = new Map<string, number>()
  /** The members whose calls are due. */
  #due: number[] = []

  constructor(ports: QuietSpellDependencies) {
    this.#ports = ports
  }

  /** Makes the calls up to `limit` (virtual ms), or up to the first instant with another timer. */
  run(limit: number): void {
    const { timers, clock } = this.#ports
    const collect = (index: number): void => void this.#due.push(index)
    try {
      for (;;) {
        const far = timers.peek()?.due ?? Infinity
        const now = Math.min(far, wheel.nextDue(clock.now()))
        if (now > limit) return
        this.#due = []
        wheel.take(now, collect)
        if (!this.#accept(this.#due, now) || (far === now && !this.#takeTimers(now))) {
          for (const index of this.#due) wheel.add(index, now)
          return
        }
        clock.advanceTo(now)
        for (const index of this.#due) this.#call(index, now)
      }
    } finally {
      this.#end()
    }
  }

  #member(index: number): Member {
    return this.#members[index] as Member
  }

  #accept(members: readonly number[], now: number): boolean {
    for (const index of members) if (this.#member(index).calls.accepts?.(now) === false) return false
    return true
  }

  #call(index: number, now: number): void {
    const member = this.#member(index)
    const { timers } = this.#ports
    member.due = member.calls.call(now)
    member.seq = timers.takeSeq()
    member.isNear = member.due - now < WHEEL_SPAN
    if (member.isNear) return wheel.add(index, member.due)
    timers.restore({ ...member.timer, due: member.due, seq: member.seq })
    this.#far.set(stepId(member.timer), index)
  }

  /** Takes the timers that are due, if the handlers of all can join. */
  #takeTimers(now: number): boolean {
    const { timers } = this.#ports
    const due: Timer[] = []
    for (let next = timers.popDue(now); next; next = timers.popDue(now)) due.push(next)
    const members = due.map((timer) => this.#far.get(stepId(timer)) ?? this.#join(timer))
    if (members.includes(NONE) || !this.#accept(members, now)) {
      for (const timer of due) timers.restore(timer)
      return false
    }
    this.#due = [...this.#due, ...members].sort((a, b) => this.#member(a).seq - this.#member(b).seq)
    return true
  }

  /** Returns the index of a new member; {@link NONE} if the handler cannot join. */
  #join(timer: Timer): number {
    const calls = this.#ports.join(timer)
    if (calls === undefined) return NONE
    return this.#members.push({ timer, calls, due: timer.due, seq: timer.seq, isNear: false }) - 1
  }

  #end(): void {
    const { timers } = this.#ports
    const ignore = (): void => undefined
    for (const { timer, due, seq, isNear } of this.#members) {
      if (!isNear) continue
      wheel.take(due, ignore)
      timers.restore({ ...timer, due, seq })
    }
    for (const { calls } of this.#members) calls.leave?.()
  }
}
