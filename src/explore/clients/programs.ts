import type { AnyHttpResponse, HttpRequest, HttpResponse, HttpWatch } from '../../client/http.js'
import type { Component } from '../../client/component.js'
import type { Cluster } from '../../client-node/send.js'
import { fetchFrom } from '../../cluster/streams/fetch.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { RequestGate } from '../../cluster/compose/request-gate.js'
import type { Delivery } from '../../client/informers/list-watch-informer.js'
import type { Ready } from '../../sim/ready-queue.js'
import type { Topic } from '../../sim/modules/topic.js'
import { ClientError, type FailedRequest } from './client-error.js'
import { ClientConnection, REQUEST, RESPONSE, WATCH } from './connection.js'
import { type ProgramClock, ProgramTimers, type Start } from './timers.js'

/** What a client gets when it starts: the API to talk to. */
export interface ClientAccess extends Cluster {
  /** The name of the client in `clients`. */
  readonly client: string
  /** The run's cluster. A controller talks to `http` instead: those requests are steps. */
  readonly cluster: SimCluster
  /** Handles a request in a step of the client: for servers of other protocols. */
  send(request: HttpRequest): Promise<AnyHttpResponse>
  /** Says how to see that the client works, though it has not sent anything: it does not count as quiet. */
  watchActivity(isBusy: () => boolean): void
}

/** Ends a program; it may be slow, and is not waited for. */
export type StopClient = () => unknown

/**
 * Starts a controller, and returns what stops it: `(access) => start(kubeConfigFor(access))`. It is called in
 * each run, and after each crash; state of an earlier start must not live on. Its timers and dates are
 * virtual, unless it has its `ownTime`, as programs in other processes do.
 */
export interface ClientProgram {
  (access: ClientAccess): StopClient | void | Promise<StopClient | void>
  readonly ownTime?: boolean
}

/**
 * Real ms, and turns of the event loop, without a request, after which clients are quiet. Ms in which this
 * process does not run do not count.
 */
export interface Quiet {
  readonly turns: number
  readonly ms: number
}

/** A started program. */
interface Started {
  readonly connection: ClientConnection
  readonly stop: Promise<StopClient | void>
  readonly start: Start
}

/** The topic of a client's timers. */
const TIMER = 'timer'
/** Timers that are longer, in virtual ms, are periodic work: a run does not wait for them to be at rest. */
const LONGEST_RETRY = 60_000
/** As many timers in a row for which nothing has happened are retries; later ones are polling. */
const MOST_RETRIES = 8

/**
 * Ms that one look at the clients counts at most. When this process waits for a processor, it hears nothing
 * of them: such time does not count.
 */
const MOST_MS = 2

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** The clients of one run: each is a component, whose steps are its requests and the events it gets. */
export class Programs {
  readonly #programs: ReadonlyMap<string, ClientProgram>
  readonly #quiet: Quiet
  readonly #running = new Map<string, Started>()
  readonly #activity = new Map<string, () => boolean>()
  readonly #timers = new ProgramTimers()
  readonly #topics = new Map<string, Topic>()
  /** Timers that have fired since something has happened to a client. */
  readonly #streaks = new Map<string, number>()
  /** The first request of each client that failed, and the last one. */
  readonly #failures = new Map<string, { readonly first: FailedRequest; readonly last: FailedRequest }>()
  readonly #successes = new Set<string>()
  #delivery: Delivery | undefined
  #isLate = false
  #cluster: SimCluster | undefined
  #gate: RequestGate | undefined
  #failure: unknown

  constructor(programs: Readonly<Record<string, ClientProgram>>, quiet: Quiet) {
    this.#programs = new Map(Object.entries(programs))
    this.#quiet = quiet
  }

