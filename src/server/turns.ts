import type { Http2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { NodeRequest } from './http/request.js'
import type { NodeResponse } from './http/respond.js'
import { setImmediate } from './real-timers.js'

/** Waiting requests of an HTTP/1.1 connection beyond which no more is read from it. */
const MOST_WAITING = 100

type Connection = Socket | Http2Session

interface Waiting {
  readonly response: NodeResponse
  readonly work: () => void
}

interface Line {
  readonly waiting: Waiting[]
  /** The socket that is not read until the line is empty. */
  paused?: Socket
}

/**
 * Divides the server between connections: each starts one request in a turn of the event loop, however many
 * it has sent at once. Over HTTP/1.1 a request also waits for the response to the one before, as with Go's
 * net/http. A request whose client has left is not started.
 */
export class Turns {
  readonly #lines = new Map<Connection, Line>()

  /** Runs the work of a request when its turn has come: at once if its connection has no other. */
  take(request: NodeRequest, response: NodeResponse, work: () => void): void {
    const connection = connectionOf(request)
    if (connection === undefined) return
    const line = this.#lines.get(connection)
    if (line === undefined) {
      this.#lines.set(connection, { waiting: [] })
      this.#start(connection, { response, work })
      return
    }
    line.waiting.push({ response, work })
    if ('stream' in request || line.waiting.length < MOST_WAITING) return
    line.paused = request.socket.pause()
  }

  #start(connection: Connection, { response, work }: Waiting): void {
    const next = (): void => void setImmediate(() => this.#next(connection))
    if ('stream' in response) next()
    else response.once('close', next)
    work()
  }

  #next(connection: Connection): void {
    const line = this.#lines.get(connection)
    if (line === undefined) return
    let first = line.waiting.shift()
    while (first !== undefined && hasLeft(connection, first.response)) first = line.waiting.shift()
    if (first !== undefined) {
      this.#start(connection, first)
      return
    }
    this.#lines.delete(connection)
    line.paused?.resume()
  }
}

/** The connection of a request; undefined if it is closed. */
const connectionOf = (request: NodeRequest): Connection | undefined =>
  'stream' in request ? request.stream.session : request.socket

const hasLeft = (connection: Connection, response: NodeResponse): boolean =>
  connection.destroyed || ('stream' in response && response.stream.destroyed)
