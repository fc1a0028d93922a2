import { writeFileSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { constants, createSecureServer } from 'node:http2'
import type { Http2SecureServer, Http2ServerRequest } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { HttpStream } from '../apiserver/http/http-stream.js'
import type { HttpRequest, HttpResponse, HttpWatch } from '../apiserver/http/http-types.js'
import type { HttpCodecs } from '../apiserver/http/body.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { decodeProtobuf, hasProtobufForm } from '../api/protobuf/protobuf.js'
import { controlAnswer } from './control.js'
import { EtcdServer } from './etcd/etcd-server.js'
import { etcdParts } from './etcd/serve-etcd.js'
import type { EtcdServeOptions } from './etcd/serve-etcd.js'
import type { KubeconfigUser } from './kubeconfig.js'
import { kubeconfigFor } from './kubeconfig.js'
import { FlowLookup } from './flow-ids.js'
import { isIpAddress } from './host.js'
import { listening } from './listening.js'
import { chainOn } from './peers.js'
import { hasBody, isUnread, readBody, requestHead } from './request.js'
import type { NodeRequest } from './request.js'
import { headersFor, respond } from './respond.js'
import type { NodeResponse } from './respond.js'
import { servingCertificate } from './serving-certificate.js'
import { sendLog } from './streams/log-stream.js'
import { upgrade } from './streams/upgrade.js'
import { TimeDriver } from './time-driver.js'
import type { ServeTime } from './time-driver.js'
import { WatchStream } from './watch-stream.js'

/** How a cluster is served. */
export interface ServeOptions {
  /** Default: any free one. */
  readonly port?: number
  /** Address to listen on. Default `127.0.0.1`: nobody but this machine. */
  readonly host?: string
  /** Further names and addresses in the serving certificate. */
  readonly certSANs?: readonly string[]
  /** What moves the cluster's time. Default `{ speed: 1 }`: real time. See {@link ServeTime}. */
  readonly time?: ServeTime
  /** Serves the cluster's etcd too, on a port of its own. Default: no. */
  readonly etcd?: EtcdServeOptions
  /** Hears of what must not happen: a bug of the simulator in a request, a cluster that finds no rest. Default: process.emitWarning. */
  readonly onError?: (error: unknown) => void
}

/** Longer answers are lists, at which nobody looks to see whether one object is gone. */
const MOST_OBJECT = 64 * 1024

/** Ms that clients have to take the rest of their answers when the server closes. */
const GRACE_MS = 500

/** Ms that a client has to begin. Source: apiserver pkg/server/secure_serving.go (ReadHeaderTimeout). */
const HANDSHAKE_MS = 32_000

/** Ms that a client has to take the answer to a body of which we do not read the rest. Source: Go net/http rstAvoidanceDelay. */
const LINGER_MS = 500

/**
 * Serves a cluster's API over HTTPS: HTTP/2 and HTTP/1.1, client certificates and bearer tokens, watches, logs, exec, attach and port-forward.
 * `await using server = await serve(cluster)`.
 * @throws Error when the address cannot be listened on.
 */
export async function serve(cluster: SimCluster, options: ServeOptions = {}): Promise<ClusterServer> {
  return listening(new ClusterServer(cluster, options))
}

/** A served cluster, see {@link serve}. */
export class ClusterServer {
  readonly cluster: SimCluster
  readonly #options: ServeOptions
  /** The cluster's etcd, when it is served. */
  readonly etcd: EtcdServer | undefined
  readonly #authority: string
  readonly #time: TimeDriver
  readonly #flows: FlowLookup
  readonly #server: Http2SecureServer
  readonly #sockets = new Set<TLSSocket>()
  /** Connections that have not finished their handshake, by the address of the client. */
  readonly #beginners = new Map<string, Socket>()
  readonly #watches = new Set<WatchStream>()
  readonly #sessions = new Set<{ close(): void }>()
  /** Connections of HTTP/1.1 with the number of answers that they wait for. */
  readonly #busy = new Map<Socket, number>()
  readonly #codecs: HttpCodecs = { protobuf: { decode: decodeProtobuf, knows: hasProtobufForm } }
  #address: AddressInfo | undefined

  constructor(cluster: SimCluster, options: ServeOptions) {
    this.cluster = cluster
    this.#options = options
    const { host = '127.0.0.1', certSANs = [], time = { speed: 1 } } = options
    const hosts = [host, ...certSANs]
    const { certificate, key, authority } = servingCertificate(
      cluster.pki, { dns: hosts.filter((name) => !isIpAddress(name)), ip: hosts.filter(isIpAddress) }, Date.now(),
    )
    this.#authority = authority
    this.#flows = new FlowLookup(cluster)
    this.#time = new TimeDriver(cluster, time, { onError: (error) => this.#report(error), afterMove: () => this.#expire() })
    this.etcd = options.etcd === undefined
      ? undefined : new EtcdServer(etcdParts(cluster, this.#time, { onError: (error) => this.#report(error), ...options.etcd }))
    this.#server = createSecureServer({
      cert: certificate, key, ca: cluster.pki.read('/etc/kubernetes/pki/ca.crt'),
      // lists are large, and Node would break off a client that asks for many at once
      maxSessionMemory: 1_000,
      handshakeTimeout: HANDSHAKE_MS, allowHTTP1: true, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'],
      settings: { maxConcurrentStreams: 250 },
    })
    this.#listenTo(this.#server)
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#address?.port ?? 0
  }

  /** `https://127.0.0.1:6443` */
  get url(): string {
    const host = this.#options.host ?? '127.0.0.1'
    const named = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    return `https://${named.includes(':') ? `[${named}]` : named}:${this.port}`
  }

  /** PEM of what clients must trust. */
  get authority(): string {
    return this.#authority
  }

  /** The text of a kubeconfig file for a user: by client certificate, or by token if one is given. Default: the administrator. */
  kubeconfig(user: KubeconfigUser = {}): string {
    return kubeconfigFor(this.cluster, { server: this.url, authority: this.#authority, ...user })
  }

  /** Writes such a file, readable by its owner only. */
  writeKubeconfig(path: string, user: KubeconfigUser = {}): void {
    writeFileSync(path, this.kubeconfig(user), { mode: 0o600 })
  }

  /** Starts to listen; {@link serve} has done that. */
  async listen(): Promise<void> {
    await this.etcd?.listen()
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port ?? 0, this.#options.host ?? '127.0.0.1', () => {
        this.#server.removeListener('error', reject)
        this.#server.on('error', (error) => this.#report(error))
        this.#address = this.#server.address() as AddressInfo
        resolve()
      })
    })
  }

  /** Ends open watches and streams, lets answers finish, and stops listening. The cluster stays as it is. */
  async close(): Promise<void> {
    this.#time.stop()
    for (const watch of this.#watches) watch.end()
    const etcdClosed = this.etcd?.close()
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    const timer = setTimeout(() => this.#cut(), GRACE_MS)
    await new Promise((resolve) => setImmediate(resolve))
    this.#cutIdle()
    await closed
    clearTimeout(timer)
    await etcdClosed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #cut(): void {
    for (const socket of [...this.#sockets, ...this.#beginners.values()]) socket.destroy()
  }

  /** Keep-alive connections and sessions without a request have nothing to wait for. */
  #cutIdle(): void {
    for (const socket of this.#beginners.values()) socket.destroy()
    for (const session of this.#sessions) session.close()
    for (const socket of this.#sockets) if (socket.alpnProtocol !== 'h2' && !this.#busy.has(socket)) socket.end()
  }

  #listenTo(server: Http2SecureServer): void {
    const report = (): void => undefined
    server.on('connection', (socket: Socket) => {
      const client = addressOf(socket)
      this.#beginners.set(client, socket)
      socket.once('close', () => this.#beginners.delete(client))
    })
    server.on('secureConnection', (socket) => {
      this.#sockets.add(socket)
      this.#beginners.delete(addressOf(socket))
      socket.setNoDelay(true)
      socket.on('error', report) // a client that breaks off is no concern of ours
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('session', (session) => {
      this.#sessions.add(session)
      session.on('error', report)
      session.once('close', () => this.#sessions.delete(session))
    })
    server.on('tlsClientError', report)
    server.on('sessionError', report)
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy())
    server.on('timeout', report)
    server.on('request', (request, response) => this.#serve(request, response))
    server.on('upgrade' as 'request', ((request: NodeRequest, socket: TLSSocket, head: Buffer) => {
      this.#upgrade(request, socket, head)
    }) as never)
  }

  #serve(request: NodeRequest, response: NodeResponse): void {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    const head = requestHead(request)
    this.#mark(request, response)
    if (!hasBody(request)) return this.#answer(request, response, head)
    readBody(request, (body) => {
      if (isUnread(request)) giveUp(request, response)
      this.#answer(request, response, { ...head, body })
    })
  }

  /** Knows which connections of HTTP/1.1 are in the midst of an answer. */
  #mark(request: NodeRequest, response: NodeResponse): void {
    if ('stream' in request) return
    const { socket } = request
    this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (this.#busy.get(socket) ?? 1) - 1
      if (left > 0) this.#busy.set(socket, left)
      else this.#busy.delete(socket)
    })
  }

  #answer(request: NodeRequest, response: NodeResponse, head: HttpRequest): void {
    try {
      this.#time.catchUp()
      const identified = this.#identify(request, head)
      if (identified === undefined) return respond(response, head, UNAUTHORIZED)
      const control = controlAnswer(this.cluster, identified)
      const answer = control ?? this.cluster.handleStreaming(identified, this.#codecs)
      if ('next' in answer) this.#stream(response, identified, answer)
      else if ('stream' in answer) sendLog(response, head, answer, this.#time)
      else this.#send(response, identified, answer)
      this.#time.afterRequest()
    } catch (error) {
      this.#report(error)
      respond(response, head, internal(error))
    }
  }

  #send(response: NodeResponse, head: HttpRequest, answer: HttpResponse): void {
    if (head.method === 'GET' && answer.body.length < MOST_OBJECT && answer.body.includes('"deletionTimestamp"')) this.#time.poke()
    respond(response, head, answer, this.#flows.of(head.user))
  }

  #stream(response: NodeResponse, head: HttpRequest, watch: HttpWatch): void {
    response.writeHead(watch.code, headersFor(head, watch.headers, this.#flows.of(head.user)))
    if ('flushHeaders' in response) response.flushHeaders()
    const done = this.#time.wait()
    const stream = new WatchStream(watch, response, {
      now: this.cluster.now(),
      onEnd: () => {
        this.#watches.delete(stream)
        done()
      },
    })
    this.#watches.add(stream)
  }

  #upgrade(request: NodeRequest, socket: TLSSocket, first: Buffer): void {
    const head = requestHead(request)
    try {
      this.#time.catchUp()
      const identified = this.#identify(request, head)
      const answer: HttpResponse | HttpWatch | HttpStream = identified === undefined ? UNAUTHORIZED : this.cluster.handleStreaming(identified, this.#codecs)
      upgrade({ request: request as never, socket, first, head, answer, time: this.#time })
      this.#time.afterRequest()
    } catch (error) {
      this.#report(error)
      socket.destroy()
    }
  }

  /** The request with whom it is from, if a certificate is shown; undefined when neither that nor a token is good. */
  #identify(request: NodeRequest, head: HttpRequest): HttpRequest | undefined {
    const { session } = (request as Partial<Http2ServerRequest>).stream ?? {}
    const socket = (session?.socket ?? request.socket) as TLSSocket
    const clientCertificates = chainOn(session ?? socket, socket)
    if (clientCertificates === undefined) return head
    const { user } = this.cluster.identify({ ...head, clientCertificates })
    return user === undefined ? undefined : { ...head, user }
  }

  #expire(): void {
    const now = this.cluster.now()
    for (const watch of this.#watches) watch.expire(now)
    this.etcd?.tick()
  }

  #report(error: unknown): void {
    const { onError = (fault: unknown) => process.emitWarning(fault instanceof Error ? fault : String(fault)) } = this.#options
    onError(error)
  }
}

const addressOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/** Takes no more of a body once its answer is sent. Of HTTP/2 that ends the stream, of HTTP/1.1 the connection. */
function giveUp(request: NodeRequest, response: NodeResponse): void {
  if ('stream' in request) {
    response.once('finish', () => request.stream.close(constants.NGHTTP2_NO_ERROR))
    return
  }
  response.setHeader('connection', 'close')
  response.once('finish', () => void setTimeout(() => request.socket.destroy(), LINGER_MS).unref())
}

const statusAnswer = (code: number, reason: string, message: string, extra: object = {}): HttpResponse => ({
  code, headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...extra, code })}\n`,
})

const UNAUTHORIZED = statusAnswer(401, 'Unauthorized', 'Unauthorized')

function internal(error: unknown): HttpResponse {
  const message = error instanceof Error ? error.message : String(error)
  return statusAnswer(500, 'InternalError', `Internal error occurred: ${message}`, { details: { causes: [{ message }] } })
}