  get names(): readonly string[] {
    return [...this.#programs.keys()]
  }

  has(name: string): boolean {
    return this.#programs.has(name)
  }

  /** Starts the programs in a fork of a cluster, and returns it; nothing has come to rest yet. */
  start(root: SimCluster): SimCluster {
    if (![...this.#programs.values()].every(({ ownTime }) => ownTime === true)) this.#timers.install()
    const { components = [] } = root.internals.options
    const cluster = root.fork({
      components: [...components, ...this.names.map((name) => this.#component(name))],
    })
    this.#timers.begin()
    this.#cluster = cluster
    this.#gate = undefined
    for (const name of this.names) this.#start(name)
    return cluster
  }

  /** Ends what outlives single runs: virtual time. */
  dispose(): void {
    this.#timers.uninstall()
  }

  /** Whether a request of a client has ever succeeded. */
  hasSucceeded(name: string): boolean {
    return this.#successes.has(name)
  }

  /** Returns the first request of a client that failed; `it has sent nothing` if there was none. */
  failureOf(name: string): string {
    const { first } = this.#failures.get(name) ?? {}
    return first === undefined ? 'it has sent nothing' : `${first.request}: ${first.code ?? first.message}`
  }

  /** Returns the number of events that a step of a client would deliver. */
  waiting({ owner, topic, key }: Ready): number {
    return topic === WATCH ? (this.#running.get(owner)?.connection.waiting(key) ?? 1) : 1
  }

  /** Runs a step in which watches deliver what `delivery` says. */
  during(delivery: Delivery | undefined, step: () => void): void {
    this.#delivery = delivery
    try {
      step()
    } finally {
      this.#delivery = undefined
      this.#isLate = false // nor in the next run, whose first steps are not run by this
    }
  }

  /** Makes the response to the request of the present step a step of its own. */
  respondLate(): void {
    this.#isLate = true
  }

  /** Sets what the requests of clients go through from now on. */
  setGate(gate: RequestGate): void {
    this.#gate = gate
  }

  /** Kills a program and starts it again; with a revision, on lists that are as old as that. */
  restart(name: string, revision?: number): void {
    this.#end(name)
    this.#start(name, revision)
  }

  cutWatches(name: string): void {
    this.#running.get(name)?.connection.cutWatches()
  }

  /** Waits until no client does anything. @throws ClientError if the start of a program has thrown */
  async quiet(): Promise<void> {
    const { turns, ms } = this.#quiet
    for (;;) {
      const before = this.#sent()
      let left = ms
      let turn = 0
      let last = performance.now()
      do {
        await (turn < turns ? nextTurn() : aMoment())
        const now = performance.now()
        left = this.#isBusy() ? ms : left - Math.min(now - last, MOST_MS)
        last = now
      } while (this.#sent() === before && (++turn < turns || left > 0))
      if (this.#failure !== undefined) throw this.#failure
      if (this.#sent() === before) return
    }
  }

  /** Ends all programs. */
  end(): void {
    for (const name of this.names) this.#end(name)
  }

  #isBusy(): boolean {
    for (const isBusy of this.#activity.values()) if (isBusy()) return true
    return false
  }

  #sent(): number {
    let sum = 0
    for (const { connection } of this.#running.values()) sum += connection.sent
    return sum
  }

  #component(name: string): Component {
    return {
      name,
      identity: { name, groups: [] },
      setup: (host) => {
        const run = (topic: string) => (key: string) => this.#running.get(name)?.connection.run(topic, key)
        for (const topic of [REQUEST, RESPONSE]) host.handle(topic, run(topic))
        host.handle(WATCH, run(WATCH), { role: 'informer' })
        const timer = host.handle(TIMER, (key) => {
          this.#streaks.set(name, (this.#streaks.get(name) ?? 0) + 1)
          this.#timers.fire(Number(key))
        })
        this.#topics.set(name, timer)
      },
    }
  }

  #start(name: string, revision?: number): void {
    const cluster = this.#cluster as SimCluster
    const connection = new ClientConnection({
      client: name,
      cluster,
      gate: () => this.#gate,
      delivery: () => this.#delivery,
      isLate: () => this.#isLate,
      onAnswer: (code, isChange) => this.#noteAnswer(name, code, isChange),
      onFailure: (last) =>
        void this.#failures.set(name, { first: this.#failures.get(name)?.first ?? last, last }),
      ...(revision === undefined ? {} : { revision }),
    })
    const program = this.#programs.get(name) as ClientProgram
    const watchActivity = (isBusy: () => boolean): void => void this.#activity.set(name, isBusy)
    const start: Start = { clock: this.#clockOf(name, cluster), isOver: false }
    const run = async (): Promise<StopClient | void> =>
      program({ ...accessOf(name, cluster, connection), watchActivity })
    const stop = program.ownTime === true ? run() : this.#timers.run(start, run)
    stop.catch((error: unknown) => {
      this.#failure ??= new ClientError(name, error, this.#failures.get(name)?.last)
    })
    this.#running.set(name, { connection, stop, start })
  }

  #noteAnswer(name: string, code: number, isChange: boolean): void {
    if (code < 400) this.#successes.add(name)
    if (isChange) this.#streaks.delete(name)
  }

  /** A client's clock: a timer is work while it may be a retry, so that a run waits for it. */
  #clockOf(name: string, cluster: SimCluster): ProgramClock {
    const topic = (): Topic | undefined => this.#topics.get(name)
    return {
      now: () => cluster.now(),
      arm: (id, ms, isInterval) => {
        const isRetry = !isInterval && ms <= LONGEST_RETRY && (this.#streaks.get(name) ?? 0) < MOST_RETRIES
        topic()?.wakeAfter(String(id), ms, { class: isRetry ? 'work' : 'watchdog' })
      },
      disarm: (id) => void topic()?.cancel(String(id)),
    }
  }

  #end(name: string): void {
    const started = this.#running.get(name)
    if (started === undefined) return
    this.#running.delete(name)
    this.#activity.delete(name)
    this.#streaks.delete(name)
    started.start.isOver = true
    started.connection.close()
    started.stop.then((stop) => this.#timers.run(started.start, () => stop?.())).catch(() => undefined)
  }
}

function accessOf(
  client: string,
  cluster: SimCluster,
  connection: ClientConnection,
): Omit<ClientAccess, 'watchActivity'> {
  return {
    client,
    cluster,
    send: (request) => connection.send(request, (sent) => cluster.http.handleStreaming(sent)),
    http: {
      fetch: (input, options) =>
        fetchFrom(
          {
            handle: (request, codecs) =>
              connection.send(request, (sent) => cluster.http.handle(sent, codecs)) as Promise<
                HttpResponse | HttpWatch
              >,
            now: () => cluster.now(),
            onStep: (check) => cluster.internals.onStep(check),
            connect: () => undefined,
          },
          input,
          options,
        ),
    },
  }
}
