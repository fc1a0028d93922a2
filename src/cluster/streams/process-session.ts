import { bytesOfText } from '../../lang/bytes/byte-text.js'
import type { Content } from '../../lang/bytes/content.js'
import { contentOf, piecesOf, sizeOf, textOfContent } from '../../lang/bytes/content.js'
import type { Chunk, ExecRequest, ContainerStream, SessionEnd } from '../../client/node-agent.js'
import type { ProcessListener } from '../../kubelet/index.js'

/** Bytes of unread output above which the process waits until its client has read them. */
const MOST_UNREAD = 1024 * 1024

/** What a session can do with the process at its other end. */
export interface ProcessEnd {
  input(content: Content, end: boolean): void
  /** Called when the client has read the output for which the process has waited. */
  resume(): void
  /** Called when the client has disconnected. */
  close(): void
}

/**
 * A session of exec or attach: output is buffered until it is read, and the process waits while too much is
 * unread; input is passed to the process immediately.
 */
export class ProcessSession implements ContainerStream, ProcessListener {
  readonly #request: Pick<ExecRequest, 'tty'>
  readonly #listeners: (() => void)[] = []
  #waiting: Chunk[] = []
  #unread = 0
  #isStopped = false
  #isHeld = false
  #process: ProcessEnd | undefined
  #end: SessionEnd | undefined

  constructor(request: Pick<ExecRequest, 'tty'>) {
    this.#request = request
  }

  /** Connects the session to a running process. */
  connect(process: ProcessEnd): void {
    this.#process = process
  }

  output(stream: 'stdout' | 'stderr', content: Content): void {
    if (this.#end || this.#isStopped) return
    this.#unread += sizeOf(content)
    if (this.#request.tty) {
      const data = bytesOfText(textOfContent(content).replaceAll('\n', '\r\n'))
      this.#waiting.push({ stream: 'stdout', data })
    } else for (const data of piecesOf(content)) this.#waiting.push({ stream, data })
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
    this.#process?.input(contentOf(data), false)
  }

  closeInput(): void {
    this.#process?.input('', true)
  }

  resize(): void {}

  read(): readonly Chunk[] {
    const chunks = this.#waiting
    this.#waiting = []
    this.#unread = 0
    this.#release()
    return chunks
  }

  holds(): boolean {
    this.#isHeld = this.#unread > MOST_UNREAD
    return this.#isHeld
  }

  get end(): SessionEnd | undefined {
    return this.#waiting.length > 0 ? undefined : this.#end
  }

  onReady(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stop(): void {
    this.#isStopped = true
    this.#waiting = []
    this.#unread = 0
    this.#process?.close()
    this.#release()
  }

  #release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#process?.resume()
  }

  #wake(): void {
    for (const listener of this.#listeners) listener()
  }
}
