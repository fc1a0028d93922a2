import type { Chunk, ContainerStream, SessionEnd } from '../../client/node-agent.js'

/** A session whose output comes from elsewhere, until it ends. Its input goes there. */
export abstract class RemoteSession implements ContainerStream {
  #chunks: Chunk[] = []
  #end: SessionEnd | undefined
  #listener: () => void = () => undefined

  abstract write(data: Uint8Array): void
  abstract closeInput(): void
  abstract resize(width: number, height: number): void
  abstract stop(): void

  read(): readonly Chunk[] {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }

  get end(): SessionEnd | undefined {
    return this.#chunks.length === 0 ? this.#end : undefined
  }

  onReady(listener: () => void): void {
    this.#listener = listener
    if (this.#chunks.length > 0 || this.#end !== undefined) listener()
  }

  /** Adds output. */
  protected receive(stream: Chunk['stream'], data: Uint8Array): void {
    this.#chunks.push({ stream, data })
    this.#listener()
  }

  /** Ends the session; only the first end counts. */
  protected finish(end: SessionEnd): void {
    this.#end ??= end
    this.#listener()
  }
}
