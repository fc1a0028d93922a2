import type { Exit } from './containers.js'

/**
 * Someone who listens to a process: a session of exec or attach, or of a log that is followed. Not part of
 * the state.
 */
export interface ProcessListener {
  output(stream: 'stdout' | 'stderr', text: string): void
  ended(exit: Exit): void
}

/** Who listens to which process, by the process' key. */
export class ProcessListeners {
  readonly #listeners = new Map<string, Set<ProcessListener>>()

  /** Listens until the answer is called. */
  add(key: string, listener: ProcessListener): () => void {
    const set = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, set)
    set.add(listener)
    return () => {
      set.delete(listener)
      if (set.size === 0) this.#listeners.delete(key)
    }
  }

  /** Forgets all who listen to a process. */
  drop(key: string): void {
    this.#listeners.delete(key)
  }

  tell(key: string, tell: (listener: ProcessListener) => void): void {
    for (const listener of [...(this.#listeners.get(key) ?? [])]) tell(listener)
  }

  tellAll(tell: (listener: ProcessListener) => void): void {
    for (const key of [...this.#listeners.keys()]) this.tell(key, tell)
  }
}
