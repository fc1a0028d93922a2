import type { HttpAnswer, HttpRequest, HttpResponse, HttpWatch } from '../../client/http.js'
import type { Component } from '../../client/component.js'
import type { Cluster } from '../../client-node/send.js'
import { fetchFrom } from '../../cluster/streams/fetch.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { RequestGate } from '../../cluster/compose/request-gate.js'
import { Connection, REQUEST, WATCH } from './connection.js'

/** What a client gets when it starts: the API to talk to. */
export interface ClientAccess extends Cluster {
  /** The name of the client in {@link ClientOptions.clients}. */
  readonly client: string
  /** The run's cluster. A controller talks to `http` instead: those requests are steps. */
  readonly cluster: SimCluster
  /** Handles a request in a step of the client: for servers of other protocols. */
  send(request: HttpRequest): Promise<HttpAnswer>
  /** Says how to see that the client works, though it has not sent anything: it does not count as quiet. */
  watchActivity(isBusy: () => boolean): void
}

/** Ends a program; it may be slow, and is not waited for. */
export type StopClient = () => unknown

/**
 * Starts a controller, and returns what stops it: `(access) => start(kubeConfigFor(access))`. It is called in
 * each run, and after each crash; state of an earlier start must not live on.
 */
export type ClientProgram = (access: ClientAccess) => StopClient | void | Promise<StopClient | void>

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
  readonly connection: Connection
  readonly stop: Promise<StopClient | void>
}

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

  /** Returns a fork of a cluster at whose end the programs have started and nothing is in flight. */
  async begin(root: SimCluster): Promise<SimCluster> {
    const { components = [] } = root.internals.options
    const cluster = root.fork({
      components: [...components, ...this.names.map((name) => this.#component(name))],
    })
    this.#cluster = cluster
    this.#gate = undefined
    for (const name of this.names) this.#start(name)
    do {
      await this.quiet()
      cluster.settle()
      await this.quiet()
    } while (cluster.internals.ready().length > 0)
    return cluster
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

  /** Waits until no client does anything. @throws what the start of a program has thrown */
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
        for (const topic of [REQUEST, WATCH])
          host.handle(topic, (key) => this.#running.get(name)?.connection.run(topic, key))
      },
    }
  }

  #start(name: string, revision?: number): void {
    const cluster = this.#cluster as SimCluster
    const connection = new Connection({
      client: name,
      cluster,
      gate: () => this.#gate,
      ...(revision === undefined ? {} : { revision }),
    })
    const program = this.#programs.get(name) as ClientProgram
    const watchActivity = (isBusy: () => boolean): void => void this.#activity.set(name, isBusy)
    const stop = (async () => program({ ...accessOf(name, cluster, connection), watchActivity }))()
    stop.catch((error: unknown) => (this.#failure ??= error))
    this.#running.set(name, { connection, stop })
  }

  #end(name: string): void {
    const started = this.#running.get(name)
    if (started === undefined) return
    this.#running.delete(name)
    this.#activity.delete(name)
    started.connection.close()
    started.stop.then((stop) => stop?.()).catch(() => undefined)
  }
}

function accessOf(
  client: string,
  cluster: SimCluster,
  connection: Connection,
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
