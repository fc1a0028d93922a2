import type { Node } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { onlyTimesDiffer } from '../apiserver/heartbeats.js'
import type { Change } from '../client/informers/informer.js'
import { INFORMER_TOPIC } from '../cluster/compose/component-host.js'
import type { RequestGate } from '../cluster/compose/request-gate.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Delivery } from '../client/informers/list-watch-informer.js'
import type { PlainData } from '../sim/data/plain-data.js'
import type { Ready } from '../sim/ready-queue.js'
import { toMillis } from '../sim/duration.js'
import { perform } from './act.js'
import { type Choice, isAction, type RequestChoice } from './choice.js'
import { type ChooseFault, Requests } from './requests.js'
import { NoRest, type Rest } from './no-rest.js'
import type { ExploredAction } from './options.js'
import type { Failure } from './failure.js'
import { isQueue } from './generic-invariants.js'
import { type RunRecord, type SentRequest, type StepRecord, textOf } from './records.js'
import type { Scope } from './scope.js'
import { staleness } from './story/view.js'

/** How long an apiserver's cache lags behind, or watches are broken, in virtual ms. */
const STALE_FOR = 60_000
/** A delayed step runs after so many others, if they never end. */
const PATIENCE = 100
/** As many steps of a run, at one instant and in all, are too many to come to rest. */
const MOST_AT_INSTANT = 5_000
const MOST_STEPS = 100_000
/** As many steps run at most while a request waits. */
const MOST_NESTED = 500

interface Held {
  readonly entry: Ready
  /** Virtual ms. */
  readonly until: number
}

interface Delayed {
  readonly entry: Ready
  /** Number of the decision at which it runs, whatever else is ready. */
  readonly until: number
}

/** Until when, in virtual ms, informers do not follow the store; whether they list anew then. */
interface Stale {
  readonly until: number
  readonly anew: boolean
}

/** Returns the name of a step: `kube-scheduler/schedule default/web`. */
export function stepName({ owner, topic, key }: Ready): string {
  return `${owner}/${topic} ${key}`.trimEnd()
}

/** Whether a change is a node's heartbeat: of its lease, or of the times in its status. */
function isHeartbeat({ object, old }: Change<KubeObject>): boolean {
  if (object.kind === 'Lease') return object.metadata.namespace === 'kube-node-lease' && old !== undefined
  return object.kind === 'Node' && old !== undefined && onlyTimesDiffer(object as Node, old as Node)
}

const isSame = (some: Ready, other: Ready): boolean =>
  some.owner === other.owner && some.topic === other.topic && some.key === other.key

/** One run of a cluster, step by step, with the choices made in it. */
export class Execution {
  readonly scope: Scope
  readonly cluster: SimCluster
  readonly choices: Choice[]
  /** Actions that have not been done. */
  readonly actions: ExploredAction[]
  readonly #held: Held[]
  /** Processes that pause, and until when. */
  readonly #paused: Map<string, number>
  /** Steps that wait until nothing else is ready. */
  readonly #delayed: Delayed[]
  /** Components whose informers do not follow the store. */
  readonly #stale: Map<string, Stale>
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
  #steps: Rest
  readonly #requests: Requests
  /** Looks at the cluster after a step that ran while a request waited. */
  checkNested: (() => Failure | undefined) | undefined
  /** Number of what the observer has been told of. */
  #order = 0
  #nestedFailure: Failure | undefined
  /** Called after each step, and before what each choice and each action changes. */
  #observe: ((record: RunRecord) => void) | undefined

