import type { Delivery } from '../../client/informers/list-watch-informer.js'
import type { RequestGate } from '../../cluster/compose/request-gate.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import { toMillis } from '../../sim/duration.js'
import type { Ready } from '../../sim/ready-queue.js'
import { perform } from './act.js'
import type { Choice, RequestChoice } from './choice.js'
import { Deadlines } from './deadlines.js'
import type { Failure } from './failure.js'
import { noteIdle } from './generic-invariants.js'
import { Interruptions } from './interruptions.js'
import { RunJournal } from './journal.js'
import { StepCounter } from './no-rest.js'
import type { ExploredAction } from '../options.js'
import { Outages } from './outages.js'
import { RunPace } from './pace.js'
import type { RunRecord, SentRequest } from './records.js'
import { type ChooseFault, Requests } from './requests.js'
import { isWatched, type ExploreScope } from '../scope.js'
import { isSameStep, stepName } from './steps.js'
import { staleness } from '../story/view.js'
import { Waiting } from './waiting.js'

/** One run of a cluster, step by step, with the choices made in it. */
export class Execution extends Outages {
  readonly scope: ExploreScope
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
  #decisions: number
  readonly #steps: StepCounter
  readonly #requests: Requests
  readonly #interruptions: Interruptions
  readonly #pace: RunPace
  readonly #journal: RunJournal

  constructor(scope: ExploreScope, cluster: SimCluster, from?: Execution) {
    super(
      cluster,
      new Waiting(cluster, from?.waiting),
      new Deadlines(scope.options.eventually ?? [], scope.root.now(), from?.deadlines),
    )
    this.scope = scope
    this.actions = [...(from?.actions ?? scope.options.actions ?? [])]
    this.choices = [...(from?.choices ?? [])]
    this.lost = new Set(from?.lost)
    this.idleWrites = new Map(from?.idleWrites)
    this.#isPending = from?.isPending ?? false
    this.#decisions = from?.decisions ?? 0
    const now = cluster.now()
    this.#steps = new StepCounter(now, from === undefined ? undefined : from.#steps)
    this.#journal = new RunJournal(cluster)
    this.#pace = new RunPace(
      cluster,
      this.waiting,
      this.deadlines,
      { decisions: () => this.#decisions, list: (entry) => this.deliver(entry, { anew: true }) },
      from === undefined ? undefined : from.#pace,
    )
    this.#interruptions = this.#interruptionsOf()
    this.#requests = this.#requestsOf()
    cluster.internals.setGate(this.gate)
  }

  #interruptionsOf(): Interruptions {
    return new Interruptions(this.cluster, this.waiting, this.scope.options.workers ?? 1, {
      running: () => this.#requests.running,
      play: (entry) => void this.#play(entry, this.#decisions - 1, []),
      advance: (limit) => void this.#pace.advance(limit),
      releaseDue: () => this.#pace.releaseDue(),
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
        this.deadlines.restart(this.cluster.now() + ms)
        interruptions.standStill(process, ms)
      },
      act: () => void this.act(),
      tell: (choice) => this.#journal.tell(choice),
      isWatched: (component) => isWatched(this.scope, component),
      nextOrder: () => this.#journal.next(),
    })
  }

  /**
   * Starts a run in a fork of the root: does the actions at its start. `isPending`: those that may come at
   * any time wait for a choice, or for rest. `observe` is told of everything from then on.
   */
  static begin(scope: ExploreScope, isPending: boolean, observe?: (record: RunRecord) => void): Execution {
    const execution = new Execution(scope, scope.root.fork())
    for (const component of scope.anew) execution.cluster.process(component).restart()
    if (scope.anew.length > 0) execution.cluster.settle()
    execution.start(isPending, observe)
    return execution
  }

  /** Does what {@link begin} does in the fork. */
  start(isPending: boolean, observe?: (record: RunRecord) => void): void {
    this.#journal.observe = observe
    this.#isPending = isPending
    this.#pace.beRestless(toMillis(this.scope.options.time ?? 0))
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

  get isPending(): boolean {
    return this.#isPending
  }

  /** Number of the next decision. */
  get decisions(): number {
    return this.#decisions
  }

  /** Whether a step waits until nothing else is ready. */
  get isDelaying(): boolean {
    return this.waiting.isDelaying
  }

  /** What decides how the run goes on, besides the state of the cluster. */
  get circumstances(): PlainData {
    return [
      this.actions.length,
      [...this.lost].sort(),
      this.waiting.circumstances,
      this.deadlines.circumstances(this.cluster.now()),
      this.#pace.circumstances,
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
    fork.#journal.continue(this.#journal)
    return fork
  }

  /**
   * Goes on to the next decision. Returns the steps that are ready, the next one first; undefined at the
   * deadline, or, if `restOnly`, at rest.
   */
  next(deadline: number, restOnly = false): readonly Ready[] | undefined {
    return this.#pace.next(deadline, restOnly, this.actions.length > 0)
  }

  /** Returns the number of events that a step would deliver; 1 if it is not one of an informer. */
  waitingEvents(entry: Ready): number {
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
    const order = this.#journal.next()
    const isNested = this.#requests.isBusy
    const isLooked = !isNested && (this.#journal.observe !== undefined || this.choices.length === 0)
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
    this.#journal.observe?.(record)
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
    this.#journal.tell({ at: this.#decisions, do: 'action', action: action.name })
    this.deadlines.restart(this.cluster.now())
    perform(action, this.cluster)
    this.scope.coverage.action(action.name)
    return action
  }

  /** Notes a choice that is about to be made. What befalls a request is told of when that is sent. */
  note(choice: Choice): void {
    this.choices.push(choice)
    this.deadlines.restart(this.cluster.now())
    if (choice.do !== 'action' && choice.do !== 'request') this.#journal.tell(choice)
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

  /** Makes a ready step wait until nothing else is ready. */
  delay(entry: Ready): void {
    this.waiting.delay(entry, this.#decisions)
  }

  /** Looks at the cluster after each step that runs while a request waits. */
  set checkNested(check: () => Failure | undefined) {
    this.#interruptions.check = check
  }

  /** Returns what {@link checkNested} has found, once. */
  takeNestedFailure(): Failure | undefined {
    return this.#interruptions.takeFailure()
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
