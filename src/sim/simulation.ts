import { synchronous } from '../lang/synchronous.js'
import { VirtualClock } from './clock.js'
import type { Duration } from './duration.js'
import { toMillis } from './duration.js'
import { EventBus } from './event-bus.js'
import type { KernelEvents } from './event-bus.js'
import { HandlerCounts, LivelockError } from './livelock.js'
import type { HandlerCount } from './livelock.js'
import { ModuleHost } from './modules/module-host.js'
import { type ModuleSource, Modules } from './modules/modules.js'
import { QuietSpell } from './quiet/quiet-spell.js'
import { type QuietMemory, QuietTime } from './quiet/quiet.js'
import { Random } from './random.js'
import type { RandomStream } from './random.js'
import { ReadyQueue } from './ready-queue.js'
import type { Ready } from './ready-queue.js'
import type { SimulationState } from './state.js'
import { type SharedSlices, Slices } from './modules/slices.js'
import { Timers } from './timers.js'
import type { Timer } from './timers.js'
import type { Handler, HandlerOptions, QuietCalls, Slice, StepRole } from './modules/topic.js'
import { Trace } from './trace.js'

/** Options of {@link Simulation}. */
export interface SimulationOptions {
  /** The seed of all random draws. Default 1. */
  readonly seed?: number
  /** The start of virtual time, in ms since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly start?: number
  /** The order in which ready handlers run: first in, first out, or chosen by the seed. Default `fifo`. */
  readonly interleaving?: 'fifo' | 'seeded'
  /**
   * The number of handler calls in one `settle()`, or in one virtual hour of `advance()` and `until()`, after
   * which they throw a {@link LivelockError}. Default 5,000,000.
   */
  readonly maxSteps?: number
  /** The number of handler calls at one instant after which they throw it, too. Default 500,000. */
  readonly maxInstantSteps?: number
  /** The virtual time after which `settle()` gives up waiting for `work` timers. Default 24h. */
  readonly maxSettleTime?: Duration
  /**
   * `exact`: every heartbeat is a step of its own. `quiet`: heartbeats of an idle cluster are summed up, with
   * the same result, see {@link QuietSpell}. Default `quiet`.
   */
  readonly heartbeats?: 'exact' | 'quiet'
}

const HOUR = 3_600_000

const NEVER = (): boolean => false

/** How far steps are run, and where they pause. */
interface Drive {
  /** Virtual ms. */
  readonly deadline: number
  /** What was called, and what it did not do: of the error for a drive that finds no rest. */
  readonly complaint: string
  readonly done: () => boolean
  /** Virtual time after which the step limit starts anew, in ms. */
  readonly period: number
  readonly pauses: () => boolean
  /** Calls `done` after each instant. Default: only where its result can have changed. */
  readonly eachInstant?: boolean
}

/** What counts towards the limits of a drive, also over its pauses. */
interface Progress {
  /** Steps of this period. */
  steps: number
  atInstant: number
  /** When this period began, in virtual ms. */
  since: number
  counts: HandlerCounts
}

function exhaust(slices: Iterator<undefined, void>): void {
  while (slices.next().done !== true);
}

/**
 * The kernel: clock, timers, ready queue, random streams, state slices and modules. It knows nothing of
 * Kubernetes. Everything happens in steps, a step is one handler call, and the next one is determined by data
 * only; a simulation can therefore be copied, stored, resumed and replayed between any two steps.
 */
export class Simulation<Events extends KernelEvents = KernelEvents> {
  readonly clock: VirtualClock
  readonly bus: EventBus<Events>
  readonly random: Random
  readonly timers: Timers
  readonly ready: ReadyQueue = new ReadyQueue()
  readonly trace: Trace
  readonly quiet: QuietTime
  readonly options: SimulationOptions
  readonly #handlers = new Map<string, Map<string, Handler>>()
  readonly #slices: Slices
  readonly #modules: Modules
  /** The step that runs. */
  #current: Ready | undefined
  readonly #afterStep: (() => void)[]
  readonly #chance: RandomStream | undefined
  readonly #kernelBus: EventBus
  /** The last error of each work queue, by its handler. */
  readonly #failures = new Map<string, string>()
  #running = false

