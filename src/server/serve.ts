import { writeCredentials } from './credentials/component-credentials.js'
import { RemoteKubelets } from './kubelets/remote-kubelets.js'
import { PublishedAuthorities } from './credentials/published-authorities.js'
import { checkCredentials, checkServe, checkUser, checkWritten } from './inputs.js'
import { constants } from 'node:http2'
import type { Http2ServerRequest } from 'node:http2'
import type { Writable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type {
  Gateway,
  AnyHttpResponse,
  HttpRequest,
  HttpResponse,
  HttpWatch,
  NoResponse,
} from '../client/http.js'
import { internalError } from '../apiserver/errors.js'
import { errorResponse } from '../apiserver/http/responses.js'
import type { HttpCodecs } from '../apiserver/http/body.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { protobufCodec } from '../api/protobuf/protobuf.js'
import { writePrivateFile } from '../disk/private-file.js'
import { ApiListener } from './http/api-listener.js'
import { ClientAuthority } from './credentials/client-authority.js'
import { handleControl } from './control.js'
import { Disturbances } from './disturbances.js'
import { EtcdServer } from './etcd/etcd-server.js'
import { etcdParts } from './etcd/serve-etcd.js'
import type { EtcdServeOptions } from './etcd/serve-etcd.js'
import type { KubeconfigUser } from './credentials/kubeconfig.js'
import { kubeconfigFor } from './credentials/kubeconfig.js'
import { freePort } from './http/free-port.js'
import { listening } from './http/listening.js'
import { chainOn } from './http/peers.js'
import { hasBody, isUnread, readBody, requestHead } from './http/request.js'
import type { NodeRequest } from './http/request.js'
import { headersFor, respond } from './http/respond.js'
import type { NodeResponse } from './http/respond.js'
import { servingAuthorities, servingCertificate } from './credentials/serving-certificate.js'
import { sendLog } from './streams/log-stream.js'
import { upgrade } from './streams/upgrade.js'
import { TimeDriver } from './time-driver.js'
import type { ServeTime } from './time-driver.js'
import { Turns } from './turns.js'
import { HttpWatchStream } from './watch-stream.js'
import { Responses, OutsideCalls, Suspended } from './webhooks/outside-calls.js'
import { setImmediate, setTimeout } from './real-timers.js'
import { joinHostPort } from '../lang/go/host-port.js'

/** How a cluster is served. */
export interface ServeOptions {
  /** @default any free port */
  readonly port?: number
  /**
   * Address to listen on.
   * @default `127.0.0.1`: reachable from this machine only
   */
  readonly host?: string
  /** Additional names and addresses in the serving certificate. */
  readonly certSANs?: readonly string[]
  /**
   * What moves the cluster's time. See {@link ServeTime}.
   * @default `{ speed: 1 }`: real time
   */
  readonly time?: ServeTime
  /**
   * Serves the cluster's etcd as well, on its own port.
   * @default not served
   */
  readonly etcd?: EtcdServeOptions
  /**
   * Handles requests before the apiserver does, to simulate a server that misbehaves. Not called for etcd's
   * port.
   * @default none
   */
  readonly gateway?: Gateway
  /**
   * Handles requests instead of the apiserver, when their turn has come, and moves time, which stands still
   * otherwise: for `explore()` with clients. If it rejects, the connection breaks.
   * @default requests are handled at once
   */
  readonly explore?: (request: HttpRequest) => Promise<AnyHttpResponse>
  /** Serving certificate and key (PEM) to use instead of one signed by the cluster's authority. */
  readonly certificate?: { readonly certificate: string; readonly key: string }
  /**
   * Authorities (PEM) whose client certificates are accepted besides those of the cluster's own, as with
   * `--client-ca-file`; the TLS handshake names them.
   * @default none
   */
  readonly clientCA?: string
  /**
   * Resolves when everything that has been written is stored where it outlives the process; responses wait
   * for it. If it rejects, those to writes are 500.
   * @default they do not wait
   */
  readonly committed?: () => Promise<void>
  /**
   * Resolves when the audit log has the requests so far; responses wait for it, if it returns a promise.
   * @default they do not wait
   */
  readonly audited?: () => Promise<void> | undefined
  /**
   * Protocols offered by ALPN.
   * @default `h2` and `http/1.1`
   */
  readonly protocols?: readonly ('h2' | 'http/1.1')[]
  /**
   * Receives errors that only a bug of the simulator can cause, for example in a request or in a cluster that
   * never settles.
   * @default process.emitWarning
   */
  readonly onError?: (error: unknown) => void
  /**
   * Receives requests and moves of time that have kept all other clients waiting for more than 200 ms.
   * @default nobody
   */
  readonly onSlowRequest?: (slow: SlowRequest) => void
}

/** What has held a served cluster. */
export interface SlowRequest {
  /** `POST /api/v1/namespaces/default/pods`, or `time` for what the cluster did by itself. */
  readonly what: string
  /** The user; undefined for anonymous requests and for time. */
  readonly user: string | undefined
  /** Real ms for which nobody else was served. */
  readonly ms: number
}

/** Reachable from this machine only. */
const DEFAULT_HOST = '127.0.0.1'
/** How often, and after how many ms, an apiserver that starts again tries to get its port back. */
const PORT_TRIES = 100
const PORT_RETRY = 50

/**
 * Characters up to which a response can be a single object; longer ones are lists, which clients do not poll
 * to see whether one object is gone.
 */
const MOST_OBJECT = 64 * 1024
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const NO_KIND = { apiVersion: '', kind: '' }

const TOO_MANY_REQUESTS = 429

/** Ms for which one client may keep all others waiting without being reported. */
const SLOW_MS = 200

/** Methods of requests that write nothing. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Ms that a client has to read the response when the rest of its request body is not read. Source: Go
 * net/http rstAvoidanceDelay.
 */
const LINGER_MS = 500

/**
 * Serves a cluster's API over HTTPS: HTTP/2 and HTTP/1.1, client certificates and bearer tokens, watches,
 * logs, exec, attach and port-forward. `await using server = await serve(cluster)`.
 * @throws Error when the address cannot be listened on.
 * @example const server = await serve(new SimCluster({ nodes: 3 }), { port: 6443 })
 */
export async function serve(cluster: SimCluster, options: ServeOptions = {}): Promise<ClusterServer> {
  return listening(new ClusterServer(cluster, options))
}

/** A served cluster, see {@link serve}. */
export class ClusterServer {
  readonly cluster: SimCluster
  readonly #options: ServeOptions
  /** The cluster's etcd; undefined when it is not served. */
  readonly etcd: EtcdServer | undefined
  readonly #time: TimeDriver
  /** The open watches, with the requests that opened them. */
  readonly #watches = new Map<HttpWatchStream, HttpRequest>()
  readonly #disturbances: Disturbances
  readonly #turns = new Turns()
  #calls: OutsideCalls
  readonly #codecs: HttpCodecs = { protobuf: protobufCodec }
  readonly #unsubscribe: () => void
  #authority = ''
  readonly #clientAuthority: ClientAuthority | undefined
  readonly #published: PublishedAuthorities
  /** Undefined while the apiserver is down. */
  #listener: ApiListener | undefined
  #port = 0
  #isOpen = false
  #isChanging = false

  constructor(cluster: SimCluster, options: ServeOptions) {
    checkServe([cluster, options])
    this.cluster = cluster
    this.#options = options
    this.#disturbances = new Disturbances({ cluster, watches: this.#watches })
    const { time = { speed: 1 } } = options
    this.#calls = this.#outsideCalls()
    if (options.clientCA !== undefined) this.#clientAuthority = new ClientAuthority(options.clientCA)
    this.#published = new PublishedAuthorities(cluster, options.clientCA ?? '', (error) =>
      this.#report(error),
    )
    if (cluster.apiserver.running) {
      this.#published.follow()
      this.#listener = this.#newListener()
    }
    this.#time = new TimeDriver(cluster, time, {
      onError: (error) => this.#report(error),
      afterMove: () => this.#expire(),
      during: (move) =>
        this.#watched(
          () => ({ what: 'time', user: undefined }),
          () => move(),
        ),
    })
    if (options.explore !== undefined) this.#time.stop()
    this.etcd =
      options.etcd === undefined
        ? undefined
        : new EtcdServer(
            etcdParts(cluster, this.#time, { onError: (error) => this.#report(error), ...options.etcd }),
          )
    this.#unsubscribe = cluster.on('apiserver', () => this.#apiserverChanged())
  }

  /** The port of the API server. */
  get port(): number {
    return this.#port
  }

  /** Whether the port is open; false while the apiserver is down. */
  get listening(): boolean {
    return this.#listener?.listening ?? false
  }

  /** `https://127.0.0.1:6443` */
  get url(): string {
    const host = this.#options.host ?? DEFAULT_HOST
    const named = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    return `https://${joinHostPort(named, this.port)}`
  }

  /** The CA certificate that clients must trust, as PEM. */
  get authority(): string {
    return this.#authority
  }

  /**
   * Returns the text of a kubeconfig file for a user, with a client certificate, or with a token if one is
   * given.
   * @default the administrator
   */
  kubeconfig(user: KubeconfigUser = {}): string {
    checkUser(user)
    return kubeconfigFor(this.cluster, { server: this.url, authority: this.#authority, ...user })
  }

  /** Writes {@link kubeconfig} to a file that only its owner can read. */
  writeKubeconfig(path: string, user: KubeconfigUser = {}): void {
    checkWritten([path, user])
    writePrivateFile(path, this.kubeconfig(user))
  }

  /**
   * Writes authorities, keys and the kubeconfigs of all components to a folder, so that real ones can take
   * their place: `pki/ca.key`, `controller-manager.conf`, `kubelet-node-1.conf` and so on. Only their owner
   * can read the files.
   * @throws InputError if the folder has other files
   */
  writeCredentials(folder: string): void {
    checkCredentials([folder])
    writeCredentials(this.cluster, folder, { server: this.url, authority: this.#authority })
  }

  /** Starts to listen; {@link serve} has already done so. */
  async listen(): Promise<void> {
    const { port = 0, host = DEFAULT_HOST } = this.#options
    await this.etcd?.listen()
    this.#port =
      this.#listener === undefined
        ? port === 0
          ? await freePort(host)
          : port
        : await this.#listener.listen(port, host)
    this.#isOpen = true
  }

  /**
   * Ends open watches and streams, lets responses finish, and stops listening. The cluster is not changed.
   */
  async close(): Promise<void> {
    this.#isOpen = false
    this.#unsubscribe()
    this.#time.stop()
    this.#disturbances.close()
    this.#published.close()
    const etcdClosed = this.etcd?.close()
    await this.#stopListening()
    await etcdClosed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Connects the cluster to what listens on this machine: webhooks, and kubelets that are not simulated. */
  #outsideCalls(): OutsideCalls {
    const calls = OutsideCalls.of(this.cluster)
    this.cluster.internals.connectKubelets(new RemoteKubelets(this.cluster, calls))
    return calls
  }

  /** Returns a listener for an apiserver that starts, with its current certificate. */
  #newListener(): ApiListener {
    const { cluster } = this
    const { host = DEFAULT_HOST, certSANs = [], certificate, protocols = ['h2', 'http/1.1'] } = this.#options
    const made = { real: Date.now(), clientSubjects: this.#clientAuthority?.subjects ?? [] }
    const own =
      certificate === undefined
        ? servingCertificate(cluster.pki, { ...made, hosts: [host, ...certSANs] })
        : { ...certificate, ...servingAuthorities(cluster.pki, made) }
    this.#authority = own.authority
    return new ApiListener(
      { ...own, protocols },
      {
        request: (request, response) =>
          this.#guard(
            () => this.#serve(request, response),
            () => leaveUnanswered(response, { noResponse: 'aborted' }),
          ),
        upgrade: (request, socket, head) => this.#upgrade(request, socket, head),
        report: (error) => this.#report(error),
      },
    )
  }

  /**
   * Closes or opens the port after the apiserver has stopped or started. Opens it in a later turn, when the
   * step that started the apiserver is complete.
   */
  #apiserverChanged(): void {
    this.#stopListening().catch((error: unknown) => this.#report(error))
    this.etcd?.renew(this.cluster.internals.etcd)
    if (this.#isChanging || !this.#isOpen) return
    this.#isChanging = true
    setImmediate(() => {
      this.#isChanging = false
      if (!this.#isOpen || !this.cluster.apiserver.running) return
      try {
        this.#calls = this.#outsideCalls()
        this.#published.follow()
        this.#listenAgain(PORT_TRIES)
      } catch (error) {
        this.#report(error)
      }
    })
  }

  /** Listens on the same port as before; some connection from this machine may have it for a moment. */
  #listenAgain(tries: number): void {
    const listener = this.#newListener()
    this.#listener = listener
    listener.listen(this.#port, this.#options.host ?? DEFAULT_HOST).catch((error: unknown) => {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || tries === 0) return this.#report(error)
      setTimeout(() => {
        if (this.#isOpen && this.#listener === listener) this.#listenAgain(tries - 1)
      }, PORT_RETRY)
    })
  }

  async #stopListening(): Promise<void> {
    const listener = this.#listener
    this.#listener = undefined
    for (const watch of this.#watches.keys()) watch.end()
    await listener?.close()
  }

  /** Runs what nobody else is served during, and reports it if that is long. */
  #watched<T>(what: () => Omit<SlowRequest, 'ms'>, work: () => T): T {
    const begun = performance.now()
    try {
      return work()
    } finally {
      const ms = performance.now() - begun
      if (ms > SLOW_MS) this.#options.onSlowRequest?.({ ...what(), ms })
    }
  }

  #serve(request: NodeRequest, response: NodeResponse): void {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    const head = requestHead(request)
    const inTurn = (full: HttpRequest): void =>
      this.#turns.take(request, response, () => this.#respondTo(request, response, full))
    if (!hasBody(request)) return inTurn(head)
    readBody(request, (body) => {
      if (isUnread(request)) stopReading(request, response)
      inTurn({ ...head, body })
    })
  }

  /** Runs a step of a request or a watch. Whatever it throws is reported and ends that one only. */
  #guard(step: () => void, end: () => void): void {
    try {
      step()
    } catch (error) {
      this.#report(error)
      end()
    }
  }

  /** Runs a step of a request when a promise has resolved; a rejection ends the request. */
  #after<T>(promise: Promise<T>, step: (value: T) => void, end: (error: unknown) => void): void {
    promise
      .then(step)
      .catch((error: unknown) => this.#guard(() => end(error), ignore))
      .catch(warn)
  }

  #respondTo(
    request: NodeRequest,
    response: NodeResponse,
    head: HttpRequest,
    responses: Responses = new Responses(),
  ): void {
    try {
      this.#time.catchUp()
      if (!this.cluster.apiserver.running) return void request.socket.destroy()
      const identified = this.#identify(request, head)
      const { explore } = this.#options
      if (explore !== undefined) {
        this.#after(
          explore(identified),
          (received) => this.#respond(response, identified, received),
          () => leaveUnanswered(response, { noResponse: 'aborted' }),
        )
        return
      }
      this.#respond(response, identified, this.#handle(identified, responses))
      this.#time.afterRequest()
    } catch (error) {
      if (error instanceof Suspended && !responses.isFull) {
        this.#after(
          error.responded,
          () => this.#respondTo(request, response, head, responses),
          (fault) => respond(response, head, internal(fault)),
        )
        return
      }
      this.#report(error)
      this.#guard(
        () => respond(response, head, internal(error)),
        () => leaveUnanswered(response, { noResponse: 'aborted' }),
      )
    }
  }

  #respond(response: NodeResponse, head: HttpRequest, received: AnyHttpResponse | NoResponse): void {
    if ('noResponse' in received) leaveUnanswered(response, received)
    else if ('next' in received) this.#stream(response, head, received)
    else if ('stream' in received) sendLog(response, head, received, this.#time)
    else this.#send(response, head, received)
  }

  #handle(request: HttpRequest, responses: Responses): AnyHttpResponse | NoResponse {
    const what = `${request.method} ${request.path}`
    return this.#watched(
      () => ({ what, user: request.user?.name }),
      () => this.#route(request, responses),
    )
  }

  /** Handles a request in the gateway, if there is one, or in the apiserver. */
  #route(request: HttpRequest, responses: Responses): AnyHttpResponse | NoResponse {
    const { gateway } = this.#options
    const next = (passed: HttpRequest): AnyHttpResponse =>
      handleControl(this.cluster, passed, this.#disturbances) ??
      this.#calls.run(responses, () => this.cluster.http.handleStreaming(passed, this.#codecs))
    return this.#disturbances.handle(request, (passed) =>
      gateway === undefined ? next(passed) : gateway(passed, next),
    )
  }

  #send(response: NodeResponse, head: HttpRequest, received: HttpResponse): void {
    // a client that must retry later waits for time to pass
    if ((head.method === 'GET' && isTerminating(received)) || received.code === TOO_MANY_REQUESTS)
      this.#time.poke()
    const { committed, audited } = this.#options
    const kept = READS.has(head.method) ? this.#readable() : committed?.()
    const logged = audited?.()
    if (kept === undefined && logged === undefined) return respond(response, head, received)
    this.#after(
      Promise.all([kept, logged]),
      () => respond(response, head, received),
      (error) => respond(response, head, internal(error)),
    )
  }

  /**
   * Resolves when what a read has seen is committed, or never will be: a client that finds an object may take
   * the request that created it for finished.
   */
  #readable(): Promise<void> | undefined {
    return this.#options.committed?.().catch(() => undefined)
  }

  #stream(response: NodeResponse, head: HttpRequest, watch: HttpWatch): void {
    response.writeHead(watch.code, headersFor(head, watch.headers, watch.flow))
    if ('flushHeaders' in response) response.flushHeaders()
    this.#sendWatch(watch, response as Writable, head)
  }

  #sendWatch(watch: HttpWatch, to: Writable, request: HttpRequest): void {
    const done = this.#time.wait()
    const stream = new HttpWatchStream(watch, to, {
      now: this.cluster.now(),
      calls: this.#calls,
      held: this.#disturbances.isHeld(request),
      onError: (error) => this.#report(error),
      onEnd: (ended) => {
        this.#watches.delete(ended)
        done()
      },
    })
    if (!stream.ended) this.#watches.set(stream, request)
  }

  #upgrade(
    request: NodeRequest,
    socket: TLSSocket,
    first: Buffer,
    responses: Responses = new Responses(),
  ): void {
    const head = requestHead(request)
    try {
      this.#time.catchUp()
      if (!this.cluster.apiserver.running) return void socket.destroy()
      const identified = this.#identify(request, head)
      const response = this.#handle(identified, responses)
      if ('noResponse' in response) {
        if (response.noResponse === 'aborted') socket.destroy()
        return
      }
      const sendWatch = (watch: HttpWatch, to: Writable): void => this.#sendWatch(watch, to, identified)
      upgrade({
        request: request as never,
        socket,
        first,
        head,
        answer: response,
        time: this.#time,
        sendWatch,
      })
      this.#time.afterRequest()
    } catch (error) {
      if (error instanceof Suspended && !responses.isFull) {
        this.#after(
          error.responded,
          () => this.#upgrade(request, socket, first, responses),
          () => socket.destroy(),
        )
        return
      }
      this.#report(error)
      socket.destroy()
    }
  }

  /**
   * Returns the request with its user when the client has sent a certificate. With the certificates instead,
   * when neither they nor a token identify a user.
   */
  #identify(request: NodeRequest, head: HttpRequest): HttpRequest {
    const { session } = (request as Partial<Http2ServerRequest>).stream ?? {}
    const socket = (session?.socket ?? request.socket) as TLSSocket
    const clientCertificates = chainOn(session ?? socket, socket)
    if (clientCertificates === undefined) return head
    const user =
      this.#clientAuthority?.userOf(clientCertificates, this.cluster.now()) ??
      this.cluster.http.identify({ ...head, clientCertificates }).user
    return { ...head, ...(user === undefined ? { clientCertificates } : { user }) }
  }

  #expire(): void {
    const now = this.cluster.now()
    for (const watch of this.#watches.keys()) watch.expire(now)
    this.etcd?.tick()
  }

  #report(error: unknown): void {
    const { onError = warn } = this.#options
    onError(error)
  }
}

