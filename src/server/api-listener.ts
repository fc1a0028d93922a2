import { createSecureServer } from 'node:http2'
import type { Http2SecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { NodeRequest } from './request.js'
import type { NodeResponse } from './respond.js'
import type { ServingCertificate } from './serving-certificate.js'

/** Ms that clients have to take the rest of their answers when the server closes. */
const GRACE_MS = 500

/** Ms that a client has to begin. Source: apiserver pkg/server/secure_serving.go (ReadHeaderTimeout). */
const HANDSHAKE_MS = 32_000

/** What a client gets that does not know of TLS. Source: Go net/http conn.serve. */
const NO_TLS = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'

/** Who is called by an {@link ApiListener}. */
export interface ListenerCalls {
  readonly request: (request: NodeRequest, response: NodeResponse) => void
  readonly upgrade: (request: NodeRequest, socket: TLSSocket, head: Buffer) => void
  readonly report: (error: unknown) => void
}

/**
 * The port of an apiserver from its start to its end, with the connections to it: HTTP/2 and HTTP/1.1 over
 * TLS.
 */
export class ApiListener {
  readonly #server: Http2SecureServer
  readonly #calls: ListenerCalls
  readonly #sockets = new Set<TLSSocket>()
  /** Connections that have not finished their handshake, by the address of the client. */
  readonly #beginners = new Map<string, Socket>()
  readonly #sessions = new Set<{ close(): void }>()
  /** Connections of HTTP/1.1 with the number of answers that they wait for. */
  readonly #busy = new Map<Socket, number>()

  /** `protocols`: what clients may choose from by ALPN. */
  constructor(
    {
      certificate,
      key,
      clientAuthority,
      protocols,
    }: Omit<ServingCertificate, 'authority'> & { readonly protocols: readonly string[] },
    calls: ListenerCalls,
  ) {
    this.#calls = calls
    this.#server = createSecureServer({
      cert: certificate,
      key,
      ca: clientAuthority,
      // lists are large, and Node would break off a client that asks for many at once
      maxSessionMemory: 1_000,
      handshakeTimeout: HANDSHAKE_MS,
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: [...protocols],
      settings: { maxConcurrentStreams: 250 },
    })
    this.#listenTo(this.#server)
  }

  get listening(): boolean {
    return this.#server.listening
  }

  /** Starts to listen; answers the port. Rejects when the address cannot be listened on. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject)
        this.#server.on('error', (error) => this.#calls.report(error))
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Stops listening at once, lets answers finish, and resolves when all connections have ended. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    const timer = setTimeout(() => this.#cut(), GRACE_MS)
    await new Promise((resolve) => setImmediate(resolve))
    this.#cutIdle()
    await closed
    clearTimeout(timer)
  }

  #cut(): void {
    for (const socket of [...this.#sockets, ...this.#beginners.values()]) socket.destroy()
  }

  /** Keep-alive connections and sessions without a request have nothing to wait for. */
  #cutIdle(): void {
    for (const socket of this.#beginners.values()) socket.destroy()
    for (const session of this.#sessions) session.close()
    for (const socket of this.#sockets)
      if (socket.alpnProtocol !== 'h2' && !this.#busy.has(socket)) socket.end()
  }

  #listenTo(server: Http2SecureServer): void {
    const { request: answer, upgrade } = this.#calls
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
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ERR_SSL_HTTP_REQUEST') this.#beginners.get(addressOf(socket))?.end(NO_TLS)
    })
    server.on('sessionError', report)
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy())
    server.on('timeout', report)
    server.on('request', (request, response) => {
      this.#mark(request, response)
      answer(request, response)
    })
    server.on(
      'upgrade' as 'request',
      ((request: NodeRequest, socket: TLSSocket, head: Buffer) => upgrade(request, socket, head)) as never,
    )
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
}

const addressOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`
