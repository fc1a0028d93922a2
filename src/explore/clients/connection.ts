import { type ParsedRequest, parseRequest } from '../../apiserver/http/resource-request.js'
import { parsePath } from '../../apiserver/http/path.js'
import { errorResponse } from '../../apiserver/http/responses.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { AnyHttpResponse, HttpRequest, HttpWatch } from '../../client/http.js'
import type { Delivery } from '../../client/informers/list-watch-informer.js'
import type { GatedRequest, RequestGate } from '../../cluster/compose/request-gate.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { type FailedRequest, failureText } from './client-error.js'
import { GONE, handleAt } from '../../server/stale-server.js'

/** The topics of a client: its requests, responses that come late, and the events of its watches. */
export const REQUEST = 'request'
export const RESPONSE = 'response'
export const WATCH = 'watch'

/** A request that waits for its step. */
interface Held {
  readonly gated: GatedRequest
  readonly handle: () => AnyHttpResponse
  readonly resolve: (response: AnyHttpResponse) => void
  readonly reject: (error: unknown) => void
}

/** The dependencies of a {@link ClientConnection}. */
export interface ConnectionDependencies {
  /** The name of the client. */
  readonly client: string
  readonly cluster: SimCluster
  /** Returns what stands between the client and the apiserver; undefined before the exploration begins. */
  readonly gate: () => RequestGate | undefined
  /** Returns how watches deliver events in the present step. */
  readonly delivery: () => Delivery | undefined
  /** Whether the response to the present request is a step of its own. */
  readonly isLate: () => boolean
  /** Learns how each request ended, and whether it changed something. */
  readonly onAnswer: (code: number, isChange: boolean) => void
  /** Learns of each request that failed. */
  readonly onFailure: (failed: FailedRequest) => void
  /** The revision that lists show; undefined for the present. */
  readonly revision?: number
}

/**
 * What connects one start of a client with the apiserver: each request is handled, and each watch delivers,
 * in a step of the client. Nothing comes through after {@link close}: to a program that was killed, it looks
 * as if the network had gone.
 */
export class ClientConnection {
  readonly #dependencies: ConnectionDependencies
  readonly #requests = new Map<string, Held>()
  readonly #watches = new Map<string, HeldWatch>()
  /** Responses that wait for their step. */
  readonly #late = new Map<string, () => void>()
  #isClosed = false
  #sent = 0

  constructor(dependencies: ConnectionDependencies) {
    this.#dependencies = dependencies
  }

  /** Number of requests that the client has sent. */
  get sent(): number {
    return this.#sent
  }

  /** Takes a request, which `handle` handles in its step. Discovery and the like are handled at once. */
  send(request: HttpRequest, handle: (request: HttpRequest) => AnyHttpResponse): Promise<AnyHttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return
      this.#sent += 1
      const path = parsePath(request.path)
      if (path === undefined) {
        const response = handle(request)
        this.#noteFailure(`${request.method ?? 'GET'} ${request.path}`, response)
        return resolve(response)
      }
      const parsed = parseRequest(request, path)
      const gated = gatedOf(this.#dependencies.client, parsed)
      const key = unused(this.#requests, textOf(gated))
      this.#requests.set(key, { gated, handle: () => this.#handled(request, handle), resolve, reject })
      this.#wake(REQUEST, key)
    })
  }

  /** Runs a step of the client. */
  run(topic: string, key: string): void {
    if (topic === WATCH) return this.#watches.get(key)?.deliver(this.#dependencies.delivery()?.events)
    if (topic === RESPONSE) return this.#respond(key)
    const held = this.#requests.get(key)
    if (held === undefined) return
    this.#requests.delete(key)
    const { gated, handle, resolve, reject } = held
    try {
      const gate = this.#dependencies.gate()
      const { etcd } = this.#dependencies.cluster.internals
      const { revision } = etcd
      const response = gate === undefined ? handle() : gate(gated, handle)
      this.#dependencies.onAnswer(response.code, etcd.revision !== revision)
      this.#noteFailure(textOf(gated), response)
      const respond = (): void => resolve('next' in response ? this.#held(gated, response) : response)
      if (!this.#dependencies.isLate()) return respond()
      this.#late.set(key, respond)
      this.#wake(RESPONSE, key)
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError)
        this.#dependencies.onFailure({ request: textOf(gated), message: error.message, isFault: true })
      if (error instanceof ApiError) resolve(errorResponse(error))
      else if (error instanceof ConnectionError) reject(error)
      else throw error
    }
  }

  #noteFailure(request: string, response: AnyHttpResponse): void {
    const { code } = response
    if (code >= 400)
      this.#dependencies.onFailure({ request, code, message: failureText(response), isFault: false })
  }

  #respond(key: string): void {
    const respond = this.#late.get(key)
    this.#late.delete(key)
    respond?.()
  }

  /** Returns the number of events that the step of a watch would deliver. */
  waiting(key: string): number {
    return this.#watches.get(key)?.waiting() ?? 1
  }

  /** Makes each watch miss what happens, and end with 410 Gone in its next step. */
  cutWatches(): void {
    for (const [key, watch] of this.#watches) {
      watch.cut()
      this.#wake(WATCH, key)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#late.clear()
    this.#requests.clear()
    for (const watch of this.#watches.values()) watch.stop()
    this.#watches.clear()
  }

  #held({ resource, namespace = '' }: GatedRequest, watch: HttpWatch): HttpWatch {
    const key = unused(this.#watches, [resource, namespace].filter(Boolean).join(' '))
    const held = new HeldWatch(watch, {
      onReady: () => this.#wake(WATCH, key),
      onEnd: () => this.#watches.delete(key),
    })
    this.#watches.set(key, held)
    this.#wake(WATCH, key)
    return held
  }

  #handled(request: HttpRequest, handle: (request: HttpRequest) => AnyHttpResponse): AnyHttpResponse {
    const { revision } = this.#dependencies
    return revision === undefined ? handle(request) : handleAt(revision, request, handle)
  }

  /** Makes a step of the client ready. */
  #wake(topic: string, key: string): void {
    if (this.#isClosed) return
    const { client: owner, cluster } = this.#dependencies
    cluster.internals.wake({ owner, topic, key })
  }
}

