import { parsePath } from '../apiserver/http/path.js'
import { parseRequest } from '../apiserver/http/resource-request.js'
import { header, type AnyHttpResponse, type HttpRequest, type NoResponse } from '../client/http.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { clearTimeout, setTimeout } from './real-timers.js'
import { handleAt } from './stale-server.js'
import type { HttpWatchStream } from './watch-stream.js'
import { Suspended } from './webhooks/outside-calls.js'

/** A write whose response will be lost. An empty text stands for any. */
interface Loss {
  readonly verb: string
  readonly resource: string
}

/** A client that is disturbed, or listened to. */
interface Disturbed {
  /** Whether its watches deliver nothing. */
  isHeld: boolean
  /** The revision at which lists show the cluster; undefined for the present. */
  revision: number | undefined
  losses: Loss[]
  /** Real ms at which it has last sent something. */
  heard: number
  /** Whether a wait for quiet has just ended. */
  isQuiet: boolean
}

const METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const DEFAULT_QUIET_MS = 200
/** An hour: longer than any test. Node's timers would fire at once for more than 25 days. */
const MOST_QUIET_MS = 3_600_000

/** What a server shows of itself to those who disturb its clients. */
export interface DisturbancesDependencies {
  readonly cluster: SimCluster
  /** The open watches, with the requests that opened them. */
  readonly watches: ReadonlyMap<HttpWatchStream, HttpRequest>
}

/**
 * What a test does to the clients of a served cluster, each by its user name, or by the beginning of its
 * User-Agent: see `handleControl()`. Costs nothing as long as no client is disturbed.
 */
export class Disturbances {
  readonly #dependencies: DisturbancesDependencies
  readonly #clients = new Map<string, Disturbed>()
  /** The ends of waits for quiet. */
  readonly #waits = new Set<() => void>()
  #isClosed = false

  constructor(dependencies: DisturbancesDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Runs an endpoint, `POST hold`, with its parameters; returns false if there is none of that name.
   * @throws Error that says what is wrong with a parameter
   * @throws Suspended while the client is not quiet yet
   */
  control(endpoint: string, parameters: URLSearchParams): boolean {
    const act = this.#endpoints[endpoint]
    if (act === undefined) return false
    const client = parameters.get('client') ?? ''
    if (client === '') throw new Error('client is missing: write ?client= and a user name or a User-Agent')
    act(client, this.#of(client), parameters)
    return true
  }

  /** Passes a request on as the disturbances of its client want. */
  handle(
    request: HttpRequest,
    next: (request: HttpRequest) => AnyHttpResponse | NoResponse,
  ): AnyHttpResponse | NoResponse {
    const disturbed = this.#clients.size === 0 ? [] : this.#disturbing(request)
    for (const one of disturbed) one.heard = performance.now()
    const revision = disturbed.find((one) => one.revision !== undefined)?.revision
    const response = revision === undefined ? next(request) : handleAt(revision, request, next)
    for (const { losses } of disturbed) {
      const at = losses.findIndex((loss) => isLoss(loss, request))
      if (at < 0) continue
      losses.splice(at, 1)
      return { noResponse: 'aborted' }
    }
    return response
  }

  /** Whether the watch that a request opens delivers nothing. */
  isHeld(request: HttpRequest): boolean {
    return this.#clients.size > 0 && this.#disturbing(request).some(({ isHeld }) => isHeld)
  }

  readonly #endpoints: Readonly<
    Record<string, (client: string, state: Disturbed, parameters: URLSearchParams) => void>
  > = {
    'POST hold': (client, state) => {
      state.isHeld = true
      for (const watch of this.#watchesOf(client)) watch.hold()
    },
    'POST release': (client, state) => {
      Object.assign(state, { isHeld: false, revision: undefined, losses: [] })
      for (const watch of this.#watchesOf(client)) watch.release()
    },
    'POST relist': (client, state, parameters) => {
      const { revision } = this.#dependencies.cluster.internals.etcd
      state.revision = wholeNumber('revision', parameters.get('revision') ?? String(revision))
      state.isHeld = true
      for (const watch of this.#watchesOf(client)) watch.cut()
    },
    'POST lose': (_, state, parameters) => {
      state.losses.push({ verb: parameters.get('verb') ?? '', resource: parameters.get('resource') ?? '' })
    },
    'GET quiet': (client, state, parameters) => {
      const ms = wholeNumber('ms', parameters.get('ms') ?? String(DEFAULT_QUIET_MS), MOST_QUIET_MS)
      if (!state.isQuiet) throw new Suspended(this.#quiet(client, state, ms))
      state.isQuiet = false
    },
  }

  #of(client: string): Disturbed {
    let state = this.#clients.get(client)
    if (state === undefined) {
      state = { isHeld: false, revision: undefined, losses: [], heard: 0, isQuiet: false }
      this.#clients.set(client, state)
    }
    return state
  }

  /** Resolves when a client has sent and received nothing for `ms` from now on. */
  async #quiet(client: string, state: Disturbed, ms: number): Promise<void> {
    state.heard = performance.now()
    for (;;) {
      const last = Math.max(state.heard, ...this.#watchesOf(client).map(({ lastSent }) => lastSent))
      const left = last + ms - performance.now()
      if (left <= 0 || this.#isClosed) break
      await this.#wait(left)
    }
    state.isQuiet = true
  }

  /** Resolves after some ms, or when the server closes. */
  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#waits.delete(end)
        resolve()
      }
      // bounded: MOST_QUIET_MS
      const timer = setTimeout(end, ms)
      this.#waits.add(end)
    })
  }

  /** Ends all waits. */
  close(): void {
    this.#isClosed = true
    for (const end of this.#waits) end()
  }

  #watchesOf(client: string): readonly HttpWatchStream[] {
    const name = this.#userNamer()
    return [...this.#dependencies.watches].flatMap(([watch, request]) =>
      isOf(client, request, name) ? [watch] : [],
    )
  }

  #disturbing(request: HttpRequest): readonly Disturbed[] {
    const name = this.#userNamer()
    return [...this.#clients].flatMap(([client, state]) => (isOf(client, request, name) ? [state] : []))
  }

  #userNamer(): (request: HttpRequest) => string | undefined {
    const { http } = this.#dependencies.cluster
    return (request) => (request.user ?? http.identify(request).user)?.name
  }
}

const isOf = (
  client: string,
  request: HttpRequest,
  userName: (request: HttpRequest) => string | undefined,
): boolean => (header(request, 'user-agent') ?? '').startsWith(client) || userName(request) === client

function isLoss(loss: Loss, request: HttpRequest): boolean {
  if (!METHODS.has(request.method)) return false
  const path = parsePath(request.path)
  if (path === undefined) return false
  const { verb, resource, subresource } = parseRequest(request, path).request
  const named = [resource, subresource].filter(Boolean).join('/')
  return (loss.verb === '' || loss.verb === verb) && (loss.resource === '' || loss.resource === named)
}

function wholeNumber(name: string, text: string, most = Number.MAX_SAFE_INTEGER): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${name}=${text}: write a whole number`)
  if (Number(text) > most) throw new Error(`${name}=${text}: write ${most} at most`)
  return Number(text)
}
