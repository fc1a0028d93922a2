/** The number of calls of one (owner, topic) while the simulation failed to settle. */
export interface HandlerCount {
  readonly handler: string
  readonly calls: number
  readonly lastKey: string
  /** Message of the last error of a work queue. */
  readonly lastError?: string
}

/**
 * Thrown when `settle()` or `until()` gives up because new work keeps appearing. Names the most frequent
 * handlers, which usually wake each other. It reports a fault of the simulated system or of a module; the
 * kernel never hangs.
 */
export class LivelockError extends Error {
  readonly handlers: readonly HandlerCount[]

  constructor(what: string, handlers: readonly HandlerCount[]) {
    const top = handlers.slice(0, 5).map(({ handler, calls, lastKey, lastError }) => {
      const what = calls === 0 ? `${handler} waits for "${lastKey}"` : `${handler} ran ${calls} times`
      const last = calls === 0 ? '' : ` (last for "${lastKey}")`
      return `${what}${last}${lastError === undefined ? '' : `, which failed: ${lastError}`}`
    })
    super(`${what}. Handlers: ${top.join('; ')}`)
    this.name = 'LivelockError'
    this.handlers = handlers
  }
}

/** Counts handler calls while the kernel runs towards a state of rest. */
export class HandlerCounts {
  readonly #counts = new Map<string, { calls: number; lastKey: string }>()

  add(owner: string, topic: string, key: string): void {
    const handler = `${owner}/${topic}`
    const count = this.#counts.get(handler)
    if (!count) this.#counts.set(handler, { calls: 1, lastKey: key })
    else {
      count.calls++
      count.lastKey = key
    }
  }

  /** Returns the counts, most frequent first. */
  ranking(): readonly HandlerCount[] {
    return [...this.#counts]
      .map(([handler, count]) => ({ handler, ...count }))
      .sort((a, b) => b.calls - a.calls)
  }
}