/** A watch whose events arrive in steps. */
class HeldWatch implements HttpWatch {
  readonly code = 200
  readonly headers: HttpWatch['headers']
  readonly encode: HttpWatch['encode']
  readonly timeoutSeconds: number | undefined
  readonly #watch: HttpWatch
  readonly #onEnd: () => void
  readonly #onReady: () => void
  /** What waits for a step. */
  #waiting: string[] = []
  #lines: string[] = []
  #listener: () => void = () => undefined
  #isCut = false

  constructor(watch: HttpWatch, calls: { readonly onReady: () => void; readonly onEnd: () => void }) {
    this.#watch = watch
    this.#onReady = calls.onReady
    this.headers = watch.headers
    this.encode = watch.encode
    this.timeoutSeconds = watch.timeoutSeconds
    this.#onEnd = calls.onEnd
    watch.onReady(calls.onReady)
  }

  readonly next = (limit?: number): readonly string[] => this.#lines.splice(0, limit ?? this.#lines.length)

  readonly onReady = (listener: () => void): void => {
    this.#listener = listener
  }

  readonly stop = (): void => {
    this.#watch.stop()
    this.#onEnd()
  }

  /** Returns how many lines {@link deliver} would hand over. */
  waiting(): number {
    this.#waiting.push(...this.#watch.next())
    return this.#waiting.length
  }

  /** Hands what has happened over to the client; of that, at most `most` lines. */
  deliver(most = Infinity): void {
    this.waiting()
    const lines = this.#waiting.splice(0, most)
    this.#lines.push(...(this.#isCut ? [GONE] : lines))
    if (this.#isCut) this.stop()
    else if (this.#waiting.length > 0) this.#onReady()
    if (this.#lines.length > 0) this.#listener()
  }

  cut(): void {
    this.#isCut = true
  }
}

function gatedOf(component: string, { request }: ParsedRequest): GatedRequest {
  const { verb, resource, subresource, namespace, name } = request
  return { component, verb: verb as GatedRequest['verb'], resource, subresource, namespace, name }
}

function textOf({ verb, resource, subresource, namespace, name }: GatedRequest): string {
  const path = [resource, subresource].filter(Boolean).join('/')
  return `${verb} ${path} ${[namespace, name].filter(Boolean).join('/')}`.trimEnd()
}

/** Returns a key that is not used yet: `list pods`, `list pods #2`. */
function unused(used: ReadonlyMap<string, unknown>, key: string): string {
  if (!used.has(key)) return key
  let nth = 2
  while (used.has(`${key} #${nth}`)) nth += 1
  return `${key} #${nth}`
}