interface Deletable {
  readonly metadata?: { readonly deletionTimestamp?: unknown }
}

/** Whether a response shows that something is being deleted: clients such as `kubectl drain` poll for it. */
function isTerminating({ body, bytes, headers }: HttpResponse): boolean {
  if (bytes === undefined) return body.length < MOST_OBJECT && body.includes('"deletionTimestamp"')
  if (bytes.length >= MOST_OBJECT || headers['content-type'] !== PROTOBUF) return false
  const { metadata, items = [] } = protobufCodec.decode(bytes, NO_KIND) as Deletable & {
    readonly items?: readonly Deletable[]
  }
  return [{ metadata }, ...items].some((each) => each.metadata?.deletionTimestamp !== undefined)
}

function leaveUnanswered(response: NodeResponse, { noResponse }: NoResponse): void {
  if (noResponse === 'silent') return
  if ('stream' in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else response.socket?.destroy()
}

/**
 * Stops reading a request body once the response is sent: closes the stream (HTTP/2) or the connection
 * (HTTP/1.1).
 */
function stopReading(request: NodeRequest, response: NodeResponse): void {
  if ('stream' in request) {
    response.once('finish', () => request.stream.close(constants.NGHTTP2_NO_ERROR))
    return
  }
  response.setHeader('connection', 'close')
  response.once('finish', () => void setTimeout(() => request.socket.destroy(), LINGER_MS).unref())
}

const ignore = (): void => undefined

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))

const internal = (error: unknown): HttpResponse =>
  errorResponse(internalError(error instanceof Error ? error.message : String(error)))
