import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsOptions, TLSSocket } from 'node:tls'
import { Http2Connection } from './http2/connection.js'
import type { StreamHandler } from './http2/connection.js'
import { PREFACE } from './http2/protocol.js'

/** Ms that a client has to say which protocol it speaks. */
const HANDSHAKE_MS = 10_000
/** As much of how a connection of HTTP/2 begins as tells it from HTTP/1. */
const BEGINNING = PREFACE.toString('latin1', 0, 12)

/** Who is called by a {@link DualListener}. */
export interface Answerers {
  readonly http2: StreamHandler
  readonly http1: (request: IncomingMessage, response: ServerResponse) => void
  /** Whether a client that has shown its certificate (or none) may go on. */
  readonly admit?: (socket: TLSSocket) => boolean
  readonly report: (error: unknown) => void
}

/** A port that speaks HTTP/2 and HTTP/1.1: over TLS by ALPN, without TLS by how the client begins. */
export class DualListener {
  readonly #front: Server
  readonly #sockets = new Set<Socket>()
  readonly #connections = new Set<Http2Connection>()
  readonly #http1 = createHttpServer()
  readonly #answerers: Answerers

  constructor(tls: TlsOptions | undefined, answerers: Answerers) {
    this.#answerers = answerers
    const quiet = (): void => undefined
    this.#http1.on('request', answerers.http1)
    this.#http1.on('clientError', (_error, socket) => socket.destroy())
    if (tls === undefined)
      this.#front = createServer({ noDelay: true }, (socket) =>
        this.#accept(socket, () => this.#sniff(socket)),
      )
    else {
      const front = createTlsServer({
        ...tls,
        ALPNProtocols: ['h2', 'http/1.1'],
        handshakeTimeout: HANDSHAKE_MS,
        noDelay: true,
      })
      front.on('secureConnection', (socket) =>
        this.#accept(socket, () => this.#route(socket, socket.alpnProtocol === 'h2')),
      )
      front.on('tlsClientError', quiet)
      front.on('connection', (socket: Socket) => this.#track(socket))
      this.#front = front
    }
  }

  /** Starts to listen; answers the port. Rejects when the address cannot be listened on. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#front.once('error', reject)
      this.#front.listen(port, host, () => {
        this.#front.removeListener('error', reject)
        this.#front.on('error', (error) => this.#answerers.report(error))
        resolve((this.#front.address() as AddressInfo).port)
      })
    })
  }

  /** Lets answers finish for so many ms, then cuts connections off. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#front.close(() => resolve()))
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, graceMs)
    await new Promise((resolve) => setImmediate(resolve))
    for (const connection of this.#connections) connection.close()
    this.#http1.closeIdleConnections()
    await closed
    clearTimeout(timer)
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #accept(socket: Socket | TLSSocket, go: () => void): void {
    this.#track(socket)
    if ('alpnProtocol' in socket && this.#answerers.admit?.(socket) === false) socket.destroy()
    else go()
  }

  #sniff(socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS)
    socket.once('close', () => clearTimeout(timer))
    const look = (): void => {
      const first = socket.read() as Buffer | null
      if (first === null) return
      socket.removeListener('readable', look)
      clearTimeout(timer)
      socket.unshift(first)
      this.#route(socket, BEGINNING.startsWith(first.toString('latin1', 0, BEGINNING.length)))
    }
    socket.on('readable', look)
  }

  #route(socket: Socket, isHttp2: boolean): void {
    if (!isHttp2) {
      this.#http1.emit('connection', socket)
      return
    }
    const connection = new Http2Connection(socket, this.#answerers.http2)
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
  }
}
