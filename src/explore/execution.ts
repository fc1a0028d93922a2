import type { Node } from '../api/core/generated.js'
import { NODES, onlyTimesDiffer } from '../apiserver/heartbeats.js'
import type { ChangedObject } from '../cluster/storage/state-facet.js'
import type { GatedRequest, RequestGate } from '../cluster/compose/request-gate.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { ApiError, ConnectionError } from '../client/api-error.js'
import type { PlainData } from '../sim/data/plain-data.js'
import type { Ready } from '../sim/ready-queue.js'
import type { Choice, RequestFault } from './choice.js'
import { toMillis } from '../sim/duration.js'
import type { ExploredAction, ExploreOptions } from './options.js'

/** Handlers of heartbeats and periodic checks: no decisions are made before them. */
const ROUTINE = /\/(?:lease|status|monitor|gc|resync|compact|clean)$|\/informer leases\|/

/** How long an apiserver's cache lags behind, in virtual ms. */
const STALE_FOR = 60_000

/** A step that was run. */
export interface StepRecord {
  readonly at: number
  /** Virtual ms. */
  readonly time: number
  readonly step: string
  readonly owner: string
  readonly requests: readonly GatedRequest[]
}

/** A choice that was made, or an action that was done when it is done by default. */
export interface ChoiceRecord {
  /** Virtual ms. */
  readonly time: number
  readonly choice: Choice
}

/** What a run tells its observer, in the order in which it happens. */
export type RunRecord = StepRecord | ChoiceRecord

/** Thrown through a component to end it, see {@link RequestFault}. */
class Crash extends Error {}

interface Held {
  readonly entry: Ready
  /** Virtual ms. */
  readonly until: number
}

/** Returns the name of a step: `kube-scheduler/schedule default/web`. */
export function stepName({ owner, topic, key }: Ready): string {
  return `${owner}/${topic} ${key}`.trimEnd()
}

/** One run of a cluster, step by step, with the choices made in it. */
export class Execution {
  readonly cluster: SimCluster
  readonly choices: Choice[]
  /** Actions that have not been done. */
  readonly actions: ExploredAction[]
  readonly #held: Held[]
  /** Components that pause, and until when. */
  readonly #paused: Map<string, number>
  /** Steps that wait until nothing else is ready. */
  readonly #delayed: Ready[]
  /** Components whose informers do not follow the store, and until when. */
  readonly #stale: Map<string, number>
  /** Requests whose responses were lost: `create pods/binding`. */
  readonly lost: Set<string>
  /** Virtual ms until which periodic work counts like other work. */
  #restlessUntil = 0
  #heardUpTo: number | undefined
  #decisions: number
  #requests: GatedRequest[] = []
  #fault: { readonly request: number; readonly fault: RequestFault } | undefined
  /** Chooses what befalls a request of a step, given its number within the step. */
  chooseFault: ((step: Ready, request: GatedRequest, number: number) => RequestFault | undefined) | undefined
  #running: Ready | undefined
  /** Called after each step, and before what each choice and each action changes. */
  #observe: ((record: RunRecord) => void) | undefined

