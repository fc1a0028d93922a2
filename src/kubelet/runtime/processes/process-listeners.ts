import type { Content } from '../../../lang/bytes/content.js'
import type { Exit } from '../containers.js'

/** A listener to a process: a session of exec or attach, or of a followed log. Not part of the state. */
export interface ProcessListener {
  output(stream: 'stdout' | 'stderr', content: Content): void
  ended(exit: Exit): void
  /**
   * Asked before the process runs: whether it waits until the client has read, as one that writes to a full
   * pipe. The listener then resumes it.
   */
  holds?(): boolean
}

/** Listeners by the key of their process. */
export class ProcessListeners {
  readonly #listeners = new Map<string, Set<ProcessListener>>()

  /** Adds a listener. Call the returned function to remove it. */
  add(key: string, listener: ProcessListener): () => void {
    const set = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, set)
    set.add(listener)
    return () => {
      set.delete(listener)
      if (set.size === 0) this.#listeners.delete(key)
    }
  }

  /** Removes all listeners of a process. */
  drop(key: string): void {
    this.#listeners.delete(key)
  }

  tell(key: string, tell: (listener: ProcessListener) => void): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) tell(listener)
  }

  /** Whether a listener holds the process until its client has read. */
  hold(key: string): boolean {
    for (const listener of this.#listeners.get(key) ?? []) if (listener.holds?.() === true) return true
    return false
  }

  tellAll(tell: (listener: ProcessListener) => void): void {
    for (const key of [...this.#listeners.keys()]) this.tell(key, tell)
  }
}