  constructor(scope: Scope, cluster: SimCluster, from?: Execution) {
    this.scope = scope
    this.cluster = cluster
    this.actions = [...(from?.actions ?? scope.options.actions ?? [])]
    this.choices = [...(from?.choices ?? [])]
    this.#held = [...(from?.held ?? [])]
    this.#delayed = [...(from === undefined ? [] : from.#delayed)]
    this.#paused = new Map(from?.paused)
    this.#stale = new Map(from === undefined ? [] : from.#stale)
    this.lost = new Set(from?.lost)
    this.idleWrites = new Map(from?.idleWrites)
    this.#isPending = from?.isPending ?? false
    this.#decisions = from?.decisions ?? 0
    this.#restlessUntil = from?.restlessUntil ?? 0
    this.#steps = { ...(from === undefined ? { instant: cluster.now(), atInstant: 0, all: 0 } : from.#steps) }
    const { internals } = cluster
    this.#requests = new Requests(cluster, this.lost, {
      others: (process) => this.#othersOf(process).length > 0,
      runOthers: (process) => this.#runOthers(process),
      respondLate: (process) => this.respondLate(process),
      interruptsBefore: (component) => this.interruptsBefore(component),
      standStill: (process, ms) => this.#standStill(process, ms),
      act: () => void this.act(),
      isWatched: (component) => this.isWatched(component),
      nextOrder: () => this.#order++,
    })
    internals.setGate(this.gate)
    for (const { entry } of this.#held) internals.withhold(entry)
    for (const { entry } of this.#delayed) internals.withhold(entry)
  }

  /**
   * Starts a run in a fork of the root: does the actions at its start. `isPending`: those that may come at
   * any time wait for a choice, or for rest. `observe` is told of everything from then on.
   */
  static begin(scope: Scope, isPending: boolean, observe?: (record: RunRecord) => void): Execution {
    const execution = new Execution(scope, scope.root.fork())
    for (const component of scope.anew) execution.cluster.component(component).restart()
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

  get restlessUntil(): number {
    return this.#restlessUntil
  }

  /** Whether a step waits until nothing else is ready. */
  get isDelaying(): boolean {
    return this.#delayed.length > 0
  }

  get held(): readonly Held[] {
    return this.#held
  }

  get paused(): ReadonlyMap<string, number> {
    return this.#paused
  }

  /** What decides how the run goes on, besides the state of the cluster. */
  get circumstances(): PlainData {
    return [
      this.actions.length,
      [...this.lost].sort(),
      this.#held.map(({ entry, until }) => [stepName(entry), until]),
      this.#delayed.map(({ entry }) => stepName(entry)),
      [...this.#paused].filter(([, until]) => until > this.cluster.now()),
      [...this.#stale].map(([component, { until, anew }]) => [component, until, anew]),
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
        const until = this.#waitsUntil(first)
        if (until !== undefined) this.#hold(first, until)
        else if (!this.#isRoutine(first)) return ready
        else internals.step(first)
        continue
      }
      const delayed = this.#delayed.shift()
      if (delayed !== undefined) {
        internals.release(delayed.entry)
        continue
      }
      if (restOnly && this.#isOnlyUnobserved) return undefined
      const isRest = this.#held.length === 0 && this.cluster.state.atRest
      if (restOnly && isRest && this.cluster.now() >= this.#restlessUntil) return undefined
      const end = isRest && restOnly ? this.#restlessUntil : deadline
      const limit = Math.min(end, ...this.#held.map(({ until }) => until))
      if (!this.#isSlow) internals.passQuietly(limit)
      if (!internals.advanceToNext(limit) && this.cluster.now() >= deadline) return undefined
    }
  }

  /**
   * Whether all is at rest but what a component with broken watches will list: the user does not wait for it.
   */
  get #isOnlyUnobserved(): boolean {
    if (this.#held.length === 0 || this.actions.length === 0 || !this.cluster.state.atRest) return false
    return this.#held.every(({ entry }) => this.#stale.get(entry.owner)?.anew === true)
  }

  /** Returns until when a ready step waits, because its process pauses or its informer does not follow. */
  #waitsUntil(entry: Ready): number | undefined {
    const now = this.cluster.now()
    const paused = this.#paused.get(this.#processOf(entry.owner))
    if (paused !== undefined && paused > now) return paused
    const stale = this.#stale.get(entry.owner)
    if (stale === undefined || stale.until <= now) return undefined
    return this.cluster.internals.roleOf(entry) === 'informer' ? stale.until : undefined
  }

  /**
   * Whether a step is routine. In quiet times informers hear of heartbeats without a step, so that those
   * which a step tells of count as little.
   */
  #isRoutine(entry: Ready): boolean {
    const { internals } = this.cluster
    const role = internals.roleOf(entry)
    if (role !== 'informer') return role === 'routine'
    const changes = internals.informerOf(entry)?.waiting() ?? []
    return changes.length > 0 && changes.every(isHeartbeat)
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
    this.#countStep(entry)
    return this.#play(entry, at, choices, delivery)
  }

  #countStep(entry: Ready): void {
    const now = this.cluster.now()
    const steps = this.#steps
    if (steps.instant !== now) Object.assign(steps, { instant: now, atInstant: 0 })
    steps.atInstant += 1
    steps.all += 1
    if (steps.atInstant > MOST_AT_INSTANT)
      throw NoRest.after(`${MOST_AT_INSTANT} steps at one instant`, stepName(entry))
    if (steps.all > MOST_STEPS) throw NoRest.after(`${MOST_STEPS} steps`, stepName(entry))
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
    const view = isLooked ? this.#viewOf(entry) : undefined
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
    if (!isNested && view === undefined && this.choices.length === 0) this.#noteIdle(record, entry.topic)
    this.scope.coverage.step(record, this.cluster.internals.roleOf(entry) === 'informer')
    this.#observe?.(record)
    if (hasCrashed) this.restart(entry.owner)
    return requests
  }

  #noteIdle({ owner, requests }: StepRecord, topic: string): void {
    if (!this.scope.underTest.includes(owner) || !isQueue(this.cluster, owner, topic)) return
    for (const sent of requests) {
      if (sent.verb !== 'update' && sent.verb !== 'patch') continue
      const write = `${owner}: ${textOf(sent)}`
      if (sent.idle === true) this.idleWrites.set(write, (this.idleWrites.get(write) ?? 0) + 1)
      else if (sent.failed === undefined) this.idleWrites.delete(write)
    }
  }

  /** What the caches of a component under test do not show as it is, before it works. */
  #viewOf(entry: Ready): string | undefined {
    const { underTest } = this.scope
    const { internals } = this.cluster
    if (!underTest.includes(entry.owner) || internals.roleOf(entry) !== undefined) return undefined
    return staleness(this.cluster, entry.owner)
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
    const rest = this.cluster.internals.ready().find((one) => isSame(one, entry))
    if (rest !== undefined) this.delay(rest)
  }

  /** Does the next action. @throws ActionFailed */
  act(): ExploredAction | undefined {
    const action = this.actions.shift()
    if (action === undefined) return undefined
    this.#tell({ at: this.#decisions, do: 'action', action: action.name })
    perform(action, this.cluster)
    this.scope.coverage.action(action.name)
    return action
  }

  /** Notes a choice that is about to be made. */
  note(choice: Choice): void {
    this.choices.push(choice)
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
    if (node === undefined) this.cluster.component(this.#processOf(component)).restart()
    else this.cluster.node(node).restartKubelet()
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
          this.#hold(entry, until)
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
    this.#stale.set(component, { until, anew })
    return until
  }

  /** Makes a component pause for `ms` of virtual time: no step of its process runs before. */
  pause(component: string, ms: number): void {
    this.#paused.set(this.#processOf(component), this.cluster.now() + ms)
  }

  /** Makes a ready step wait until nothing else is ready. */
  delay(entry: Ready): void {
    this.cluster.internals.withhold(entry)
    this.#delayed.push({ entry, until: this.#decisions + PATIENCE })
  }

  /** Returns what {@link checkNested} has found, once. */
  takeNestedFailure(): Failure | undefined {
    const failure = this.#nestedFailure
    this.#nestedFailure = undefined
    return failure
  }

  /** Whether a component pauses, or does not follow the store: its heartbeats wait, too. */
  get #isSlow(): boolean {
    const now = this.cluster.now()
    for (const until of this.#paused.values()) if (until > now) return true
    return this.#stale.size > 0
  }

  #hold(entry: Ready, until: number): void {
    this.cluster.internals.withhold(entry)
    this.#held.push({ entry, until })
  }

  #releaseDue(): void {
    const now = this.cluster.now()
    for (const [component, { until, anew }] of this.#stale) {
      if (until > now) continue
      this.#stale.delete(component)
      if (anew) this.#listAnew(component)
    }
    for (let at = 0; at < this.#held.length;) {
      const { entry, until } = this.#held[at] as Held
      if (until > now) at++
      else {
        this.#held.splice(at, 1)
        this.cluster.internals.release(entry)
      }
    }
    while ((this.#delayed[0]?.until ?? Infinity) <= this.#decisions)
      this.cluster.internals.release((this.#delayed.shift() as Delayed).entry)
  }

  /** Lets the informers of a component list: those that have missed something. */
  #listAnew(component: string): void {
    const { internals } = this.cluster
    for (let at = 0; at < this.#held.length;) {
      const { entry } = this.#held[at] as Held
      if (entry.owner !== component || internals.roleOf(entry) !== 'informer') {
        at++
        continue
      }
      this.#held.splice(at, 1)
      internals.release(entry)
      this.deliver(entry, { anew: true })
    }
  }

  /**
   * Returns what may run while a request of a process waits: everything but its own workers, and with several
   * workers also those of its own that do not run already.
   */
  #othersOf(process: string): readonly Ready[] {
    const { workers = 1 } = this.scope.options
    const { running } = this.#requests
    const own = running.filter(({ owner }) => this.#processOf(owner) === process).length
    return this.cluster.internals.ready().filter((entry) => {
      if (this.#waitsUntil(entry) !== undefined) return false
      if (this.#processOf(entry.owner) !== process || this.cluster.internals.roleOf(entry) === 'informer')
        return true
      return own < workers && !running.some((one) => isSame(one, entry))
    })
  }

  /** Lets everything else run before the response to the present request arrives. */
  protected respondLate(process: string): void {
    this.#runOthers(process)
  }

  /** Whether something else may run before a request of a component is sent. */
  protected interruptsBefore(_component: string): boolean {
    return true
  }

  #runOthers(process: string): void {
    for (let nth = 0; nth < MOST_NESTED; nth += 1) {
      const [entry] = this.#othersOf(process)
      if (entry === undefined) return
      this.#nest(entry)
    }
  }

  #nest(entry: Ready): void {
    this.#play(entry, this.#decisions - 1, [])
    this.#nestedFailure ??= this.checkNested?.()
  }

  /** Lets everything but a process go on for `ms`. */
  #standStill(process: string, ms: number): void {
    const { internals } = this.cluster
    const until = this.cluster.now() + ms
    this.#paused.set(process, until)
    for (let nth = 0; nth < MOST_STEPS; nth += 1) {
      if (this.cluster.now() >= until) break
      this.#releaseDue()
      const [entry] = internals.ready()
      if (entry !== undefined) {
        const waits = this.#waitsUntil(entry)
        if (waits === undefined) this.#nest(entry)
        else this.#hold(entry, waits)
        continue
      }
      internals.advanceToNext(Math.min(until, ...this.#held.map((held) => held.until)))
    }
    this.#paused.delete(process)
    this.#releaseDue()
  }
}
