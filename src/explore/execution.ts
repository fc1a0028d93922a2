import type { Delivery } from '../client/informers/list-watch-informer.js'
import { INFORMER_TOPIC } from '../cluster/compose/component-host.js'
import type { RequestGate } from '../cluster/compose/request-gate.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { PlainData } from '../sim/data/plain-data.js'
import { toMillis } from '../sim/duration.js'
import type { Ready } from '../sim/ready-queue.js'
import { perform } from './act.js'
import { type Choice, isAction, type RequestChoice } from './choice.js'
import { Deadlines } from './deadlines.js'
import type { Failure } from './failure.js'
import { noteIdle } from './generic-invariants.js'
import { Interruptions } from './interruptions.js'
import { StepCounter } from './no-rest.js'
import type { Eventually, ExploredAction } from './options.js'
import type { RunRecord, SentRequest } from './records.js'
import { type ChooseFault, Requests } from './requests.js'
import type { Scope } from './scope.js'
import { isRoutine, isSameStep, stepName } from './steps.js'
import { staleness } from './story/view.js'
import { Waiting } from './waiting.js'

/** How long an apiserver's cache lags behind, or watches are broken, in virtual ms. */
const STALE_FOR = 60_000

/** One run of a cluster, step by step, with the choices made in it. */
export class Execution {
  readonly scope: Scope
  readonly cluster: SimCluster
  readonly choices: Choice[]
  /** Actions that have not been done. */
  readonly actions: ExploredAction[]
  /** Requests whose responses were lost: `create pods/binding`. */
  readonly lost: Set<string>
  /**
   * Writes of components under test that changed nothing, though their caches were up to date: how often, in
   * a row. Only in an undisturbed run.
   */
  readonly idleWrites: Map<string, number>
  /** Whether actions that may come at any time wait for a choice, or for rest. */
  #isPending: boolean
  /** Virtual ms until which periodic work counts like other work. */
  #restlessUntil = 0
  #decisions: number
  readonly #steps: StepCounter
  readonly #waiting: Waiting
  readonly #deadlines: Deadlines
  readonly #requests: Requests
  readonly #interruptions: Interruptions
  /** Judges what must hold eventually. */
  holds: (property: Eventually) => boolean = () => true
  /** Number of what the observer has been told of. */
  #order = 0
  /** Called after each step, and before what each choice and each action changes. */
  #observe: ((record: RunRecord) => void) | undefined

