import type { SpdyConnection, SpdyStream } from '../spdy/connection.js'
import { RemoteSession } from './remote-session.js'

/** One connection to a port of a pod, through its kubelet. Source: client-go tools/portforward. */
export class RemotePort extends RemoteSession {
  readonly #data: Promise<SpdyStream>
  #connection: SpdyConnection | undefined
  #error = ''
  #isStopped = false

  constructor(dialed: Promise<SpdyConnection>, port: number) {
    super()
    this.#data = dialed.then((connection) => this.#begin(connection, port))
    this.#data.catch((error: unknown) =>
      this.finish({ exitCode: 1, error: error instanceof Error ? error.message : String(error) }),
    )
  }

  write(data: Uint8Array): void {
    this.#with((stream) => stream.write(data))
  }

  closeInput(): void {
    this.#with((stream) => stream.end())
  }

  resize(): void {}

  stop(): void {
    this.#isStopped = true
    this.#connection?.close()
  }

  #with(act: (stream: SpdyStream) => void): void {
    this.#data.then(act).catch(() => undefined)
  }

  #begin(connection: SpdyConnection, port: number): SpdyStream {
    this.#connection = connection
    connection.onClose = () => this.#finish()
    connection.start()
    const headers = { port: String(port), requestid: '0' }
    const errors = connection.openStream({ ...headers, streamtype: 'error' })
    errors.onData = (data) => void (this.#error += data.toString())
    errors.end()
    const data = connection.openStream({ ...headers, streamtype: 'data' })
    data.onData = (bytes) => this.receive('stdout', bytes)
    data.onEnd = () => {
      this.#finish()
      connection.close()
    }
    if (this.#isStopped) connection.close()
    return data
  }

  #finish(): void {
    this.finish(this.#error === '' ? { exitCode: 0 } : { exitCode: 1, error: this.#error })
  }
}