  constructor(cluster: SimCluster, actions: readonly ExploredAction[], from?: Execution) {
    this.cluster = cluster
    this.actions = [...(from?.actions ?? actions)]
    this.choices = [...(from?.choices ?? [])]
    this.#held = [...(from?.held ?? [])]
    this.#delayed = [...(from?.delayed ?? [])]
    this.#paused = new Map(from?.paused)
    this.#stale = new Map(from?.stale)
    this.lost = new Set(from?.lost)
    this.#decisions = from?.decisions ?? 0
    this.#restlessUntil = from?.restlessUntil ?? 0
    if (from !== undefined) this.#heardUpTo = from.#heardUpTo
    const { internals } = cluster
    internals.setGate(this.gate)
    for (const { entry } of this.#held) internals.withhold(entry)
    for (const entry of this.#delayed) internals.withhold(entry)
  }

  /**
   * Starts a run in a fork of `root`: does the actions at its start. `isPending`: those that may come at any
   * time wait for a choice, or for rest. `observe` is told of everything from then on.
   */
  static begin(
    root: SimCluster,
    { actions = [], time = 0 }: Pick<ExploreOptions, 'actions' | 'time'>,
    isPending: boolean,
    observe?: (record: RunRecord) => void,
  ): Execution {
    const execution = new Execution(root.fork(), actions)
    execution.start(toMillis(time), isPending, observe)
    return execution
  }

  /** Does what {@link begin} does in the fork. `time`: ms in which periodic work counts like other work. */
  protected start(time: number, isPending: boolean, observe?: (record: RunRecord) => void): void {
    this.#observe = observe
    this.#restlessUntil = this.cluster.now() + time
    for (let next = this.actions[0]; next !== undefined; next = this.actions[0]) {
      if (next.at === 'rest' || (isPending && next.at === 'any')) break
      this.act()
    }
  }

  /** Whether a component does not share its informers with others of its process. */
  canTravel(component: string): boolean {
    return (
      !component.startsWith('kube-controller-manager/') && this.cluster.state.views({ component }).length > 0
    )
  }

  /** Whether the component is a program that lives on promises. */
  isClient(_component: string): boolean {
    return false
  }

  /** Cuts the watches of a client for {@link STALE_FOR}. */
  cutWatches(component: string): void {
    throw new Error(`assertion failed: ${component} is no client`)
  }

  /** Number of the next decision. */
  get decisions(): number {
    return this.#decisions
  }

  get restlessUntil(): number {
    return this.#restlessUntil
  }

  get held(): readonly Held[] {
    return this.#held
  }

  get paused(): ReadonlyMap<string, number> {
    return this.#paused
  }

  get delayed(): readonly Ready[] {
    return this.#delayed
  }

  get stale(): ReadonlyMap<string, number> {
    return this.#stale
  }

  /** What decides how the run goes on, besides the state of the cluster. */
  get circumstances(): PlainData {
    return [
      this.actions.length,
      [...this.lost].sort(),
      this.#held.map(({ entry, until }) => [stepName(entry), until]),
      this.#delayed.map(stepName),
      [...this.#paused],
      [...this.#stale],
      Math.max(0, this.#restlessUntil - this.cluster.now()),
    ]
  }

  /** A revision up to which all informers have heard of everything; undefined before there is one. */
  get heardUpTo(): number | undefined {
    return this.#heardUpTo
  }

  /** Notes {@link heardUpTo}, given what is ready. */
  #noteHeard(ready: readonly Ready[]): void {
    const isInformer = ({ topic }: Ready): boolean => topic.startsWith('informer')
    if (ready.some(isInformer) || this.#delayed.some(isInformer)) return
    if (this.#held.some(({ entry }) => isInformer(entry))) return
    this.#heardUpTo = this.cluster.internals.etcd.revision
  }

  fork(): Execution {
    return new Execution(this.cluster.fork(), [], this)
  }

  /**
   * Runs heartbeats and moves time up to `deadline` (virtual ms) until there is a decision to make. Returns
   * the steps that are ready, the next one first; undefined at the deadline, or, if `restOnly`, as soon as
   * only watchdogs are pending.
   */
  next(deadline: number, restOnly = false): readonly Ready[] | undefined {
    const { internals } = this.cluster
    for (;;) {
      this.#releaseDue()
      const ready = internals.ready()
      this.#noteHeard(ready)
      const [first] = ready
      if (first !== undefined) {
        const paused = this.#paused.get(first.owner)
        if (paused !== undefined && paused > this.cluster.now()) {
          this.#hold(first, paused)
          continue
        }
        const until = first.topic.startsWith('informer ') ? this.#stale.get(first.owner) : undefined
        if (until !== undefined && until > this.cluster.now()) {
          this.#hold(first, until)
          continue
        }
        if (!this.#isRoutine(first)) return ready
        internals.step(first)
        continue
      }
      const delayed = this.#delayed.shift()
      if (delayed !== undefined) {
        internals.release(delayed)
        continue
      }
      const isRest = this.#held.length === 0 && this.cluster.state.atRest
      if (restOnly && isRest && this.cluster.now() >= this.#restlessUntil) return undefined
      const end = isRest && restOnly ? this.#restlessUntil : deadline
      const limit = Math.min(end, ...this.#held.map(({ until }) => until))
      if (!this.#isSlow) internals.passQuietly(limit)
      if (!internals.advanceToNext(limit) && this.cluster.now() >= deadline) return undefined
    }
  }

  /**
   * Whether a step belongs to heartbeats and periodic checks. In quiet times informers hear of heartbeats
   * without a step, so that those which a step tells of count as little.
   */
  #isRoutine({ owner, topic, key }: Ready): boolean {
    if (ROUTINE.test(`${owner}/${topic}`) || key.startsWith('leases|')) return true
    const hearsNodes =
      topic.startsWith('informer nodes|') || (topic === 'informer' && key.startsWith('nodes|'))
    const since = this.#heardUpTo
    if (!hearsNodes || since === undefined) return false
    const { cluster } = this
    if (since < cluster.internals.etcd.compactedRevision) return false
    const changes = [...cluster.state.changedSince(since)].filter(([one]) => one.startsWith(NODES))
    const isHeartbeat = ({ was, is }: ChangedObject): boolean =>
      was !== undefined && is !== undefined && onlyTimesDiffer(is as Node, was as Node)
    return changes.length > 0 && changes.every(([, change]) => isHeartbeat(change))
  }

  /** Runs one of the ready steps; `fault` befalls one of its requests. Returns the requests that it made. */
  run(
    entry: Ready,
    fault?: { readonly request: number; readonly fault: RequestFault },
  ): readonly GatedRequest[] {
    const at = this.#decisions++
    const time = this.cluster.now()
    this.#requests = []
    this.#fault = fault
    this.#running = entry
    try {
      this.cluster.internals.step(entry)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.restart(entry.owner)
    }
    this.#fault = undefined
    this.#running = undefined
    const requests = this.#requests
    this.#observe?.({ at, time, step: stepName(entry), owner: entry.owner, requests })
    return requests
  }

  /** Does the next action. */
  act(): ExploredAction | undefined {
    const action = this.actions.shift()
    if (action === undefined) return undefined
    this.#tell({ at: this.#decisions, do: 'action', action: action.name })
    action.do(this.cluster)
    return action
  }

  /** Notes a choice that is about to be made. */
  note(choice: Choice): void {
    this.choices.push(choice)
    if (choice.do !== 'action') this.#tell(choice)
  }

  /** Tells the observer of a choice. {@link act} tells of actions, whether they are chosen or not. */
  #tell(choice: Choice): void {
    this.#observe?.({ time: this.cluster.now(), choice })
  }

  /**
   * At rest, does the next action, if there is one. That one which may come at any time has waited until now
   * is a choice.
   */
  actAtRest(): boolean {
    const at = this.#decisions
    const action = this.act()
    if (action?.at === 'any') this.choices.push({ at, do: 'action', action: action.name })
    return action !== undefined
  }

  /** Kills a component and starts it again. */
  restart(component: string): void {
    const node = /^kubelet\/(.+)$/.exec(component)?.[1]
    if (node === undefined) this.cluster.component(component).restart()
    else this.cluster.node(node).restartKubelet()
  }

  /** Starts a component again on lists of an old revision; its watches catch up after {@link STALE_FOR}. */
  timeTravel(component: string, revision: number): void {
    const { internals } = this.cluster
    internals.setStaleReads(component, revision)
    try {
      this.restart(component)
      const until = this.keepStale(component)
      for (const entry of internals.ready())
        if (entry.owner === component && entry.topic.startsWith('informer ')) {
          internals.step(entry)
          this.#hold(entry, until)
        }
    } finally {
      internals.setStaleReads(component, undefined)
    }
  }

  /** Keeps the informers of a component from following the store. Returns until when, in virtual ms. */
  protected keepStale(component: string): number {
    const until = this.cluster.now() + STALE_FOR
    this.#stale.set(component, until)
    return until
  }

  /** Makes a component pause for `ms` of virtual time: no step of it runs before. */
  pause(component: string, ms: number): void {
    this.#paused.set(component, this.cluster.now() + ms)
  }

  /** Makes a ready step wait until nothing else is ready. */
  delay(entry: Ready): void {
    this.cluster.internals.withhold(entry)
    this.#delayed.push(entry)
  }

  /** Whether a component pauses, or does not follow the store: its heartbeats wait, too. */
  get #isSlow(): boolean {
    const now = this.cluster.now()
    for (const slow of [this.#paused, this.#stale])
      for (const until of slow.values()) if (until > now) return true
    return false
  }

  #hold(entry: Ready, until: number): void {
    this.cluster.internals.withhold(entry)
    this.#held.push({ entry, until })
  }

  #releaseDue(): void {
    const now = this.cluster.now()
    for (let at = 0; at < this.#held.length;) {
      const { entry, until } = this.#held[at] as Held
      if (until > now) at++
      else {
        this.#held.splice(at, 1)
        this.cluster.internals.release(entry)
      }
    }
  }

  /** Through which requests go: it counts them, and has the fault of the present step. */
  protected readonly gate: RequestGate = (request, send) => {
    const number = this.#requests.push(request) - 1
    const running = this.#running
    const fault =
      this.#fault?.request === number
        ? this.#fault.fault
        : running && this.chooseFault?.(running, request, number)
    if (fault === undefined) return send()
    if (fault === 'preempt') this.#runOthers(request.component)
    if (fault === 'conflict') throw conflict(request)
    if (fault === 'error') throw new ApiError(500, 'InternalError', 'Internal error occurred: injected')
    if (fault === 'timeout') throw new ConnectionError('net/http: request canceled (Client.Timeout exceeded)')
    const result = send()
    if (fault === 'lostAnswer') {
      const { verb, resource, subresource } = request
      this.lost.add(`${verb} ${[resource, subresource].filter(Boolean).join('/')}`)
      throw new ConnectionError('http2: client connection lost')
    }
    if (fault === 'crash') throw new Crash(request.component)
    return result
  }

  #runOthers(component: string): void {
    const fault = this.#fault
    this.#fault = undefined
    for (const entry of this.cluster.internals.ready())
      if (entry.owner !== component) this.cluster.internals.step(entry)
    this.#fault = fault
  }
}

function conflict({ resource, name = '' }: GatedRequest): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; please apply ` +
      'your changes to the latest version and try again',
  )
}
