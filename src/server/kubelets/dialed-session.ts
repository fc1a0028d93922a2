import type { SpdyConnection } from '../spdy/connection.js'
import { RemoteSession } from './remote-session.js'

/**
 * A session over a SPDY connection to a kubelet. What is written before the connection stands waits for it.
 */
export abstract class DialedSession<Streams> extends RemoteSession {
  readonly #streams: Promise<Streams>
  #connection: SpdyConnection | undefined
  #isStopped = false

  constructor(dialed: Promise<SpdyConnection>) {
    super()
    this.#streams = dialed.then((connection) => this.#begin(connection))
    this.#streams.catch((error: unknown) =>
      this.finish({ exitCode: 1, error: error instanceof Error ? error.message : String(error) }),
    )
  }

  /** Opens the streams of the session. */
  protected abstract open(connection: SpdyConnection): Streams
  /** Handles the end of the connection. */
  protected abstract closed(): void

  stop(): void {
    this.#isStopped = true
    this.#connection?.close()
  }

  /** Acts on the streams once they are open. */
  protected with(act: (streams: Streams) => void): void {
    this.#streams.then(act).catch(() => undefined)
  }

  #begin(connection: SpdyConnection): Streams {
    this.#connection = connection
    connection.onClose = () => this.closed()
    connection.start()
    const streams = this.open(connection)
    if (this.#isStopped) connection.close()
    return streams
  }
}