  /**
   * `watched` is a simulation whose observers are carried over to this one. `quiet` is what the original
   * knew, if its quiet time goes on in this copy.
   */
  constructor(
    options: SimulationOptions = {},
    from?: SimulationState,
    watched?: Simulation<Events>,
    quiet?: QuietMemory,
  ) {
    this.options = options
    this.quiet = new QuietTime(quiet)
    this.bus = watched?.bus ?? new EventBus<Events>()
    this.#afterStep = watched === undefined ? [] : watched.#afterStep
    this.clock = new VirtualClock(from?.now ?? options.start)
    this.random = from ? Random.restore(from.random) : new Random(options.seed ?? 1)
    this.timers = new Timers(from?.timers, from?.nextTimerSeq)
    this.trace = new Trace(from?.trace)
    this.#slices = new Slices(from?.slices)
    this.#chance = options.interleaving === 'seeded' ? this.random.stream('kernel/interleaving') : undefined
    this.#kernelBus = this.bus as unknown as EventBus
    this.#modules = new Modules(from?.stopped ?? [], (setup) => this.#setUp(setup))
    for (const entry of from?.ready ?? []) this.ready.add(entry)
  }

  /** Makes `seed` decide all draws from here on, as if none had been made; the trace records it. */
  reseed(seed: number): void {
    this.random.reseed(seed)
    this.trace.record('kernel', this.clock.now(), `seed ${seed}`)
  }

  /** Returns a module's view of the kernel. */
  host(name: string): ModuleHost<Events> {
    return new ModuleHost(this, name)
  }

  /**
   * Adds a module and starts it, unless the state that this simulation was created from marks it as stopped.
   * With `dormant`, a module that has run in the original is set up only with its first event, or by {@link
   * awaken}; it finds its state whenever it looks.
   */
  add<H>(
    module: {
      readonly name: string
      readonly subject?: string | undefined
      setup(host: H): void
      doze?: ((host: H) => void) | undefined
    },
    host: H,
    dormant = false,
  ): void {
    const { name, doze } = module
    this.quiet.setSubject(name, module.subject)
    const setup = (): void => void synchronous<unknown>(module.setup(host), `${name}: setup`)
    const starts = { setup, doze: doze && ((): void => doze(host)) }
    this.#modules.add(name, starts, dormant && this.#slices.has(name))
  }

  /** Lets modules be made when they are needed. There is one source of such modules. */
  makeOnDemand(source: ModuleSource): void {
    this.#modules.source = source
  }

  /** Sets up a dormant module now, before something outside of the kernel asks for it. */
  awaken(name: string): void {
    this.#modules.awaken(name)
  }

  /** Sets up the dormant modules that have a state slice of that name, or all of them. */
  awakenAll(slice?: string): void {
    this.#modules.awakenAll(slice === undefined ? undefined : (name) => this.#slices.has(name, slice))
  }