  constructor(scope: Scope, cluster: SimCluster, from?: Execution) {
    this.scope = scope
    this.cluster = cluster
    this.actions = [...(from?.actions ?? scope.options.actions ?? [])]
    this.choices = [...(from?.choices ?? [])]
    this.lost = new Set(from?.lost)
    this.idleWrites = new Map(from?.idleWrites)
    this.#isPending = from?.isPending ?? false
    this.#decisions = from?.decisions ?? 0
    this.#restlessUntil = from === undefined ? 0 : from.#restlessUntil
    const now = cluster.now()
    this.#steps = new StepCounter(now, from === undefined ? undefined : from.#steps)
    this.#waiting = new Waiting(cluster, from === undefined ? undefined : from.#waiting)
    this.#deadlines = new Deadlines(
      scope.options.eventually ?? [],
      scope.root.now(),
      from === undefined ? undefined : from.#deadlines,
    )
    this.#interruptions = this.#interruptionsOf()
    this.#requests = this.#requestsOf()
    cluster.internals.setGate(this.gate)
  }

  #interruptionsOf(): Interruptions {
    return new Interruptions(this.cluster, this.#waiting, this.scope.options.workers ?? 1, {
      running: () => this.#requests.running,
      play: (entry) => void this.#play(entry, this.#decisions - 1, []),
      advance: (limit) => void this.#advance(limit),
      releaseDue: () => this.#releaseDue(),
    })
  }

  #requestsOf(): Requests {
    const interruptions = this.#interruptions
    return new Requests(this.cluster, this.lost, {
      others: (process) => interruptions.othersOf(process).length > 0,
      runOthers: (process) => interruptions.runOthers(process),
      respondLate: (process) => this.respondLate(process),
      interruptsBefore: (component) => this.interruptsBefore(component),
      standStill: (process, ms) => {
        this.#deadlines.restart(this.cluster.now() + ms)
        interruptions.standStill(process, ms)
      },
      act: () => void this.act(),
      isWatched: (component) => this.isWatched(component),
      nextOrder: () => this.#order++,
    })
  }

  /**
   * Starts a run in a fork of the root: does the actions at its start. `isPending`: those that may come at
   * any time wait for a choice, or for rest. `observe` is told of everything from then on.
   */
  static begin(scope: Scope, isPending: boolean, observe?: (record: RunRecord) => void): Execution {
    const execution = new Execution(scope, scope.root.fork())
    for (const component of scope.anew) execution.cluster.process(component).restart()
    if (scope.anew.length > 0) execution.cluster.settle()
    execution.start(isPending, observe)
    return execution
  }

  /** Does what {@link begin} does in the fork. */
  start(isPending: boolean, observe?: (record: RunRecord) => void): void {
    this.#observe = observe
    this.#isPending = isPending
    this.#restlessUntil = this.cluster.now() + toMillis(this.scope.options.time ?? 0)
    for (let next = this.actions[0]; next !== undefined; next = this.actions[0]) {
      if (next.at === 'rest' || (isPending && next.at === 'any')) break
      this.act()
    }
  }

  /** Stands between the components and the apiserver. */
  get gate(): RequestGate {
    return this.#requests.gate
  }

  /** Chooses what befalls a request of a step, given its number within the step. */
  set chooseFault(choose: ChooseFault) {
    this.#requests.chooseFault = choose
  }

  /** Whether a component has informers of its own. */
  hasInformers(component: string): boolean {
    const { internals } = this.cluster
    if (internals.processOf(component) !== component) return false
    const slices = internals.slices().get(component)
    return slices !== undefined && [...slices.keys()].some((name) => name.startsWith(INFORMER_TOPIC))
  }

  /** Whether a request of a component is a point at which something may come in between. */
  isWatched(component: string): boolean {
    const { underTest, options } = this.scope
    return (options.preempt ?? 0) > 0 || underTest.includes(component)
  }

  get isPending(): boolean {
    return this.#isPending
  }

  /** Number of the next decision. */
  get decisions(): number {
    return this.#decisions
  }

  /** Whether a step waits until nothing else is ready. */
  get isDelaying(): boolean {
    return this.#waiting.isDelaying
  }

  /** When what must hold eventually is due, and whether it was late. */
  get deadlines(): Deadlines {
    return this.#deadlines
  }

  /** What decides how the run goes on, besides the state of the cluster. */
  get circumstances(): PlainData {
    return [
      this.actions.length,
      [...this.lost].sort(),
      this.#waiting.circumstances,
      this.#deadlines.circumstances(this.cluster.now()),
      Math.max(0, this.#restlessUntil - this.cluster.now()),
    ]
  }

  /** Returns a hash of the state, equal for runs that go on in the same way. */
  hash(): string {
    return this.scope.hasher.hash(this.cluster, this.circumstances)
  }

  fork(): Execution {
    return new Execution(this.scope, this.cluster.fork(), this)
  }

  /** Goes on in a fork in place of the run itself. */
  forked(): Execution {
    const fork = this.fork()
    fork.#observe = this.#observe
    fork.#order = this.#order
    return fork
  }

  /**
   * Runs routine work and moves time up to `deadline` (virtual ms) until there is a decision to make. Returns
   * the steps that are ready, the next one first; undefined at the deadline, or, if `restOnly`, as soon as
   * only watchdogs are pending.
   */
  next(deadline: number, restOnly = false): readonly Ready[] | undefined {
    const { internals } = this.cluster
    for (;;) {
      this.#releaseDue()
      const ready = internals.ready()
      const [first] = ready
      if (first !== undefined) {
        const until = this.#waiting.until(first)
        if (until !== undefined) this.#waiting.hold(first, until)
        else if (!isRoutine(this.cluster, first)) return ready
        else internals.step(first)
        continue
      }
      if (this.#waiting.releaseDelayed()) continue
      const { atRest } = this.cluster.state
      // the user does not wait for what a component with broken watches will list
      if (restOnly && atRest && this.actions.length > 0 && this.#waiting.isOnlyUnobserved) return undefined
      const isRest = !this.#waiting.isHolding && atRest
      if (restOnly && isRest && this.cluster.now() >= this.#restlessUntil) return undefined
      const end = isRest && restOnly ? this.#restlessUntil : deadline
      if (!this.#advance(Math.min(end, this.#waiting.firstDue)) && this.cluster.now() >= deadline)
        return undefined
    }
  }

  /**
   * Moves time to the next timer, or to `limit`, or to when something is due, whatever comes first. Returns
   * whether there is a timer.
   */
  #advance(limit: number): boolean {
    const { internals } = this.cluster
    const end = Math.min(limit, this.#deadlines.pass(this.cluster, this.holds))
    if (!this.#waiting.isSlow) internals.passQuietly(end)
    return internals.advanceToNext(end)
  }

  /** Returns the number of events that a step would deliver; 1 if it is not one of an informer. */
  waiting(entry: Ready): number {
    return this.cluster.internals.informerOf(entry)?.waiting()?.length ?? 1
  }

  /**
   * Runs one of the ready steps; the choices befall its requests. `delivery`: how an informer takes what has
   * happened. Returns the requests that it made. @throws NoRest if the run does not come to rest
   */
  run(entry: Ready, choices: readonly RequestChoice[] = [], delivery?: Delivery): readonly SentRequest[] {
    const at = this.#decisions++
    this.#steps.count(this.cluster.now(), stepName(entry))
    return this.#play(entry, at, choices, delivery)
  }

  #play(
    entry: Ready,
    at: number,
    choices: readonly RequestChoice[],
    delivery = this.#deliveryOf(entry),
  ): readonly SentRequest[] {
    const time = this.cluster.now()
    const order = this.#order++
    const isNested = this.#requests.isBusy
    const isLooked = !isNested && (this.#observe !== undefined || this.choices.length === 0)
    const view = isLooked && this.#isWork(entry) ? staleness(this.cluster, entry.owner) : undefined
    const { requests, hasCrashed } = this.#requests.during(entry, choices, () =>
      this.deliver(entry, delivery),
    )
    const record = {
      order,
      ...(view === undefined ? {} : { view }),
      ...(isNested ? { isNested } : {}),
      at,
      time,
      step: stepName(entry),
      owner: entry.owner,
      requests,
    }
    if (!isNested && view === undefined && this.choices.length === 0) noteIdle(this, record, entry.topic)
    this.scope.coverage.step(record, this.cluster.internals.roleOf(entry) === 'informer')
    this.#observe?.(record)
    if (hasCrashed) this.restart(entry.owner)
    return requests
  }

  /** Whether a step is work of a component under test, which decides by what its caches show. */
  #isWork(entry: Ready): boolean {
    return this.scope.underTest.includes(entry.owner) && this.cluster.internals.roleOf(entry) === undefined
  }

  #deliveryOf(entry: Ready): Delivery | undefined {
    const { events } = this.scope.options
    return events === 'one' && this.cluster.internals.roleOf(entry) === 'informer' ? { events: 1 } : undefined
  }

  /** Makes the call of a step. */
  protected deliver(entry: Ready, delivery: Delivery | undefined): void {
    this.cluster.internals.step(entry, delivery)
  }

  /** Lets an informer deliver some events; the others wait until nothing else is ready. */
  divide(entry: Ready, events: number): void {
    this.run(entry, [], { events })
    const rest = this.cluster.internals.ready().find((one) => isSameStep(one, entry))
    if (rest !== undefined) this.delay(rest)
  }

  /** Does the next action. @throws ActionFailed */
  act(): ExploredAction | undefined {
    const action = this.actions.shift()
    if (action === undefined) return undefined
    this.#tell({ at: this.#decisions, do: 'action', action: action.name })
    this.#deadlines.restart(this.cluster.now())
    perform(action, this.cluster)
    this.scope.coverage.action(action.name)
    return action
  }

  /** Notes a choice that is about to be made. */
  note(choice: Choice): void {
    this.choices.push(choice)
    this.#deadlines.restart(this.cluster.now())
    if (!isAction(choice)) this.#tell(choice)
  }

  /** Tells the observer of a choice. {@link act} tells of actions, whether they are chosen or not. */
  #tell(choice: Choice): void {
    this.#observe?.({ order: this.#order++, time: this.cluster.now(), choice })
  }

  /**
   * At rest, does the next action, if there is one. That one which may come at any time has waited until now
   * is a choice.
   */
  actAtRest(): boolean {
    const at = this.#decisions
    const action = this.act()
    if (action?.at === 'any') this.choices.push({ at, do: 'action', action: action.name, rest: true })
    return action !== undefined
  }

  /** Kills the process of a component and starts it again. */
  restart(component: string): void {
    const node = /^kubelet\/(.+)$/.exec(component)?.[1]
    if (node === undefined) this.cluster.process(this.#processOf(component)).restart()
    else this.cluster.node(node).kubelet.restart()
  }

  #processOf(component: string): string {
    return this.cluster.internals.processOf(component)
  }

  /** Starts a component again on lists of an old revision; its watches catch up after {@link STALE_FOR}. */
  timeTravel(component: string, revision: number): void {
    const { internals } = this.cluster
    internals.setStaleReads(component, revision)
    try {
      this.restart(component)
      const until = this.keepStale(component)
      for (const entry of internals.ready())
        if (entry.owner === component && internals.roleOf(entry) === 'informer') {
          internals.step(entry)
          this.#waiting.hold(entry, until)
        }
    } finally {
      internals.setStaleReads(component, undefined)
    }
  }

  /** Breaks the watches of a component for {@link STALE_FOR}; then it lists again. */
  cutWatches(component: string): void {
    this.keepStale(component, true)
  }

  /** Keeps the informers of a component from following the store. Returns until when, in virtual ms. */
  protected keepStale(component: string, anew = false): number {
    const until = this.cluster.now() + STALE_FOR
    this.#waiting.keepStale(component, until, anew)
    this.#deadlines.restart(until)
    return until
  }

  /** Makes a component pause for `ms` of virtual time: no step of its process runs before. */
  pause(component: string, ms: number): void {
    const until = this.cluster.now() + ms
    this.#waiting.pause(this.#processOf(component), until)
    this.#deadlines.restart(until)
  }

  /** Makes a ready step wait until nothing else is ready. */
  delay(entry: Ready): void {
    this.#waiting.delay(entry, this.#decisions)
  }

  /** Looks at the cluster after each step that runs while a request waits. */
  set checkNested(check: () => Failure | undefined) {
    this.#interruptions.check = check
  }

  /** Returns what {@link checkNested} has found, once. */
  takeNestedFailure(): Failure | undefined {
    return this.#interruptions.takeFailure()
  }

  #releaseDue(): void {
    for (const entry of this.#waiting.releaseDue(this.#decisions)) this.deliver(entry, { anew: true })
  }

  /** Lets everything else run before the response to the present request arrives. */
  protected respondLate(process: string): void {
    this.#interruptions.runOthers(process)
  }

  /** Whether something else may run before a request of a component is sent. */
  protected interruptsBefore(_component: string): boolean {
    return true
  }
}
