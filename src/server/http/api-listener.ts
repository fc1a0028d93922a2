import { createSecureServer } from 'node:http2'
import type { Http2SecureServer } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { NodeRequest } from './request.js'
import type { NodeResponse } from './respond.js'
import type { ServingCertificate } from '../credentials/serving-certificate.js'
import { clearTimeout, setImmediate, setTimeout } from '../real-timers.js'

/** Ms that clients have to read the rest of their responses when the server closes. */
const GRACE_MS = 500

/**
 * Ms that a client has for the TLS handshake. Source: apiserver pkg/server/secure_serving.go
 * (ReadHeaderTimeout).
 */
const HANDSHAKE_MS = 32_000

/** Largest head of a request, in bytes. Source: Go net/http DefaultMaxHeaderBytes. */
const MOST_HEAD = 1024 * 1024

/** The response to a client that speaks HTTP without TLS. Source: Go net/http conn.serve. */
const NO_TLS = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'

/** The response to a larger head over HTTP/1.1. Source: Go net/http conn.serve. */
const HEAD_TOO_LARGE =
  'HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  'Connection: close\r\n\r\n431 Request Header Fields Too Large'

/** The response to a head that is none, or with two lengths. Source: Go net/http conn.serve. */
const BAD_HEAD =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  'Connection: close\r\n\r\n400 Bad Request'

/**
 * Ms in which a client reads the response to a head that it is still sending: a connection closed with unread
 * data is reset, and the response is lost. Source: Go net/http rstAvoidanceDelay.
 */
const RESET_AVOIDANCE_MS = 500

/** The functions that an {@link ApiListener} calls. */
export interface ApiListenerDependencies {
  readonly request: (request: NodeRequest, response: NodeResponse) => void
  readonly upgrade: (request: NodeRequest, socket: TLSSocket, head: Buffer) => void
  readonly report: (error: unknown) => void
}

/**
 * The port of an apiserver from its start to its stop, with its connections: HTTP/2 and HTTP/1.1 over TLS.
 */
export class ApiListener {
  readonly #server: Http2SecureServer
  readonly #calls: ApiListenerDependencies
  readonly #sockets = new Set<TLSSocket>()
  /** Connections that have not finished their handshake, by the address of the client. */
  readonly #handshaking = new Map<string, Socket>()
  readonly #sessions = new Set<{ close(): void }>()
  /** HTTP/1.1 connections with the number of responses they wait for. */
  readonly #busy = new Map<Socket, number>()

  /** `protocols` are those offered to clients by ALPN. */
  constructor(
    {
      certificate,
      key,
      clientAuthorities,
      protocols,
    }: Omit<ServingCertificate, 'authority'> & { readonly protocols: readonly string[] },
    calls: ApiListenerDependencies,
  ) {
    this.#calls = calls
    this.#server = createSecureServer({
      cert: certificate,
      key,
      ca: [...clientAuthorities],
      // lists are large: with Node's default of 10 MB a client that requests many at once is cut off
      maxSessionMemory: 1_000,
      handshakeTimeout: HANDSHAKE_MS,
      allowHTTP1: true,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: [...protocols],
      settings: { maxConcurrentStreams: 250, maxHeaderListSize: MOST_HEAD },
    })
    // the listener for HTTP/1.1 reads it here; it is no option of HTTP/2
    Object.assign(this.#server, { maxHeaderSize: MOST_HEAD })
    this.#listenTo(this.#server)
  }

  get listening(): boolean {
    return this.#server.listening
  }

  /** Starts to listen and returns the port. Rejects when the address cannot be listened on. */
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

  /** Stops listening, lets responses finish, and resolves when all connections are closed. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()))
    const timer = setTimeout(() => this.#cut(), GRACE_MS)
    await new Promise((resolve) => setImmediate(resolve))
    this.#cutIdle()
    await closed
    clearTimeout(timer)
  }

  #cut(): void {
    for (const socket of [...this.#sockets, ...this.#handshaking.values()]) socket.destroy()
  }

  /** Closes keep-alive connections and sessions that have no request in progress. */
  #cutIdle(): void {
    for (const socket of this.#handshaking.values()) socket.destroy()
    for (const session of this.#sessions) session.close()
    for (const socket of this.#sockets)
      if (socket.alpnProtocol !== 'h2' && !this.#busy.has(socket)) socket.end()
  }

  #listenTo(server: Http2SecureServer): void {
    const { request: handle, upgrade } = this.#calls
    const report = (): void => undefined
    server.on('connection', (socket: Socket) => {
      const client = addressOf(socket)
      this.#handshaking.set(client, socket)
      socket.once('close', () => this.#handshaking.delete(client))
    })
    server.on('secureConnection', (socket) => {
      this.#sockets.add(socket)
      this.#handshaking.delete(addressOf(socket))
      socket.setNoDelay(true)
      socket.on('error', report) // the client has closed the connection
      socket.once('close', () => {
        this.#sockets.delete(socket)
        this.#busy.delete(socket)
      })
    })
    server.on('session', (session) => {
      this.#sessions.add(session)
      session.on('error', report)
      session.once('close', () => this.#sessions.delete(session))
    })
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'ERR_SSL_HTTP_REQUEST') this.#handshaking.get(addressOf(socket))?.end(NO_TLS)
    })
    server.on('sessionError', report)
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      if (error.code === 'HPE_HEADER_OVERFLOW') refuseHead(socket, HEAD_TOO_LARGE)
      // what is wrong in a body ends the request that it belongs to, which has its response or never will
      else if (error.code?.startsWith('HPE_') === true && !this.#busy.has(socket))
        refuseHead(socket, BAD_HEAD)
      else socket.destroy()
    })
    server.on('timeout', report)
    server.on('request', (request, response) => {
      this.#mark(request, response)
      handle(request, response)
    })
    server.on(
      'upgrade' as 'request',
      ((request: NodeRequest, socket: TLSSocket, head: Buffer) => upgrade(request, socket, head)) as never,
    )
  }

  /** Counts the requests in progress of an HTTP/1.1 connection. */
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

/** Refuses a head that is too large; the parser reports each further part of it again. */
function refuseHead(socket: Socket, response: string): void {
  if (socket.writableEnded) return
  socket.end(response)
  const timer = setTimeout(() => socket.destroy(), RESET_AVOIDANCE_MS)
  socket.once('close', () => clearTimeout(timer))
}

const addressOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`