  #setUp(setup: () => void): void {
    // a setup wakes what waits already in the original, and there the present step was still waiting
    if (this.#current === undefined) setup()
    else this.ready.whileWaiting(this.#current, setup)
  }

  /** Puts a step in line for a module on behalf of another; a message to one that does not run is lost. */
  wake(step: Ready): void {
    if (this.#modules.has(step.owner) && !this.isStopped(step.owner)) this.ready.add(step)
  }

  /** Removes a module with its state, timers and pending work, as if it had never existed. */
  remove(name: string): void {
    this.stop(name)
    this.#modules.remove(name)
    this.quiet.setSubject(name, undefined)
  }

  /** Stops a module like a killed process: its handlers, timers, pending work and state slices are lost. */
  stop(name: string): void {
    this.#modules.stop(name)
    this.#handlers.delete(name)
    this.#slices.delete(name)
    this.quiet.forget(name)
    this.timers.cancelOwner(name)
    this.ready.removeOwner(name)
  }

  /** Starts a stopped module from scratch: `setup` runs again and finds no state. */
  start(name: string): void {
    this.#modules.start(name)
  }

  isStopped(name: string): boolean {
    return this.#modules.isStopped(name)
  }

  /** Returns the names of all modules; those made on demand come last, in the order of their source. */
  moduleNames(): readonly string[] {
    return this.#modules.names()
  }

  /** Calls `check` after each step, for invariants and recorders. Returns a function that removes it. */
  onStep(check: () => void): () => void {
    this.#afterStep.push(check)
    return () => void this.#afterStep.splice(this.#afterStep.indexOf(check), 1)
  }

  /**
   * Runs one handler: ready work first, else the next timer that is due now. Returns whether anything ran.
   */
  step(): boolean {
    this.#fireDue()
    const entry = this.ready.take(this.#chance)
    if (!entry) return false
    this.#run(entry)
    return true
  }

  /** Returns the handler calls that are ready now, in the order in which they became so. */
  readyNow(): readonly Ready[] {
    this.#fireDue()
    return this.ready.eligible()
  }

  /** Returns the role of a step, see `HandlerOptions.role`; its module is set up if it is dormant. */
  roleOf({ owner, topic }: Ready): StepRole | undefined {
    this.awaken(owner)
    return this.quiet.roleOf(owner, topic)
  }

  /** Runs one of {@link readyNow} out of turn. Returns false if it does not wait any more. */
  runReady(entry: Ready): boolean {
    const found = this.ready.takeEntry(entry)
    if (found === undefined) return false
    this.#run(found)
    return true
  }

  /**
   * Moves time by calls of periodic handlers that find nothing to do: up to `limit` (virtual ms), or up to
   * the first instant with anything else, see {@link QuietSpell}. Call it only when nothing is ready.
   */
  passQuietly(limit: number): void {
    this.quiet.rest()
    const next = this.timers.peek()
    if (next !== undefined && this.quiet.isIdle(next) && this.#mayBeQuiet()) this.#passSpell(limit)
  }

  /**
   * Moves time to the next timer, or to `limit` (virtual ms) if none is due by then. Returns whether there is
   * one; call it only when nothing is ready.
   */
  advanceToNext(limit: number): boolean {
    const next = this.timers.peek()
    const isDue = next !== undefined && next.due <= limit
    this.clock.advanceTo(isDue ? next.due : Math.max(limit, this.clock.now()))
    return isDue
  }

  /**
   * Runs until nothing is ready and no `work` timer is pending. Time moves as far as necessary, and watchdogs
   * on the way fire in order.
   * @throws LivelockError if it does not come to rest within `maxSteps` handler calls or `maxSettleTime`
   */
  settle(): void {
    exhaust(this.settleInPieces(NEVER))
  }

  /** Does what {@link settle} does, in pieces as {@link advanceInPieces} does. */
  *settleInPieces(pauses: () => boolean): Generator<undefined, void> {
    yield* this.#pieces({
      deadline: this.clock.now() + toMillis(this.options.maxSettleTime ?? '24h'),
      complaint: 'settle() found no rest',
      done: () => this.timers.pendingWork === 0,
      period: Infinity,
      pauses,
    })
    if (this.timers.pendingWork > 0) {
      const waiting = this.timers.toArray().filter((timer) => timer.class === 'work')
      throw new LivelockError(
        `settle() waited ${toMillis(this.options.maxSettleTime ?? '24h')} ms of virtual time and work ` +
          'is still pending',
        this.#withErrors(
          waiting.map(({ owner, topic, key }) => ({ handler: `${owner}/${topic}`, calls: 0, lastKey: key })),
        ),
      )
    }
  }

  /** Moves time by exactly `duration` and runs everything that comes due, including at the end. */
  advance(duration: Duration): void {
    exhaust(this.advanceInPieces(duration, NEVER))
  }

  /**
   * Does what {@link advance} does, and yields after each handler call for which `pauses` returns true. What
   * is read in between changes nothing; who changes the simulation there, or moves its time, does so at
   * that instant.
   */
  *advanceInPieces(duration: Duration, pauses: () => boolean): Generator<undefined, void> {
    const deadline = this.clock.now() + toMillis(duration)
    const complaint = `advance(${String(duration)}) does not get on`
    yield* this.#pieces({ deadline, complaint, done: NEVER, period: HOUR, pauses })
    if (this.clock.now() < deadline) this.clock.advanceTo(deadline)
  }

  /**
   * Runs until `predicate` holds or `timeout` of virtual time has passed. The predicate is checked whenever
   * the work at an instant is done. Returns whether it held. Default timeout 1h.
   */
  until(predicate: () => boolean, options: { readonly timeout?: Duration } = {}): boolean {
    const deadline = this.clock.now() + toMillis(options.timeout ?? '1h')
    let held = false
    const done = (): boolean => (held = predicate())
    const complaint = 'until() found no rest'
    exhaust(this.#pieces({ deadline, complaint, done, period: HOUR, pauses: NEVER, eachInstant: true }))
    if (!held) this.clock.advanceTo(deadline)
    return held
  }

  /** Whether nothing is ready, due or in flight, as after {@link settle}. */
  get atRest(): boolean {
    const next = this.timers.peek()
    return (
      this.ready.size === 0 &&
      this.timers.pendingWork === 0 &&
      (next === undefined || next.due > this.clock.now())
    )
  }

  /** Returns all state as data that does not change any more. */
  state(): SimulationState {
    return {
      now: this.clock.now(),
      nextTimerSeq: this.timers.nextSeq,
      random: this.random.state(),
      trace: this.trace.state(),
      slices: this.slices(),
      ...this.pending(),
    }
  }

  /** Returns the part of the state that says what will run. */
  pending(): Pick<SimulationState, 'timers' | 'ready' | 'stopped'> {
    return { timers: this.timers.share(), ready: this.ready.toArray(), stopped: this.#modules.stopped() }
  }

  /** Returns the values of all state slices, as data that does not change any more. */
  slices(): SharedSlices {
    return this.#slices.share()
  }

  /** Returns what a copy of the present state must know so that a quiet time goes on in it. */
  quietMemory(): QuietMemory {
    return this.quiet.share(this.#slices.used())
  }

  /** Lets the use of state up to here end no quiet time: it has made a copy, which is as the original was. */
  forgetUse(): void {
    this.#slices.forgetUse()
  }

  /** Returns the slice `name` of `owner`; creates it with `initial` if absent. */
  slice<S>(owner: string, name: string, initial: () => S): Slice<S> {
    return this.#slices.get(owner, name, initial)
  }

  noteFailure(owner: string, topic: string, message: string): void {
    this.#failures.set(`${owner}/${topic}`, message)
  }

  #withErrors(counts: readonly HandlerCount[]): readonly HandlerCount[] {
    return counts.map((count) => {
      const lastError = this.#failures.get(count.handler)
      return lastError === undefined ? count : { ...count, lastError }
    })
  }

  /** Registers the handler of `owner` for `topic`, replacing an existing one. */
  register(owner: string, topic: string, handler: Handler, options?: HandlerOptions): void {
    if (options !== undefined) this.quiet.register(owner, topic, options)
    let byTopic = this.#handlers.get(owner)
    if (!byTopic) this.#handlers.set(owner, (byTopic = new Map<string, Handler>()))
    byTopic.set(topic, handler)
  }

  /** Drives as far as `drive` says. Yields where it pauses. */
  *#pieces(drive: Drive): Generator<undefined, void> {
    const progress = { steps: 0, atInstant: 0, since: this.clock.now(), counts: new HandlerCounts() }
    while (!this.#drive(drive, progress)) yield
  }

  /**
   * Runs steps and moves time until `done` holds while nothing is ready, or until nothing more comes due by
   * `deadline`. Returns false if it pauses before that.
   */
  #drive(
    { deadline, complaint, done, period, pauses, eachInstant = false }: Drive,
    progress: Progress,
  ): boolean {
    if (this.#running)
      throw new Error('a handler must not call settle(), advance() or until(): it runs inside one of them')
    this.#running = true
    this.#noteUse()
    try {
      const { maxSteps = 5_000_000, maxInstantSteps = 500_000 } = this.options
      for (;;) {
        this.#fireDue()
        const entry = this.ready.take(this.#chance)
        if (entry) {
          const { steps, atInstant } = progress
          if (steps > maxSteps - 1_000 || atInstant > maxInstantSteps - 1_000)
            progress.counts.add(entry.owner, entry.topic, entry.key)
          const most = atInstant >= maxInstantSteps ? `${maxInstantSteps} steps at one instant` : undefined
          if (most !== undefined || steps > maxSteps) {
            const ranking = this.#withErrors(progress.counts.ranking())
            throw new LivelockError(`${complaint} after ${most ?? `${maxSteps} steps`}`, ranking)
          }
          progress.steps++
          progress.atInstant++
          this.#run(entry)
          if (pauses()) return false
          continue
        }
        if (done()) return true
        const next = this.timers.peek()
        if (!next || next.due > deadline) return true
        if (next.due > this.clock.now()) progress.atInstant = 0
        this.passQuietly(eachInstant ? next.due : deadline)
        if (this.clock.now() < next.due) this.clock.advanceTo(next.due)
        if (this.clock.now() - progress.since < period) continue
        progress.since = this.clock.now()
        progress.steps = 0
        progress.counts = new HandlerCounts()
      }
    } finally {
      this.#running = false
      this.forgetUse()
    }
  }

  /** Lets what was done from outside since the last call end the quiet time. */
  #noteUse(): void {
    for (const owner of this.#slices.used()) this.quiet.disturbBy(owner)
    if (this.quiet.asksOutside) this.quiet.disturb()
  }

  /** Whether nobody watches the single steps, and their order is not chosen by the seed. */
  #mayBeQuiet(): boolean {
    return (
      this.options.heartbeats !== 'exact' &&
      this.#chance === undefined &&
      this.#afterStep.length === 0 &&
      !this.#kernelBus.has('step')
    )
  }

  #passSpell(limit: number): void {
    const join = (timer: Timer): QuietCalls | undefined => {
      this.#modules.doze(timer.owner)
      return this.quiet.join(timer)
    }
    const { timers, clock } = this
    new QuietSpell({ timers, clock, join }).run(limit)
    this.quiet.write(() => {
      for (let entry = this.ready.take(); entry; entry = this.ready.take()) {
        this.awaken(entry.owner)
        if (!this.quiet.allows(entry))
          throw new Error(`assertion failed: a heartbeat has woken ${entry.owner}/${entry.topic}`)
        this.#handlers.get(entry.owner)?.get(entry.topic)?.(entry.key, entry.payload)
      }
    })
  }

  #makeReady({ owner, topic, key, payload }: Timer): void {
    const entry = { owner, topic, key, timed: true } as const
    this.ready.add(payload === undefined ? entry : { payload, ...entry })
  }

  #fireDue(): void {
    for (let due = this.timers.popDue(this.clock.now()); due; due = this.timers.popDue(this.clock.now()))
      this.#makeReady(due)
  }

  #run(entry: Ready): void {
    this.#current = entry
    try {
      this.awaken(entry.owner)
      this.#call(entry)
    } finally {
      this.#current = undefined
    }
  }

  #call(entry: Ready): void {
    const handler = this.#handlers.get(entry.owner)?.get(entry.topic)
    if (!handler) {
      if (this.isStopped(entry.owner)) return // a message to a stopped process is lost
      throw new Error(`assertion failed: no handler for ${entry.owner}/${entry.topic}`)
    }
    const time = this.clock.now()
    const mayBeRoutine = this.quiet.begin(entry)
    if (!mayBeRoutine) this.trace.record(entry.owner, time, `${entry.topic} ${entry.key}`)
    const timersBefore = this.timers.nextSeq
    synchronous<unknown>(handler(entry.key, entry.payload), `${entry.owner}: the handler of ${entry.topic}`)
    if (this.timers.nextSeq === timersBefore + 1) this.quiet.idled(entry)
    if (this.#kernelBus.has('step'))
      this.#kernelBus.emit('step', { time, owner: entry.owner, topic: entry.topic, key: entry.key })
    for (const check of this.#afterStep) synchronous<unknown>(check(), 'onStep(): the function')
  }
}
