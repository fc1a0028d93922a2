import type { VirtualClock } from '../clock.js'
import { stepId } from '../ready-queue.js'
import type { Timer, Timers } from '../timers.js'
import { TimerWheel, WHEEL_SPAN } from './timer-wheel.js'
import type { QuietCalls, QuietLeap } from '../modules/topic.js'

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
  /** The number of calls in the present leap, and the times of the last {@link KEPT} of them, in a ring. */
  count: number
  times: Float64Array | undefined
}

/** In place of an index. */
const NONE = -1

/** As many calls of a member are compared to find whose next one is first. A power of two. */
const KEPT = 16

/** The least virtual ms of leaps, before them, and between two plans. */
const SHORTEST_LEAP = 60_000

/** Shared by all spells: there is one at a time, and it is empty between them. */
const wheel = new TimerWheel()

/**
 * A time in which nothing happens but calls of periodic handlers that find nothing to do. Their timers are
 * numbers in a wheel as long as it lasts, so that a call costs a fraction of a step. Afterwards time, timers
 * and sequence numbers are as the steps would have left them.
 */
export class QuietSpell {
  readonly #dependencies: QuietSpellDependencies
  readonly #members: Member[] = []
  /** The members whose next call waits as a timer, by {@link stepId}. */
  readonly #far = new Map<string, number>()
  /** When the next timer is due, of a member or of anything else. */
  #farDue = Infinity
  /** The members whose calls are due. */
  #due: number[] = []
  /** Virtual ms at which leaps are planned next: not before all members can have joined. */
  #leapFrom: number
  #leapUntil = -Infinity

  constructor(dependencies: QuietSpellDependencies) {
    this.#dependencies = dependencies
    this.#leapFrom = dependencies.clock.now() + SHORTEST_LEAP
  }

  /** Makes the calls up to `limit` (virtual ms), or up to the first instant with another timer. */
  run(limit: number): void {
    const { clock } = this.#dependencies
    const collect = (index: number): void => void this.#due.push(index)
    this.#lookAtTimers()
    try {
      for (let last = clock.now(); ;) {
        const now = Math.min(this.#farDue, wheel.nextDue(last))
        if (now > limit) return
        this.#due = []
        wheel.take(now, collect)
        if (!this.#accept(this.#due, now) || (this.#farDue === now && !this.#takeTimers(now))) {
          for (const index of this.#due) wheel.add(index, now)
          return
        }
        clock.advanceTo(now)
        for (const index of this.#due) this.#call(index, now)
        if (now >= this.#leapFrom) this.#planLeap(now, limit)
        last = now < this.#leapUntil ? this.#leap() : now
      }
    } finally {
      this.#end()
    }
  }

  #lookAtTimers(): void {
    this.#farDue = this.#dependencies.timers.peek()?.due ?? Infinity
  }

  #member(index: number): Member {
    return this.#members[index] as Member
  }

  #accept(members: readonly number[], now: number): boolean {
    for (const index of members) {
      const { calls } = this.#members[index] as Member
      if (now >= (calls.until ?? Infinity) || calls.accepts?.(now) === false) return false
    }
    return true
  }

  #call(index: number, now: number): void {
    const member = this.#members[index] as Member
    member.due = member.calls.call(now)
    member.seq = this.#dependencies.timers.takeSeq()
    this.#wait(index, member, now)
  }

