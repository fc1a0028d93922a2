import type { HttpResponse, HttpWatch } from '../../client/http.js'
import { internalError } from '../errors.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { isPlainObject } from '../../lang/json/plain-json.js'

/** What a watch of another server needs. */
export interface AggregatedWatchOptions {
  /**
   * Asks the server for the events since a resource version (undefined: as the client has asked), and returns
   * its response with those that there are now.
   */
  readonly ask: (resourceVersion: string | undefined) => HttpResponse
  /** Calls back when the server may have new events; returns a function that ends that. */
  readonly subscribe: (listener: () => void) => () => void
  readonly timeoutSeconds: number | undefined
}

/**
 * Returns a watch of a server behind an APIService: the server is asked again, from the last revision that it
 * has sent, when something has been written there through this one. A response that is not a stream of
 * events is returned as it is. When the server can no longer be reached, the watch ends with an ERROR event.
 */
export function aggregatedWatch(options: AggregatedWatchOptions): HttpResponse | HttpWatch {
  const first = options.ask(undefined)
  const lines = first.code === 200 ? eventsOf(first.body) : undefined
  return lines === undefined ? first : new AggregatedWatch(first.headers, lines, options)
}

class AggregatedWatch implements HttpWatch {
  readonly code = 200
  readonly headers: HttpWatch['headers']
  readonly timeoutSeconds: number | undefined
  readonly #options: AggregatedWatchOptions
  #due: readonly string[]
  #revision: string | undefined
  #isStale = false
  #listener: (() => void) | undefined
  readonly #unsubscribe: () => void

  constructor(headers: HttpWatch['headers'], lines: readonly string[], options: AggregatedWatchOptions) {
    this.headers = headers
    this.timeoutSeconds = options.timeoutSeconds
    this.#options = options
    this.#due = lines
    this.#revision = revisionOf(lines)
    this.#unsubscribe = options.subscribe(() => {
      this.#isStale = true
      this.#listener?.()
    })
  }

  next(limit = Infinity): readonly string[] {
    if (this.#due.length === 0 && this.#isStale) this.#ask()
    const lines = this.#due.slice(0, limit)
    this.#due = this.#due.slice(lines.length)
    return lines
  }

  onReady(listener: () => void): void {
    this.#listener = listener
  }

  stop(): void {
    this.#due = []
    this.#isStale = false
    this.#unsubscribe()
  }

  #ask(): void {
    this.#isStale = false
    const { code, body } = this.#options.ask(this.#revision)
    const lines = code === 200 ? eventsOf(body) : undefined
    if (lines === undefined) {
      this.stop()
      this.#due = [exactJson({ type: 'ERROR', object: internalError(body).status })]
      return
    }
    this.#due = lines
    this.#revision = revisionOf(lines) ?? this.#revision
  }
}

/** The lines of a stream of events; undefined if the text is something else. */
function eventsOf(text: string): readonly string[] | undefined {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.every((line) => line.startsWith('{"type":')) ? lines : undefined
}

/** The resource version of the last event; undefined if it has none, or is no event. */
function revisionOf(lines: readonly string[]): string | undefined {
  let event: unknown
  try {
    event = JSON.parse(lines.at(-1) ?? '')
  } catch {
    return undefined
  }
  const object = isPlainObject(event) ? event['object'] : undefined
  const metadata = isPlainObject(object) ? object['metadata'] : undefined
  const version = isPlainObject(metadata) ? metadata['resourceVersion'] : undefined
  return typeof version === 'string' ? version : undefined
}
