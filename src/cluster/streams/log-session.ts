import { bytesOfText } from '../../lang/bytes/byte-text.js'
import type { Chunk, LogRequest, ContainerStream, SessionEnd } from '../../client/node-agent.js'
import {
  type LogPosition,
  type Machine,
  type RuntimeContainer,
  type RuntimePod,
  readLog,
  startOfLog,
} from '../../kubelet/index.js'

const END: SessionEnd = { exitCode: 0 }

/** The log of one container, read up to the present, or followed until the container ends. */
export class LogSession implements ContainerStream {
  readonly #machine: Machine
  readonly #container: RuntimeContainer
  readonly #request: LogRequest
  readonly #listeners: (() => void)[] = []
  readonly #close: () => void
  #waiting: string[] = []
  #position: LogPosition
  #left: number
  #isStopped = false

  constructor(
    machine: Machine,
    pod: RuntimePod,
    container: RuntimeContainer,
    request: LogRequest,
    now: number,
  ) {
    this.#machine = machine
    this.#container = container
    this.#request = request
    this.#left = request.limitBytes ?? Infinity
    this.#position = this.#begin(pod, now)
    const wake = (): void => {
      for (const listener of this.#listeners) listener()
    }
    this.#close = request.follow
      ? machine.processes.listen(`${pod.uid}/${container.name}`, { output: wake, ended: wake })
      : () => undefined
  }

  write(): void {}
  closeInput(): void {}
  resize(): void {}

  read(): readonly Chunk[] {
    const { log } = this.#container
    if (log) {
      for (const { line, text, isStart } of readLog(log, this.#position))
        this.#add(isStart ? line.at : undefined, text)
    }
    const texts = this.#waiting
    this.#waiting = []
    return texts.flatMap((text) => this.#limited(text))
  }

  get end(): SessionEnd | undefined {
    if (this.#isStopped || this.#left <= 0) return END
    if (this.#request.follow && this.#container.state === 'running' && this.#machine.powered) return undefined
    return END
  }

  onReady(listener: () => void): void {
    this.#listeners.push(listener)
  }

  stop(): void {
    this.#isStopped = true
    this.#close()
  }

  /**
   * Computes the start. The lines that an image logs at its start are not part of the state; they precede
   * what was written.
   */
  #begin(pod: RuntimePod, now: number): LogPosition {
    const { tailLines, sinceSeconds, sinceTime } = this.#request
    const { log, startedAt = 0 } = this.#container
    const since = sinceTime ?? (sinceSeconds === undefined ? undefined : now - sinceSeconds * 1000)
    const fixed =
      since !== undefined && startedAt < since ? [] : this.#machine.processes.startLines(pod, this.#container)
    const shown =
      tailLines === undefined
        ? fixed
        : fixed.slice(Math.max(fixed.length + (log?.lines.length ?? 0) - tailLines, 0))
    for (const line of shown) this.#add(startedAt, `${line}\n`)
    return log
      ? startOfLog(log, {
          ...(tailLines === undefined ? {} : { tailLines }),
          ...(since === undefined ? {} : { since }),
        })
      : { line: 0, offset: 0 }
  }

  #add(at: number | undefined, text: string): void {
    this.#waiting.push(at !== undefined && this.#request.timestamps ? `${formatNano(at)} ${text}` : text)
  }

  #limited(text: string): readonly Chunk[] {
    const bytes = bytesOfText(text)
    const data = bytes.length > this.#left ? bytes.slice(0, this.#left) : bytes
    this.#left -= data.length
    return data.length === 0 ? [] : [{ stream: 'stdout', data }]
  }
}

/** Returns a session for a log that is a single text. */
export function textSession(text: string): ContainerStream {
  let data = bytesOfText(text)
  return {
    write: () => undefined,
    closeInput: () => undefined,
    resize: () => undefined,
    stop: () => undefined,
    onReady: () => undefined,
    end: END,
    read: () => {
      const chunk = data
      data = new Uint8Array()
      return chunk.length === 0 ? [] : [{ stream: 'stdout', data: chunk }]
    },
  }
}

/**
 * Formats virtual ms as the runtime does in logs (RFC 3339 with nanoseconds):
 * `2026-01-01T00:00:00.000000000Z`.
 */
export function formatNano(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}
