import { createServer as createHttpServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsOptions, TLSSocket } from 'node:tls'
import { clearTimeout, setImmediate, setTimeout } from '../real-timers.js'

/** Default of {@link DualListenerDependencies.handshakeMs}. */
const HANDSHAKE_MS = 10_000
/**
 * Ms of silence after which TCP probes whether the client still exists. Source: client/pkg/transport
 * keepalive_listener.go.
 */
const KEEPALIVE_MS = 30_000
/** The first bytes of an HTTP/2 connection, enough to tell it from any HTTP/1 method. */
const PREFACE = 'PRI '
/** Bytes that a client can send on one stream, and on one connection, before they are read. */
const STREAM_WINDOW = 1024 * 1024
const CONNECTION_WINDOW = 16 * STREAM_WINDOW
/** Calls that a client can have open on one connection. etcd's own default is no limit. */
const MOST_STREAMS = 1_000
/**
 * MB that node:http2 buffers for one connection before it rejects further calls. Node's default of 10 is less
 * than one response to a range of a large store.
 */
const SESSION_MEMORY = 1_000

/** The functions that a {@link DualListener} calls. */
export interface DualListenerDependencies {
  readonly http2: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void
  readonly http1: (request: IncomingMessage, response: ServerResponse) => void
  /** Whether to serve a TLS client, given its certificate, if it has sent one. Default: serve everyone. */
  readonly admit?: (socket: TLSSocket) => boolean
  readonly report: (error: unknown) => void
  /**
   * Ms in which a new connection must finish its TLS handshake, and again as many in which it must send its
   * HTTP/2 preface and settings, or its first HTTP/1 request. Default 10,000.
   */
  readonly handshakeMs?: number
}

/** A port that speaks HTTP/2 and HTTP/1.1: with TLS by ALPN, without TLS by a connection's first bytes. */
export class DualListener {
  readonly #front: Server
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()
  /** For each connection that has not sent a whole preface or request: the timer that destroys it. */
  readonly #deadlines = new Map<Socket, NodeJS.Timeout>()
  /** HTTP/1 connections between two requests. */
  readonly #idle = new Set<Socket>()
  readonly #http1 = createHttpServer()
  readonly #http2 = createHttp2Server({
    settings: { maxConcurrentStreams: MOST_STREAMS, initialWindowSize: STREAM_WINDOW },
    maxSessionMemory: SESSION_MEMORY,
  })
  readonly #calls: DualListenerDependencies
  readonly #handshakeMs: number

  constructor(tls: TlsOptions | undefined, calls: DualListenerDependencies) {
    this.#calls = calls
    this.#handshakeMs = calls.handshakeMs ?? HANDSHAKE_MS
    this.#prepareHttp1()
    this.#prepareHttp2()
    this.#front = tls === undefined ? this.#plainFront() : this.#tlsFront(tls)
  }

  /** Starts to listen and returns the port. Rejects when the address cannot be listened on. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#front.once('error', reject)
      this.#front.listen(port, host, () => {
        this.#front.removeListener('error', reject)
        this.#front.on('error', (error) => this.#calls.report(error))
        resolve((this.#front.address() as AddressInfo).port)
      })
    })
  }

  /** Stops listening, lets responses finish for `graceMs`, then destroys the connections that are left. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#front.close(() => resolve()))
    // bounded: an option of the server
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, graceMs)
    await new Promise((resolve) => setImmediate(resolve))
    for (const session of this.#sessions) session.close()
    for (const socket of [...this.#deadlines.keys(), ...this.#idle]) socket.destroy()
    await closed
    clearTimeout(timer)
  }

  #plainFront(): Server {
    return createServer(TCP_OPTIONS, (socket) => {
      this.#track(socket)
      this.#startDeadline(socket)
      this.#sniff(socket)
    })
  }

  #tlsFront(tls: TlsOptions): Server {
    const front = createTlsServer({
      ...tls,
      ...TCP_OPTIONS,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: this.#handshakeMs,
    })
    front.on('connection', (socket: Socket) => this.#track(socket))
    // also a handshake that takes too long
    front.on('tlsClientError', (_error, socket) => socket.destroy())
    front.on('secureConnection', (socket) => {
      this.#track(socket)
      if (this.#calls.admit?.(socket) === false) return socket.destroy()
      this.#startDeadline(socket)
      this.#route(socket, socket.alpnProtocol === 'h2')
    })
    return front
  }

  #prepareHttp1(): void {
    // Node checks its own timeouts of requests only on servers that listen themselves
    this.#http1.setTimeout(this.#handshakeMs)
    this.#http1.on('request', (request, response) => {
      const { socket } = request
      this.#clearDeadline(socket)
      this.#idle.delete(socket)
      response.once('close', () => {
        if (!socket.destroyed) this.#idle.add(socket)
      })
      this.#calls.http1(request, response)
    })
    this.#http1.on('clientError', (_error, socket) => socket.destroy())
  }

  #prepareHttp2(): void {
    this.#http2.on('stream', this.#calls.http2)
    this.#http2.on('session', (session) => {
      this.#sessions.add(session)
      session.setLocalWindowSize(CONNECTION_WINDOW)
      // a client that breaks the protocol; node:http2 closes its connection
      session.on('error', () => undefined)
      session.once('close', () => this.#sessions.delete(session))
    })
    this.#http2.on('sessionError', () => undefined)
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#idle.delete(socket)
      this.#clearDeadline(socket)
    })
  }

  #startDeadline(socket: Socket): void {
    this.#deadlines.set(
      socket,
      // bounded: an option of the server
      setTimeout(() => socket.destroy(), this.#handshakeMs),
    )
  }

  #clearDeadline(socket: Socket): void {
    clearTimeout(this.#deadlines.get(socket))
    this.#deadlines.delete(socket)
  }

  #sniff(socket: Socket): void {
    const look = (): void => {
      const first = socket.read(PREFACE.length) as Buffer | null
      if (first === null) return
      socket.removeListener('readable', look)
      socket.unshift(first)
      this.#route(socket, first.toString('latin1') === PREFACE)
    }
    socket.on('readable', look)
  }

  #route(socket: Socket, isHttp2: boolean): void {
    if (!isHttp2) {
      this.#http1.emit('connection', socket)
      return
    }
    // 'session' is emitted before emit() returns
    this.#http2.once('session', (session) =>
      session.once('remoteSettings', () => this.#clearDeadline(socket)),
    )
    this.#http2.emit('connection', socket)
  }
}

const TCP_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS }
