import { HASH_SEED, hashNumber, hashText } from './data/hash.js'

/** Two independent 32-bit lanes of the rolling hash, and the number of records. */
export interface TraceState {
  readonly a: number
  readonly b: number
  readonly records: number
}

/**
 * A rolling hash over everything that happens (time, step, write), except what keeps an idle cluster alive:
 * heartbeats, periodic checks and informers that take notice are not recorded, but what they write is. Runs
 * with the same seed and the same calls have the same hash.
 */
export class Trace {
  #a: number
  #b: number
  #records: number

  constructor(state: TraceState = { a: HASH_SEED, b: 0x9747b28c, records: 0 }) {
    this.#a = state.a
    this.#b = state.b
    this.#records = state.records
  }

  /** Folds in one occurrence: `kind` and `what` identify it, `time` is virtual ms. */
  record(kind: string, time: number, what: string): void {
    this.#a = hashText(hashNumber(this.#a, time), what)
    this.#b = hashText(hashNumber(this.#b, this.#a), kind)
    this.#records++
  }

  state(): TraceState {
    return { a: this.#a, b: this.#b, records: this.#records }
  }

  /** Returns the hash as 16 hexadecimal digits. */
  toString(): string {
    return this.#a.toString(16).padStart(8, '0') + this.#b.toString(16).padStart(8, '0')
  }
}
