import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { GatedRequest, RequestGate } from '../../cluster/compose/request-gate.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Ready } from '../../sim/ready-queue.js'
import type { RequestChoice } from './choice.js'
import { NoRest } from './no-rest.js'
import { isWrite, type SentRequest } from './records.js'

/** Thrown through a component to end it, see `RequestFault`. */
export class Crash extends Error {}

/** As many requests of one step are a loop. */
const MOST_REQUESTS = 10_000

/** Chooses what befalls a request of a step, given its number within the step. */
export type ChooseFault =
  | ((step: Ready, request: GatedRequest, number: number) => RequestChoice | undefined)
  | undefined

/** The dependencies of {@link Requests}: what they need of the run. */
export interface RequestDependencies {
  /** Whether something else could run while a request of a process waits. */
  others(process: string): boolean
  runOthers(process: string): void
  respondLate(process: string): void
  /** Whether something else may run before a request of a component is sent. */
  interruptsBefore(component: string): boolean
  standStill(process: string, ms: number): void
  act(): void
  /** Tells of a choice that befalls the request which comes next. */
  tell(choice: RequestChoice): void
  /** Numbers what happens. */
  nextOrder(): number
  /** Whether others are looked for at the requests of a component. */
  isWatched(component: string): boolean
}

interface Frame {
  readonly entry: Ready
  readonly choices: readonly RequestChoice[]
  readonly requests: SentRequest[]
  /** What ends the step, even if its code catches it: a crash, or an error of the exploration. */
  end?: { readonly error: unknown }
}

/** What is looked at of a result: an object, or the response to a client's HTTP request. */
interface Answer {
  readonly code: number
  readonly headers: unknown
  readonly metadata: { readonly name?: string }
}

/** The requests of the steps of a run: counts them, and lets the choices befall them. */
export class Requests {
  readonly #cluster: SimCluster
  readonly #lost: Set<string>
  readonly #dependencies: RequestDependencies
  /** The step that runs, and those in whose requests it runs. */
  readonly #frames: Frame[] = []
  chooseFault: ChooseFault

  constructor(cluster: SimCluster, lost: Set<string>, dependencies: RequestDependencies) {
    this.#cluster = cluster
    this.#lost = lost
    this.#dependencies = dependencies
  }

  /** Whether a step runs. */
  get isBusy(): boolean {
    return this.#frames.length > 0
  }

  /** The steps that run, the innermost one last. */
  get running(): readonly Ready[] {
    return this.#frames.map(({ entry }) => entry)
  }

  /** Runs a step. Returns its requests, and whether its component has crashed in one. */
  during(
    entry: Ready,
    choices: readonly RequestChoice[],
    run: () => void,
  ): { readonly requests: readonly SentRequest[]; readonly hasCrashed: boolean } {
    const frame: Frame = { entry, choices, requests: [] }
    this.#frames.push(frame)
    try {
      run()
    } catch (error) {
      if (frame.end === undefined) throw error
    } finally {
      this.#frames.pop()
    }
    const hasCrashed = frame.end?.error instanceof Crash
    if (frame.end !== undefined && !hasCrashed) throw frame.end.error
    return { requests: frame.requests, hasCrashed }
  }

  readonly gate: RequestGate = (request, send) => {
    const frame = this.#frames.at(-1)
    if (frame === undefined) return send()
    if (frame.end !== undefined) throw frame.end.error
    const sent: SentRequest = { time: 0, order: 0, ...request }
    const number = frame.requests.push(sent) - 1
    const choices = frame.choices.filter((choice) => choice.request === number)
    const chosen = this.#frames.length === 1 ? this.chooseFault?.(frame.entry, request, number) : undefined
    try {
      if (number >= MOST_REQUESTS)
        throw NoRest.after(`${MOST_REQUESTS} requests of one step`, frame.entry.owner)
      return this.#through(sent, chosen === undefined ? choices : [...choices, chosen], send)
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof ConnectionError)) frame.end = { error }
      throw error
    }
  }

  #through<T>(sent: SentRequest, choices: readonly RequestChoice[], send: () => T): T {
    const { component } = sent
    const { internals } = this.#cluster
    const process = internals.processOf(component)
    const isWatched = this.#dependencies.isWatched(component)
    if (isWatched)
      sent.othersBefore = this.#dependencies.interruptsBefore(component) && this.#dependencies.others(process)
    for (const choice of choices) {
      const { fault, ms = 0 } = choice
      if (fault !== 'action') this.#dependencies.tell(choice)
      if (fault === 'preempt') this.#dependencies.runOthers(process)
      else if (fault === 'lag') this.#dependencies.standStill(process, ms)
      else if (fault === 'action') this.#dependencies.act()
    }
    this.#place(sent)
    if (choices.length > 0) sent.faults = choices.map(({ fault }) => fault)
    for (const { fault } of choices) refuse(sent, fault)
    const { revision } = internals.etcd
    const result = this.#sent(sent, send)
    if (isWrite(sent) && internals.etcd.revision === revision) sent.idle = true
    for (const { fault } of choices) {
      if (fault === 'lateResponse') this.#dependencies.respondLate(process)
      else if (fault === 'lostResponse') this.#lose(sent)
      else if (fault === 'crash') {
        sent.failed = `executed, but ${component} crashes before it sees the response`
        throw new Crash(component)
      }
    }
    if (isWatched) sent.othersAfter = this.#dependencies.others(process)
    return result
  }

  /** Notes when the request is sent. */
  #place(sent: SentRequest): void {
    sent.time = this.#cluster.now()
    sent.order = this.#dependencies.nextOrder()
  }

  #sent<T>(sent: SentRequest, send: () => T): T {
    try {
      const result = send()
      const { code, headers, metadata } = result as Partial<Answer>
      if (headers !== undefined && code !== undefined && code >= 400) sent.failed = `${code}`
      if (sent.verb === 'create' && sent.name === undefined && metadata?.name !== undefined)
        sent.generated = metadata.name
      return result
    } catch (error) {
      if (error instanceof ApiError) sent.failed = `${error.code} ${error.reason}`
      else if (error instanceof ConnectionError) sent.failed = error.message
      throw error
    }
  }

  #lose(sent: SentRequest): never {
    const { verb, resource, subresource } = sent
    this.#lost.add(`${verb} ${[resource, subresource].filter(Boolean).join('/')}`)
    sent.failed = 'executed, but its response is lost'
    throw new ConnectionError('http2: client connection lost')
  }
}

/** Throws what a request gets instead of being executed, if it is not. */
function refuse(sent: SentRequest, fault: RequestChoice['fault']): void {
  if (fault === 'conflict') {
    sent.failed = '409 Conflict'
    throw conflict(sent)
  }
  if (fault === 'error') {
    sent.failed = '500 InternalError'
    throw new ApiError(500, 'InternalError', 'Internal error occurred: injected')
  }
  if (fault === 'timeout') {
    sent.failed = 'times out, and is not executed'
    throw new ConnectionError('net/http: request canceled (Client.Timeout exceeded)')
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
