import type { IncomingMessage } from 'node:http'
import { RemoteSession } from './remote-session.js'

/** A log that a kubelet sends. */
export class LogResponse extends RemoteSession {
  readonly #response: IncomingMessage

  constructor(response: IncomingMessage) {
    super()
    this.#response = response
    response.on('data', (part: Buffer) => this.receive('stdout', part))
    response.on('error', () => this.finish({ exitCode: 0 }))
    response.once('close', () => this.finish({ exitCode: 0 }))
  }

  write(): void {}
  closeInput(): void {}
  resize(): void {}

  stop(): void {
    this.#response.destroy()
  }
}
