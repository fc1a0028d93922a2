import { ByteDecoder, bytesOfText } from '../../lang/bytes/byte-text.js'
import type { Chunk, ExecRequest, ContainerStream, SessionEnd } from '../../client/node-agent.js'
import type { ProcessListener } from '../../kubelet/index.js'

/** What a session can do with the process at its other end. */
export interface ProcessEnd {
  input(text: string, end: boolean): void
  /** Called when the client has disconnected. */
  close(): void
}

/**
 * A session of exec or attach: output is buffered until it is read; input is passed to the process
 * immediately.
 */
export class ProcessSession implements ContainerStream, ProcessListener {
  readonly #request: Pick<ExecRequest, 'tty'>
  readonly #decoder = new ByteDecoder()
  readonly #listeners: (() => void)[] = []
  #waiting: Chunk[] = []
  #process: ProcessEnd | undefined
  #end: SessionEnd | undefined

  constructor(request: Pick<ExecRequest, 'tty'>) {
    this.#request = request
  }

  /** Connects the session to a running process. */
  connect(process: ProcessEnd): void {
    this.#process = process
  }

  output(stream: 'stdout' | 'stderr', text: string): void {
    if (this.#end) return
    const { tty } = this.#request
    this.#waiting.push({
      stream: tty ? 'stdout' : stream,
      data: bytesOfText(tty ? text.replaceAll('\n', '\r\n') : text),
    })
    this.#wake()
  }

  ended({ code }: { readonly code: number }): void {
    this.#end ??= { exitCode: code }
    this.#wake()
  }

  /** Ends the session because nothing could be run. */
  fail(error: string): void {
    this.#end = { exitCode: 126, error }
    this.#wake()
  }

  write(data: Uint8Array): void {
    this.#process?.input(this.#decoder.decode(data), false)
  }

  closeInput(): void {
    this.#process?.input(this.#decoder.decode(undefined, true), true)
  }

  resize(): void {}

  read(): readonly Chunk[] {
    const chunks = this.#waiting
    this.#waiting = []
    return chunks
  }

  get end(): SessionEnd | undefined {
    return this.#end
  }

  onReady(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stop(): void {
    this.#process?.close()
  }

  #wake(): void {
    for (const listener of this.#listeners) listener()
  }
}