  /** Lets the next call of a member wait in the wheel, or as a timer. */
  #wait(index: number, member: Member, now: number): void {
    member.isNear = member.due - now < WHEEL_SPAN
    if (member.isNear) return wheel.add(index, member.due)
    this.#dependencies.timers.restore({ ...member.timer, due: member.due, seq: member.seq })
    this.#far.set(stepId(member.timer), index)
    this.#farDue = Math.min(this.#farDue, member.due)
  }

  /** Takes the timers that are due, if the handlers of all can join. */
  #takeTimers(now: number): boolean {
    const { timers } = this.#dependencies
    const due: Timer[] = []
    for (let next = timers.popDue(now); next; next = timers.popDue(now)) due.push(next)
    const members = due.map((timer) => this.#far.get(stepId(timer)) ?? this.#join(timer))
    if (members.includes(NONE) || !this.#accept(members, now)) {
      for (const timer of due) timers.restore(timer)
      return false
    }
    this.#due = [...this.#due, ...members].sort((a, b) => this.#member(a).seq - this.#member(b).seq)
    this.#lookAtTimers()
    return true
  }

  /** Returns the index of a new member; {@link NONE} if the handler cannot join. */
  #join(timer: Timer): number {
    const calls = this.#dependencies.join(timer)
    if (calls === undefined) return NONE
    const { due, seq } = timer
    return this.#members.push({ timer, calls, due, seq, isNear: false, count: 0, times: undefined }) - 1
  }

  /**
   * Chooses the end of the next leaps, in time for calls that settle what they leave open before `limit` or
   * the first call that no leap may reach.
   */
  #planLeap(now: number, limit: number): void {
    let bound = limit
    for (const { calls } of this.#members) bound = Math.min(bound, calls.until ?? Infinity)
    for (const timer of this.#dependencies.timers.toArray()) {
      if (timer.due >= bound) break
      if (!this.#far.has(stepId(timer))) bound = timer.due
    }
    for (const { due, calls } of this.#members)
      if (due < bound && (calls.leap === undefined || calls.leap.mayReach?.(bound) === false)) bound = due
    const settles = Math.max(...this.#members.map(({ calls }) => calls.leap?.settles ?? 0))
    if (bound - settles - now >= SHORTEST_LEAP) this.#leapUntil = bound - settles
    this.#leapFrom = Math.max(bound, now + SHORTEST_LEAP)
  }

  /** Leaps to the next call that is made between leaps, or to the end of the last leap. Returns its time. */
  #leap(): number {
    const { timers, clock } = this.#dependencies
    let until = this.#leapUntil
    for (const { due, calls } of this.#members) if (due < until && calls.leap?.next === undefined) until = due
    const leaping: number[] = []
    let total = 0
    for (const [index, member] of this.#members.entries()) {
      if (member.due >= until) continue
      if (member.isNear) wheel.take(member.due, ignore)
      else timers.cancel(member.timer.owner, member.timer.topic, member.timer.key)
      total += passCalls(member, until)
      leaping.push(index)
    }
    clock.advanceTo(until)
    leaping.sort((a, b) => byLastCall(this.#member(a), this.#member(b)))
    const first = timers.takeSeq(total) + total - leaping.length
    for (const [nth, index] of leaping.entries()) {
      const member = this.#member(index)
      member.seq = first + nth
      this.#wait(index, member, until)
    }
    this.#lookAtTimers()
    return until
  }

  #end(): void {
    const { timers } = this.#dependencies
    for (const { timer, due, seq, isNear } of this.#members) {
      if (!isNear) continue
      wheel.take(due, ignore)
      const { due: _due, seq: _seq, ...rest } = timer
      timers.restore({ due, seq, ...rest })
    }
    for (const { calls } of this.#members) calls.leave?.()
  }
}

const ignore = (): void => undefined

/** Makes the calls of a member that are due before `until`. Returns their number. */
function passCalls(member: Member, until: number): number {
  const { next } = member.calls.leap as Required<QuietLeap>
  const times = (member.times ??= new Float64Array(KEPT))
  let { due } = member
  let count = 0
  for (; due < until; count++) {
    times[count & (KEPT - 1)] = due
    due = next(due)
  }
  member.due = due
  return (member.count = count)
}

/**
 * The order of two members' last calls, which is the order of the next ones if they are due together. Of
 * calls at one instant that one is first that was set first: by the earlier one of the calls before, or
 * before the leap. What is still equal then has one period and has kept its order.
 */
function byLastCall(a: Member, b: Member): number {
  for (let back = 1; back <= KEPT; back++) {
    if (back > a.count || back > b.count) return a.count - b.count || a.seq - b.seq
    const difference = timeOf(a, back) - timeOf(b, back)
    if (difference !== 0) return difference
  }
  return a.seq - b.seq
}

/** Returns the time of a call of the leap, counted back from the last one, which is 1. */
function timeOf({ times, count }: Member, back: number): number {
  return (times as Float64Array)[(count - back) & (KEPT - 1)] as number
}
