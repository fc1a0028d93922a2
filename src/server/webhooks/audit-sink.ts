import type { AuditedEvent } from '../../apiserver/audit-policy.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { postTo, type WebhookServer } from './webhook-server.js'

/** An audit webhook outside of the process (`--audit-webhook-config-file`). */
export interface AuditSinkOptions extends WebhookServer {
  /** `blocking` posts each event by itself, so that responses can wait for it. Default `batch`. */
  readonly mode?: 'batch' | 'blocking'
  /** Events of a batch at most. Default 400. */
  readonly maxSize?: number
  /** Ms for which a batch waits for more events. Default 1 second, where the real program waits 30. */
  readonly maxWait?: number
  /** Ms after which a failed post is tried again; each further wait is 1.5 times as long. Default 10 s. */
  readonly initialBackoff?: number
  /** Receives why events are lost, and how many. Default: nothing. */
  readonly onLost?: (error: unknown, count: number) => void
}

/** Times that events are posted at most, and how the wait grows. Source: apiserver pkg/util/webhook. */
const TRIES = 5
const BACKOFF_FACTOR = 1.5

/**
 * Posts audit events as an EventList of audit.k8s.io/v1. Source: apiserver plugin/pkg/audit/webhook and
 * plugin/pkg/audit/buffered, without the limit of posts per second.
 */
export class AuditSink {
  readonly #options: AuditSinkOptions
  #batch: AuditedEvent[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #posts = new Set<Promise<void>>()
  /** Ends the waits between two tries. */
  readonly #closing = new AbortController()

  constructor(options: AuditSinkOptions) {
    this.#options = options
  }

  get mode(): 'batch' | 'blocking' {
    return this.#options.mode ?? 'batch'
  }

  add(events: readonly AuditedEvent[]): void {
    const { maxSize = 400, maxWait = 1000 } = this.#options
    if (this.mode === 'blocking') {
      for (const event of events) this.#post([event])
      return
    }
    for (const event of events) {
      this.#batch.push(event)
      if (this.#batch.length >= maxSize) this.#flush()
    }
    // bounded: an option of the server
    if (this.#batch.length > 0) this.#timer ??= setTimeout(() => this.#flush(), maxWait).unref()
  }

  /** Returns whether posts are under way, for which responses wait in the mode `blocking`. */
  get isBusy(): boolean {
    return this.#posts.size > 0
  }

  /** Resolves when no post is under way: each has succeeded, or has failed for the last time. */
  async posted(): Promise<void> {
    await Promise.all(this.#posts)
  }

  /** Posts what is left, once. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#flush()
    await this.posted()
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const items = this.#batch
    this.#batch = []
    if (items.length > 0) this.#post(items)
  }

  #post(items: readonly AuditedEvent[]): void {
    const done: Promise<void> = this.#try(items).finally(() => this.#posts.delete(done))
    this.#posts.add(done)
  }

  async #try(items: readonly AuditedEvent[]): Promise<void> {
    const { initialBackoff = 10_000, onLost } = this.#options
    const body = exactJson({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items })
    for (let tries = 1; ; tries++) {
      try {
        const { code } = await postTo(this.#options, body)
        if (code >= 200 && code < 300) return
        throw new Error(`webhook responded with ${code}`)
      } catch (error) {
        if (tries === TRIES || this.#closing.signal.aborted) return onLost?.(error, items.length)
        await this.#pause(initialBackoff * BACKOFF_FACTOR ** (tries - 1))
      }
    }
  }

  /** Resolves after some ms, or as soon as the sink closes. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing
    return new Promise((resolve) => {
      // bounded: an option of the server
      const timer = setTimeout(resolve, ms).unref()
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
    })
  }
}
