import { parseExactJson } from '../../lang/go/json.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ApiError } from '../../client/api-error.js'
import type { Status } from '../../client/api-error.js'
import type { Watch, WatchEvent } from '../../client/client.js'
import type { HttpWatch } from '../../client/http.js'

interface Line {
  readonly type: WatchEvent<KubeObject>['type'] | 'ERROR'
  readonly object: KubeObject
}

/**
 * A watch over HTTP: lines of JSON up to the end of the stream or an ERROR event, which is thrown as an
 * ApiError.
 */
export class RestWatch implements Watch<KubeObject> {
  readonly #watch: HttpWatch
  readonly #now: () => number
  readonly #deadline: number
  #version: string
  #ended = false

  constructor(watch: HttpWatch, version: string, now: () => number) {
    this.#watch = watch
    this.#version = version
    this.#now = now
    this.#deadline =
      watch.timeoutSeconds === undefined || watch.timeoutSeconds <= 0
        ? Infinity
        : now() + watch.timeoutSeconds * 1000
  }

  get resourceVersion(): string {
    return this.#version
  }

  /** Whether the server has ended the stream and all of it was read. */
  get ended(): boolean {
    if (!this.#ended && this.#now() >= this.#deadline) this.stop()
    return this.#ended
  }

  next(): readonly WatchEvent<KubeObject>[] {
    if (this.#ended) return []
    const lines = this.#watch.next().map((line) => parseExactJson(line) as Line)
    const failed = lines.findIndex(({ type }) => type === 'ERROR')
    if (failed >= 0) {
      this.stop()
      const {
        code = 500,
        reason = '',
        message = '',
        details,
      } = (lines[failed] as Line).object as unknown as Status
      if (failed === 0) throw new ApiError(code, reason, message, details)
      throw new Error('assertion failed: an ERROR event comes alone')
    }
    this.#version = lines.at(-1)?.object.metadata?.resourceVersion ?? this.#version
    return lines as readonly WatchEvent<KubeObject>[]
  }

  onReady(listener: () => void): void {
    this.#watch.onReady(listener)
  }

  stop(): void {
    if (!this.#ended) this.#watch.stop()
    this.#ended = true
  }
}
