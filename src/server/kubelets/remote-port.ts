import type { SpdyConnection, SpdyStream } from '../spdy/connection.js'
import { DialedSession } from './dialed-session.js'

/** One connection to a port of a pod, through its kubelet. Source: client-go tools/portforward. */
export class RemotePort extends DialedSession<SpdyStream> {
  readonly #port: number
  #error = ''

  constructor(dialed: Promise<SpdyConnection>, port: number) {
    super(dialed)
    this.#port = port
  }

  write(data: Uint8Array): void {
    this.with((stream) => stream.write(data))
  }

  closeInput(): void {
    this.with((stream) => stream.end())
  }

  resize(): void {}

  protected open(connection: SpdyConnection): SpdyStream {
    const headers = { port: String(this.#port), requestid: '0' }
    const errors = connection.openStream({ ...headers, streamtype: 'error' })
    errors.onData = (data) => void (this.#error += data.toString())
    errors.end()
    const data = connection.openStream({ ...headers, streamtype: 'data' })
    data.onData = (bytes) => this.receive('stdout', bytes)
    data.onEnd = () => {
      this.closed()
      connection.close()
    }
    return data
  }

  protected closed(): void {
    this.finish(this.#error === '' ? { exitCode: 0 } : { exitCode: 1, error: this.#error })
  }
}
